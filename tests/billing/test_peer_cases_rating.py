"""Money bugs that other billing systems have had, as far as they are about rating: here each has the right cents."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.models import Invoice, LineItem
from billing.models.customer import Customer
from billing.models.plan import PriceVersion
from billing.periods import BillingPeriod
from billing.rating.kinds import LineKind
from billing.rating.line import Line
from billing.rating.rate import rate
from billing.rating.tax import document_lines
from billing.rating.terms import PriceTerms, Usage
from billing.run.billing_run import run_billing
from tests.billing.rating.terms import GERMANY, contract, discount, one_off, phase, price
from tests.factories.billing import (
    invoice_of,
    make_contract,
    make_customer,
    make_one_off,
    make_plan,
    make_price,
    make_usage,
)
from tests.factories.money import eur

SEPTEMBER = BillingPeriod.month("2026-09")
OCTOBER = BillingPeriod.month("2026-10")
NOVEMBER = BillingPeriod.month("2026-11")
Sessions = sessionmaker[Session]


def at_rate(lines: tuple[Line, ...], tax_rate: int) -> list[Line]:
    """The peers' cases have taxes of their own countries."""
    return [replace(line, tax_rate=tax_rate) for line in lines]


def test_lago_4313_a_price_by_day_is_not_taxed_on_its_rounded_amount() -> None:
    """200.00 / 30 x 29 and 25 % are 241.666..., so 241.67; taxing 193.33 gives 241.66."""
    terms = replace(contract(phase(price(20_000), valid_from=date(2026, 9, 2))), prices_include_tax=False)

    lines = document_lines(at_rate(rate(terms, [], GERMANY, SEPTEMBER), 2500), "EUR", prices_include_tax=False)

    assert [line.amount.minor for line in lines] == [19_333, 4_834]
    assert sum(line.amount.minor for line in lines) == 24_167


def test_neither_usage_nor_discounts_by_day_are_taxed_on_their_rounded_amounts() -> None:
    """29 of 30 days of 7.00 off 200.00, and 7 units of 0.003333: 193.33... - 6.7666... + 0.023331 are
    186.589998, and 233.237... with 25 %: 233.24. The lines show 193.33 - 6.77 + 0.02 = 186.58,
    and the tax takes up the rest."""
    terms = contract(
        phase(price(20_000, unit="GB", micro=3333), valid_from=date(2026, 9, 2)), discounts=(discount(amount=700),)
    )
    rated = rate(replace(terms, prices_include_tax=False), [Usage(date(2026, 9, 9), 7, "GB")], GERMANY, SEPTEMBER)

    lines = document_lines(at_rate(rated, 2500), "EUR", prices_include_tax=False)

    assert [line.amount.minor for line in lines] == [19_333, 2, -677, 4_666]
    assert sum(line.amount.minor for line in lines) == 23_324


def test_lago_2643_the_tax_of_four_lines_is_rounded_once() -> None:
    """68.33 + 68.33 + 57.50 + 85.00 = 279.16, and 20 % are 55.832: 334.99 together."""
    day = SEPTEMBER.start
    charges = tuple(one_off(day, amount=minor, reference=f"WO-{minor}") for minor in (6833, 6833, 5750, 8500))
    terms = replace(contract(phase(price(0)), one_offs=charges), prices_include_tax=False)

    lines = document_lines(at_rate(rate(terms, [], GERMANY, SEPTEMBER), 2000), "EUR", prices_include_tax=False)

    assert sum(line.amount.minor for line in lines) == 33_499


@pytest.mark.parametrize(("tax_rate", "tax"), [(2550, 764), (1900, 569)])
def test_three_lines_of_nine_ninety_nine_are_taxed_together(tax_rate: int, tax: int) -> None:
    """29.97 x 25.5 % = 7.642 and not 3 x 2.55; 29.97 x 19 % = 5.694 and not 3 x 1.90."""
    terms = [replace(contract(phase(price(999)), key=key), prices_include_tax=False) for key in (1, 2, 3)]
    rated = tuple(line for one in terms for line in rate(one, [], GERMANY, SEPTEMBER))

    lines = document_lines(at_rate(rated, tax_rate), "EUR", prices_include_tax=False)

    assert lines[-1].amount == eur(tax)


def test_erpnext_36953_a_quarter_is_charged_by_the_days_of_each_month() -> None:
    """3,950.00 a month from 8 April to 30 June: 3,950 x 23/30 + 3,950 + 3,950 = 3,028.33 + 7,900.00."""
    terms = contract(phase(price(395_000), valid_from=date(2026, 4, 8), valid_to=date(2026, 7, 1)))

    months = [BillingPeriod.month(label) for label in ("2026-04", "2026-05", "2026-06", "2026-07")]
    charged = [[line.amount.minor for line in rate(terms, [], GERMANY, month)] for month in months]

    assert charged == [[302_833], [395_000], [395_000], []]
    assert sum(sum(amounts) for amounts in charged) == 1_092_833


def test_polar_the_parts_of_a_discount_sum_to_the_discount_on_the_total() -> None:
    """10 % of 3 x 3.33 are 1.00 (0.999), though 10 % of each part are 0.33."""
    days = [date(2026, 9, 1), date(2026, 9, 11), date(2026, 9, 21), date(2026, 10, 1)]
    prices = [price(999, valid_from=days[part], valid_to=days[part + 1]) for part in range(3)]

    lines = rate(contract(phase(*prices), discounts=(discount(basis_points=1000),)), [], GERMANY, SEPTEMBER)

    assert [line.amount.minor for line in lines[:3]] == [333, 333, 333]
    assert sum(line.amount.minor for line in lines[3:]) == -100
    assert all(-34 <= line.amount.minor <= -33 for line in lines[3:])


def free_then(minor: int, changed_on: date) -> tuple[PriceTerms, PriceTerms]:
    """A free price that was replaced on the day on which it began."""
    free = price(0, valid_from=changed_on, valid_to=changed_on)
    return free, price(minor, valid_from=changed_on)


def test_killbill_877_a_price_that_changes_on_its_first_day_gives_one_charge() -> None:
    """From 0.00 to 3.00 on the same day."""
    lines = rate(contract(phase(*free_then(300, OCTOBER.start))), [], GERMANY, OCTOBER)

    assert [(line.kind, line.amount) for line in lines] == [(LineKind.RECURRING, eur(300))]


@pytest.mark.parametrize(("day", "kind", "cents"), [(1, LineKind.RECURRING, 300), (17, LineKind.PRORATION_CHARGE, 145)])
def test_killbill_877_a_plan_that_changes_on_its_first_day_gives_one_charge(
    day: int, kind: LineKind, cents: int
) -> None:
    """From a free plan to one of 3.00 on the day on which the contract began; 15 of 31 days of it are 1.45."""
    began = date(2026, 10, day)
    terms = contract(
        phase(price(0), plan="free", valid_from=began, valid_to=began),
        phase(price(300), plan="paid", valid_from=began),
        discounts=(discount(amount=100, valid_from=began, valid_to=began),),
    )

    lines = rate(terms, [Usage(date(2026, 9, 30), 1, "GB")], GERMANY, OCTOBER)

    assert [(line.kind, line.amount) for line in lines] == [(kind, eur(cents))]


def issue(session_factory: Sessions, period: BillingPeriod) -> int:
    now = datetime(period.end.year, period.end.month, 1, 6, tzinfo=UTC)
    report = run_billing(session_factory, period, now=now)
    assert report.parked == ()
    return report.issued


def items_of(session_factory: Sessions, customer: Customer, kind: LineKind) -> Mapping[str, list[int]]:
    statement = (
        select(Invoice.period_start, LineItem.amount_minor)
        .join(LineItem, LineItem.invoice_id == Invoice.id)
        .where(Invoice.customer_id == customer.id, LineItem.kind == kind)
        .order_by(LineItem.id)
    )
    items: dict[str, list[int]] = {}
    with session_factory() as session:
        for start, minor in session.execute(statement):
            items.setdefault(f"{start:%Y-%m}", []).append(minor)
    return items


def test_killbill_1395_a_price_uploaded_for_an_earlier_day_gives_no_second_one_off(session_factory: Sessions) -> None:
    """September is billed with its set-up fee; then a price is uploaded that holds since August."""
    with session_factory.begin() as session:
        customer = make_customer(session)
        plan = make_plan(session, base_minor=3999)
        agreed = make_contract(session, customer, plan)
        make_one_off(session, agreed, charged_on=date(2026, 9, 9), amount_minor=4990)
    assert issue(session_factory, SEPTEMBER) == 1

    with session_factory.begin() as session:
        session.scalars(select(PriceVersion).filter_by(plan_id=plan.id)).one().valid_to = date(2026, 8, 1)
        session.flush()
        make_price(session, plan, base_minor=4499, valid_from=date(2026, 8, 1))

    assert issue(session_factory, SEPTEMBER) == 0
    assert issue(session_factory, OCTOBER) == 1
    assert items_of(session_factory, customer, LineKind.ONE_OFF) == {"2026-09": [4990]}
    assert items_of(session_factory, customer, LineKind.RECURRING) == {"2026-09": [3999], "2026-10": [4499]}


def test_commcare_37930_usage_is_billed_under_one_version_of_a_plan(session_factory: Sessions) -> None:
    """The unit costs 1.00 until the 15th and 3.00 from the 16th on; on each day around it something is used."""
    with session_factory.begin() as session:
        customer = make_customer(session)
        plan = make_plan(session, base_minor=0, unit="GB", unit_price_micro=1_000_000, valid_to=date(2026, 10, 16))
        make_price(session, plan, base_minor=0, unit="GB", unit_price_micro=3_000_000, valid_from=date(2026, 10, 16))
        agreed = make_contract(session, customer, plan)
        for day, quantity in ((1, 1), (15, 10), (16, 100), (31, 1000)):
            make_usage(session, agreed, used_on=date(2026, 10, day), quantity=quantity)

    for period in (SEPTEMBER, OCTOBER, NOVEMBER):
        issue(session_factory, period)

    assert items_of(session_factory, customer, LineKind.USAGE) == {"2026-10": [1100, 330_000]}
    with session_factory() as session:
        invoice = invoice_of(session, customer.id, OCTOBER.start)
        lines = session.scalars(select(LineItem).filter_by(invoice_id=invoice.id, kind=LineKind.USAGE)).all()
    assert [line.quantity for line in lines] == [11, 1100]
    assert len({line.price_version_id for line in lines}) == 2


def test_commcare_37930_late_usage_is_billed_under_one_version_too(session_factory: Sessions) -> None:
    """5 units of each version come after the bill: 5 x 1.00 and 5 x 3.00."""
    with session_factory.begin() as session:
        customer = make_customer(session)
        plan = make_plan(session, base_minor=100, unit="GB", unit_price_micro=1_000_000, valid_to=date(2026, 10, 16))
        make_price(session, plan, base_minor=100, unit="GB", unit_price_micro=3_000_000, valid_from=date(2026, 10, 16))
        agreed = make_contract(session, customer, plan)
        make_usage(session, agreed, used_on=date(2026, 10, 15), quantity=10)
    issue(session_factory, OCTOBER)
    with session_factory.begin() as session:
        for day in (15, 16):
            received = datetime(2026, 11, 2, 9, tzinfo=UTC)
            make_usage(session, agreed, used_on=date(2026, 10, day), quantity=5, received_at=received)
    issue(session_factory, NOVEMBER)

    assert items_of(session_factory, customer, LineKind.USAGE) == {"2026-10": [1000], "2026-11": [500, 1500]}
