"""Makes offers: many at a time, for a dispatcher finds many at once when a shift begins or a line is long.

Locks are always taken in the order conversations, agents, streams, each by their ids.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, AgentSkill, Presence
from handoff.agents.presence import is_live
from handoff.contact_log import ContactEventKind, record
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.conversations.posting import CONVERSATION_CHANGED
from handoff.db import touch
from handoff.errors import IllegalMove
from handoff.events import append_event
from handoff.live import CONSOLES_STREAM, Signal, agent_stream, conversation_stream
from handoff.routing.claims import lock_agents
from handoff.routing.limits import WHOLE_PERSON, Held, count_held, load_of
from handoff.routing.models import EntryStatus, Offer, OfferStatus, QueueEntry
from handoff.routing.policy import weight

OFFER_SECONDS: Final[Mapping[Channel, int]] = {Channel.WEBCHAT: 20, Channel.SMS: 20, Channel.VOICE: 15}

Pair = tuple[UUID, UUID]  # entry, agent


@dataclass(frozen=True)
class _Scene:
    """Everything that the pairs are about, locked."""

    entries: Mapping[UUID, QueueEntry]
    conversations: Mapping[UUID, Conversation]
    agents: Mapping[UUID, Agent]
    held: Held
    asked: frozenset[UUID]  # agents who look at an offer
    spoken: frozenset[tuple[UUID, str]]  # agents with their language skills
    now: datetime

    def is_free(self, entry: QueueEntry, agent: Agent) -> bool:
        """The pair was chosen before the locks: since then the customer may have booked a time or changed language."""
        if entry.status is not EntryStatus.WAITING or agent.id in self.asked:
            return False
        if entry.not_before is not None and entry.not_before > self.now:
            return False
        if (agent.id, f"language:{entry.language}") not in self.spoken:
            return False
        if agent.presence is not Presence.AVAILABLE or not is_live(agent, self.now):
            return False
        load = load_of(self.held.get(agent.id, Counter()), agent.capacity)
        return load + weight(entry.channel, agent.capacity) <= WHOLE_PERSON


async def make_offers(session: AsyncSession, pairs: Sequence[Pair], now: datetime) -> list[Offer]:
    """Offer each waiting conversation to its agent, leaving out where either is not free any more.

    No entry and no agent comes twice.
    """
    scene = await _lock_scene(session, pairs, now)
    asked = [(scene.entries[entry_id], scene.agents[agent_id]) for entry_id, agent_id in pairs]
    offers = [_make(session, scene, entry, agent) for entry, agent in asked if scene.is_free(entry, agent)]
    if offers:
        await session.flush()
        for offer in offers:
            _announce(session, offer, now)
        touch(session, CONSOLES_STREAM, Signal("queue"))
    return offers


def _make(session: AsyncSession, scene: _Scene, entry: QueueEntry, agent: Agent) -> Offer:
    conversation = scene.conversations[entry.conversation_id]
    if conversation.status is not ConversationStatus.QUEUED:
        raise IllegalMove(conversation.status, ConversationStatus.OFFERED)
    offer = Offer(
        entry_id=entry.id,
        conversation_id=conversation.id,
        agent_id=agent.id,
        status=OfferStatus.PENDING,
        made_at=scene.now,
        expires_at=scene.now + timedelta(seconds=OFFER_SECONDS[entry.channel]),
    )
    session.add(offer)
    entry.status, conversation.status = EntryStatus.OFFERED, ConversationStatus.OFFERED
    agent.last_offer_at = scene.now
    record(session, ContactEventKind.OFFERED, scene.now, subject=entry, agent_id=agent.id)
    return offer


def _announce(session: AsyncSession, offer: Offer, now: datetime) -> None:
    conversation = str(offer.conversation_id)
    append_event(session, conversation_stream(conversation), CONVERSATION_CHANGED, conversation, now=now)
    append_event(session, agent_stream(offer.agent_id), "offer.made", str(offer.id), now=now)


async def _lock_scene(session: AsyncSession, pairs: Sequence[Pair], now: datetime) -> _Scene:
    entry_ids, agent_ids = [entry_id for entry_id, _ in pairs], [agent_id for _, agent_id in pairs]
    conversations = await _lock_conversations(session, entry_ids)
    wanted = select(QueueEntry).where(QueueEntry.id.in_(entry_ids)).execution_options(populate_existing=True)
    entries = {entry.id: entry for entry in await session.scalars(wanted)}
    agents = await lock_agents(session, agent_ids)
    pending = select(Offer.agent_id).where(Offer.agent_id.in_(agent_ids), Offer.status == OfferStatus.PENDING)
    asked = frozenset(await session.scalars(pending))
    skills = select(AgentSkill.agent_id, AgentSkill.skill).where(AgentSkill.agent_id.in_(agent_ids))
    spoken = frozenset((agent_id, skill) for agent_id, skill in await session.execute(skills))
    return _Scene(entries, conversations, agents, await count_held(session, agent_ids, now), asked, spoken, now)


async def _lock_conversations(session: AsyncSession, entry_ids: Sequence[UUID]) -> dict[UUID, Conversation]:
    of_entries = select(QueueEntry.conversation_id).where(QueueEntry.id.in_(entry_ids))
    wanted = select(Conversation).where(Conversation.id.in_(of_entries)).order_by(Conversation.id).with_for_update()
    conversations = await session.scalars(wanted.execution_options(populate_existing=True))
    return {conversation.id: conversation for conversation in conversations}
