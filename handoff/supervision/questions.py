"""Answers the board's questions about a number and about a day."""

from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.routing.queues import Queues
from handoff.supervision.agent_log import occupancy
from handoff.supervision.contacts import Contact
from handoff.supervision.day import HOUR, DayCount, HalfHour, day_of, half_hours
from handoff.supervision.errors import UnknownNumber
from handoff.supervision.explaining import RECIPES, Explained, explain, held_by_state
from handoff.supervision.kept_log import KeptLog
from handoff.supervision.metrics import promise_seconds
from handoff.supervision.needed import agents_needed
from handoff.supervision.numbers import AGENT_NUMBERS, UNITS
from handoff.supervision.people import list_people
from handoff.supervision.reading import read_day
from handoff.supervision.schemas import ContactRow, ContactsOut, DayOut, HalfHourOut, HourRow
from handoff.supervision.snapshot import Scene, home_zone, load_scene, names_of, promised_permille

SHOWN: Final = 200
_NOW_NUMBERS: Final = ("waiting", "oldest_seconds", "expected_seconds")


@dataclass(frozen=True)
class Only:
    """Which contacts are asked about; None means all. An agent's are those that they had in hand."""

    queue: str | None = None
    language: str | None = None
    agent_id: UUID | None = None

    def holds(self, contact: Contact) -> bool:
        is_line = self.queue in (None, contact.queue) and self.language in (None, contact.language)
        return is_line and self.is_of_agent(contact)

    def is_of_agent(self, contact: Contact) -> bool:
        return self.agent_id is None or any(piece.agent_id == self.agent_id for piece in contact.handlings)


async def contacts_behind(
    session: AsyncSession, queues: Queues, number: str, now: datetime, only: Only, kept: KeptLog
) -> ContactsOut:
    """Today's contacts behind a number, of one queue, language or agent if wished."""
    if number not in RECIPES:
        raise UnknownNumber
    scene = await load_scene(session, queues, now, kept)
    everybody = scene.log.in_line(now) if number in _NOW_NUMBERS else scene.log.today
    chosen = [contact for contact in everybody if only.holds(contact)]
    found = explain(number, chosen, promise_seconds(queues), now)
    if number == "expected_seconds":
        lines = [line for line in scene.expected if only.queue in (None, line[0]) and only.language in (None, line[1])]
        known = [seconds for line in lines if (seconds := scene.expected[line]) is not None]
        found = Explained(max(known, default=None), found.parts, found.contacts)
    elif number in AGENT_NUMBERS or number == "occupancy":
        found = _about_agents(number, scene, only)
    return _contacts_out(number, found, names_of(scene.people), now)


def _about_agents(number: str, scene: Scene, only: Only) -> Explained:
    agents, contacts = scene.log.agents.timelines(), [each for each in scene.log.contacts if only.is_of_agent(each)]
    if number == "occupancy":
        working, there = occupancy(agents.values(), scene.day.begin, scene.now)
        held = [(contact, True) for contact in contacts if contact.is_held]
        parts = {"working_seconds": working, "there_seconds": there}
        return Explained(working * 1000 // there if there else None, parts, held)
    state = AGENT_NUMBERS[number]
    count = sum(person.state == state for person in scene.people)
    held = [(contact, True) for contact in held_by_state(contacts, agents, state, scene.now)]
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
        is_open=contact.is_waiting or contact.is_held,
        agent_name=names.get(last) if last else None,
        counts=counts,
    )


async def day_chart(session: AsyncSession, queues: Queues, wanted: date, now: datetime, kept: KeptLog) -> DayOut:
    """The day by half hour, and the waits of each queue by hour. No day but today is kept."""
    day, promise_of = day_of(wanted, home_zone(queues)), promise_seconds(queues)
    is_today = day.holds(now)
    log = await (kept.read(session, day, promise_of, now) if is_today else read_day(session, day, promise_of))
    people = await list_people(session, now)
    halves = half_hours(log.count, log.agents.timelines(), now)
    capacity = [person.agent.capacity for person in people]
    chats_at_once = sum(capacity) / len(capacity) if capacity else 1.0
    needed = agents_needed([half.figures for half in halves], log.count.total.figures(now), queues, chats_at_once)
    return DayOut(
        date=wanted,
        promise_permille=promised_permille(queues),
        half_hours=[_half_hour_out(half, need) for half, need in zip(halves, needed, strict=True)],
        queues=_hours(log.count, now),
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


def _hours(counted: DayCount, now: datetime) -> list[HourRow]:
    rows = []
    for (number, queue), tally in sorted(counted.hours.items(), key=itemgetter(0)):
        found = tally.figures(now)
        if found.offered:
            rows.append(
                HourRow(
                    queue=queue,
                    begin=counted.day.begin + number * HOUR,
                    answered=found.answered,
                    wait_p50=found.wait_p50,
                    wait_p80=found.wait_p80,
                    wait_p95=found.wait_p95,
                )
            )
    return rows
