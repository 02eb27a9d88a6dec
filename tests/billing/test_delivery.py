"""Documents go to the registered address and nowhere else, each once."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.delivery import (
    PaymentPageInvalid,
    enqueue_credit_notes,
    enqueue_invoices,
    masked_address,
    payment_link,
    send_copy,
)
from billing.documents import DocumentNotFound, invoice_pdf, load_invoice
from billing.ledger.credit_notes import CreditLine, issue_credit_note
from billing.models.credit_note import CreditReason
from billing.models.customer import Customer
from billing.models.invoice import Invoice, LineItem
from billing.models.outbox import OutboxMessage, OutboxStatus
from billing.money import Money
from billing.outbox import EMAIL
from billing.payments import record_payment
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing
from tests.factories.billing import invoice_of, make_contract, make_customer, make_invoice, make_plan
from tests.fakes.clock import DEFAULT_NOW

OCTOBER = BillingPeriod.month("2026-10")
ADDRESS = "lena.hoffmann@post.example"


def letters(session: Session) -> list[OutboxMessage]:
    return [*session.scalars(select(OutboxMessage).filter_by(kind=EMAIL).order_by(OutboxMessage.id))]


def bill(session: Session, customer: Customer, *amounts: int) -> Invoice:
    return make_invoice(session, customer, due_on=date(2026, 11, 22), amounts=amounts or (1499,))


def test_the_billing_run_queues_each_invoice_to_the_registered_address_once(
    session_factory: sessionmaker[Session],
) -> None:
    with session_factory.begin() as session:
        lena, paper = make_customer(session, email=ADDRESS), make_customer(session)
        plan = make_plan(session, base_minor=1499)
        for customer in (lena, paper):
            make_contract(session, customer, plan)

    for _ in range(2):
        run_billing(session_factory, OCTOBER, now=DEFAULT_NOW)

    with session_factory() as session:
        invoice = invoice_of(session, lena.id, OCTOBER.start)
        (letter,) = letters(session)
        assert (letter.recipient, letter.dedupe_key) == (ADDRESS, f"invoice:{invoice.id}")
        assert letter.status is OutboxStatus.PENDING
        assert letter.attachment == {"document": "invoice", "id": str(invoice.id)}
        assert letter.subject == f"Nordlicht Netz: Ihre Rechnung {invoice.number}"
        assert "14,99\u00a0€" in letter.body
        assert invoice_pdf(session, invoice.id).startswith(b"%PDF")


def test_a_run_that_is_undone_queues_nothing(session: Session) -> None:
    invoice = bill(session, make_customer(session, email=ADDRESS))
    session.commit()

    enqueue_invoices(session, [invoice.id], now=DEFAULT_NOW)
    session.rollback()

    assert letters(session) == []


def test_issuing_a_credit_note_queues_it_once_and_with_the_note_or_not_at_all(session: Session) -> None:
    invoice = bill(session, make_customer(session, email=ADDRESS))
    line = session.scalars(select(LineItem.id).filter_by(invoice_id=invoice.id)).one()
    session.commit()
    issue_credit_note(session, invoice.id, [CreditLine(line)], CreditReason.GOODWILL, now=DEFAULT_NOW)
    session.rollback()
    assert letters(session) == []

    note = issue_credit_note(session, invoice.id, [CreditLine(line)], CreditReason.GOODWILL, now=DEFAULT_NOW)
    enqueue_credit_notes(session, [note.id], now=DEFAULT_NOW)

    (letter,) = letters(session)
    assert (letter.recipient, letter.dedupe_key) == (ADDRESS, f"credit_note:{note.id}")
    assert letter.attachment == {"document": "credit_note", "id": str(note.id)}


def test_a_credit_note_for_who_has_no_address_is_left_to_the_printer(session: Session) -> None:
    invoice = bill(session, make_customer(session))
    line = session.scalars(select(LineItem.id).filter_by(invoice_id=invoice.id)).one()

    issue_credit_note(session, invoice.id, [CreditLine(line)], CreditReason.GOODWILL, now=DEFAULT_NOW)

    assert letters(session) == []


def test_queueing_an_invoice_again_changes_nothing(session: Session) -> None:
    invoice = bill(session, make_customer(session, email=ADDRESS))

    for _ in range(2):
        enqueue_invoices(session, [invoice.id], now=DEFAULT_NOW)

    assert len(letters(session)) == 1


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["your bill", "€14.99", "22 Nov 2026", "Kind regards"]),
        ("de", ["Ihre Rechnung", "14,99 €", "22.11.2026", "Freundliche Grüße"]),
        ("fi", ["laskusi", "14,99 €", "22.11.2026", "Ystävällisin terveisin"]),
    ],
)
def test_the_letter_speaks_the_customers_language(session: Session, language: str, expected: list[str]) -> None:
    invoice = bill(session, make_customer(session, email=ADDRESS, language=language))

    enqueue_invoices(session, [invoice.id], now=DEFAULT_NOW)

    (letter,) = letters(session)
    body = letter.body.replace("\u00a0", " ")
    assert [words for words in (*expected, invoice.number) if words not in body] == []


def test_a_bill_of_nothing_asks_for_no_payment(session: Session) -> None:
    invoice = bill(session, make_customer(session, email=ADDRESS), 1499, -1499)

    enqueue_invoices(session, [invoice.id], now=DEFAULT_NOW)

    (letter,) = letters(session)
    assert "Sie müssen nichts bezahlen" in letter.body
    assert "Verwendungszweck" not in letter.body


def test_a_copy_goes_to_the_registered_address_and_is_told_masked(session: Session) -> None:
    customer = make_customer(session, email=ADDRESS)
    invoice = bill(session, customer)

    address = send_copy(session, customer.id, invoice.id, dedupe_key="turn-1", now=DEFAULT_NOW)
    send_copy(session, customer.id, invoice.id, dedupe_key="turn-1", now=DEFAULT_NOW)

    assert address is not None
    assert address.masked == "l•••@post.example"
    assert [(letter.recipient, letter.dedupe_key) for letter in letters(session)] == [(ADDRESS, "turn-1")]


def test_a_second_copy_asked_for_later_is_sent_too(session: Session) -> None:
    customer = make_customer(session, email=ADDRESS)
    invoice = bill(session, customer)
    enqueue_invoices(session, [invoice.id], now=DEFAULT_NOW)

    for turn in ("turn-1", "turn-2"):
        send_copy(session, customer.id, invoice.id, dedupe_key=turn, now=DEFAULT_NOW)

    assert len(letters(session)) == 3


def test_without_an_address_no_copy_is_sent(session: Session) -> None:
    customer = make_customer(session)
    invoice = bill(session, customer)

    assert send_copy(session, customer.id, invoice.id, dedupe_key="turn-1", now=DEFAULT_NOW) is None
    assert letters(session) == []


def test_nobody_gets_a_copy_of_somebody_elses_invoice(session: Session) -> None:
    invoice = bill(session, make_customer(session, email=ADDRESS))
    stranger = make_customer(session, email="stranger@post.example")

    for invoice_id in (invoice.id, uuid4()):
        with pytest.raises(DocumentNotFound):
            send_copy(session, stranger.id, invoice_id, dedupe_key="turn-1", now=DEFAULT_NOW)
    assert letters(session) == []


@pytest.mark.parametrize(
    ("address", "masked"),
    [("lena@post.example", "l•••@post.example"), ("l@post.example", "•••@post.example"), ("ä.b@x.fi", "ä•••@x.fi")],
)
def test_a_masked_address_tells_its_owner_and_nobody_else(address: str, masked: str) -> None:
    assert masked_address(address) == masked


def test_a_payment_link_is_filled_and_safe_in_an_address() -> None:
    template = "https://pay.example/bill?ref={reference}&sum={amount}&bill={invoice}"

    link = payment_link(template, invoice_number="DE 17&x=1", reference="RF58DE2026000123", amount=Money(8605, "EUR"))

    assert link == "https://pay.example/bill?ref=RF58DE2026000123&sum=86.05&bill=DE%2017%26x%3D1"


@pytest.mark.parametrize(
    "template",
    ["http://pay.example/{reference}", "pay.example", "https://", "javascript:alert(1)", "https://pay.example/{card}",
     "https://pay.example/{", "https://pay.example/{reference.__class__}", "https://pay.example/{}"],
)  # fmt: skip
def test_a_payment_page_must_be_https_and_ask_for_what_we_have(template: str) -> None:
    with pytest.raises(PaymentPageInvalid):
        payment_link(template, invoice_number="DE-1", reference="RF58", amount=Money(1, "EUR"))


def billed_with_credit(sessions: sessionmaker[Session], credit: int, *, language: str = "de") -> UUID:
    """Bill 14.99 for October to a customer who has paid `credit` before there was a bill."""
    with sessions.begin() as session:
        customer = make_customer(session, email=ADDRESS, language=language)
        make_contract(session, customer, make_plan(session, base_minor=1499))
        put_in(session, customer, credit, "before", DEFAULT_NOW - timedelta(days=5))
    run_billing(sessions, OCTOBER, now=DEFAULT_NOW)
    return customer.id


def put_in(session: Session, customer: Customer, minor: int, reference: str, at: datetime) -> None:
    amount, received_on = Money(minor, "EUR"), (DEFAULT_NOW - timedelta(days=5)).date()
    record_payment(
        session, customer_id=customer.id, reference=reference, amount=amount, received_on=received_on, now=at
    )


@pytest.mark.parametrize(
    ("language", "expected"),
    # 14.99 - 10.00 = 4.99
    [
        ("en", ["€14.99", "€10.00 of it", "€4.99 is left to pay"]),
        ("de", ["14,99 €", "10,00 € aus Ihrem Guthaben", "bleiben 4,99 €"]),
        ("fi", ["14,99 €", "käytetty laskuun 10,00 €", "maksettavaa jää 4,99 €"]),
    ],
)
def test_the_letter_asks_for_what_credit_has_left_to_pay(
    session_factory: sessionmaker[Session], language: str, expected: list[str]
) -> None:
    billed_with_credit(session_factory, 1000, language=language)

    with session_factory() as session:
        (letter,) = letters(session)
    body = letter.body.replace("\u00a0", " ")
    assert [words for words in expected if words not in body] == []


def test_the_letter_of_a_bill_that_credit_has_paid_asks_for_nothing(session_factory: sessionmaker[Session]) -> None:
    billed_with_credit(session_factory, 2000)

    with session_factory() as session:
        (letter,) = letters(session)
    assert "Sie müssen nichts mehr zahlen" in letter.body
    assert "Verwendungszweck" not in letter.body


def test_what_is_paid_after_the_issue_changes_neither_copy_nor_document(
    session_factory: sessionmaker[Session],
) -> None:
    customer_id = billed_with_credit(session_factory, 1000)
    with session_factory() as session:
        invoice = invoice_of(session, customer_id, OCTOBER.start)
        printed = invoice_pdf(session, invoice.id)
        assert load_invoice(session, invoice.id).to_pay == Money(499, "EUR")

    later = DEFAULT_NOW + timedelta(hours=2)
    with session_factory.begin() as session:
        # Received before the issue, by the bank's word, and read after it.
        put_in(session, session.get_one(Customer, customer_id), 499, "read later", later)
        send_copy(session, customer_id, invoice.id, dedupe_key="turn-1", now=later)

    with session_factory() as session:
        first, copy = letters(session)
        assert copy.body == first.body
        assert invoice_pdf(session, invoice.id) == printed
