"""Agreements to pay an invoice later or in parts: who may have one, and whether it is kept.

Kept or broken follows from what was paid, and is left open while anything of the invoice is disputed. While one is
active its invoice is not reminded of.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.disputes.disputes import disputed_minor
from billing.dunning.claims import open_minor_on, open_on
from billing.dunning.instalments import Part, first_missed, monthly, standing
from billing.errors import NotFound, SaldoError
from billing.law import law_of
from billing.models.dunning import Arrangement, ArrangementKind, ArrangementStatus, Instalment
from billing.models.invoice import Invoice
from billing.models.seller import Seller
from billing.money import Money

FEW_PARTS, MANY_PARTS = 2, 12
FIRST_PART_AFTER = timedelta(days=14)
BROKEN_IS_REMEMBERED = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class ArrangementPolicy:
    """How far a company goes without asking a person."""

    extension_days: int = 30
    latest_days_after_due: int = 60
    smallest_part_minor: int = 1000


POLICY = ArrangementPolicy()


class Refusal(StrEnum):
    """Why an arrangement is not possible; each is a fact, worded elsewhere."""

    NOT_OPEN = "not_open"
    DISPUTED = "disputed"
    ALREADY_ARRANGED = "already_arranged"
    BROKEN_BEFORE = "broken_before"
    TOO_LATE = "too_late"
    NOT_LATER = "not_later"
    PARTS = "parts"
    PART_TOO_SMALL = "part_too_small"
    FEE_ABOVE_LAW = "fee_above_law"


class ArrangementRefused(SaldoError):
    """An arrangement was asked for that the rules do not allow; a person may decide otherwise."""

    status = 409

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


class ArrangementNotFound(NotFound):
    """Somebody named an invoice or an arrangement that this customer does not have."""

    def __init__(self, what: object) -> None:
        super().__init__(f"nothing to arrange under {what}")
        self.what = what


@dataclass(frozen=True, slots=True)
class ExtensionOffer:
    """What a customer may have: `open_amount` until `latest` at the latest, for nothing."""

    invoice_number: str
    open_amount: Money
    due_on: date
    latest: date


@dataclass(frozen=True, slots=True)
class Agreed:
    """An arrangement that holds: `parts` as agreed, of which `left` is still open."""

    invoice_number: str
    kind: ArrangementKind
    parts: Sequence[Part]
    left: Money

    @property
    def next_part(self) -> Part:
        """Return what is to be paid next: the rest of the part that what was paid does not cover."""
        paid = sum(part.amount.minor for part in self.parts) - self.left.minor
        for part in self.parts:
            if paid < part.amount.minor:
                return Part(part.due_on, part.amount - Money(max(0, paid), part.amount.currency))
            paid -= part.amount.minor
        return self.parts[-1]


@dataclass(frozen=True, slots=True)
class _Case:
    """An invoice about which somebody wants to agree."""

    invoice: Invoice
    seller: Seller
    today: date
    claim: Money


def offer_extension(
    session: Session, customer_id: UUID, invoice_id: UUID, *, now: datetime, policy: ArrangementPolicy = POLICY
) -> ExtensionOffer:
    """Return how long the customer may wait; raise ArrangementRefused."""
    case = _open_case(session, customer_id, invoice_id, now)
    latest = _latest(case, policy)
    if latest <= max(case.today, case.invoice.due_on):
        raise ArrangementRefused(Refusal.TOO_LATE)
    return ExtensionOffer(case.invoice.number, case.claim, case.invoice.due_on, latest)


def agree_extension(
    session: Session,
    customer_id: UUID,
    invoice_id: UUID,
    until: date,
    *,
    now: datetime,
    fee: Money | None = None,
    policy: ArrangementPolicy = POLICY,
) -> Arrangement:
    """Put the whole open amount off to a day; once per invoice."""
    case = _open_case(session, customer_id, invoice_id, now)
    if until <= max(case.today, case.invoice.due_on):
        raise ArrangementRefused(Refusal.NOT_LATER)
    if until > _latest(case, policy):
        raise ArrangementRefused(Refusal.TOO_LATE)
    days = (until - max(case.today, case.invoice.due_on)).days
    _check_fee(case, "extension_fee", fee, days)
    return _agree(session, case, ArrangementKind.EXTENSION, [Part(until, case.claim)], fee, now)


def agree_instalments(
    session: Session,
    customer_id: UUID,
    invoice_id: UUID,
    parts: int,
    *,
    now: datetime,
    fee: Money | None = None,
    policy: ArrangementPolicy = POLICY,
) -> Arrangement:
    """Divide the open amount into monthly parts, the first due in two weeks."""
    case = _open_case(session, customer_id, invoice_id, now)
    agreed = _instalments(case, parts, policy)
    _check_fee(case, "instalment_plan_fee", fee, 0)
    return _agree(session, case, ArrangementKind.INSTALMENTS, agreed, fee, now)


def offer_instalments(
    session: Session, customer_id: UUID, invoice_id: UUID, *, now: datetime, policy: ArrangementPolicy = POLICY
) -> Mapping[int, Sequence[Part]]:
    """Return what could be agreed, by the number of parts; none where the parts would be too small.

    Raise ArrangementRefused where nothing can be agreed about the invoice.
    """
    case = _open_case(session, customer_id, invoice_id, now)
    most = min(MANY_PARTS, case.claim.minor // policy.smallest_part_minor)
    return {parts: _instalments(case, parts, policy) for parts in range(FEW_PARTS, most + 1)}


def list_agreed(session: Session, customer_id: UUID, today: date) -> Sequence[Agreed]:
    """Return what holds today, the oldest agreement first; nothing is written."""
    rows = session.execute(
        select(Arrangement, Invoice.number, Invoice.currency)
        .join(Invoice, Invoice.id == Arrangement.invoice_id)
        .where(Arrangement.customer_id == customer_id, Arrangement.status == ArrangementStatus.ACTIVE)
        .order_by(Arrangement.agreed_at, Invoice.number)
    ).all()
    left = open_on(session, [row.Arrangement.invoice_id for row in rows], today)
    stands = {row.id: it.status for row, it in _standings(session, [row.Arrangement for row in rows], left, today)}
    parts = _load_parts(session, list(stands))
    return [
        Agreed(row.number, row.Arrangement.kind, parts[row.Arrangement.id], Money(still, row.currency))
        for row in rows
        if stands[row.Arrangement.id] is ArrangementStatus.ACTIVE and (still := left[row.Arrangement.invoice_id])
    ]


def settle_arrangements(session: Session, customer_ids: Collection[UUID], today: date) -> None:
    """Mark which active arrangements have been kept or broken by the beginning of today."""
    active = session.scalars(
        select(Arrangement).where(
            Arrangement.customer_id.in_(customer_ids), Arrangement.status == ArrangementStatus.ACTIVE
        )
    ).all()
    left = open_on(session, [arrangement.invoice_id for arrangement in active], today)
    for arrangement, stands in _standings(session, active, left, today):
        arrangement.status = stands.status
    session.flush()


@dataclass(frozen=True, slots=True)
class Holds:
    """What arrangements mean for dunning: with an active one an invoice waits, with a broken one it was due later."""

    active: frozenset[UUID]
    payable_on: Mapping[UUID, date]


def load_holds(session: Session, left: Mapping[UUID, int], today: date) -> Holds:
    """Return what holds today for these invoices, of each of which so much is open; nothing is written."""
    rows = session.scalars(
        select(Arrangement)
        .where(
            Arrangement.invoice_id.in_(left),
            Arrangement.status.in_((ArrangementStatus.ACTIVE, ArrangementStatus.BROKEN)),
        )
        .order_by(Arrangement.agreed_at)
    ).all()
    active: set[UUID] = set()
    payable_on: dict[UUID, date] = {}
    for row, stands in _standings(session, rows, left, today):
        if stands.status is ArrangementStatus.ACTIVE:
            active.add(row.invoice_id)
        elif stands.status is ArrangementStatus.BROKEN:
            payable_on[row.invoice_id] = stands.payable_on
    return Holds(frozenset(active), payable_on)


@dataclass(frozen=True, slots=True)
class _Standing:
    """How an arrangement stands, and from which day its invoice was payable if it is broken."""

    status: ArrangementStatus
    payable_on: date


def _standings(
    session: Session, rows: Sequence[Arrangement], left: Mapping[UUID, int], today: date
) -> Iterator[tuple[Arrangement, _Standing]]:
    """Tell how each stands; an active one of a disputed invoice stays active until that is decided."""
    parts = _load_parts(session, [row.id for row in rows])
    disputed = disputed_minor(session, {row.invoice_id for row in rows})
    for row in rows:
        agreed = parts[row.id]
        still = Money(left[row.invoice_id], agreed[0].amount.currency)
        status = row.status
        if status is ArrangementStatus.ACTIVE and row.invoice_id not in disputed:
            status = standing(agreed, still, today)
        yield row, _Standing(status, first_missed(agreed, still) or agreed[-1].due_on)


def _open_case(session: Session, customer_id: UUID, invoice_id: UUID, now: datetime) -> _Case:
    """Return the invoice under lock if anything can be agreed about it at all."""
    found = session.execute(
        select(Invoice, Seller)
        .join(Seller, Seller.id == Invoice.seller_id)
        .where(Invoice.id == invoice_id, Invoice.customer_id == customer_id)
        # Two agreements on one invoice at the same moment must see each other.
        .with_for_update(of=Invoice, key_share=True)
    ).one_or_none()
    if found is None:
        raise ArrangementNotFound(invoice_id)
    invoice, seller = found
    today = now.astimezone(ZoneInfo(seller.time_zone)).date()
    settle_arrangements(session, [customer_id], today)
    open_minor = int(session.execute(select(open_minor_on(today)).where(Invoice.id == invoice_id)).scalar_one())
    if open_minor <= 0:
        raise ArrangementRefused(Refusal.NOT_OPEN)
    if disputed_minor(session, [invoice_id]):
        raise ArrangementRefused(Refusal.DISPUTED)
    _must_be_first(session, customer_id, invoice_id, now)
    return _Case(invoice, seller, today, Money(open_minor, invoice.currency))


def _must_be_first(session: Session, customer_id: UUID, invoice_id: UUID, now: datetime) -> None:
    earlier = session.scalars(
        select(Arrangement).where(
            Arrangement.customer_id == customer_id, Arrangement.status != ArrangementStatus.CANCELLED
        )
    ).all()
    if any(one.invoice_id == invoice_id and one.status is not ArrangementStatus.BROKEN for one in earlier):
        raise ArrangementRefused(Refusal.ALREADY_ARRANGED)
    since = now - BROKEN_IS_REMEMBERED
    if any(one.status is ArrangementStatus.BROKEN and one.agreed_at >= since for one in earlier):
        raise ArrangementRefused(Refusal.BROKEN_BEFORE)


def _latest(case: _Case, policy: ArrangementPolicy) -> date:
    counted_from = max(case.today, case.invoice.due_on)
    return min(
        counted_from + timedelta(days=policy.extension_days),
        case.invoice.due_on + timedelta(days=policy.latest_days_after_due),
    )


def _instalments(case: _Case, parts: int, policy: ArrangementPolicy) -> Sequence[Part]:
    if not FEW_PARTS <= parts <= MANY_PARTS:
        raise ArrangementRefused(Refusal.PARTS)
    if case.claim.minor // parts < policy.smallest_part_minor:
        raise ArrangementRefused(Refusal.PART_TOO_SMALL)
    return monthly(case.claim, parts, max(case.today + FIRST_PART_AFTER, case.invoice.due_on))


def _check_fee(case: _Case, rule_name: str, fee: Money | None, days: int) -> None:
    """Refuse a fee above the law; one about which the law is silent raises RuleMissing."""
    if not fee:
        return
    rule = law_of(case.seller.country).get(rule_name, case.today)
    if days < rule.number("min_days") or fee.minor > rule.number("max_fee_minor"):
        raise ArrangementRefused(Refusal.FEE_ABOVE_LAW)


def _agree(
    session: Session, case: _Case, kind: ArrangementKind, parts: Sequence[Part], fee: Money | None, now: datetime
) -> Arrangement:
    arrangement = Arrangement(
        id=uuid4(),
        customer_id=case.invoice.customer_id,
        invoice_id=case.invoice.id,
        kind=kind,
        status=ArrangementStatus.ACTIVE,
        fee_minor=0 if fee is None else fee.minor,
        agreed_at=now,
    )
    session.add(arrangement)
    session.flush()
    session.add_all(
        Instalment(arrangement_id=arrangement.id, position=position, due_on=part.due_on, amount_minor=part.amount.minor)
        for position, part in enumerate(parts, 1)
    )
    session.flush()
    return arrangement


def _load_parts(session: Session, arrangement_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Part]]:
    rows = session.execute(
        select(Instalment, Invoice.currency)
        .join(Arrangement, Arrangement.id == Instalment.arrangement_id)
        .join(Invoice, Invoice.id == Arrangement.invoice_id)
        .where(Instalment.arrangement_id.in_(arrangement_ids))
        .order_by(Instalment.position)
    )
    parts: dict[UUID, list[Part]] = defaultdict(list)
    for row, currency in rows:
        parts[row.arrangement_id].append(Part(row.due_on, Money(row.amount_minor, currency)))
    return dict(parts)
