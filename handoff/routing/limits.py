"""How much each agent has in hand, in thousandths of a person, and the limit on it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Final
from uuid import UUID

from sqlalchemy import BindParameter, Select, bindparam, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.routing.models import Offer, OfferStatus, QueueEntry
from handoff.routing.policy import weight
from handoff.wrap_up.models import WrapUp

WHOLE_PERSON: Final = 1000

Held = Mapping[UUID, Counter[Channel]]
_Part = Select[*tuple[object, ...]]  # agent, channel, number


async def held_load(
    session: AsyncSession, agents: Sequence[Agent], now: datetime, *, but_entry: UUID | None = None
) -> dict[UUID, int]:
    """What conversations, open wrap-ups and pending offers take of each agent, but for an offer of `but_entry`."""
    held = await count_held(session, [agent.id for agent in agents], now, but_entry=but_entry)
    return {agent.id: load_of(held.get(agent.id, Counter()), agent.capacity) for agent in agents}


def load_of(held: Mapping[Channel, int], chat_limit: int) -> int:
    return sum(number * weight(channel, chat_limit) for channel, number in held.items())


async def has_room(
    session: AsyncSession, agent: Agent, channel: Channel, now: datetime, *, but_entry: UUID | None = None
) -> bool:
    """Whether one more fits. True only for as long as the agent's row is locked."""
    load = (await held_load(session, [agent], now, but_entry=but_entry))[agent.id]
    return load + weight(channel, agent.capacity) <= WHOLE_PERSON


async def count_held(
    session: AsyncSession, agent_ids: Iterable[UUID] | None, now: datetime, *, but_entry: UUID | None = None
) -> Held:
    """How many of each channel every agent holds, in one query; None asks for all agents."""
    asked = {"now": now}
    only = {} if agent_ids is None else {"agents": list(agent_ids)}
    but = {} if but_entry is None else {"but_entry": but_entry}
    rows = await session.execute(_counting(of_some=bool(only), but_one=bool(but)), asked | only | but)
    held: dict[UUID, Counter[Channel]] = {}
    for agent, of_channel, count in rows:
        held.setdefault(agent, Counter())[of_channel] += int(count)
    return held


@cache
def _counting(*, of_some: bool, but_one: bool) -> Select[UUID, Channel, int]:
    """Built once: putting it together took longer than asking."""
    parts = [_active(), _wrapping_up(), _offered(but_one=but_one)]
    some: BindParameter[Sequence[UUID]] = bindparam("agents", expanding=True)
    narrowed = [part.where(part.selected_columns[0].in_(some)) for part in parts] if of_some else parts
    everything = union_all(*narrowed).subquery()
    agent_id, channel, number = everything.c
    return select(agent_id, channel, func.sum(number)).group_by(agent_id, channel)


def _active() -> _Part:
    return _held().where(Conversation.status == ConversationStatus.ACTIVE)


def _wrapping_up() -> _Part:
    """By the conversation, which is still with its agent: an agent's wrap-ups of all times are many."""
    joined = _held().join(WrapUp, WrapUp.conversation_id == Conversation.id)
    return joined.where(
        Conversation.status == ConversationStatus.WRAP_UP,
        WrapUp.finished_at.is_(None),
        WrapUp.ends_at > bindparam("now"),
    )


def _held() -> _Part:
    """One row each. The entry knows better than the conversation: whoever is called wrote somewhere else."""
    own = select(QueueEntry.channel).where(QueueEntry.conversation_id == Conversation.id)
    served_by = own.order_by(QueueEntry.entered_at.desc()).limit(1).scalar_subquery()
    channel = func.coalesce(served_by, Conversation.channel)
    return select(Conversation.agent_id, channel.label("channel"), literal(1).label("number"))


def _offered(*, but_one: bool) -> _Part:
    wanted = select(Offer.agent_id, QueueEntry.channel, func.count().label("number"))
    joined = wanted.join(QueueEntry, QueueEntry.id == Offer.entry_id).where(Offer.status == OfferStatus.PENDING)
    others = joined.where(Offer.entry_id != bindparam("but_entry")) if but_one else joined
    return others.group_by(Offer.agent_id, QueueEntry.channel)
