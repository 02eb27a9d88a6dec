"""What is booked, credited or put to an invoice stays, takes no more than there is, and sums to zero."""

import ast
import re
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import billing
from billing.issued import IssuedRowChanged
from billing.ledger.credit_notes import CreditLine, issue_credit_note
from billing.ledger.journal import Entry, Unbalanced, account_balances, post
from billing.models import (
    Allocation,
    CreditNote,
    CreditNoteLine,
    CreditNoteTax,
    CreditReason,
    Customer,
    JournalEntry,
    JournalTransaction,
    LedgerAccount,
    TransactionKind,
)
from billing.money import Money
from billing.payments import record_payment
from tests.billing.money.bills import NOW, TODAY, issue, lines_of
from tests.databases import engine_of, of_kind
from tests.factories.billing import make_customer
from tests.factories.money import eur

TABLES = (
    "credit_note",
    "credit_note_line",
    "credit_note_tax",
    "journal_transaction",
    "journal_entry",
    "allocation",
)
MODELS = (CreditNote, CreditNoteLine, CreditNoteTax, JournalTransaction, JournalEntry, Allocation)


@pytest.fixture
def moved(session: Session, customer: Customer) -> Customer:
    """A customer with an invoice of 40.00, of which 30.00 are paid and 5.00 credited; someone else has credit."""
    invoice_id = issue(session, customer, [(4000, 1900)])
    record_payment(session, customer_id=customer.id, reference="b", amount=eur(3000), received_on=TODAY, now=NOW)
    line = CreditLine(lines_of(session, invoice_id)[0], eur(500))
    issue_credit_note(session, invoice_id, [line], CreditReason.CORRECTION, now=NOW)
    someone = make_customer(session).id
    record_payment(session, customer_id=someone, reference="c", amount=eur(9000), received_on=TODAY, now=NOW)
    session.commit()
    return customer


@pytest.mark.usefixtures("moved")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["DELETE FROM {table}", "UPDATE {table} SET {column} = {column}"])
def test_a_direct_change_is_refused(session: Session, table: str, statement: str) -> None:
    column = "kind" if table == "journal_transaction" else "amount_minor"
    column = {"credit_note": "total_minor", "credit_note_tax": "tax_minor"}.get(table, column)
    assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() > 0

    with pytest.raises(DBAPIError, match="issued rows are never changed"):
        session.execute(text(statement.format(table=table, column=column)))


@pytest.mark.usefixtures("moved")
@pytest.mark.parametrize("model", MODELS)
def test_a_deleted_object_is_refused(session: Session, model: type[CreditNote]) -> None:
    row = session.query(model).first()
    assert row is not None
    session.delete(row)

    with pytest.raises(IssuedRowChanged):
        session.flush()


@pytest.mark.usefixtures("moved")
def test_a_changed_object_is_refused(session: Session) -> None:
    session.query(CreditNote).one().total_minor = 400

    with pytest.raises(IssuedRowChanged):
        session.flush()


@pytest.mark.usefixtures("moved")
@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        # 40.00 - 30.00 paid - 5.00 credited leaves 5.00 open; the payment of 30.00 is used up.
        (
            "INSERT INTO allocation (payment_id, invoice_id, amount_minor, allocated_on) "
            "SELECT (SELECT max(id) FROM payment), invoice_id, 501, allocated_on FROM allocation",
            "allocation_fits_invoice",
        ),
        (
            "INSERT INTO allocation (payment_id, invoice_id, amount_minor, allocated_on) "
            "SELECT payment_id, invoice_id, 1, allocated_on FROM allocation",
            "allocation_fits_payment",
        ),
        (
            "INSERT INTO allocation (credit_note_id, invoice_id, amount_minor, allocated_on) "
            "SELECT id, invoice_id, 1, issued_on FROM credit_note",
            "allocation_fits_credit_note",
        ),
        (
            "INSERT INTO credit_note (id, seller_id, customer_id, invoice_id, number, year, sequence, reason, "
            "issued_on, total_minor, to_credit_minor, currency, created_at) SELECT :id, seller_id, customer_id, "
            "invoice_id, 'X', year, 99, reason, issued_on, 3501, 3501, currency, created_at FROM credit_note",
            "credit_note_fits_invoice",
        ),
        (
            "INSERT INTO credit_note (id, seller_id, customer_id, invoice_id, number, year, sequence, reason, "
            "issued_on, total_minor, to_credit_minor, currency, created_at) SELECT :id, seller_id, customer_id, "
            "invoice_id, 'X', year, 99, reason, issued_on, 501, 0, currency, created_at FROM credit_note",
            "credit_note_fits_invoice",
        ),
        (
            "INSERT INTO credit_note_line (credit_note_id, position, line_item_id, amount_minor, tax_rate) "
            "SELECT credit_note_id, 2, line_item_id, 1, tax_rate FROM credit_note_line",
            "credit_note_line_fits_item",
        ),
        (
            "INSERT INTO credit_note_tax (credit_note_id, tax_rate, gross_minor, net_minor, tax_minor) "
            "SELECT credit_note_id, 700, 100, 93, 7 FROM credit_note_tax",
            "credit_note_tax_fits_lines",
        ),
    ],
)
def test_the_database_itself_refuses_more_than_there_is(session: Session, statement: str, rule: str) -> None:
    identity = uuid4()
    on_sqlite = session.get_bind().dialect.name == "sqlite"

    with pytest.raises(DBAPIError, match=rule):
        session.execute(text(statement), {"id": identity.hex if on_sqlite else identity})


def test_a_transaction_that_does_not_sum_to_zero_is_refused(session: Session, customer: Customer) -> None:
    entries = [Entry(LedgerAccount.BANK, eur(100)), Entry(LedgerAccount.CUSTOMER_CREDIT, eur(-99))]

    with pytest.raises(Unbalanced) as refused:
        post(session, customer.id, TransactionKind.PAYMENT, "b", TODAY, entries, NOW)

    assert (refused.value.document, refused.value.currency, refused.value.off_by_minor) == ("b", "EUR", 1)
    assert session.query(JournalTransaction).count() == 0


def test_each_currency_sums_to_zero_for_itself(session: Session, customer: Customer) -> None:
    entries = [Entry(LedgerAccount.BANK, eur(100)), Entry(LedgerAccount.CUSTOMER_CREDIT, Money(-100, "SEK"))]

    with pytest.raises(Unbalanced):
        post(session, customer.id, TransactionKind.PAYMENT, "b", TODAY, entries, NOW)


def test_a_document_is_booked_once_per_kind(session: Session, customer: Customer) -> None:
    entries = [Entry(LedgerAccount.BANK, eur(100)), Entry(LedgerAccount.CUSTOMER_CREDIT, eur(-100))]

    booked = [post(session, customer.id, TransactionKind.PAYMENT, "b", TODAY, entries, NOW) for _ in range(2)]

    assert booked == [True, False]
    assert account_balances(session, customer.id)[LedgerAccount.BANK] == eur(100)


def test_on_postgresql_an_unbalanced_transaction_fails_at_its_end() -> None:
    # SQLite checks nothing at the end of a transaction; there the last test stands in.
    databases = of_kind("postgresql")
    url = databases.create()
    engine = engine_of(url)
    with Session(engine) as session:
        entries = [Entry(LedgerAccount.BANK, eur(100)), Entry(LedgerAccount.CUSTOMER_CREDIT, eur(-100))]
        post(session, make_customer(session).id, TransactionKind.PAYMENT, "b", TODAY, entries, NOW)
        one_side = "INSERT INTO journal_entry (transaction_id, account, amount_minor, currency) "
        session.execute(text(f"{one_side} SELECT id, 'bank', 1, 'EUR' FROM journal_transaction"))

        with pytest.raises(DBAPIError, match="journal_transaction_sums_to_zero"):
            session.commit()
    engine.dispose()
    databases.drop(url)


def test_only_the_journal_itself_writes_the_journal() -> None:
    root = Path(billing.__file__).parent.parent
    sources = [path for package in ("billing", "handoff", "actions") for path in (root / package).rglob("*.py")]
    names = {"JournalEntry", "JournalTransaction", "journal_entry", "journal_transaction"}
    allowed = ("billing/models/", "billing/migrations/", "billing/ledger/journal.py", "billing/issued.py")

    others = {
        str(path.relative_to(root))
        for path in sources
        if "node_modules" not in path.parts and not str(path.relative_to(root)).startswith(allowed)
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Name) and node.id in names)
        or (isinstance(node, ast.alias) and node.name in names)
        or (isinstance(node, ast.Attribute) and node.attr in names)
        or (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and any(name in node.value for name in names)
        )
    }

    # It asks when something was booked, and writes nothing at all.
    readers = {"billing/documents/credit_used.py"}
    assert len(sources) > 100
    assert others == readers
    for reader in readers:
        assert not re.search(r"\b(insert|add|add_all)\(", (root / reader).read_text())
