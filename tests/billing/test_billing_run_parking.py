"""Accounts that must not be billed as they are: set apart with their facts, while everybody else gets a bill."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, sessionmaker

from billing.human_tasks import TaskNotFound, finish_task, list_open_tasks
from billing.models import (
    Contract,
    ContractPhase,
    Customer,
    HumanTask,
    Invoice,
    InvoiceTax,
    LineItem,
    PriceVersion,
    Seller,
    TaskKind,
)
from billing.periods import BillingPeriod
from billing.run import billing_run, drafting, issuing
from billing.run.billing_run import run_billing
from billing.run.parked_bills import NotReleasable, release_bill
from tests.factories.billing import (
    invoice_of,
    make_contract,
    make_customer,
    make_one_off,
    make_plan,
    make_price,
    make_usage,
)

SEPTEMBER = BillingPeriod.month("2026-09")
OCTOBER = BillingPeriod.month("2026-10")
AFTER_OCTOBER = datetime(2026, 11, 1, 6, tzinfo=UTC)
LATER = datetime(2026, 11, 2, 6, tzinfo=UTC)

Sessions = sessionmaker[Session]


def bill(session_factory: Sessions, period: BillingPeriod = OCTOBER, now: datetime = AFTER_OCTOBER) -> dict[str, str]:
    """Run billing; return the parked customers' numbers with the errors."""
    report = run_billing(session_factory, period, now=now)
    return {account.customer_number: account.error for account in report.parked}


def make_others(session: Session) -> list[Customer]:
    """Return one customer before and one after the account that is broken."""
    plan = make_plan(session, base_minor=3999)
    others = [make_customer(session, number=number) for number in ("10000000", "99999999")]
    for other in others:
        make_contract(session, other, plan)
    return others


def numbers_of_billed(session_factory: Sessions) -> list[str]:
    with session_factory() as session:
        billed = select(Customer.number).join(Invoice, Invoice.customer_id == Customer.id).order_by(Invoice.sequence)
        return list(session.scalars(billed))


def facts_of_task(session_factory: Sessions) -> dict[str, object]:
    with session_factory() as session:
        [task] = [task for task in list_open_tasks(session) if task.kind is TaskKind.BILLING_PARKED]
    return dict(task.facts)


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


def break_total(session: Session, customer: Customer) -> None:
    contract = make_contract(session, customer, make_plan(session, base_minor=1000))
    make_one_off(session, contract, charged_on=date(2026, 10, 9), amount_minor=-1001)


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


def test_a_bill_of_nothing_but_a_full_discount_is_issued(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        make_contract(session, customer, make_plan(session, base_minor=0))

    assert bill(session_factory) == {}

    with session_factory() as session:
        assert invoice_of(session, customer.id, OCTOBER.start).total_minor == 0


def make_ever_higher(session: Session, *, last_minor: int) -> tuple[Customer, Contract]:
    """Return a customer with three bills of 40.00 and a single charge in October."""
    customer = make_customer(session)
    contract = make_contract(session, customer, make_plan(session, base_minor=4000), started_on=date(2026, 7, 1))
    make_one_off(session, contract, charged_on=date(2026, 10, 9), amount_minor=last_minor)
    return customer, contract


def bill_three_months(session_factory: Sessions) -> None:
    for month in ("2026-07", "2026-08", "2026-09"):
        period = BillingPeriod.month(month)
        assert bill(session_factory, period, datetime(2026, period.end.month, 1, 6, tzinfo=UTC)) == {}


# Five times 40.00 is 200.00: with 160.00 on top the bill is at the bound, with 160.01 beyond it.
@pytest.mark.parametrize(("last_minor", "errors"), [(16_000, []), (16_001, ["BillDoubtful"])])
def test_a_total_far_above_the_earlier_ones_waits_for_a_person(
    session_factory: Sessions, last_minor: int, errors: list[str]
) -> None:
    with session_factory.begin() as session:
        make_ever_higher(session, last_minor=last_minor)
    bill_three_months(session_factory)

    assert list(bill(session_factory).values()) == errors

    if errors:
        assert facts_of_task(session_factory)["doubts"] == [
            {"kind": "total_unusual", "total_minor": 20_001, "median_minor": 4000, "earlier_bills": 3}
        ]


def test_only_the_newest_six_bills_are_compared(session_factory: Sessions) -> None:
    """After four months at 100 and six at 1 euro, 300 euros are far more than five times the median."""
    with session_factory.begin() as session:
        customer = make_customer(session)
        plan = make_plan(session, base_minor=10_000, valid_to=date(2026, 4, 1))
        make_price(session, plan, base_minor=100, valid_from=date(2026, 4, 1))
        contract = make_contract(session, customer, plan, started_on=date(2025, 12, 1))
        make_one_off(session, contract, charged_on=date(2026, 10, 9), amount_minor=30_000)
    period = BillingPeriod.month("2025-12")
    while period < OCTOBER:
        assert bill(session_factory, period) == {}
        period = period.next_month()

    assert bill(session_factory) == {customer.number: "BillDoubtful"}

    [doubt] = facts_of_task(session_factory)["doubts"]
    assert (doubt["median_minor"], doubt["earlier_bills"]) == (100, 6)


def test_sixteen_charges_on_one_day_wait_for_a_person(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        contract = make_contract(session, customer, make_plan(session))
        for number in range(16):
            make_one_off(session, contract, charged_on=date(2026, 10, 9), reference=f"WO-{number}")

    assert bill(session_factory) == {customer.number: "BillDoubtful"}
    assert numbers_of_billed(session_factory) == []


def test_a_released_bill_is_issued_by_the_next_run_and_its_task_is_done(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer, _ = make_ever_higher(session, last_minor=50_000)
    bill_three_months(session_factory)
    bill(session_factory)

    with session_factory.begin() as session:
        release_bill(session, customer.number, OCTOBER, now=LATER)
    assert facts_of_task(session_factory)["released_at"] == "2026-11-02T06:00:00+00:00"

    assert bill(session_factory, now=LATER) == {}
    with session_factory() as session:
        assert invoice_of(session, customer.id, OCTOBER.start).total_minor == 54_000
        assert list_open_tasks(session) == []


def test_a_release_holds_for_the_figures_that_the_person_saw(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer, contract = make_ever_higher(session, last_minor=50_000)
    bill_three_months(session_factory)
    bill(session_factory)
    with session_factory.begin() as session:
        release_bill(session, customer.number, OCTOBER, now=LATER)
        make_one_off(session, contract, charged_on=date(2026, 10, 10), amount_minor=1, reference="WO-2")

    assert bill(session_factory, now=LATER) == {customer.number: "BillDoubtful"}

    facts = facts_of_task(session_factory)
    assert facts["total_minor"] == 54_001
    assert "released_at" not in facts


def test_a_negative_bill_cannot_be_released(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        break_total(session, customer)
    bill(session_factory)

    with session_factory() as session, pytest.raises(NotReleasable):
        release_bill(session, customer.number, OCTOBER, now=LATER)


@pytest.mark.parametrize("number", ["99999999", "10000000"], ids=["unknown customer", "not parked"])
def test_what_is_not_parked_cannot_be_released(session_factory: Sessions, number: str) -> None:
    with session_factory.begin() as session:
        make_customer(session, number="10000000")

    with session_factory() as session, pytest.raises(TaskNotFound):
        release_bill(session, number, OCTOBER, now=LATER)


def late_usage(session: Session, contract: Contract, *, quantity: int) -> None:
    record = make_usage(session, contract, used_on=date(2026, 9, 20), quantity=quantity)
    record.received_at = datetime(2026, 10, 5, 6, tzinfo=UTC)  # after the bill of September was made
    session.flush()


def make_leaver(session: Session, *, unit_price_micro: int) -> tuple[Customer, Contract]:
    """Return a customer whose contract ends with September."""
    customer = make_customer(session)
    plan = make_plan(session, base_minor=1000, unit="GB", included=0, unit_price_micro=unit_price_micro)
    return customer, make_contract(session, customer, plan, ended_on=OCTOBER.start)


def test_usage_that_is_reported_after_the_last_bill_gets_a_bill_of_its_own_and_only_one(
    session_factory: Sessions,
) -> None:
    with session_factory.begin() as session:
        customer, contract = make_leaver(session, unit_price_micro=2_000_000)
    assert bill(session_factory, SEPTEMBER, datetime(2026, 10, 1, 6, tzinfo=UTC)) == {}
    with session_factory.begin() as session:
        late_usage(session, contract, quantity=3)

    assert bill(session_factory) == {}
    november = OCTOBER.next_month()
    assert run_billing(session_factory, november, now=datetime(2026, 12, 1, 6, tzinfo=UTC)).issued == 0

    with session_factory() as session:
        # 3 GB at 2.00
        assert invoice_of(session, customer.id, OCTOBER.start).total_minor == 600


def test_an_ended_contract_with_nothing_left_but_nought_gets_neither_a_bill_nor_a_task(
    session_factory: Sessions,
) -> None:
    with session_factory.begin() as session:
        _, contract = make_leaver(session, unit_price_micro=0)
    bill(session_factory, SEPTEMBER, datetime(2026, 10, 1, 6, tzinfo=UTC))
    with session_factory.begin() as session:
        late_usage(session, contract, quantity=3)

    report = run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER)

    assert (report.issued, report.parked) == (0, ())
    with session_factory() as session:
        assert list_open_tasks(session) == []


def test_a_seller_to_companies_adds_the_tax_as_a_line_of_its_own(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        contract = make_contract(session, customer, make_plan(session, base_minor=1000))
        make_one_off(session, contract, charged_on=date(2026, 10, 9), amount_minor=333)
        session.execute(update(Seller).values(prices_include_tax=False))

    assert bill(session_factory) == {}

    with session_factory() as session:
        invoice = invoice_of(session, customer.id, OCTOBER.start)
        lines = session.scalars(select(LineItem).filter_by(invoice_id=invoice.id).order_by(LineItem.position)).all()
        tax = session.scalars(select(InvoiceTax).filter_by(invoice_id=invoice.id)).one()
    # 19 % of 13.33 is 2.5327, rounded once: 2.53
    assert [(line.kind, line.amount_minor) for line in lines] == [("recurring", 1000), ("one_off", 333), ("tax", 253)]
    assert (invoice.total_minor, tax.net_minor, tax.tax_minor, tax.gross_minor) == (1586, 1333, 253, 1586)


def test_an_invoice_that_somebody_made_by_hand_does_not_stand_for_the_run_s(session_factory: Sessions) -> None:
    with session_factory.begin() as session:
        customer = make_customer(session)
        make_contract(session, customer, make_plan(session))
        session.add(
            Invoice(
                id=UUID(int=9),
                seller_id=customer.seller_id,
                customer_id=customer.id,
                number="DE-2026-X00001",
                year=2026,
                sequence=900_001,
                period_start=OCTOBER.start,
                period_end=OCTOBER.end,
                issued_on=date(2026, 10, 9),
                due_on=date(2026, 10, 23),
                total_minor=100,
                currency="EUR",
                created_at=AFTER_OCTOBER,
            )
        )

    assert run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER).issued == 1
    assert billing_run.run_billing(session_factory, OCTOBER, now=AFTER_OCTOBER).issued == 0
