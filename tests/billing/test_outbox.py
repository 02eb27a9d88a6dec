"""Text messages are queued once, taken by one sender at a time, and tried again with growing patience."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from billing.models import OutboxMessage, OutboxStatus
from billing.models.human_task import HumanTask, TaskKind
from billing.outbox import (
    EMAIL,
    PATIENCE,
    SMS,
    Attachment,
    Email,
    claim_due,
    enqueue_email,
    enqueue_emails,
    enqueue_sms,
    give_back,
    mark_failed,
    mark_sent,
)
from tests.fakes.clock import DEFAULT_NOW, FixedClock

PHONE = "+491713920099"
OTHER_PHONE = "+358401234567"
ADDRESS, OTHER_ADDRESS = "lena@post.example", "timo@post.example"
ATTEMPTS, FIRST_WAIT_SECONDS = PATIENCE[SMS].attempts, PATIENCE[SMS].first_wait_seconds


def enqueue(session: Session, key: str = "a", body: str = "Guten Tag", *, to: str = PHONE) -> OutboxMessage:
    return enqueue_sms(session, recipient=to, body=body, dedupe_key=key, now=DEFAULT_NOW)


def keys(messages: Sequence[OutboxMessage]) -> list[str]:
    return [message.dedupe_key for message in messages]


def claim(session: Session, clock: FixedClock) -> Sequence[OutboxMessage]:
    claimed = claim_due(session, now=clock.now())
    session.commit()
    return claimed


def test_a_message_with_a_key_that_was_used_is_the_first_one(session: Session) -> None:
    first = enqueue(session)
    second = enqueue(session, body="Something else")

    assert second.id == first.id
    assert second.body == "Guten Tag"
    assert session.scalars(select(func.count()).select_from(OutboxMessage)).one() == 1


def test_due_messages_are_claimed_in_order_and_only_once(session: Session, clock: FixedClock) -> None:
    for key in "abc":
        enqueue(session, key)

    assert keys(claim(session, clock)) == ["a", "b", "c"]
    assert claim(session, clock) == []


def test_no_more_than_the_limit_is_claimed(session: Session, clock: FixedClock) -> None:
    for key in "abc":
        enqueue(session, key)

    assert len(claim_due(session, now=clock.now(), limit=2)) == 2


def test_two_senders_never_get_the_same_message(session_factory: sessionmaker[Session], clock: FixedClock) -> None:
    with session_factory.begin() as session:
        for key in "abcd":
            enqueue(session, key, to=f"{PHONE}{key}")

    first, second = claim_at_once(session_factory, clock)

    assert (first, second) == (["a", "b"], ["c", "d"])


def test_two_senders_never_share_a_phone(session_factory: sessionmaker[Session], clock: FixedClock) -> None:
    with session_factory.begin() as session:
        for key in "abc":
            enqueue(session, key)
        enqueue(session, "d", to=OTHER_PHONE)

    first, second = claim_at_once(session_factory, clock)

    assert (first, second) == (["a", "b"], ["d"])


def claim_at_once(session_factory: sessionmaker[Session], clock: FixedClock) -> tuple[list[str], list[str]]:
    """Claim two messages with one sender and, before it has committed, the rest with another."""
    with session_factory() as one:
        first = keys(claim_due(one, now=clock.now(), limit=2))
        if one.get_bind().dialect.name == "sqlite":
            one.commit()  # the second sender would wait for it
        with session_factory() as two:
            second = keys(claim_due(two, now=clock.now(), limit=4))
            two.commit()
        one.commit()
    return first, second


def test_a_message_waits_for_the_one_before_it_to_the_same_phone(session: Session, clock: FixedClock) -> None:
    first = enqueue(session)
    claim(session, clock)
    mark_failed(session, first, error="20429", now=clock.now())
    enqueue(session, "b")
    enqueue(session, "c", to=OTHER_PHONE)

    assert keys(claim(session, clock)) == ["c"]
    clock.advance(seconds=FIRST_WAIT_SECONDS)
    assert keys(claim(session, clock)) == ["a", "b"]


def test_nothing_waits_for_a_message_that_failed_for_good_or_has_expired(session: Session, clock: FixedClock) -> None:
    failed, expiring = enqueue(session), enqueue(session, "b", to=OTHER_PHONE)
    expiring.expires_at = clock.now() + timedelta(seconds=5)
    claim(session, clock)
    mark_failed(session, failed, error="21211", now=clock.now(), permanent=True)
    mark_failed(session, expiring, error="20429", now=clock.now())
    enqueue(session, "c")
    enqueue(session, "d", to=OTHER_PHONE)

    clock.advance(seconds=5)

    assert keys(claim(session, clock)) == ["c", "d"]


def test_a_message_given_back_has_used_no_attempt(session: Session, clock: FixedClock) -> None:
    message = enqueue(session)
    claimed = claim(session, clock)

    give_back(session, claimed, due_at=clock.now() + timedelta(seconds=9))
    session.commit()
    session.refresh(message)

    assert (message.status, message.attempts) == (OutboxStatus.PENDING, 0)
    assert claim(session, clock) == []
    clock.advance(seconds=9)
    assert keys(claim(session, clock)) == ["a"]


def test_a_message_that_another_sender_has_by_now_is_not_given_back(
    session_factory: sessionmaker[Session], clock: FixedClock
) -> None:
    with session_factory.begin() as session:
        enqueue(session)
    with session_factory() as one:
        stale = claim(one, clock)
    clock.advance(seconds=60)
    with session_factory() as two:
        claim(two, clock)

    with session_factory.begin() as session:
        give_back(session, stale, due_at=clock.now())

    with session_factory() as session:
        assert claim(session, clock) == []


def test_a_sent_message_keeps_the_providers_id_and_is_not_claimed_again(session: Session, clock: FixedClock) -> None:
    message = enqueue(session)
    claim(session, clock)

    mark_sent(session, message, provider_sid="SM1", now=clock.now())
    session.commit()
    clock.advance(hours=9)

    assert (message.status, message.provider_sid, message.sent_at) == (OutboxStatus.SENT, "SM1", DEFAULT_NOW)
    assert claim(session, clock) == []


def test_a_sender_that_died_gives_its_message_back_when_the_lease_ends(session: Session, clock: FixedClock) -> None:
    enqueue(session)
    claim(session, clock)

    clock.advance(seconds=59)
    assert claim(session, clock) == []
    clock.advance(seconds=1)

    assert [message.attempts for message in claim(session, clock)] == [2]


def test_each_failure_doubles_the_wait_until_the_attempts_are_used_up(session: Session, clock: FixedClock) -> None:
    message = enqueue(session)
    waits = []
    for _ in range(ATTEMPTS):
        assert claim(session, clock) == [message]
        mark_failed(session, message, error="timeout", now=clock.now())
        session.commit()
        waits.append((message.due_at - clock.now()).total_seconds())
        clock.advance(seconds=waits[-1])

    assert waits[:-1] == [FIRST_WAIT_SECONDS * factor for factor in (1, 2, 4, 8, 16)]
    assert (message.status, message.last_error) == (OutboxStatus.FAILED, "timeout")
    clock.advance(days=1)
    assert claim(session, clock) == []


def test_a_message_is_not_tried_before_its_wait_is_over(session: Session, clock: FixedClock) -> None:
    message = enqueue(session)
    claim(session, clock)
    mark_failed(session, message, error="timeout", now=clock.now())
    session.commit()

    clock.advance(seconds=FIRST_WAIT_SECONDS - 1)

    assert claim(session, clock) == []


def test_a_permanent_failure_is_final(session: Session, clock: FixedClock) -> None:
    message = enqueue(session)
    claim(session, clock)

    mark_failed(session, message, error="21211", now=clock.now(), permanent=True)
    session.commit()
    clock.advance(days=1)

    assert message.status is OutboxStatus.FAILED
    assert claim(session, clock) == []


def test_senders_that_die_again_and_again_use_the_attempts_up(session: Session, clock: FixedClock) -> None:
    message = enqueue(session)
    for _ in range(ATTEMPTS):
        assert claim(session, clock) == [message]
        clock.advance(seconds=60)

    assert claim(session, clock) == []
    assert (message.status, message.last_error) == (OutboxStatus.FAILED, "sender_lost")


def test_a_message_that_came_too_late_is_not_sent(session: Session, clock: FixedClock) -> None:
    message = enqueue_sms(
        session,
        recipient=PHONE,
        body="Guten Tag",
        dedupe_key="a",
        expires_at=clock.now() + timedelta(minutes=10),
        now=clock.now(),
    )
    clock.advance(minutes=10)

    assert claim(session, clock) == []
    assert (message.status, message.last_error) == (OutboxStatus.FAILED, "expired")


def test_the_database_refuses_a_sent_message_without_its_instant(session: Session) -> None:
    message = enqueue(session)
    session.commit()
    message.status = OutboxStatus.SENT

    with pytest.raises(IntegrityError):
        session.commit()

    session.rollback()
    assert message.status is OutboxStatus.PENDING


def write(session: Session, key: str, *, to: str = ADDRESS) -> OutboxMessage:
    return enqueue_email(session, Email(to, "Ihre Rechnung", "Guten Tag", key), now=DEFAULT_NOW)


def test_a_letter_with_a_key_that_was_used_is_the_first_one(session: Session) -> None:
    first = write(session, "invoice:1")
    attachment = Attachment("invoice", uuid4())
    enqueue_emails(
        session,
        [Email(OTHER_ADDRESS, "x", "y", "invoice:1"), Email(ADDRESS, "x", "y", "invoice:2", attachment)],
        now=DEFAULT_NOW,
    )

    stored = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    assert (stored[0].id, stored[0].recipient) == (first.id, ADDRESS)
    assert keys(stored) == ["invoice:1", "invoice:2"]
    assert stored[0].attachment is None
    assert Attachment.from_json(stored[1].attachment or {}) == attachment


def test_letters_to_one_address_do_not_wait_for_one_another(session: Session, clock: FixedClock) -> None:
    first = write(session, "a")
    claim(session, clock)
    mark_failed(session, first, error="450", now=clock.now())
    write(session, "b")

    assert keys(claim(session, clock)) == ["b"]


def test_each_kind_is_claimed_for_itself(session: Session, clock: FixedClock) -> None:
    write(session, "letter")
    enqueue(session, "text")

    assert keys(claim_due(session, now=clock.now(), kinds=(SMS,))) == ["text"]
    assert keys(claim_due(session, now=clock.now(), kinds=(SMS,))) == []
    assert keys(claim_due(session, now=clock.now(), kinds=(EMAIL,))) == ["letter"]


def test_a_lost_letter_goes_to_a_person_and_a_lost_text_does_not(session: Session, clock: FixedClock) -> None:
    letter, text = write(session, "letter"), enqueue(session, "text")
    claim(session, clock)

    for message in (letter, text):
        mark_failed(session, message, error="550", now=clock.now(), permanent=True)

    (task,) = session.scalars(select(HumanTask)).all()
    assert (task.kind, task.key) == (TaskKind.DELIVERY_FAILED, f"delivery:{letter.id}")
    assert (task.customer_id, task.facts) == (None, {"outbox_id": letter.id, "error": "550", "attempts": 1})


def test_a_letter_whose_every_sender_died_goes_to_a_person(session: Session, clock: FixedClock) -> None:
    letter = write(session, "letter")
    for _ in range(PATIENCE[EMAIL].attempts):
        assert keys(claim(session, clock)) == ["letter"]
        clock.advance(minutes=5)

    assert claim(session, clock) == []

    session.refresh(letter)
    assert (letter.status, letter.last_error) == (OutboxStatus.FAILED, "sender_lost")
    assert session.scalars(select(HumanTask.key)).all() == [f"delivery:{letter.id}"]
