"""Answers the board's questions about a number and about a day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.routing.queues import Queues
from handoff.supervision.agent_log import occupancy
from handoff.supervision.contacts import Contact
from handoff.supervision.day import Day, HalfHour, asked_within, day_of, half_hours
from handoff.supervision.errors import UnknownNumber
from handoff.supervision.explaining import RECIPES, Explained, explain, held_by_state
from handoff.supervision.metrics import figures, promise_seconds
from handoff.supervision.needed import agents_needed
from handoff.supervision.numbers import AGENT_NUMBERS, UNITS
from handoff.supervision.people import list_people
from handoff.supervision.reading import Log, read_log
from handoff.supervision.schemas import ContactRow, ContactsOut, DayOut, HalfHourOut, HourRow
from handoff.supervision.snapshot import home_zone, load_scene, names_of, promised_permille

SHOWN: Final = 200
_NOW_NUMBERS: Final = ("waiting", "oldest_seconds", "expected_seconds")


async def contacts_behind(
    session: AsyncSession, queues: Queues, number: str, now: datetime, *, queue: str | None, language: str | None
) -> ContactsOut:
    """Today's contacts behind a number, of one queue and language if wished."""
    if number not in RECIPES:
        raise UnknownNumber
    scene = await load_scene(session, queues, now)
    everybody = scene.log.contacts if number in _NOW_NUMBERS else scene.today
    chosen = [each for each in everybody if queue in (None, each.queue) and language in (None, each.language)]
    found = explain(number, chosen, promise_seconds(queues), now)
    if number == "expected_seconds":
        lines = [line for line in scene.expected if queue in (None, line[0]) and language in (None, line[1])]
        known = [seconds for line in lines if (seconds := scene.expected[line]) is not None]
        found = Explained(max(known, default=None), found.parts, found.contacts)
    elif number in AGENT_NUMBERS or number == "occupancy":
        found = _about_agents(number, scene.log, scene.day, now)
    return _contacts_out(number, found, names_of(await list_people(session, now)), now)


def _about_agents(number: str, log: Log, day: Day, now: datetime) -> Explained:
    agents = log.agents()
    if number == "occupancy":
        working, there = occupancy(agents.values(), day.begin, now)
        held = [(contact, True) for contact in log.contacts if any(not piece.ended_at for piece in contact.handlings)]
        parts = {"working_seconds": working, "there_seconds": there}
        return Explained(working * 1000 // there if there else None, parts, held)
    state = AGENT_NUMBERS[number]
    count = sum(timeline.at(now).state == state for timeline in agents.values())
    held = [(contact, True) for contact in held_by_state(log.contacts, agents, state, now)]
    return Explained(count, {number: count}, held)


def _contacts_out(number: str, found: Explained, names: dict[UUID, str], now: datetime) -> ContactsOut:
    return ContactsOut(
        number=number,
        unit=UNITS[number],
        value=found.value,
        parts=dict(found.parts),
        total=len(found.contacts),
        contacts=[_contact_row(contact, counts, names, now) for contact, counts in found.contacts[:SHOWN]],
    )


def _contact_row(contact: Contact, counts: bool, names: dict[UUID, str], now: datetime) -> ContactRow:
    last = contact.handlings[-1].agent_id if contact.handlings else None
    return ContactRow(
        number=contact.number,
        conversation_id=contact.conversation_id,
        queue=contact.queue,
        language=contact.language,
        channel=contact.channel,
        outcome=contact.outcome,
        requested_at=contact.requested_at,
        wait_seconds=int(contact.first_wait(now)),
        agent_name=names.get(last) if last else None,
        counts=counts,
    )


async def day_chart(session: AsyncSession, queues: Queues, wanted: date, now: datetime) -> DayOut:
    """The day by half hour, and the waits of each queue by hour."""
    day = day_of(wanted, home_zone(queues))
    log = await read_log(session, day.begin, day.end, with_open=False)
    promise_of = promise_seconds(queues)
    halves = half_hours(day, log.contacts, log.agents(), promise_of, now)
    capacity = [person.agent.capacity for person in await list_people(session, now)]
    chats_at_once = sum(capacity) / len(capacity) if capacity else 1.0
    needed = agents_needed([half.figures for half in halves], queues, chats_at_once)
    return DayOut(
        date=wanted,
        promise_permille=promised_permille(queues),
        half_hours=[_half_hour_out(half, need) for half, need in zip(halves, needed, strict=True)],
        queues=_hours(day, log.contacts, queues, now),
    )


def _half_hour_out(half: HalfHour, needed: int | None) -> HalfHourOut:
    return HalfHourOut(
        begin=half.begin,
        offered=half.figures.offered,
        answered=half.figures.answered,
        abandoned=half.figures.abandoned,
        service_level=half.figures.service_level,
        wait_p80=half.figures.wait_p80,
        needed=needed,
        present=None if half.present is None else round(half.present, 1),
    )


def _hours(day: Day, contacts: Sequence[Contact], queues: Queues, now: datetime) -> list[HourRow]:
    rows = []
    for number in range((day.end - day.begin) // timedelta(hours=1)):
        begin = day.begin + timedelta(hours=number)
        asked = asked_within(contacts, begin, begin + timedelta(hours=1))
        for queue in sorted({contact.queue for contact in asked}):
            found = figures([each for each in asked if each.queue == queue], promise_seconds(queues), now)
            rows.append(
                HourRow(
                    queue=queue,
                    begin=begin,
                    answered=found.answered,
                    wait_p50=found.wait_p50,
                    wait_p80=found.wait_p80,
                    wait_p95=found.wait_p95,
                )
            )
    return rows
