"""Agents without a sign of life: their conversations go back to the line with the age they had.

What counts is when the console was heard last. Without the grace the agent is offered nothing; a little later the
customers to whom they never wrote wait for somebody else, and after a minute those with whom they had talked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.clock import Clock
from handoff.agents import presence, untouched
from handoff.agents.models import Agent, Presence, PresenceReason
from handoff.agents.returning import Held, give_back
from handoff.alarms.models import AlarmKind
from handoff.alarms.raising import raise_alarm
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.db import Sessions, reading, unbroken
from handoff.due_loop import DueLoop, Step, do_each
from handoff.live import LiveEvents
from handoff.routing import claims, offers
from handoff.routing.queues import Queues

LONGEST_PAUSE: Final = 5.0
UNTOUCHED_AFTER: Final = timedelta(seconds=30)
ANSWERED_AFTER: Final = timedelta(seconds=60)
# A process that stood still this long has not heard the consoles either: silence proves nothing yet.
DEAF_AFTER: Final = timedelta(seconds=15)


@dataclass(frozen=True)
class Watched:
    """An agent who takes part or has customers. `sign_at` is the last time at which they could be heard, or were."""

    agent_id: UUID
    presence: Presence
    sign_at: datetime
    held: tuple[UUID, ...]

    def is_silent(self, span: timedelta, now: datetime) -> bool:
        return self.sign_at + span <= now

    def next_due(self, now: datetime) -> list[datetime]:
        spans = (presence.GRACE, UNTOUCHED_AFTER, ANSWERED_AFTER)
        return [self.sign_at + span for span in spans if self.sign_at + span > now]


class Watch:
    """One per process: knows since when this process listens."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._heard_since = self._looked_at = clock.now()

    @unbroken
    async def look(self) -> datetime | None:
        now = self._clock.now()
        if now - self._looked_at > DEAF_AFTER:
            self._heard_since = now
        self._looked_at = now
        return await look_for_lost(self._sessions, now, self._heard_since)


def make_loop(sessions: Sessions, live: LiveEvents, clock: Clock, _queues: Queues) -> DueLoop:
    return DueLoop("lost agents", Watch(sessions, clock).look, live, clock, longest_pause=LONGEST_PAUSE)


async def look_for_lost(sessions: Sessions, now: datetime, heard_since: datetime) -> datetime | None:
    """Do what is due, each step in a transaction of its own; return when something will be due next."""
    async with reading(sessions) as session:
        everybody = await _list_watched(session, heard_since, now)
        given = await untouched.list_untouched(session) if any(watched.held for watched in everybody) else ()
    of_silence = (step for watched in everybody for step in _steps(sessions, watched, now))
    of_given = (partial(untouched.take_back, sessions, each, now) for each in given if each.due_at <= now)
    again = await do_each(chain(of_silence, of_given), now)
    coming = [due for watched in everybody for due in watched.next_due(now)]
    coming += [each.due_at for each in given if each.due_at > now]
    return min([*coming, again] if again else coming, default=None)


def _steps(sessions: Sessions, watched: Watched, now: datetime) -> Iterator[Step]:
    if watched.presence is not Presence.OFFLINE and watched.is_silent(presence.GRACE, now):
        yield partial(_declare_lost, sessions, watched, now)
    if watched.is_silent(UNTOUCHED_AFTER, now):
        for conversation_id in watched.held:
            yield partial(_give_back, sessions, watched, conversation_id, now)


async def _list_watched(session: AsyncSession, heard_since: datetime, now: datetime) -> Sequence[Watched]:
    active = select(Conversation.agent_id, Conversation.id).where(Conversation.status == ConversationStatus.ACTIVE)
    held: dict[UUID | None, list[UUID]] = {}
    for agent_id, conversation_id in await session.execute(active.order_by(Conversation.id)):
        held.setdefault(agent_id, []).append(conversation_id)
    wanted = select(Agent.id, Agent.presence, Agent.seen_at, Agent.reachable_until)
    taking_part = wanted.where(or_(Agent.presence != Presence.OFFLINE, Agent.id.in_([key for key in held if key])))
    return [
        Watched(
            row.id,
            row.presence,
            max(presence.last_sign(row.seen_at, row.reachable_until, now) or heard_since, heard_since),
            tuple(held.get(row.id, ())),
        )
        for row in await session.execute(taking_part.order_by(Agent.id))
    ]


async def _declare_lost(sessions: Sessions, watched: Watched, now: datetime) -> None:
    """Take the agent out of routing, unless they were heard in the meantime."""
    async with sessions.begin() as session:
        await offers.withdraw_from_agent(
            session, watched.agent_id, now, if_still=lambda agent: not presence.is_live(agent, now)
        )
        agent = (await claims.lock_agents(session, [watched.agent_id]))[watched.agent_id]
        if agent.presence is Presence.OFFLINE or presence.is_live(agent, now):
            return
        was = agent.presence
        presence.change(session, agent, Presence.OFFLINE, PresenceReason.LOST, now)
        await offers.withdraw_late(session, agent.id, now)
        if was is Presence.AVAILABLE or watched.held:
            due_at = watched.sign_at + presence.GRACE
            held = len(watched.held)
            kind = AlarmKind.AGENT_LOST
            await raise_alarm(session, kind, now, agent_id=agent.id, due_at=due_at, presence=was.value, held=held)


async def _give_back(sessions: Sessions, watched: Watched, conversation_id: UUID, now: datetime) -> None:
    last_straw = ANSWERED_AFTER if watched.is_silent(ANSWERED_AFTER, now) else UNTOUCHED_AFTER
    async with sessions.begin() as session:
        held = Held(conversation_id, watched.agent_id)
        await give_back(session, held, now, unheard_since=now - last_straw, even_answered=last_straw is ANSWERED_AFTER)
