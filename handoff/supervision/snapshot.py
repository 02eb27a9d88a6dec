"""The whole board at one moment: the log's figures beside what the tables say now."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.models.outbox import OutboxMessage, OutboxStatus
from handoff.conversations.models import Channel
from handoff.routing.queues import FALLBACK, Queues
from handoff.supervision import numbers
from handoff.supervision.agent_log import AgentFigures, occupancy
from handoff.supervision.day import Day, Line, day_of
from handoff.supervision.day_log import DayLog
from handoff.supervision.expected import expected_seconds
from handoff.supervision.kept_log import KeptLog
from handoff.supervision.line_now import alarm_rows, approval_rows, waiting_rows
from handoff.supervision.metrics import PromiseOf, promise_seconds, share
from handoff.supervision.people import Person, list_people
from handoff.supervision.schemas import (
    AgentRow,
    AlarmOut,
    ApprovalWaiting,
    BoardOut,
    FiguresOut,
    NumberOut,
    QueueRow,
    WaitingRow,
)
from handoff.supervision.tally import Figures


@dataclass(frozen=True)
class Scene:
    """One reading of everything; what the parts of the board are made of."""

    now: datetime
    day: Day
    queues: Queues
    log: DayLog
    people: Sequence[Person]
    waiting: Sequence[WaitingRow]
    expected: Mapping[Line, int | None]

    @property
    def promise_of(self) -> PromiseOf:
        return promise_seconds(self.queues)


def home_zone(queues: Queues) -> ZoneInfo:
    """Where the contact centre's day begins."""
    return ZoneInfo(queues[FALLBACK].time_zone)


def promised_permille(queues: Queues) -> int:
    """The share that is promised of the fallback queue's chats, for numbers about all queues."""
    promise = queues[FALLBACK].promise.get(Channel.WEBCHAT)
    return promise.percent * 10 if promise else 0


async def load_board(session: AsyncSession, queues: Queues, now: datetime, kept: KeptLog) -> BoardOut:
    scene = await load_scene(session, queues, now, kept)
    names = names_of(scene.people)
    acts = await alarm_rows(session, names), await approval_rows(session, names, now)
    return _board(scene, *acts, await _count_dead_letters(session))


def _board(scene: Scene, alarms: list[AlarmOut], approvals: list[ApprovalWaiting], dead_letters: int) -> BoardOut:
    today = scene.log.count.total.figures(scene.now)
    return BoardOut(
        at=scene.now,
        today=scene.now.astimezone(home_zone(scene.queues)).date(),
        numbers=_top_line(scene, today),
        day=numbers.day_numbers(today),
        queues=_queue_rows(scene),
        agents=_agent_rows(scene),
        waiting=list(scene.waiting),
        alarms=alarms,
        approvals=approvals,
        dead_letters=dead_letters,
    )


async def load_scene(session: AsyncSession, queues: Queues, now: datetime, kept: KeptLog) -> Scene:
    zone = home_zone(queues)
    day = day_of(now.astimezone(zone).date(), zone)
    log = await kept.read(session, day, promise_seconds(queues), now)
    people = await list_people(session, now)
    waiting = await waiting_rows(session, queues, names_of(people), now)
    lines = sorted({*log.count.asked_lines(), *((row.queue, row.language) for row in waiting)})
    expected = await expected_seconds(session, queues, lines, now)
    return Scene(now, day, queues, log, people, waiting, expected)


def _top_line(scene: Scene, today: Figures) -> list[NumberOut]:
    line = numbers.TopLine(scene.log, scene.promise_of, scene.now)
    expected = [seconds for seconds in scene.expected.values() if seconds is not None]
    target = _chat_promise(scene.queues, FALLBACK)
    working, there = occupancy(scene.log.agents.timelines().values(), scene.day.begin, scene.now)
    return [
        line.waiting(),
        line.oldest(target),
        line.expected(max(expected, default=None), target),
        line.service_level(promised_permille(scene.queues)),
        line.abandoned(today),
        *line.agents(Counter(person.state for person in scene.people)),
        line.occupancy(share(working, there)),
    ]


def _chat_promise(queues: Queues, queue: str) -> int | None:
    promise = queues[queue].promise.get(Channel.WEBCHAT)
    return promise.seconds if promise else None


def _queue_rows(scene: Scene) -> list[QueueRow]:
    return [_queue_row(scene, line) for line in scene.expected]


def _queue_row(scene: Scene, line: Line) -> QueueRow:
    name, language = line
    queue = scene.queues[name]
    promise = queue.promise.get(Channel.WEBCHAT)
    waiting = [row for row in scene.waiting if (row.queue, row.language) == line]
    able = [person for person in scene.people if person.can_serve(queue, language) and person.state != "offline"]
    return QueueRow(
        queue=name,
        language=language,
        waiting=len(waiting),
        oldest_seconds=max((row.waited_seconds for row in waiting), default=None),
        expected_seconds=scene.expected[line],
        promise_seconds=promise.seconds if promise else None,
        promise_permille=promise.percent * 10 if promise else None,
        broken=any(row.broken for row in waiting),
        agents_free=sum(person.has_room for person in able),
        agents_present=len(able),
        today=FiguresOut.model_validate(asdict(scene.log.count.line(line).figures(scene.now))),
    )


def _agent_rows(scene: Scene) -> list[AgentRow]:
    found = scene.log.agents.figures(scene.now)
    return [_agent_row(person, found.get(person.agent.id, _NOTHING)) for person in scene.people]


def _agent_row(person: Person, today: AgentFigures) -> AgentRow:
    agent = person.agent
    return AgentRow(
        id=agent.id,
        name=agent.name,
        state=person.state,
        since=agent.presence_since,
        reason=agent.presence_reason,
        skills=sorted(person.skills),
        capacity=agent.capacity,
        conversations=person.conversations,
        wrap_ups=person.wrap_ups,
        answered=today.answered,
        missed=today.missed,
        declined=today.declined,
        occupancy=today.occupancy,
        handle_seconds=today.handle_seconds,
    )


_NOTHING = AgentFigures(0, 0, 0, 0, 0, None, None)


async def _count_dead_letters(session: AsyncSession) -> int:
    dead = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.status == OutboxStatus.FAILED)
    return await session.scalar(dead) or 0


def names_of(people: Sequence[Person]) -> dict[UUID, str]:
    return {person.agent.id: person.agent.name for person in people}
