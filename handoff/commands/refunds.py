"""`saldo refunds`."""

from typing import Annotated

import typer

from billing.clock import SystemClock
from billing.documents.formatting import Print
from billing.ledger.refunds import (
    RefundNotFound,
    RefundSettled,
    get_waiting_refund,
    list_waiting_refunds,
    settle_refund,
)
from handoff.commands.sessions import open_reading, open_sessions
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import done, fail, say

app = typer.Typer(help="Credit that customers want back.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="The number of the task, from the list.", metavar="TASK")]


@app.callback()
def refunds() -> None:
    """Credit that customers want back."""


@app.command("list")
def list_command() -> None:
    """Show what waits for a decision, the oldest first: number, customer, amount and reason."""
    with open_reading(OperatorSettings().database) as session:
        waiting = list_waiting_refunds(session)
    for refund in waiting:
        amount = Print("en").amount(refund.amount)
        say(f"{refund.task_id}  customer {refund.customer_number}: {amount}, {refund.reason}")
    done(f"{len(waiting)} refunds wait.")


@app.command("send")
def send_command(task: Number) -> None:
    """Say that the bank was told to send the money."""
    _settle(task, approved=True)
    done(f"The refund of task {task} is sent.")


@app.command("refuse")
def refuse_command(task: Number) -> None:
    """Leave the money in credit; it pays what is open."""
    _settle(task, approved=False)
    done(f"The refund of task {task} is refused.")


def _settle(task: int, *, approved: bool) -> None:
    now = SystemClock().now()
    with open_sessions(OperatorSettings().database) as sessions:
        try:
            with sessions.begin() as session:
                settle_refund(session, get_waiting_refund(session, task).refund_id, approved=approved, now=now)
        except (RefundNotFound, RefundSettled):
            fail(f"Under task {task} no refund waits.")
