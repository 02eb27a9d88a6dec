"""The billing run: issues the invoices of a period. Running it again issues only what is missing.

Customers are billed in small batches, each in a transaction of its own together with its invoice numbers, its entries
in the journal and its letters in the outbox, so numbers have no gaps whenever the run is stopped. An account whose data
allow no bill, or whose bill looks wrong, is parked: it waits for a person as a task, and everyone else is billed.
A period is billed from the first day after it, by each seller's calendar, for an issued invoice cannot grow.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from billing.db import READ_ONLY
from billing.errors import SaldoError
from billing.models.contract import Contract
from billing.models.customer import Customer
from billing.models.invoice import Invoice
from billing.models.seller import Seller
from billing.models.usage import UsageRecord
from billing.periods import BillingPeriod
from billing.run.drafting import draft_bills
from billing.run.issuing import Issue, invoice_id_of, issue_drafts, lock_series
from billing.run.last_charges import customers_with_last_charges
from billing.run.left_out_charges import raise_left_out
from billing.run.parked_bills import ParkedAccount, park_accounts, settle_parked
from billing.terms.contract_terms import has_something_to_bill

log = logging.getLogger(__name__)

BATCH_SIZE = 50
# What no account is to blame for: the run stops, and the next one goes on.
MACHINE_FAILURES = (OperationalError, InterfaceError, ProgrammingError, OSError, MemoryError)

Progress = Callable[[int, int], None]


class PeriodNotOver(SaldoError):
    """A month was to be billed of which days are still to come; `ends` is its last day."""

    status = 409

    def __init__(self, period: str, ends: date) -> None:
        super().__init__(f"{period} is not over before the end of {ends}")
        self.period = period
        self.ends = ends


@dataclass(frozen=True, slots=True)
class BillingRunReport:
    """What one run did."""

    period: BillingPeriod
    issued: int
    parked: tuple[ParkedAccount, ...]


@dataclass(frozen=True, slots=True)
class _Outcome:
    issued: int
    parked: Sequence[ParkedAccount]


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
        for outcome in _bill(session_factory, issue, customer_ids):
            issued += outcome.issued
            parked.extend(outcome.parked)
        done += len(customer_ids)
        if progress is not None:
            progress(done, in_all)
    return BillingRunReport(period, issued, tuple(parked))


def _bill(session_factory: sessionmaker[Session], issue: Issue, customer_ids: Sequence[UUID]) -> Iterator[_Outcome]:
    """Bill a batch; if one of its accounts breaks it, halve it until that one is alone and parked."""
    try:
        with session_factory.begin() as session:
            outcome = _bill_together(session, issue, customer_ids)
    except MACHINE_FAILURES:
        raise
    except Exception as error:
        log.warning("a batch of %d could not be billed: %s", len(customer_ids), type(error).__name__)
        if len(customer_ids) > 1:
            middle = len(customer_ids) // 2
            yield from _bill(session_factory, issue, customer_ids[:middle])
            yield from _bill(session_factory, issue, customer_ids[middle:])
            return
        outcome = _park_alone(session_factory, issue, customer_ids[0], error)
    yield outcome


def _bill_together(session: Session, issue: Issue, customer_ids: Sequence[UUID]) -> _Outcome:
    series = lock_series(session, issue)
    drafts = draft_bills(session, issue, customer_ids)
    issue_drafts(session, issue, series, drafts.bills)
    settle_parked(session, issue.period, [draft.customer.id for draft in drafts.bills], now=issue.now)
    park_accounts(session, issue.period, drafts.parked, now=issue.now)
    raise_left_out(session, issue.period, drafts.left_out, now=issue.now)
    return _Outcome(len(drafts.bills), drafts.parked)


def _park_alone(session_factory: sessionmaker[Session], issue: Issue, customer_id: UUID, error: Exception) -> _Outcome:
    with session_factory.begin() as session:
        parked = [ParkedAccount.by(session.get_one(Customer, customer_id), error)]
        park_accounts(session, issue.period, parked, now=issue.now)
    return _Outcome(0, parked)


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
            customer_ids = _unbilled_customers(session, issue)
            batches.extend((issue, chunk) for chunk in _chunks(customer_ids))
    return batches


def _unbilled_customers(session: Session, issue: Issue) -> Sequence[UUID]:
    seller, period = issue.seller, issue.period
    has_contract = (
        select(Contract.id).where(Contract.customer_id == Customer.id, has_something_to_bill(period)).exists()
    )
    with_contract = session.scalars(
        select(Customer.id)
        .where(Customer.seller_id == seller.id, has_contract | _has_late_usage(period))
        .order_by(Customer.number)
    ).all()
    billed = set(session.scalars(select(Invoice.id).filter_by(seller_id=seller.id, period_start=period.start)))
    last = customers_with_last_charges(session, seller, period, issue.issued_on)
    # Each once, for one may be found for both reasons.
    customer_ids = dict.fromkeys([*with_contract, *last])
    return [customer_id for customer_id in customer_ids if invoice_id_of(customer_id, period) not in billed]


def _has_late_usage(period: BillingPeriod) -> ColumnElement[bool]:
    """Find customers whose contract has ended, but whose use of it was reported after its last bill."""
    reported_late = (
        select(UsageRecord.id)
        .join(Contract, Contract.id == UsageRecord.contract_id)
        .join(Invoice, Invoice.customer_id == Contract.customer_id)
        .where(
            Contract.customer_id == Customer.id,
            Contract.ended_on <= period.start,
            UsageRecord.used_on >= Invoice.period_start,
            UsageRecord.used_on < Invoice.period_end,
            UsageRecord.received_at > Invoice.created_at,
        )
    )
    return reported_late.exists()


def _chunks(customer_ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(customer_ids), BATCH_SIZE):
        yield customer_ids[start : start + BATCH_SIZE]
