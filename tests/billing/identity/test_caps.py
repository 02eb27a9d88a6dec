"""Wrong codes lock, and codes run out, for the customer number and for the conversation alike."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.identity import CodeOutcome
from billing.models import Customer, OutboxMessage, OutboxStatus, Verification
from tests.billing.identity.visitor import KNOWN, UNKNOWN, MakeVisitor, Visitor, count, other_than
from tests.fakes.clock import FixedClock


@pytest.mark.parametrize("number", [KNOWN, UNKNOWN], ids=["known", "unknown"])
def test_the_fifth_wrong_code_locks_for_a_quarter_of_an_hour(
    make_visitor: MakeVisitor, customer: Customer, clock: FixedClock, session: Session, number: str
) -> None:
    visitor = make_visitor()
    code = visitor.ask_for_code(number) or "000000"
    outcomes = [visitor.give_code(other_than(code)) for _ in range(5)]
    assert outcomes == [*[CodeOutcome.WRONG] * 4, CodeOutcome.LOCKED]

    assert visitor.give_code(code) is CodeOutcome.LOCKED
    assert count(session, Verification) == 0
    clock.advance(minutes=15)
    fresh = visitor.ask_for_code(number)
    assert visitor.give_code(fresh or "000000") is (CodeOutcome.VERIFIED if fresh else CodeOutcome.WRONG)


def test_a_lock_holds_for_the_customer_in_every_conversation(
    make_visitor: MakeVisitor, customer: Customer, session: Session
) -> None:
    attacker, owner = make_visitor(), make_visitor()
    owners_code = owner.ask_for_code(customer.number)
    code = attacker.ask_for_code(customer.number)
    for _ in range(5):
        attacker.give_code(other_than(code))

    assert owner.give_code(owners_code) is CodeOutcome.LOCKED
    assert count(session, Verification) == 0


def test_a_lock_holds_for_the_conversation_whatever_number_it_names(
    visitor: Visitor, customer: Customer, session: Session
) -> None:
    visitor.ask_for_code(UNKNOWN)
    for _ in range(5):
        visitor.give_code("000000")

    assert visitor.ask_for_code(customer.number) == ""
    assert visitor.give_code("000000") is CodeOutcome.LOCKED
    assert session.scalars(select(OutboxMessage).filter_by(status=OutboxStatus.PENDING)).all() == []


def test_wrong_codes_count_across_codes_and_conversations(make_visitor: MakeVisitor, customer: Customer) -> None:
    outcomes = []
    for _ in range(5):
        visitor = make_visitor()
        outcomes.append(visitor.give_code(other_than(visitor.ask_for_code(customer.number))))

    assert outcomes == [*[CodeOutcome.WRONG] * 4, CodeOutcome.LOCKED]


def test_the_right_code_forgets_the_wrong_ones(visitor: Visitor, customer: Customer) -> None:
    for _ in range(2):
        code = visitor.ask_for_code(customer.number)
        outcomes = [visitor.give_code(other_than(code)) for _ in range(4)]
        assert outcomes == [CodeOutcome.WRONG] * 4
        assert visitor.give_code(code) is CodeOutcome.VERIFIED


def test_wrong_codes_of_yesterday_are_forgotten(visitor: Visitor, customer: Customer, clock: FixedClock) -> None:
    code = visitor.ask_for_code(customer.number)
    for _ in range(4):
        visitor.give_code(other_than(code))
    clock.advance(hours=24)
    code = visitor.ask_for_code(customer.number)

    assert visitor.give_code(other_than(code)) is CodeOutcome.WRONG


@pytest.mark.parametrize("number", [KNOWN, UNKNOWN], ids=["known", "unknown"])
def test_the_sixth_code_within_an_hour_is_not_sent(
    make_visitor: MakeVisitor, customer: Customer, clock: FixedClock, session: Session, number: str
) -> None:
    codes = [make_visitor().ask_for_code(number) for _ in range(6)]
    assert [bool(code) for code in codes] == ([True] * 5 if number == customer.number else [False] * 5) + [False]

    clock.advance(hours=1)
    assert bool(make_visitor().ask_for_code(number)) is (number == customer.number)


def test_a_conversation_gets_five_codes_an_hour_whatever_numbers_it_names(
    visitor: Visitor, customer: Customer, session: Session
) -> None:
    for number in range(20_000_000, 20_000_005):
        visitor.ask_for_code(str(number))

    assert visitor.ask_for_code(customer.number) == ""


def test_a_code_that_arrived_stays_good_when_the_cap_is_reached(visitor: Visitor, customer: Customer) -> None:
    codes = [visitor.ask_for_code(customer.number) for _ in range(5)]
    expires_at = visitor.expires_at

    assert visitor.ask_for_code(customer.number) == ""
    assert visitor.expires_at == expires_at
    assert visitor.give_code(codes[-1]) is CodeOutcome.VERIFIED
