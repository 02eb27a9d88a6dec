"""The console: what an agent sees, may say and may close, and that nobody else sees it."""

import asyncio
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from httpx import Response

from billing import identity
from handoff.texts import server_texts
from tests.fakes.bot import FakeBot, reply
from tests.handoff.asgi_socket import AsgiSocket, SocketClosed, SocketRefused
from tests.handoff.people import ORIGIN, AgentAtWork, Customer, on_any_database

PATH = "/api/console/conversations"


async def test_customer_and_agent_talk_to_each_other(agent: AgentAtWork, customer: Customer, held: UUID, bot: FakeBot):
    await agent.connect()
    await customer.say("Is anybody there?")
    await agent.until(lambda: "Is anybody there?" in str(agent.events))

    response = await agent.reply(held, "Yes, I am here.")
    await customer.until(lambda: customer.texts("agent"))

    assert response.status_code == 201
    shown = customer.messages[-1]
    assert (shown["text"], shown["agent_name"], shown["seq"]) == ("Yes, I am here.", "Mia", response.json()["seq"])
    assert bot.turns == []


async def test_a_repeated_reply_is_stored_once(agent: AgentAtWork, customer: Customer, held: UUID):
    first = await agent.reply(held, "Hello", "key")
    again = await agent.reply(held, "Hello", "key")
    at_once = await asyncio.gather(*(agent.reply(held, "Bye", "other") for _ in range(4)))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert sorted(response.status_code for response in at_once) == [200, 200, 200, 201]
    await customer.caught_up()
    assert customer.texts("agent") == ["Hello", "Bye"]


@on_any_database
async def test_the_same_key_of_agent_and_customer_are_two_messages(agent: AgentAtWork, customer: Customer, held: UUID):
    await customer.say("From the customer", "key")
    await agent.reply(held, "From the agent", "key")

    await customer.caught_up()
    assert customer.texts()[-2:] == ["From the customer", "From the agent"]


async def end(agent: AgentAtWork, conversation_id: UUID) -> Response:
    """Close the conversation and skip what is noted afterwards."""
    await agent.http.post(f"{PATH}/{conversation_id}/close")
    return await agent.http.post(f"{PATH}/{conversation_id}/wrap-up", json={"disposition": None, "note": None})


async def test_closing_tells_the_customer_and_ends_the_conversation(agent: AgentAtWork, customer: Customer, held: UUID):
    response = await end(agent, held)
    await customer.caught_up()

    assert response.json()["status"] == "closed"
    assert customer.conversation["status"] == "closed"
    assert customer.texts("system")[-1] == server_texts().text("conversation.closed", "en")
    assert (await agent.console())["conversations"] == []
    refusal = await customer.refused({"type": "message.send", "client_msg_id": "late", "text": "Thank you"})
    assert refusal["error"] == "ConversationClosed"
    assert (await agent.reply(held, "Too late")).json()["error"] == "ConversationClosed"
    assert (await agent.http.post(f"{PATH}/{held}/close")).status_code == 200


@on_any_database
async def test_a_message_that_was_stored_before_the_end_is_acknowledged_after_it(agent, customer: Customer, held: UUID):
    seq = await customer.say("Thank you", "thanks")
    await end(agent, held)

    assert await customer.say("Thank you", "thanks") == seq


@on_any_database
async def test_an_agent_sees_only_what_is_theirs_or_offered(agent: AgentAtWork, hire, open_chat, held: UUID):
    other = await hire("Aino")
    third = await open_chat()
    note = {"client_note_id": "n", "text": "Hello"}

    for conversation_id in (held, third.conversation_id, uuid4()):
        assert (await other.http.get(f"{PATH}/{conversation_id}")).status_code == 404
        assert (await other.http.post(f"{PATH}/{conversation_id}/notes", json=note)).status_code == 404
        assert (await other.http.post(f"{PATH}/{conversation_id}/close")).status_code == 404
        if conversation_id != held:
            assert (await other.reply(conversation_id, "Hello")).status_code == 404
    assert (await agent.http.get(f"{PATH}/{held}")).status_code == 200


async def test_only_the_agent_who_holds_a_conversation_answers_and_others_learn_who_that_is(
    agent: AgentAtWork, hire, supervisor: AgentAtWork, customer: Customer, held: UUID
):
    other = await hire("Aino")

    for rival in (other, supervisor):
        refused = await rival.reply(held, "Hello")
        assert (refused.status_code, refused.json()["error"], refused.json()["owner"]) == (409, "HeldByAnother", "Mia")
    await customer.caught_up()
    assert customer.texts("agent") == []


@on_any_database
async def test_an_offered_conversation_can_be_read_and_answered_only_once_it_is_accepted(agent, customer: Customer):
    await customer.ask_for_person()
    offer = await agent.offer()

    transcript = await agent.http.get(f"{PATH}/{customer.conversation_id}")
    refused = await agent.reply(customer.conversation_id, "Hello")
    await agent.accept(offer)

    assert transcript.status_code == 404
    assert (await agent.http.get(f"{PATH}/{customer.conversation_id}")).status_code == 200
    assert (refused.status_code, refused.json()["error"]) == (409, "NotYourConversation")


@on_any_database
async def test_the_agent_reads_why_what_for_and_what_was_tried(agent: AgentAtWork, customer: Customer, bot: FakeBot):
    card = {"type": "difference", "difference_minor": 1245}
    bot.rule = lambda turn: reply("It is higher.", card=card, intent="why_bill_higher")
    await customer.ask("Why is my bill higher than before?")
    handoff = {"type": "handoff", "reason": "asked_for_person", "topic": "bills"}
    bot.rule = lambda turn: reply("I get someone.", commands=[handoff], intent="speak_to_human")
    await customer.ask("Give me a person")
    offer = await agent.offer()
    await agent.accept(offer)

    summary = (await agent.http.get(f"{PATH}/{customer.conversation_id}")).json()["summary"]

    question = "Why is my bill higher than before?"
    assert (summary["reason"], summary["topic"], summary["wish"]) == ("asked_for_person", "bills", question)
    assert summary["wishes"] == [question]
    assert summary["tried"] == [{"question": question, "intent": "why_bill_higher", "card_type": "difference"}]
    assert (summary["verified_level"], summary["verified_method"], summary["findings"]) == (None, None, None)
    assert offer["wish"] == "Why is my bill higher than before?"
    assert (offer["topic"], offer["reason"], offer["verified_level"]) == ("bills", "asked_for_person", None)


@pytest.mark.parametrize(
    ("understood", "topic"),
    [
        (["why_bill_higher", "verify_identity", "thank"], "bills"),
        (["why_bill_higher", "payment_status"], "payments"),
        (["greet", "verify_identity"], "identity"),
        (["greet"], "other"),
        ([], "other"),
    ],
)
@on_any_database
async def test_the_button_for_a_person_knows_what_was_talked_about(agent, customer: Customer, bot, understood, topic):
    for intent in understood:
        bot.rule = lambda turn, intent=intent: reply("Well.", intent=intent)
        await customer.ask("A question of mine")
    await customer.ask_for_person()

    offer = await agent.offer()

    assert offer["topic"] == topic


@on_any_database
async def test_what_the_code_unlocked_counts_for_the_question_that_was_waiting(
    app, agent, customer: Customer, bot, clock
):
    bot.rule = lambda turn: reply("Who are you?", intent="why_bill_higher")
    await customer.ask("Why is my bill higher than before?")
    bot.rule = lambda turn: reply("A code is on its way.", card={"type": "code"}, intent="verify_identity")
    await customer.ask("20401860")
    async with app.state.sessions.begin() as session:
        await session.run_sync(
            lambda sync: identity.start_challenge(
                sync,
                conversation_id=customer.conversation_id,
                customer_number="20401860",
                language="en",
                pepper="pepper",
                now=clock.now(),
            )
        )
    bot.rule = lambda turn: reply("Ten euro more.", card={"type": "difference"}, intent="code_checked")
    await customer.ask("482913")
    await customer.ask_for_person()
    await agent.take_next()

    summary = (await agent.http.get(f"{PATH}/{customer.conversation_id}")).json()["summary"]

    question = "Why is my bill higher than before?"
    assert summary["tried"] == [{"question": question, "intent": "why_bill_higher", "card_type": "difference"}]
    assert summary["wish"] == question


@on_any_database
async def test_a_row_says_who_spoke_last_and_since_when_the_customer_waits(agent, customer, held: UUID, clock):
    await agent.reply(held, "How can I help?")
    clock.advance(seconds=5)
    asked_at = clock.now()
    await customer.say("First question")
    clock.advance(seconds=5)
    await customer.say("Second question")

    [row] = (await agent.console())["conversations"]
    assert (row["last_text"], row["last_sender"]) == ("Second question", "customer")
    assert row["unanswered_since"].replace("Z", "+00:00") == asked_at.isoformat()

    await agent.reply(held, "An answer")
    [row] = (await agent.console())["conversations"]
    assert (row["last_sender"], row["unanswered_since"]) == ("agent", None)


async def test_an_agent_who_comes_back_gets_what_was_missed_and_ends_where_a_new_one_would(
    app: FastAPI, agent: AgentAtWork, customer: Customer, held: UUID
):
    await agent.connect()
    await agent.caught_up()
    await agent.socket.disconnect()
    agent.ready = {}
    seen = agent.last_event
    await customer.say("While you were away")
    await agent.reply(held, "From my other screen")
    await end(agent, held)
    frames = len(agent.frames)

    await agent.connect()

    arrived = [event["number"] for frame in agent.frames[frames:] for event in frame.get("events", ())]
    assert arrived == list(range(seen + 1, agent.ready["last_event"] + 1))
    assert apply(agent.events) == await fresh_state(agent, held)
    await agent.socket.disconnect()


def apply(events: dict[int, dict]) -> dict:
    """What a console knows of its conversations from events alone."""
    state: dict = {"conversations": {}, "offer": None, "messages": {}}
    for number in sorted(events):
        event = events[number]
        if event["name"] == "offer.made":
            state["offer"] = event["offer"]["id"] if event["offer"]["status"] == "pending" else None
        elif event["name"] == "conversation.changed":
            row = event["conversation"]
            state["conversations"][row["id"]] = row
        elif event["name"] == "message.posted":
            state["messages"][event["message"]["seq"]] = event["message"]
    closed = [key for key, row in state["conversations"].items() if row["status"] == "closed"]
    for key in closed:
        del state["conversations"][key]
    return state


async def fresh_state(agent: AgentAtWork, held: UUID) -> dict:
    snapshot = await agent.console()
    transcript = (await agent.http.get(f"{PATH}/{held}")).json()
    since_accepted = [message for message in transcript["messages"] if message["seq"] >= 4]
    return {
        "conversations": {row["id"]: row for row in snapshot["conversations"]},
        "offer": snapshot["offer"],
        "messages": {message["seq"]: message for message in since_accepted},
    }


@on_any_database
async def test_presence_queue_and_typing_are_told_without_numbers(agent: AgentAtWork, customer, open_chat, held: UUID):
    await agent.connect()
    await agent.be("away")
    await agent.until(lambda: agent.frames_of("presence.changed"))
    assert agent.frames_of("presence.changed")[-1]["agent"]["presence"] == "away"

    await (await open_chat()).ask_for_person()
    await agent.until(lambda: [f for f in agent.frames_of("queue.changed") if f["queue"]["waiting"] == 1])

    await customer.socket.send({"type": "typing"})
    await agent.until(lambda: agent.frames_of("typing"))
    assert agent.frames_of("typing") == [{"type": "typing", "conversation_id": str(held), "sender": "customer"}]

    await agent.socket.send({"type": "typing", "conversation_id": str(held)})
    await customer.until(lambda: customer.frames_of("typing"))
    assert customer.frames_of("typing") == [{"type": "typing", "sender": "agent"}]


@on_any_database
async def test_an_agent_cannot_seem_to_type_in_a_conversation_of_others(hire, customer: Customer, held: UUID):
    other = await hire("Aino")
    await other.connect()
    await other.socket.send({"type": "typing", "conversation_id": str(held)})
    await other.socket.send({"type": "typing", "conversation_id": "no id"})
    await other.until(lambda: other.frames_of("error"))
    await customer.send_and_wait({"type": "ping"}, "pong")

    assert customer.frames_of("typing") == []


@on_any_database
async def test_the_consoles_socket_needs_a_session_and_our_own_page(app: FastAPI, agent: AgentAtWork):
    for origin in ("https://shop.example", None):
        with pytest.raises(SocketRefused):
            await AsgiSocket(app, "/ws/console", origin=origin, cookie=agent.cookie).connect()

    stranger = await AsgiSocket(app, "/ws/console", origin=ORIGIN, cookie="saldo_agent=invented").connect()
    await stranger.send({"type": "hello", "after": 0})
    with pytest.raises(SocketClosed) as closed:
        await stranger.receive()
    assert closed.value.code == 4401


@on_any_database
async def test_signing_out_ends_the_news_on_every_screen(agent: AgentAtWork):
    await agent.connect()
    await agent.http.post("/api/agents/logout")

    with pytest.raises(SocketClosed) as closed:
        await agent.until(lambda: False)
    assert closed.value.code == 4401


@on_any_database
async def test_a_reply_is_checked_like_any_message(agent: AgentAtWork, held: UUID):
    for text, error in (("", "EmptyMessage"), ("x" * 2001, "MessageTooLong")):
        response = await agent.reply(held, text)
        assert (response.status_code, response.json()["error"]) == (422, error)
