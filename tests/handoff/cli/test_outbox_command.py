"""`saldo outbox retry` as the people who mended the mail server type it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import Result
from sqlalchemy import select
from typer.testing import CliRunner

from billing.db import make_session_factory
from billing.human_tasks import list_open_tasks
from billing.outbox import (
    Email,
    OutboxMessage,
    OutboxStatus,
    claim_due,
    enqueue_email,
    enqueue_sms,
    mark_failed,
    mark_sent,
)
from handoff.cli import app
from tests.databases import engine_of, of_kind

NOV_9, NOV_10 = (datetime(2026, 11, day, 12, tzinfo=UTC) for day in (9, 10))
SENT, EARLY, LATE, CODE, EXPIRED = 1, 2, 3, 4, 5


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A letter that was sent, letters that failed on the 9th and on the 10th, a code and an expired letter too."""
    databases = of_kind("sqlite")
    url = databases.create()
    monkeypatch.setenv("SALDO_DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "200")
    engine = engine_of(url)
    with make_session_factory(engine).begin() as session:
        for name, at in (("sent", NOV_9), ("early", NOV_9), ("late", NOV_10)):
            enqueue_email(session, Email(f"{name}@post.example", "Subject", "Body", name), now=at)
            (message,) = claim_due(session, now=at)
            if name == "sent":
                mark_sent(session, message, provider_sid=None, now=at)
            else:
                mark_failed(session, message, error="554", now=at, permanent=True)
        enqueue_sms(session, recipient="+4915", body="Code", dedupe_key="code", now=NOV_10)
        expired = enqueue_email(session, Email("x@post.example", "Subject", "Body", "expired"), now=NOV_10)
        for message in claim_due(session, now=NOV_10):
            mark_failed(session, message, error="554", now=NOV_10, permanent=True)
        expired.expires_at = NOV_10 + timedelta(minutes=10)
    engine.dispose()
    yield url
    databases.drop(url)


def saldo(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def waiting(url: str) -> tuple[list[int], list[str]]:
    """Return the messages that will be sent and the open tasks."""
    engine = engine_of(url)
    with make_session_factory(engine)() as session:
        pending = session.scalars(select(OutboxMessage).filter_by(status=OutboxStatus.PENDING)).all()
        assert {(message.attempts, message.last_error) for message in pending} <= {(0, None)}
        tasks = [str(task.facts["outbox_id"]) for task in list_open_tasks(session)]
    engine.dispose()
    return sorted(message.id for message in pending), sorted(tasks)


def test_what_failed_since_a_day_is_sent_again_and_its_task_closed(database: str) -> None:
    assert waiting(database) == ([], ["2", "3", "5"])

    answer = saldo("outbox", "retry", "--failed-since", "2026-11-10")

    assert "1 letters will be sent again." in answer.output
    assert waiting(database) == ([LATE], ["2", "5"])


def test_named_letters_are_sent_again_but_no_code_and_nothing_sent_or_expired(database: str) -> None:
    numbers = [argument for id_ in (SENT, EARLY, CODE, EXPIRED) for argument in ("--id", str(id_))]

    assert "1 letters will be sent again." in saldo("outbox", "retry", *numbers).output
    assert waiting(database) == ([EARLY], ["3", "5"])
    assert "0 letters will be sent again." in saldo("outbox", "retry", "--id", str(EARLY)).output


def test_a_letter_that_fails_once_more_comes_before_a_person_again(database: str) -> None:
    saldo("outbox", "retry", "--id", str(EARLY))
    engine = engine_of(database)
    with make_session_factory(engine).begin() as session:
        (message,) = claim_due(session, now=datetime.max.replace(tzinfo=UTC) - timedelta(days=2))
        mark_failed(session, message, error="550", now=NOV_10, permanent=True)
    engine.dispose()

    assert waiting(database) == ([], ["2", "3", "5"])


def test_nobody_sends_everything_again_by_accident(database: str) -> None:
    answer = saldo("outbox", "retry")

    assert answer.exit_code == 1
    assert "--failed-since" in answer.output
    assert waiting(database)[0] == []
