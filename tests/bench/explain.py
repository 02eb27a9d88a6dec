"""Explains and audits an account with 24 invoices, and explains many pairs of bills; says how long it takes.

Run as `python -m tests.bench.explain [rounds]`, on SQLite in a temporary file. Each round opens a session of its own.
The account has two contracts with a plan change, new prices, discounts, usage at home and abroad, single charges and an
outage. The last lines are the full property: bills of random accounts compared with each other.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.orm import Session, sessionmaker

from billing import migrations
from billing.audits import audit_account
from billing.db import READ_ONLY, make_engine, make_session_factory
from billing.explain.bill_changes import BillChange, explain_change
from billing.explanations import explain_latest_change, load_bills
from billing.models.contract import Outage
from billing.models.invoice import Invoice
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing
from tests.billing.explain.pairs import explain_pairs
from tests.factories.billing import (
    make_contract,
    make_customer,
    make_discount,
    make_one_off,
    make_plan,
    make_price,
    make_usage,
)

ROUNDS = 100
INVOICES = 24
FIRST = BillingPeriod.month("2024-10")
TODAY = date(2026, 11, 2)
ACCOUNTS_OF_PAIRS = 10_000  # ten pairs each


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="saldo-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        migrations.upgrade(url)
        engine = make_engine(url)
        sessions = make_session_factory(engine)
        customer_id = write_account(sessions)
        statements: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
        for name, work in (
            ("all neighbours explained", lambda session: explain_all_changes(session, customer_id)),
            ("newest explained, next expected", lambda session: explain_latest_change(session, customer_id)),
            ("audited", lambda session: audit_account(session, customer_id, today=TODAY)),
            ("all explained and audited", lambda session: both(session, customer_id)),
        ):
            statements.clear()
            cpu = time.process_time()
            times = measure(sessions, work, rounds)
            cpu_ms = (time.process_time() - cpu) * 1000 / (rounds + 1)
            print(f"{name:<34}{summary(times)}   cpu {cpu_ms:>6.1f} ms{len(statements) // (rounds + 1):>5} statements")
        engine.dispose()
    report_pairs()


def both(session: Session, customer_id: UUID) -> None:
    explain_all_changes(session, customer_id)
    explain_latest_change(session, customer_id)
    audit_account(session, customer_id, today=TODAY)


def explain_all_changes(session: Session, customer_id: UUID) -> list[BillChange]:
    """Explain each invoice against the one before it, the oldest first."""
    invoices = session.scalars(select(Invoice).filter_by(customer_id=customer_id).order_by(Invoice.period_start)).all()
    return [explain_change(before, bill) for before, bill in pairwise([None, *load_bills(session, invoices)]) if bill]


def measure(sessions: sessionmaker[Session], work: Callable[[Session], object], rounds: int) -> list[float]:
    """Return milliseconds; the first round, in which statements are compiled, is not among them."""
    times = []
    for _ in range(rounds + 1):
        with sessions() as session:
            session.connection(execution_options={READ_ONLY: True})
            started = time.perf_counter()
            work(session)
            times.append((time.perf_counter() - started) * 1000)
    return times[1:]


def summary(times: list[float]) -> str:
    p95 = statistics.quantiles(times, n=20)[-1]
    return f"p50 {statistics.median(times):>7.1f} ms   p95 {p95:>7.1f} ms"


def report_pairs() -> None:
    started = time.perf_counter()
    tally = explain_pairs(range(ACCOUNTS_OF_PAIRS))
    seconds = time.perf_counter() - started
    print(f"{tally.pairs:,} pairs of bills explained in {seconds:.0f} s, rating included")
    print(f"{tally.cents_off} cents off; {tally.share_mostly_named:.2%} of pairs with at most 5 % unnamed")
    print(f"{tally.unnamed_cents} of {tally.cents} cents of difference unnamed (the cause `other`)")


def write_account(sessions: sessionmaker[Session]) -> UUID:
    """Write the account and bill its 24 months."""
    months = [FIRST]
    while len(months) < INVOICES:
        months.append(months[-1].next_month())
    with sessions.begin() as session:
        customer_id = _write_rows(session, months)
    for month in months:
        run_billing(sessions, month, now=datetime(month.end.year, month.end.month, 1, 9, tzinfo=UTC))
    return customer_id


def _write_rows(session: Session, months: list[BillingPeriod]) -> UUID:
    rng = Random(1)
    customer = make_customer(session)
    small = make_plan(session, base_minor=2999, unit="GB", included=10, unit_price_micro=900_000)
    large = make_plan(
        session, base_minor=3999, unit="GB", included=30, unit_price_micro=700_000, valid_to=months[15].start
    )
    make_price(
        session,
        large,
        base_minor=4199,
        unit="GB",
        included=30,
        unit_price_micro=700_000,
        valid_from=months[15].start,
    )
    mobile = make_contract(session, customer, small, changed_on=months[9].start.replace(day=12), changed_to=large)
    home = make_contract(session, customer, make_plan(session, base_minor=4490))
    make_discount(session, mobile, amount_minor=500, valid_to=months[12].start)
    make_discount(session, home, amount_minor=1000, valid_from=months[6].start.replace(day=15))
    session.add(
        Outage(contract_id=home.id, reference="OUT-1", reported_on=months[4].start, ended_on=months[4].last_day)
    )
    for month in months:
        for day in rng.sample(range(1, 29), 8):
            make_usage(session, mobile, used_on=month.start.replace(day=day), quantity=rng.randint(0, 6))
        if rng.random() < 0.3:
            make_one_off(session, home, charged_on=month.start.replace(day=9), reference=f"WO-{month.label}")
    return customer.id


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
