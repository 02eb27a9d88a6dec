"""Interest on bills that were paid late, on the next bill of a seller who charges it; each day is charged once.

It runs from the day of default. The disputed part bears none while it is disputed, and an invoice none while an
agreement on it is kept. Interest that an earlier bill charged bears none (§ 289 BGB; Korkolaki 633/1982 gives none
either). Days whose rate nobody knows yet wait for a later bill.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.dunning.claims import open_minor_on
from billing.dunning.dunning_accounts import load_steps
from billing.dunning.late_interest import interest_on, last_known_day
from billing.dunning.owed_spans import Contested, Debt, Receipt
from billing.dunning.plan import DEFAULT_RULE, SentStep
from billing.law import Law, law_of
from billing.models.credit_note import CreditNote, CreditNoteLine
from billing.models.dispute import Dispute, DisputedLine, DisputeStatus
from billing.models.dunning import Arrangement, ArrangementStatus
from billing.models.invoice import Invoice, LineItem
from billing.models.payment import Allocation
from billing.models.seller import Seller
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.line import Line, LineKind, ReasonCode

DAY = timedelta(days=1)


def load_interest_lines(
    session: Session, seller: Seller, customer_ids: Collection[UUID], issued_on: date
) -> Mapping[UUID, list[Line]]:
    """Return a line for each bill that was not paid when it was due, for the days that no bill has charged yet."""
    lines: dict[UUID, list[Line]] = defaultdict(list)
    if not seller.charges_late_interest:
        return lines
    law = law_of(seller.country)
    invoices = _load_late(session, customer_ids, issued_on)
    ids = [invoice.id for invoice in invoices]
    debts, steps = _load_debts(session, invoices, ZoneInfo(seller.time_zone)), load_steps(session, ids)
    charged, rests = _load_charged(session, customer_ids), _load_rests(session, ids, ZoneInfo(seller.time_zone))
    for invoice in invoices:
        start = default_day(law, invoice.due_on, steps.get(invoice.id, ()))
        if start is None:
            continue
        after = max(start, charged.get(invoice.number, start))
        until = last_known_day(law, after, min(issued_on, rests.get(invoice.id, issued_on)))
        line = _line(invoice, law, debts[invoice.id], after, until)
        if line is not None:
            lines[invoice.customer_id].append(line)
    return lines


def default_day(law: Law, due_on: date, steps: Sequence[SentStep]) -> date | None:
    """Return the last day without interest; None where a reminder makes the default and none was sent."""
    rule = law.find(DEFAULT_RULE, due_on)
    if rule is None:
        return None
    if rule.values["by_reminder"]:
        return steps[0].sent_on if steps else None
    return due_on + timedelta(days=rule.number("days_after_due"))


def _line(invoice: Invoice, law: Law, debt: Debt, after: date, until: date) -> Line | None:
    if until <= after:
        return None
    amount = interest_on(debt.spans(after, until), law, invoice.currency)
    if not amount:
        return None
    return Line(
        kind=LineKind.INTEREST,
        reason_code=ReasonCode.LATE_PAYMENT,
        facts={
            "invoice_number": invoice.number,
            "due_on": invoice.due_on.isoformat(),
            "started_on": (after + DAY).isoformat(),
            "ended_on": until.isoformat(),
        },
        period=BillingPeriod(after + DAY, until + DAY),
        amount=amount,
        tax_rate=0,  # damages, not a supply: no tax
    )


def _load_late(session: Session, customer_ids: Collection[UUID], issued_on: date) -> Sequence[Invoice]:
    late = select(Invoice).where(
        Invoice.customer_id.in_(customer_ids), Invoice.due_on < issued_on, open_minor_on(Invoice.due_on) > 0
    )
    return session.scalars(late.order_by(Invoice.due_on, Invoice.sequence)).all()


def _load_debts(session: Session, invoices: Sequence[Invoice], zone: ZoneInfo) -> Mapping[UUID, Debt]:
    ids = [invoice.id for invoice in invoices]
    waived = {
        # int: PostgreSQL sums integers to a decimal.
        invoice_id: int(minor)
        for invoice_id, minor in session.execute(
            select(CreditNote.invoice_id, func.sum(CreditNote.total_minor - CreditNote.to_credit_minor))
            .where(CreditNote.invoice_id.in_(ids))
            .group_by(CreditNote.invoice_id)
        )
    }
    interest = _load_interest(session, ids)
    receipts, contested = _load_receipts(session, ids), _load_contested(session, ids, zone)
    return {
        invoice.id: Debt(
            Money(invoice.total_minor - waived.get(invoice.id, 0) - interest.get(invoice.id, 0), invoice.currency),
            receipts.get(invoice.id, ()),
            contested.get(invoice.id, ()),
        )
        for invoice in invoices
    }


def _load_interest(session: Session, ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Return how much of each invoice is interest that stands: without what of it was credited, in minor units."""
    credited = (
        select(func.coalesce(func.sum(CreditNoteLine.amount_minor), 0))
        .where(CreditNoteLine.line_item_id == LineItem.id)
        .correlate(LineItem)
        .scalar_subquery()
    )
    rows = session.execute(
        select(LineItem.invoice_id, LineItem.amount_minor - credited).where(
            LineItem.invoice_id.in_(ids), LineItem.kind == LineKind.INTEREST
        )
    )
    interest: dict[UUID, int] = defaultdict(int)
    for invoice_id, minor in rows:
        interest[invoice_id] += int(minor)
    return interest


def _load_receipts(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Sequence[Receipt]]:
    receipts: dict[UUID, list[Receipt]] = defaultdict(list)
    for row in session.scalars(select(Allocation).where(Allocation.invoice_id.in_(ids))):
        receipts[row.invoice_id].append(Receipt(row.allocated_on, row.amount_minor))
    return receipts


def _load_contested(session: Session, ids: Collection[UUID], zone: ZoneInfo) -> Mapping[UUID, Sequence[Contested]]:
    rows = session.execute(
        select(Dispute, func.sum(DisputedLine.amount_minor))
        .join(DisputedLine, DisputedLine.dispute_id == Dispute.id)
        .join(LineItem, LineItem.id == DisputedLine.line_item_id)
        # Interest is no part of what bears interest, contested or not.
        .where(LineItem.kind != LineKind.INTEREST)
        # What was upheld has been credited: it is not owed on any day.
        .where(Dispute.invoice_id.in_(ids), Dispute.status != DisputeStatus.UPHELD)
        .group_by(Dispute.id)
    )
    contested: dict[UUID, list[Contested]] = defaultdict(list)
    for dispute, minor in rows:
        closed_on = None if dispute.closed_at is None else _day(dispute.closed_at, zone)
        contested[dispute.invoice_id].append(Contested(_day(dispute.opened_at, zone), closed_on, int(minor)))
    return contested


def _load_charged(session: Session, customer_ids: Collection[UUID]) -> Mapping[str, date]:
    """Return up to which day interest on each invoice stands on a bill."""
    rows = session.execute(
        select(LineItem.cause, LineItem.period_end)
        .join(Invoice, Invoice.id == LineItem.invoice_id)
        .where(Invoice.customer_id.in_(customer_ids), LineItem.kind == LineKind.INTEREST)
    )
    charged: dict[str, date] = {}
    for cause, period_end in rows:
        number = str(cause.get("invoice_number", ""))
        charged[number] = max(period_end - DAY, charged.get(number, period_end - DAY))
    return charged


def _load_rests(session: Session, ids: Collection[UUID], zone: ZoneInfo) -> Mapping[UUID, date]:
    """Return from which day an agreement that holds or was kept lets interest rest."""
    rows = session.scalars(
        select(Arrangement).where(
            Arrangement.invoice_id.in_(ids),
            Arrangement.status.in_((ArrangementStatus.ACTIVE, ArrangementStatus.KEPT)),
        )
    )
    return {row.invoice_id: _day(row.agreed_at, zone) for row in rows}


def _day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()
