"""Rows of the demo, collected in memory and written table by table."""

from collections import defaultdict
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import insert
from sqlalchemy.orm import Session

from billing.db import Base
from billing.models.contract import Contract, ContractPhase, Discount, OneOffCharge
from billing.models.customer import Customer
from billing.models.usage import UsageRecord

NAMESPACE = UUID("6f5e7c1e-0d1b-5c58-9a1c-2f6d0a1b7e10")
# A row's foreign keys point at tables further left.
TABLES: tuple[type[Base], ...] = (Customer, Contract, ContractPhase, Discount, OneOffCharge, UsageRecord)


class DemoRows:
    """Rows by table. Every id follows from a name, so the same world has the same ids."""

    def __init__(self) -> None:
        self._rows: dict[type[Base], list[dict[str, object]]] = defaultdict(list)

    def add(self, model: type[Base], **values: object) -> None:
        self._rows[model].append(values)

    def customer_ids(self) -> set[object]:
        return {row["id"] for row in self._rows[Customer]}

    def write(self, session: Session) -> None:
        for model in TABLES:
            if self._rows[model]:
                session.execute(insert(model), self._rows[model])


def demo_id(*names: object) -> UUID:
    return uuid5(NAMESPACE, ":".join(str(name) for name in names))


def months_before(day: date, months: int) -> date:
    """Return the first of the month that lies so many months before the day's month (after it, if negative)."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
