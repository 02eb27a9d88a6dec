"""A change of plan does what was shown, and the bill that comes is the one that was previewed."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from billing.models.contract import Contract, ContractPhase, OneOffCharge
from billing.models.customer import Customer
from billing.models.invoice import Invoice
from billing.models.plan import Plan, PriceVersion
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing
from billing.terms.plan_changes import (
    EffectsChanged,
    PlanChangeRefused,
    PreviewedChange,
    change_plan,
    find_choice,
    preview_plan_change,
)
from billing.terms.plan_choices import WhyNot, list_choices
from tests.factories.billing import make_contract, make_customer, make_discount, make_plan, make_usage

TODAY = date(2026, 9, 15)
OCTOBER = BillingPeriod.month("2026-10")
NOVEMBER_1 = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture
def contract(session: Session) -> Contract:
    """On 14.99 with 10 GB and 2.00 for each more; in August 13 GB. The larger plan costs 24.99 with 40 GB."""
    customer = make_customer(session)
    small = make_plan(session, name="Mobile S", base_minor=1499, unit="GB", included=10, unit_price_micro=2_000_000)
    make_plan(session, name="Mobile L", base_minor=2499, unit="GB", included=40, unit_price_micro=1_500_000)
    contract = make_contract(session, customer, small, started_on=date(2026, 1, 1))
    make_usage(session, contract, used_on=date(2026, 8, 9), quantity=13)
    session.execute(update(Plan).values(product="mobile"))
    return contract


def larger(session: Session) -> str:
    return code_of(session, "Mobile L")


def code_of(session: Session, name: str) -> str:
    return next(plan.code for plan in session.scalars(select(Plan)) if plan.name["en"] == name)


def show(session: Session, contract: Contract, code: str, today: date = TODAY) -> PreviewedChange:
    choice = find_choice(session, contract.customer_id, contract.id, code, today=today)
    return preview_plan_change(session, contract.customer_id, choice, today=today)


def test_the_first_bill_is_shown_with_the_change_and_without(session: Session, contract: Contract) -> None:
    """13 GB cost 14.99 + 3 * 2.00 as it is, and 24.99 with 40 GB included."""
    shown = show(session, contract, larger(session))

    assert (shown.total.minor, shown.total_without.minor, shown.difference.minor) == (2499, 2099, 400)
    assert (shown.choice.on, shown.month, shown.like) == (date(2026, 10, 1), OCTOBER, BillingPeriod.month("2026-08"))


def test_the_bill_is_the_one_that_was_shown(session_factory: sessionmaker[Session]) -> None:
    """With a fee for the change, a discount by amount, and a second contract whose usage counts as well."""
    with session_factory.begin() as session:
        customer = make_customer(session)
        small = make_plan(session, base_minor=1499, unit="GB", included=10, unit_price_micro=2_000_000)
        large = make_plan(session, base_minor=2499, unit="GB", included=40, unit_price_micro=1_500_000)
        contract = make_contract(session, customer, small, started_on=date(2026, 1, 1))
        other = make_contract(session, customer, small, started_on=date(2026, 1, 1))
        make_discount(session, contract, amount_minor=300)
        session.execute(update(Plan).values(product="mobile", switching_fee_minor=990))
        for month in (8, 10):
            make_usage(session, contract, used_on=date(2026, month, 9), quantity=43)
            make_usage(session, other, used_on=date(2026, month, 9), quantity=12)
        code = large.code

    with session_factory.begin() as session:
        shown = show(session, contract, code)
        change_plan(session, customer.id, shown.effects(), today=TODAY)
    run_billing(session_factory, OCTOBER, now=NOVEMBER_1)

    with session_factory() as session:
        invoice = session.scalars(select(Invoice)).one()
        # 24.99 - 3.00 + 3 * 1.50 + 9.90 for the first contract, 14.99 + 2 * 2.00 for the second.
        assert invoice.total_minor == 2499 - 300 + 450 + 990 + 1499 + 400
        assert shown.total.minor == invoice.total_minor


def test_a_change_ends_the_plan_and_begins_the_next_on_the_first_of_a_month(
    session: Session, contract: Contract
) -> None:
    change_plan(session, contract.customer_id, show(session, contract, larger(session)).effects(), today=TODAY)

    phases = session.scalars(select(ContractPhase).order_by(ContractPhase.valid_from)).all()
    assert [(phase.valid_from, phase.valid_to) for phase in phases] == [
        (date(2026, 1, 1), date(2026, 10, 1)),
        (date(2026, 10, 1), None),
    ]
    assert session.scalars(select(OneOffCharge)).all() == []


def test_a_second_change_in_the_same_month_waits_for_a_person(session: Session, contract: Contract) -> None:
    shown = show(session, contract, larger(session))
    change_plan(session, contract.customer_id, shown.effects(), today=TODAY)

    with pytest.raises(PlanChangeRefused) as refused:
        change_plan(session, contract.customer_id, shown.effects(), today=TODAY)

    assert refused.value.why is WhyNot.CHANGE_AGREED


@pytest.mark.parametrize("changed", ["price", "fee", "month"])
def test_what_was_not_shown_is_not_done(session: Session, contract: Contract, changed: str) -> None:
    shown = show(session, contract, larger(session)).effects()
    today = TODAY
    if changed == "price":
        session.execute(update(PriceVersion).where(PriceVersion.base_minor == 2499).values(base_minor=2599))
    elif changed == "fee":
        session.execute(update(Plan).values(switching_fee_minor=500))
    else:
        today = date(2026, 10, 1)

    with pytest.raises(EffectsChanged):
        change_plan(session, contract.customer_id, shown, today=today)

    assert len(session.scalars(select(ContractPhase)).all()) == 1


def test_within_the_minimum_term_a_cheaper_plan_is_for_a_person(session: Session, contract: Contract) -> None:
    make_plan(session, name="Mobile XS", base_minor=999, unit="GB", included=2, unit_price_micro=3_000_000)
    session.execute(update(Plan).values(product="mobile"))
    contract.minimum_term_until = date(2027, 1, 1)
    session.flush()

    with pytest.raises(PlanChangeRefused) as refused:
        show(session, contract, code_of(session, "Mobile XS"))

    assert refused.value.why is WhyNot.MINIMUM_TERM
    assert show(session, contract, larger(session)).total.minor == 2499


def test_a_minimum_term_that_ends_by_the_day_of_the_change_forbids_nothing(
    session: Session, contract: Contract
) -> None:
    make_plan(session, name="Mobile XS", base_minor=999, unit="GB", included=2, unit_price_micro=3_000_000)
    session.execute(update(Plan).values(product="mobile"))
    contract.minimum_term_until = date(2026, 10, 1)
    session.flush()

    # 9.99, and 11 GB beyond the 2 that are included.
    assert show(session, contract, code_of(session, "Mobile XS")).total.minor == 999 + 11 * 300


def test_a_contract_that_ends_changes_nothing_more(session: Session, contract: Contract) -> None:
    contract.ended_on = date(2026, 12, 1)
    session.flush()

    with pytest.raises(PlanChangeRefused) as refused:
        show(session, contract, larger(session))

    assert refused.value.why is WhyNot.ENDS


def test_nobody_changes_the_contract_of_somebody_else(session: Session, contract: Contract) -> None:
    stranger = make_customer(session)
    shown = show(session, contract, larger(session)).effects()

    with pytest.raises(PlanChangeRefused):
        change_plan(session, stranger.id, shown, today=TODAY)

    assert session.get_one(Customer, contract.customer_id).id != stranger.id
    assert len(session.scalars(select(ContractPhase)).all()) == 1


def test_plans_of_another_product_or_not_offered_any_more_are_no_choice(session: Session, contract: Contract) -> None:
    for name in ("Home", "Old"):
        make_plan(session, name=name, base_minor=999, unit="GB", included=20, unit_price_micro=1_000_000)
    session.execute(update(Plan).where(Plan.code == code_of(session, "Home")).values(product="home"))
    gone = {"product": "mobile", "offered_to": date(2026, 9, 1)}
    session.execute(update(Plan).where(Plan.code == code_of(session, "Old")).values(gone))

    (found,) = list_choices(session, contract.customer_id, TODAY)

    assert [choice.plan_name["en"] for choice in found.choices] == ["Mobile L"]
    assert found.choices[0].includes_more
    assert not found.choices[0].is_cheaper
