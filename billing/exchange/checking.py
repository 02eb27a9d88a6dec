"""Checks all rows of all files before anything is written: keys, references, spans, money and time."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.exchange.columns import Column, FileFormat
from billing.exchange.formats import BY_NAME, FILES
from billing.exchange.known import Key, KeyCount, Known, overlaps
from billing.exchange.problems import Problems
from billing.exchange.reading import Record, read_records
from billing.exchange.rules import RULES, Complaint, World
from billing.exchange.sums import check_sums
from billing.models.invoice import Invoice, LineItem
from billing.models.usage import UsageRecord

CLOCK_SKEW = timedelta(minutes=5)
LOOK_UP = 500

Paths = dict[str, Path]
Tick = Callable[[str, int], None]


@dataclass(slots=True)
class Checker:
    """Checks files one after the other; what was read before is what later ones may refer to."""

    session: Session
    known: Known
    problems: Problems
    now: datetime
    rows: dict[str, int] = field(default_factory=dict)
    wanted_lines: dict[tuple[str, int], list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, KeyCount] = field(default_factory=dict)
    _latest_days: dict[str, date] = field(default_factory=dict)

    def check(self, paths: Paths, tick: Tick | None = None) -> None:
        world = World(self.known, self.latest_day, self.now + CLOCK_SKEW, self.problems.spoiled)
        for format_ in FILES:
            if format_.name in paths:
                self._check_file(format_, paths[format_.name], world, tick)
        self.known.place_the_rest()
        self._check_spans()
        self._look_again(paths)
        check_sums(self.session, paths, self.problems)

    def latest_day(self, country: str) -> date:
        """Return the day that it is there, or will be within the skew that clocks may have."""
        if country not in self._latest_days:
            seller = self.known.sellers.get(country)
            zone = ZoneInfo(seller.time_zone if seller else "UTC")
            self._latest_days[country] = (self.now + CLOCK_SKEW).astimezone(zone).date()
        return self._latest_days[country]

    def _check_file(self, format_: FileFormat, path: Path, world: World, tick: Tick | None) -> None:
        rows = 0
        batch: list[Record] = []
        references = [column for column in format_.columns if column.refers is not None]
        rule = RULES.get(format_.name, _no_rule)
        for record in read_records(path, format_, self.problems, tick=_bound(tick, format_.name)):
            rows += 1
            self._check_references(format_, references, record)
            self._check_own_spans(format_, record)
            for field_, code, facts in rule(record, world):
                self.problems.add(format_.file, record.line, field_, code, **facts)
            self._want_line(format_, record, world)
            # Last, for a rule may ask whether the key was there before.
            self._check_key(format_, record)
            if format_.name == "usage":
                batch.append(record)
                if len(batch) == LOOK_UP:
                    self._check_stored_usage(batch)
                    batch.clear()
        self._check_stored_usage(batch)
        self.rows[format_.name] = rows

    def _check_references(self, format_: FileFormat, references: list[Column], record: Record) -> None:
        for column in references:
            value, name = record[column.name], column.refers or ""
            if value is None or value in self.known.read[name]:
                continue
            stored = value in self.known.stored[name]
            # In a file with problems not all keys are known, and each of them has been told once.
            if (stored and not column.fresh) or f"{name}.csv" in self.problems.spoiled:
                continue
            code = "reference_stored" if stored else "reference_unknown"
            facts = {"value": str(value)[:60], "file": f"{name}.csv"}
            self.problems.add(format_.file, record.line, column.name, code, **facts)

    def _check_own_spans(self, format_: FileFormat, record: Record) -> None:
        for start, end in format_.spans:
            if record[start] is not None and record[end] is not None and record[end] <= record[start]:
                self.problems.add(format_.file, record.line, end, "ends_before_start", start=record[start])

    def _check_key(self, format_: FileFormat, record: Record) -> None:
        if not format_.key:
            return
        key = key_of(format_, record)
        if format_.big:
            self.counts.setdefault(format_.name, KeyCount()).add(key)
        elif key in self.known.stored[format_.name]:
            self._complain(format_, record.line, "key_stored", key)
        elif (first := self.known.read[format_.name].setdefault(key, record.line)) != record.line:
            self._complain(format_, record.line, "key_twice", key, first=first)

    def _complain(self, format_: FileFormat, line: int, code: str, key: Key, **facts: object) -> None:
        shown = ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)
        self.problems.add(format_.file, line, format_.key[-1], code, key=shown[:80], **facts)

    def _check_stored_usage(self, batch: list[Record]) -> None:
        if not batch:
            return
        ids = [record["event_id"] for record in batch]
        stored = set(self.session.scalars(select(UsageRecord.event_id).where(UsageRecord.event_id.in_(ids))))
        for record in batch:
            if record["event_id"] in stored:
                self._complain(BY_NAME["usage"], record.line, "key_stored", record["event_id"])

    def _want_line(self, format_: FileFormat, record: Record, world: World) -> None:
        """Note a line item that must exist; which ones do is looked up once, at the end."""
        if "invoice_position" not in record.values:
            return
        invoice = world.invoice_of.get((format_.columns[0].refers or "", record[format_.columns[0].name]))
        if invoice is not None:
            self.wanted_lines[invoice, record["invoice_position"]].append((format_.name, record.line))

    def _check_spans(self) -> None:
        for (plan, country), spans in self.known.price_spans.items():
            for span, other in overlaps(spans):
                self._complain_of_span("price_versions", max(span[2], other[2]), "prices_overlap", f"{plan}, {country}")
        for contract, spans in self.known.phase_spans.items():
            for span, other in overlaps(spans):
                self._complain_of_span("contract_phases", max(span[2], other[2]), "phases_overlap", contract)
        if "contract_phases.csv" not in self.problems.spoiled:
            for contract, line in self.known.without_plan.items():
                self.problems.add("contracts.csv", line, "plan", "contract_without_plan", contract=contract)

    def _complain_of_span(self, file: str, line: int, code: str, what: str) -> None:
        self.problems.add(f"{file}.csv", line, "valid_from", code, what=what)

    def _look_again(self, paths: Paths) -> None:
        """Decide what could not be decided without keeping every key of the big files."""
        suspects = {name: count.suspects() for name, count in self.counts.items()}
        if self.wanted_lines:
            suspects.setdefault("line_items", set())
        for name, hashes in suspects.items():
            if name in paths and (hashes or (name == "line_items" and self.wanted_lines)):
                self._look_through(BY_NAME[name], paths[name], hashes)
        self._look_into_database()
        if "line_items.csv" in self.problems.spoiled:
            return
        for (invoice, position), places in self.wanted_lines.items():
            for file, line in places:
                facts = {"invoice": invoice[:60], "position": position}
                self.problems.add(f"{file}.csv", line, "invoice_position", "line_unknown", **facts)

    def _look_through(self, format_: FileFormat, path: Path, hashes: set[int]) -> None:
        first: dict[Key, int] = {}
        for record in read_records(path, format_, Problems()):
            key = key_of(format_, record)
            if format_.name == "line_items":
                self.wanted_lines.pop((record["invoice"], record["position"]), None)
            if hash(key) in hashes and first.setdefault(key, record.line) != record.line:
                self._complain(format_, record.line, "key_twice", key, first=first[key])

    def _look_into_database(self) -> None:
        wanted = sorted({invoice for invoice, _ in self.wanted_lines} & self.known.stored["invoices"])
        for start in range(0, len(wanted), LOOK_UP):
            found = (
                select(Invoice.number, LineItem.position)
                .join(Invoice, Invoice.id == LineItem.invoice_id)
                .where(Invoice.number.in_(wanted[start : start + LOOK_UP]))
            )
            for number, position in self.session.execute(found):
                self.wanted_lines.pop((number, position), None)


def key_of(format_: FileFormat, record: Record) -> Key:
    """Return the natural key of a row: the one value, or all of them together."""
    if len(format_.key) == 1:
        return str(record[format_.key[0]])
    return tuple(record[name] for name in format_.key)


def _no_rule(record: Record, world: World) -> Iterator[Complaint]:
    yield from ()


def _bound(tick: Tick | None, name: str) -> Callable[[int], None] | None:
    return None if tick is None else lambda done: tick(name, done)
