"""What documents take from one another: no row may take more than there is, for the database would refuse it.

Counted over the files, and over what the database holds of documents that an earlier import brought.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from billing.exchange.formats import BY_NAME
from billing.exchange.problems import Problems
from billing.exchange.reading import Record, read_records
from billing.models.credit_note import CreditNote, CreditNoteLine
from billing.models.invoice import Invoice, LineItem
from billing.models.payment import Allocation, Payment

LOOK_UP = 500
FILES = ("invoices", "line_items", "payments", "credit_notes", "credit_note_lines", "credit_note_taxes", "allocations")
Line = tuple[str, int]
Statement = Callable[[Collection[str]], Select[*tuple[Any, ...]]]  # Any: its columns decide what a row is


def check_sums(session: Session, paths: Mapping[str, Path], problems: Problems) -> None:
    """Name each row that takes more than there is; only of files whose rows are sound by themselves."""
    if not problems.spoiled.intersection(f"{name}.csv" for name in FILES):
        _Sums(session, paths, problems).check()


class _Sums:
    def __init__(self, session: Session, paths: Mapping[str, Path], problems: Problems) -> None:
        self._session = session
        self._paths = paths
        self._problems = problems
        self._notes = {record["number"]: record for record in self._read("credit_notes")}
        self._allocations = list(self._read("allocations"))

    def check(self) -> None:
        invoices = {record["invoice"] for record in (*self._notes.values(), *self._allocations)}
        if not invoices:
            return
        totals = self._amounts(invoices, _invoice_totals, "invoices", "number", "total")
        settled = self._stored(invoices, _allocated_to_invoices)
        for number, waived in self._stored(invoices, _waived).items():
            settled[number] += waived
        self._check_notes(totals, settled)
        self._check_lines()
        self._check_allocations(totals, settled)

    def _check_notes(self, totals: Mapping[str, int], settled: dict[str, int]) -> None:
        credited = self._stored(totals, _credited)
        for note in self._notes.values():
            invoice = note["invoice"]
            credited[invoice] += note["total"]
            settled[invoice] += note["total"] - note["to_credit"]
            if note["to_credit"] > note["total"]:
                self._complain("credit_notes", note, "to_credit", "credit_above_total", note["total"])
            if credited[invoice] > totals[invoice]:
                self._complain("credit_notes", note, "total", "note_above_invoice", totals[invoice], invoice)
            elif settled[invoice] > totals[invoice]:
                self._complain("credit_notes", note, "to_credit", "settled_above_invoice", totals[invoice], invoice)

    def _check_allocations(self, totals: Mapping[str, int], settled: dict[str, int]) -> None:
        sources = {"payment": ("payments", "amount", _payment_amounts, _allocated_of_payments)}
        sources |= {"credit_note": ("credit_notes", "to_credit", _note_credits, _allocated_of_notes)}
        for field, (file, amount, in_database, used_before) in sources.items():
            named = {record[field] for record in self._allocations if record[field] is not None}
            there = self._amounts(named, in_database, file, BY_NAME[file].key[0], amount)
            used = self._stored(named, used_before)
            for record in self._allocations:
                if record[field] is None:
                    continue
                key, invoice = record[field], record["invoice"]
                used[key] += record["amount"]
                settled[invoice] += record["amount"]
                if used[key] > there[key]:
                    self._complain("allocations", record, "amount", f"allocated_above_{field}", there[key], key)
                elif settled[invoice] > totals[invoice]:
                    self._complain("allocations", record, "amount", "settled_above_invoice", totals[invoice], invoice)

    def _check_lines(self) -> None:
        lines = list(self._read("credit_note_lines"))
        wanted = {(self._notes[line["credit_note"]]["invoice"], line["invoice_position"]) for line in lines}
        items = self._items(wanted)
        of_rate: dict[tuple[str, int], int] = defaultdict(int)
        of_note: dict[str, int] = defaultdict(int)
        for line in lines:
            place = (self._notes[line["credit_note"]]["invoice"], line["invoice_position"])
            amount, rate, credited = items[place]
            credited += line["amount"]
            items[place] = (amount, rate, credited)
            of_rate[line["credit_note"], rate] += line["amount"]
            of_note[line["credit_note"]] += line["amount"]
            if not min(amount, 0) <= credited <= max(amount, 0):
                where = f"{place[0]}, {place[1]}"
                self._complain("credit_note_lines", line, "amount", "note_line_above_item", amount, where)
        for tax in self._read("credit_note_taxes"):
            number = tax["credit_note"]
            expected = of_rate[number, tax["tax_rate"]]
            if tax["gross"] != expected:
                self._complain("credit_note_taxes", tax, "gross", "note_tax_not_lines", expected, number)
            elif number in of_note and of_note[number] != self._notes[number]["total"]:
                self._complain("credit_notes", self._notes[number], "total", "note_not_lines", of_note.pop(number))

    def _items(self, wanted: Collection[Line]) -> dict[Line, tuple[int, int, int]]:
        """Return amount, tax rate and what was credited before of each line item."""
        items: dict[Line, tuple[int, int, int]] = {}
        for row in self._rows({invoice for invoice, _ in wanted}, _stored_items):
            items[row[0], row[1]] = (row[2], row[3], int(row[4]))
        for record in self._read("line_items") if wanted else ():
            if (place := (record["invoice"], record["position"])) in wanted:
                items[place] = (record["amount"], record["tax_rate"], 0)
        return items

    def _amounts(self, keys: Collection[str], statement: Statement, file: str, key: str, field: str) -> dict[str, int]:
        found = self._stored(keys, statement)
        found.update((record[key], record[field]) for record in self._read(file) if record[key] in keys)
        return found

    def _stored(self, keys: Collection[str], statement: Statement) -> dict[str, int]:
        # int: PostgreSQL sums integers to a decimal.
        return defaultdict(int, ((row[0], int(row[1])) for row in self._rows(keys, statement)))

    def _rows(self, keys: Collection[str], statement: Statement) -> Iterator[Any]:  # Any: as of the statement
        ordered = sorted(keys)
        for start in range(0, len(ordered), LOOK_UP):
            yield from self._session.execute(statement(ordered[start : start + LOOK_UP]))

    def _read(self, name: str) -> Iterator[Record]:
        # What is wrong with the rows was told when they were first read.
        return read_records(self._paths[name], BY_NAME[name], Problems()) if name in self._paths else iter(())

    def _complain(self, name: str, record: Record, field: str, code: str, most: int, what: str = "") -> None:
        shown = f"{'-' if most < 0 else ''}{abs(most) // 100}.{abs(most) % 100:02}"
        self._problems.add(f"{name}.csv", record.line, field, code, most=shown, what=what[:60])


def _invoice_totals(keys: Collection[str]) -> Select[*tuple[Any, ...]]:  # Any, here and below: as of Statement
    return select(Invoice.number, Invoice.total_minor).where(Invoice.number.in_(keys))


def _payment_amounts(keys: Collection[str]) -> Select[*tuple[Any, ...]]:
    return select(Payment.reference, Payment.amount_minor).where(Payment.reference.in_(keys))


def _note_credits(keys: Collection[str]) -> Select[*tuple[Any, ...]]:
    return select(CreditNote.number, CreditNote.to_credit_minor).where(CreditNote.number.in_(keys))


def _credited(keys: Collection[str]) -> Select[*tuple[Any, ...]]:
    return _of_invoices(keys, func.sum(CreditNote.total_minor), CreditNote)


def _waived(keys: Collection[str]) -> Select[*tuple[Any, ...]]:
    return _of_invoices(keys, func.sum(CreditNote.total_minor - CreditNote.to_credit_minor), CreditNote)


def _allocated_to_invoices(keys: Collection[str]) -> Select[*tuple[Any, ...]]:
    return _of_invoices(keys, func.sum(Allocation.amount_minor), Allocation)


def _of_invoices(keys: Collection[str], amount: Any, table: Any) -> Select[*tuple[Any, ...]]:
    found = select(Invoice.number, amount).join(table, table.invoice_id == Invoice.id)
    return found.where(Invoice.number.in_(keys)).group_by(Invoice.number)


def _allocated_of_payments(keys: Collection[str]) -> Select[*tuple[Any, ...]]:
    found = select(Payment.reference, func.sum(Allocation.amount_minor))
    found = found.join(Allocation, Allocation.payment_id == Payment.id).where(Payment.reference.in_(keys))
    return found.group_by(Payment.reference)


def _allocated_of_notes(keys: Collection[str]) -> Select[*tuple[Any, ...]]:
    found = select(CreditNote.number, func.sum(Allocation.amount_minor))
    found = found.join(Allocation, Allocation.credit_note_id == CreditNote.id).where(CreditNote.number.in_(keys))
    return found.group_by(CreditNote.number)


def _stored_items(keys: Collection[str]) -> Select[*tuple[Any, ...]]:
    credited = func.coalesce(func.sum(CreditNoteLine.amount_minor), 0)
    found = select(Invoice.number, LineItem.position, LineItem.amount_minor, LineItem.tax_rate, credited)
    found = found.join(LineItem, LineItem.invoice_id == Invoice.id)
    found = found.outerjoin(CreditNoteLine, CreditNoteLine.line_item_id == LineItem.id)
    return found.where(Invoice.number.in_(keys)).group_by(Invoice.number, LineItem.id)
