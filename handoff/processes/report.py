"""What `saldo up` says when everything is ready."""

from collections.abc import Sequence

from rich.table import Table

from billing.demo_data import DemoStory
from handoff.commands.settings import OperatorSettings
from handoff.commands.stories import print_stories
from handoff.commands.terminal import console


def print_ready(settings: OperatorSettings, stories: Sequence[DemoStory]) -> None:
    console.print()
    console.print(_addresses(settings))
    if stories:
        console.print()
        print_stories(stories)
    console.print("\nCtrl-C ends everything.")


def _addresses(settings: OperatorSettings) -> Table:
    table = Table.grid(padding=(0, 3))
    table.add_row("Website", f"{settings.handoff_url}/")
    table.add_row("Agent console", f"{settings.handoff_url}/console")
    table.add_row("Supervisors' board", f"{settings.handoff_url}/board")
    table.add_row("Health", f"{settings.handoff_url}/health")
    return table
