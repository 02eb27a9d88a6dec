"""`saldo billing`."""

from typing import Annotated

import typer
from sqlalchemy import select

from billing.clock import SystemClock
from billing.human_tasks import TaskNotFound
from billing.models.seller import Seller
from billing.periods import BillingPeriod, PeriodInvalid
from billing.run.billing_run import MACHINE_FAILURES, PeriodNotOver, run_billing
from billing.run.parked_bills import NotReleasable, release_bill
from handoff.commands.sessions import open_reading, open_sessions
from handoff.commands.settings import OperatorSettings
from handoff.commands.task_words import word_reason
from handoff.commands.terminal import complain, done, fail, progress_bar, say

app = typer.Typer(help="Invoices.", no_args_is_help=True)
PERIOD_HELP = "The month to bill, as YYYY-MM."
RELEASE_HELP = "The month of the bill, as YYYY-MM."


@app.callback()
def billing() -> None:
    """Invoices."""


@app.command("run")
def run_command(period: Annotated[str, typer.Option(help=PERIOD_HELP, metavar="YYYY-MM")]) -> None:
    """Issue the invoices of one month and name the accounts that cannot be billed.

    What has been billed already is not billed again.
    """
    month = _month(period)
    with open_reading(OperatorSettings().database) as session:
        session.scalars(select(Seller.id).limit(1)).all()  # A database without tables is named as such.
    with open_sessions(OperatorSettings().database) as sessions, progress_bar(f"Billing {period}") as progress:
        try:
            report = run_billing(sessions, month, now=SystemClock().now(), progress=progress)
        except PeriodNotOver as error:
            fail(f"{error.period} is not over; it can be billed from the day after {error.ends}.")
        except MACHINE_FAILURES as error:
            fail(f"Billing was stopped ({type(error).__name__}). Nothing is lost: the same command goes on from here.")
    done(f"{report.issued} invoices issued for {period}.")
    for account in report.parked:
        say(f"Customer {account.customer_number} got none: {word_reason(account.reason)}")
    if report.parked:
        complain(f"{len(report.parked)} accounts wait for a person: saldo tasks list")


@app.command("release")
def release_command(
    customer: Annotated[str, typer.Option(help="The number of the customer.", metavar="NUMBER")],
    period: Annotated[str, typer.Option(help=RELEASE_HELP, metavar="YYYY-MM")],
) -> None:
    """Let the next billing run issue a doubtful bill as it is.

    Only while its figures stay the same. What cannot be billed at all cannot be released.
    """
    month = _month(period)
    with open_sessions(OperatorSettings().database) as sessions:
        try:
            with sessions.begin() as session:
                release_bill(session, customer, month, now=SystemClock().now())
        except TaskNotFound:
            fail(f"No bill of customer {customer} for {period} waits for a person.")
        except NotReleasable as error:
            fail(f"This bill cannot be made as it is: {word_reason(error.error)}. Mend it and run billing again.")
    done(f"The next billing run issues the bill of customer {customer} for {period}.")


def _month(period: str) -> BillingPeriod:
    try:
        return BillingPeriod.month(period)
    except (PeriodInvalid, ValueError):
        fail(f"{period} is not a month; write it as YYYY-MM, for example 2026-10.")
