"""Reads who waits and who is there, as the policy wants to see it, and no more rows than one pass can use."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import eq
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, and_, case, func, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, AgentSkill, Presence
from handoff.agents.presence import is_live_clause
from handoff.conversations.models import Channel
from handoff.routing.limits import WHOLE_PERSON, count_held, held_load, load_of
from handoff.routing.models import EntryKind, EntryStatus, Offer, OfferStatus, QueueEntry
from handoff.routing.policy import Server, Waiting, next_change, weight
from handoff.routing.queues import Queues

__all__ = ["AGAIN_AFTER", "View", "has_lately_had_calls", "held_load", "read_view"]

# Who missed or declined a contact may be asked again when nobody else on duty has room for it, but not at once.
AGAIN_AFTER: Final = timedelta(seconds=60)
CALLS_REMEMBERED: Final = timedelta(hours=1)
_ENDED: Final = (OfferStatus.DECLINED, OfferStatus.EXPIRED)
_IS_WAITING: Final = QueueEntry.status == EntryStatus.WAITING
_CLASS: Final = (QueueEntry.queue, QueueEntry.language, QueueEntry.channel, QueueEntry.priority)
_COLUMNS: Final = (
    QueueEntry.id,
    *_CLASS,
    QueueEntry.requested_at,
    QueueEntry.entered_at,
    QueueEntry.not_before,
    QueueEntry.sticky_agent_id,
)

_Row = Row[*tuple[object, ...]]
Refusals = Mapping[UUID, Mapping[UUID, datetime]]  # entry → agent → when


@dataclass(frozen=True)
class View:
    """The line's heads and the agents on duty at one moment; `due` is when time alone changes what can be offered."""

    waiting: Sequence[Waiting]
    servers: Sequence[Server]
    due: datetime | None


async def read_view(session: AsyncSession, queues: Queues, now: datetime, *, spare: int = 0) -> View:
    """Read as many of each kind of demand as there are free agents, and `spare` more."""
    servers = await _list_servers(session, now)
    free = sum(server.load < WHOLE_PERSON for server in servers)
    if free == 0:
        return View((), servers, None)
    longest = timedelta(seconds=max(queue.sticky_seconds for queue in queues))
    kinds_of_all = await _list_kinds(session, longest, now)
    kinds = [kind for kind in kinds_of_all if kind.has_begun and _is_there_anyone(kind, queues, servers)]
    refusals = await _list_refusals(session) if kinds else {}
    special = {*refusals, *(kind.sticky_id for kind in kinds if kind.sticky_id)}
    rows = await _list_heads(session, kinds, special, free + spare, now) if kinds else ()
    duty = _Duty(servers)
    waiting = [_waiting(row, special, queues, duty, _excluded(row, queues, refusals, servers, now)) for row in rows]
    starts = (kind.first_start for kind in kinds_of_all if not kind.has_begun)
    moments = (next_change(waiting, now), *starts, _next_again(refusals, now))
    return View(waiting, servers, min((moment for moment in moments if moment), default=None))


async def has_lately_had_calls(session: AsyncSession, now: datetime) -> bool:
    """Whether somebody asked for a person on the phone: where calls come in, a few agents are kept empty for them."""
    is_call = and_(QueueEntry.channel == Channel.VOICE, QueueEntry.kind == EntryKind.LIVE)
    calls = select(QueueEntry.id).where(is_call, QueueEntry.requested_at > now - CALLS_REMEMBERED)
    return await session.scalar(calls.limit(1)) is not None


async def _list_servers(session: AsyncSession, now: datetime) -> list[Server]:
    """All who are available; one who looks at an offer already counts as full."""
    has_offer = select(Offer.id).where(Offer.agent_id == Agent.id, Offer.status == OfferStatus.PENDING).exists()
    columns = (Agent.id, Agent.capacity, Agent.last_offer_at, Agent.presence_since)
    wanted = select(*columns, has_offer.label("has_offer"), skills_of_agent().label("skills"))
    agents = (await session.execute(wanted.where(Agent.presence == Presence.AVAILABLE, is_live_clause(now)))).all()
    held = await count_held(session, None, now) if agents else {}
    return [_server(agent, load_of(held.get(agent.id, Counter()), agent.capacity)) for agent in agents]


def skills_of_agent() -> ScalarSelect[str]:
    """The skills of one row of agents, with a space between them; NULL where there are none."""
    skills = select(func.aggregate_strings(AgentSkill.skill, " ")).where(AgentSkill.agent_id == Agent.id)
    return skills.scalar_subquery()


def _server(agent: _Row, load: int) -> Server:
    idle_since = max(agent.last_offer_at or agent.presence_since, agent.presence_since)
    taken = WHOLE_PERSON if agent.has_offer else 0
    return Server(agent.id, frozenset((agent.skills or "").split()), max(load, taken), agent.capacity, idle_since)


async def _list_kinds(session: AsyncSession, longest_stickiness: timedelta, now: datetime) -> Sequence[_Row]:
    """What kinds of demand stand in line or will, and each entry by itself that may still wait for one agent."""
    is_sticky = and_(QueueEntry.sticky_agent_id.is_not(None), QueueEntry.entered_at > now - longest_stickiness)
    own = (*_CLASS, case((is_sticky, QueueEntry.id)).label("sticky_id"), _has_begun(now).label("has_begun"))
    everyone = select(*own, QueueEntry.not_before).where(_IS_WAITING).subquery()
    *kind, start = everyone.columns
    wanted = select(*kind, func.min(start).label("first_start"))
    return (await session.execute(wanted.group_by(*kind))).all()


async def _list_heads(
    session: AsyncSession, kinds: Iterable[_Row], special: Set[UUID], number: int, now: datetime
) -> Iterable[_Row]:
    """The oldest `number` of each kind of demand, and those who may not be offered to just anybody.

    Entries of one kind differ in nothing but their age, so nobody behind those can be among the next offers.
    """
    entries = select(*_COLUMNS).where(_IS_WAITING, _has_begun(now))
    by_age = entries.order_by(QueueEntry.requested_at, QueueEntry.id).limit(number + len(special))
    parts = [by_age.where(*map(eq, _CLASS, kind)) for kind in {tuple(kind[: len(_CLASS)]) for kind in kinds}]
    if special:
        parts.append(entries.where(QueueEntry.id.in_(special)))
    everything = union_all(*(select(part.subquery()) for part in parts))
    return {row.id: row for row in await session.execute(everything)}.values()


def _has_begun(now: datetime) -> ColumnElement[bool]:
    return or_(QueueEntry.not_before.is_(None), QueueEntry.not_before <= now)


async def _list_refusals(session: AsyncSession) -> Refusals:
    """Of all who wait; no offer to them is older than the first request."""
    oldest = select(func.min(QueueEntry.requested_at)).where(_IS_WAITING).scalar_subquery()
    wanted = select(Offer.entry_id, Offer.agent_id, func.max(Offer.ended_at).label("ended_at"))
    joined = wanted.join(QueueEntry, QueueEntry.id == Offer.entry_id)
    ended = joined.where(_IS_WAITING, Offer.status.in_(_ENDED), Offer.expires_at >= oldest)
    refusals: dict[UUID, dict[UUID, datetime]] = {}
    for entry_id, agent_id, ended_at in await session.execute(ended.group_by(Offer.entry_id, Offer.agent_id)):
        assert ended_at is not None, "an offer that is over has ended"
        refusals.setdefault(entry_id, {})[agent_id] = ended_at
    return refusals


def _is_there_anyone(kind: _Row, queues: Queues, servers: Sequence[Server]) -> bool:
    """Whether anybody who knows what is needed has room for anything."""
    needs = _needs(kind, queues)
    return any(server.load < WHOLE_PERSON and server.skills >= needs for server in servers)


def _needs(row: _Row, queues: Queues) -> frozenset[str]:
    return frozenset({*queues[row.queue].required, f"language:{row.language}"})


def _excluded(
    row: _Row, queues: Queues, refusals: Refusals, servers: Sequence[Server], now: datetime
) -> frozenset[UUID]:
    """Who missed or declined this contact is not asked again while anybody else on duty could have it now."""
    own = refusals.get(row.id, {})
    if not own:
        return frozenset()
    needs = _needs(row, queues)
    others = (server for server in servers if server.agent_id not in own and server.skills >= needs)
    if any(server.load + weight(row.channel, server.chat_limit) <= WHOLE_PERSON for server in others):
        return frozenset(own)
    return frozenset(agent_id for agent_id, ended_at in own.items() if ended_at > now - AGAIN_AFTER)


def _waiting(row: _Row, special: Set[UUID], queues: Queues, duty: "_Duty", excluded: frozenset[UUID]) -> Waiting:
    queue, is_special = queues[row.queue], row.id in special
    return Waiting(
        entry_id=row.id,
        queue=row.queue,
        language=row.language,
        channel=row.channel,
        priority=row.priority,
        requested_at=row.requested_at,
        required=frozenset(queue.required),
        preferred=duty.known_without(excluded).intersection(queue.preferred),
        relax_after=queue.relax_after_seconds,
        ageing_seconds=queue.ageing_seconds,
        excluded=excluded,
        not_before=row.not_before,
        sticky_agent=row.sticky_agent_id if is_special else None,
        sticky_until=row.entered_at + timedelta(seconds=queue.sticky_seconds) if is_special else None,
    )


class _Duty:
    """What those on duty know together: a preferred skill that none of them has is not waited for."""

    def __init__(self, servers: Sequence[Server]) -> None:
        self._servers = servers
        self._known: dict[frozenset[UUID], frozenset[str]] = {}

    def known_without(self, excluded: frozenset[UUID]) -> frozenset[str]:
        if excluded not in self._known:
            skills = (server.skills for server in self._servers if server.agent_id not in excluded)
            self._known[excluded] = frozenset().union(*skills)
        return self._known[excluded]


def _next_again(refusals: Refusals, now: datetime) -> datetime | None:
    moments = (ended_at + AGAIN_AFTER for own in refusals.values() for ended_at in own.values())
    return min((moment for moment in moments if moment > now), default=None)
