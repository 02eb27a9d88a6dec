"""Faults that meet in one month: an increase and a discount, two plans, an outage across the end of a month."""

from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session

from billing.models.contract import Contract
from billing.models.customer import Customer
from billing.models.plan import PriceVersion
from billing.rating.kinds import LineKind
from tests.billing.fairness.accounts import OCTOBER, audit, bill, claims, line, settle
from tests.factories.billing import make_discount, make_price


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
