"""The panel beside a conversation: the verified customer's bills, and what the check of them found."""

from datetime import date
from uuid import UUID

from fastapi import FastAPI

from billing import accounts
from billing.db import make_engine, make_session_factory
from billing.models.contract import OneOffCharge
from billing.periods import BillingPeriod
from billing.rating.errors import CurrencyUnknown
from billing.run.billing_run import run_billing
from handoff.console import customer as panel_of_customer
from tests.factories.billing import make_contract, make_customer, make_discount, make_one_off, make_plan
from tests.handoff.console.verified import verify
from tests.handoff.people import AgentAtWork, Customer, on_any_database

PATH = "/api/console/conversations"


async def test_the_panel_shows_the_verified_customer_with_the_bill_from_the_database(
    app: FastAPI, agent: AgentAtWork, customer: Customer, database_url: str, clock
):
    engine = make_engine(database_url)
    sessions = make_session_factory(engine)
    with sessions.begin() as session:
        person = make_customer(session, name="Lena Hoffmann", language="de")
        contract = make_contract(session, person, make_plan(session, base_minor=3999), started_on=date(2026, 1, 1))
        make_discount(session, contract, amount_minor=1000, valid_to=date(2026, 10, 1))
    for month in ("2026-09", "2026-10"):
        run_billing(sessions, BillingPeriod.month(month), now=clock.now())
    with sessions() as session:
        truth = accounts.get_overview(session, person.id, clock.now().date())
    engine.dispose()
    await verify(app, customer, person.id, clock.now())
    await customer.ask_for_person()
    held = await agent.take_next()

    shown = (await agent.http.get(f"{PATH}/{held}")).json()

    assert shown["summary"]["verified_level"] == "verified"
    panel = shown["customer"]
    assert (panel["name"], panel["number"], panel["country"]) == ("Lena Hoffmann", person.number, "DE")
    assert panel["plan"] == truth.plan_names["en"]
    assert [(invoice["total_minor"], invoice["open_minor"]) for invoice in panel["invoices"]] == [
        (3999, 3999),
        (2999, 2999),
    ]
    assert panel["balance"]["amount_minor"] == 3999 + 2999
    assert panel["change"]["difference_minor"] == 1000
    assert sum(cause["amount_minor"] for cause in panel["change"]["causes"]) == 1000
    [row] = (await agent.console())["conversations"]
    assert (row["customer_name"], row["verified"]) == ("Lena Hoffmann", True)


async def test_the_panel_says_what_the_check_of_the_bills_found(
    app: FastAPI, agent: AgentAtWork, customer: Customer, held: UUID, database_url: str, clock
):
    """A visit of 49.90 is booked once, and stands on the bills of September and of October."""
    engine = make_engine(database_url)
    sessions = make_session_factory(engine)
    with sessions.begin() as session:
        person = make_customer(session)
        contract = make_contract(session, person, make_plan(session, base_minor=3999), started_on=date(2026, 1, 1))
        charge = make_one_off(session, contract, charged_on=date(2026, 9, 9))
    run_billing(sessions, BillingPeriod.month("2026-09"), now=clock.now())
    with sessions.begin() as session:
        session.get_one(OneOffCharge, charge.id).charged_on = date(2026, 10, 9)
    run_billing(sessions, BillingPeriod.month("2026-10"), now=clock.now())
    engine.dispose()
    await verify(app, customer, person.id, clock.now())

    panel = (await agent.http.get(f"{PATH}/{held}")).json()["customer"]

    assert panel["audit"] == {
        "verdict": "our_mistake",
        "owed_minor": 4990,
        "currency": "EUR",
        "count": 1,
        "detectors": ["A13"],
    }
    [finding] = panel["findings"]
    assert (finding["detector"], finding["amount_minor"], finding["confidence"]) == ("A13", 4990, "certain")
    assert finding["evidence"][0]["invoice"] in {invoice["number"] for invoice in panel["invoices"]}
    assert finding["evidence"][0]["amount_minor"] == 4990


async def test_the_panel_says_that_the_bills_are_right(app, agent, customer: Customer, held: UUID, clock):
    async with app.state.sessions.begin() as session:
        person = await session.run_sync(make_customer)
    await verify(app, customer, person.id, clock.now())

    panel = (await agent.http.get(f"{PATH}/{held}")).json()["customer"]

    assert panel["audit"] == {"verdict": "correct", "owed_minor": 0, "currency": "EUR", "count": 0, "detectors": []}


@on_any_database
async def test_the_panel_opens_though_the_account_cannot_be_checked(
    app, agent, customer: Customer, held: UUID, clock, monkeypatch
):
    def refuse(*args: object, **named: object) -> None:
        raise CurrencyUnknown("XXX")

    monkeypatch.setattr(panel_of_customer, "audit_account", refuse)
    async with app.state.sessions.begin() as session:
        person = await session.run_sync(make_customer)
    await verify(app, customer, person.id, clock.now())

    panel = (await agent.http.get(f"{PATH}/{held}")).json()["customer"]

    assert (panel["number"], panel["audit"]) == (person.number, None)


@on_any_database
async def test_the_panel_closes_when_the_verification_ends(app, agent, customer: Customer, held: UUID, clock):
    async with app.state.sessions.begin() as session:
        person = await session.run_sync(make_customer)
    await verify(app, customer, person.id, clock.now())
    assert (await agent.http.get(f"{PATH}/{held}")).json()["customer"]["number"] == person.number

    clock.advance(minutes=31)

    assert (await agent.http.get(f"{PATH}/{held}")).json()["customer"] is None
