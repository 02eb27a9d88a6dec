"""Accounts to which anything may happen that rating offers, and their bills of some months in a row.

A seed gives the same account again. Everything is drawn: plans, prices and their changes, gaps, tiers, allowances,
zones, discounts of every kind, single charges, outages, ends with their fees, late usage, reminders, and net or gross
prices around a change of the rate of tax.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID

from billing.explain.bill import Bill
from billing.law import Law, law_of
from billing.money import Money, total
from billing.periods import BillingPeriod
from billing.rating.kinds import UsageZone
from billing.rating.late_usage import late_usage_lines
from billing.rating.line import Line, LineKind, ReasonCode
from billing.rating.rate import rate
from billing.rating.tax import document_lines
from billing.rating.terms import (
    ContractTerms,
    DiscountTerms,
    OneOff,
    Outage,
    PlanPhase,
    PriceTerms,
    Tier,
    Usage,
)

# Months around changes of the tax, and without one.
STARTS = (("DE", "2026-05"), ("DE", "2020-05"), ("DE", "2020-11"), ("FI", "2024-07"), ("FI", "2025-12"))
MONTHS = 4
LONG_AGO = date(2019, 1, 1)


@dataclass(frozen=True)
class Account:
    """One customer: contracts with their usage, and which of it came after its month had been billed."""

    law: Law
    months: Sequence[BillingPeriod]
    contracts: Sequence[ContractTerms]
    usage: dict[UUID, list[Usage]]
    late: dict[UUID, list[Usage]]
    fees: Sequence[Line]
    prices_include_tax: bool

    def bills(self) -> list[Bill]:
        return [self._bill(month) for month in self.months]

    def _bill(self, month: BillingPeriod) -> Bill:
        lines = [line for terms in self.contracts for line in self._lines(terms, month)]
        lines += [fee for fee in self.fees if fee.period.start in month]
        documented = document_lines(lines, "EUR", prices_include_tax=self.prices_include_tax)
        return Bill(f"DE-{month.label}", month, total((line.amount for line in documented), "EUR"), documented)

    def _lines(self, terms: ContractTerms, month: BillingPeriod) -> Iterator[Line]:
        known = self.usage[terms.contract_id]
        yield from rate(terms, known, self.law, month)
        before = month.previous_month()
        late = [record for record in self.late[terms.contract_id] if record.used_on in before]
        if before in self.months and late:
            yield from late_usage_lines(terms, known, late, self.law, before)


def random_account(seed: int) -> Account:
    rng = Random(seed)
    country, start = rng.choice(STARTS)
    months = [BillingPeriod.month(start)]
    for _ in range(MONTHS - 1):
        months.append(months[-1].next_month())
    include = rng.random() < 0.7
    contracts = [_contract(rng, key, months, include) for key in range(1, rng.choice((1, 1, 2, 3)) + 1)]
    usage = {terms.contract_id: _usage(rng, terms, months, rng.choice((0, 3, 12))) for terms in contracts}
    late = {terms.contract_id: _usage(rng, terms, months, rng.choice((0, 0, 0, 2))) for terms in contracts}
    fees = [_fee(rng, _day(rng, months)) for _ in range(rng.choice((0, 0, 0, 1, 2)))]
    return Account(law_of(country), months, contracts, usage, late, fees, include)


def _day(rng: Random, months: Sequence[BillingPeriod]) -> date:
    """Return any day; often the first of a month, when most things happen."""
    if rng.random() < 0.4:
        return rng.choice(months).start
    return months[0].start + timedelta(days=rng.randrange((months[-1].end - months[0].start).days))


def _contract(rng: Random, key: int, months: Sequence[BillingPeriod], include: bool) -> ContractTerms:
    started = LONG_AGO if rng.random() < 0.7 else _day(rng, months)
    ended = None if rng.random() < 0.75 else max(_day(rng, months), started + timedelta(days=1))
    phases = tuple(_phases(rng, key, months, started, ended))
    discounts = [_discount(rng, key * 10 + number, months) for number in range(rng.choice((0, 0, 1, 1, 2, 3)))]
    charges = tuple(_charge(rng, months) for _ in range(rng.choice((0, 0, 0, 1, 2))))
    if charges and rng.random() < 0.1:
        charges = (*charges, charges[0])
    outages = tuple(_outage(rng, months, key) for _ in range(rng.choice((0, 0, 0, 0, 1))))
    return ContractTerms(
        UUID(int=key),
        "EUR",
        phases,
        tuple(sorted(discounts, key=lambda one: (one.valid_from, one.discount_id))),
        charges,
        outages,
        ended_on=ended,
        minimum_term_until=None if rng.random() < 0.5 else date(2030, 1, 1),
        termination_fee=None if rng.random() < 0.5 else Money(5000, "EUR"),
        prices_include_tax=include,
    )


def _phases(
    rng: Random, key: int, months: Sequence[BillingPeriod], started: date, ended: date | None
) -> Iterator[PlanPhase]:
    changes = sorted({day for _ in range(rng.choice((0, 0, 1, 1, 2))) if (day := _day(rng, months)) > started})
    bounds: list[date | None] = [started, *(day for day in changes if ended is None or day < ended), ended]
    for number, (start, end) in enumerate(pairwise(bounds)):
        assert start is not None
        has_gap = end is not None and end != ended and rng.random() < 0.1 and (end - start).days > 5
        until = end - timedelta(days=3) if has_gap and end is not None else end
        plan = f"plan_{key}_{rng.randrange(3)}" if number else f"plan_{key}"
        names = {"en": plan, "de": plan, "fi": plan}
        yield PlanPhase(plan, names, start, until, tuple(_prices(rng, months)))


def _prices(rng: Random, months: Sequence[BillingPeriod]) -> Iterator[PriceTerms]:
    changes = sorted({_day(rng, months) for _ in range(rng.choice((0, 0, 0, 1, 2)))})
    bounds: list[date | None] = [LONG_AGO, *changes, None]
    included, base, micro = rng.choice((0, 10, 50)), rng.randint(0, 6000), rng.randint(10_000, 2_000_000)
    for start, end in pairwise(bounds):
        assert start is not None
        yield PriceTerms(
            UUID(int=rng.getrandbits(64)),
            start,
            end,
            Money(base, "EUR"),
            unit="GB",
            included=included,
            unit_price_micro=micro,
            tiers=_tiers(rng),
            world_unit_price_micro=5_000_000,
        )
        base, micro = max(0, base + rng.randint(-300, 500)), micro + rng.randint(0, 200_000)


def _tiers(rng: Random) -> tuple[Tier, ...]:
    if rng.random() < 0.7:
        return ()
    return (Tier(11, rng.randint(1000, 900_000)), Tier(31, rng.randint(1000, 900_000)))


def _discount(rng: Random, key: int, months: Sequence[BillingPeriod]) -> DiscountTerms:
    start = LONG_AGO if rng.random() < 0.6 else _day(rng, months)
    end = None if rng.random() < 0.5 else max(_day(rng, months), start + timedelta(days=1))
    name = {"en": f"Discount {key}", "de": f"Rabatt {key}", "fi": f"Alennus {key}"}
    amount, share = (Money(rng.randint(1, 3000), "EUR"), None) if rng.random() < 0.5 else (None, rng.randint(1, 10_000))
    return DiscountTerms(UUID(int=key), name, start, end, share, amount, exclusive=rng.random() < 0.15)


def _charge(rng: Random, months: Sequence[BillingPeriod]) -> OneOff:
    kind = rng.choice((LineKind.ONE_OFF, LineKind.ONE_OFF, LineKind.THIRD_PARTY, LineKind.TERMINATION_FEE))
    name = {"en": "Charge", "de": "Posten", "fi": "Maksu"}
    amount = Money(rng.randint(-500 if kind is LineKind.ONE_OFF else 1, 9000), "EUR")
    return OneOff(name, f"WO-{rng.randrange(9)}", _day(rng, months), amount, kind=kind, proof_reference="P-1")


def _outage(rng: Random, months: Sequence[BillingPeriod], key: int) -> Outage:
    start = _day(rng, months)
    return Outage(f"OUT-{key}", start, start + timedelta(days=rng.randint(0, 20)))


def _usage(rng: Random, terms: ContractTerms, months: Sequence[BillingPeriod], most: int) -> list[Usage]:
    def on_a_plan(day: date) -> bool:
        return any(
            phase.valid_from <= day and (phase.valid_to is None or day < phase.valid_to) for phase in terms.phases
        )

    zones = (UsageZone.HOME, UsageZone.HOME, UsageZone.EU, UsageZone.WORLD)
    records = (Usage(_day(rng, months), rng.randint(0, 15), "GB", rng.choice(zones)) for _ in range(most))
    return [record for record in records if on_a_plan(record.used_on)]


def _fee(rng: Random, day: date) -> Line:
    period = BillingPeriod(day, day + timedelta(days=1))
    facts: dict[str, str | int] = {"invoice_number": "DE-1", "due_on": day.isoformat(), "reminded_on": day.isoformat()}
    line = Line(LineKind.LATE_FEE, ReasonCode.REMINDER, facts, period, Money(500, "EUR"), 0)
    if rng.random() < 0.5:
        return line
    return replace(line, kind=LineKind.INTEREST, reason_code=ReasonCode.LATE_PAYMENT, amount=Money(37, "EUR"))
