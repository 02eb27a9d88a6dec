"""A code goes to the registered phone and is good once, in its conversation, for ten minutes."""

from datetime import timedelta
from threading import Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.identity import CodeOutcome, NotVerified, check_code, require_verification, start_challenge
from billing.models import Challenge, Customer, OutboxMessage, Verification
from tests.billing.identity.visitor import PEPPER, UNKNOWN, MakeVisitor, Visitor, count
from tests.fakes.clock import FixedClock


def test_the_right_code_verifies_the_conversation(
    visitor: Visitor, customer: Customer, session: Session, clock: FixedClock
) -> None:
    code = visitor.ask_for_code(customer.number)

    assert visitor.give_code(code) is CodeOutcome.VERIFIED

    verification = require_verification(session, visitor.conversation_id, clock.now())
    assert verification.customer_id == customer.id
    assert (verification.level, verification.method) == ("verified", "sms_code")
    assert verification.expires_at == clock.now() + timedelta(minutes=30)


def test_the_code_goes_to_the_registered_phone_and_is_marked_sensitive(
    visitor: Visitor, customer: Customer, session: Session, clock: FixedClock
) -> None:
    code = visitor.ask_for_code(customer.number, language="fi")

    message = session.scalars(select(OutboxMessage)).one()
    assert (message.recipient, message.sensitive, message.expires_at) == ("+491713920042", True, visitor.expires_at)
    assert visitor.expires_at == clock.now() + timedelta(minutes=10)
    assert f"Koodisi on {code}" in message.body
    assert "Nordlicht Netz" in message.body


def test_the_code_itself_is_not_kept_with_the_challenge(visitor: Visitor, customer: Customer, session: Session) -> None:
    code = visitor.ask_for_code(customer.number)

    challenge = session.scalars(select(Challenge)).one()
    assert code not in challenge.code_hash
    assert len(challenge.code_hash) == 64
    assert customer.number not in challenge.subject


def test_spaces_in_number_and_code_do_not_matter(visitor: Visitor, customer: Customer) -> None:
    code = visitor.ask_for_code(" 1234 5678 ")

    assert visitor.give_code(f"{code[:3]} {code[3:]}") is CodeOutcome.VERIFIED


def test_a_code_works_once(visitor: Visitor, customer: Customer, session: Session) -> None:
    code = visitor.ask_for_code(customer.number)
    visitor.give_code(code)

    assert visitor.give_code(code) is CodeOutcome.EXPIRED
    assert count(session, Verification) == 1


def test_a_code_works_only_in_its_conversation(make_visitor: MakeVisitor, customer: Customer, session: Session) -> None:
    code = make_visitor().ask_for_code(customer.number)
    thief = make_visitor()

    assert thief.give_code(code) is CodeOutcome.EXPIRED
    thief.ask_for_code(UNKNOWN)
    assert thief.give_code(code) is CodeOutcome.WRONG
    assert count(session, Verification) == 0


def test_a_code_is_good_until_the_last_second(visitor: Visitor, customer: Customer, clock: FixedClock) -> None:
    code = visitor.ask_for_code(customer.number)
    clock.advance(minutes=10, seconds=-1)

    assert visitor.give_code(code) is CodeOutcome.VERIFIED


def test_a_code_expires_after_ten_minutes(
    visitor: Visitor, customer: Customer, clock: FixedClock, session: Session
) -> None:
    code = visitor.ask_for_code(customer.number)
    clock.advance(minutes=10)

    assert visitor.is_asked_for_code()
    assert visitor.give_code(code) is CodeOutcome.EXPIRED
    assert not visitor.is_asked_for_code()
    assert count(session, Verification) == 0


def test_a_challenge_is_pending_until_it_is_met_or_long_gone(
    visitor: Visitor, customer: Customer, clock: FixedClock
) -> None:
    assert not visitor.is_asked_for_code()
    code = visitor.ask_for_code(customer.number)
    assert visitor.is_asked_for_code()
    visitor.give_code(code)
    assert not visitor.is_asked_for_code()
    visitor.ask_for_code(customer.number)
    clock.advance(hours=1, minutes=10)
    assert not visitor.is_asked_for_code()


def test_a_code_is_valid_until_it_is_used_or_its_time_is_over(
    visitor: Visitor, customer: Customer, clock: FixedClock
) -> None:
    assert not visitor.has_valid_code()
    code = visitor.ask_for_code(customer.number)
    assert visitor.has_valid_code()
    visitor.give_code(code)
    assert not visitor.has_valid_code()
    visitor.ask_for_code(customer.number)
    clock.advance(minutes=10, seconds=-1)
    assert visitor.has_valid_code()
    clock.advance(seconds=1)
    assert not visitor.has_valid_code()
    assert visitor.is_asked_for_code()


def test_a_newer_code_replaces_the_older(visitor: Visitor, customer: Customer, session: Session) -> None:
    old = visitor.ask_for_code(customer.number)
    new = visitor.ask_for_code(customer.number)

    if old != new:
        assert visitor.give_code(old) is CodeOutcome.WRONG
        assert count(session, Verification) == 0
    assert visitor.give_code(new) is CodeOutcome.VERIFIED


def test_naming_another_number_takes_the_first_ones_code_away(
    visitor: Visitor, customer: Customer, session: Session
) -> None:
    code = visitor.ask_for_code(customer.number)
    visitor.ask_for_code(UNKNOWN)

    assert visitor.give_code(code) is CodeOutcome.WRONG
    assert count(session, Verification) == 0


def test_a_verification_ends_after_half_an_hour(
    visitor: Visitor, customer: Customer, clock: FixedClock, session: Session
) -> None:
    visitor.give_code(visitor.ask_for_code(customer.number))
    clock.advance(minutes=30, seconds=-1)
    assert visitor.is_verified()
    clock.advance(seconds=1)

    assert not visitor.is_verified()
    with pytest.raises(NotVerified) as refused:
        require_verification(session, visitor.conversation_id, clock.now())
    assert (refused.value.conversation_id, refused.value.status) == (visitor.conversation_id, 403)


def test_each_sign_of_the_customer_keeps_a_verification_for_half_an_hour_and_none_for_more_than_a_day(
    visitor: Visitor, customer: Customer, clock: FixedClock
) -> None:
    visitor.give_code(visitor.ask_for_code(customer.number))
    for _ in range(2 * 24 - 1):
        clock.advance(minutes=30, seconds=-1)
        assert visitor.is_verified()
        visitor.gives_a_sign()
    clock.advance(minutes=30, seconds=-1)
    visitor.gives_a_sign()
    clock.advance(seconds=47)
    assert visitor.is_verified()
    clock.advance(seconds=1)

    assert not visitor.is_verified()


def test_a_verification_that_has_ended_is_not_kept(visitor: Visitor, customer: Customer, clock: FixedClock) -> None:
    visitor.give_code(visitor.ask_for_code(customer.number))
    clock.advance(minutes=30)

    visitor.gives_a_sign()

    assert not visitor.is_verified()


def test_a_verification_outlasts_the_talk_with_a_person_and_ends_soon_after(
    visitor: Visitor, customer: Customer, clock: FixedClock
) -> None:
    visitor.give_code(visitor.ask_for_code(customer.number))
    visitor.gives_a_sign(with_person=True)
    clock.advance(hours=5)
    assert visitor.is_verified()
    visitor.gives_a_sign()
    clock.advance(minutes=30)

    assert not visitor.is_verified()


def test_a_verification_holds_in_its_conversation_only(make_visitor: MakeVisitor, customer: Customer) -> None:
    visitor = make_visitor()
    visitor.give_code(visitor.ask_for_code(customer.number))

    assert not make_visitor().is_verified()


def test_a_code_without_any_challenge_is_expired(visitor: Visitor, session: Session) -> None:
    assert visitor.give_code("123456") is CodeOutcome.EXPIRED
    assert count(session, Verification) == 0


def test_without_a_pepper_no_code_is_made(session: Session, customer: Customer, clock: FixedClock) -> None:
    with pytest.raises(ValueError, match="pepper"):
        start_challenge(
            session,
            conversation_id=uuid4(),
            customer_number=customer.number,
            language="de",
            pepper="",
            now=clock.now(),
        )

    session.rollback()
    assert (count(session, Challenge), count(session, OutboxMessage)) == (0, 0)


def test_a_code_given_by_two_at_once_verifies_once(
    session_factory: sessionmaker[Session], visitor: Visitor, customer: Customer, clock: FixedClock
) -> None:
    code = visitor.ask_for_code(customer.number)
    outcomes: list[CodeOutcome] = []

    def give(conversation_id: UUID) -> None:
        with session_factory.begin() as session:
            outcomes.append(
                check_code(session, conversation_id=conversation_id, code=code, pepper=PEPPER, now=clock.now())
            )

    threads = [Thread(target=give, args=(visitor.conversation_id,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [CodeOutcome.EXPIRED, CodeOutcome.VERIFIED]
