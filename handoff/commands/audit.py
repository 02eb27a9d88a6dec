"""`saldo audit`."""

import sys
from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.audits import audit_account, audit_all, count_accounts
from billing.clock import SystemClock
from billing.fairness.finding import AuditReport
from billing.models.customer import Customer
from billing.money import Money
from handoff.commands.sessions import open_reading
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import console, done, fail

ACCOUNT_HELP = "The customer's number, eight digits."


def audit_command(
    account: Annotated[str | None, typer.Option(help=ACCOUNT_HELP, metavar="NUMBER")] = None,
    every: Annotated[bool, typer.Option("--all", help="Audit every account, one line of JSON for each.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Check what an account was charged against its contract and the law.

    Changes nothing. The amounts are what was charged too much and has not been given back.
    """
    if (account is None) == (not every):
        fail("Name one account with --account NUMBER, or all of them with --all --json.")
    if every and not as_json:
        fail("--all prints one line of JSON for each account; add --json.")
    with open_reading(OperatorSettings().database) as session:
        today = SystemClock().now().date()
        if every:
            _stream(session, today)
        else:
            _show(_one(session, account or "", today), as_json)


def _one(session: Session, number: str, today: date) -> AuditReport:
    customer_id = session.scalar(select(Customer.id).filter_by(number=number))
    if customer_id is None:
        fail(f"No customer has the number {number}.")
    return audit_account(session, customer_id, today=today)


def _stream(session: Session, today: date) -> None:
    errors = Console(stderr=True, highlight=False)
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task("Auditing", total=count_accounts(session))
        for report in audit_all(session, today=today):
            sys.stdout.write(report.as_json() + "\n")
            bar.advance(task)


def _show(report: AuditReport, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(report.as_json() + "\n")
        return
    if not report.findings:
        done(f"Account {report.account}: everything is charged as agreed and as the law says.")
        return
    table = Table("Detector", "Verdict", "Confidence", "Amount", "Evidence", "Rule")
    for finding in report.findings:
        rows = "; ".join(" ".join(str(value) for value in list(row.values())[:3]) for row in finding.evidence[:2])
        amount = _figure(finding.amount)
        table.add_row(finding.detector, finding.verdict, finding.confidence, amount, rows, finding.rule)
    console.print(table)
    done(f"Account {report.account} gets back {_figure(report.owed)} {report.owed.currency}.")


def _figure(amount: Money) -> str:
    return f"{amount.minor // 100}.{amount.minor % 100:02}"
