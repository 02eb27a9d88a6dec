"""Disputes on the customer's behalf: a bill or one of its lines is contested, and somebody else decides."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.adjustments.adjustment import (
    Account,
    Adjusted,
    AdjustmentRefused,
    Choice,
    Effect,
    Facts,
    UnknownChoice,
    Wish,
)
from billing.adjustments.bills import bill_of, latest_bills
from billing.catalogue import LANGUAGES
from billing.disputes.disputes import OPEN, DisputeNotFound, NothingToDispute, open_dispute
from billing.documents.formatting import Print
from billing.documents.line_texts import line_title
from billing.invoices import InvoiceFacts, list_open_invoices
from billing.ledger.credit_notes import creditable, load_invoiced
from billing.models.dispute import Dispute, DisputedLine
from billing.models.invoice import Invoice, LineItem
from billing.money import Money, total

LONGEST_REASON = 500
REASON = "agent_objects"
WHOLE = "all"


def list_disputable(session: Session, account: Account) -> Sequence[Choice]:
    """Return each bill of which something can be contested, and after it the lines of which it can."""
    choices = [choice for bill in latest_bills(session, account) for choice in _of_bill(session, bill)]
    if not choices:
        raise AdjustmentRefused("nothing_to_dispute")
    return choices


def contest(session: Session, account: Account, wish: Wish) -> Adjusted:
    """Open the dispute; the note says why."""
    line, _, number = wish.choice.partition(":")
    invoice = bill_of(session, account, number)
    lines = [int(line)] if line.isascii() and line.isdecimal() else None
    if lines is None and line != WHOLE:
        raise UnknownChoice
    reason = wish.note[:LONGEST_REASON] or REASON
    try:
        dispute = open_dispute(session, account.customer_id, invoice.id, lines, reason, now=account.now)
    except DisputeNotFound as error:
        raise UnknownChoice from error
    except NothingToDispute as error:
        raise AdjustmentRefused("nothing_to_dispute") from error
    amount = _contested(session, dispute, invoice)
    facts: Facts = {"amount": amount, "invoice": number, "day": dispute.answer_by}
    effects = [Effect("contested", Money(0, account.currency), amount), Effect("answer_by", None, dispute.answer_by)]
    words = "dispute_late" if dispute.late else "dispute"
    return Adjusted(amount, words if _is_open(session, account, invoice) else f"{words}_paid", facts, tuple(effects))


def _of_bill(session: Session, bill: InvoiceFacts) -> Sequence[Choice]:
    disputed = _disputed(session, bill.id)
    left = {
        line: money.minor - disputed.get(line, 0)
        for line, money in creditable(session, bill.id).items()
        if money.minor > disputed.get(line, 0)
    }
    if not left:
        return []
    currency = bill.total.currency
    whole = Choice(
        f"{WHOLE}:{bill.number}",
        "dispute.bill",
        {"invoice": bill.number, "month": bill.period},
        "dispute.bill.detail",
        # Discounts are not contested, but leave less of the whole.
        min(total((Money(minor, currency) for minor in left.values()), currency), bill.total - bill.credited),
    )
    items = session.scalars(select(LineItem).where(LineItem.id.in_(left)).order_by(LineItem.position))
    lines = [_of_line(bill, item, Money(left[item.id], currency)) for item in items]
    return [whole, *lines] if len(lines) > 1 else [whole]


def _of_line(bill: InvoiceFacts, item: LineItem, amount: Money) -> Choice:
    title = {language: line_title(item, Print(language)) for language in LANGUAGES}
    facts: Facts = {"invoice": bill.number, "title": title}
    return Choice(f"{item.id}:{bill.number}", "dispute.line", facts, "dispute.line.detail", amount)


def _disputed(session: Session, invoice_id: UUID) -> Mapping[int, int]:
    """Return what is contested already of each line."""
    rows = session.execute(
        select(DisputedLine.line_item_id, DisputedLine.amount_minor)
        .join(Dispute, Dispute.id == DisputedLine.dispute_id)
        .where(Dispute.invoice_id == invoice_id, Dispute.status.in_(OPEN))
    )
    per_line: dict[int, int] = {}
    for line, minor in rows:
        per_line[line] = per_line.get(line, 0) + minor
    return per_line


def _contested(session: Session, dispute: Dispute, invoice: Invoice) -> Money:
    """Return what is contested of the bill by this dispute, at most what is left of it."""
    minors = session.scalars(select(DisputedLine.amount_minor).where(DisputedLine.dispute_id == dispute.id))
    return Money(min(sum(minors), load_invoiced(session, invoice).left_minor), invoice.currency)


def _is_open(session: Session, account: Account, invoice: Invoice) -> bool:
    return invoice.id in {bill.id for bill in list_open_invoices(session, account.customer_id)}
