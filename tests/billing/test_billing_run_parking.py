"""Accounts that must not be billed as they are: set apart with their facts, while everybody else gets a bill."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from billing.human_tasks import finish_task, list_open_tasks
from billing.models import (
    Contract,
    ContractPhase,
    Customer,
    HumanTask,
    Invoice,
    PriceVersion,
    Seller,
)
from billing.run import drafting, issuing
from tests.billing.billing_runs import (
    AFTER_OCTOBER,
    LATER,
    OCTOBER,
    Sessions,
    bill,
    break_total,
    facts_of_task,
    make_others,
    numbers_of_billed,
)
from tests.factories.billing import (
    invoice_of,
    make_contract,
    make_customer,
    make_plan,
    make_price,
    make_usage,
)


def break_price_missing(session: Session, customer: Customer) -> None:
    make_contract(session, customer, make_plan(session, valid_to=date(2026, 10, 20)))


def break_price_gap(session: Session, customer: Customer) -> None:
    plan = make_plan(session, valid_to=date(2026, 10, 10))
    make_price(session, plan, base_minor=4000, valid_from=date(2026, 10, 12))
    make_contract(session, customer, plan)


def break_prices_overlap(session: Session, customer: Customer) -> None:
    plan = make_plan(session, valid_to=date(2026, 10, 20))
    make_price(session, plan, base_minor=4000, valid_from=date(2026, 10, 10))
    make_contract(session, customer, plan)


def break_phases_overlap(session: Session, customer: Customer) -> None:
    contract = make_contract(session, customer, make_plan(session), changed_on=date(2026, 10, 20))
    session.add(ContractPhase(contract_id=contract.id, plan_id=make_plan(session).id, valid_from=date(2026, 10, 10)))


def break_no_plan(session: Session, customer: Customer) -> None:
    session.add(Contract(id=UUID(int=7), customer_id=customer.id, started_on=date(2020, 1, 1)))


def break_foreign_currency(session: Session, customer: Customer) -> None:
    plan = make_plan(session)
    make_contract(session, customer, plan)
    session.execute(update(PriceVersion).where(PriceVersion.plan_id == plan.id).values(currency="USD"))


def break_mixed_currency(session: Session, customer: Customer) -> None:
    break_foreign_currency(session, customer)
    make_contract(session, customer, make_plan(session))


def break_country(session: Session, customer: Customer) -> None:
    make_contract(session, customer, make_plan(session))
    customer.country = ""


def break_unit(session: Session, customer: Customer) -> None:
    contract = make_contract(session, customer, make_plan(session))
    make_usage(session, contract, used_on=date(2026, 10, 9), quantity=1, unit="furlong")


BREAKS = {
    break_price_missing: "PriceMissing",
    break_price_gap: "PriceGap",
    break_prices_overlap: "PricesOverlap",
    break_phases_overlap: "PhasesOverlap",
    break_no_plan: "NothingToBill",
    break_foreign_currency: "CurrencyMixed",
    break_mixed_currency: "CurrencyMixed",
    break_country: "CountryMissing",
    break_unit: "UnitUnknown",
    break_total: "TotalNegative",
}


@pytest.mark.parametrize("break_account", BREAKS, ids=lambda broken: broken.__name__)
def test_bad_data_park_the_account_by_name_and_the_others_are_billed(session_factory: Sessions, break_account) -> None:
    with session_factory.begin() as session:
        others = make_others(session)
        broken = make_customer(session)
        break_account(session, broken)

    assert bill(session_factory) == {broken.number: BREAKS[break_account]}

    assert numbers_of_billed(session_factory) == [other.number for other in others]
    with session_factory() as session:
        [task] = list_open_tasks(session)
    assert (task.kind, task.customer_number) == ("billing_parked", broken.number)
    assert (task.facts["error"], task.facts["period"]) == (BREAKS[break_account], "2026-10")


def test_the_task_holds_the_figures_of_the_error(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        break_total(session, make_customer(session))

    bill(session_factory)

    # 10.00 minus 10.01
    assert facts_of_task(session_factory) == {"period": "2026-10", "error": "TotalNegative", "minor": -1}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE contract SET ended_on = '2019-12-31'",
        "UPDATE contract_phase SET valid_to = '2019-12-31'",
        "UPDATE price_version SET valid_to = '2019-12-31'",
    ],
)
def test_an_end_before_its_start_does_not_even_get_into_the_database(session: Session, statement: str) -> None:
    make_contract(session, make_customer(session), make_plan(session))

    with pytest.raises(Exception, match=r"after_start|after_from"):
        session.execute(text(statement))


@pytest.mark.parametrize("currency", ["QQQ", "eur"])
def test_a_seller_with_an_unknown_currency_bills_nobody_and_the_other_seller_everybody(
    session_factory: Sessions, currency: str
) -> None:
    with session_factory.begin() as session:
        make_contract(session, make_customer(session), make_plan(session))
        finn = make_customer(session, country="FI")
        make_contract(session, finn, make_plan(session, country="FI"))
        session.execute(update(Seller).where(Seller.country == "DE").values(currency=currency))

    assert list(bill(session_factory).values()) == ["CurrencyUnknown"]

    assert numbers_of_billed(session_factory) == [finn.number]


def test_a_country_without_law_parks_its_accounts(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        make_contract(session, customer, make_plan(session, country="SE"))
        session.execute(update(Seller).values(country="SE"))

    assert bill(session_factory) == {customer.number: "RuleMissing"}

    facts = facts_of_task(session_factory)
    assert (facts["country"], facts["name"], facts["day"]) == ("SE", "vat_standard", "2026-10-01")


def test_an_unexpected_error_parks_its_account_without_its_words(
    session_factory: Sessions, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with session_factory.begin() as session:
        others = make_others(session)
        broken = make_customer(session, name="Lena Hoffmann")
        make_contract(session, broken, make_plan(session, base_minor=4242))
    check = drafting.check_bill

    def fail_for_one(lines: object, *rest: object) -> None:
        if lines[0].amount.minor == 4242:
            raise ZeroDivisionError("the bill of Lena Hoffmann")
        check(lines, *rest)

    monkeypatch.setattr(drafting, "check_bill", fail_for_one)

    assert bill(session_factory) == {broken.number: "ZeroDivisionError"}

    assert numbers_of_billed(session_factory) == [other.number for other in others]
    assert facts_of_task(session_factory) == {"period": "2026-10", "error": "ZeroDivisionError"}
    assert "ZeroDivisionError" in caplog.text
    assert "Hoffmann" not in caplog.text


@pytest.mark.parametrize("broken_place", [0, 3, 6])
def test_an_account_that_breaks_its_batch_is_found_and_parked_alone(
    session_factory: Sessions, monkeypatch: pytest.MonkeyPatch, broken_place: int
) -> None:
    """Whatever is written for one invoice may fail, after others of its batch were written."""
    with session_factory.begin() as session:
        plan = make_plan(session)
        customers = [make_customer(session, number=f"4000000{place}") for place in range(7)]
        for customer in customers:
            make_contract(session, customer, plan)
    broken = customers[broken_place]

    def post(session: Session, invoice_ids: object, **_: object) -> None:
        billed = session.scalars(select(Invoice.customer_id).where(Invoice.id.in_(invoice_ids))).all()
        if broken.id in billed:
            raise KeyError(broken.name)

    monkeypatch.setattr(issuing, "post_invoices", post)

    assert bill(session_factory) == {broken.number: "KeyError"}

    assert numbers_of_billed(session_factory) == [c.number for c in customers if c is not broken]
    with session_factory() as session:
        assert list(session.scalars(select(Invoice.sequence).order_by(Invoice.sequence))) == [1, 2, 3, 4, 5, 6]
        assert [task.customer_number for task in list_open_tasks(session)] == [broken.number]


def test_a_failure_of_the_machine_stops_the_run(session_factory: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    with session_factory.begin() as session:
        make_others(session)

    def post(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(issuing, "post_invoices", post)

    with pytest.raises(ConnectionError):
        bill(session_factory)

    with session_factory() as session:
        assert list_open_tasks(session) == []


def test_an_account_that_is_mended_gets_its_bill_and_its_task_is_done(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        plan = make_plan(session, valid_to=OCTOBER.start)
        make_contract(session, customer, plan)
    assert bill(session_factory) == {customer.number: "PriceMissing"}
    with session_factory.begin() as session:
        make_price(session, plan, base_minor=4000, valid_from=OCTOBER.start)

    assert bill(session_factory, now=LATER) == {}

    with session_factory() as session:
        assert session.scalars(select(HumanTask)).one().done_at == LATER
        assert invoice_of(session, customer.id, OCTOBER.start).total_minor == 4000


def test_a_task_that_was_called_done_without_mending_is_open_again(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        break_price_missing(session, make_customer(session))
    bill(session_factory)
    with session_factory.begin() as session:
        finish_task(session, list_open_tasks(session)[0].id, now=AFTER_OCTOBER)
        assert list_open_tasks(session) == []

    bill(session_factory, now=LATER)

    with session_factory() as session:
        [task] = list_open_tasks(session)
    assert task.created_at == AFTER_OCTOBER
