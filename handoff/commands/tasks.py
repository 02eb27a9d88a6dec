"""`saldo tasks`."""

from typing import Annotated

import typer

from billing.clock import SystemClock
from billing.human_tasks import TaskNotFound, finish_task, list_open_tasks
from handoff.commands.sessions import open_reading, open_sessions
from handoff.commands.settings import OperatorSettings
from handoff.commands.task_words import word_task
from handoff.commands.terminal import done, fail, say

app = typer.Typer(help="What waits for a person.", no_args_is_help=True)


@app.callback()
def tasks() -> None:
    """What waits for a person."""


@app.command("list")
def list_command() -> None:
    """Show every open task, the oldest first: number, customer, reason and age."""
    now = SystemClock().now()
    with open_reading(OperatorSettings().database) as session:
        waiting = list_open_tasks(session)
    for task in waiting:
        say(word_task(task, now))
    done(f"{len(waiting)} tasks are open.")


@app.command("done")
def done_command(task: Annotated[int, typer.Argument(help="The number of the task, from the list.")]) -> None:
    """Mark a task as done. A bill that still cannot be made comes back with the next billing run."""
    with open_sessions(OperatorSettings().database) as sessions:
        try:
            with sessions.begin() as session:
                finish_task(session, task, now=SystemClock().now())
        except TaskNotFound:
            fail(f"There is no task {task}.")
    done(f"Task {task} is done.")
