"""The commands as an operator types them, on a database of their own."""

import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from billing.db import make_session_factory
from billing.demo_data import seed_demo
from handoff.cli import app
from handoff.commands import installation
from tests.databases import engine_of, of_kind
from tests.factories.billing import make_contract, make_customer, make_plan

COMMANDS = (
    ["up"],
    ["doctor"],
    ["db", "upgrade"],
    ["demo", "seed"],
    ["billing", "run"],
    ["import"],
    ["export"],
    ["agents", "add"],
    ["nlu", "parse"],
    ["nlu", "evaluate"],
)
PASSWORD = "a long enough password"
AGENT = ["agents", "add", "--email", "Olga@nordlicht.example", "--name", "Olga", "--language", "fi"]


@pytest.fixture(autouse=True)
def no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SALDO_DATABASE_URL", "SALDO_DEMO", "SALDO_MODEL", "SALDO_TWILIO_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SALDO_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    databases = of_kind("sqlite")
    url = databases.create()
    monkeypatch.setenv("SALDO_DATABASE_URL", url)
    yield url
    databases.drop(url)


def saldo(*arguments: str, answers: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=answers)


def count(url: str, table: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    engine.dispose()
    return int(found)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_says_what_it_does(command: list[str]) -> None:
    result = saldo(*command, "--help")

    assert result.exit_code == 0
    assert f"saldo {' '.join(command)}" in result.stdout
    assert "Options" in result.stdout


def test_the_database_is_made_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    results = [saldo("db", "upgrade") for _ in range(2)]

    assert [result.exit_code for result in results] == [0, 0]
    assert count(f"sqlite:///{tmp_path}/var/saldo.db", "conversation") == 0


def test_the_demo_is_seeded_once_and_shows_five_customers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "seed_demo", partial(seed_demo, months=1))  # thirteen take long
    url = f"sqlite:///{tmp_path}/var/saldo.db"
    first = saldo("demo", "seed")
    counted = [count(url, table) for table in ("customer", "invoice", "agent")]
    second = saldo("demo", "seed")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert counted[0] == 300
    assert counted[2] == 3
    assert [count(url, table) for table in ("customer", "invoice", "agent")] == counted
    for words in ("discount", "Used more", "mid-month", "Paid late", "twice", "mia@nordlicht.example"):
        assert words in second.stdout


def test_a_database_that_somebody_named_gets_no_demo_unasked(database: str) -> None:
    result = saldo("demo", "seed")

    assert result.exit_code == 1
    assert "SALDO_DEMO=true" in result.stderr
    assert count(database, "customer") == 0
    assert count(database, "agent") == 0


def test_a_billing_run_of_an_empty_month_issues_nothing(database: str) -> None:
    result = saldo("billing", "run", "--period", "2026-10")

    assert result.exit_code == 0
    assert "0 invoices" in result.stdout


@pytest.mark.parametrize("period", ["2026-13", "October", "2026", ""])
def test_a_period_that_is_no_month_is_refused(database: str, period: str) -> None:
    result = saldo("billing", "run", "--period", period)

    assert result.exit_code == 1
    assert "2026-10" in result.stderr
    assert count(database, "invoice") == 0


def test_a_month_that_is_not_over_is_refused_in_one_sentence(database: str) -> None:
    engine = engine_of(database)
    with make_session_factory(engine).begin() as session:
        make_contract(session, make_customer(session), make_plan(session))
    engine.dispose()

    result = saldo("billing", "run", "--period", "9998-10")

    assert result.exit_code == 1
    assert result.stderr.strip() == "✗ 9998-10 is not over; it can be billed from the day after 9998-10-31."
    assert count(database, "invoice") == 0


def test_an_agent_is_added_and_the_password_is_not_shown(database: str) -> None:
    result = saldo(*AGENT, answers=f"{PASSWORD}\n{PASSWORD}\n")

    assert result.exit_code == 0
    assert "olga@nordlicht.example" in result.stdout.lower()
    assert PASSWORD not in result.stdout + result.stderr
    assert count(database, "agent") == 1


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (["--password", "short"], "too short"),
        (["--password", PASSWORD, "--language", "sv"], "en, de, fi"),
        (["--password", PASSWORD, "--email", "olga"], "not an e-mail address"),
    ],
)
def test_an_agent_who_could_not_work_is_refused(database: str, other: list[str], said: str) -> None:
    result = saldo(*AGENT, *other)

    assert result.exit_code == 1
    assert said in result.stderr
    assert count(database, "agent") == 0


def test_an_agent_is_not_added_twice(database: str) -> None:
    results = [saldo(*AGENT, "--password", PASSWORD) for _ in range(2)]

    assert [result.exit_code for result in results] == [0, 1]
    assert "exists already" in results[1].stderr
    assert count(database, "agent") == 1


def test_a_taken_port_stops_the_start_before_anything_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("SALDO_PORT", str(port))
        result = saldo("up")

    assert result.exit_code == 1
    assert f"Port {port}" in result.stderr
    assert "SALDO_PORT" in result.stderr
    assert not (tmp_path / "var").exists()


def test_without_a_model_the_command_says_how_to_train_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SALDO_MODEL", str(tmp_path / "none.tar.gz"))

    result = saldo("nlu", "parse", str(tmp_path / "questions.jsonl"))

    assert result.exit_code == 1
    assert "make" in result.stderr


def test_the_doctor_names_what_is_broken_and_ends_with_1(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SALDO_MODEL", str(tmp_path / "none.tar.gz"))
    monkeypatch.setenv("SALDO_TWILIO_AUTH_TOKEN", "token")
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("SALDO_BOT_PORT", str(server.getsockname()[1]))
        result = saldo("doctor")

    lines = {line.split("  ")[0].split(" ", 1)[1]: line for line in result.stdout.splitlines() if "  " in line}
    assert result.exit_code == 1
    assert "✗" in lines["Trained bot"]
    assert "make train" in lines["Trained bot"]
    assert "SALDO_TWILIO_ACCOUNT_SID" in lines["Twilio"]
    assert next(line for part, line in lines.items() if part.startswith("bot on port")).startswith("✗")
    assert "token" not in lines["Twilio"]


def test_the_doctor_finds_a_database_that_is_behind(database: str) -> None:
    engine = create_engine(database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    engine.dispose()

    result = saldo("doctor")

    assert result.exit_code == 1
    assert "saldo db upgrade" in result.stdout


def test_the_doctor_finds_a_database_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALDO_DATABASE_URL", "postgresql+psycopg://saldo@127.0.0.1:1/saldo")

    result = saldo("doctor")

    assert result.exit_code == 1
    assert "cannot be reached" in result.stdout
