"""Faults that meet in one month: an increase and a discount, two plans, an outage across the end of a month."""

from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from billing.models.contract import Contract, Outage
from billing.models.customer import Customer
from billing.models.invoice import LineItem
from billing.models.plan import PriceVersion
from billing.rating.kinds import LineKind
from tests.billing.fairness.accounts import OCTOBER, SEPTEMBER, audit, bill, claims, line, settle
from tests.factories.billing import make_contract, make_customer, make_discount, make_plan, make_price


def _raise_too_soon(session: Session) -> tuple[Customer, Contract]:
    """From 20.00 to 23.00 in October, with a tenth off; told of ten days before."""
    customer, contract, plan = settle(session, base_minor=2000)
    session.execute(update(PriceVersion).where(PriceVersion.plan_id == plan.id).values(valid_to=OCTOBER[0]))
    make_price(session, plan, base_minor=2300, valid_from=OCTOBER[0]).notice_sent_on = date(2026, 9, 21)
    discount = make_discount(session, contract, amount_minor=1)
    discount.amount_minor, discount.basis_points = None, 1000
    session.flush()
    return customer, contract


def test_a_forgotten_discount_is_a_share_of_the_price_that_went_on(session: Session) -> None:
    """23.00 charged, 20.00 less 2.00 due: 5.00, of which 3.00 is the increase."""
    customer, contract = _raise_too_soon(session)
    bill(session, customer, [line(2300, contract=contract)])

    assert claims(audit(session, customer)) == {"A6": 300, "A7": 200}


def test_a_discount_of_the_higher_price_counts_towards_the_increase(session: Session) -> None:
    """23.00 less 2.30 charged, 18.00 due: 2.70."""
    customer, contract = _raise_too_soon(session)
    given = line(-230, kind=LineKind.DISCOUNT, contract=contract)
    bill(session, customer, [line(2300, contract=contract), given])

    assert claims(audit(session, customer)) == {"A6": 270}


def test_a_discount_between_both_prices_leaves_the_difference_of_the_increase(session: Session) -> None:
    """23.00 less 2.10 charged, 18.00 due: 2.90."""
    customer, contract = _raise_too_soon(session)
    given = line(-210, kind=LineKind.DISCOUNT, contract=contract)
    bill(session, customer, [line(2300, contract=contract), given])

    assert claims(audit(session, customer)) == {"A6": 290}


def _lose_service(session: Session, first: date, end: date) -> tuple[Customer, Contract]:
    customer, contract, _ = settle(session, base_minor=6000)
    session.add(Outage(contract_id=contract.id, reference="O-1", reported_on=first, ended_on=end))
    session.flush()
    return customer, contract


def _given(contract: Contract, minor: int, days: tuple[date, date], reference: str | None = "O-1") -> LineItem:
    compensation = line(-minor, days, kind=LineKind.COMPENSATION, contract=contract, tax_rate=0)
    compensation.cause = {"reference": reference} if reference else {}
    return compensation


@pytest.mark.parametrize("in_first", [True, False])
@pytest.mark.parametrize(
    "days",
    [
        (date(2026, 9, 27), date(2026, 10, 3)),
        (date(2026, 9, 27), date(2026, 9, 28)),
        (date(2026, 10, 3), date(2026, 10, 4)),
    ],
)
def test_one_line_compensates_an_outage_across_the_end_of_a_month(
    session: Session, days: tuple[date, date], in_first: bool
) -> None:
    """27 September to before 3 October: day 3, 30 September, is 6.00; days 4 and 5 are 6.00 and 12.00."""
    customer, contract = _lose_service(session, date(2026, 9, 27), date(2026, 10, 3))
    given = _given(contract, 2400, days)
    bill(session, customer, [line(6000, SEPTEMBER, contract=contract), *([given] if in_first else [])], SEPTEMBER)
    bill(session, customer, [line(6000, contract=contract), *([] if in_first else [given])])

    assert claims(audit(session, customer)) == {}


def test_a_line_without_a_reference_counts_for_the_outage_of_its_days(session: Session) -> None:
    first, end = date(2026, 9, 27), date(2026, 10, 3)
    customer, contract = _lose_service(session, first, end)
    bill(session, customer, [line(6000, SEPTEMBER, contract=contract)], SEPTEMBER)
    bill(session, customer, [line(6000, contract=contract), _given(contract, 2400, (first, end), None)])

    assert claims(audit(session, customer)) == {}


def test_what_one_line_gave_too_little_for_an_outage_of_two_months_is_found(session: Session) -> None:
    """24.00 due, 15.00 given."""
    first, end = date(2026, 9, 27), date(2026, 10, 3)
    customer, contract = _lose_service(session, first, end)
    bill(session, customer, [line(6000, SEPTEMBER, contract=contract)], SEPTEMBER)
    bill(session, customer, [line(6000, contract=contract), _given(contract, 1500, (first, end))])

    assert claims(audit(session, customer)) == {"A23": 900}


def test_what_one_outage_got_does_not_stand_for_another(session: Session) -> None:
    """5 to before 9 October: day 3 is 6.00, given; 15 to before 19 October: day 3 is 6.00, not given."""
    customer, contract = _lose_service(session, date(2026, 10, 5), date(2026, 10, 9))
    other = Outage(
        contract_id=contract.id, reference="O-2", reported_on=date(2026, 10, 15), ended_on=date(2026, 10, 19)
    )
    session.add(other)
    session.flush()
    given = _given(contract, 1200, (date(2026, 10, 5), date(2026, 10, 9)))
    bill(session, customer, [line(6000, contract=contract), given])

    assert claims(audit(session, customer)) == {"A23": 600}


def test_a_long_outage_is_worth_more_than_the_month_it_fell_into(session: Session) -> None:
    """5 to before 20 October: days 3 and 4 are 6.00 each, days 5 to 14 are 12.00 each: 132.00 on a bill of 60.00."""
    customer, contract = _lose_service(session, date(2026, 10, 5), date(2026, 10, 20))
    bill(session, customer, [line(6000, contract=contract)])

    report = audit(session, customer)

    assert claims(report) == {"A23": 13200}
    assert report.owed.minor == 13200
    assert [finding.detector for finding in report.for_person] == ["A23"]


SMALL, LARGE = 1500, 2500


@pytest.mark.parametrize("amounts", [(SMALL, LARGE), (LARGE, SMALL)])
@pytest.mark.parametrize("small_first", [True, False])
def test_two_plans_charged_for_the_month_of_a_change_leave_each_its_days(
    session: Session, amounts: tuple[int, int], small_first: bool
) -> None:
    """Change on 11 September, 10 and 20 of 30 days: 5.00 + 16.67 are due of 40.00, or 8.33 + 10.00."""
    customer = make_customer(session)
    before, after = (make_plan(session, base_minor=minor) for minor in amounts)
    contract = make_contract(session, customer, before, changed_on=date(2026, 9, 11), changed_to=after)
    charged = sorted(amounts, reverse=not small_first)
    bill(session, customer, [line(minor, SEPTEMBER, contract=contract) for minor in charged], SEPTEMBER)

    due = 500 + 1667 if amounts == (SMALL, LARGE) else 833 + 1000

    assert sum(claims(audit(session, customer)).values()) == 4000 - due


def test_a_second_copy_of_one_of_two_plans_comes_back_whole(session: Session) -> None:
    """15.00 and twice 25.00: 18.33 as for one of each, and 25.00."""
    customer = make_customer(session)
    before, after = (make_plan(session, base_minor=minor) for minor in (SMALL, LARGE))
    contract = make_contract(session, customer, before, changed_on=date(2026, 9, 11), changed_to=after)
    charged = [line(minor, SEPTEMBER, contract=contract) for minor in (SMALL, LARGE, LARGE)]
    bill(session, customer, charged, SEPTEMBER)

    assert claims(audit(session, customer)) == {"A1": 2500, "A2": 1833}
