"""Advice about plans: what the last months would have cost on each of them."""

import json
from dataclasses import replace
from datetime import date
from random import Random
from uuid import UUID

import pytest

from billing.law import law_of
from billing.money import Money
from billing.rating.kinds import LineKind
from billing.rating.terms import ContractTerms, DiscountTerms, OneOff, PlanPhase, PriceTerms, Usage
from billing.tariffs import Offer, TariffAdvice, compare
from tests.billing.tariffs.brute_force import best, disagreements, months_of, random_case

TODAY = date(2026, 11, 21)
BRUTE_FORCE_CASES = 400


def _plan(
    code: str, base: int, *, included: int = 0, micro: int = 0, valid_from: date = date(2020, 1, 1), unit: str = "GB"
) -> PlanPhase:
    price = PriceTerms(
        UUID(int=1), valid_from, None, Money(base, "EUR"), unit=unit, included=included, unit_price_micro=micro
    )
    return PlanPhase(code, {"en": code}, date(2020, 1, 1), None, (price,))


def _offer(plan: PlanPhase, fee: int = 0) -> Offer:
    return Offer(plan, Money(fee, "EUR"))


SMALL = _plan("small", 1499, included=10, micro=2_000_000)
LARGE = _plan("large", 2499, included=40, micro=1_500_000)
TERMS = ContractTerms(UUID(int=9), "EUR", (SMALL,))


def _monthly(*quantities: int) -> list[Usage]:
    """Return usage of the last months, the newest being October 2026."""
    months = range(10 - len(quantities) + 1, 11)
    return [Usage(date(2026, month, 5), quantity, "GB") for month, quantity in zip(months, quantities, strict=True)]


def _advise(
    usage: list[Usage], *offers: Offer, terms: ContractTerms = TERMS, windows: tuple[int, ...] = (3,)
) -> tuple[TariffAdvice, ...]:
    return compare(terms, usage, offers, law_of("DE"), today=TODAY, windows=windows)


def test_saving_is_told_with_its_range() -> None:
    [advice] = _advise(_monthly(10, 16, 20), _offer(LARGE))

    # Small: 14.99, then 14.99 + 6 × 2.00 and 14.99 + 10 × 2.00. Large: 24.99 each time.
    assert [cost.minor for cost in advice.costs] == [1499, 2699, 3499]
    assert advice.best is not None
    assert [saving.minor for saving in advice.best.savings] == [-1000, 200, 1000]
    # The sum is 2.00; a third of it 0.666…, half up.
    assert (advice.best.saving.minor, advice.best.saving_per_month.minor) == (200, 67)
    assert (advice.best.least_saving.minor, advice.best.most_saving.minor) == (-1000, 1000)


def test_months_that_would_have_been_dearer_are_counted_and_said() -> None:
    [often] = _advise(_monthly(10, 16, 20, 20, 20, 0), _offer(LARGE), windows=(6,))
    [seldom] = _advise(_monthly(10, 16, 20, 20, 20, 20), _offer(LARGE), windows=(6,))

    assert often.best is not None
    assert (often.best.months_dearer, often.best.is_often_dearer) == (2, True)
    assert seldom.best is not None
    assert (seldom.best.months_dearer, seldom.best.is_often_dearer) == (1, False)


def test_who_is_on_the_best_plan_is_told_so() -> None:
    [advice] = _advise(_monthly(8, 9, 10), _offer(LARGE))

    assert advice.is_on_best_plan
    assert [option.plan_code for option in advice.options] == ["large"]
    assert advice.options[0].saving == Money(-3000, "EUR")


def test_a_fee_that_a_year_does_not_bring_in_makes_no_better_plan() -> None:
    usage = _monthly(16, 16, 16)

    # 26.99 against 24.99: 2.00 a month, 24.00 a year.
    assert _advise(usage, _offer(LARGE, fee=2399))[0].best is not None
    assert _advise(usage, _offer(LARGE, fee=2400))[0].best is None


def test_windows_that_show_no_more_months_are_left_out() -> None:
    terms = replace(TERMS, phases=(replace(SMALL, valid_from=date(2026, 6, 15)),))

    advice = _advise([], _offer(LARGE), terms=terms, windows=(3, 6, 12))

    # July to October are whole; June is not.
    assert [(one.asked_months, [month.label for month in one.months]) for one in advice] == [
        (3, ["2026-08", "2026-09", "2026-10"]),
        (6, ["2026-07", "2026-08", "2026-09", "2026-10"]),
    ]


def test_the_plan_of_today_is_compared_though_it_was_another_before() -> None:
    phases = (replace(LARGE, valid_to=date(2026, 10, 1)), replace(SMALL, valid_from=date(2026, 10, 1)))

    [advice] = _advise([], _offer(LARGE), terms=replace(TERMS, phases=phases))

    assert (advice.plan_code, [cost.minor for cost in advice.costs]) == ("small", [1499, 1499, 1499])


def test_a_discount_goes_with_the_contract() -> None:
    half = DiscountTerms(UUID(int=5), {"en": "Half"}, date(2020, 1, 1), None, basis_points=5000)

    [advice] = _advise([], _offer(_plan("cheap", 1000)), terms=replace(TERMS, discounts=(half,)))

    # Half of 14.99 is 7.495, so 7.50 off; half of 10.00 is 5.00.
    assert [cost.minor for cost in advice.costs] == [749, 749, 749]
    assert [cost.minor for cost in advice.options[0].costs] == [500, 500, 500]


def test_single_charges_are_left_out() -> None:
    visit = OneOff({"en": "Visit"}, "WO-1", date(2026, 10, 5), Money(4990, "EUR"), kind=LineKind.ONE_OFF)

    [advice] = _advise([], _offer(LARGE), terms=replace(TERMS, one_offs=(visit,)))

    assert [cost.minor for cost in advice.costs] == [1499, 1499, 1499]


@pytest.mark.parametrize(
    "plan",
    [_plan("new", 100, valid_from=date(2026, 9, 1)), _plan("power", 100, unit="kWh")],
    ids=["without a price in August", "for another unit"],
)
def test_a_plan_that_could_not_have_been_billed_is_no_choice(plan: PlanPhase) -> None:
    [advice] = _advise(_monthly(1, 1, 1), _offer(plan))

    assert advice.options == ()
    assert advice.is_on_best_plan


@pytest.mark.parametrize(
    "terms",
    [
        replace(TERMS, ended_on=date(2027, 1, 1)),
        replace(TERMS, phases=(replace(SMALL, valid_from=date(2026, 10, 2)),)),
        replace(TERMS, phases=(replace(SMALL, valid_to=date(2026, 11, 21)),)),
    ],
    ids=["it ends", "not one whole month", "no plan today"],
)
def test_there_is_no_advice_for_a_contract_without_a_future_or_a_past(terms: ContractTerms) -> None:
    assert _advise([], _offer(LARGE), terms=terms) == ()


def test_the_rest_of_the_minimum_term_is_told_as_long_as_it_runs() -> None:
    fee = Money(12000, "EUR")
    bound = replace(TERMS, minimum_term_until=date(2027, 9, 1), termination_fee=fee)
    free = replace(TERMS, minimum_term_until=date(2026, 11, 21), termination_fee=fee)

    assert _advise([], terms=bound)[0].minimum_term_until == date(2027, 9, 1)
    assert _advise([], terms=bound)[0].termination_fee == fee
    assert _advise([], terms=free)[0].minimum_term_until is None
    assert _advise([], terms=free)[0].termination_fee is None


def test_advice_as_json_says_the_same() -> None:
    [advice] = _advise(_monthly(10, 16, 20), _offer(LARGE, fee=100))

    told = json.loads(json.dumps(advice.to_json()))

    assert (told["best"], told["currency"], told["months"]) == ("large", "EUR", ["2026-08", "2026-09", "2026-10"])
    assert told["options"][0] == {
        "plan_code": "large",
        "plan_name": {"en": "large"},
        "costs_minor": [2499, 2499, 2499],
        "saving_minor": 200,
        "saving_per_month_minor": 67,
        "least_saving_minor": -1000,
        "most_saving_minor": 1000,
        "months_dearer": 1,
        "is_often_dearer": True,
        "switching_fee_minor": 100,
    }


def test_advice_equals_brute_force() -> None:
    """The full 5,000 cases are in tests/bench/tariffs.py."""
    cases = [random_case(Random(seed)) for seed in range(BRUTE_FORCE_CASES)]

    wrong = {seed: found for seed, case in enumerate(cases) if (found := disagreements(case))}

    assert wrong == {}
    # Not only cases in which there is nothing to say.
    assert sum(best(case, months_of(case, 12)) is not None for case in cases) > BRUTE_FORCE_CASES // 4
