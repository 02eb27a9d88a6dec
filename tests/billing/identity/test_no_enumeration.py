"""Nobody learns from us who is a customer: unknown numbers look like known ones, and nothing verifies them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from billing.identity import CodeOutcome
from billing.models import Challenge, Customer, OutboxMessage, OutboxStatus, Verification
from tests.billing.identity.visitor import UNKNOWN, MakeVisitor, Visitor, count


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
