"""The commands around a billing run, as an operator types them: run, see who waits, release, done."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from billing.db import make_session_factory
from billing.errors import SaldoError
from billing.models import Customer
from billing.models.human_task import TaskKind
from billing.rating.errors import RatingError
from billing.rating.one_offs import NotOwed
from billing.run import issuing
from billing.run.safety import DoubtKind
from billing.usage.reports import RejectionReason
from handoff.cli import app
from handoff.commands.task_words import KINDS, REASONS
from tests.databases import engine_of, of_kind
from tests.factories.billing import make_contract, make_customer, make_one_off, make_plan

PERIOD = "2026-08"


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Engine]:
    databases = of_kind("sqlite")
    url = databases.create()
    monkeypatch.setenv("SALDO_DATABASE_URL", url)
    monkeypatch.setenv("SALDO_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "200")
    engine = engine_of(url)
    yield engine
    engine.dispose()
    databases.drop(url)


def saldo(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def parked(session: Session, number: str) -> Customer:
    customer = make_customer(session, number=number)
    make_contract(session, customer, make_plan(session, valid_to=date(2026, 8, 20)))
    return customer


def doubtful(session: Session, number: str) -> Customer:
    customer = make_customer(session, number=number)
    contract = make_contract(session, customer, make_plan(session))
    for order in range(16):
        make_one_off(session, contract, charged_on=date(2026, 8, 9), reference=f"WO-{order}")
    return customer


@pytest.fixture
def accounts(database: Engine) -> None:
    """One account that can be billed, one that cannot, and one whose bill is doubtful."""
    with make_session_factory(database).begin() as session:
        make_contract(session, make_customer(session, number="10000001"), make_plan(session))
        parked(session, "10000002")
        doubtful(session, "10000003")
    database.dispose()


@pytest.mark.usefixtures("accounts")
def test_a_run_says_who_got_no_bill_and_why() -> None:
    result = saldo("billing", "run", "--period", PERIOD)

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "✓ 1 invoices issued for 2026-08.",
        "· Customer 10000002 got none: a day has no price",
        "· Customer 10000003 got none: very many charges of one kind on one day",
    ]
    assert result.stderr.splitlines() == ["✗ 2 accounts wait for a person: saldo tasks list"]


@pytest.mark.usefixtures("accounts")
def test_a_run_that_the_machine_stops_says_so_and_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(issuing, "enqueue_invoices", disk_full)
        result = saldo("billing", "run", "--period", PERIOD)

    assert result.exit_code == 1
    assert result.stderr == "✗ Billing was stopped (OSError). Nothing is lost: the same command goes on from here.\n"
    assert "✓ 1 invoices issued" in saldo("billing", "run", "--period", PERIOD).stdout


def disk_full(*_: object, **__: object) -> None:
    raise OSError


@pytest.mark.usefixtures("accounts")
def test_the_list_shows_number_customer_reason_and_age() -> None:
    saldo("billing", "run", "--period", PERIOD)

    result = saldo("tasks", "list")

    assert result.stdout.splitlines() == [
        "· 1  customer 10000002, bill not made 2026-08: a day has no price (since less than a day)",
        "· 2  customer 10000003, bill not made 2026-08: very many charges of one kind on one day "
        "(since less than a day)",
        "✓ 2 tasks are open.",
    ]


@pytest.mark.usefixtures("accounts")
@pytest.mark.parametrize(("waited", "age"), [("-1 day", "since 1 day"), ("-9 days", "since 9 days")])
def test_the_age_is_counted_in_days(database: Engine, waited: str, age: str) -> None:
    saldo("billing", "run", "--period", PERIOD)
    with database.begin() as connection:
        connection.execute(text("UPDATE human_task SET created_at = datetime(created_at, :waited)"), {"waited": waited})
    database.dispose()

    assert f"({age})" in saldo("tasks", "list").stdout


@pytest.mark.usefixtures("accounts")
def test_a_task_that_is_done_leaves_the_list() -> None:
    saldo("billing", "run", "--period", PERIOD)

    result = saldo("tasks", "done", "1")

    assert (result.exit_code, result.stdout) == (0, "✓ Task 1 is done.\n")
    assert "10000002" not in saldo("tasks", "list").stdout


@pytest.mark.usefixtures("database")
def test_an_unknown_task_is_refused() -> None:
    result = saldo("tasks", "done", "404")

    assert (result.exit_code, result.stderr) == (1, "✗ There is no task 404.\n")


@pytest.mark.usefixtures("accounts")
def test_a_doubtful_bill_is_issued_once_it_is_released() -> None:
    saldo("billing", "run", "--period", PERIOD)

    released = saldo("billing", "release", "--customer", "10000003", "--period", PERIOD)
    result = saldo("billing", "run", "--period", PERIOD)

    assert released.exit_code == 0
    assert "✓ 1 invoices issued for 2026-08." in result.stdout
    assert "10000003" not in saldo("tasks", "list").stdout


@pytest.mark.usefixtures("accounts")
@pytest.mark.parametrize(
    ("number", "period", "said"),
    [
        ("10000002", PERIOD, "a day has no price"),
        ("10000001", PERIOD, "No bill of customer 10000001 for 2026-08 waits"),
        ("99999999", PERIOD, "No bill of customer 99999999 for 2026-08 waits"),
        ("10000003", "August", "not a month"),
    ],
)
def test_what_cannot_be_released_is_said(number: str, period: str, said: str) -> None:
    saldo("billing", "run", "--period", PERIOD)

    result = saldo("billing", "release", "--customer", number, "--period", period)

    assert result.exit_code == 1
    assert said in result.stderr


@pytest.mark.parametrize("command", [["billing", "release"], ["tasks", "list"], ["tasks", "done"]], ids=" ".join)
def test_every_command_says_what_it_does(command: list[str]) -> None:
    result = saldo(*command, "--help")

    assert result.exit_code == 0
    assert f"saldo {' '.join(command)}" in result.stdout


def rating_errors(base: type[SaldoError]) -> set[str]:
    return {error.__name__ for sub in base.__subclasses__() for error in [sub, *sub.__subclasses__()]}


def test_every_kind_and_every_reason_has_words() -> None:
    doubts = {doubt.value for doubt in DoubtKind}

    assert set(KINDS) == set(TaskKind)
    assert rating_errors(RatingError) | doubts <= set(REASONS)
    assert {reason.value for reasons in (NotOwed, RejectionReason) for reason in reasons} <= set(REASONS)
