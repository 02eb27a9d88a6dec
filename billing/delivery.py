"""Sends documents to customers, by way of the outbox and to the registered address only.

Who has no e-mail address gets nothing from here: printing and posting is the company's own business, and what is not
in the outbox is what it has to print.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from urllib.parse import quote, urlsplit
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from billing.documents.credit_used import credit_used
from billing.documents.facts import DocumentNotFound
from billing.documents.formatting import Print
from billing.documents.references import payment_reference
from billing.errors import SaldoError
from billing.models.credit_note import CreditNote
from billing.models.customer import Customer
from billing.models.invoice import Invoice
from billing.models.seller import Seller
from billing.money import Money
from billing.outbox import CREDIT_NOTE, INVOICE, Attachment, Email, enqueue_emails
from billing.periods import BillingPeriod

MASK = "•••"


class PaymentPageInvalid(SaldoError):
    """The address of the payment page is not https, or has a placeholder that nobody fills."""

    def __init__(self, template: str) -> None:
        super().__init__(f"not an address of a payment page: {template}")
        self.template = template


@dataclass(frozen=True, slots=True)
class DeliveryAddress:
    """Where a copy goes, told so that its owner knows it and nobody else learns it."""

    masked: str


def enqueue_invoices(session: Session, invoice_ids: Collection[UUID], *, now: datetime) -> None:
    """Queue issued invoices for delivery, each once, in the transaction that issues them."""
    rows = session.execute(_invoices().where(Invoice.id.in_(invoice_ids), Customer.email.is_not(None))).all()
    used = credit_used(session, [row.Invoice.id for row in rows])
    letters = (_invoice_letter(row, f"invoice:{row.Invoice.id}", used[row.Invoice.id]) for row in rows)
    enqueue_emails(session, letters, now=now)


def enqueue_credit_notes(session: Session, credit_note_ids: Collection[UUID], *, now: datetime) -> None:
    """Queue issued credit notes for delivery, each once."""
    rows = session.execute(
        select(CreditNote, Customer, Seller, Invoice.number)
        .join(Customer, Customer.id == CreditNote.customer_id)
        .join(Seller, Seller.id == CreditNote.seller_id)
        .join(Invoice, Invoice.id == CreditNote.invoice_id)
        .where(CreditNote.id.in_(credit_note_ids), Customer.email.is_not(None))
        .order_by(CreditNote.number)
    )
    enqueue_emails(session, (_credit_note_letter(*row) for row in rows), now=now)


def send_copy(
    session: Session, customer_id: UUID, invoice_id: UUID, *, dedupe_key: str, now: datetime
) -> DeliveryAddress | None:
    """Queue a copy to the customer's registered address and return it masked; None if there is no address.

    Raise DocumentNotFound for an invoice of somebody else.
    """
    row = session.execute(_invoices().where(Invoice.id == invoice_id, Customer.id == customer_id)).one_or_none()
    if row is None:
        raise DocumentNotFound(invoice_id)
    if row.Customer.email is None:
        return None
    used = credit_used(session, [invoice_id])[invoice_id]
    enqueue_emails(session, [_invoice_letter(row, dedupe_key, used)], now=now)
    return DeliveryAddress(masked_address(row.Customer.email))


def masked_address(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local[:1] if len(local) > 1 else ''}{MASK}@{domain}"


def payment_link(template: str, *, invoice_number: str, reference: str, amount: Money) -> str:
    """Fill the address of the company's payment page: {reference}, {amount} like 12.30, and {invoice}.

    Raise PaymentPageInvalid for one that is not https: what is paid to whom must not be changed on the way.
    """
    values = {"reference": reference, "amount": _plain(amount), "invoice": invoice_number}
    if not _asks_only_for(template, values):
        raise PaymentPageInvalid(template)
    link = template.format(**{name: quote(value, safe="") for name, value in values.items()})
    parts = urlsplit(link)
    if parts.scheme != "https" or not parts.hostname:
        raise PaymentPageInvalid(template)
    return link


def _invoices() -> Select[Invoice, Customer, Seller]:
    return (
        select(Invoice, Customer, Seller)
        .join(Customer, Customer.id == Invoice.customer_id)
        .join(Seller, Seller.id == Invoice.seller_id)
        .order_by(Invoice.number)
    )


def _invoice_letter(row: Row[Invoice, Customer, Seller], dedupe_key: str, credit_used_minor: int) -> Email:
    invoice, customer, seller = row
    total, credit = Money(invoice.total_minor, invoice.currency), Money(credit_used_minor, invoice.currency)
    written = Print(customer.language)
    facts = {
        "company": seller.name,
        "name": customer.name,
        "number": invoice.number,
        "period": written.period(BillingPeriod(invoice.period_start, invoice.period_end)),
        "amount": written.amount(total),
        "credit": written.amount(credit),
        "open": written.amount(total - credit),
        "due_on": written.day(invoice.due_on),
        "reference": payment_reference(seller.country, invoice.number).printed,
    }
    return Email(
        recipient=str(customer.email),
        subject=written.words("email.invoice.subject", company=facts["company"], number=facts["number"]),
        body=written.words(_body_of(total, credit), **facts),
        dedupe_key=dedupe_key,
        attachment=Attachment(INVOICE, invoice.id),
    )


def _body_of(total: Money, credit: Money) -> str:
    """Choose the letter that asks for what is left to pay and for no more."""
    if not total:
        return "email.invoice.nothing_to_pay"
    if credit == total:
        return "email.invoice.paid_from_credit"
    return "email.invoice.partly_paid" if credit else "email.invoice.body"


def _credit_note_letter(note: CreditNote, customer: Customer, seller: Seller, invoice_number: str) -> Email:
    written = Print(customer.language)
    facts = {
        "company": seller.name,
        "name": customer.name,
        "number": note.number,
        "invoice": invoice_number,
        "amount": written.amount(Money(note.total_minor, note.currency)),
    }
    return Email(
        recipient=str(customer.email),
        subject=written.words("email.credit_note.subject", company=facts["company"], number=facts["number"]),
        body=written.words("email.credit_note.body", **facts),
        dedupe_key=f"credit_note:{note.id}",
        attachment=Attachment(CREDIT_NOTE, note.id),
    )


def _asks_only_for(template: str, values: Mapping[str, str]) -> bool:
    try:
        names = [name for _, name, _, _ in Formatter().parse(template) if name is not None]
    except ValueError:
        return False
    return all(name in values for name in names)


def _plain(amount: Money) -> str:
    whole, cents = divmod(amount.minor, 100)
    return f"{whole}.{cents:02}"
