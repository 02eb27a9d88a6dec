"""Taking from the line, handing on to a line or a colleague, and giving back to the assistant."""

from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import delete

from handoff.agents.models import Agent, AgentSkill, Presence
from handoff.agents.shutting_out import disable
from handoff.conversations.models import ConversationStatus
from tests.fakes.bot import FakeBot, reply
from tests.handoff.people import AgentAtWork, Customer, on_any_database

PATH = "/api/console/conversations"


@pytest.fixture
async def aino(hire) -> AgentAtWork:
    """A second agent, who is there and has nothing to do."""
    return await hire("Aino")


async def transfer(agent: AgentAtWork, conversation_id: UUID, **wish: object) -> httpx.Response:
    return await agent.http.post(f"{PATH}/{conversation_id}/transfer", json=wish)


async def waiting(agent: AgentAtWork) -> list[dict]:
    return (await agent.http.get("/api/console/waiting")).json()


async def test_the_line_is_shown_and_somebody_in_it_can_be_taken(agent: AgentAtWork, open_chat, bot: FakeBot, clock):
    await agent.be("away")
    bot.rule = lambda turn: reply("It is higher.", intent="why_bill_higher")
    first, second = await open_chat(), await open_chat("de")
    await first.ask("Why is my bill higher?")
    await first.ask_for_person()
    clock.advance(seconds=40)
    await second.ask_for_person()

    oldest, newest = await waiting(agent)
    taken = await agent.http.post(f"/api/console/entries/{newest['entry_id']}/take")

    assert (oldest["conversation_id"], oldest["queue"], oldest["wish"]) == (
        str(first.conversation_id),
        "bills",
        "Why is my bill higher?",
    )
    assert (oldest["waited_seconds"], newest["waited_seconds"], newest["language"]) == (40, 0, "de")
    assert (taken.status_code, taken.json()["status"]) == (200, "active")
    assert taken.json()["agent_id"] == str(agent.agent_id)
    assert [row["entry_id"] for row in await waiting(agent)] == [oldest["entry_id"]]


async def test_who_comes_second_to_somebody_in_line_learns_who_was_first(agent, aino, customer: Customer):
    for one in (agent, aino):
        await one.be("away")
    await customer.ask_for_person()
    [row] = await waiting(agent)

    await agent.http.post(f"/api/console/entries/{row['entry_id']}/take")
    late = await aino.http.post(f"/api/console/entries/{row['entry_id']}/take")

    assert (late.status_code, late.json()["error"], late.json()["agent_name"]) == (409, "AlreadyTaken", "Mia")


async def test_a_warm_hand_over_gives_a_colleague_the_conversation_with_the_note_on_top(
    agent: AgentAtWork, held: UUID, aino: AgentAtWork, customer: Customer
):
    response = await transfer(agent, held, agent_id=str(aino.agent_id), note="Has two contracts, wants both checked.")
    await customer.caught_up()

    assert response.status_code == 204, response.text
    assert (await agent.console())["conversations"] == []
    [row] = (await aino.console())["conversations"]
    assert (row["id"], row["status"]) == (str(held), "active")
    transcript = (await aino.http.get(f"{PATH}/{held}")).json()
    assert transcript["summary"]["transfer"]["from_name"] == "Mia"
    assert transcript["summary"]["transfer"]["note"] == "Has two contracts, wants both checked."
    assert "handed on by Mia" in transcript["summary"]["line"]
    [note] = transcript["notes"]
    assert (note["kind"], note["agent_name"], note["mine"]) == ("transfer", "Mia", False)
    assert customer.conversation["agent"] == {"name": "Aino"}
    assert "two contracts" not in str(customer.frames)


async def test_a_hand_over_to_a_line_keeps_the_age_and_the_next_offer_carries_the_note(
    agent: AgentAtWork, held: UUID, aino: AgentAtWork, clock
):
    clock.advance(seconds=90)

    response = await transfer(agent, held, queue="payments", note="Money has arrived, see the bank's list.")
    offer = await aino.offer()

    assert response.status_code == 204, response.text
    assert offer is not None
    assert (offer["conversation_id"], offer["queue"], offer["waited_seconds"]) == (str(held), "payments", 90)
    assert offer["note"] == "Money has arrived, see the bank's list."
    assert (await agent.console())["conversations"] == []


@on_any_database
async def test_a_cold_hand_over_has_no_note(agent: AgentAtWork, held: UUID, aino: AgentAtWork, customer: Customer):
    await transfer(agent, held, language="fi")

    offer = await aino.offer()

    assert offer is not None
    assert (offer["language"], offer["note"]) == ("fi", None)
    await aino.accept(offer)
    transcript = (await aino.http.get(f"{PATH}/{held}")).json()
    assert (transcript["notes"], transcript["summary"]["transfer"]["from_name"]) == ([], "Mia")


@pytest.mark.parametrize("reason", ["offline", "unheard", "away", "language", "full"])
async def test_a_colleague_who_cannot_take_it_is_refused_with_the_reason(
    app: FastAPI, agent: AgentAtWork, held: UUID, aino: AgentAtWork, customer: Customer, reason: str
):
    await agent.be("away")
    await make_unavailable(app, aino, reason)

    response = await transfer(agent, held, agent_id=str(aino.agent_id), note="For you")

    expected = "offline" if reason == "unheard" else reason
    assert response.status_code == 409
    assert response.json() | {"text": ""} == {
        "error": "ColleagueUnavailable",
        "name": "Aino",
        "reason": expected,
        "text": "",
    }
    transcript = (await agent.http.get(f"{PATH}/{held}")).json()
    assert (transcript["conversation"]["status"], transcript["notes"]) == ("active", [])


async def make_unavailable(app: FastAPI, agent: AgentAtWork, reason: str) -> None:
    async with app.state.sessions.begin() as session:
        row = await session.get_one(Agent, agent.agent_id)
        if reason == "unheard":
            row.seen_at = None
        elif reason == "full":
            row.capacity = 1
        elif reason == "language":
            await session.execute(delete(AgentSkill).where(AgentSkill.agent_id == agent.agent_id))
        else:
            row.presence = Presence(reason)
    if reason == "full":
        other = await Customer.open(app, agent.http)
        await other.ask_for_person()
        await agent.take_next()
        await other.disconnect()


@on_any_database
async def test_only_a_sound_wish_is_a_hand_over(agent: AgentAtWork, held: UUID, aino: AgentAtWork):
    wishes: list[dict] = [
        {},
        {"note": "Nowhere"},
        {"queue": "unknown"},
        {"language": "sv"},
        {"agent_id": str(agent.agent_id)},
        {"agent_id": str(uuid4())},
        {"agent_id": str(aino.agent_id), "queue": "bills"},
    ]

    answers = [await transfer(agent, held, **wish) for wish in wishes]

    assert {(answer.status_code, answer.json()["error"]) for answer in answers} == {(422, "InvalidRequest")}
    assert (await agent.console())["conversations"][0]["id"] == str(held)


@on_any_database
async def test_who_does_not_hold_a_conversation_hands_nothing_on(agent, held: UUID, aino):
    refused = await transfer(aino, held, queue="bills")
    returned = await aino.http.post(f"{PATH}/{held}/return-to-bot")
    unknown = await transfer(aino, uuid4(), queue="bills")

    assert [(answer.status_code, answer.json()["error"]) for answer in (refused, returned, unknown)] == [
        (409, "HeldByAnother"),
        (409, "HeldByAnother"),
        (404, "ConversationNotFound"),
    ]


async def test_the_assistant_answers_again_after_the_conversation_was_given_back(
    agent: AgentAtWork, customer: Customer, held: UUID, bot: FakeBot
):
    response = await agent.http.post(f"{PATH}/{held}/return-to-bot")
    bot.rule = lambda turn: reply("Here I am again.")
    answer = await customer.ask("What do I owe?")

    assert response.status_code == 204, response.text
    assert (answer["sender"], answer["text"]) == ("bot", "Here I am again.")
    assert (await customer.row()).status is ConversationStatus.WITH_BOT
    assert (await agent.console())["conversations"] == []
    assert (await agent.reply(held, "Wait")).status_code == 404


@on_any_database
async def test_nobody_is_handed_on_to_who_may_not_sign_in(app: FastAPI, agent: AgentAtWork, aino: AgentAtWork, clock):
    async with app.state.sessions.begin() as session:
        await disable(session, await session.get_one(Agent, aino.agent_id), clock.now())

    assert (await agent.http.get("/api/console/colleagues")).json()["colleagues"] == []


@on_any_database
async def test_colleagues_are_listed_with_what_they_can_take(app, agent, held: UUID, aino: AgentAtWork, hire):
    gone = await hire("Zoe")
    async with app.state.sessions.begin() as session:
        (await session.get_one(Agent, gone.agent_id)).presence = Presence.OFFLINE
        session.add(AgentSkill(agent_id=aino.agent_id, skill="topic:bills"))

    seen_by_mia = (await agent.http.get("/api/console/colleagues")).json()
    seen_by_aino = (await aino.http.get("/api/console/colleagues")).json()

    assert seen_by_mia["queues"] == ["bills", "payments", "contracts", "general"]
    assert [(one["name"], one["presence"], one["live"], one["free"]) for one in seen_by_mia["colleagues"]] == [
        ("Aino", "available", True, 3),
        ("Zoe", "offline", True, 3),
    ]
    assert sorted(seen_by_mia["colleagues"][0]["languages"]) == ["de", "en", "fi"]
    assert seen_by_mia["colleagues"][0]["skills"] == ["topic:bills"]
    assert next(one["free"] for one in seen_by_aino["colleagues"] if one["name"] == "Mia") == 2
