"""The demo's customers as a table, with what happened to their bill in plain words, and its agents."""

from collections.abc import Mapping, Sequence

from rich.table import Table

from billing.demo_data import DemoStory
from handoff.commands.terminal import console
from handoff.demo.agents import DEMO_AGENTS, DEMO_PASSWORD

PLAIN_WORDS: Mapping[str, str] = {
    "discount_ended": "A discount ended",
    "extra_usage": "Used more than the plan",
    "plan_change": "Changed plan mid-month",
    "late_payment": "Paid late",
    "duplicate_charge": "Was charged twice",
    "first_bill": "Has a first bill",
    "cheaper_plan": "Would pay less on another plan",
}


def print_stories(stories: Sequence[DemoStory]) -> None:
    console.print(_table(stories))
    emails = ", ".join(agent.email for agent in DEMO_AGENTS)
    console.print(f"Agents of the demo: {emails}   password: {DEMO_PASSWORD}", soft_wrap=True)


def _table(stories: Sequence[DemoStory]) -> Table:
    table = Table(title="Six customers to try", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for heading in ("Number", "Name", "Language", "Phone", "What happened"):
        table.add_column(heading, no_wrap=heading != "What happened")
    for story in stories:
        words = PLAIN_WORDS.get(story.story, story.story)
        table.add_row(story.customer_number, story.name, f"{story.language} ({story.country})", story.phone, words)
    return table
