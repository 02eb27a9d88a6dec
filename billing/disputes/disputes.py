"""Disputes: a customer contests an invoice or some of its lines, and what that holds back until it is decided.

A late objection is passed on like any other. While a dispute is open its part is not reminded of, bears no interest and
counts for no cut-off.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from billing.disputes.deadlines import answer_deadline, objection_deadline
from billing.disputes.receipt import received_on
from billing.disputes.upheld_charges import credit_late_charges
from billing.errors import NotFound, SaldoError
from billing.human_tasks import close_task, raise_task
from billing.law import law_of
from billing.ledger.credit_notes import CreditLine, creditable, issue_credit_note
from billing.models.credit_note import CreditNote, CreditReason
from billing.models.dispute import Dispute, DisputedLine, DisputeStatus
from billing.models.human_task import TaskKind
from billing.models.invoice import Invoice, LineItem
from billing.models.seller import Seller
from billing.money import Money

OPEN = (DisputeStatus.OPEN, DisputeStatus.UNDER_REVIEW)
ENDS = (DisputeStatus.UPHELD, DisputeStatus.PARTLY_UPHELD, DisputeStatus.REJECTED, DisputeStatus.WITHDRAWN)
MOVES: Mapping[DisputeStatus, Collection[DisputeStatus]] = {
    DisputeStatus.OPEN: (DisputeStatus.UNDER_REVIEW, DisputeStatus.WITHDRAWN),
    DisputeStatus.UNDER_REVIEW: ENDS,
}


class DisputeNotFound(NotFound):
    """Somebody named a dispute, an invoice or a line that this customer does not have."""

    def __init__(self, what: object) -> None:
        super().__init__(f"nothing to dispute under {what}")
        self.what = what


class NothingToDispute(SaldoError):
    """All of it was credited already, or is disputed already."""

    status = 409

    def __init__(self, invoice_number: str) -> None:
        super().__init__(f"nothing of {invoice_number} is left to dispute")
        self.invoice_number = invoice_number


class DisputeMoveRefused(SaldoError):
    """A dispute cannot go from `actual` to `wanted`; `expected` are the statuses from which it could."""

    status = 409

    def __init__(self, actual: DisputeStatus, wanted: DisputeStatus) -> None:
        expected = [status for status, moves in MOVES.items() if wanted in moves]
        super().__init__(f"a dispute becomes {wanted} from {' or '.join(expected)}, and this one is {actual}")
        self.actual = actual
        self.wanted = wanted
        self.expected = expected


class CreditBeyondDispute(SaldoError):
    """Partly upheld means: something of a disputed line, and no more than was disputed of it."""

    status = 422

    def __init__(self, line_item_id: int | None, amount: Money | None) -> None:
        super().__init__(f"{amount} is not within what is disputed of line {line_item_id}")
        self.line_item_id = line_item_id
        self.amount = amount


def open_dispute(
    session: Session,
    customer_id: UUID,
    invoice_id: UUID,
    line_item_ids: Collection[int] | None,
    reason: str,
    *,
    now: datetime,
) -> Dispute:
    """Contest the whole invoice (None) or some of its lines: what is neither credited nor disputed yet."""
    invoice, seller = _load_invoice(session, customer_id, invoice_id)
    amounts = _disputable(session, invoice, line_item_ids)
    zone = ZoneInfo(seller.time_zone)
    today = now.astimezone(zone).date()
    deadline = objection_deadline(seller.country, received_on(session, invoice, zone, now=now))
    dispute = Dispute(
        id=uuid4(),
        customer_id=customer_id,
        invoice_id=invoice_id,
        status=DisputeStatus.OPEN,
        reason=reason,
        late=deadline is not None and today > deadline,
        opened_at=now,
        answer_by=answer_deadline(law_of(seller.country), today),
    )
    session.add(dispute)
    session.flush()
    rows = [{"dispute_id": dispute.id, "line_item_id": line, "amount_minor": minor} for line, minor in amounts.items()]
    session.execute(insert(DisputedLine), rows)
    _call_person(session, dispute, invoice, sum(amounts.values()), now)
    return dispute


def review_dispute(session: Session, dispute_id: UUID) -> Dispute:
    """A person looks at it now."""
    dispute = _lock(session, dispute_id)
    _must_allow(dispute, DisputeStatus.UNDER_REVIEW)
    dispute.status = DisputeStatus.UNDER_REVIEW
    session.flush()
    return dispute


def close_dispute(
    session: Session,
    dispute_id: UUID,
    outcome: DisputeStatus,
    *,
    given: Mapping[int, Money] | None = None,
    now: datetime,
) -> CreditNote | None:
    """End it and return the credit note: all that was disputed if upheld, `given` per line if partly upheld.

    Where nothing of the invoice is left then, what later bills charged for paying it late goes back too.
    """
    dispute = _lock(session, dispute_id)
    _must_allow(dispute, outcome)
    lines = _credit_lines(session, dispute, outcome, given or {})
    dispute.status = outcome
    dispute.closed_at = now
    close_task(session, _task_key(dispute_id), now=now)
    session.flush()
    if not lines:
        return None
    note = issue_credit_note(session, dispute.invoice_id, lines, CreditReason.DISPUTE, now=now)
    credit_late_charges(session, dispute.invoice_id, now=now)
    return note


def disputed_minor(session: Session, invoice_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Return what is contested per invoice, at most what the invoice comes to; without a dispute it is left out."""
    sums = (
        select(Invoice.id, Invoice.total_minor, func.sum(DisputedLine.amount_minor))
        .join(Dispute, Dispute.invoice_id == Invoice.id)
        .join(DisputedLine, DisputedLine.dispute_id == Dispute.id)
        .where(Invoice.id.in_(invoice_ids), Dispute.status.in_(OPEN))
        .group_by(Invoice.id, Invoice.total_minor)
    )
    # int: PostgreSQL sums integers to a decimal.
    return {invoice_id: min(total, int(disputed)) for invoice_id, total, disputed in session.execute(sums)}


def last_closed_on(session: Session, invoice_ids: Collection[UUID]) -> Mapping[UUID, date]:
    """Return for each invoice the day on which its last dispute ended: from then on its time to pay counts anew."""
    ends = (
        select(Dispute.invoice_id, func.max(Dispute.closed_at), Seller.time_zone)
        .join(Invoice, Invoice.id == Dispute.invoice_id)
        .join(Seller, Seller.id == Invoice.seller_id)
        .where(Dispute.invoice_id.in_(invoice_ids), Dispute.closed_at.is_not(None))
        .group_by(Dispute.invoice_id, Seller.time_zone)
    )
    return {
        invoice_id: ended.astimezone(ZoneInfo(zone)).date()
        for invoice_id, ended, zone in session.execute(ends)
        if ended is not None
    }


def list_disputes(session: Session, customer_id: UUID) -> Sequence[Dispute]:
    """Return the newest first."""
    disputes = select(Dispute).where(Dispute.customer_id == customer_id).order_by(Dispute.opened_at.desc())
    return session.scalars(disputes).all()


def _load_invoice(session: Session, customer_id: UUID, invoice_id: UUID) -> tuple[Invoice, Seller]:
    found = session.execute(
        select(Invoice, Seller)
        .join(Seller, Seller.id == Invoice.seller_id)
        .where(Invoice.id == invoice_id, Invoice.customer_id == customer_id)
        # Two disputes of one invoice at the same moment must see each other.
        .with_for_update(of=Invoice, key_share=True)
    ).one_or_none()
    if found is None:
        raise DisputeNotFound(invoice_id)
    return found[0], found[1]


def _disputable(session: Session, invoice: Invoice, line_item_ids: Collection[int] | None) -> dict[int, int]:
    left = {line: money.minor for line, money in creditable(session, invoice.id).items() if money.minor > 0}
    unknown = set(line_item_ids or ()) - _line_ids(session, invoice.id)
    if unknown:
        raise DisputeNotFound(min(unknown))
    already = _disputed_per_line(session, invoice.id)
    chosen = left if line_item_ids is None else {line: left[line] for line in line_item_ids if line in left}
    amounts = {line: minor - already[line] for line, minor in chosen.items() if minor > already[line]}
    if not amounts:
        raise NothingToDispute(invoice.number)
    return amounts


def _disputed_per_line(session: Session, invoice_id: UUID) -> Mapping[int, int]:
    rows = session.execute(
        select(DisputedLine.line_item_id, DisputedLine.amount_minor)
        .join(Dispute, Dispute.id == DisputedLine.dispute_id)
        .where(Dispute.invoice_id == invoice_id, Dispute.status.in_(OPEN))
    )
    per_line: dict[int, int] = defaultdict(int)
    for line_item_id, minor in rows:
        per_line[line_item_id] += minor
    return per_line


def _line_ids(session: Session, invoice_id: UUID) -> set[int]:
    return set(session.scalars(select(LineItem.id).where(LineItem.invoice_id == invoice_id)))


def _call_person(session: Session, dispute: Dispute, invoice: Invoice, minor: int, now: datetime) -> None:
    facts = {
        "dispute_id": str(dispute.id),
        "invoice_number": invoice.number,
        "disputed_minor": minor,
        "currency": invoice.currency,
        "late": dispute.late,
        "answer_by": dispute.answer_by.isoformat(),
    }
    key = _task_key(dispute.id)
    raise_task(session, TaskKind.DISPUTE_OPENED, key, customer_id=dispute.customer_id, facts=facts, now=now)


def _task_key(dispute_id: UUID) -> str:
    return f"dispute:{dispute_id}"


def _lock(session: Session, dispute_id: UUID) -> Dispute:
    dispute = session.scalars(select(Dispute).where(Dispute.id == dispute_id).with_for_update()).one_or_none()
    if dispute is None:
        raise DisputeNotFound(dispute_id)
    return dispute


def _must_allow(dispute: Dispute, wanted: DisputeStatus) -> None:
    if wanted not in MOVES.get(dispute.status, ()):
        raise DisputeMoveRefused(dispute.status, wanted)


def _credit_lines(
    session: Session, dispute: Dispute, outcome: DisputeStatus, given: Mapping[int, Money]
) -> list[CreditLine]:
    """Return what to take back; of an invoice that is upheld as a whole, its discounts too."""
    disputed = dict(
        session.execute(
            select(DisputedLine.line_item_id, DisputedLine.amount_minor).where(DisputedLine.dispute_id == dispute.id)
        ).all()
    )
    if outcome is DisputeStatus.PARTLY_UPHELD:
        _must_lie_within(disputed, given)
        return [CreditLine(line, amount) for line, amount in given.items()]
    if outcome is not DisputeStatus.UPHELD:
        return []
    left = {line: money for line, money in creditable(session, dispute.invoice_id).items() if money}
    whole = all(disputed.get(line) == money.minor for line, money in left.items() if money.minor > 0)
    if whole:
        return [CreditLine(line, None) for line in left]
    # All of a line without its amount: so it gives way where a discount on other lines left less to give back.
    return [
        CreditLine(line, Money(minor, left[line].currency) if minor < left[line].minor else None)
        for line, minor in disputed.items()
        if line in left
    ]


def _must_lie_within(disputed: Mapping[int, int], given: Mapping[int, Money]) -> None:
    for line, amount in given.items():
        if not 0 < amount.minor <= disputed.get(line, 0):
            raise CreditBeyondDispute(line, amount)
    if not given:
        raise CreditBeyondDispute(None, None)
