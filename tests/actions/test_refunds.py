"""Money back: only credit, after a fresh code and a plain yes, before a person; and what became of it."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from billing.ledger.credit_notes import CreditLine, issue_credit_note
from billing.ledger.refunds import settle_refund
from billing.models.credit_note import CreditReason
from billing.models.customer import Customer
from billing.models.human_task import HumanTask
from billing.models.payment import Refund
from billing.money import Money
from billing.payments import payment_status
from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, OCTOBER, SEPTEMBER, bill_of, issue_bills, make_subscriber
from tests.databases import written_once
from tests.factories.billing import line_ids, make_payment

CONFIRM = "utter_payments_refund_confirm"
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
@written_once
def bills(sessions: sessionmaker[Session]) -> None:
    """Two bills of 29.99, both paid; today is 21 November."""
    with sessions.begin() as session:
        make_subscriber(session)
    issue_bills(sessions, SEPTEMBER, OCTOBER)
    with sessions.begin() as session:
        for period in (SEPTEMBER, OCTOBER):
            bill = bill_of(session, period)
            make_payment(session, bill, received_on=bill.due_on)


@pytest.fixture
def paid_twice(sessions: sessionmaker[Session]) -> None:
    """October's bill was paid once more on 18 November."""
    with sessions.begin() as session:
        make_payment(session, bill_of(session, OCTOBER), received_on=date(2026, 11, 18))


async def ask(conversation: Conversation, language: str = "en", **entities: str) -> Outcome:
    conversation.slots["language"] = language
    conversation.verify_as(NUMBER)
    return await conversation.run("action_offer_refund", intent="request_refund", entities=entities)


async def confirm(conversation: Conversation, text: str = "") -> Outcome:
    conversation.was_said("request_refund", CONFIRM)
    conversation.next_turn()
    intent = "affirm" if text else "confirm_refund"
    entities = {} if text else conversation.press_yes("payments_offer")
    return await conversation.run("action_request_refund", intent=intent, text=text, entities=entities)


async def status_of(conversation: Conversation, language: str = "en") -> Outcome:
    conversation.slots["language"] = language
    conversation.verify_as(NUMBER)
    return await conversation.run("action_tell_refund_status", intent="refund_status")


def refunds(sessions: sessionmaker[Session]) -> list[int]:
    with sessions() as session:
        return list(session.scalars(select(Refund.amount_minor).order_by(Refund.requested_at)))


def credit(sessions: sessionmaker[Session]) -> int:
    with sessions() as session:
        customer_id = session.scalars(select(Customer.id).filter_by(number=NUMBER)).one()
        return payment_status(session, customer_id, date(2026, 11, 21)).credit.minor


@pytest.mark.usefixtures("paid_twice")
@pytest.mark.parametrize(
    ("language", "amount", "day"),
    [
        ("en", "€29.99", "18 November"),
        ("de", "29,99\xa0€", "18. November"),
        ("fi", "29,99\xa0€", "18. marraskuuta"),
    ],
)
async def test_what_is_in_credit_is_offered_with_the_payment_it_comes_from(
    conversation: Conversation, sessions: sessionmaker[Session], language: str, amount: str, day: str
) -> None:
    outcome = await ask(conversation, language)

    assert outcome.said == ["utter_payments_refund_duplicate", CONFIRM]
    paid = outcome.facts("utter_payments_refund_duplicate")
    assert (paid["amount"], paid["received_on"]) == (amount, day)
    assert (outcome.facts(CONFIRM)["credit"], outcome.facts(CONFIRM)["amount"]) == (amount, amount)
    assert refunds(sessions) == []


@pytest.mark.usefixtures("paid_twice")
@pytest.mark.parametrize("text", ["", "yes please", "ja bitte", "kyllä kiitos"])
async def test_a_yes_sets_it_aside_and_puts_it_before_a_person(
    conversation: Conversation, sessions: sessionmaker[Session], text: str
) -> None:
    await ask(conversation)
    outcome = await confirm(conversation, text)

    assert outcome.facts("utter_payments_refund_requested")["amount"] == "€29.99"
    assert (refunds(sessions), credit(sessions)) == ([2999], 0)
    with sessions() as session:
        (task,) = session.scalars(select(HumanTask)).all()
        assert (task.kind, task.facts["amount_minor"]) == ("refund_requested", 2999)


@pytest.mark.usefixtures("paid_twice")
@pytest.mark.parametrize("text", ["yes but to another account", "ok whatever", "yes?"])
async def test_anything_but_a_plain_yes_asks_for_nothing(
    conversation: Conversation, sessions: sessionmaker[Session], text: str
) -> None:
    await ask(conversation)
    outcome = await confirm(conversation, text)

    assert outcome.goes_on_with == "action_offer_refund"
    assert (refunds(sessions), credit(sessions)) == ([], 2999)


@pytest.mark.usefixtures("paid_twice")
@pytest.mark.parametrize(
    ("said", "amount", "responses"),
    [
        ("10", "€10.00", [CONFIRM]),
        ("10.50", "€10.50", [CONFIRM]),
        ("29.99", "€29.99", [CONFIRM]),
        ("30", "€29.99", ["utter_payments_refund_too_much", CONFIRM]),
        ("1E9", "€29.99", ["utter_payments_refund_too_much", CONFIRM]),
        ("0", "€29.99", [CONFIRM]),
        ("-5", "€29.99", [CONFIRM]),
        ("1.005", "€29.99", [CONFIRM]),
        ("NaN", "€29.99", [CONFIRM]),
        ("Infinity", "€29.99", [CONFIRM]),
        ("all of it", "€29.99", [CONFIRM]),
    ],
)
async def test_an_amount_is_taken_up_to_the_credit(
    conversation: Conversation, said: str, amount: str, responses: list[str]
) -> None:
    outcome = await ask(conversation, amount=said)

    assert outcome.said[1:] == responses
    assert outcome.facts(CONFIRM)["amount"] == amount


@pytest.mark.usefixtures("paid_twice")
async def test_a_part_of_the_credit_is_asked_for_once(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    await ask(conversation, amount="10.50")
    kept = dict(conversation.slots)
    first = await confirm(conversation)
    conversation.slots = kept
    pressed = conversation.press_yes("payments_offer")
    again = await conversation.run("action_request_refund", intent="confirm_refund", entities=pressed)

    assert first.said == again.said == ["utter_payments_refund_requested"]
    assert (refunds(sessions), credit(sessions)) == ([1050], 1949)


@pytest.mark.usefixtures("paid_twice")
@pytest.mark.parametrize("pressed", ["older", ""])
async def test_an_older_button_asks_for_nothing_of_a_newer_offer(
    conversation: Conversation, sessions: sessionmaker[Session], pressed: str
) -> None:
    older = (await ask(conversation, amount="10")).facts(CONFIRM)["offer"]
    newer = (await ask(conversation, amount="20")).facts(CONFIRM)["offer"]
    conversation.was_said("request_refund", CONFIRM)
    conversation.next_turn()

    outcome = await conversation.run(
        "action_request_refund", intent="confirm_refund", entities={"offer": older if pressed else ""}
    )

    assert older != newer
    assert (outcome.said, outcome.goes_on_with) == (["utter_payments_refund_changed"], "action_offer_refund")
    assert refunds(sessions) == []


@pytest.mark.usefixtures("paid_twice")
async def test_credit_that_is_gone_meanwhile_is_not_asked_for(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    await ask(conversation)
    kept = dict(conversation.slots)
    await confirm(conversation)
    conversation.slots = kept
    conversation.next_turn()
    pressed = conversation.press_yes("payments_offer")
    outcome = await conversation.run("action_request_refund", intent="confirm_refund", entities=pressed)

    assert (outcome.said, outcome.goes_on_with) == (["utter_payments_refund_changed"], "action_offer_refund")
    assert refunds(sessions) == [2999]


@pytest.mark.usefixtures("paid_twice")
@pytest.mark.parametrize("slot", [None, "", '{"invoice_number": "DE-2026-000001", "currency": "EUR", "parts": []}'])
async def test_a_yes_without_an_offer_of_money_asks_for_nothing(
    conversation: Conversation, sessions: sessionmaker[Session], slot: str | None
) -> None:
    await ask(conversation)
    conversation.slots["payments_offer"] = slot

    outcome = await confirm(conversation)

    assert outcome.said == ["utter_payments_refund_changed"]
    assert refunds(sessions) == []


@pytest.mark.usefixtures("paid_twice")
async def test_money_goes_out_after_a_fresh_code_alone(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    conversation.verify_as(NUMBER)
    conversation.clock.advance(minutes=6)

    outcome = await conversation.run("action_offer_refund", intent="request_refund")

    assert CONFIRM not in outcome.said
    assert conversation.slots.get("payments_offer") is None
    await ask(conversation)
    conversation.clock.advance(minutes=6)
    late = await confirm(conversation)
    assert "utter_payments_refund_requested" not in late.said
    assert refunds(sessions) == []


async def test_without_credit_it_is_said_why_and_the_bill_may_be_checked(conversation: Conversation) -> None:
    outcome = await ask(conversation)

    assert outcome.said == ["utter_payments_refund_none"]


@pytest.mark.usefixtures("paid_twice")
async def test_what_was_asked_for_before_is_said_to_wait(conversation: Conversation) -> None:
    await ask(conversation)
    await confirm(conversation)
    conversation.next_turn()

    outcome = await ask(conversation)

    facts = outcome.facts("utter_payments_refund_waiting")
    assert (facts["amount"], facts["requested_on"]) == ("€29.99", "21 November")
    assert len(outcome.said) == 1


@pytest.mark.usefixtures("paid_twice")
@pytest.mark.parametrize(
    ("language", "day", "settled"),
    [
        ("en", "21 November", "22 November"),
        ("de", "21. November", "22. November"),
        ("fi", "21. marraskuuta", "22. marraskuuta"),
    ],
)
@pytest.mark.parametrize(("approved", "said"), [(True, "sent"), (False, "refused"), (None, "waiting")])
async def test_what_became_of_a_refund(
    conversation: Conversation,
    sessions: sessionmaker[Session],
    language: str,
    day: str,
    settled: str,
    approved: bool | None,
    said: str,
) -> None:
    await ask(conversation)
    await confirm(conversation)
    # Half past eleven in the evening of the 21st in UTC is the 22nd where the customer lives.
    conversation.clock.advance(hours=14, minutes=30)
    if approved is not None:
        with sessions.begin() as session:
            refund = session.scalars(select(Refund)).one()
            settle_refund(session, refund.id, approved=approved, now=conversation.clock.now())
    conversation.next_turn()

    outcome = await status_of(conversation, language)

    facts = outcome.facts(f"utter_payments_refund_{said}")
    assert facts["requested_on"] == day
    assert facts.get("settled_on") == (None if approved is None else settled)
    assert ("utter_payments_credit" in outcome.said) == (approved is False)


async def test_without_any_refund_that_is_said(conversation: Conversation) -> None:
    assert (await status_of(conversation)).said == ["utter_payments_refund_not_asked"]


async def test_a_credit_note_is_told_with_its_day_and_its_bill(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        bill = bill_of(session, OCTOBER)
        line = line_ids(session, bill)[0]
        issue_credit_note(session, bill.id, [CreditLine(line, Money(700, "EUR"))], CreditReason.GOODWILL, now=NOW)
        number = bill.number

    outcome = await status_of(conversation)

    facts = outcome.facts("utter_payments_refund_credit_note")
    assert (facts["amount"], facts["number"], facts["issued_on"]) == ("€7.00", number, "20 November")
    assert outcome.facts("utter_payments_credit")["amount"] == "€7.00"


@pytest.mark.usefixtures("paid_twice")
@pytest.mark.parametrize("action", ["offer_refund", "tell_refund_status"])
async def test_who_is_not_verified_learns_of_no_money(conversation: Conversation, action: str) -> None:
    intent = {"offer_refund": "request_refund", "tell_refund_status": "refund_status"}[action]

    outcome = await conversation.run(f"action_{action}", intent=intent)

    assert (outcome.said, outcome.goes_on_with) == ([], "identity_form")


@pytest.mark.usefixtures("paid_twice")
async def test_the_credit_of_somebody_else_is_out_of_reach(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        session.execute(update(Customer).values(number="11112222"))
        session.flush()
        make_subscriber(session)

    assert (await ask(conversation)).said == ["utter_payments_refund_none"]
