"""An alarm when a promise is broken: at its time, once, and over when nobody waits for it any more."""

import asyncio
from datetime import timedelta

from sqlalchemy import select

from handoff.agents.models import Agent, Presence
from handoff.alarms.models import Alarm, AlarmKind
from handoff.alarms.raising import raise_alarm
from handoff.contact_log import ContactEvent, ContactEventKind
from handoff.conversations.models import Conversation
from handoff.routing import claims
from handoff.routing.models import EntryKind, QueueEntry
from handoff.supervision import alarms
from handoff.supervision.alarms import due_at, make_loop, watch
from tests.handoff.supervision.conftest import board_of


async def alarms_of(app) -> list[Alarm]:
    async with app.state.sessions() as session:
        return list(await session.scalars(select(Alarm).order_by(Alarm.raised_at)))


async def look(app):
    return await watch(app.state.sessions, app.state.parts.queues, app.state.clock.now())


async def the_entry(app) -> QueueEntry:
    async with app.state.sessions() as session:
        return (await session.scalars(select(QueueEntry))).one()


async def test_the_alarm_is_raised_when_the_promise_is_broken_and_not_before(app, customer, clock):
    await customer.ask_for_person()
    asked_at = clock.now()

    clock.advance(seconds=59)
    assert await look(app) == asked_at + timedelta(seconds=60)
    assert await alarms_of(app) == []
    clock.advance(seconds=1)
    await look(app)

    [alarm] = await alarms_of(app)
    assert (alarm.kind, alarm.due_at, alarm.raised_at) == (AlarmKind.SLA_BROKEN, clock.now(), clock.now())
    assert alarm.ended_at is None


async def test_the_loop_raises_it_by_itself_and_logs_it_once(app, customer, clock, supervisor):
    await customer.ask_for_person()
    clock.advance(seconds=61)

    async with asyncio.timeout(10):
        while not await alarms_of(app):
            await asyncio.sleep(0.05)
    await asyncio.gather(look(app), look(app), look(app))

    assert len(await alarms_of(app)) == 1
    async with app.state.sessions() as session:
        logged = (await session.scalars(select(ContactEvent).where(ContactEvent.kind == ContactEventKind.ALARM))).one()
    assert logged.details["kind_of_alarm"] == "sla_broken"
    [shown] = (await board_of(supervisor))["alarms"]
    assert (shown["kind"], shown["queue"]) == ("sla_broken", "general")
    assert shown["conversation_id"] == str(customer.conversation_id)


async def test_the_alarm_ends_when_somebody_takes_the_customer(app, customer, agent, clock):
    await agent.be("away")
    await customer.ask_for_person()
    clock.advance(seconds=60)
    await look(app)
    await agent.be("available")
    await agent.take_next()
    clock.advance(seconds=5)

    await look(app)

    [alarm] = await alarms_of(app)
    assert alarm.ended_at is not None


async def test_the_alarm_ends_when_the_customer_leaves(app, customer, clock):
    await customer.ask_for_person()
    clock.advance(seconds=60)
    await look(app)
    await customer.send_and_wait({"type": "queue.leave", "client_msg_id": "leave-1"}, "message.stored")

    await look(app)

    [alarm] = await alarms_of(app)
    assert alarm.ended_at is not None


async def test_an_alarm_that_a_supervisor_has_ended_does_not_come_back(app, customer, clock, supervisor):
    await customer.ask_for_person()
    clock.advance(seconds=60)
    await look(app)
    [alarm] = await alarms_of(app)
    await supervisor.http.post(f"/api/board/alarms/{alarm.id}/end")
    clock.advance(minutes=5)

    await look(app)

    assert len(await alarms_of(app)) == 1


async def test_a_callback_is_late_when_its_slot_is_over_and_not_a_minute_after_it_began(app, customer, clock):
    await customer.ask_for_person()
    entry = await the_entry(app)
    entry.kind, entry.not_before = EntryKind.CALLBACK, clock.now() + timedelta(hours=1)

    assert due_at(entry, app.state.parts.queues) == clock.now() + timedelta(hours=3)


async def test_the_loop_sleeps_just_until_the_promise_is_broken(app, customer, clock):
    await customer.ask_for_person()
    parts = app.state.parts
    loop = make_loop(parts.sessions, parts.live, clock, parts.queues)
    clock.advance(seconds=57.3)

    while not (alarms := await alarms_of(app)):
        clock.advance(seconds=await loop.turn())

    assert [alarm.raised_at for alarm in alarms] == [alarm.due_at for alarm in alarms]


async def test_an_agent_who_was_given_somebody_and_says_nothing_is_an_alarm(app, customer, agent, clock, supervisor):
    await customer.ask_for_person()
    entry = await the_entry(app)
    await agent.be("available")
    await agent.take_next()
    given_at = clock.now()
    clock.advance(seconds=59)
    assert await look(app) == given_at + timedelta(seconds=60)
    assert await alarms_of(app) == []

    clock.advance(seconds=1)
    await look(app)

    [alarm] = await alarms_of(app)
    assert (alarm.kind, alarm.entry_id, alarm.agent_id) == (AlarmKind.UNANSWERED, entry.id, agent.agent_id)
    assert (alarm.due_at, alarm.ended_at) == (given_at + timedelta(seconds=60), None)
    [shown] = (await board_of(supervisor))["alarms"]
    assert (shown["kind"], shown["agent_name"]) == ("unanswered", "Mia")


async def test_the_alarm_about_silence_ends_with_the_first_word_and_does_not_come_back(app, customer, agent, clock):
    await customer.ask_for_person()
    conversation_id = await agent.take_next()
    clock.advance(seconds=60)
    await look(app)

    await agent.reply(conversation_id, "Good morning.")
    await look(app)
    clock.advance(minutes=5)
    await look(app)

    assert [alarm.ended_at is not None for alarm in await alarms_of(app)] == [True]


async def test_who_got_somebody_from_a_colleague_has_to_say_something_too(app, customer, agent, hire, clock):
    await customer.ask_for_person()
    conversation_id = await agent.take_next()
    await agent.reply(conversation_id, "One moment, my colleague knows.")
    kim = await hire("Kim")
    clock.advance(seconds=1)
    async with app.state.sessions.begin() as session:
        conversation = await session.get_one(Conversation, conversation_id)
        await claims.transfer(session, conversation, clock.now(), to_agent=kim.agent_id)
    clock.advance(seconds=60)
    await look(app)

    assert [(alarm.kind, alarm.agent_id) for alarm in await alarms_of(app)] == [(AlarmKind.UNANSWERED, kim.agent_id)]


async def test_one_alarm_that_cannot_be_raised_keeps_no_other_back(app, open_chat, clock, monkeypatch):
    first, second = await open_chat(), await open_chat()
    await first.ask_for_person()
    await second.ask_for_person()
    raise_one = alarms.raise_alarm
    clock.advance(seconds=60)

    async def stumble(session, kind, now, *, entry, **others) -> None:
        if entry.conversation_id == first.conversation_id:
            raise ZeroDivisionError
        await raise_one(session, kind, now, entry=entry, **others)

    monkeypatch.setattr(alarms, "raise_alarm", stumble)
    again = await look(app)

    assert len(await alarms_of(app)) == 1
    assert again == clock.now() + timedelta(seconds=1)


async def test_the_alarm_about_a_lost_agent_ends_when_the_agent_is_back(app, agent, clock):
    async with app.state.sessions.begin() as session:
        stored = await session.get_one(Agent, agent.agent_id)
        stored.presence = Presence.OFFLINE
        await raise_alarm(session, AlarmKind.AGENT_LOST, clock.now(), agent_id=agent.agent_id)
    await look(app)
    assert [alarm.ended_at for alarm in await alarms_of(app)] == [None]

    await agent.be("available")
    await look(app)

    assert [alarm.ended_at for alarm in await alarms_of(app)] == [clock.now()]
