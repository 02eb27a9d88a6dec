"""What those who wait now can be told: reads the line, the agents and the last contacts, and asks the estimate."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import CompoundSelect, Connection, Engine, Integer, Label, literal_column, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, Presence
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.routing.estimate import Estimate, estimate_all
from handoff.routing.estimate_live import Arrival, Held, Person, Scene, scene_of, view_of
from handoff.routing.estimate_model import UNTAUGHT, Model, from_json
from handoff.routing.estimate_past import Past, followed, read_past
from handoff.routing.line import skills_of_agent
from handoff.routing.models import EntryStatus, EstimateModel, Offer, OfferStatus, QueueEntry
from handoff.routing.policy import Waiting, weight
from handoff.routing.queues import Queues
from handoff.wrap_up.models import WrapUp

KEPT_FOR: Final = timedelta(seconds=1)
LONG_LINE: Final = 200
MANY_CONTACTS: Final = 50
_LATELY: Final = timedelta(minutes=10)
# Of one conversation what came last counts: not the entry by which an agent had it before.
_FIRST: Final[Label[int]] = literal_column("0", Integer).label("stage")
_LATER: Final[Label[int]] = literal_column("1", Integer).label("stage")
_COLUMNS: Final = (
    QueueEntry.id,
    QueueEntry.queue,
    QueueEntry.language,
    QueueEntry.channel,
    QueueEntry.priority,
    QueueEntry.requested_at,
    QueueEntry.not_before,
)

_Bind = Connection | Engine
_scenes: Final[WeakKeyDictionary[_Bind, Scene]] = WeakKeyDictionary()
_pasts: Final[WeakKeyDictionary[_Bind, dict[str, tuple[datetime, Sequence[Past]]]]] = WeakKeyDictionary()


async def estimate_of(session: AsyncSession, entry: QueueEntry, queues: Queues, now: datetime) -> Estimate | None:
    """Return the remaining wait of one contact in line; None means "as soon as possible"."""
    return (await estimates_of(session, [entry], queues, now))[entry.id]


async def estimates_of(
    session: AsyncSession, entries: Sequence[QueueEntry], queues: Queues, now: datetime
) -> dict[UUID, Estimate | None]:
    """Return the remaining waits of several contacts from one reading of the line."""
    scene = await _scene(session, queues, now)
    model, fitted_at = await newest_model(session)
    answers: dict[UUID, Estimate | None] = {}
    for language in sorted({entry.language for entry in entries}):
        past = await _past(session, language, now)
        asking = [entry for entry in entries if entry.language == language]
        views = [view_of(_waiting(entry, queues), scene, past, queues[entry.queue]) for entry in asking]
        found = estimate_all(views, followed(model, fitted_at, past))
        answers |= {entry.id: estimate for entry, estimate in zip(asking, found, strict=True)}
    return answers


async def newest_model(session: AsyncSession) -> tuple[Model, datetime | None]:
    """Return what was learnt last and when, or the theory when nothing was."""
    newest = select(EstimateModel.parameters, EstimateModel.fitted_at)
    ordered = newest.order_by(EstimateModel.fitted_at.desc(), EstimateModel.id).limit(1)
    row = (await session.execute(ordered)).one_or_none()
    return (UNTAUGHT, None) if row is None else (from_json(row.parameters), row.fitted_at)


async def _scene(session: AsyncSession, queues: Queues, now: datetime) -> Scene:
    """A long line hardly changes within a moment: it is read once for all who ask meanwhile."""
    kept = _scenes.get(session.get_bind())
    if kept is not None and timedelta() <= now - kept.now < KEPT_FOR and _length(kept) >= LONG_LINE:
        return kept
    scene = _scenes[session.get_bind()] = await _read_scene(session, queues, now)
    return scene


def _length(scene: Scene) -> int:
    return sum(len(crowd.ranks) for crowd in scene.crowds.values())


async def _past(session: AsyncSession, language: str, now: datetime) -> Sequence[Past]:
    """Neither do many contacts that are over."""
    kept = _pasts.setdefault(session.get_bind(), {})
    read_at, past = kept.get(language, (now, ()))
    if len(past) < MANY_CONTACTS or not timedelta() <= now - read_at < KEPT_FOR:
        past = await read_past(session, language, now)
        kept[language] = now, past
    return past


async def _read_scene(session: AsyncSession, queues: Queues, now: datetime) -> Scene:
    rows = (await session.execute(select(*_COLUMNS).where(QueueEntry.status == EntryStatus.WAITING))).all()
    entries = cast(
        "Sequence[QueueEntry]", rows
    )  # they have what is read here, and thousands of objects would take long
    came = select(QueueEntry.language, QueueEntry.priority).where(QueueEntry.entered_at.between(now - _LATELY, now))
    lately = [Arrival(language, priority) for language, priority in (await session.execute(came))]
    line = [_waiting(entry, queues) for entry in entries]
    return scene_of(line, await _read_people(session, now), lately, now)


def _waiting(entry: QueueEntry, queues: Queues) -> Waiting:
    queue = queues[entry.queue]
    return Waiting(
        entry.id,
        entry.queue,
        entry.language,
        entry.channel,
        entry.priority,
        entry.requested_at,
        frozenset(queue.required),
        frozenset(queue.preferred),
        queue.relax_after_seconds,
        queue.ageing_seconds,
        not_before=entry.not_before,
    )


async def _read_people(session: AsyncSession, now: datetime) -> list[Person]:
    wanted = select(Agent.id, Agent.capacity, skills_of_agent().label("skills"))
    agents = (await session.execute(wanted.where(Agent.presence == Presence.AVAILABLE))).all()
    held = await _read_held(session, {agent.id: agent.capacity for agent in agents}, now)
    return [
        Person(agent.id, frozenset((agent.skills or "").split()), agent.capacity, tuple(held[agent.id]))
        for agent in agents
    ]


async def _read_held(session: AsyncSession, limits: dict[UUID, int], now: datetime) -> dict[UUID, list[Held]]:
    """Conversations, wrap-ups and offers that have not been answered yet all take an agent's room."""
    active = (
        select(_FIRST, Conversation.agent_id, Conversation.channel, QueueEntry.ended_at.label("since"), Conversation.id)
        .join(QueueEntry, QueueEntry.conversation_id == Conversation.id)
        .where(Conversation.status == ConversationStatus.ACTIVE, QueueEntry.status == EntryStatus.TAKEN)
    )
    wrapped = (
        select(_LATER, WrapUp.agent_id, Conversation.channel, QueueEntry.ended_at, Conversation.id)
        .join(Conversation, Conversation.id == WrapUp.conversation_id)
        .join(QueueEntry, QueueEntry.id == WrapUp.entry_id)
        .where(WrapUp.finished_at.is_(None), WrapUp.ends_at > now)
    )
    offered = (
        select(_LATER, Offer.agent_id, Conversation.channel, Offer.made_at, Conversation.id)
        .join(Conversation, Conversation.id == Offer.conversation_id)
        .where(Offer.status == OfferStatus.PENDING)
    )
    newest: dict[UUID, tuple[UUID, Held]] = {}
    everything: CompoundSelect[int, UUID, Channel, datetime | None, UUID] = union_all(active, wrapped, offered)
    rows = await session.execute(everything.order_by("stage", "since"))
    for _, agent_id, channel, since, conversation_id in rows:
        if agent_id in limits:
            newest[conversation_id] = agent_id, Held(weight(channel, limits[agent_id]), since or now)
    held: dict[UUID, list[Held]] = defaultdict(list)
    for agent_id, one in newest.values():
        held[agent_id].append(one)
    return held
