"""Each story of a support desk is named, dated and accounted for to the cent."""

from datetime import date

from billing.explain.bill_changes import explain_change
from billing.periods import BillingPeriod
from billing.rating.line import Line, LineKind, ReasonCode
from billing.rating.terms import Usage
from tests.billing.explain.bills import NOVEMBER, OCTOBER, SEPTEMBER, bill, brief, change
from tests.billing.rating.terms import contract, discount, one_off, phase, price
from tests.factories.money import eur

MID_OCTOBER = date(2026, 10, 15)
MOBILE = price(1499, unit="GB", included=10, micro=2_000_000)


def test_nothing_changed() -> None:
    explained = change(contract(phase(price(3999))))

    assert (brief(explained), explained.difference, explained.expected_next) == ([], eur(0), eur(3999))


def test_a_discount_that_ended_raises_the_bill_for_good() -> None:
    explained = change(contract(phase(price(3999)), discounts=(discount(amount=1000, valid_to=OCTOBER.start),)))

    assert brief(explained) == [("discount_ended", 1000, True)]
    assert explained.causes[0].facts["ended_on"] == "2026-09-30"
    assert explained.causes[0].facts["name_fi"] == "Tervetuloalennus"
    assert explained.expected_next == eur(3999)


def test_a_discount_that_ends_mid_month_is_told_in_both_months() -> None:
    terms = contract(phase(price(3999)), discounts=(discount(amount=310, valid_to=MID_OCTOBER),))

    assert brief(change(terms)) == [("discount_ended", 170, True)]
    assert brief(change(terms, to=NOVEMBER)) == [("discount_ended", 140, True)]
    assert change(terms).expected_next == eur(3999)


def test_a_discount_that_began_lowers_the_bill() -> None:
    explained = change(contract(phase(price(3999)), discounts=(discount(amount=1000, valid_from=OCTOBER.start),)))

    assert brief(explained) == [("discount_started", -1000, True)]
    assert explained.causes[0].facts["started_on"] == "2026-10-01"


def test_a_discount_that_began_mid_month_is_told_in_both_months() -> None:
    terms = contract(phase(price(3999)), discounts=(discount(amount=310, valid_from=MID_OCTOBER),))

    assert brief(change(terms)) == [("discount_started", -170, True)]
    assert brief(change(terms, to=NOVEMBER)) == [("discount_started", -140, True)]


def test_extra_usage_is_told_with_its_quantity_and_is_not_expected_again() -> None:
    usage = [Usage(date(2026, 9, 9), 12, "GB"), Usage(MID_OCTOBER, 16, "GB")]

    explained = change(contract(phase(MOBILE)), usage=usage)

    assert brief(explained) == [("extra_usage", 800, False)]
    facts = explained.causes[0].facts
    assert (facts["quantity"], facts["quantity_before"], facts["quantity_now"], facts["unit"]) == (4, 2, 6, "GB")
    assert explained.expected_next == eur(1499)


def test_less_usage_lowers_the_bill() -> None:
    usage = [Usage(date(2026, 9, 9), 16, "GB"), Usage(MID_OCTOBER, 3, "GB")]

    assert brief(change(contract(phase(MOBILE)), usage=usage)) == [("less_usage", -1200, False)]


def test_consumption_is_expected_again() -> None:
    terms = contract(phase(price(1190, unit="kWh", micro=300_000)))
    usage = [Usage(date(2026, 9, 9), 100, "kWh"), Usage(MID_OCTOBER, 150, "kWh")]

    explained = change(terms, usage=usage)

    assert brief(explained) == [("extra_usage", 1500, False)]
    assert explained.expected_next == explained.current_total


def test_a_plan_change_mid_month_names_both_plans_and_the_day() -> None:
    terms = contract(
        phase(price(3100), plan="small", valid_to=MID_OCTOBER), phase(price(6200), plan="large", valid_from=MID_OCTOBER)
    )

    explained = change(terms)

    assert brief(explained) == [("plan_change", 1700, True)]
    facts = explained.causes[0].facts
    assert (facts["plan_from_de"], facts["plan_to_de"], facts["changed_on"]) == ("Small", "Large", "2026-10-15")
    assert explained.expected_next == eur(6200)


def test_the_month_after_a_plan_change_is_its_first_whole_one() -> None:
    terms = contract(
        phase(price(3100), plan="small", valid_to=MID_OCTOBER), phase(price(6200), plan="large", valid_from=MID_OCTOBER)
    )

    explained = change(terms, to=NOVEMBER)

    assert brief(explained) == [("proration", 1400, True)]
    assert (explained.causes[0].facts["days_before"], explained.causes[0].facts["days_now"]) == (17, 30)


def test_a_share_discount_follows_the_plan_and_is_no_cause_of_its_own() -> None:
    terms = contract(
        phase(price(2000), plan="small", valid_to=OCTOBER.start),
        phase(price(3000), plan="large", valid_from=OCTOBER.start),
        discounts=(discount(basis_points=1000),),
    )

    assert brief(change(terms)) == [("plan_change", 900, True)]


def test_a_price_change_is_told_with_both_prices() -> None:
    terms = contract(phase(price(3999, valid_to=OCTOBER.start), price(4199, valid_from=OCTOBER.start)))

    explained = change(terms)

    assert brief(explained) == [("price_change", 200, True)]
    facts = explained.causes[0].facts
    assert (facts["price_before_minor"], facts["price_now_minor"]) == (3999, 4199)
    assert facts["changed_on"] == "2026-10-01"


def test_a_price_change_mid_month_is_told_in_both_months() -> None:
    terms = contract(phase(price(3100, valid_to=MID_OCTOBER), price(6200, valid_from=MID_OCTOBER)))

    assert brief(change(terms)) == [("price_change", 1700, True)]
    assert brief(change(terms, to=NOVEMBER)) == [("price_change", 1400, True)]


def test_more_usage_at_a_higher_unit_price_is_two_causes() -> None:
    """100 kWh at 30 cent, then 150 at 32: 50 more at the old price are 15.00, 2 cent more on 150 are 3.00."""
    terms = contract(
        phase(
            price(1190, unit="kWh", micro=300_000, valid_to=OCTOBER.start),
            price(1190, unit="kWh", micro=320_000, valid_from=OCTOBER.start),
        )
    )
    usage = [Usage(date(2026, 9, 9), 100, "kWh"), Usage(MID_OCTOBER, 150, "kWh")]

    assert brief(change(terms, usage=usage)) == [("extra_usage", 1500, False), ("price_change", 300, True)]


def test_a_single_charge_comes_and_goes() -> None:
    terms = contract(phase(price(3999)), one_offs=(one_off(MID_OCTOBER),))

    assert brief(change(terms)) == [("one_off", 4990, False)]
    assert change(terms).expected_next == eur(3999)
    assert brief(change(terms, to=NOVEMBER)) == [("one_off_gone", -4990, False)]


def test_the_same_charge_booked_twice_is_a_duplicate() -> None:
    terms = contract(phase(price(3999)), one_offs=(one_off(MID_OCTOBER), one_off(MID_OCTOBER)))

    explained = change(terms)

    assert brief(explained) == [("one_off", 4990, False), ("duplicate_charge", 4990, False)]
    assert explained.causes[1].facts["reference"] == "WO-1"
    assert brief(change(terms, to=NOVEMBER)) == [("one_off_gone", -9980, False)]


def test_two_charges_of_different_orders_are_no_duplicate() -> None:
    terms = contract(phase(price(3999)), one_offs=(one_off(MID_OCTOBER), one_off(MID_OCTOBER, reference="WO-2")))

    assert [code for code, _, _ in brief(change(terms))] == ["one_off", "one_off"]


def test_a_late_fee_comes_and_goes() -> None:
    terms = contract(phase(price(2990)))
    day = BillingPeriod(date(2026, 10, 29), date(2026, 10, 30))
    facts: dict[str, str | int] = {"invoice_number": "FI-2026-000001", "reminded_on": "2026-10-29"}
    fee = Line(LineKind.LATE_FEE, ReasonCode.REMINDER, facts, day, eur(500), 0)
    before, now = bill(SEPTEMBER, terms), bill(OCTOBER, terms, more=(fee,))

    explained = explain_change(before, now)

    assert brief(explained) == [("late_fee", 500, False)]
    assert explained.causes[0].facts["invoice_number"] == "FI-2026-000001"
    assert explained.expected_next == eur(2990)
    assert brief(explain_change(now, bill(NOVEMBER, terms))) == [("late_fee_gone", -500, False)]


def test_a_first_bill_is_explained_by_its_days() -> None:
    terms = contract(phase(price(2790), valid_from=date(2026, 10, 12)))

    explained = explain_change(None, bill(OCTOBER, terms))

    assert brief(explained) == [("first_bill", 1800, False)]
    facts = explained.causes[0].facts
    assert (facts["started_on"], facts["days"], facts["days_in_period"]) == ("2026-10-12", 20, 31)
    assert (explained.previous_number, explained.difference, explained.expected_next) == (None, eur(1800), eur(2790))


def test_a_charge_on_a_first_bill_is_told_apart() -> None:
    start = date(2026, 10, 12)
    terms = contract(phase(price(2790), valid_from=start), one_offs=(one_off(start, amount=1900),))

    assert brief(explain_change(None, bill(OCTOBER, terms))) == [("one_off", 1900, False), ("first_bill", 1800, False)]


def test_the_month_after_a_part_month_is_whole() -> None:
    terms = contract(phase(price(3100), valid_from=date(2026, 9, 16)))

    assert brief(change(terms)) == [("proration", 1550, True)]


def test_the_last_part_of_an_ended_contract_expects_nothing_next() -> None:
    explained = change(contract(phase(price(3100), valid_to=date(2026, 10, 11))))

    assert brief(explained) == [("proration", -2100, False)]
    assert explained.expected_next is None


def test_a_contract_that_ended_with_the_month_expects_nothing_next() -> None:
    terms = contract(phase(price(3100), valid_to=NOVEMBER.start), discounts=(discount(amount=500),))

    assert change(terms).expected_next is None


def test_beside_an_ended_contract_only_the_other_is_expected() -> None:
    ended = contract(phase(price(3100), valid_to=NOVEMBER.start), discounts=(discount(amount=500),))
    going_on = contract(phase(price(3999)), key=2)

    assert change(ended, going_on).expected_next == eur(3999)


def test_a_contract_that_ends_within_the_next_month_is_expected_until_then() -> None:
    """10 of 30 days of 30.00 less 6.00."""
    terms = contract(phase(price(3000), valid_to=date(2026, 11, 11)), discounts=(discount(amount=600),))

    assert change(terms).expected_next == bill(NOVEMBER, terms).total == eur(800)


def test_a_plan_that_ends_because_another_begins_is_no_end_of_the_contract() -> None:
    terms = contract(
        phase(price(3100), plan="small", valid_to=NOVEMBER.start),
        phase(price(6200), plan="large", valid_from=NOVEMBER.start),
    )

    assert change(terms).expected_next == eur(3100)


def test_a_second_contract_is_told_by_its_days() -> None:
    first, second = contract(phase(price(3999))), contract(phase(price(3100), valid_from=date(2026, 10, 22)), key=2)

    explained = change(first, second)

    assert brief(explained) == [("proration", 1000, False)]
    assert (explained.causes[0].facts["days_before"], explained.causes[0].facts["days_now"]) == (0, 10)
    assert explained.expected_next == eur(7099)


def test_two_causes_that_cancel_out_are_both_told() -> None:
    terms = contract(
        phase(price(3999)),
        discounts=(
            discount(amount=1000, valid_to=OCTOBER.start),
            discount(amount=1000, valid_from=OCTOBER.start, key=2),
        ),
    )

    explained = change(terms)

    assert explained.difference == eur(0)
    assert sorted(brief(explained)) == [("discount_ended", 1000, True), ("discount_started", -1000, True)]


def test_the_weightiest_cause_comes_first() -> None:
    terms = contract(
        phase(price(3999)),
        discounts=(discount(amount=1000, valid_to=OCTOBER.start),),
        one_offs=(one_off(MID_OCTOBER),),
    )

    assert [code for code, _, _ in brief(change(terms))] == ["one_off", "discount_ended"]
