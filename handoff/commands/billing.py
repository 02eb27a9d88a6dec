"""`saldo billing`."""

from typing import Annotated

import typer

from billing.billing_run import PeriodNotOver, run_billing
from billing.clock import SystemClock
from billing.periods import BillingPeriod, PeriodInvalid
from handoff.commands.sessions import open_sessions
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import done, fail, progress_bar, say

app = typer.Typer(help="Invoices.", no_args_is_help=True)
PERIOD_HELP = "The month to bill, as YYYY-MM."


@app.callback()
def billing() -> None:
    """Invoices."""


@app.command("run")
def run_command(period: Annotated[str, typer.Option(help=PERIOD_HELP, metavar="YYYY-MM")]) -> None:
    """Issue the invoices of one month and name the accounts that cannot be billed.

    What has been billed already is not billed again.
    """
    try:
        month = BillingPeriod.month(period)
    except (PeriodInvalid, ValueError):
        fail(f"{period} is not a month; write it as YYYY-MM, for example 2026-10.")
    with open_sessions(OperatorSettings().database) as sessions, progress_bar(f"Billing {period}") as progress:
        try:
            report = run_billing(sessions, month, now=SystemClock().now(), progress=progress)
        except PeriodNotOver as error:
            fail(f"{error.period} is not over; it can be billed from the day after {error.ends}.")
    done(f"{report.issued} invoices issued for {period}.")
    for account in report.parked:
        say(f"Customer {account.customer_number} got none: {account.error}")
