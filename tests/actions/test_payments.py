"""What is owed and by when, and whether a payment has arrived."""

from datetime import date

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, OCTOBER, SEPTEMBER, bill_of, issue_bills, make_subscriber
from tests.factories.billing import make_payment
from tests.fakes.clock import FixedClock


@pytest.fixture(autouse=True)
def bills(sessions: sessionmaker[Session]) -> None:
    """Two bills of 29.99, due on 15 October and 15 November; today is 21 November."""
    with sessions.begin() as session:
        make_subscriber(session)
    issue_bills(sessions, SEPTEMBER, OCTOBER)


def pay(sessions: sessionmaker[Session], *payments: tuple[object, date]) -> None:
    with sessions.begin() as session:
        for period, received_on in payments:
            make_payment(session, bill_of(session, period), received_on=received_on)


async def ask_balance(conversation: Conversation) -> Outcome:
    conversation.verify_as(NUMBER)
    return await conversation.run("action_tell_balance_due", intent="check_balance_due")


async def ask_status(conversation: Conversation) -> Outcome:
    conversation.verify_as(NUMBER)
    return await conversation.run("action_tell_payment_status", intent="payment_status")


async def test_with_everything_paid_nothing_is_due(conversation: Conversation, sessions: sessionmaker[Session]) -> None:
    pay(sessions, (SEPTEMBER, date(2026, 10, 14)), (OCTOBER, date(2026, 11, 14)))

    outcome = await ask_balance(conversation)

    assert (outcome.said, outcome.cards) == (["utter_payments_nothing_due"], [])


async def test_one_open_bill_is_told_with_its_day(
    conversation: Conversation, sessions: sessionmaker[Session], clock: FixedClock
) -> None:
    pay(sessions, (SEPTEMBER, date(2026, 10, 14)))
    clock.advance(days=-10)

    outcome = await ask_balance(conversation)

    facts = outcome.facts("utter_payments_due")
    assert (facts["amount"], facts["due_on"]) == ("€29.99", "15 November")
    (card,) = outcome.cards
    assert (card["type"], card["total_minor"], card["status"]) == ("bill", 2999, "open")
    assert card["open_minor"] == 2999


async def test_on_the_due_day_itself_nothing_is_overdue(
    conversation: Conversation, sessions: sessionmaker[Session], clock: FixedClock
) -> None:
    pay(sessions, (SEPTEMBER, date(2026, 10, 14)))
    clock.advance(days=-6)

    assert (await ask_balance(conversation)).said == ["utter_payments_due"]


async def test_an_overdue_bill_is_called_so(conversation: Conversation, sessions: sessionmaker[Session]) -> None:
    pay(sessions, (SEPTEMBER, date(2026, 10, 14)))

    outcome = await ask_balance(conversation)

    assert outcome.said == ["utter_payments_overdue"]
    assert outcome.cards[0]["status"] == "overdue"


async def test_several_open_bills_are_summed(conversation: Conversation) -> None:
    outcome = await ask_balance(conversation)

    facts = outcome.facts("utter_payments_overdue_several")
    assert (facts["amount"], facts["count"], facts["due_on"]) == ("€59.98", "2", "15 October")
    assert [item["period"] for item in outcome.cards[0]["items"]] == ["2026-09", "2026-10"]


async def test_without_any_payment_that_is_said(conversation: Conversation) -> None:
    outcome = await ask_status(conversation)

    assert outcome.said[0] == "utter_payments_none_received"
    assert outcome.facts("utter_payments_open_overdue")["amount"] == "€59.98"


async def test_a_payment_in_time_is_confirmed(conversation: Conversation, sessions: sessionmaker[Session]) -> None:
    pay(sessions, (SEPTEMBER, date(2026, 10, 14)), (OCTOBER, date(2026, 11, 15)))

    outcome = await ask_status(conversation)

    assert outcome.said == ["utter_payments_received", "utter_payments_all_paid"]
    facts = outcome.facts("utter_payments_received")
    assert (facts["amount"], facts["received_on"]) == ("€29.99", "15 November")
    with sessions() as session:
        assert facts["number"] == bill_of(session, OCTOBER).number


async def test_a_late_payment_says_by_how_many_days(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    pay(sessions, (SEPTEMBER, date(2026, 10, 14)), (OCTOBER, date(2026, 11, 18)))

    assert (await ask_status(conversation)).facts("utter_payments_received_late")["days"] == "3 days"


async def test_a_bill_paid_twice_is_named_and_a_person_offered(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    pay(sessions, (SEPTEMBER, date(2026, 10, 12)), (SEPTEMBER, date(2026, 10, 14)), (OCTOBER, date(2026, 11, 14)))

    outcome = await ask_status(conversation)

    assert outcome.said[-1] == "utter_payments_duplicate"
    assert outcome.facts("utter_payments_duplicate")["received_on"] == "14 October"
