"""Writes checked files into the database, table by table, inside the caller's transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from billing.db import Base, insert_if_absent
from billing.exchange.booking import book, book_allocations, complete_taxes
from billing.exchange.checking import Paths, Tick
from billing.exchange.formats import BY_NAME, FILES
from billing.exchange.ids import Ids, load_sellers_and_plans, new_id
from billing.exchange.line_rows import LineRows, line_ids
from billing.exchange.problems import Problems
from billing.exchange.reading import Record, read_records
from billing.exchange.rows import MAKERS, Row, only_phase, place_of
from billing.exchange.rules import seller_defaults
from billing.models.contract import ContractPhase
from billing.models.credit_note import CreditNoteLine, CreditNoteSeries
from billing.models.dispute import DisputedLine
from billing.models.invoice import LineItem
from billing.models.payment import Allocation, Payment
from billing.models.seller import InvoiceSeries, Seller

BATCH = 1_000


class FilesChanged(Exception):
    """A row that had been checked could not be read again."""


@dataclass(slots=True)
class Writer:
    """Reads the files a second time, row by row, and writes what they say."""

    session: Session
    ids: Ids
    paths: Paths
    tick: Tick | None = None
    _told: frozenset[str] | None = None

    def write(self, missing_sellers: Mapping[str, int]) -> None:
        """Write all files; in the end the books, for they follow from the documents."""
        self._write_missing_sellers(missing_sellers)
        for format_ in FILES:
            if format_.name in self.paths:
                self._write_file(format_.name)
            if format_.name in {"sellers", "plans"}:
                load_sellers_and_plans(self.session, self.ids)
            elif format_.name == "invoice_taxes":
                complete_taxes(self.session, self.ids, self._numbers("invoices"))
        self._continue_series("invoices", InvoiceSeries)
        self._continue_series("credit_notes", CreditNoteSeries)
        book(self.session, self.ids, self)

    def batches(self, name: str) -> Iterator[list[Record]]:
        """Yield the rows of a file, many at once; of a file that is not there none."""
        if name not in self.paths:
            return
        problems = Problems()
        tick = self.tick
        bound: Callable[[int], None] | None = None if tick is None else lambda done: tick(name, done)
        records = read_records(self.paths[name], BY_NAME[name], problems, tick=bound)
        while batch := list(islice(records, BATCH)):
            yield batch
        if problems.count:
            raise FilesChanged(name)

    def has(self, name: str) -> bool:
        return name in self.paths

    def _write_file(self, name: str) -> None:
        lines = LineRows(self.session, self.ids) if name == "line_items" else None
        for batch in self.batches(name):
            if name == "allocations":
                self._write_allocations(batch)
            elif lines is not None:
                self._insert(LineItem, lines.make(batch))
            elif name in _BATCH_MAKERS:
                model, make_all = _BATCH_MAKERS[name]
                self._insert(model, make_all(self.session, self.ids, batch))
            else:
                model, make = MAKERS[name]
                self._insert(model, [make(record, self.ids) for record in batch])
            if name == "contracts":
                self._write_only_phases(batch)

    def _write_allocations(self, batch: list[Record]) -> None:
        written = insert(Allocation).returning(Allocation.id, sort_by_parameter_order=True)
        rows = _allocations(self.session, self.ids, batch)
        book_allocations(self.session, self.ids, self.session.scalars(written, rows).all())

    def _insert(self, model: type[Base], rows: Sequence[Row]) -> None:
        """Write into the table itself; the ORM's own way takes twice as long."""
        self.session.execute(insert(Base.metadata.tables[model.__tablename__]), rows)

    def _write_only_phases(self, contracts: list[Record]) -> None:
        told = self._told_contracts()
        rows = [
            only_phase(record, self.ids)
            for record in contracts
            if record["plan"] is not None and record["number"] not in told
        ]
        if rows:
            self._insert(ContractPhase, rows)

    def _told_contracts(self) -> frozenset[str]:
        if self._told is None:
            self._told = frozenset(record["contract"] for batch in self.batches("contract_phases") for record in batch)
        return self._told

    def _write_missing_sellers(self, countries: Mapping[str, int]) -> None:
        for country in countries:
            self.session.add(Seller(country=country, **seller_defaults()[country]))
        self.session.flush()

    def _numbers(self, name: str) -> Iterator[list[str]]:
        for batch in self.batches(name):
            yield [record["number"] for record in batch]

    def _continue_series(self, name: str, model: type[InvoiceSeries] | type[CreditNoteSeries]) -> None:
        """Let the next number come after the highest that was imported."""
        highest: dict[tuple[int, int], int] = {}
        for record in (record for batch in self.batches(name) for record in batch):
            invoice = record["number"] if name == "invoices" else record["invoice"]
            year, sequence = place_of(name, record, self.ids)
            key = (self.ids.sellers[self.ids.invoice_countries[invoice]].id, year)
            highest[key] = max(highest.get(key, 0), sequence)
        for (seller_id, year), sequence in highest.items():
            insert_if_absent(self.session, model, {"seller_id": seller_id, "year": year, "last_sequence": 0})
            of_year = (model.seller_id == seller_id, model.year == year, model.last_sequence < sequence)
            self.session.execute(update(model).where(*of_year).values(last_sequence=sequence))


def _credit_note_lines(session: Session, ids: Ids, batch: list[Record]) -> list[Row]:
    places = [
        (ids.invoices[ids.credit_note_invoices[record["credit_note"]]], record["invoice_position"]) for record in batch
    ]
    lines = line_ids(session, places)
    return [
        {
            "credit_note_id": ids.credit_notes[record["credit_note"]],
            "position": record["position"],
            "line_item_id": lines[place].id,
            "amount_minor": record["amount"],
            "tax_rate": lines[place].tax_rate,
            "finding": record["finding"],
        }
        for record, place in zip(batch, places, strict=True)
    ]


def _disputed_lines(session: Session, ids: Ids, batch: list[Record]) -> list[Row]:
    places = [(ids.invoices[ids.dispute_invoices[record["dispute"]]], record["invoice_position"]) for record in batch]
    lines = line_ids(session, places)
    return [
        {
            "dispute_id": new_id("dispute", record["dispute"]),
            "line_item_id": lines[place].id,
            "amount_minor": record["amount"],
        }
        for record, place in zip(batch, places, strict=True)
    ]


def _allocations(session: Session, ids: Ids, batch: list[Record]) -> list[Row]:
    references = {record["payment"] for record in batch if record["payment"] is not None}
    of_batch = select(Payment.reference, Payment.id).where(Payment.reference.in_(references))
    payments = dict(session.execute(of_batch).all())
    return [
        {
            "payment_id": None if record["payment"] is None else payments[record["payment"]],
            "credit_note_id": None if record["credit_note"] is None else ids.credit_notes[record["credit_note"]],
            "invoice_id": ids.invoices[record["invoice"]],
            "amount_minor": record["amount"],
            "allocated_on": record["allocated_on"],
        }
        for record in batch
    ]


_BATCH_MAKERS: Mapping[str, tuple[type[Base], Callable[[Session, Ids, list[Record]], list[Row]]]] = {
    "credit_note_lines": (CreditNoteLine, _credit_note_lines),
    "disputed_lines": (DisputedLine, _disputed_lines),
}
