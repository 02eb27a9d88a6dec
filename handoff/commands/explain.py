"""`saldo explain`."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

import typer
from babel.numbers import get_currency_precision
from rich.table import Table
from sqlalchemy.orm import Session

from billing.accounts import find_customer_by_number
from billing.explain.bill_changes import BillChange, Cause
from billing.explain.json_format import change_as_json
from billing.explanations import InvoiceNumberUnknown, explain_between
from billing.money import Money
from handoff.commands.sessions import open_reading
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import console, fail, say

DAYS = ("changed_on", "started_on", "ended_on", "charged_on", "due_on")


def explain_command(
    account: Annotated[str, typer.Option(help="The customer number.", metavar="NUMBER")],
    invoice: Annotated[str | None, typer.Option(help="The invoice to explain; without it the newest.")] = None,
    against: Annotated[str | None, typer.Option(help="The invoice to compare with; without it the one before.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, as docs/machine-readable.md describes.")] = False,
) -> None:
    """Say why an invoice differs from another one of the same account, to the cent."""
    with open_reading(OperatorSettings().database) as session:
        change = _explain(session, account, invoice, against)
        if as_json:
            # Not the console: it would break and colour the lines.
            typer.echo(json.dumps(change_as_json(account, change), ensure_ascii=False, indent=2))
        else:
            _print(change)


def _explain(session: Session, account: str, invoice: str | None, against: str | None) -> BillChange:
    customer = find_customer_by_number(session, account)
    if customer is None:
        fail(f"There is no account {account}.")
    try:
        change = explain_between(session, customer.id, against, invoice)
    except InvoiceNumberUnknown as error:
        fail(f"Account {account} has no invoice {error.number}.")
    if change is None:
        fail(f"Account {account} has no invoice yet.")
    return change


def _print(change: BillChange) -> None:
    say(f"Invoice {change.current_number} of {change.current_period.label}: {_amount(change.current_total)}")
    if change.previous_number and change.previous_period and change.previous_total:
        say(f"Invoice {change.previous_number} of {change.previous_period.label}: {_amount(change.previous_total)}")
        say(f"Difference: {_amount(change.difference, signed=True)}")
    for number, credited in (
        (change.current_number, change.current_credited),
        (change.previous_number, change.previous_credited),
    ):
        if credited:
            say(f"Credited of {number}: {_amount(credited)}")
    if change.causes:
        console.print(_table(change))
    if change.expected_next is not None:
        say(f"Expected next: {_amount(change.expected_next)}")


def _table(change: BillChange) -> Table:
    table = Table("Cause", "What", "Days")
    table.add_column("Amount", justify="right")
    table.add_column("Again")
    for cause in change.causes:
        amount = _amount(cause.amount, signed=True)
        again = "every month" if cause.recurring else "once"
        table.add_row(cause.code.value, _what(cause), ", ".join(_days(cause)), amount, again)
    return table


def _what(cause: Cause) -> str:
    return str(cause.facts.get("name_en", cause.facts.get("invoice_number", "")))


def _days(cause: Cause) -> Iterator[str]:
    return (str(cause.facts[day]) for day in DAYS if day in cause.facts)


def _amount(money: Money, *, signed: bool = False) -> str:
    sign = "-" if money.minor < 0 else "+" if signed else ""
    value = Decimal(abs(money.minor)).scaleb(-get_currency_precision(money.currency))
    return f"{sign}{value} {money.currency}"
