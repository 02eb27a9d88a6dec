"""Whole accounts: what is loaded for a bill, what waits for the next one, and what stops one account alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session, sessionmaker

from billing.models import Customer, LineItem
from billing.models.contract import Contract, OneOffKind, Outage
from billing.models.invoice import Invoice, InvoiceTax
from billing.models.plan import PriceVersion
from billing.models.usage import UsageRecord
from billing.periods import BillingPeriod
from billing.rating.errors import (
    AmountTooLarge,
    CountryMissing,
    CountryUnknown,
    CurrencyMixed,
    CurrencyUnknown,
    RatingError,
    TiersInvalid,
)
from billing.rating.kinds import LineKind, ReasonCode, UsageZone
from billing.rating.one_offs import NotOwed
from billing.run.billing_run import run_billing
from billing.terms.account_rating import Rater, load_rater
from tests.factories.billing import (
    invoice_of,
    make_contract,
    make_customer,
    make_discount,
    make_one_off,
    make_plan,
    make_seller,
    make_usage,
)

SEPTEMBER = BillingPeriod.month("2026-09")
OCTOBER = BillingPeriod.month("2026-10")
NOVEMBER = BillingPeriod.month("2026-11")
DECEMBER = BillingPeriod.month("2026-12")
Sessions = sessionmaker[Session]


def rater_of(session: Session, *customers: Customer, period: BillingPeriod = OCTOBER) -> Rater:
    return load_rater(session, make_seller(session), [one.id for one in customers], period, period.end)


def brief(session: Session, customer: Customer, *, period: BillingPeriod = OCTOBER) -> list[tuple[LineKind, int]]:
    return [(line.kind, line.amount.minor) for line in rater_of(session, customer, period=period)(customer.id)]


def test_everything_that_a_bill_depends_on_is_loaded(session: Session) -> None:
    """130 units at home, of which 10 are included: 100 x 0.30 + 20 x 0.25; 2 in the world at 9.00; 4.00 off alone, for
    3.00 are less; an outage reported on the 5th and over on the 10th: days 3 and 4 at 5.00."""
    customer = make_customer(session)
    plan = make_plan(session, base_minor=3999, unit="GB", included=10, unit_price_micro=300_000)
    price = session.scalars(select(PriceVersion).filter_by(plan_id=plan.id)).one()
    price.tiers = [{"from_quantity": 101, "unit_price_micro": 250_000}]
    price.world_unit_price_micro = 9_000_000
    contract = make_contract(session, customer, plan)
    make_usage(session, contract, used_on=date(2026, 10, 3), quantity=130)
    make_usage(session, contract, used_on=date(2026, 10, 4), quantity=2).zone = UsageZone.WORLD
    make_discount(session, contract, amount_minor=300)
    make_discount(session, contract, amount_minor=400).exclusive = True
    make_one_off(session, contract, charged_on=date(2026, 10, 9)).kind = OneOffKind.THIRD_PARTY
    proven = make_one_off(session, contract, charged_on=date(2026, 10, 9), amount_minor=299)
    proven.kind, proven.proof_reference = OneOffKind.THIRD_PARTY, "ORDER-7"
    session.add(
        Outage(contract_id=contract.id, reference="OUT-1", reported_on=date(2026, 10, 5), ended_on=date(2026, 10, 10))
    )
    session.flush()

    assert brief(session, customer) == [
        (LineKind.RECURRING, 3999),
        (LineKind.USAGE, 3500),
        (LineKind.USAGE, 1800),
        (LineKind.DISCOUNT, -400),
        (LineKind.THIRD_PARTY, 299),
        (LineKind.COMPENSATION, -1000),
    ]
    assert [one.reason for one in rater_of(session, customer).left_out(customer.id)] == [NotOwed.ORDER_NOT_PROVEN]


def test_a_fee_for_ending_early_stands_on_the_bill_after_the_end(session: Session) -> None:
    customer = make_customer(session)
    contract = make_contract(session, customer, make_plan(session), ended_on=date(2026, 10, 1))
    contract.minimum_term_until, contract.termination_fee_minor = date(2027, 1, 1), 3000
    make_one_off(session, contract, charged_on=date(2026, 10, 2), amount_minor=4990).kind = OneOffKind.TERMINATION
    session.flush()

    assert brief(session, customer) == [(LineKind.TERMINATION_FEE, 3000)]


def test_a_plan_agreed_for_after_the_end_of_the_contract_is_never_billed(session: Session) -> None:
    customer = make_customer(session)
    make_contract(
        session,
        customer,
        make_plan(session, base_minor=3100),
        ended_on=date(2026, 10, 11),
        changed_on=date(2026, 10, 20),
        changed_to=make_plan(session, base_minor=9900),
    )

    assert brief(session, customer) == [(LineKind.PRORATION_CHARGE, 1000)]


def test_a_seller_with_net_prices_adds_the_tax_on_the_document(session_factory: Sessions) -> None:
    """20.00 for 29 of 30 days are 19.333...; with 19 % 23.00666..., so 23.01: 19.33 and 3.68."""
    with session_factory.begin() as session:
        make_seller(session).prices_include_tax = False
        customer = make_customer(session)
        make_contract(session, customer, make_plan(session, base_minor=2000), started_on=date(2026, 9, 2))

    run_billing(session_factory, SEPTEMBER, now=datetime(2026, 10, 1, 6, tzinfo=UTC))

    with session_factory() as session:
        invoice = invoice_of(session, customer.id, SEPTEMBER.start)
        items = session.scalars(select(LineItem).filter_by(invoice_id=invoice.id).order_by(LineItem.position)).all()
        tax = session.scalars(select(InvoiceTax).filter_by(invoice_id=invoice.id)).one()
    assert [(item.kind, item.amount_minor) for item in items] == [
        (LineKind.PRORATION_CHARGE, 1933),
        (LineKind.TAX, 368),
    ]
    assert (invoice.total_minor, tax.gross_minor, tax.net_minor, tax.tax_minor) == (2301, 2301, 1933, 368)


def make_metered(session: Session, **contract: object) -> tuple[Customer, Contract]:
    """Ten units are included, each further one costs 2.00."""
    customer = make_customer(session)
    plan = make_plan(session, base_minor=1499, unit="GB", included=10, unit_price_micro=2_000_000)
    return customer, make_contract(session, customer, plan, **contract)  # type: ignore[arg-type]


def bill(session_factory: Sessions, period: BillingPeriod) -> None:
    run_billing(session_factory, period, now=datetime(period.end.year, period.end.month, 1, 6, tzinfo=UTC))


def usage_items(session_factory: Sessions, customer_id: UUID) -> list[tuple[str, ReasonCode, str, int]]:
    """Return (month of the bill, reason, month of use, cents) of each usage line."""
    statement = (
        select(Invoice.period_start, LineItem)
        .join(LineItem, LineItem.invoice_id == Invoice.id)
        .where(Invoice.customer_id == customer_id, LineItem.kind == LineKind.USAGE)
        .order_by(Invoice.period_start, LineItem.position)
    )
    with session_factory() as session:
        return [
            (f"{billed:%Y-%m}", item.reason_code, f"{item.period_start:%Y-%m}", item.amount_minor)
            for billed, item in session.execute(statement)
        ]


def test_usage_that_comes_late_is_billed_once_with_the_next_bill(session_factory: Sessions) -> None:
    """8 units in time, 5 late: 3 beyond the allowance. Then 1 more for September, and nothing for the third bill."""
    with session_factory.begin() as session:
        customer, contract = make_metered(session)
        make_usage(session, contract, used_on=date(2026, 9, 9), quantity=8)
    bill(session_factory, SEPTEMBER)
    add_usage(session_factory, contract, date(2026, 9, 30), 5, received_at=datetime(2026, 10, 3, 9, tzinfo=UTC))
    bill(session_factory, OCTOBER)
    add_usage(session_factory, contract, date(2026, 9, 1), 1, received_at=datetime(2026, 11, 3, 9, tzinfo=UTC))
    bill(session_factory, NOVEMBER)
    bill(session_factory, DECEMBER)

    assert usage_items(session_factory, customer.id) == [
        ("2026-10", ReasonCode.LATE_USAGE, "2026-09", 600),
        ("2026-11", ReasonCode.LATE_USAGE, "2026-09", 200),
    ]
    with session_factory() as session:
        last = invoice_of(session, customer.id, DECEMBER.start)
    assert last.total_minor == 1499


def add_usage(
    session_factory: Sessions, contract: Contract, used_on: date, quantity: int, *, received_at: datetime
) -> None:
    with session_factory.begin() as session:
        make_usage(session, contract, used_on=used_on, quantity=quantity, received_at=received_at)


def test_usage_that_comes_while_the_bills_are_made_waits_for_the_next(session_factory: Sessions) -> None:
    """The run began at 6:00; at 6:01 a report came that it could already see."""
    with session_factory.begin() as session:
        customer, contract = make_metered(session)
    add_usage(session_factory, contract, date(2026, 9, 9), 11, received_at=datetime(2026, 10, 1, 6, 0, tzinfo=UTC))
    add_usage(session_factory, contract, date(2026, 9, 9), 1, received_at=datetime(2026, 10, 1, 6, 1, tzinfo=UTC))

    bill(session_factory, SEPTEMBER)
    bill(session_factory, OCTOBER)

    assert usage_items(session_factory, customer.id) == [
        ("2026-09", ReasonCode.EXTRA_USAGE, "2026-09", 200),
        ("2026-10", ReasonCode.LATE_USAGE, "2026-09", 200),
    ]


def test_usage_of_a_month_that_is_billed_after_a_later_one_is_in_time(session_factory: Sessions) -> None:
    """September was parked for its price and is billed after October; its usage came in between."""
    with session_factory.begin() as session:
        customer, contract = make_metered(session)
        make_usage(session, contract, used_on=date(2026, 9, 9), quantity=1, unit="furlong")
    bill(session_factory, SEPTEMBER)
    bill(session_factory, OCTOBER)
    add_usage(session_factory, contract, date(2026, 9, 9), 12, received_at=datetime(2026, 11, 2, 9, tzinfo=UTC))
    add_usage(session_factory, contract, date(2026, 10, 9), 11, received_at=datetime(2026, 11, 2, 9, tzinfo=UTC))
    with session_factory.begin() as session:
        for record in session.scalars(select(UsageRecord).filter_by(unit="furlong")):
            session.delete(record)

    run_billing(session_factory, SEPTEMBER, now=datetime(2026, 11, 5, 6, tzinfo=UTC))
    bill(session_factory, NOVEMBER)

    assert usage_items(session_factory, customer.id) == [
        ("2026-09", ReasonCode.EXTRA_USAGE, "2026-09", 400),
        ("2026-11", ReasonCode.LATE_USAGE, "2026-10", 200),
    ]


def test_usage_of_a_contract_that_has_ended_is_still_billed_once(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer, contract = make_metered(session, ended_on=date(2026, 10, 1))
    bill(session_factory, SEPTEMBER)
    add_usage(session_factory, contract, date(2026, 9, 30), 11, received_at=datetime(2026, 10, 3, 9, tzinfo=UTC))
    bill(session_factory, OCTOBER)
    bill(session_factory, NOVEMBER)

    assert usage_items(session_factory, customer.id) == [("2026-10", ReasonCode.LATE_USAGE, "2026-09", 200)]


def test_late_usage_costs_what_it_cost_on_its_day_though_the_plan_has_changed(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        cheap = make_plan(session, unit="GB", unit_price_micro=1_000_000)
        dear = make_plan(session, unit="GB", unit_price_micro=5_000_000)
        contract = make_contract(session, customer, cheap, changed_on=date(2026, 10, 1), changed_to=dear)
    bill(session_factory, SEPTEMBER)
    add_usage(session_factory, contract, date(2026, 9, 30), 3, received_at=datetime(2026, 10, 3, 9, tzinfo=UTC))
    bill(session_factory, OCTOBER)

    assert usage_items(session_factory, customer.id) == [("2026-10", ReasonCode.LATE_USAGE, "2026-09", 300)]


def spoil_currency(session: Session, customer: Customer) -> None:
    price_of(session, customer).currency = "EU$"


def spoil_with_another_currency(session: Session, customer: Customer) -> None:
    price_of(session, customer).currency = "SEK"


def spoil_tiers(session: Session, customer: Customer) -> None:
    price = price_of(session, customer)
    price.unit, price.unit_price_micro, price.tiers = "GB", 1, [{"from": 101}]


def spoil_country(session: Session, customer: Customer) -> None:
    customer.country = "XX"


def forget_country(session: Session, customer: Customer) -> None:
    customer.country = ""


def charge_a_fortune(session: Session, customer: Customer) -> None:
    contract = session.scalars(select(Contract).filter_by(customer_id=customer.id)).one()
    for _ in range(2):
        make_one_off(session, contract, charged_on=date(2026, 10, 9), amount_minor=2_000_000_000)


def price_of(session: Session, customer: Customer) -> PriceVersion:
    plan = make_plan(session)
    make_contract(session, customer, plan)
    return session.scalars(select(PriceVersion).filter_by(plan_id=plan.id)).one()


SPOILED = {
    spoil_currency: CurrencyUnknown,
    spoil_with_another_currency: CurrencyMixed,
    spoil_tiers: TiersInvalid,
    spoil_country: CountryUnknown,
    forget_country: CountryMissing,
    charge_a_fortune: AmountTooLarge,
}


def test_broken_data_stop_their_own_account_and_no_other(session: Session) -> None:
    plan = make_plan(session)
    customers = [make_customer(session) for _ in range(len(SPOILED) + 1)]
    for customer in customers:
        make_contract(session, customer, plan)
    broken = dict(zip(SPOILED, customers, strict=False))
    for spoil, customer in broken.items():
        spoil(session, customer)
    session.flush()

    rater = rater_of(session, *customers)

    for spoil, customer in broken.items():
        with pytest.raises(RatingError) as refused:
            rater(customer.id)
        assert type(refused.value) is SPOILED[spoil]
    assert [line.amount.minor for line in rater(customers[-1].id)] == [3999]


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    yield statements
    event.remove(session.get_bind(), "before_cursor_execute", note)


def test_fifty_accounts_take_as_many_queries_as_two(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        accounts = [make_metered(session) for _ in range(50)]
        for _, contract in accounts:
            make_discount(session, contract, amount_minor=100)
            make_usage(session, contract, used_on=date(2026, 10, 9), quantity=12)
    bill(session_factory, SEPTEMBER)
    for _, contract in accounts:
        add_usage(session_factory, contract, date(2026, 9, 9), 11, received_at=datetime(2026, 10, 3, 9, tzinfo=UTC))
    customers = [customer for customer, _ in accounts]

    counts = []
    for some in (customers[:2], customers):
        with session_factory() as session, counted(session) as statements:
            rater = rater_of(session, *some)
            assert all(len(rater(customer.id)) == 4 for customer in some)
        counts.append(len(statements))

    assert counts[0] == counts[1] < 30
