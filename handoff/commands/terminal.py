"""How the commands speak: plain lines and bars to standard output, problems to standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

console = Console(highlight=False)
problems = Console(stderr=True, highlight=False, soft_wrap=True)


def fail(sentence: str) -> NoReturn:
    """Say what is wrong and end with exit code 1."""
    complain(sentence)
    raise typer.Exit(1)


def complain(sentence: str) -> None:
    """Say what is wrong and go on."""
    problems.print(f"[red]✗[/] {escape(sentence)}")


def say(sentence: str) -> None:
    console.print(f"[dim]·[/] {escape(sentence)}", soft_wrap=True)


def done(sentence: str) -> None:
    console.print(f"[green]✓[/] {escape(sentence)}", soft_wrap=True)


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far a long step is; the bar is told what is done and how much there is. Without a terminal: no bar."""
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
