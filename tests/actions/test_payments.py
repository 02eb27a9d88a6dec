"""What is owed and by when, and whether a payment has arrived."""

from datetime import date

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, OCTOBER, SEPTEMBER, bill_of, issue_bills, make_subscriber
from tests.databases import written_once
from tests.factories.billing import make_payment
from tests.fakes.clock import FixedClock


@pytest.fixture(autouse=True)
@written_once
def bills(sessions: sessionmaker[Session]) -> None:
    """Two bills of 29.99, due on 15 October and 15 November; today is 21 November."""
    with sessions.begin() as session:
        make_subscriber(session)
    issue_bills(sessions, SEPTEMBER, OCTOBER)


def pay(sessions: sessionmaker[Session], *payments: tuple[object, date]) -> None:
    with sessions.begin() as session:
        for period, received_on in payments:
            make_payment(session, bill_of(session, period), received_on=received_on)


async def ask_balance(conversation: Conversation, **entities: str) -> Outcome:
    conversation.verify_as(NUMBER)
    return await conversation.run("action_tell_balance_due", intent="check_balance_due", entities=entities)


async def ask_status(conversation: Conversation, **entities: str) -> Outcome:
    conversation.verify_as(NUMBER)
    return await conversation.run("action_tell_payment_status", intent="payment_status", entities=entities)


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


@pytest.mark.parametrize(
    ("language", "month", "amount", "due_on"),
    [
        ("en", "September", "€29.99", "15 October"),
        ("de", "September", "29,99\xa0€", "15. Oktober"),
        ("fi", "syyskuu", "29,99\xa0€", "15. lokakuuta"),
    ],
)
async def test_a_bill_that_is_named_is_told_alone(
    conversation: Conversation, language: str, month: str, amount: str, due_on: str
) -> None:
    conversation.slots["language"] = language

    outcome = await ask_balance(conversation, period="--09")

    facts = outcome.facts("utter_payments_bill_overdue")
    assert (facts["month"], facts["amount"], facts["due_on"]) == (month, amount, due_on)
    assert len(outcome.said) == 1
    assert [(card["period"], card["open_minor"]) for card in outcome.cards] == [("2026-09", 2999)]


@pytest.mark.parametrize(
    ("paid_minor", "days", "said", "amount"),
    [(2999, 0, "bill_paid", None), (1000, 0, "bill_overdue", "€19.99"), (1000, -10, "bill_open", "€19.99")],
)
async def test_a_named_bill_says_what_is_left_of_it(
    conversation: Conversation,
    sessions: sessionmaker[Session],
    paid_minor: int,
    days: int,
    said: str,
    amount: str | None,
) -> None:
    with sessions.begin() as session:
        bill = bill_of(session, OCTOBER)
        make_payment(session, bill, received_on=date(2026, 11, 10), amount_minor=paid_minor)
        number = bill.number
    conversation.clock.advance(days=days)

    outcome = await ask_balance(conversation, invoice_number=number)

    facts = outcome.facts(f"utter_payments_{said}")
    assert facts.get("amount") == amount
    assert facts.get("paid_on") == ("10 November" if amount is None else None)


@pytest.mark.parametrize("period", ["month+0", "month+1", "--11", "year+0"])
async def test_this_or_a_coming_month_is_no_name_of_a_bill(conversation: Conversation, period: str) -> None:
    """What do I have to pay this month? Everything is meant."""
    assert (await ask_balance(conversation, period=period)).said == ["utter_payments_overdue_several"]


async def test_a_bill_that_is_not_there_is_asked_for(conversation: Conversation) -> None:
    outcome = await ask_balance(conversation, period="2024-05")

    assert outcome.said == ["utter_invoices_unknown"]
    assert outcome.facts("utter_invoices_unknown")["buttons"][0]["payload"].startswith("/check_balance_due{")


async def test_the_payment_of_a_named_bill_is_told_before_the_last_one(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    pay(sessions, (SEPTEMBER, date(2026, 10, 14)))

    outcome = await ask_status(conversation, period="--09", date="--10-14")

    assert outcome.said[:2] == ["utter_payments_bill_paid", "utter_payments_received"]
    assert outcome.facts("utter_payments_bill_paid")["paid_on"] == "14 October"


@pytest.mark.parametrize(
    ("received_on", "is_said"), [(None, True), (date(2026, 11, 17), True), (date(2026, 11, 18), False)]
)
async def test_who_says_to_have_paid_is_told_that_it_may_take_days(
    conversation: Conversation, sessions: sessionmaker[Session], received_on: date | None, is_said: bool
) -> None:
    if received_on is not None:
        pay(sessions, (SEPTEMBER, received_on))

    outcome = await ask_status(conversation)

    assert ("utter_payments_on_its_way" in outcome.said) is is_said
    assert outcome.facts("utter_payments_open_overdue")["amount"] == ("€59.98" if received_on is None else "€29.99")
