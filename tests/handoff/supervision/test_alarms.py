"""An alarm when a promise is broken: at its time, once, and over when nobody waits for it any more."""

import asyncio
from datetime import timedelta

from sqlalchemy import select

from handoff.agents.models import Agent, Presence
from handoff.contact_log import ContactEvent, ContactEventKind
from handoff.routing.models import EntryKind, QueueEntry
from handoff.supervision.alarms import due_at, watch
from handoff.supervision.models import Alarm, AlarmKind
from handoff.supervision.raising import raise_alarm
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


async def test_a_callback_is_due_from_its_slot_on(app, customer, clock):
    await customer.ask_for_person()
    entry = await the_entry(app)
    entry.kind, entry.not_before = EntryKind.CALLBACK, clock.now() + timedelta(hours=1)

    assert due_at(entry, app.state.parts.queues) == clock.now() + timedelta(hours=1, seconds=60)


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
