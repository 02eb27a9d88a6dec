"""Reads who waits and who is there, as the policy wants to see it, and no more rows than one pass can use."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, AgentSkill, Presence
from handoff.agents.presence import is_live_clause
from handoff.conversations.models import Channel
from handoff.routing.limits import WHOLE_PERSON, count_held, held_load, load_of
from handoff.routing.models import EntryStatus, Offer, OfferStatus, QueueEntry
from handoff.routing.policy import Server, Waiting, next_change, weight
from handoff.routing.queues import Queues

__all__ = ["AGAIN_AFTER", "View", "has_lately_had_calls", "held_load", "read_view"]

# Who missed or declined a contact may be asked again when nobody else on duty has room for it, but not at once.
AGAIN_AFTER: Final = timedelta(seconds=60)
CALLS_REMEMBERED: Final = timedelta(hours=1)
_ENDED: Final = (OfferStatus.DECLINED, OfferStatus.EXPIRED)
_CLASS: Final = (QueueEntry.queue, QueueEntry.language, QueueEntry.channel, QueueEntry.priority)
_COLUMNS: Final = (
    QueueEntry.id,
    *_CLASS,
    QueueEntry.requested_at,
    QueueEntry.entered_at,
    QueueEntry.not_before,
    QueueEntry.sticky_agent_id,
)

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
    rows = (await session.execute(_heads(free + spare, longest, now))).all()
    refusals = await _list_refusals(session, [row.id for row in rows if row.is_special])
    duty = _Duty(servers)
    waiting = [_waiting(row, queues, duty, _excluded(row, queues, refusals, servers, now)) for row in rows]
    moments = [next_change(waiting, now), await _next_start(session, now), _next_again(refusals, now)]
    return View(waiting, servers, min((moment for moment in moments if moment), default=None))


async def has_lately_had_calls(session: AsyncSession, now: datetime) -> bool:
    """Whether somebody asked for a person on the phone: where calls come in, a few agents are kept empty for them."""
    is_call = QueueEntry.channel == Channel.VOICE
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


def _server(agent: Row[*tuple[object, ...]], load: int) -> Server:
    idle_since = max(agent.last_offer_at or agent.presence_since, agent.presence_since)
    taken = WHOLE_PERSON if agent.has_offer else 0
    return Server(agent.id, frozenset((agent.skills or "").split()), max(load, taken), agent.capacity, idle_since)


def _heads(number: int, longest_stickiness: timedelta, now: datetime) -> Select[*tuple[object, ...]]:
    """The oldest `number` of each kind of demand, and those who may not be offered to just anybody.

    Entries of one kind differ in nothing but their age, so nobody behind those can be among the next offers.
    """
    is_special = _is_special(longest_stickiness, now)
    place = func.row_number().over(
        partition_by=(*_CLASS, is_special), order_by=(QueueEntry.requested_at, QueueEntry.id)
    )
    may_start = or_(QueueEntry.not_before.is_(None), QueueEntry.not_before <= now)
    line = select(*_COLUMNS, is_special.label("is_special"), place.label("place"))
    ranked = line.where(QueueEntry.status == EntryStatus.WAITING, may_start).subquery()
    return select(ranked).where(or_(ranked.c.place <= number, ranked.c.is_special))


def _is_special(longest_stickiness: timedelta, now: datetime) -> ColumnElement[bool]:
    was_offered = select(Offer.id).where(Offer.entry_id == QueueEntry.id).exists()
    is_sticky = and_(QueueEntry.sticky_agent_id.is_not(None), QueueEntry.entered_at > now - longest_stickiness)
    return or_(was_offered, is_sticky)


async def _list_refusals(session: AsyncSession, entry_ids: Sequence[UUID]) -> Refusals:
    if not entry_ids:
        return {}
    wanted = select(Offer.entry_id, Offer.agent_id, func.max(Offer.ended_at).label("ended_at"))
    ended = wanted.where(Offer.entry_id.in_(entry_ids), Offer.status.in_(_ENDED))
    refusals: dict[UUID, dict[UUID, datetime]] = {}
    for entry_id, agent_id, ended_at in await session.execute(ended.group_by(Offer.entry_id, Offer.agent_id)):
        assert ended_at is not None, "an offer that is over has ended"
        refusals.setdefault(entry_id, {})[agent_id] = ended_at
    return refusals


def _excluded(
    row: Row[*tuple[object, ...]], queues: Queues, refusals: Refusals, servers: Sequence[Server], now: datetime
) -> frozenset[UUID]:
    """Who missed or declined this contact is not asked again while anybody else on duty could have it now."""
    own = refusals.get(row.id, {})
    if not own:
        return frozenset()
    needs = {*queues[row.queue].required, f"language:{row.language}"}
    others = (server for server in servers if server.agent_id not in own and server.skills >= needs)
    if any(server.load + weight(row.channel, server.chat_limit) <= WHOLE_PERSON for server in others):
        return frozenset(own)
    return frozenset(agent_id for agent_id, ended_at in own.items() if ended_at > now - AGAIN_AFTER)


def _waiting(row: Row[*tuple[object, ...]], queues: Queues, duty: "_Duty", excluded: frozenset[UUID]) -> Waiting:
    queue = queues[row.queue]
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
        sticky_agent=row.sticky_agent_id if row.is_special else None,
        sticky_until=row.entered_at + timedelta(seconds=queue.sticky_seconds) if row.is_special else None,
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


async def _next_start(session: AsyncSession, now: datetime) -> datetime | None:
    wanted = select(func.min(QueueEntry.not_before)).where(QueueEntry.status == EntryStatus.WAITING)
    return await session.scalar(wanted.where(QueueEntry.not_before > now))


def _next_again(refusals: Refusals, now: datetime) -> datetime | None:
    moments = (ended_at + AGAIN_AFTER for own in refusals.values() for ended_at in own.values())
    return min((moment for moment in moments if moment > now), default=None)
