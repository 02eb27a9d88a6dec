"""An agent lets the customer prove who they are, without giving the conversation away."""

import re
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from billing.outbox import OutboxMessage
from handoff.texts import server_texts
from tests.factories.billing import make_customer
from tests.handoff.people import AgentAtWork, Customer, on_any_database

NUMBER = "12345678"


async def asks(agent: AgentAtWork, conversation_id: UUID, number: str | None = None) -> dict:
    body = {"customer_number": number} if number else {}
    answer = await agent.http.post(f"/api/console/conversations/{conversation_id}/verify-request", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def codes(app: FastAPI) -> list[str]:
    async with app.state.sessions() as session:
        sent = list(await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))
    return [re.findall(r"\b\d{6}\b", message.body)[0] for message in sent if message.recipient]


def said(key: str, **facts: object) -> str:
    return server_texts().text(key, "en", **facts)


@pytest.fixture
async def account(app: FastAPI) -> None:
    async with app.state.sessions.begin() as session:
        await session.run_sync(lambda sync: make_customer(sync, number=NUMBER, name="Lena Hoffmann"))


async def test_number_and_code_are_asked_for_while_the_agent_keeps_the_conversation(
    app: FastAPI, agent: AgentAtWork, customer: Customer, held: UUID, account
):
    assert (await asks(agent, held))["state"] == "number_asked"
    await customer.say("It is 1234 5678")
    assert (await asks(agent, held))["state"] == "code_sent"
    await customer.caught_up()
    assert customer.messages[-1]["text"] == said("verify.code_sent", minutes=10)
    assert customer.messages[-1]["card"]["type"] == "code"
    [code] = await codes(app)

    await customer.say(code)

    [row] = (await agent.console())["conversations"]
    assert (row["status"], row["customer_name"]) == ("active", "Lena Hoffmann")
    await customer.caught_up()
    assert customer.texts("system")[-1] == said("verify.verified")
    assert code not in " ".join(customer.texts())
    assert (await asks(agent, held))["state"] == "verified"


@on_any_database
async def test_a_wrong_code_is_answered_although_no_assistant_listens(agent, customer: Customer, held: UUID, account):
    await asks(agent, held, NUMBER)

    await customer.say("000000")
    await customer.caught_up()

    assert customer.texts("system")[-1] == said("verify.wrong")


@on_any_database
async def test_an_unknown_number_looks_like_a_known_one(app, agent, customer: Customer, held: UUID):
    known = await asks(agent, held, "99999999")
    await customer.caught_up()

    assert known["state"] == "code_sent"
    assert customer.texts("system")[-1] == said("verify.code_sent", minutes=10)
    assert await codes(app) == []


@on_any_database
async def test_only_who_holds_the_conversation_asks(hire, customer: Customer, held: UUID):
    aino = await hire("Aino")

    refused = [
        await aino.http.post(f"/api/console/conversations/{wanted}/verify-request", json={})
        for wanted in (held, uuid4())
    ]

    assert [answer.json()["error"] for answer in refused] == ["HeldByAnother", "ConversationNotFound"]
