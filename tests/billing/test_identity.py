"""Identity: a code to the registered phone, once, in time, within the caps; and never a hint who is a customer."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, sessionmaker

from billing.identity import (
    CodeOutcome,
    NotVerified,
    check_code,
    find_verification,
    has_pending_challenge,
    require_verification,
    start_challenge,
)
from billing.models import Challenge, Customer, OutboxMessage, OutboxStatus, Verification
from tests.factories.billing import make_customer
from tests.fakes.clock import FixedClock

PEPPER = "pepper"
UNKNOWN = "99999999"


class Visitor:
    """Someone in one conversation who gives numbers and codes."""

    def __init__(self, session: Session, clock: FixedClock) -> None:
        self.conversation_id = uuid4()
        self._session = session
        self._clock = clock

    def ask_for_code(self, number: str, language: str = "de") -> str:
        """Ask, and return the code that arrived on a phone; empty if none did."""
        before = self._newest_text()
        self.expires_at = start_challenge(
            self._session,
            conversation_id=self.conversation_id,
            customer_number=number,
            language=language,
            pepper=PEPPER,
            now=self._clock.now(),
        )
        self._session.commit()
        text = self._newest_text()
        self._session.commit()
        return "" if text is None or text is before else re.findall(r"\b\d{6}\b", text.body)[0]

    def give_code(self, code: str) -> CodeOutcome:
        outcome = check_code(
            self._session, conversation_id=self.conversation_id, code=code, pepper=PEPPER, now=self._clock.now()
        )
        self._session.commit()
        return outcome

    def is_verified(self) -> bool:
        return find_verification(self._session, self.conversation_id, self._clock.now()) is not None

    def is_asked_for_code(self) -> bool:
        return has_pending_challenge(self._session, self.conversation_id, self._clock.now())

    def _newest_text(self) -> OutboxMessage | None:
        sendable = select(OutboxMessage).where(OutboxMessage.status == OutboxStatus.PENDING)
        return self._session.scalars(sendable.order_by(OutboxMessage.id.desc()).limit(1)).one_or_none()


MakeVisitor = Callable[[], Visitor]


@pytest.fixture
def make_visitor(session: Session, clock: FixedClock) -> MakeVisitor:
    return lambda: Visitor(session, clock)


@pytest.fixture
def visitor(make_visitor: MakeVisitor) -> Visitor:
    return make_visitor()


@pytest.fixture
def customer(session: Session) -> Customer:
    customer = make_customer(session, number="12345678", phone="+491713920042")
    session.commit()
    return customer


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def count(session: Session, model: type[Challenge] | type[Verification] | type[OutboxMessage]) -> int:
    return session.scalars(select(func.count()).select_from(model)).one()


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


@pytest.mark.parametrize("number", ["12345678", UNKNOWN], ids=["known", "unknown"])
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


@pytest.mark.parametrize("number", ["12345678", UNKNOWN], ids=["known", "unknown"])
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


@pytest.fixture
def statements(session: Session) -> Iterator[list[str]]:
    """The statements that the database is asked, without their values."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    yield asked
    event.remove(session.get_bind(), "before_cursor_execute", note)


def test_an_unknown_number_does_the_same_work_writes_the_same_rows_and_answers_the_same(
    make_visitor: MakeVisitor, customer: Customer, session: Session, statements: list[str]
) -> None:
    seen = []
    for number in (customer.number, UNKNOWN):
        visitor = make_visitor()
        rows = count(session, Challenge), count(session, OutboxMessage)
        statements.clear()
        visitor.ask_for_code(number)
        asked = list(statements)
        outcomes = [visitor.give_code("no code") for _ in range(6)]
        written = count(session, Challenge) - rows[0], count(session, OutboxMessage) - rows[1]
        seen.append((visitor.expires_at, asked, outcomes, written, visitor.is_asked_for_code()))

    assert seen[0] == seen[1]
    assert seen[0][2:] == ([*[CodeOutcome.WRONG] * 4, CodeOutcome.LOCKED, CodeOutcome.LOCKED], (1, 1), True)


def test_a_message_to_nobody_says_nothing_and_is_never_sent(visitor: Visitor, session: Session) -> None:
    visitor.ask_for_code(UNKNOWN)

    message = session.scalars(select(OutboxMessage)).one()
    assert (message.recipient, message.body, message.status) == ("", "", OutboxStatus.FAILED)
    assert message.last_error == "no_recipient"


def test_no_code_verifies_an_unknown_number(
    visitor: Visitor, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even the code that would have been sent, had there been a phone."""
    monkeypatch.setattr("billing.identity.secrets.randbelow", lambda _bound: 424242)
    visitor.ask_for_code(UNKNOWN)

    assert visitor.give_code("424242") is CodeOutcome.WRONG
    assert count(session, Verification) == 0


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
