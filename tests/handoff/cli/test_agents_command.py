"""`saldo agents` as an operator types it."""

from collections.abc import Iterator

import pytest
from click.testing import Result
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from handoff.cli import app
from tests.databases import of_kind
from tests.factories.handoff import CHEAP_HASHER

OLGA = ["add", "--email", "Olga@nordlicht.example", "--name", "Olga", "--language", "fi", "--password", "long enough 1"]


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    databases = of_kind("sqlite")
    url = databases.create()
    monkeypatch.setenv("SALDO_DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("handoff.agents.passwords._hasher", CHEAP_HASHER)
    yield url
    databases.drop(url)


def saldo(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["agents", *arguments])


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def skills(url: str) -> list[object]:
    return [skill for (skill,) in rows(url, "SELECT skill FROM agent_skill ORDER BY skill")]


def test_an_agent_has_the_role_the_skills_and_the_limit_that_were_named(database: str) -> None:
    named = ["--role", "supervisor", "--skill", "language:de", "--skill", "topic:payments", "--capacity", "5"]

    assert saldo(*OLGA, *named).exit_code == 0

    assert rows(database, "SELECT role, capacity, presence FROM agent") == [("supervisor", 5, "offline")]
    assert skills(database) == ["language:de", "topic:payments"]


def test_without_skills_an_agent_serves_the_language_of_their_console(database: str) -> None:
    saldo(*OLGA)

    assert rows(database, "SELECT role, capacity FROM agent") == [("agent", 3)]
    assert skills(database) == ["language:fi"]


@pytest.mark.parametrize(
    "other",
    [
        ["--skill", "Deutsch sprechen"],
        ["--skill", "language:"],
        ["--skill", "a" * 61],
        ["--capacity", "0"],
        ["--capacity", "21"],
        ["--role", "boss"],
    ],
)
def test_what_routing_could_not_use_is_refused_before_anything_is_written(database: str, other: list[str]) -> None:
    result = saldo(*OLGA, *other)

    assert result.exit_code != 0
    assert rows(database, "SELECT email FROM agent") == []


def test_skills_are_replaced_and_listed(database: str) -> None:
    saldo(*OLGA)

    replaced = saldo("skills", "set", "OLGA@nordlicht.example", "--skill", "language:en", "--skill", "language:fi")
    listed = saldo("list")

    assert replaced.exit_code == 0
    assert skills(database) == ["language:en", "language:fi"]
    assert "olga@nordlicht.example, Olga, agent, 3 chats, offline, language:en, language:fi" in listed.output
    assert "1 agents can sign in." in listed.output


def test_skills_of_nobody_and_words_that_are_none_change_nothing(database: str) -> None:
    saldo(*OLGA)

    stranger = saldo("skills", "set", "nobody@nordlicht.example", "--skill", "language:en")
    word = saldo("skills", "set", "olga@nordlicht.example", "--skill", "Deutsch")

    assert (stranger.exit_code, word.exit_code) == (1, 1)
    assert "no agent with the address nobody@nordlicht.example" in stranger.stderr
    assert "Deutsch is not a skill" in word.stderr
    assert skills(database) == ["language:fi"]


def test_who_is_disabled_is_listed_as_such_until_they_are_enabled(database: str) -> None:
    saldo(*OLGA)

    disabled = saldo("disable", "OLGA@nordlicht.example")
    listed = saldo("list")
    enabled = saldo("enable", "olga@nordlicht.example")

    assert (disabled.exit_code, enabled.exit_code) == (0, 0)
    assert "olga@nordlicht.example, Olga, agent, 3 chats, disabled, language:fi" in listed.output
    assert "0 agents can sign in." in listed.output
    assert "1 agents can sign in." in saldo("list").output


def test_a_password_is_replaced_by_one_that_is_long_enough(database: str) -> None:
    saldo(*OLGA)
    [(before,)] = rows(database, "SELECT password_hash FROM agent")

    short = saldo("password", "olga@nordlicht.example", "--password", "short")
    [(kept,)] = rows(database, "SELECT password_hash FROM agent")
    replaced = saldo("password", "olga@nordlicht.example", "--password", "long enough 2")

    assert (short.exit_code, kept, replaced.exit_code) == (1, before, 0)
    [(after,)] = rows(database, "SELECT password_hash FROM agent")
    assert CHEAP_HASHER.verify(after, "long enough 2")


def test_role_and_skills_can_be_taken_back(database: str) -> None:
    saldo(*OLGA, "--role", "supervisor")

    assert saldo("role", "olga@nordlicht.example", "agent").exit_code == 0
    assert saldo("skills", "set", "olga@nordlicht.example").exit_code == 0

    assert rows(database, "SELECT role FROM agent") == [("agent",)]
    assert skills(database) == []


@pytest.mark.parametrize("command", [["disable"], ["enable"], ["password", "--password", "long enough 2"], ["role"]])
def test_nobody_cannot_be_changed(database: str, command: list[str]) -> None:
    saldo(*OLGA)
    rest = ["supervisor"] if command == ["role"] else []

    result = saldo(*command, "nobody@nordlicht.example", *rest)

    assert result.exit_code == 1
    assert "no agent with the address nobody@nordlicht.example" in result.stderr
    assert rows(database, "SELECT role FROM agent") == [("agent",)]
