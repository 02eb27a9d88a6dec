"""A bank statement as a CSV file: read as a whole, and recorded as a whole or not at all."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.exchange import cells
from billing.exchange.columns import FileFormat, may, must
from billing.exchange.problems import Problem, Problems
from billing.exchange.reading import Record, read_records
from billing.ledger.receipts import Receipt, ReferenceTaken, record_payments
from billing.models.customer import Customer
from billing.models.invoice import Invoice
from billing.models.seller import Seller
from billing.money import Money

LOOK_UP = 500
COLUMNS = (
    must("reference", cells.TEXT),
    must("customer", cells.TEXT),
    may("invoice", cells.TEXT),
    must("amount", cells.POSITIVE_AMOUNT),
    must("received_on", cells.DAY),
)


class StatementRefused(Exception):
    """Something in the statement is wrong, so none of it was recorded."""

    def __init__(self, problems: Sequence[Problem], count: int) -> None:
        super().__init__(f"{count} problems")
        self.problems = problems
        self.count = count


def add_receipts(session: Session, path: Path, *, now: datetime) -> tuple[int, int]:
    """Record each line of the statement once, whatever was recorded before; return the new ones and all."""
    problems = Problems()
    format_ = FileFormat(path.stem, COLUMNS, key=("reference",))
    records = list(read_records(path, format_, problems))
    customers = _customers(session, [record["customer"] for record in records])
    invoices = _invoices(session, [record["invoice"] for record in records if record["invoice"]])
    receipts = [
        receipt
        for record in records
        if (receipt := _receipt(record, customers, invoices, format_.file, problems)) is not None
    ]
    if problems.count:
        raise StatementRefused(problems.kept, problems.count)
    try:
        return record_payments(session, receipts, now=now), len(receipts)
    except ReferenceTaken as error:
        lines = [record.line for record in records if record["reference"] == error.reference]
        problems.add(format_.file, lines[-1], "reference", "reference_taken", value=error.reference[:60])
        raise StatementRefused(problems.kept, problems.count) from error


def _receipt(
    record: Record,
    customers: Mapping[str, tuple[UUID, str]],
    invoices: Mapping[str, tuple[UUID, UUID]],
    file: str,
    problems: Problems,
) -> Receipt | None:
    if record["customer"] not in customers:
        problems.add(file, record.line, "customer", "not_in_database", value=record["customer"][:60])
        return None
    customer_id, currency = customers[record["customer"]]
    invoice_id = None
    if record["invoice"] is not None:
        invoice_id, owner = invoices.get(record["invoice"], (None, None))
        if owner != customer_id:
            code = "invoice_of_other" if invoice_id else "not_in_database"
            problems.add(file, record.line, "invoice", code, value=record["invoice"][:60])
            return None
    amount = Money(record["amount"], currency)
    return Receipt(customer_id, record["reference"], amount, record["received_on"], invoice_id)


def _customers(session: Session, numbers: Sequence[str]) -> dict[str, tuple[UUID, str]]:
    found = select(Customer.number, Customer.id, Seller.currency).join(Seller, Seller.id == Customer.seller_id)
    return {
        number: (customer_id, currency)
        for start in range(0, len(numbers), LOOK_UP)
        for number, customer_id, currency in session.execute(
            found.where(Customer.number.in_(numbers[start : start + LOOK_UP]))
        )
    }


def _invoices(session: Session, numbers: Sequence[str]) -> dict[str, tuple[UUID, UUID]]:
    found = select(Invoice.number, Invoice.id, Invoice.customer_id)
    return {
        number: (invoice_id, customer_id)
        for start in range(0, len(numbers), LOOK_UP)
        for number, invoice_id, customer_id in session.execute(
            found.where(Invoice.number.in_(numbers[start : start + LOOK_UP]))
        )
    }
