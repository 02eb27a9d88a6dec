"""A database from before the journal: its invoices and payments are booked, its payments put to their invoices."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session

from billing.db import make_engine
from billing.invoices import list_open_invoices
from billing.ledger.allocations import use_credit
from billing.ledger.journal import account_balances
from billing.migrations import make_config
from billing.models import Allocation, JournalTransaction, LedgerAccount
from tests.billing.balances import balance_of
from tests.billing.money.bills import NOW
from tests.factories.money import eur

BEFORE_THE_JOURNAL = "0003"
CUSTOMER = uuid4()
TWICE, IN_PARTS, OPEN = uuid4(), uuid4(), uuid4()


@pytest.fixture
def old_engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    """Empty a database down to its migrations' first steps."""
    if database_url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'old.db'}"
    else:
        url = database_url
        engine = make_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        engine.dispose()
    command.upgrade(make_config(url), BEFORE_THE_JOURNAL)
    engine = make_engine(url)
    yield engine
    engine.dispose()
    command.upgrade(make_config(url), "head")


def write(connection: Connection, table: str, **values: object) -> None:
    plain = {
        name: value.hex if isinstance(value, UUID) and connection.dialect.name == "sqlite" else value
        for name, value in values.items()
    }
    columns, places = ", ".join(plain), ", ".join(f":{name}" for name in plain)
    connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({places})"), plain)


def write_invoice(connection: Connection, invoice_id: UUID, sequence: int, month: int, total: int, tax: int) -> None:
    write(
        connection,
        "invoice",
        id=invoice_id,
        seller_id=1,
        customer_id=CUSTOMER,
        number=f"DE-2026-{sequence:06}",
        year=2026,
        sequence=sequence,
        period_start=f"2026-0{month - 1}-01",
        period_end=f"2026-0{month}-01",
        issued_on=f"2026-0{month}-01",
        due_on=f"2026-0{month}-15",
        total_minor=total,
        currency="EUR",
        created_at=f"2026-0{month}-01 06:00:00.000000",
    )
    taxed = {"gross_minor": total, "net_minor": total - tax, "tax_minor": tax, "currency": "EUR"}
    write(connection, "invoice_tax", invoice_id=invoice_id, tax_rate=1900, **taxed)


def write_payment(connection: Connection, reference: str, invoice_id: UUID, minor: int, on: str) -> None:
    money = {"amount_minor": minor, "currency": "EUR", "received_on": on}
    write(connection, "payment", reference=reference, customer_id=CUSTOMER, invoice_id=invoice_id, **money)


@pytest.fixture
def upgraded(old_engine: Engine) -> Engine:
    """Three bills of 40.00: one paid with 40.00 twice, one with 15.00 and 30.00, one not at all."""
    with old_engine.begin() as connection:
        seller = {"name": "Nordlicht", "legal_name": "Nordlicht DE", "currency": "EUR", "time_zone": "Europe/Berlin"}
        write(connection, "seller", id=1, country="DE", payment_term_days=14, **seller)
        person = {"name": "Lena", "phone": "+491713920099", "language": "de", "country": "DE"}
        created = "2026-01-01 00:00:00.000000"
        write(connection, "customer", id=CUSTOMER, seller_id=1, number="20000001", created_at=created, **person)
        for sequence, invoice_id in enumerate((TWICE, IN_PARTS, OPEN), 1):
            # 19/119 of 40.00 is 6.387.
            write_invoice(connection, invoice_id, sequence, sequence + 6, 4000, 639)
        write_payment(connection, "b-2", TWICE, 4000, "2026-07-20")
        write_payment(connection, "b-1", TWICE, 4000, "2026-07-10")
        write_payment(connection, "b-3", IN_PARTS, 1500, "2026-07-30")
        write_payment(connection, "b-4", IN_PARTS, 3000, "2026-08-20")
    old_engine.dispose()
    command.upgrade(make_config(old_engine.url.render_as_string(hide_password=False)), "head")
    return old_engine


def test_earlier_payments_are_put_to_their_invoices_in_the_order_of_receipt(upgraded: Engine) -> None:
    with Session(upgraded) as session:
        found = session.execute(
            select(Allocation.invoice_id, Allocation.amount_minor, Allocation.allocated_on).order_by(Allocation.id)
        )

        # Paid before the invoice was issued counts from its issue; of 30.00 only 25.00 were still open.
        assert [tuple(row) for row in found] == [
            (TWICE, 4000, date(2026, 7, 10)),
            (IN_PARTS, 1500, date(2026, 8, 1)),
            (IN_PARTS, 2500, date(2026, 8, 20)),
        ]


def test_earlier_invoices_and_payments_are_booked(upgraded: Engine) -> None:
    with Session(upgraded) as session:
        balances = account_balances(session, CUSTOMER)
        kinds = session.scalars(select(JournalTransaction.kind).order_by(JournalTransaction.id)).all()

        # Paid: 40 + 40 + 15 + 30 = 125; put to invoices: 40 + 15 + 25 = 80, so 45 are credit and 40 open.
        assert balances == {
            LedgerAccount.RECEIVABLE: eur(4000),
            LedgerAccount.CUSTOMER_CREDIT: eur(-4500),
            LedgerAccount.BANK: eur(12500),
            LedgerAccount.REVENUE: eur(-3 * 3361),
            LedgerAccount.TAX_PAYABLE: eur(-3 * 639),
            LedgerAccount.REFUNDS_PAYABLE: eur(0),
        }
        assert kinds == ["invoice"] * 3 + ["payment"] * 4 + ["allocation"] * 3


def test_credit_from_before_pays_what_is_open(upgraded: Engine) -> None:
    with Session(upgraded) as session:
        use_credit(session, [CUSTOMER], now=NOW)

        assert list_open_invoices(session, CUSTOMER) == []
        assert balance_of(session, CUSTOMER) == eur(-500)
