"""Who looks, who has read what, and what has reached the customer's phone."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from billing.outbox import OutboxMessage, OutboxStatus
from handoff.channels.twilio.models import SmsDelivery
from handoff.console.delivery import announce_delivery
from handoff.console.viewing import LIFETIME, View, Viewing
from handoff.conversations import service
from handoff.conversations.models import Channel
from handoff.conversations.seen import Side, mark_seen
from handoff.live import CONSOLES_STREAM, LiveEvents, Signal, SignalKind
from tests.handoff.people import AgentAtWork, Customer, on_any_database

PATH = "/api/console/conversations"
NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
HERE, THERE = uuid4(), uuid4()
MIA, AINO = uuid4(), uuid4()


def view(agent_id: UUID, conversation_id: UUID | None, console: int = 1) -> View:
    return View(agent_id, console, "Mia" if agent_id == MIA else "Aino", conversation_id)


def test_whoever_looks_is_named_to_the_others_and_not_to_themselves():
    viewing = Viewing()

    changed = viewing.look(view(MIA, HERE), NOW)
    viewing.look(view(AINO, HERE), NOW)

    assert changed == {HERE}
    assert viewing.names(HERE, NOW) == ["Aino", "Mia"]
    assert viewing.names(HERE, NOW, without=AINO) == ["Mia"]
    assert viewing.names(THERE, NOW) == []


def test_turning_to_another_conversation_changes_both_and_looking_on_changes_none():
    viewing = Viewing()
    viewing.look(view(MIA, HERE), NOW)

    assert viewing.look(view(MIA, HERE), NOW) == set()
    assert viewing.look(view(MIA, THERE), NOW) == {HERE, THERE}
    assert viewing.look(view(MIA, None), NOW) == {THERE}
    assert viewing.look(view(MIA, None), NOW) == set()


def test_two_consoles_of_one_agent_are_one_viewer_until_both_are_gone():
    viewing = Viewing()
    viewing.look(view(MIA, HERE, console=1), NOW)
    viewing.look(view(MIA, HERE, console=2), NOW)
    assert viewing.names(HERE, NOW) == ["Mia"]

    viewing.look(view(MIA, None, console=1), NOW)

    assert viewing.names(HERE, NOW) == ["Mia"]


def test_a_silent_console_looks_away_and_the_next_who_speaks_announces_it():
    viewing = Viewing()
    viewing.look(view(MIA, HERE), NOW)
    later = NOW + LIFETIME

    assert viewing.names(HERE, later - timedelta(seconds=1)) == ["Mia"]
    assert viewing.names(HERE, later) == []
    assert viewing.look(view(AINO, THERE), later) == {HERE, THERE}


async def test_an_agent_sees_that_a_supervisor_looks_and_looks_away(
    agent: AgentAtWork, supervisor: AgentAtWork, held: UUID
):
    await agent.connect()
    await supervisor.connect()
    await agent.socket.send({"type": "viewing", "conversation_id": str(held)})

    await supervisor.socket.send({"type": "viewing", "conversation_id": str(held)})
    await agent.until(lambda: viewers(agent) == ["Kerstin"])
    [row] = (await agent.console())["conversations"]
    await supervisor.socket.disconnect()
    await agent.until(lambda: viewers(agent) == [])

    assert row["viewers"] == ["Kerstin"]
    assert {frame["conversation_id"] for frame in agent.frames_of("viewers")} == {str(held)}
    await agent.socket.disconnect()


async def test_who_does_not_look_at_a_conversation_is_not_told_who_does(agent: AgentAtWork, hire, held: UUID):
    aino = await hire("Aino")
    await aino.connect()
    await agent.connect()

    await agent.socket.send({"type": "viewing", "conversation_id": str(held)})
    await agent.until(lambda: agent.frames_of("viewers"))
    await aino.send_and_wait({"type": "ping"}, "pong")

    assert aino.frames_of("viewers") == []
    await agent.socket.disconnect()
    await aino.socket.disconnect()


async def test_a_console_that_is_slow_to_read_loses_glances_and_nothing_else():
    live = LiveEvents()
    lasting: tuple[SignalKind, ...] = ("events", "presence", "queue", "seen", "delivery", "actions", "approvals")
    async with live.subscribe(CONSOLES_STREAM) as signals:
        for number in range(100):
            live.notify(CONSOLES_STREAM, Signal("viewers", conversation_id=str(number)))
        for kind in lasting:
            live.notify(CONSOLES_STREAM, Signal(kind))
        arrived = []
        while not arrived or arrived[-1] != lasting[-1]:
            arrived.append((await anext(signals)).kind)

    assert arrived.count("viewers") < 100
    assert [kind for kind in arrived if kind != "viewers"] == list(lasting)


def viewers(agent: AgentAtWork) -> list[str] | None:
    frames = agent.frames_of("viewers")
    return frames[-1]["names"] if frames else None


@on_any_database
async def test_who_may_not_read_a_conversation_is_not_among_its_viewers(app: FastAPI, agent, hire, held: UUID, clock):
    aino = await hire("Aino")
    await aino.connect()

    await aino.socket.send({"type": "viewing", "conversation_id": str(held)})
    await aino.send_and_wait({"type": "ping"}, "pong")

    assert app.state.live.viewing.names(held, clock.now()) == []
    refused = await aino.send_and_wait({"type": "viewing", "conversation_id": "no id"}, "error")
    assert refused["error"] == "InvalidFrame"
    await aino.socket.disconnect()


async def test_each_side_learns_how_far_the_other_has_read(agent: AgentAtWork, customer: Customer, held: UUID):
    await agent.connect()
    asked = await customer.say("Can you see this?")
    assert (await agent.console())["conversations"][0]["unread"] > 0

    await agent.socket.send({"type": "seen", "conversation_id": str(held), "seq": asked})
    await customer.until(lambda: customer.frames_of("seen"))
    answered = (await agent.reply(held, "Yes")).json()
    await customer.socket.send({"type": "seen", "seq": answered["seq"]})
    await agent.until(lambda: [f for f in agent.frames_of("seen") if f["customer"] == answered["seq"]])

    assert customer.frames_of("seen")[0] == {"type": "seen", "customer": 0, "agent": asked}
    assert agent.frames_of("seen")[-1] == {
        "type": "seen",
        "conversation_id": str(held),
        "customer": answered["seq"],
        "agent": asked,
    }
    transcript = (await agent.http.get(f"{PATH}/{held}")).json()
    states = {message["seq"]: message["state"] for message in transcript["messages"]}
    assert (answered["state"], states[answered["seq"]], states[asked]) == ("sent", "seen", None)
    assert transcript["conversation"]["seen"] == {"customer": answered["seq"], "agent": asked}
    assert (await agent.console())["conversations"][0]["unread"] == 0
    await agent.socket.disconnect()


async def test_what_was_read_stays_read_and_nothing_is_read_before_it_is_written(app: FastAPI, customer: Customer):
    last = (await customer.ask("One"))["seq"]

    async def see(seq: int) -> bool:
        async with app.state.sessions.begin() as session:
            return await mark_seen(session, customer.conversation_id, Side.CUSTOMER, seq)

    beyond, backwards, same = await see(2**31 - 1), await see(1), await see(last)

    assert (beyond, backwards, same) == (True, False, False)
    row = await customer.row()
    assert (row.customer_seen_seq, row.agent_seen_seq) == (last, 0)


@on_any_database
async def test_only_the_agent_who_answers_marks_what_was_read(
    agent: AgentAtWork, supervisor: AgentAtWork, customer: Customer, held: UUID
):
    await supervisor.connect()

    await supervisor.socket.send({"type": "seen", "conversation_id": str(held), "seq": 1})
    await supervisor.send_and_wait({"type": "ping"}, "pong")

    assert (await customer.row()).agent_seen_seq == 0
    await supervisor.socket.disconnect()


@pytest.fixture
async def texting(app: FastAPI, agent: AgentAtWork, clock) -> UUID:
    """The agent holds a conversation with a phone."""
    async with app.state.sessions.begin() as session:
        conversation, _ = await service.open_conversation(
            session, channel=Channel.SMS, language="en", address="+491701234567", now=clock.now()
        )
        await service.request_handoff(session, conversation, reason="asked_for_person", topic="bills", now=clock.now())
    return await agent.take_next()


@pytest.mark.parametrize(
    ("sent", "reported", "state"),
    [
        (OutboxStatus.PENDING, None, "sending"),
        (OutboxStatus.SENT, None, "sent"),
        (OutboxStatus.SENT, "queued", "sending"),
        (OutboxStatus.SENT, "delivered", "delivered"),
        (OutboxStatus.SENT, "undelivered", "undelivered"),
        (OutboxStatus.SENT, "read", "seen"),
        (OutboxStatus.FAILED, None, "undelivered"),
    ],
)
@on_any_database
async def test_an_agent_sees_how_far_a_text_message_has_got(
    app: FastAPI, agent: AgentAtWork, texting: UUID, clock, sent: OutboxStatus, reported: str | None, state: str
):
    seq = (await agent.reply(texting, "Your bill is right.")).json()["seq"]
    await agent.connect()
    await send_text(app, texting, seq, sent, reported, clock.now())

    async with app.state.sessions.begin() as session:
        await announce_delivery(session, "SM1")
    if sent is OutboxStatus.SENT:
        await agent.until(lambda: agent.frames_of("delivery"))
        frame = agent.frames_of("delivery")[-1]
        assert frame["conversation_id"] == str(texting)
        assert {"seq": seq, "state": state} in frame["states"]
    transcript = (await agent.http.get(f"{PATH}/{texting}")).json()
    assert {message["seq"]: message["state"] for message in transcript["messages"]}[seq] == state
    await agent.socket.disconnect()


async def send_text(app, conversation_id: UUID, seq: int, status: OutboxStatus, reported: str | None, now) -> None:
    """Put the message of that number into the state, as the sender and the carrier's reports would."""
    is_sent = status is OutboxStatus.SENT
    values = {"status": status, "provider_sid": "SM1" if is_sent else None, "sent_at": now if is_sent else None}
    key = f"message:{conversation_id}:{seq}"
    async with app.state.sessions.begin() as session:
        await session.execute(update(OutboxMessage).where(OutboxMessage.dedupe_key == key).values(values))
        if reported is not None:
            session.add(SmsDelivery(provider_sid="SM1", status=reported, error_code=None, reported_at=now))


@on_any_database
async def test_reports_of_messages_that_belong_to_no_conversation_are_passed_over(app: FastAPI, agent: AgentAtWork):
    await agent.connect()

    async with app.state.sessions.begin() as session:
        await announce_delivery(session, "SM-unknown")

    await agent.send_and_wait({"type": "ping"}, "pong")
    assert agent.frames_of("delivery") == []
    await agent.socket.disconnect()
