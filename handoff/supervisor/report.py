"""Everything `saldo up` says on the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from billing.demo_data import DemoStory
from handoff.commands.settings import OperatorSettings
from handoff.commands.stories import story_table
from handoff.demo.agents import DEMO_AGENTS, DEMO_PASSWORD


class Report:
    """Plain lines, so that they read the same on a terminal and in a log."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def step(self, text: str) -> None:
        self.console.print(f"[dim]·[/] {text}")

    def done(self, text: str) -> None:
        self.console.print(f"[green]✓[/] {text}")

    def problem(self, text: str) -> None:
        self.console.print(f"[red]✗[/] {text}", soft_wrap=True)

    def ready(self, settings: OperatorSettings, stories: Sequence[DemoStory]) -> None:
        self.console.print()
        self.console.print(_addresses(settings))
        if stories:
            self.console.print()
            self.console.print(story_table(stories))
            emails = ", ".join(agent.email for agent in DEMO_AGENTS)
            self.console.print(f"Agents of the demo: {emails}   password: {DEMO_PASSWORD}", soft_wrap=True)
        self.console.print("\nCtrl-C ends everything.")


def _addresses(settings: OperatorSettings) -> Table:
    table = Table.grid(padding=(0, 3))
    table.add_row("Website", f"{settings.handoff_url}/")
    table.add_row("Agent console", f"{settings.handoff_url}/console")
    table.add_row("Health", f"{settings.handoff_url}/health")
    return table
