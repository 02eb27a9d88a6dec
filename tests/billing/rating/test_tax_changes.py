"""The rate of tax is that of the day of supply: a period around 1 September 2024 in Finland has two of them."""

from datetime import date

from billing.periods import BillingPeriod
from billing.rating.kinds import LineKind, ReasonCode
from billing.rating.line import Line
from billing.rating.rate import rate
from billing.rating.tax import contained_taxes
from tests.billing.rating.terms import FINLAND, GERMANY, contract, discount, one_off, phase, price
from tests.factories.money import eur

SUMMER = BillingPeriod(date(2024, 8, 16), date(2024, 9, 16))
CHANGED_ON = date(2024, 9, 1)


def brief(lines: tuple[Line, ...]) -> list[tuple[LineKind, int, int, int]]:
    return [(line.kind, line.tax_rate, line.period.days, line.amount.minor) for line in lines]


def test_a_base_price_and_its_discount_are_cut_where_the_rate_changes() -> None:
    """31.00 and 6.20 off for 16 days of August and 15 of September."""
    lines = rate(contract(phase(price(3100)), discounts=(discount(amount=620),)), [], FINLAND, SUMMER)

    assert brief(lines) == [
        (LineKind.PRORATION_CHARGE, 2400, 16, 1600),
        (LineKind.PRORATION_CHARGE, 2550, 15, 1500),
        (LineKind.DISCOUNT, 2400, 16, -320),
        (LineKind.DISCOUNT, 2550, 15, -300),
    ]
    assert {line.reason_code for line in lines[:2]} == {ReasonCode.TAX_CHANGE}


def test_the_customer_pays_the_agreed_price_and_only_the_tax_in_it_changes() -> None:
    """16.00 contain 16 x 24 / 124 = 3.10, 15.00 contain 15 x 25.5 / 125.5 = 3.05."""
    lines = rate(contract(phase(price(3100))), [], FINLAND, SUMMER)

    taxes = contained_taxes(lines, "EUR")

    assert sum(line.amount.minor for line in lines) == 3100
    assert [(tax.tax_rate, tax.tax) for tax in taxes] == [(2400, eur(310)), (2550, eur(305))]


def test_a_plan_change_in_the_same_period_adds_a_cut() -> None:
    terms = contract(
        phase(price(3100), plan="small", valid_to=date(2024, 8, 26)),
        phase(price(6200), plan="large", valid_from=date(2024, 8, 26)),
    )

    assert brief(rate(terms, [], FINLAND, SUMMER)) == [
        (LineKind.PRORATION_CHARGE, 2400, 10, 1000),
        (LineKind.PRORATION_CHARGE, 2400, 6, 1200),
        (LineKind.PRORATION_CHARGE, 2550, 15, 3000),
    ]


def test_a_single_charge_has_the_rate_of_its_day() -> None:
    charges = (one_off(date(2024, 8, 31)), one_off(CHANGED_ON))

    lines = rate(contract(phase(price(0)), one_offs=charges), [], FINLAND, SUMMER)

    assert [line.tax_rate for line in lines if line.kind is LineKind.ONE_OFF] == [2400, 2550]


def test_a_month_before_and_one_after_have_one_rate_each() -> None:
    terms = contract(phase(price(3100)))

    for label, tax_rate in (("2024-08", 2400), ("2024-09", 2550)):
        [line] = rate(terms, [], FINLAND, BillingPeriod.month(label))
        assert (line.kind, line.tax_rate, line.amount) == (LineKind.RECURRING, tax_rate, eur(3100))


def test_germany_s_half_year_of_16_per_cent_is_kept() -> None:
    rates = {
        label: rate(contract(phase(price(1000))), [], GERMANY, BillingPeriod.month(label))[0].tax_rate
        for label in ("2020-06", "2020-07", "2020-12", "2021-01")
    }

    assert rates == {"2020-06": 1900, "2020-07": 1600, "2020-12": 1600, "2021-01": 1900}
