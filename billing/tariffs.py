"""What the months that were would have cost on every other plan. Pure: each month is rated anew, nothing is estimated.

Compared with the plan that the contract is on today, as if it had been on it all the time. Discounts belong to the
contract and stay with it, so one by share is that share of the other plan's price. Single charges and outages are left
out: they would have come with any plan. A plan that the billing run could not bill (a day without a price, usage in a
unit that it does not price) is no choice. A change of plan goes on within the contract: it does not end it, so the
minimum term and the fee for an early end are told as facts and are no cost of the change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from uuid import UUID

from billing.law import Law
from billing.money import Money, total
from billing.periods import BillingPeriod
from billing.rating.errors import RatingError
from billing.rating.rate import rate
from billing.rating.terms import ContractTerms, Names, PlanPhase, Usage

WINDOWS = (3, 6, 12)
MONTHS_OF_A_YEAR = 12
# More often dearer than in one of six months, and whoever recommends the plan must say so.
OFTEN = Fraction(1, 6)


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan that can be chosen, with all its prices in the customer's country."""

    plan: PlanPhase
    switching_fee: Money


@dataclass(frozen=True, slots=True)
class PlanOption:
    """Another plan over the months of an advice, oldest first; a saving is negative where it would have cost more."""

    plan_code: str
    plan_name: Names
    costs: tuple[Money, ...]
    savings: tuple[Money, ...]
    switching_fee: Money

    @property
    def saving(self) -> Money:
        return total(self.savings, self.switching_fee.currency)

    @property
    def saving_per_month(self) -> Money:
        """Return the mean, rounded half up."""
        return self.saving.times(1, len(self.savings))

    @property
    def least_saving(self) -> Money:
        return min(self.savings)

    @property
    def most_saving(self) -> Money:
        return max(self.savings)

    @property
    def months_dearer(self) -> int:
        """Count the months in which the plan would have cost more."""
        return sum(saving.minor < 0 for saving in self.savings)

    @property
    def is_often_dearer(self) -> bool:
        return Fraction(self.months_dearer, len(self.savings)) > OFTEN

    @property
    def first_year(self) -> Fraction:
        """Return what a year like these months saves after the fee for the change, in minor units."""
        return Fraction(self.saving.minor * MONTHS_OF_A_YEAR, len(self.savings)) - self.switching_fee.minor


@dataclass(frozen=True, slots=True)
class TariffAdvice:
    """What is best for a contract, judged by its last whole months; `options` from the best on, however bad.

    `asked_months` is how far back was asked for; the contract may not have run for so long.
    """

    contract_id: UUID
    asked_months: int
    months: tuple[BillingPeriod, ...]
    plan_code: str
    plan_name: Names
    costs: tuple[Money, ...]
    options: tuple[PlanOption, ...]
    minimum_term_until: date | None = None
    termination_fee: Money | None = None

    @property
    def best(self) -> PlanOption | None:
        """Return the plan that saves most in a year, the fee for the change taken off; None if none saves anything."""
        return self.options[0] if self.options and self.options[0].first_year > 0 else None

    @property
    def is_on_best_plan(self) -> bool:
        return self.best is None

    def to_json(self) -> dict[str, object]:
        """Return plain data: amounts in minor units, days as ISO 8601; words are the reader's business."""
        return {
            "contract_id": str(self.contract_id),
            "currency": self.costs[0].currency,
            "asked_months": self.asked_months,
            "months": [month.label for month in self.months],
            "plan_code": self.plan_code,
            "plan_name": dict(self.plan_name),
            "costs_minor": [cost.minor for cost in self.costs],
            "is_on_best_plan": self.is_on_best_plan,
            "best": None if self.best is None else self.best.plan_code,
            "minimum_term_until": None if self.minimum_term_until is None else self.minimum_term_until.isoformat(),
            "termination_fee_minor": None if self.termination_fee is None else self.termination_fee.minor,
            "options": [_option_json(option) for option in self.options],
        }


def compare(
    terms: ContractTerms,
    usage: Sequence[Usage],
    offers: Sequence[Offer],
    law: Law,
    *,
    today: date,
    windows: Sequence[int] = WINDOWS,
) -> tuple[TariffAdvice, ...]:
    """Return the advice for each window of whole months before today, the shortest first.

    A window that shows no more months than a shorter one is left out. No advice for a contract that has ended or ends,
    that has not run for a whole month, or whose own plan cannot be rated.
    """
    months = _whole_months(terms, today, max(windows))
    current = terms.plan_on(today)
    if current is None or not months or terms.ended_on is not None:
        return ()
    past = _Past(terms, _by_month(usage), law)
    own = past.costs(current, months)
    if own is None:
        return ()
    others = {offer.plan.plan_code: offer for offer in offers if offer.plan.plan_code != current.plan_code}
    rated = [(offer, past.costs(offer.plan, months)) for offer in others.values()]
    bound_until = _still_ahead(terms.minimum_term_until, today)
    longest = TariffAdvice(
        contract_id=terms.contract_id,
        asked_months=max(windows),
        months=months,
        plan_code=current.plan_code,
        plan_name=current.plan_name,
        costs=own,
        options=tuple(_option(offer, costs, own) for offer, costs in rated if costs is not None),
        minimum_term_until=bound_until,
        termination_fee=None if bound_until is None else terms.termination_fee,
    )
    shown: dict[int, int] = {}
    for window in sorted(set(windows)):
        shown.setdefault(min(window, len(months)), window)
    return tuple(_of_last(longest, count, window) for count, window in shown.items())


def _of_last(advice: TariffAdvice, count: int, window: int) -> TariffAdvice:
    """Return the same advice judged by the last months alone."""
    options = [
        replace(option, costs=option.costs[-count:], savings=option.savings[-count:]) for option in advice.options
    ]
    return replace(
        advice,
        asked_months=window,
        months=advice.months[-count:],
        costs=advice.costs[-count:],
        options=tuple(sorted(options, key=_rank)),
    )


@dataclass(frozen=True, slots=True)
class _Past:
    """One contract's months as they were, to be rated on any plan."""

    terms: ContractTerms
    usage: Mapping[str, Sequence[Usage]]
    law: Law
    _none: Sequence[Usage] = field(default=())

    def costs(self, plan: PlanPhase, months: Sequence[BillingPeriod]) -> tuple[Money, ...] | None:
        """Return what each month costs on the plan; None if one of them cannot be billed on it."""
        phase = replace(plan, valid_from=months[0].start, valid_to=None)
        terms = replace(self.terms, phases=(phase,), one_offs=(), outages=())
        try:
            return tuple(self._cost(terms, month) for month in months)
        except RatingError:
            return None

    def _cost(self, terms: ContractTerms, month: BillingPeriod) -> Money:
        lines = rate(terms, self.usage.get(month.label, self._none), self.law, month)
        return total((line.amount for line in lines), terms.currency)


def _whole_months(terms: ContractTerms, today: date, most: int) -> tuple[BillingPeriod, ...]:
    """Return the last months that are over and in which the contract had a plan on every day, oldest first."""
    months: list[BillingPeriod] = []
    month = BillingPeriod.month_of(today).previous_month()
    while len(months) < most and _has_plan_throughout(terms, month):
        months.append(month)
        month = month.previous_month()
    return tuple(reversed(months))


def _has_plan_throughout(terms: ContractTerms, month: BillingPeriod) -> bool:
    days = [month.overlap(phase.valid_from, phase.valid_to) for phase in terms.phases if not _is_empty(phase)]
    return sum(part.days for part in days if part is not None) == month.days


def _is_empty(phase: PlanPhase) -> bool:
    return phase.valid_to is not None and phase.valid_to <= phase.valid_from


def _by_month(usage: Sequence[Usage]) -> Mapping[str, list[Usage]]:
    by_month: dict[str, list[Usage]] = {}
    for record in usage:
        by_month.setdefault(f"{record.used_on:%Y-%m}", []).append(record)
    return by_month


def _option(offer: Offer, costs: tuple[Money, ...], own: tuple[Money, ...]) -> PlanOption:
    savings = tuple(now - then for now, then in zip(own, costs, strict=True))
    return PlanOption(offer.plan.plan_code, offer.plan.plan_name, costs, savings, offer.switching_fee)


def _rank(option: PlanOption) -> tuple[Fraction, int, str]:
    """Put the one that saves most in a year first; at a draw the one that is dearer in fewer months."""
    return -option.first_year, option.months_dearer, option.plan_code


def _still_ahead(day: date | None, today: date) -> date | None:
    return day if day is not None and day > today else None


def _option_json(option: PlanOption) -> dict[str, object]:
    return {
        "plan_code": option.plan_code,
        "plan_name": dict(option.plan_name),
        "costs_minor": [cost.minor for cost in option.costs],
        "saving_minor": option.saving.minor,
        "saving_per_month_minor": option.saving_per_month.minor,
        "least_saving_minor": option.least_saving.minor,
        "most_saving_minor": option.most_saving.minor,
        "months_dearer": option.months_dearer,
        "is_often_dearer": option.is_often_dearer,
        "switching_fee_minor": option.switching_fee.minor,
    }
