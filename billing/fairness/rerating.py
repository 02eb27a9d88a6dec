"""What should have been billed: each contract and window of days is rated once and kept for the whole audit."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from billing.fairness.facts import AccountFacts, ContractFacts
from billing.fairness.notices import HeldBack, lawful_terms, months_before
from billing.law import Law
from billing.money import divide
from billing.periods import BillingPeriod
from billing.rating.errors import RatingError
from billing.rating.line import Line, LineKind
from billing.rating.proration import prorate
from billing.rating.rate import rate
from billing.rating.segments import Segment, segments_of
from billing.rating.terms import ContractTerms, PriceTerms, Usage

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Charge:
    """The base price of some days: exact shares as we compute them, and each run of days rounded for itself.

    Either is right for a whole line; which one a company uses is its choice, and they differ by a cent at most.
    """

    telescoped: int
    rounded: int

    def accepts(self, amount: int) -> bool:
        return amount in {self.telescoped, self.rounded}


class Rerating:
    """Rates the contracts of one account again; `lawful` leaves out increases that do not hold."""

    def __init__(self, facts: AccountFacts, law: Law) -> None:
        self._law = law
        self._months = sorted({invoice.period for invoice in facts.invoices if is_month(invoice.period)})
        self._lawful: dict[UUID, tuple[ContractTerms, tuple[HeldBack, ...]]] = {}
        self._notices = facts.notices
        self._segments: dict[tuple[UUID, BillingPeriod, bool], tuple[Segment, ...]] = {}
        self._discounts: dict[tuple[UUID, BillingPeriod, bool], tuple[Line, ...]] = {}

    def held_back(self, contract: ContractFacts) -> tuple[HeldBack, ...]:
        return self._lawful_of(contract)[1]

    def terms(self, contract: ContractFacts, *, lawful: bool) -> ContractTerms:
        return self._lawful_of(contract)[0] if lawful else contract.terms

    def segments(self, contract: ContractFacts, window: BillingPeriod, *, lawful: bool = False) -> tuple[Segment, ...]:
        key = (contract.contract_id, window, lawful)
        if key not in self._segments:
            self._segments[key] = segments_of(self.terms(contract, lawful=lawful), self._law, window)
        return self._segments[key]

    def fixed_lines(self, contract: ContractFacts, window: BillingPeriod, *, lawful: bool = False) -> tuple[Line, ...]:
        """Return all lines that do not depend on usage or single charges."""
        lawful = lawful and bool(self.held_back(contract))
        key = (contract.contract_id, window, lawful)
        if key not in self._discounts:
            terms = replace(self.terms(contract, lawful=lawful), one_offs=())
            lines = [line for month in months_of(window) for line in rate(terms, (), self._law, month)]
            self._discounts[key] = tuple(lines)
        return self._discounts[key]

    def usage_lines(
        self, contract: ContractFacts, window: BillingPeriod, usage: Iterable[Usage], *, lawful: bool = False
    ) -> tuple[Line, ...]:
        terms = replace(self.terms(contract, lawful=lawful), one_offs=(), discounts=())
        records = tuple(usage)
        return tuple(
            line
            for month in months_of(window)
            for line in rate(terms, records, self._law, month)
            if line.kind is LineKind.USAGE
        )

    def window_of(self, days: BillingPeriod, own: BillingPeriod) -> BillingPeriod:
        """Return the month that the days are a share of; of days of several months all of those months.

        That is the period of the line's own invoice if it is a month, else of another one, else the days themselves if
        they are a month.
        """
        for period in (own, *self._months):
            if is_month(period) and period.start <= days.start and days.end <= period.end:
                return period
        if whole_months(days):
            return days
        return BillingPeriod(BillingPeriod.month_of(days.start).start, BillingPeriod.month_of(days.last_day).end)

    def pieces(self, days: BillingPeriod, own: BillingPeriod) -> list[tuple[BillingPeriod, BillingPeriod]]:
        """Cut days into shares of months: (month, days of it)."""
        window = self.window_of(days, own)
        if is_month(window):
            return [(window, days)]
        if whole := whole_months(days):
            return [(month, month) for month in whole]
        pieces: list[tuple[BillingPeriod, BillingPeriod]] = []
        start = days.start
        while start < days.end:
            month = next((period for period in self._months if start in period), BillingPeriod.month_of(start))
            end = min(days.end, month.end)
            pieces.append((month, BillingPeriod(start, end)))
            start = end
        return pieces

    def charge(
        self,
        contract: ContractFacts,
        pieces: Iterable[tuple[BillingPeriod, BillingPeriod]],
        without: Collection[date] = (),
        *,
        lawful: bool = False,
    ) -> Charge:
        """Return the base price of the days on which the contract runs, apart from some."""
        telescoped = rounded = 0
        for window, days in pieces:
            for segment in self.segments(contract, window, lawful=lawful):
                shared = segment.days.overlap(days.start, days.end)
                for run in runs_of(shared, without):
                    telescoped += prorate(segment.price.base, window, run).minor
                    rounded += divide(segment.price.base.minor * run.days, window.days)
        return Charge(telescoped, rounded)

    def natural(self, contract: ContractFacts, pieces: Iterable[tuple[BillingPeriod, BillingPeriod]]) -> Charge:
        """Return what the days would cost had the contract run on all of them; nothing where no price says so."""
        shares = list(pieces)
        terms = _stretched(contract.terms, shares[0][1].start, shares[-1][1].end)
        telescoped = rounded = 0
        for window, days in shares:
            try:
                segments = segments_of(terms, self._law, window)
            except RatingError:
                segments = ()
            for segment in segments:
                for run in runs_of(segment.days.overlap(days.start, days.end), ()):
                    telescoped += prorate(segment.price.base, window, run).minor
                    rounded += divide(segment.price.base.minor * run.days, window.days)
        return Charge(telescoped, rounded)

    def _lawful_of(self, contract: ContractFacts) -> tuple[ContractTerms, tuple[HeldBack, ...]]:
        if contract.contract_id not in self._lawful:
            self._lawful[contract.contract_id] = lawful_terms(contract.terms, self._notices, self._law)
        return self._lawful[contract.contract_id]


def _stretched(terms: ContractTerms, start: date, end: date) -> ContractTerms:
    phases = list(terms.phases)
    if not phases:
        return terms
    if phases[0].valid_from > start:
        phases[0] = replace(phases[0], valid_from=start)
    last_end = phases[-1].valid_to
    if last_end is not None and last_end < end:
        phases[-1] = replace(phases[-1], valid_to=end)
    return replace(terms, phases=tuple(phases))


def price_charge(price: PriceTerms, pieces: Iterable[tuple[BillingPeriod, BillingPeriod]]) -> Charge:
    """Return what the days would cost at one price throughout."""
    shares = list(pieces)
    return Charge(
        sum(prorate(price.base, window, days).minor for window, days in shares),
        sum(divide(price.base.minor * days.days, window.days) for window, days in shares),
    )


def runs_of(days: BillingPeriod | None, without: Collection[date]) -> list[BillingPeriod]:
    """Return the days as unbroken runs, apart from some."""
    if days is None:
        return []
    if not without:
        return [days]
    left = [day for day in days_of(days) if day not in without]
    runs: list[BillingPeriod] = []
    for day in left:
        if runs and runs[-1].end == day:
            runs[-1] = BillingPeriod(runs[-1].start, day + DAY)
        else:
            runs.append(BillingPeriod(day, day + DAY))
    return runs


def days_of(days: BillingPeriod) -> list[date]:
    return [days.start + timedelta(days=offset) for offset in range(days.days)]


def months_of(window: BillingPeriod) -> list[BillingPeriod]:
    """Return the months that a window is made of."""
    if whole := whole_months(window):
        return whole
    months = [BillingPeriod.month_of(window.start)]
    while months[-1].end < window.end:
        months.append(months[-1].next_month())
    return months


def whole_months(days: BillingPeriod) -> list[BillingPeriod]:
    """Return the months from one day of a month to the same day of others; nothing if they do not come out even."""
    ends = [days.start]
    while ends[-1] < days.end:
        # Counted from the start, so that a start on the 31st comes back to it after shorter months.
        ends.append(months_before(days.start, -len(ends)))
    return [BillingPeriod(start, end) for start, end in pairwise(ends)] if ends[-1] == days.end else []


def is_month(days: BillingPeriod) -> bool:
    """Say whether the days run from one day of a month to before the same day of the next."""
    month = BillingPeriod.month_of(days.start)
    return days.start.day == days.end.day and days.end == month.end + timedelta(days=days.start.day - 1)
