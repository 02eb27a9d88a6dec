"""Notes: written once, read by colleagues, never by customers."""

import asyncio
from uuid import UUID

import httpx
from fastapi import FastAPI

from tests.handoff.people import AgentAtWork, Customer, on_any_database

PATH = "/api/console/conversations"
SECRET = "Speaks with a lawyer already"


async def write(agent: AgentAtWork, conversation_id: UUID, text: str, key: str = "n1") -> httpx.Response:
    body = {"client_note_id": key, "text": text}
    return await agent.http.post(f"{PATH}/{conversation_id}/notes", json=body)


async def test_a_note_stands_where_it_was_written_and_twice_is_once(agent: AgentAtWork, customer, held: UUID, clock):
    seq = await customer.say("Hello?")

    first = await write(agent, held, SECRET)
    await customer.say("Anybody?")
    at_once = await asyncio.gather(*(write(agent, held, SECRET) for _ in range(4)))

    assert (first.status_code, {answer.status_code for answer in at_once}) == (201, {200})
    [note] = (await agent.http.get(f"{PATH}/{held}")).json()["notes"]
    assert note == first.json()
    assert (note["text"], note["after_seq"], note["agent_name"], note["mine"]) == (SECRET, seq, "Mia", True)
    assert note["written_at"].replace("Z", "+00:00") == clock.now().isoformat()


async def test_a_customer_never_sees_a_note(app: FastAPI, agent: AgentAtWork, customer: Customer, held: UUID):
    await write(agent, held, SECRET)
    await agent.reply(held, "An answer")
    await customer.caught_up()
    live = str(customer.frames)
    again = await Customer(app, customer.conversation_id, customer.token).connect(after=0)

    assert "An answer" in live
    assert "An answer" in str(again.frames)
    assert SECRET not in live + str(again.frames)
    await again.disconnect()


async def test_a_supervisor_joins_to_read_and_whispers_to_the_agent(
    agent: AgentAtWork, supervisor: AgentAtWork, customer: Customer, held: UUID
):
    await agent.connect()

    joined = (await supervisor.http.get(f"{PATH}/{held}")).json()
    whispered = await write(supervisor, held, "Offer her the instalments")
    await agent.until(lambda: [event for event in agent.events.values() if event["name"] == "note.added"])

    assert (joined["joined"], joined["messages"][0]["seq"]) == (True, 1)
    assert (await agent.http.get(f"{PATH}/{held}")).json()["joined"] is False
    assert (whispered.status_code, whispered.json()["mine"]) == (201, True)
    [event] = [event for event in agent.events.values() if event["name"] == "note.added"]
    assert (event["conversation_id"], event["note"]["text"]) == (str(held), "Offer her the instalments")
    assert (event["note"]["kind"], event["note"]["agent_name"], event["note"]["mine"]) == ("whisper", "Kerstin", False)
    await customer.caught_up()
    assert "instalments" not in str(customer.frames)
    await agent.socket.disconnect()


@on_any_database
async def test_an_agent_who_takes_a_conversation_reads_the_notes_of_the_one_before(
    agent: AgentAtWork, hire, customer: Customer, held: UUID
):
    aino = await hire("Aino")
    await write(agent, held, SECRET)
    await agent.http.post(f"{PATH}/{held}/transfer", json={"queue": "bills"})
    await aino.take_next()

    [note] = (await aino.http.get(f"{PATH}/{held}")).json()["notes"]

    assert (note["text"], note["agent_name"], note["kind"]) == (SECRET, "Mia", "note")


@on_any_database
async def test_a_note_is_checked_like_a_message_and_keeps_no_card_number(agent: AgentAtWork, held: UUID):
    answers = [await write(agent, held, text) for text in ("", "x" * 2001)]
    wrong_key = await write(agent, held, "Hello", key="with space")
    kept = await write(agent, held, "Card 4111 1111 1111 1111")

    assert [answer.json()["error"] for answer in answers] == ["EmptyMessage", "MessageTooLong"]
    assert wrong_key.json()["error"] == "InvalidFrame"
    assert "1111 1111" not in kept.json()["text"]


@on_any_database
async def test_who_is_not_signed_in_writes_nothing(client: httpx.AsyncClient, held: UUID):
    body = {"client_note_id": "n", "text": "Hello"}

    assert (await client.post(f"{PATH}/{held}/notes", json=body)).status_code == 401
