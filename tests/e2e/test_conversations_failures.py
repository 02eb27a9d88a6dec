"""When something breaks, the customer gets an apology and the way to a person, no figure, and may simply ask again."""

import re
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.e2e import accounts
from tests.e2e.running_system import RunningSystem, wait_until
from tests.e2e.spelling import amount
from tests.e2e.talk import LANGUAGES, Answer, Talk, words

APOLOGY = {"en": "sorry", "de": "leid", "fi": "pahoillani"}
PERSON = {"en": "person", "de": "Menschen", "fi": "asiakaspalvelijan"}
FIGURE = re.compile(r"\d")


@pytest.fixture(params=LANGUAGES)
def talk(system: RunningSystem, request: pytest.FixtureRequest) -> Iterator[Talk]:
    with Talk(system, request.param) as opened:
        yield opened


@contextmanager
def broken_table(system: RunningSystem, table: str) -> Iterator[None]:
    """Take a table away, so that whatever reads it fails in the database; put it back as it was."""
    away = f"{table}_away"
    _rename(system, table, away)
    try:
        yield
    finally:
        _rename(system, away, table)


def _rename(system: RunningSystem, old: str, new: str) -> None:
    with closing(sqlite3.connect(system.var / "saldo.db", timeout=20, isolation_level=None)) as connection:
        # Triggers and foreign keys go on naming the table as before.
        connection.execute("PRAGMA legacy_alter_table = ON")
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(f"ALTER TABLE {old} RENAME TO {new}")


@contextmanager
def no_actions(system: RunningSystem) -> Iterator[None]:
    """Kill the action server; afterwards the supervisor has brought it back."""
    old_pid = system.pid("actions")
    system.signal("actions", signal.SIGKILL)
    yield
    wait_until(lambda: system.pid("actions") not in (0, old_pid), seconds=60, what="a new action server")
    system.wait_healthy()


def assert_apology(answer: Answer) -> None:
    assert APOLOGY[answer.language] in answer.text, answer.text
    assert [title for title in answer.titles if PERSON[answer.language] in title]
    assert not FIGURE.search(answer.text)


def test_a_failing_database_brings_an_apology_no_figure_and_the_answer_later(talk: Talk) -> None:
    number = accounts.owing(talk.system, LANGUAGES.index(talk.language))
    talk.tell(words("identify", talk.language))
    talk.verify(number)

    with broken_table(talk.system, "allocation"):
        assert_apology(talk.tell(words("balance", talk.language)))

    owed = amount(accounts.open_bill(talk.system, number)["open_minor"], talk.language)
    assert owed in talk.tell(words("balance", talk.language)).text


def test_a_yes_while_actions_are_down_changes_nothing_and_works_when_said_again(talk: Talk) -> None:
    number = accounts.with_credit(talk.system, 9 + LANGUAGES.index(talk.language))
    talk.tell(words("refund", talk.language))
    assert talk.verify(number).says("utter_payments_refund_confirm")

    with no_actions(talk.system):
        assert_apology(talk.tell(words("yes", talk.language)))
        assert accounts.count(talk.system, "refund", number) == 0

    answer = talk.tell(words("yes", talk.language))

    assert answer.says("utter_payments_refund_requested"), answer.text
    assert accounts.count(talk.system, "refund", number) == 1


def test_the_button_of_the_apology_calls_a_person(talk: Talk) -> None:
    with no_actions(talk.system):
        apology = talk.tell(words("balance", talk.language))
        talk.press(PERSON[talk.language], apology)

    assert talk.reason() == "asked_for_person"
