"""Drafts the bills of a batch of customers; an account that allows no bill, or a doubtful one, is set apart."""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from billing.errors import SaldoError
from billing.models.contract import Contract
from billing.models.customer import Customer
from billing.models.invoice import Invoice
from billing.money import Money, total
from billing.periods import BillingPeriod
from billing.rating.errors import NothingToBill, TotalNegative
from billing.rating.line import Line
from billing.rating.one_offs import LeftOut
from billing.run.issuing import Draft, Issue, invoice_id_of
from billing.run.parked_bills import ParkedAccount, is_released, load_released
from billing.run.safety import EARLIER_BILLS, BillDoubtful, Bounds, check_bill
from billing.terms.account_rating import load_rater

log = logging.getLogger(__name__)

BOUNDS = Bounds()


@dataclass(frozen=True, slots=True)
class Drafts:
    """The bills of a batch, the accounts that get none, and per customer the charges that no bill shows."""

    bills: Sequence[Draft]
    parked: Sequence[ParkedAccount]
    left_out: Mapping[UUID, Sequence[LeftOut]]


def draft_bills(session: Session, issue: Issue, customer_ids: Collection[UUID]) -> Drafts:
    """Draft what is not yet billed, in order of customer numbers; the caller holds the lock of the series."""
    customers = _unbilled(session, issue, customer_ids)
    drafter = _Drafter(session, issue, [customer.id for customer in customers])
    bills: list[Draft] = []
    parked: list[ParkedAccount] = []
    left_out: dict[UUID, Sequence[LeftOut]] = {}
    for customer in customers:
        try:
            draft = drafter.draft(customer)
            left_out[customer.id] = drafter.left_out(customer)
        except SQLAlchemyError:
            raise
        except SaldoError as error:
            parked.append(ParkedAccount.by(customer, error))
        except Exception as error:
            log.warning("a bill could not be drafted: %s", type(error).__name__)
            parked.append(ParkedAccount.by(customer, error))
        else:
            if draft is not None:
                bills.append(draft)
    return Drafts(bills, parked, left_out)


class _Drafter:
    """Loads what the bills of many customers depend on, then drafts one after the other without the database."""

    def __init__(self, session: Session, issue: Issue, customer_ids: Collection[UUID]) -> None:
        self._currency = issue.seller.currency
        self._lines_of = load_rater(
            session, issue.seller, customer_ids, issue.period, issue.issued_on, made_at=issue.now
        )
        self._earlier = _load_earlier_totals(session, customer_ids, issue.period)
        self._released = load_released(session, customer_ids, issue.period)
        self._running = _load_running(session, customer_ids, issue.period)

    def draft(self, customer: Customer) -> Draft | None:
        """Return the bill; None where a contract has ended and nothing of it is left to bill."""
        lines = self._lines_of(customer.id)
        is_running = customer.id in self._running
        if not lines and is_running:
            raise NothingToBill(customer.number)
        if not is_running and not any(line.amount for line in lines):
            return None
        amount = total((line.amount for line in lines), self._currency)
        if amount.minor < 0:
            raise TotalNegative(amount.minor)
        self._check(customer, lines, amount)
        return Draft(customer, lines, amount)

    def left_out(self, customer: Customer) -> Sequence[LeftOut]:
        """Return the charges of the period that are booked and not owed."""
        return self._lines_of.left_out(customer.id)

    def _check(self, customer: Customer, lines: tuple[Line, ...], amount: Money) -> None:
        try:
            check_bill(lines, amount, self._earlier.get(customer.id, []), BOUNDS)
        except BillDoubtful as doubtful:
            if not is_released(doubtful, self._released.get(customer.id)):
                raise


def _unbilled(session: Session, issue: Issue, customer_ids: Collection[UUID]) -> Sequence[Customer]:
    # Under the lock of the number series: a run at the same time may have billed some of them since.
    ids = {invoice_id_of(customer_id, issue.period): customer_id for customer_id in customer_ids}
    billed = {ids[invoice_id] for invoice_id in session.scalars(select(Invoice.id).where(Invoice.id.in_(ids)))}
    return session.scalars(
        select(Customer).where(Customer.id.in_(set(customer_ids) - billed)).order_by(Customer.number)
    ).all()


def _load_earlier_totals(
    session: Session, customer_ids: Collection[UUID], period: BillingPeriod
) -> Mapping[UUID, list[int]]:
    """Return the totals of each customer's newest bills before the period."""
    place = func.row_number().over(partition_by=Invoice.customer_id, order_by=Invoice.period_start.desc())
    bills = (
        select(Invoice.customer_id, Invoice.total_minor, place.label("place"))
        .where(Invoice.customer_id.in_(customer_ids), Invoice.period_start < period.start)
        .subquery()
    )
    totals: dict[UUID, list[int]] = defaultdict(list)
    newest = select(bills.c.customer_id, bills.c.total_minor).where(bills.c.place <= EARLIER_BILLS)
    for customer_id, total_minor in session.execute(newest):
        totals[customer_id].append(total_minor)
    return totals


def _load_running(session: Session, customer_ids: Collection[UUID], period: BillingPeriod) -> set[UUID]:
    in_period = runs_within(period)
    return set(session.scalars(select(Contract.customer_id).where(Contract.customer_id.in_(customer_ids), in_period)))


def runs_within(period: BillingPeriod) -> ColumnElement[bool]:
    """Tell which contracts run on a day of the period."""
    has_not_ended = Contract.ended_on.is_(None) | (Contract.ended_on > period.start)
    return (Contract.started_on < period.end) & has_not_ended
