"""One discount on two bills: whether it began, ended, changed or merely follows the base price."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from billing.explain.contract_lines import Pair
from billing.money import Money
from billing.rating.line import Line

# Cents: a line may join some cuts of a month, each rounded.
ROUNDING = 3


@dataclass(frozen=True, slots=True)
class DiscountPair:
    """The lines of one discount on the earlier and the later bill, at least one.

    `first_day` and `last_day`: from when on the earlier bill until when on the later one its contract runs.
    """

    lines: Pair
    first_day: date
    last_day: date

    @property
    def newest(self) -> Line:
        return (self.lines.now or self.lines.before)[-1]

    @property
    def ended_within(self) -> bool:
        """Say whether it ended before the contract's last day on the later bill."""
        ended_on = self.newest.facts.get("ended_on")
        return ended_on is not None and date.fromisoformat(str(ended_on)) < self.last_day

    @property
    def started_within(self) -> bool:
        """Say whether it began after the contract's first day on the earlier bill."""
        return date.fromisoformat(self.started_on) > self.first_day

    @property
    def started_on(self) -> str:
        return str(self.newest.facts.get("started_on", self.newest.period.start.isoformat()))

    @property
    def holds_on_both(self) -> bool:
        """Say whether it holds on all of these days, on both bills or not."""
        is_known_to_go_on = bool(self.lines.now) or "ended_on" in self.newest.facts
        return is_known_to_go_on and not self.ended_within and not self.started_within

    @property
    def follows(self) -> bool:
        """Say whether it is on both bills and neither began nor ended, so that it can follow the base price."""
        return bool(self.lines.before) and bool(self.lines.now) and self.holds_on_both

    @property
    def is_as_said(self) -> bool:
        """Say whether each line takes off what it says; one that does not is wrong, and nothing explains it."""
        return all(_is_as_said(line) for line in (*self.lines.before, *self.lines.now))

    @property
    def is_capped(self) -> bool:
        """Say whether on either bill it took less than it is worth alone."""
        lines = (*self.lines.before, *self.lines.now)
        return any(line.facts.get("own_monthly_minor", monthly_of(line)) != monthly_of(line) for line in lines)

    @property
    def share(self) -> int | None:
        """Return the share of the base price in basis points; None of a fixed amount."""
        known = self.newest.facts.get("basis_points")
        return None if known is None else int(known)

    @property
    def follows_the_price(self) -> bool:
        """Say whether it changed with the price of a month, and not with the days alone."""
        if not self.lines.before or not self.lines.now:
            return False
        return self.share is not None or monthly_of(self.lines.before[-1]) != monthly_of(self.newest)


def discounts_of(pair: Pair, base: Pair) -> list[DiscountPair]:
    """Return each discount whose amount differs, in the order in which the bills name them."""
    first_day = base.before[0].period.start if base.before else pair.period_before.start
    last_day = base.now[-1].period.last_day if base.now else pair.period_now.last_day
    keys = dict.fromkeys(_key(line) for line in (*pair.before, *pair.now))
    discounts = [DiscountPair(pair.only(_has_key(key)), first_day, last_day) for key in keys]
    return [one for one in discounts if one.lines.change]


def _has_key(key: str) -> Callable[[Line], bool]:
    return lambda line: _key(line) == key


def monthly_of(line: Line) -> int:
    """Return what the discount took off for a whole month; of a line without facts, what it took off."""
    return int(line.facts.get("monthly_minor", -line.amount.minor))


def _is_as_said(line: Line) -> bool:
    days = int(line.facts.get("days_in_period", 0))
    if not days or "monthly_minor" not in line.facts:
        return True
    said = Money(monthly_of(line), line.amount.currency).times(line.period.days, days)
    return abs((line.amount + said).minor) <= ROUNDING


def _key(line: Line) -> str:
    return str(line.facts.get("discount_id") or line.facts.get("name_en", ""))
