"""Each kind through the very functions of the bot: shown, done once, told, and known to everybody afterwards."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from billing.adjustments.adjustment import AdjustmentKind
from billing.audits import audit_account
from billing.models.contract import ContractPhase
from billing.models.dispute import Dispute
from billing.models.dunning import Arrangement
from billing.models.plan import Plan
from handoff.console import action_endpoints
from handoff.console.actions.acting import Actor
from handoff.console.actions.listing import list_actions
from handoff.console.actions.models import AgentAction
from handoff.console.actions.schemas import ActionsOut
from tests.billing.fairness.accounts import SEPTEMBER, bill, line, record_a_charge, settle
from tests.factories.billing import make_discount, make_plan
from tests.handoff.console.actions.account import Desk, Lena, count, credited
from tests.handoff.console.verified import verify
from tests.handoff.people import AgentAtWork, Customer, on_any_database

Make = Callable[[Session], UUID]


@pytest.fixture
async def desk_of(app: FastAPI, agent: AgentAtWork, customer: Customer, held: UUID, clock) -> Callable[..., object]:
    """Make a customer and sit down at their actions."""

    async def sit_down(make: Make) -> tuple[Desk, Lena]:
        async with app.state.sessions.begin() as session:
            customer_id = await session.run_sync(make)
        await verify(app, customer, customer_id, clock.now())
        return Desk(agent, held), Lena(customer_id, "", "", "")

    return sit_down


def wronged(session: Session) -> UUID:
    """A discount of 300.00 was forgotten in September and in October."""
    customer, contract, _ = settle(session, base_minor=39_990)
    make_discount(session, contract, amount_minor=30_000)
    record_a_charge(session)
    bill(session, customer, [line(39_990, SEPTEMBER, contract=contract)], SEPTEMBER)
    bill(session, customer, [line(39_990, contract=contract)])
    return customer.id


@on_any_database
async def test_a_finding_is_credited_exactly_whatever_the_limits(app: FastAPI, desk_of, customer: Customer, clock):
    desk, lena = await desk_of(wronged)
    offered = await desk.action("correction")
    one = offered["options"][0]

    shown = (await desk.preview("correction", one["id"])).json()
    done = (await desk.do("correction", one["id"], preview=shown["amount_minor"], note="")).json()
    left = await desk.action("correction")

    assert [option["amount_minor"] for option in offered["options"]] == [30_000, 30_000, 60_000]
    assert (offered["own_limit_minor"], offered["approval_limit_minor"]) == (None, None)
    assert (one["label"], one["detail"][:5]) == ("Discount missing or wrong", "bill ")
    assert (shown["amount_minor"], shown["needs_approval"]) == (30_000, False)
    assert (done["state"], done["amount_minor"], await credited(app, lena)) == ("done", 30_000, [30_000])
    assert [option["amount_minor"] for option in left["options"]] == [30_000]
    async with app.state.sessions() as session:
        report = await session.run_sync(lambda sync: audit_account(sync, lena.id, today=clock.now().date()))
    assert report.owed.minor == 30_000
    await customer.caught_up()
    assert customer.texts("system")[-1].endswith("and credited you €300.00.")


@on_any_database
async def test_all_findings_are_credited_at_once(app: FastAPI, desk_of):
    desk, lena = await desk_of(wronged)

    done = (await desk.do("correction", "all", preview=60_000)).json()
    again = await desk.do("correction", "all")

    assert (done["amount_minor"], await credited(app, lena)) == (60_000, [30_000, 30_000])
    assert done["document"] == "DE-C-2026-000001, DE-C-2026-000002"
    assert (again.status_code, again.json()["error"]) == (409, "ActionNotPossible")
    assert (await desk.action("correction"))["reason"] == (
        "The check of the bills has found nothing that can be credited."
    )


async def test_rivals_credit_a_finding_once(app: FastAPI, desk_of):
    desk, lena = await desk_of(wronged)
    one = (await desk.action("correction"))["options"][0]["id"]

    answers = await asyncio.gather(*(desk.do("correction", one, uuid4()) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    assert await credited(app, lena) == [30_000]
    assert await count(app, AgentAction) == 1


@on_any_database
async def test_nobody_sets_the_amount_of_a_correction(app: FastAPI, desk_of):
    desk, lena = await desk_of(wronged)
    one = (await desk.action("correction"))["options"][0]["id"]

    refused = await desk.do("correction", one, amount_minor=35_000)

    assert (refused.status_code, refused.json()["error"]) == (409, "AmountChanged")
    assert await credited(app, lena) == []


@on_any_database
async def test_a_bill_is_paid_in_parts_as_it_was_shown(app: FastAPI, desk: Desk, lena: Lena, customer: Customer):
    offered = await desk.action("arrangement")
    shown = (await desk.preview("arrangement", f"{lena.open}:2")).json()
    done = (await desk.do("arrangement", f"{lena.open}:2", preview=shown["amount_minor"], note="")).json()

    assert [option["id"] for option in offered["options"]] == [
        f"{lena.open}:later", f"{lena.open}:2", f"{lena.open}:3"
    ]  # fmt: skip
    assert [(row["label"], row["after"]) for row in shown["lines"]] == [
        ("Part 1: €29.75", "5\xa0Dec\xa02026"),
        ("Part 2: €29.75", "5\xa0Jan\xa02027"),
    ]
    assert shown["notice"].startswith("Only if the customer agrees.")
    assert (done["state"], done["amount_minor"]) == ("done", 5950)
    assert await count(app, Arrangement) == 1
    assert (await desk.action("arrangement"))["reason"] == "An arrangement has been agreed for this bill already."
    await customer.caught_up()
    assert customer.texts("system")[-1] == (
        f"Agreed: you pay €59.50 for bill {lena.open} in 2 parts, the first by 5\xa0Dec\xa02026."
    )


@on_any_database
async def test_a_bill_is_put_off_to_the_day_that_is_named(app: FastAPI, desk: Desk, lena: Lena):
    option = f"{lena.open}:later"

    offered = (await desk.action("arrangement"))["options"][0]
    too_far = await desk.do("arrangement", option, day="2027-06-01")
    shown = (await desk.preview("arrangement", option, day="2026-12-10")).json()
    done = await desk.do("arrangement", option, day="2026-12-10", preview=5950)

    assert (offered["id"], offered["latest_day"]) == (option, "2026-12-24")
    assert (too_far.status_code, too_far.json()["text"]) == (409, "It is too late to put this bill off.")
    assert shown["lines"] == [{"label": "Payable by", "before": "24\xa0Nov\xa02026", "after": "10\xa0Dec\xa02026"}]
    assert done.json()["title"] == f"€59.50 by 10\xa0Dec\xa02026: bill {lena.open}"
    assert await count(app, AgentAction) == 1


def on_a_plan(session: Session) -> UUID:
    """On 39.99 a month; there is one of 29.99 too."""
    customer, _, _ = settle(session)
    make_plan(session, base_minor=2999, name="Home S")
    session.execute(update(Plan).values(product="home"))
    bill(session, customer, [line(3999)])
    return customer.id


async def test_the_plan_changes_as_it_was_shown(app: FastAPI, desk_of, customer: Customer):
    desk, _ = await desk_of(on_a_plan)
    [option] = (await desk.action("plan_change"))["options"]
    shown = (await desk.preview("plan_change", option["id"])).json()
    request_id = uuid4()

    answers = await asyncio.gather(
        *(desk.do("plan_change", option["id"], request_id, preview=shown["amount_minor"]) for _ in range(3))
    )

    assert (option["label"], option["amount_minor"]) == ("Home S", 2999)
    assert {row["label"]: (row["before"], row["after"]) for row in shown["lines"]} == {
        "Plan": ("Home", "Home S"),
        "From": (None, "1\xa0Dec\xa02026"),
        "Price per month": ("€39.99", "€29.99"),
        "Bill for 1–31\xa0Dec\xa02026, expected": ("€39.99", "€29.99"),
    }
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1
    async with app.state.sessions() as session:
        phases = (await session.scalars(select(ContractPhase).order_by(ContractPhase.valid_from))).all()
    assert [phase.valid_to for phase in phases if phase.valid_from < date(2026, 12, 1)][-1] == date(2026, 12, 1)
    assert (await desk.action("plan_change"))["reason"] == "Another plan has been agreed already."
    await customer.caught_up()
    assert customer.texts("system")[-1] == "Agreed: your plan changes to Home S on 1\xa0Dec\xa02026."


@on_any_database
async def test_a_plan_that_costs_otherwise_by_now_is_not_changed_to(app: FastAPI, desk_of):
    desk, _ = await desk_of(on_a_plan)
    [option] = (await desk.action("plan_change"))["options"]
    shown = (await desk.preview("plan_change", option["id"])).json()
    async with app.state.sessions.begin() as session:
        await session.execute(
            update(Plan).where(Plan.name["en"].as_string() == "Home S").values(switching_fee_minor=990)
        )

    refused = await desk.do("plan_change", option["id"], preview=shown["amount_minor"])

    assert refused.status_code == 409
    assert refused.json()["text"] == "It now comes to €39.89, no longer to €29.99. Please look at it again."
    assert await count(app, AgentAction) == 0


@on_any_database
async def test_a_dispute_is_opened_for_the_customer_and_says_why(
    app: FastAPI, desk: Desk, lena: Lena, customer: Customer
):
    option = f"all:{lena.open}"
    shown = (await desk.preview("dispute", option)).json()
    done = (await desk.do("dispute", option, note="Says she never ordered it", preview=5950)).json()

    assert (shown["amount_minor"], done["amount_minor"], done["state"]) == (5950, 5950, "done")
    async with app.state.sessions() as session:
        [dispute] = (await session.scalars(select(Dispute))).all()
    assert (dispute.customer_id, dispute.reason) == (lena.id, "Says she never ordered it")
    assert f"all:{lena.open}" not in [one["id"] for one in (await desk.action("dispute"))["options"]]
    # What is disputed is not due: there is nothing to pay later.
    assert (await desk.action("arrangement"))["reason"] == (
        "The bill is disputed. Until that is decided, nothing is due."
    )
    await customer.caught_up()
    assert "You will have an answer by 16\xa0Jan\xa02027." in customer.texts("system")[-1]


@on_any_database
async def test_a_choice_that_is_none_changes_nothing(app: FastAPI, desk: Desk):
    options = ("x", ":", "x:y:z", "all:DE-2026-999999", f"{uuid4()}:plan", "9" * 200 + ":1")

    refusals = [await desk.do(kind, option, amount_minor=100) for kind in AdjustmentKind for option in options]

    assert {(one.status_code, one.json()["error"]) for one in refusals} == {(409, "ActionNotPossible")}
    assert await count(app, AgentAction) == 0


@on_any_database
async def test_the_actions_are_shown_though_somebody_wrote_meanwhile(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """SQLite refuses the first write of a session that began to read before somebody else wrote."""
    busy, tries = sqlite3.OperationalError("database is locked"), []
    busy.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT

    async def late_once(session: AsyncSession, actor: Actor, conversation_id: UUID) -> ActionsOut:
        tries.append(session)
        if len(tries) == 1:
            raise OperationalError("UPDATE", {}, busy)
        return await list_actions(session, actor, conversation_id)

    monkeypatch.setattr(action_endpoints, "list_actions", late_once)

    shown = await desk.actions()

    assert (shown["customer"], len(tries)) == ("Lena Hoffmann", 2)
