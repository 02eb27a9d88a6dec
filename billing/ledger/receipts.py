"""Money that arrived: recorded once per reference of the bank, booked, and put to what is open."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from billing.errors import SaldoError
from billing.ledger.allocations import lock_accounts, use_credit
from billing.ledger.journal import CHUNK, Entry, Posting, post_all
from billing.models.customer import Customer
from billing.models.invoice import Invoice
from billing.models.journal import LedgerAccount, TransactionKind
from billing.models.payment import Payment
from billing.models.seller import Seller
from billing.money import CurrencyMismatch, Money

LARGEST_MINOR = 2**31 - 1  # what a column of the database holds


class ReceiptInvalid(SaldoError):
    """A receipt of nothing or beyond any account, of an unknown customer, or for an invoice that is not theirs."""

    status = 422

    def __init__(self, reference: str, field: str) -> None:
        super().__init__(f"receipt {reference}: {field} is invalid")
        self.reference = reference
        self.field = field


class ReferenceTaken(SaldoError):
    """The bank's reference is known with another customer or amount: never the same money."""

    status = 409

    def __init__(self, reference: str) -> None:
        super().__init__(f"reference {reference} is taken")
        self.reference = reference


@dataclass(frozen=True, slots=True)
class Receipt:
    """A line of a bank statement; `reference` is the bank's own key, `invoice_id` the invoice that the payer named."""

    customer_id: UUID
    reference: str
    amount: Money
    received_on: date
    invoice_id: UUID | None = None


def record_payment(
    session: Session,
    *,
    customer_id: UUID,
    reference: str,
    amount: Money,
    received_on: date,
    invoice_id: UUID | None = None,
    now: datetime,
) -> Payment:
    """Record what arrived and put it to the named invoice, then to the one due first; the rest is credit.

    The same receipt twice changes nothing and returns the payment that is there.
    """
    record_payments(session, [Receipt(customer_id, reference, amount, received_on, invoice_id)], now=now)
    return session.scalars(select(Payment).filter_by(reference=reference)).one()


def record_payments(session: Session, receipts: Sequence[Receipt], *, now: datetime) -> int:
    """Record a statement as `record_payment` does each of its lines, in order of receipt; return how many were new."""
    ordered = sorted(receipts, key=lambda receipt: (receipt.received_on, receipt.reference))
    lock_accounts(session, {receipt.customer_id for receipt in ordered})
    recorded = 0
    for start in range(0, len(ordered), CHUNK):
        recorded += _record(session, ordered[start : start + CHUNK], now)
    return recorded


def _record(session: Session, receipts: Sequence[Receipt], now: datetime) -> int:
    new = _new_ones(session, receipts)
    if not new:
        return 0
    _check(session, new)
    session.execute(insert(Payment), [_row(receipt) for receipt in new])
    post_all(session, [_posting(receipt) for receipt in new], now=now)
    use_credit(session, {receipt.customer_id for receipt in new}, now=now)
    return len(new)


def _new_ones(session: Session, receipts: Sequence[Receipt]) -> list[Receipt]:
    known = {
        row.reference: (row.customer_id, Money(row.amount_minor, row.currency))
        for row in session.execute(
            select(Payment.reference, Payment.customer_id, Payment.amount_minor, Payment.currency).where(
                Payment.reference.in_([receipt.reference for receipt in receipts])
            )
        )
    }
    new: list[Receipt] = []
    for receipt in receipts:
        money = (receipt.customer_id, receipt.amount)
        if known.setdefault(receipt.reference, money) != money:
            raise ReferenceTaken(receipt.reference)
        if known[receipt.reference] is money:
            new.append(receipt)
    return new


def _check(session: Session, receipts: Sequence[Receipt]) -> None:
    currencies = _currencies(session, {receipt.customer_id for receipt in receipts})
    owners = _owners(session, {receipt.invoice_id for receipt in receipts if receipt.invoice_id is not None})
    for receipt in receipts:
        if not 0 < receipt.amount.minor <= LARGEST_MINOR:
            raise ReceiptInvalid(receipt.reference, "amount")
        if receipt.customer_id not in currencies:
            raise ReceiptInvalid(receipt.reference, "customer_id")
        if currencies[receipt.customer_id] != receipt.amount.currency:
            raise CurrencyMismatch(receipt.amount.currency, currencies[receipt.customer_id])
        if receipt.invoice_id is not None and owners.get(receipt.invoice_id) != receipt.customer_id:
            raise ReceiptInvalid(receipt.reference, "invoice_id")


def _currencies(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, str]:
    rows = session.execute(
        select(Customer.id, Seller.currency)
        .join(Seller, Seller.id == Customer.seller_id)
        .where(Customer.id.in_(customer_ids))
    )
    return {row[0]: row[1] for row in rows}


def _owners(session: Session, invoice_ids: Collection[UUID]) -> dict[UUID, UUID]:
    rows = session.execute(select(Invoice.id, Invoice.customer_id).where(Invoice.id.in_(invoice_ids)))
    return {row[0]: row[1] for row in rows}


def _row(receipt: Receipt) -> dict[str, object]:
    return {
        "reference": receipt.reference,
        "customer_id": receipt.customer_id,
        "invoice_id": receipt.invoice_id,
        "amount_minor": receipt.amount.minor,
        "currency": receipt.amount.currency,
        "received_on": receipt.received_on,
    }


def _posting(receipt: Receipt) -> Posting:
    entries = [Entry(LedgerAccount.BANK, receipt.amount), Entry(LedgerAccount.CUSTOMER_CREDIT, -receipt.amount)]
    return Posting(receipt.customer_id, TransactionKind.PAYMENT, receipt.reference, receipt.received_on, entries)
