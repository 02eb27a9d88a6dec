"""`saldo disputes`."""

import re
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from billing.clock import SystemClock
from billing.disputes.disputes import (
    CreditBeyondDispute,
    DisputeMoveRefused,
    DisputeNotFound,
    close_dispute,
    review_dispute,
)
from billing.disputes.open_disputes import OpenDispute, get_open_dispute, lines_at, list_open_disputes
from billing.documents.formatting import Print
from billing.ledger.credit_notes import CreditTooHigh, NothingToCredit
from billing.models.dispute import DisputeStatus
from billing.money import Money
from handoff.commands.sessions import open_reading, open_sessions
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import done, fail, say

app = typer.Typer(help="Invoices that customers contest.", no_args_is_help=True)
REFUSED = (CreditBeyondDispute, CreditTooHigh, DisputeMoveRefused, DisputeNotFound, NothingToCredit)
Number = Annotated[str, typer.Argument(help="The number of the invoice.", metavar="INVOICE")]
CREDIT_HELP = (
    "For partly_upheld: what is given back of a line, as POSITION=AMOUNT, for example 2=12.50. May be repeated."
)


@app.callback()
def disputes() -> None:
    """Invoices that customers contest."""


@app.command("list")
def list_command() -> None:
    """Show what waits for a decision, what must be answered first in front."""
    with open_reading(OperatorSettings().database) as session:
        waiting = list_open_disputes(session)
    for dispute in waiting:
        say(_described(dispute))
    done(f"{len(waiting)} disputes are open.")


@app.command("review")
def review_command(invoice: Number) -> None:
    """Say that somebody looks at the dispute now."""
    with open_sessions(OperatorSettings().database) as sessions:
        try:
            with sessions.begin() as session:
                review_dispute(session, get_open_dispute(session, invoice).id)
        except REFUSED as error:
            fail(f"Nothing was changed: {error}.")
    done(f"The dispute of {invoice} is under review.")


@app.command("close")
def close_command(
    invoice: Number,
    outcome: Annotated[DisputeStatus, typer.Option(help="upheld, partly_upheld, rejected or withdrawn.")],
    credit: Annotated[list[str] | None, typer.Option(help=CREDIT_HELP)] = None,
) -> None:
    """Decide a dispute that is under review; what is upheld goes back to the customer by credit note."""
    now = SystemClock().now()
    with open_sessions(OperatorSettings().database) as sessions:
        try:
            with sessions.begin() as session:
                dispute = get_open_dispute(session, invoice)
                given = _given(session, dispute, credit or [])
                note = close_dispute(session, dispute.id, outcome, given=given, now=now)
        except REFUSED as error:
            fail(f"Nothing was changed: {error}.")
    done(f"The dispute of {invoice} is {outcome}.")
    if note is not None:
        say(f"Credit note {note.number}: {Print('en').amount(Money(note.total_minor, note.currency))}")


def _given(session: Session, dispute: OpenDispute, credits_: list[str]) -> dict[int, Money]:
    cents = {}
    for one in credits_:
        match = re.fullmatch(r"(\d+)=(\d+)\.(\d\d)", one)
        if match is None:
            fail(f"{one} is not POSITION=AMOUNT, such as 2=12.50.")
        cents[int(match[1])] = int(match[2]) * 100 + int(match[3])
    lines = lines_at(session, dispute.invoice_number, cents)
    return {lines[position]: Money(minor, dispute.disputed.currency) for position, minor in cents.items()}


def _described(dispute: OpenDispute) -> str:
    late = ", objected late" if dispute.late else ""
    amount = Print("en").amount(dispute.disputed)
    return (
        f"{dispute.invoice_number} of customer {dispute.customer_number}: {amount} contested, {dispute.status}, "
        f"answer by {dispute.answer_by}{late}"
    )
