"""The billing run: issues the invoices of a period. Running it again issues only what is missing.

Customers are billed in small batches, each in a transaction of its own together with its invoice numbers, so numbers
have no gaps whenever the run is stopped. An account whose data allow no bill is parked: reported, never guessed.
A period is billed from the first day after it, by each seller's calendar, for an issued invoice cannot grow.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, sessionmaker

from billing.account_rating import load_rater
from billing.db import READ_ONLY
from billing.errors import SaldoError
from billing.issuing import Draft, Issue, issue_drafts, lock_series
from billing.models.contract import Contract
from billing.models.customer import Customer
from billing.models.invoice import Invoice
from billing.models.seller import Seller
from billing.money import total
from billing.periods import BillingPeriod
from billing.rating.errors import NothingToBill, RatingError, TotalNegative
from billing.rating.line import Line

BATCH_SIZE = 50

Progress = Callable[[int, int], None]


class PeriodNotOver(SaldoError):
    """A month was to be billed of which days are still to come; `ends` is its last day."""

    status = 409

    def __init__(self, period: str, ends: date) -> None:
        super().__init__(f"{period} is not over before the end of {ends}")
        self.period = period
        self.ends = ends


@dataclass(frozen=True, slots=True)
class ParkedAccount:
    """A customer who got no invoice because of `error`, the name of a RatingError."""

    customer_number: str
    error: str


@dataclass(frozen=True, slots=True)
class BillingRunReport:
    """What one run did."""

    period: BillingPeriod
    issued: int
    parked: tuple[ParkedAccount, ...]


def run_billing(
    session_factory: sessionmaker[Session],
    period: BillingPeriod,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> BillingRunReport:
    """Issue the invoices of the period that do not exist yet; `progress` gets (customers done, customers in all).

    Raise PeriodNotOver, with nothing issued, when for one of the sellers the period is not over.
    """
    issued = 0
    parked: list[ParkedAccount] = []
    batches = _batches(session_factory, period, now)
    in_all = sum(len(customer_ids) for _, customer_ids in batches)
    done = 0
    for issue, customer_ids in batches:
        with session_factory.begin() as session:
            series = lock_series(session, issue)
            drafts, batch_parked = _draft_batch(session, issue, customer_ids)
            issue_drafts(session, issue, series, drafts)
        issued += len(drafts)
        parked.extend(batch_parked)
        done += len(customer_ids)
        if progress is not None:
            progress(done, in_all)
    return BillingRunReport(period, issued, tuple(parked))


def _batches(
    session_factory: sessionmaker[Session], period: BillingPeriod, now: datetime
) -> list[tuple[Issue, Sequence[UUID]]]:
    batches: list[tuple[Issue, Sequence[UUID]]] = []
    with session_factory() as session:
        session.connection(execution_options={READ_ONLY: True})
        for seller in session.scalars(select(Seller).order_by(Seller.id)).all():
            issue = Issue(seller, period, now.astimezone(ZoneInfo(seller.time_zone)).date(), now)
            if issue.issued_on < period.end:
                raise PeriodNotOver(period.label, period.last_day)
            customer_ids = _unbilled_customers(session, seller, period)
            batches.extend((issue, chunk) for chunk in _chunks(customer_ids))
    return batches


def _unbilled_customers(session: Session, seller: Seller, period: BillingPeriod) -> Sequence[UUID]:
    has_contract = select(Contract.id).where(
        Contract.customer_id == Customer.id,
        Contract.started_on < period.end,
        or_(Contract.ended_on.is_(None), Contract.ended_on > period.start),
    )
    has_invoice = select(Invoice.id).where(Invoice.customer_id == Customer.id, Invoice.period_start == period.start)
    return session.scalars(
        select(Customer.id)
        .where(Customer.seller_id == seller.id, has_contract.exists(), ~has_invoice.exists())
        .order_by(Customer.number)
    ).all()


def _chunks(customer_ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(customer_ids), BATCH_SIZE):
        yield customer_ids[start : start + BATCH_SIZE]


def _draft_batch(
    session: Session, issue: Issue, customer_ids: Sequence[UUID]
) -> tuple[list[Draft], list[ParkedAccount]]:
    # Under the lock of the number series: a run at the same time may have billed some of them since.
    billed = select(Invoice.customer_id).where(
        Invoice.customer_id.in_(customer_ids), Invoice.period_start == issue.period.start
    )
    customers = session.scalars(
        select(Customer).where(Customer.id.in_(customer_ids), Customer.id.not_in(billed)).order_by(Customer.number)
    ).all()
    ids = [customer.id for customer in customers]
    lines_of = load_rater(session, issue.seller, ids, issue.period, issue.issued_on)
    drafts: list[Draft] = []
    parked: list[ParkedAccount] = []
    for customer in customers:
        try:
            drafts.append(_draft(customer, lines_of(customer.id), issue.seller.currency))
        except RatingError as error:
            parked.append(ParkedAccount(customer.number, type(error).__name__))
    return drafts, parked


def _draft(customer: Customer, lines: tuple[Line, ...], currency: str) -> Draft:
    if not lines:
        raise NothingToBill(customer.number)
    amount = total((line.amount for line in lines), currency)
    if amount.minor < 0:
        raise TotalNegative(amount.minor)
    return Draft(customer, lines, amount)
