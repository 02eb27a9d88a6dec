"""The log says who did what for whom, and neither a person nor a program can change it; who may act at all."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from billing.adjustments.adjustment import Account, AdjustmentKind
from billing.identity import Verification
from billing.money import Money
from handoff.agents.models import Role
from handoff.console.actions.limits import left_for
from handoff.console.actions.models import AgentAction, AgentActionEnding, Ending
from tests.handoff.console.actions.account import Approver, Desk, Lena, count, credited
from tests.handoff.people import AgentAtWork, Customer, on_any_database

REFUSED = "issued rows are never changed"


@on_any_database
async def test_the_log_holds_who_when_what_how_much_why_and_for_whom(
    app: FastAPI, desk: Desk, lena: Lena, approver: Approver, clock
):
    asked = (await desk.do("goodwill", f"loyalty:{lena.paid}", amount_minor=4000, note="Ten years")).json()
    clock.advance(minutes=5)
    await approver.decide(asked["id"], note="Fine")

    async with app.state.sessions() as session:
        [action] = (await session.scalars(select(AgentAction))).all()
        [ending] = (await session.scalars(select(AgentActionEnding))).all()

    assert (action.agent_id, action.customer_id) == (desk.agent.agent_id, lena.id)
    assert (action.kind, action.amount_minor, action.currency) == (AdjustmentKind.GOODWILL, 4000, "EUR")
    assert (action.note, action.limit_minor, action.asked["option"]) == ("Ten years", 2500, f"loyalty:{lena.paid}")
    assert action.asked_at == clock.now() - timedelta(minutes=5)
    assert action.title["de"] == f"Kulanz über 40,00\xa0€: Rechnung {lena.paid}"
    assert (ending.ending, ending.decided_by, ending.note) == (Ending.DONE, approver.agent.agent_id, "Fine")
    assert (ending.ended_at, ending.document) == (clock.now(), "DE-C-2026-000001")


@pytest.mark.parametrize("table", ["agent_action", "agent_action_ending"])
async def test_the_database_keeps_every_entry_as_it_is(app: FastAPI, desk: Desk, lena: Lena, table: str):
    await desk.do("goodwill", f"loyalty:{lena.paid}", amount_minor=1000)

    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET note = 'Something else'"):
        with pytest.raises(DBAPIError, match=REFUSED):
            await _run(app, statement)


async def test_the_database_lets_nobody_decide_twice_or_for_themselves(app: FastAPI, desk: Desk, lena: Lena):
    asked = (await desk.do("goodwill", f"loyalty:{lena.paid}", amount_minor=4000)).json()
    done = (await desk.do("goodwill", f"loyalty:{lena.paid}", amount_minor=1000)).json()
    action, mia = UUID(asked["id"]), desk.agent.agent_id
    endings = {
        "decided_by_another": _ending(action, mia, clock_of(app), decided_by=mia),
        "somebody_decided": _ending(action, mia, clock_of(app), ending=Ending.REFUSED),
        "agent_action_ending": _ending(UUID(done["id"]), mia, clock_of(app)),
    }

    for name, ending in endings.items():
        with pytest.raises(DBAPIError, match=name):
            async with app.state.sessions.begin() as session:
                session.add(ending)
    assert await count(app, AgentActionEnding) == 1


async def test_the_database_knows_a_request_once(app: FastAPI, desk: Desk, lena: Lena):
    done = (await desk.do("goodwill", f"loyalty:{lena.paid}", amount_minor=1000)).json()
    async with app.state.sessions() as session:
        [known] = (await session.scalars(select(AgentAction))).all()
    names = [column.name for column in AgentAction.__table__.columns if column.name != "id"]
    twin = AgentAction(id=uuid4(), **{name: getattr(known, name) for name in names})

    with pytest.raises(DBAPIError, match="request_id"):
        async with app.state.sessions.begin() as session:
            session.add(twin)
    assert str(known.request_id) == done["request_id"]


async def test_what_was_given_counts_for_as_long_as_the_limits_say(app: FastAPI, desk: Desk, lena: Lena, clock):
    await desk.do("goodwill", f"loyalty:{lena.paid}", amount_minor=2500)
    await desk.do("goodwill", f"loyalty:{lena.paid}", amount_minor=1500)
    authority = app.state.parts.authority

    async def alone(days: int) -> Money:
        async with app.state.sessions() as session:
            account = await session.run_sync(Account.load, lena.id, clock.now() + timedelta(days=days))
            return (await session.run_sync(left_for, account, Role.AGENT, authority)).alone

    assert [await alone(days) for days in (0, 29, 30)] == [Money(1000, "EUR"), Money(1000, "EUR"), Money(2500, "EUR")]


@on_any_database
async def test_without_proof_of_who_is_there_nothing_is_shown_or_done(app: FastAPI, desk: Desk, lena: Lena, clock):
    async with app.state.sessions.begin() as session:
        await session.execute(update(Verification).values(expires_at=clock.now()))

    shown = await desk.actions()
    preview = await desk.preview("goodwill", f"loyalty:{lena.paid}", amount_minor=1000)
    refused = await desk.do("goodwill", f"loyalty:{lena.paid}", amount_minor=1000)

    assert (shown["verified"], shown["customer"]) == (False, None)
    assert {action["reason"] for action in shown["actions"]} == {"The customer has not confirmed who they are."}
    assert [action["options"] for action in shown["actions"]] == [[], [], [], [], []]
    assert [one.json()["error"] for one in (preview, refused)] == ["CustomerNotVerified", "CustomerNotVerified"]
    assert await credited(app, lena) == []


@on_any_database
async def test_only_who_has_the_conversation_does_anything(
    app: FastAPI, desk: Desk, lena: Lena, hire, supervisor: AgentAtWork
):
    aino = Desk(await hire("Aino"), desk.conversation_id)
    kerstin = Desk(supervisor, desk.conversation_id)
    option = f"loyalty:{lena.paid}"

    answers = [
        await aino.agent.http.get(aino.path),
        await aino.preview("goodwill", option, amount_minor=1000),
        await aino.do("goodwill", option, amount_minor=1000),
        await kerstin.do("goodwill", option, amount_minor=1000),
    ]
    joined = await kerstin.actions()

    assert [answer.json()["error"] for answer in answers] == ["ConversationNotFound", *["HeldByAnother"] * 3]
    assert {action["allowed"] for action in joined["actions"]} == {False}
    assert joined["actions"][0]["reason"] == "Only the person who has this conversation can do this."
    assert await credited(app, lena) == []


@on_any_database
async def test_in_the_wrap_up_nothing_more_is_done_but_the_log_is_there(app: FastAPI, desk: Desk, lena: Lena):
    request_id, option = uuid4(), f"loyalty:{lena.paid}"
    done = (await desk.do("goodwill", option, request_id, amount_minor=1000)).json()
    await desk.agent.http.post(f"/api/console/conversations/{desk.conversation_id}/close")

    shown = await desk.actions()
    again = await desk.do("goodwill", option, request_id, amount_minor=1000)
    more = await desk.do("goodwill", option, amount_minor=1000)

    assert {action["reason"] for action in shown["actions"]} == {"This conversation is over."}
    assert shown["history"] == [done]
    assert (again.status_code, again.json()) == (200, done)
    assert (more.status_code, more.json()["error"]) == (409, "NotYourConversation")


@on_any_database
async def test_who_is_not_signed_in_does_nothing(client, desk: Desk, customer: Customer):
    answers = [
        await client.get(desk.path),
        await client.post(f"{desk.path}/goodwill/preview", json={"option": "x"}),
        await client.post(f"{desk.path}/goodwill", json={"option": "x", "request_id": str(uuid4())}),
        await client.get("/api/console/approvals"),
        await client.post(f"/api/console/approvals/{uuid4()}", json={"decision": "approve"}),
    ]

    assert {answer.status_code for answer in answers} == {401}


@on_any_database
async def test_a_kind_that_is_none_is_refused(desk: Desk):
    assert (await desk.do("present", "x")).json()["error"] == "InvalidRequest"


def clock_of(app: FastAPI) -> object:
    return app.state.parts.clock.now()


def _ending(
    action_id: UUID, asked_by: UUID, now: object, *, decided_by: UUID | None = None, ending: Ending = Ending.DONE
) -> AgentActionEnding:
    return AgentActionEnding(
        action_id=action_id, asked_by=asked_by, ending=ending, decided_by=decided_by, note="", ended_at=now
    )


async def _run(app: FastAPI, statement: str) -> None:
    async with app.state.sessions.begin() as session:
        await session.execute(text(statement))
