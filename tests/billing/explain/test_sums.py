"""Whatever happens to a customer, the causes sum to the difference, and nothing is left unnamed."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.explain.bill_changes import CauseCode, explain_change
from billing.money import total
from billing.rating.terms import ContractTerms, Usage
from tests.billing.explain.bills import NOVEMBER, OCTOBER, SEPTEMBER, bill
from tests.billing.rating.terms import contract, discount, one_off, phase, price

DAYS = st.dates(SEPTEMBER.start, NOVEMBER.last_day)
LATER_DAYS = st.dates(SEPTEMBER.start + timedelta(days=1), NOVEMBER.last_day)


@st.composite
def contracts(draw: st.DrawFn, key: int) -> ContractTerms:
    """A contract to which anything may happen: two plans, a new price, discounts, charges."""
    changed_on = draw(LATER_DAYS)
    new_price_on = draw(LATER_DAYS)
    base, other_base, new_base = (draw(st.integers(0, 9999)) for _ in range(3))
    included = draw(st.sampled_from([0, 10]))
    micro, new_micro = draw(st.integers(1, 999_999)), draw(st.integers(1, 999_999))
    old = phase(
        price(base, unit="GB", included=included, micro=micro, valid_to=new_price_on),
        price(new_base, unit="GB", included=included, micro=new_micro, valid_from=new_price_on),
        plan="old",
        valid_from=draw(st.sampled_from([date(2020, 1, 1), SEPTEMBER.start + timedelta(days=3)])),
        valid_to=changed_on if changed_on > SEPTEMBER.start + timedelta(days=3) else None,
    )
    phases = [old]
    if old.valid_to is not None and draw(st.booleans()):
        phases.append(phase(price(other_base, unit="GB", micro=micro), plan="new", valid_from=old.valid_to))
    cuts = discount(amount=draw(st.integers(1, 3000)), valid_to=draw(LATER_DAYS), key=key * 10)
    share = discount(basis_points=draw(st.integers(1, 10_000)), valid_from=draw(DAYS), key=key * 10 + 1)
    charges = tuple(one_off(day, amount=draw(st.integers(1, 9999))) for day in draw(st.lists(DAYS, max_size=3)))
    return contract(*phases, discounts=(cuts, share), one_offs=charges, key=key)


USAGE = st.lists(st.builds(Usage, DAYS, st.integers(0, 40), st.just("GB")), max_size=8)


@settings(max_examples=80, deadline=None)
@given(contracts(1), contracts(2), USAGE)
def test_the_causes_sum_to_the_difference(one: ContractTerms, two: ContractTerms, usage: list[Usage]) -> None:
    months = [bill(period, one, two, usage=usage) for period in (SEPTEMBER, OCTOBER, NOVEMBER)]

    for previous, current in ((None, months[0]), (months[0], months[1]), (months[1], months[2])):
        explained = explain_change(previous, current)
        before = 0 if previous is None else previous.total.minor
        assert explained.difference.minor == current.total.minor - before
        assert total((cause.amount for cause in explained.causes), "EUR") == explained.difference


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 9999), st.integers(1, 3000), LATER_DAYS, USAGE)
def test_with_one_thing_changed_nothing_is_left_unnamed(base: int, off: int, day: date, usage: list[Usage]) -> None:
    terms = contract(
        phase(price(base, unit="GB", included=10, micro=250_000)), discounts=(discount(amount=off, valid_to=day),)
    )
    september, october = bill(SEPTEMBER, terms, usage=usage), bill(OCTOBER, terms, usage=usage)

    explained = explain_change(september, october)

    assert CauseCode.OTHER not in {cause.code for cause in explained.causes}


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9999), st.integers(1, 3000), LATER_DAYS)
def test_the_forecast_is_the_next_bill_when_nothing_else_happens(base: int, off: int, day: date) -> None:
    terms = contract(phase(price(base)), discounts=(discount(amount=off, valid_to=day),))

    explained = explain_change(bill(SEPTEMBER, terms), bill(OCTOBER, terms))

    assert explained.expected_next == bill(NOVEMBER, terms).total
