"""Bills 10,000 accounts with five lines each and says how long it took and how much memory: `make bench-billing`.

Run as `python -m tests.bench.billing_run [accounts]`, on SQLite in a temporary file, with journal and delivery.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid5

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session, sessionmaker

from billing import migrations
from billing.db import Base, make_engine, make_session_factory
from billing.models import (
    Contract,
    ContractPhase,
    Customer,
    Discount,
    Invoice,
    JournalEntry,
    LineItem,
    OneOffCharge,
    OneOffKind,
    OutboxMessage,
    Plan,
    PriceVersion,
    Seller,
    UsageRecord,
)
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing

ACCOUNTS = 10_000
PLANS = 12
LONG_AGO = date(2024, 1, 1)
OCTOBER = BillingPeriod.month("2026-10")
AFTER_OCTOBER = datetime(2026, 11, 1, 6, tzinfo=UTC)
SPACE = UUID(int=1)

Row = dict[str, object]


def main(accounts: int) -> None:
    with tempfile.TemporaryDirectory(prefix="saldo-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        migrations.upgrade(url)
        engine = make_engine(url)
        sessions = make_session_factory(engine)
        write_world(sessions, accounts)
        before = peak_megabytes()
        started, cpu = time.perf_counter(), time.process_time()
        report = run_billing(sessions, OCTOBER, now=AFTER_OCTOBER)
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
        print(f"{'accounts billed':<28}{report.issued:>12,}")
        print(f"{'accounts parked':<28}{len(report.parked):>12,}")
        for name, model in (
            ("invoices", Invoice),
            ("line items", LineItem),
            ("entries in the journal", JournalEntry),
            ("messages in the outbox", OutboxMessage),
        ):
            print(f"{name:<28}{count(sessions, model):>12,}")
        print(f"{'seconds':<28}{seconds:>12.1f}")
        print(f"{'seconds of one core':<28}{cpu_seconds:>12.1f}")
        print(f"{'peak memory in MB':<28}{peak_megabytes():>12,.0f}")
        print(f"{'of it before the run':<28}{before:>12,.0f}")
        engine.dispose()


def peak_megabytes() -> float:
    """Return the most memory that this process has held; Linux counts it in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def count(sessions: sessionmaker[Session], model: type[Base]) -> int:
    with sessions() as session:
        return session.scalars(select(func.count()).select_from(model)).one()


def write_world(sessions: sessionmaker[Session], accounts: int) -> None:
    """Write accounts with a plan, usage beyond it, a discount, a single charge and one of a third party each."""
    with sessions.begin() as session:
        session.execute(insert(Seller), [SELLER])
        session.execute(insert(Plan), [plan_row(number) for number in range(1, PLANS + 1)])
        session.execute(insert(PriceVersion), [price_row(number) for number in range(1, PLANS + 1)])
        session.execute(insert(Customer), list(customer_rows(accounts)))
        session.execute(insert(Contract), list(contract_rows(accounts)))
        session.execute(insert(ContractPhase), list(phase_rows(accounts)))
        session.execute(insert(Discount), list(discount_rows(accounts)))
        session.execute(insert(UsageRecord), list(usage_rows(accounts)))
        session.execute(insert(OneOffCharge), list(charge_rows(accounts)))


SELLER: Row = {
    "id": 1,
    "country": "DE",
    "name": "Nordlicht Netz",
    "legal_name": "Nordlicht Netz GmbH",
    "currency": "EUR",
    "time_zone": "Europe/Berlin",
    "payment_term_days": 14,
    "iban": "DE89370400440532013000",
}


def names(text: str) -> Row:
    return {"en": text, "de": text, "fi": text}


def id_of(kind: str, number: int) -> UUID:
    return uuid5(SPACE, f"{kind}:{number}")


def plan_row(number: int) -> Row:
    return {"id": number, "code": f"plan_{number}", "name": names(f"Plan {number}")}


def price_row(number: int) -> Row:
    return {
        "id": id_of("price", number),
        "plan_id": number,
        "country": "DE",
        "valid_from": LONG_AGO,
        "base_minor": 1000 + 100 * number,
        "currency": "EUR",
        "unit": "GB",
        "included_quantity": 10,
        "unit_price_micro": 2_000_000,
    }


def customer_rows(accounts: int) -> Iterator[Row]:
    for number in range(accounts):
        yield {
            "id": id_of("customer", number),
            "seller_id": 1,
            "number": f"{20_000_000 + number}",
            "name": f"Customer {number}",
            "phone": f"+49171{number:07}",
            "language": ("de", "en", "fi")[number % 3],
            "country": "DE",
            "created_at": datetime(2024, 1, 1, tzinfo=UTC),
            "email": f"customer-{number}@example.com",
        }


def contract_rows(accounts: int) -> Iterator[Row]:
    for number in range(accounts):
        yield {"id": id_of("contract", number), "customer_id": id_of("customer", number), "started_on": LONG_AGO}


def phase_rows(accounts: int) -> Iterator[Row]:
    for number in range(accounts):
        yield {"contract_id": id_of("contract", number), "plan_id": 1 + number % PLANS, "valid_from": LONG_AGO}


def discount_rows(accounts: int) -> Iterator[Row]:
    for number in range(accounts):
        yield {
            "id": id_of("discount", number),
            "contract_id": id_of("contract", number),
            "name": names("Loyalty discount"),
            "amount_minor": 300,
            "valid_from": LONG_AGO,
        }


def usage_rows(accounts: int) -> Iterator[Row]:
    """Report use on five days of the month: 3 GB each are 15, five more than are included."""
    for number in range(accounts):
        for day in (3, 9, 15, 21, 27):
            yield {
                "event_id": f"event-{number}-{day}",
                "contract_id": id_of("contract", number),
                "used_on": date(2026, 10, day),
                "quantity": 3,
                "unit": "GB",
                "received_at": datetime(2026, 10, day, 23, tzinfo=UTC),
            }


def charge_rows(accounts: int) -> Iterator[Row]:
    for number in range(accounts):
        for kind in (OneOffKind.SERVICE, OneOffKind.THIRD_PARTY):
            yield {
                "contract_id": id_of("contract", number),
                "name": names("Technician visit" if kind is OneOffKind.SERVICE else "Ring tone"),
                "reference": f"{kind}-{number}",
                "charged_on": date(2026, 10, 12),
                "amount_minor": 990,
                "kind": kind,
                "proof_reference": f"order-{number}",
            }


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ACCOUNTS)
