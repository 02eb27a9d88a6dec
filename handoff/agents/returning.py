"""Gives a lost agent's conversation back to the line and says so to the customer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.presence import last_sign
from handoff.conversations.models import Conversation, ConversationStatus, Message, Sender
from handoff.conversations.posting import NewMessage, lock, post_message
from handoff.routing import claims
from handoff.texts import server_texts
from handoff.wrap_up.service import find_taken_entry

WHY = "agent_lost"


@dataclass(frozen=True)
class Held:
    conversation_id: UUID
    agent_id: UUID


async def give_back(
    session: AsyncSession, held: Held, now: datetime, *, unheard_since: datetime, even_answered: bool
) -> bool:
    """Requeue the conversation if it is still with the agent and they were not heard meanwhile."""
    conversation = await session.get_one(Conversation, held.conversation_id)
    await lock(session, conversation)
    agent = (await claims.lock_agents(session, [held.agent_id]))[held.agent_id]
    sign_at = last_sign(agent.seen_at, agent.reachable_until, now)
    if sign_at is not None and sign_at > unheard_since:
        return False
    if conversation.status is not ConversationStatus.ACTIVE or conversation.agent_id != agent.id:
        return False
    if not even_answered and await _was_answered(session, held):
        return False
    text = server_texts().text("agent.lost", conversation.language, name=agent.name)
    await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)
    await claims.requeue(session, conversation, now, why=WHY)
    return True


async def _was_answered(session: AsyncSession, held: Held) -> bool:
    """Whether the agent has written since the conversation was given to them the last time."""
    entry = await find_taken_entry(session, held.conversation_id)
    written = select(Message.seq).where(
        Message.conversation_id == held.conversation_id,
        Message.sender == Sender.AGENT,
        Message.agent_id == held.agent_id,
    )
    if entry is not None and entry.ended_at is not None:
        written = written.where(Message.sent_at >= entry.ended_at)
    return await session.scalar(written.limit(1)) is not None
