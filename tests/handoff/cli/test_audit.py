"""`saldo audit`, as an operator or another program runs it."""

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
from tests.factories.billing import make_contract, make_customer, make_one_off, make_plan


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """39.99 a month; one visit for 49.90 on 9 October that was booked twice."""
    databases = of_kind("sqlite")
    url = databases.create()
    monkeypatch.setenv("SALDO_DATABASE_URL", url)
    monkeypatch.setenv("SALDO_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "200")
    engine = engine_of(url)
    sessions = make_session_factory(engine)
    with sessions.begin() as session:
        plan = make_plan(session, base_minor=3999)
        contract = make_contract(session, make_customer(session, number="20240101"), plan)
        make_one_off(session, contract, charged_on=date(2026, 10, 9))
        make_one_off(session, contract, charged_on=date(2026, 10, 9))
        make_contract(session, make_customer(session, number="20240102"), plan)
    run_billing(sessions, BillingPeriod.month("2026-10"), now=datetime(2026, 11, 2, tzinfo=UTC))
    engine.dispose()
    yield "20240101"
    databases.drop(url)


def audit(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["audit", *arguments])


def test_an_audit_is_one_line_of_json(account: str) -> None:
    result = audit("--account", account, "--json")

    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert (document["format"], document["account"], document["owed_minor"]) == ("saldo.audit/1", account, 4990)
    (finding,) = document["findings"]
    assert (finding["detector"], finding["verdict"], finding["amount_minor"]) == ("A13", "our_mistake", 4990)
    assert result.stdout == audit("--account", account, "--json").stdout


def test_people_read_a_table(account: str) -> None:
    result = audit("--account", account)

    assert "A13" in result.stdout
    assert "gets back 49.90 EUR" in result.stdout
    assert "everything is charged as agreed" in audit("--account", "20240102").stdout


def test_all_accounts_come_one_line_each(account: str) -> None:
    documents = [json.loads(line) for line in audit("--all", "--json").stdout.splitlines()]

    assert [document["account"] for document in documents] == [account, "20240102"]
    assert [document["verdict"] for document in documents] == ["our_mistake", "correct"]


@pytest.mark.parametrize(
    "arguments", [(), ("--all",), ("--account", "1", "--all", "--json"), ("--account", "99999999")]
)
def test_what_cannot_be_audited_ends_with_a_sentence(account: str, arguments: tuple[str, ...]) -> None:
    result = audit(*arguments)

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("✗")
