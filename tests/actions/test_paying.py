"""How to pay: the amount, the account and the reference of the bill that is due first, and never a card number."""

from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from actions.settings import SettingMissing, load_settings
from billing.documents.references import payment_reference
from billing.models.customer import Customer
from billing.models.outbox import OutboxMessage
from billing.models.seller import Seller
from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, OCTOBER, SEPTEMBER, bill_of, issue_bills, make_subscriber
from tests.databases import written_once
from tests.factories.billing import make_payment

IBAN = "DE89370400440532013000"


@pytest.fixture(autouse=True)
@written_once
def bills(sessions: sessionmaker[Session]) -> None:
    """Two bills of 29.99, due on 15 October and 15 November; today is 21 November."""
    with sessions.begin() as session:
        make_subscriber(session)
        session.execute(update(Seller).values(iban=IBAN))
    issue_bills(sessions, SEPTEMBER, OCTOBER)


async def ask(conversation: Conversation, action: str, intent: str, **entities: str) -> Outcome:
    conversation.verify_as(NUMBER)
    return await conversation.run(action, intent=intent, entities=entities)


async def test_the_bill_due_first_is_told_with_account_and_reference(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    outcome = await ask(conversation, "action_tell_how_to_pay", "make_payment")

    assert outcome.said == ["utter_payments_how_overdue", "utter_payments_no_card_numbers"]
    facts = outcome.facts("utter_payments_how_overdue")
    with sessions() as session:
        reference = payment_reference("DE", bill_of(session, SEPTEMBER).number).printed
    assert (facts["amount"], facts["due_on"]) == ("€29.99", "15 October")
    assert (facts["iban"], facts["reference"]) == ("DE89 3704 0044 0532 0130 00", reference)


async def test_the_bill_that_is_named_is_paid_with_its_own_reference(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    outcome = await ask(conversation, "action_tell_how_to_pay", "make_payment", period="--10")

    facts = outcome.facts("utter_payments_how_overdue")
    with sessions() as session:
        reference = payment_reference("DE", bill_of(session, OCTOBER).number).printed
    assert (facts["due_on"], facts["reference"]) == ("15 November", reference)


async def test_a_named_bill_that_is_paid_needs_no_payment(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        make_payment(session, bill_of(session, SEPTEMBER), received_on=date(2026, 10, 14))

    outcome = await ask(conversation, "action_tell_how_to_pay", "make_payment", period="--09")

    assert outcome.said == ["utter_payments_bill_paid"]


async def test_with_everything_paid_there_is_nothing_to_pay(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        for period in (SEPTEMBER, OCTOBER):
            bill = bill_of(session, period)
            make_payment(session, bill, received_on=bill.due_on)

    outcome = await ask(conversation, "action_tell_how_to_pay", "make_payment")

    assert outcome.said == ["utter_payments_nothing_due"]


async def test_a_seller_without_account_or_page_leaves_it_to_a_person(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        session.execute(update(Seller).values(iban=""))

    outcome = await ask(conversation, "action_tell_how_to_pay", "make_payment")

    assert outcome.said == ["utter_payments_how_by_person"]


def test_a_payment_page_that_is_not_safe_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SALDO_DATABASE_URL", "SALDO_BOT_SECRET", "SALDO_TURN_SECRET", "SALDO_CODE_PEPPER"):
        monkeypatch.setenv(name, "a secret")
    monkeypatch.setenv("SALDO_PAYMENT_PAGE_URL", "http://pay.example/{reference}")

    with pytest.raises(SettingMissing, match="SALDO_PAYMENT_PAGE_URL is not valid"):
        load_settings()


async def test_a_copy_goes_to_the_registered_address_and_shows_it_masked(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        session.execute(update(Customer).values(email="lena@post.example"))

    outcome = await ask(conversation, "action_send_invoice_copy", "get_invoice_copy")

    facts = outcome.facts("utter_invoices_copy_sent")
    assert (facts["month"], facts["address"]) == ("October", "l•••@post.example")
    with sessions() as session:
        copies = session.query(OutboxMessage).filter_by(kind="email").all()
    assert [copy.recipient for copy in copies] == ["lena@post.example"]


async def test_without_an_address_no_copy_is_promised(conversation: Conversation) -> None:
    outcome = await ask(conversation, "action_send_invoice_copy", "get_invoice_copy")

    assert outcome.said == ["utter_invoices_copy_no_address"]
