"""The dunning run: writes to customers about invoices that are overdue. Running it again the same day sends nothing.

Customers are taken in small batches, each in a transaction of its own with its letters, so a run that was stopped goes
on where it was. Where a rule of law is missing the letter waits and a person is called.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.db import READ_ONLY, insert_if_absent
from billing.dunning.arrangements import settle_arrangements
from billing.dunning.dunning_accounts import accounts_to_look_at, load_overdue
from billing.dunning.late_interest import RULE as INTEREST_RULE
from billing.dunning.letters import Letter, queue_letter
from billing.dunning.plan import OverdueInvoice, PlannedStep, plan_account, policy_of
from billing.law import Law, RuleMissing, law_of
from billing.missing_law import raise_law_task
from billing.models.customer import Customer
from billing.models.dunning import DunningKind, DunningStep
from billing.models.seller import Seller

# Small: while a batch is written nobody else can write to SQLite.
BATCH_SIZE = 25
# Reading takes more at once, but SQLite takes no more than 32,766 values: their invoices are named in a query too.
LIST_SIZE = 500

Progress = Callable[[int, int], None]
Deliver = Callable[[Session, Letter, datetime], None]


@dataclass(slots=True)
class DunningReport:
    """What one run did: letters by kind, and the rules that were missing."""

    sent: Counter[DunningKind] = field(default_factory=Counter)
    missing: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some of one seller's customers, on the seller's own calendar day."""

    seller: Seller
    customer_ids: Sequence[UUID]
    today: date
    now: datetime


def by_outbox(session: Session, letter: Letter, now: datetime) -> None:
    queue_letter(session, letter, now=now)


def run_dunning(
    session_factory: sessionmaker[Session],
    *,
    now: datetime,
    progress: Progress | None = None,
    deliver: Deliver = by_outbox,
) -> DunningReport:
    """Send what is due today to everybody; `progress` gets (customers done, customers in all)."""
    report = DunningReport()
    batches = list(_batches(session_factory, now))
    in_all, done = sum(len(batch.customer_ids) for batch in batches), 0
    for batch in batches:
        with session_factory.begin() as session:
            _write_to(session, batch, report, deliver)
        done += len(batch.customer_ids)
        if progress is not None:
            progress(done, in_all)
    return report


def list_overdue(session: Session, *, now: datetime) -> Mapping[str, Sequence[OverdueInvoice]]:
    """Return the overdue invoices by customer number, with the letters about them; nothing is written."""
    accounts: dict[str, Sequence[OverdueInvoice]] = {}
    for seller in session.scalars(select(Seller).order_by(Seller.id)).all():
        today = now.astimezone(ZoneInfo(seller.time_zone)).date()
        for ids in _in_turn(accounts_to_look_at(session, seller, today), LIST_SIZE):
            numbers = session.execute(select(Customer.id, Customer.number).where(Customer.id.in_(ids)))
            overdue = load_overdue(session, ids, today)
            accounts |= {number: overdue[customer_id] for customer_id, number in numbers if customer_id in overdue}
    return dict(sorted(accounts.items()))


def _in_turn(ids: Sequence[UUID], size: int) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _batches(session_factory: sessionmaker[Session], now: datetime) -> Iterator[_Batch]:
    with session_factory() as session:
        session.connection(execution_options={READ_ONLY: True})
        for seller in session.scalars(select(Seller).order_by(Seller.id)).all():
            today = now.astimezone(ZoneInfo(seller.time_zone)).date()
            ids = accounts_to_look_at(session, seller, today)
            for some in _in_turn(ids, BATCH_SIZE):
                yield _Batch(seller, some, today, now)


def _write_to(session: Session, batch: _Batch, report: DunningReport, deliver: Deliver) -> None:
    law = law_of(batch.seller.country)
    customers = session.scalars(select(Customer).where(Customer.id.in_(batch.customer_ids))).all()
    by_id = {customer.id: customer for customer in customers}
    missing = _missing_interest(law, batch)
    settle_arrangements(session, batch.customer_ids, batch.today)
    for customer_id, invoices in load_overdue(session, batch.customer_ids, batch.today).items():
        plan = plan_account(invoices, law, policy_of(law.country), batch.today)
        missing.extend(plan.missing)
        for step in plan.steps:
            if _record(session, step, batch.today):
                deliver(session, Letter(step, by_id[customer_id], batch.seller), batch.now)
                report.sent[step.kind] += 1
    for one in missing:
        raise_law_task(session, one, now=batch.now)
        report.missing.add(f"{one.country}.{one.name}")


def _missing_interest(law: Law, batch: _Batch) -> list[RuleMissing]:
    """A seller who charges interest needs today's rate; until it is known its bills charge none for these days."""
    if not batch.seller.charges_late_interest or law.find(INTEREST_RULE, batch.today) is not None:
        return []
    return [RuleMissing(law.country, INTEREST_RULE, batch.today)]


def _record(session: Session, step: PlannedStep, today: date) -> bool:
    """Write the step down; False if a run at the same time was first, whose letter it then is."""
    values = {
        "invoice_id": step.invoice.id,
        "position": step.position,
        "kind": step.kind,
        "sent_on": today,
        "claimed_minor": step.invoice.claim.minor,
        "fee_minor": step.fee.minor,
        "law": step.law,
    }
    return insert_if_absent(session, DunningStep, values)
