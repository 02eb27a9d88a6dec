"""`saldo explain`, as an operator or another program runs it."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from billing.db import make_session_factory
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing
from handoff.cli import app
from tests.databases import engine_of, of_kind
from tests.factories.billing import make_contract, make_customer, make_discount, make_one_off, make_plan

MONTHS = ("2026-08", "2026-09", "2026-10")


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """39.99 a month; a visit for 49.90 on 9 September; 10.00 off until the end of September."""
    databases = of_kind("sqlite")
    url = databases.create()
    monkeypatch.setenv("SALDO_DATABASE_URL", url)
    monkeypatch.setenv("SALDO_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "200")
    engine = engine_of(url)
    sessions = make_session_factory(engine)
    with sessions.begin() as session:
        customer = make_customer(session, number="20240101")
        contract = make_contract(session, customer, make_plan(session, base_minor=3999))
        make_discount(session, contract, amount_minor=1000, valid_to=date(2026, 10, 1))
        make_one_off(session, contract, charged_on=date(2026, 9, 9))
        make_customer(session, number="20240102")
    for month in MONTHS:
        run_billing(sessions, BillingPeriod.month(month), now=datetime(2026, 11, 2, tzinfo=UTC))
    engine.dispose()
    yield "20240101"
    databases.drop(url)


def explain(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["explain", "--account", *arguments])


def test_the_newest_invoice_is_explained_as_json(account: str) -> None:
    result = explain(account, "--json")

    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["format"] == "saldo.explanation/1"
    assert (document["account"], document["currency"]) == (account, "EUR")
    assert (document["previous"]["period_start"], document["current"]["period_start"]) == ("2026-09-01", "2026-10-01")
    assert (document["previous"]["total_minor"], document["current"]["total_minor"]) == (2999 + 4990, 3999)
    assert document["difference_minor"] == 1000 - 4990
    causes = [(cause["code"], cause["amount_minor"], cause["recurring"]) for cause in document["causes"]]
    assert causes == [("one_off_gone", -4990, False), ("discount_ended", 1000, True)]
    assert document["causes"][1]["facts"]["ended_on"] == "2026-09-30"
    assert document["expected_next_minor"] == 3999


def test_any_two_invoices_are_compared(account: str) -> None:
    result = explain(account, "--invoice", "DE-2026-000003", "--against", "DE-2026-000001", "--json")

    document = json.loads(result.stdout)
    assert (document["previous"]["number"], document["current"]["number"]) == ("DE-2026-000001", "DE-2026-000003")
    assert [(cause["code"], cause["amount_minor"]) for cause in document["causes"]] == [("discount_ended", 1000)]


def test_a_person_reads_a_table(account: str) -> None:
    result = explain(account)

    assert result.exit_code == 0
    for part in (
        "DE-2026-000003",
        "2026-10",
        "39.99 EUR",
        "-39.90 EUR",
        "one_off_gone",
        "-49.90 EUR",
        "Technician visit",
    ):
        assert part in result.stdout, part


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["99999999"], "There is no account 99999999."),
        (["20240101", "--invoice", "DE-1"], "Account 20240101 has no invoice DE-1."),
        (["20240101", "--against", "DE-2"], "Account 20240101 has no invoice DE-2."),
        (["20240102"], "Account 20240102 has no invoice yet."),
    ],
    ids=["account", "invoice", "against", "none yet"],
)
@pytest.mark.usefixtures("account")
def test_what_does_not_exist_is_said_in_one_sentence(arguments: list[str], sentence: str) -> None:
    result = explain(*arguments, "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr
