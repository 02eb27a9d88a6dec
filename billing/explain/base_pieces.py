"""The base charges of one contract on one bill: days on a plan at a price, and what they would cost at another price.

A line that another company's system wrote may lack facts; then what the line itself says stands in.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.line import Facts, Line, LineKind
from billing.rating.proration import prorate

ROUNDING = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """Some days of a bill's period with one plan at one price."""

    line: Line
    whole: BillingPeriod

    @property
    def plan(self) -> str:
        return plan_of(self.line)

    @property
    def days(self) -> int:
        return self.line.period.days

    @property
    def base(self) -> Money:
        """Return the price of a whole month."""
        known = self.line.facts.get("base_minor")
        if known is not None:
            return Money(int(known), self.line.amount.currency)
        if self.line.kind is LineKind.RECURRING:
            return self.line.amount
        return self.line.amount.times(self.days_in_period, self.days)

    @property
    def days_in_period(self) -> int:
        return int(self.line.facts.get("days_in_period", self.whole.days))

    @property
    def price_since(self) -> str:
        return str(self.line.facts.get("price_valid_from", self.line.period.start.isoformat()))

    @property
    def plan_since(self) -> str:
        """Return the first day on the plan as far as it is known: within the bill, or from the contract."""
        return str(self.line.facts.get("plan_started_on", self.line.period.start.isoformat()))

    def at(self, base: Money) -> Money:
        """Return what these days cost at another monthly price.

        At their own it is what was charged, rounded as whoever wrote the line does; but not a charge that is no share
        of that price at all. Such a bill is wrong, and what is wrong must not pass for other days or another price.
        """
        share = self._share_of(base)
        amount = -share if self.line.kind is LineKind.PRORATION_CREDIT else share
        is_rounding = abs((self.line.amount - amount).minor) <= ROUNDING
        return self.line.amount if base == self.base and is_rounding else amount

    def _share_of(self, base: Money) -> Money:
        days = self.line.period
        if self.days_in_period == self.whole.days and self.whole.start <= days.start and days.end <= self.whole.end:
            return prorate(base, self.whole, days)
        return base.times(self.days, self.days_in_period)


def plan_of(line: Line) -> str:
    """Return what tells one plan from another; of a line without facts, what it is called."""
    return str(line.facts.get("plan_code") or line.facts.get("name_en", ""))


def facts_of_days(newest: Piece, before: Iterable[Piece], now: Iterable[Piece]) -> Facts:
    return {
        "days_before": sum(piece.days for piece in before),
        "days_now": sum(piece.days for piece in now),
        "days_in_period": newest.days_in_period,
    }


def covers_its_period(pieces: Iterable[Piece]) -> bool:
    """Say whether the change stays: whole months go on as they are, and so does nothing at all."""
    pieces = list(pieces)
    return not pieces or sum(piece.days for piece in pieces) >= pieces[-1].days_in_period
