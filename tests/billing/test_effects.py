"""An effect of a turn happens once, and repeating the turn gives its stored result."""

from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from billing.effects import TurnEffect, TurnRef, run_once
from billing.models import OutboxMessage
from billing.outbox import enqueue_sms
from tests.fakes.clock import DEFAULT_NOW, FixedClock


def send_text(session: Session) -> dict[str, object]:
    enqueue_sms(session, recipient="+491713920099", body="Guten Tag", dedupe_key=str(uuid4()), now=DEFAULT_NOW)
    return {"sent": True}


def count(session: Session, model: type[OutboxMessage] | type[TurnEffect]) -> int:
    return session.scalars(select(func.count()).select_from(model)).one()


def test_a_repeated_turn_gives_the_stored_result_and_no_second_effect(session: Session, clock: FixedClock) -> None:
    turn = TurnRef(uuid4(), 3)
    first = run_once(session, turn, "send", lambda: {**send_text(session), "at": 1}, now=clock.now())
    session.commit()
    clock.advance(minutes=1)

    second = run_once(session, turn, "send", lambda: {**send_text(session), "at": 2}, now=clock.now())
    session.commit()

    assert first == second == {"sent": True, "at": 1}
    assert (count(session, OutboxMessage), count(session, TurnEffect)) == (1, 1)


def test_each_turn_action_and_ordinal_has_its_own_effect(session: Session, clock: FixedClock) -> None:
    conversation = uuid4()
    turns = [TurnRef(conversation, 1), TurnRef(conversation, 2), TurnRef(uuid4(), 1)]

    for turn in turns:
        run_once(session, turn, "send", lambda: send_text(session), now=clock.now())
    run_once(session, turns[0], "resend", lambda: send_text(session), now=clock.now())
    run_once(session, turns[0], "send", lambda: send_text(session), ordinal=1, now=clock.now())

    assert count(session, OutboxMessage) == 5


def test_an_effect_that_fails_leaves_nothing_and_may_run_again(session: Session, clock: FixedClock) -> None:
    turn = TurnRef(uuid4(), 1)

    def fail() -> dict[str, object]:
        send_text(session)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        run_once(session, turn, "send", fail, now=clock.now())
    session.commit()
    assert (count(session, OutboxMessage), count(session, TurnEffect)) == (0, 0)

    assert run_once(session, turn, "send", lambda: send_text(session), now=clock.now()) == {"sent": True}


def test_a_transaction_that_is_rolled_back_takes_the_effect_with_it(session: Session, clock: FixedClock) -> None:
    run_once(session, TurnRef(uuid4(), 1), "send", lambda: send_text(session), now=clock.now())

    session.rollback()

    assert (count(session, OutboxMessage), count(session, TurnEffect)) == (0, 0)


def test_the_same_turn_run_by_two_at_once_has_one_effect(
    session_factory: sessionmaker[Session], clock: FixedClock
) -> None:
    turn = TurnRef(uuid4(), 1)
    results: list[dict[str, object]] = []

    def run(name: str) -> None:
        with session_factory.begin() as session:
            effect = lambda: {**send_text(session), "by": name}  # noqa: E731 (it needs this session)
            results.append(run_once(session, turn, "send", effect, now=clock.now() + timedelta(0)))

    threads = [Thread(target=run, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 2
    assert results[0] == results[1]
    with session_factory() as session:
        assert count(session, OutboxMessage) == 1
