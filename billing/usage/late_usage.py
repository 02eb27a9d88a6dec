"""Finds usage that was received after the bill of its own period was made, and is on no bill yet.

An invoice bills the usage of its period that was received until it was made, and what had come late until then for the
periods before. So usage is still to be billed if no invoice of its own period or of a later one was made since it came.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from billing.models.contract import Contract
from billing.models.invoice import Invoice
from billing.models.seller import Seller
from billing.models.usage import UsageRecord
from billing.periods import BillingPeriod
from billing.rating.terms import ContractTerms, Usage
from billing.terms.contract_terms import LoadedTerms, load_each_terms

# Any: a row of several columns has no static shape here.


@dataclass(frozen=True, slots=True)
class LateUsageOfPeriod:
    """What one contract used in an earlier period: what its bill knew, and what has come since."""

    terms: ContractTerms
    period: BillingPeriod
    known: Sequence[Usage]
    late: Sequence[Usage]


@dataclass(frozen=True, slots=True)
class LateUsage:
    """The late usage of many customers, by customer."""

    periods: Mapping[BillingPeriod, LoadedTerms] = field(default_factory=dict)
    known: Mapping[tuple[UUID, BillingPeriod], Sequence[Usage]] = field(default_factory=dict)
    late: Mapping[tuple[UUID, BillingPeriod], Sequence[Usage]] = field(default_factory=dict)
    customers: frozenset[UUID] = frozenset()

    def of(self, customer_id: UUID) -> list[LateUsageOfPeriod]:
        """Return the customer's in order of time; raise RatingError if the terms of then cannot be read."""
        if customer_id not in self.customers:
            return []
        return [
            LateUsageOfPeriod(terms, period, self.known.get(key, ()), self.late[key])
            for period, loaded in sorted(self.periods.items())
            for terms in loaded.of(customer_id)
            if (key := (terms.contract_id, period)) in self.late
        ]


def load_late_usage(
    session: Session,
    seller: Seller,
    customer_ids: Collection[UUID],
    period: BillingPeriod,
    *,
    made_at: datetime | None,
) -> LateUsage:
    """Return what came late for periods before this one, received until `made_at`; in most months that is nothing."""
    rows = _load_unbilled(session, customer_ids, period, made_at)
    if not rows:
        return LateUsage()
    late: dict[tuple[UUID, BillingPeriod], list[Usage]] = defaultdict(list)
    ids: dict[BillingPeriod, set[UUID]] = defaultdict(set)
    for row in {row.id: row for row in rows}.values():
        own = BillingPeriod(row.period_start, row.period_end)
        late[row.contract_id, own].append(_usage(row))
        ids[own].add(row.customer_id)
    return LateUsage(
        periods={own: load_each_terms(session, seller, ids[own], own) for own in ids},
        known=_load_known(session, late.keys(), {row.id for row in rows}, made_at),
        late=late,
        customers=frozenset(row.customer_id for row in rows),
    )


def _load_unbilled(
    session: Session, customer_ids: Collection[UUID], period: BillingPeriod, made_at: datetime | None
) -> Sequence[Row[Any]]:
    since = _oldest_last_bill(session, customer_ids)
    if since is None:
        return []
    own, later, record = aliased(Invoice), aliased(Invoice), UsageRecord
    was_billed_since = (
        select(later.id)
        .where(
            later.customer_id == Contract.customer_id,
            later.period_start >= own.period_start,
            later.created_at >= record.received_at,
        )
        .exists()
    )
    statement = (
        select(*record.__table__.columns, Contract.customer_id, own.period_start, own.period_end)
        .join(Contract, Contract.id == record.contract_id)
        .join(own, own.customer_id == Contract.customer_id)
        .where(
            Contract.customer_id.in_(customer_ids),
            record.received_at > since,
            record.used_on < period.start,
            record.used_on >= own.period_start,
            record.used_on < own.period_end,
            ~was_billed_since,
        )
        .order_by(record.used_on, record.id)
    )
    if made_at is not None:
        statement = statement.where(record.received_at <= made_at)
    return [*session.execute(statement)]


def _oldest_last_bill(session: Session, customer_ids: Collection[UUID]) -> datetime | None:
    """Return when the bills of the customers' newest periods were made, the first of them: all late usage is later."""
    newest = (
        select(Invoice.customer_id, func.max(Invoice.period_start).label("period_start"))
        .where(Invoice.customer_id.in_(customer_ids))
        .group_by(Invoice.customer_id)
        .subquery()
    )
    is_newest = (Invoice.customer_id == newest.c.customer_id) & (Invoice.period_start == newest.c.period_start)
    return session.scalars(select(func.min(Invoice.created_at)).join(newest, is_newest)).one()


def _load_known(
    session: Session,
    keys: Collection[tuple[UUID, BillingPeriod]],
    late_ids: Collection[int],
    made_at: datetime | None,
) -> Mapping[tuple[UUID, BillingPeriod], Sequence[Usage]]:
    record = UsageRecord
    rows = select(*record.__table__.columns).where(
        record.contract_id.in_({contract_id for contract_id, _ in keys}),
        record.used_on >= min(own.start for _, own in keys),
        record.used_on < max(own.end for _, own in keys),
    )
    if made_at is not None:
        rows = rows.where(record.received_at.is_(None) | (record.received_at <= made_at))
    periods: dict[UUID, list[BillingPeriod]] = defaultdict(list)
    for contract_id, own in keys:
        periods[contract_id].append(own)
    known: dict[tuple[UUID, BillingPeriod], list[Usage]] = defaultdict(list)
    for row in session.execute(rows.order_by(record.used_on, record.id)):
        if row.id not in late_ids:
            for own in periods[row.contract_id]:
                if row.used_on in own:
                    known[row.contract_id, own].append(_usage(row))
    return known


def _usage(row: Row[Any]) -> Usage:
    return Usage(row.used_on, row.quantity, row.unit, row.zone, row.received_at)
