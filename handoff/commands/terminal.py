"""How the commands speak: plain lines to standard output, problems to standard error."""

from typing import NoReturn

import typer
from rich.console import Console

console = Console(highlight=False)
problems = Console(stderr=True, highlight=False, soft_wrap=True)


def fail(sentence: str) -> NoReturn:
    """Say what is wrong and end with exit code 1."""
    problems.print(f"[red]✗[/] {sentence}")
    raise typer.Exit(1)


def say(sentence: str) -> None:
    console.print(f"[dim]·[/] {sentence}")
