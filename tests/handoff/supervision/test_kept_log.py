"""The log that is kept in memory is the log that the database holds, whatever happens between two readings."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Never

import pytest

from handoff.contact_log import ContactEventKind, record
from handoff.conversations.models import Conversation
from handoff.conversations.service import close_conversation
from handoff.db import reading
from handoff.routing.queue import find_last_entry
from handoff.supervision.day import day_of
from handoff.supervision.day_log import DayLog
from handoff.supervision.kept_log import KeptLog
from handoff.supervision.metrics import promise_seconds
from handoff.supervision.reading import read_day
from handoff.supervision.snapshot import home_zone


async def both(app, kept: KeptLog) -> tuple[DayLog, DayLog]:
    queues = app.state.parts.queues
    zone, promise_of = home_zone(queues), promise_seconds(queues)
    day = day_of(app.state.clock.now().astimezone(zone).date(), zone)
    async with reading(app.state.sessions) as session:
        found = await kept.read(session, day, promise_of, app.state.clock.now())
        return found, await read_day(session, day, promise_of)


def all_figures(log: DayLog, now: datetime) -> object:
    """Everything that is counted of a day."""
    tallies = {"total": log.count.total, **log.count.lines, **log.count.half_hours, **log.count.hours}
    counted = {key: tally.figures(now) for key, tally in tallies.items() if tally.sums.offered}
    states = {agent: line.at(now) for agent, line in log.agents.timelines().items()}
    return counted, log.count.course, log.agents.figures(now), states, log.in_line(now)


async def test_what_is_kept_grows_as_the_log_does(app, open_chat, agent, clock):
    kept = KeptLog()
    old, young = await open_chat(), await open_chat("de")
    await agent.be("away")
    for happens in (
        lambda: old.ask_for_person(),
        lambda: young.ask_for_person(),
        lambda: agent.be("available"),
        lambda: agent.take_next(),
        lambda: agent.be("away"),
    ):
        clock.advance(seconds=7)
        await happens()

        found, expected = await both(app, kept)

        assert found.contacts == expected.contacts
        assert all_figures(found, clock.now()) == all_figures(expected, clock.now())


async def test_who_asked_yesterday_is_known_whole_when_something_happens_today(app, customer, clock):
    kept = KeptLog()
    await customer.ask_for_person()
    async with app.state.sessions.begin() as session:
        conversation = await session.get_one(Conversation, customer.conversation_id)
        await close_conversation(session, conversation, clock.now())
        entry = await find_last_entry(session, conversation.id)
    clock.advance(days=1)
    assert (await both(app, kept))[0].contacts == []

    async with app.state.sessions.begin() as session:
        record(session, ContactEventKind.REQUESTED, clock.now(), subject=entry)
    found, expected = await both(app, kept)

    assert len(found.contacts) == 2
    assert found.contacts == expected.contacts


async def test_a_new_day_begins_with_those_who_still_wait(app, open_chat, clock):
    kept = KeptLog()
    gone, staying = await open_chat(), await open_chat()
    await gone.ask_for_person()
    await staying.ask_for_person()
    async with app.state.sessions.begin() as session:
        conversation = await session.get_one(Conversation, gone.conversation_id)
        await close_conversation(session, conversation, clock.now())
    await both(app, kept)

    clock.advance(days=1)
    found, expected = await both(app, kept)

    assert [contact.conversation_id for contact in found.contacts] == [staying.conversation_id]
    assert found.contacts == expected.contacts


async def test_a_reading_that_fails_leaves_no_half_a_day_behind(app, customer, clock, monkeypatch):
    kept = KeptLog()
    await customer.ask_for_person()
    clock.advance(days=1)

    async def fail(*_: object) -> AsyncIterator[Never]:
        raise TimeoutError
        yield

    with monkeypatch.context() as broken:
        broken.setattr("handoff.supervision.kept_log.day_rows", fail)
        with pytest.raises(TimeoutError):
            await both(app, kept)
    found, expected = await both(app, kept)

    assert [contact.conversation_id for contact in found.contacts] == [customer.conversation_id]
    assert found.contacts == expected.contacts
