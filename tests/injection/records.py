"""One account as it was drawn: contracts, bills and what was paid."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

# Any: rows as the database has them.
Row = dict[str, Any]
SELLERS = {"DE": 1, "FI": 2}


@dataclass
class Contract:
    """One contract as it was agreed."""

    id: str
    number: str
    start: date
    end: date | None
    phases: list[tuple[str, date, date | None]]
    discounts: list[Row] = field(default_factory=list)
    charges: list[Row] = field(default_factory=list)
    usage: list[Row] = field(default_factory=list)
    outages: list[Row] = field(default_factory=list)
    term_until: date | None = None
    term_fee: int | None = None


@dataclass
class Invoice:
    """One bill; `lines` as they were written."""

    id: str
    number: str
    start: date
    end: date
    issued: date
    due: date
    lines: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    reminders: list[Row] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(line["amount_minor"] for line in self.lines)

    @property
    def month(self) -> tuple[date, date]:
        return self.start, self.end


@dataclass
class Account:
    """One customer with contracts and bills."""

    id: str
    number: str
    country: str
    contracts: list[Contract] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)
