"""How far each side has read. A number only grows, whatever order the frames come in."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import case, update
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations.models import Conversation
from handoff.db import touch
from handoff.live import Signal, agent_stream, conversation_stream


class Side(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"


async def mark_seen(session: AsyncSession, conversation_id: UUID, side: Side, seq: int) -> bool:
    """Note that the side has had all messages up to `seq` before its eyes; False when that was known.

    What is not written yet cannot have been seen.
    """
    column = Conversation.customer_seen_seq if side is Side.CUSTOMER else Conversation.agent_seen_seq
    reached = case((Conversation.last_seq < seq, Conversation.last_seq), else_=seq)
    is_news = (Conversation.id == conversation_id, column < reached)
    changed = update(Conversation).where(*is_news).values({column: reached}).returning(Conversation.agent_id)
    row = (await session.execute(changed.execution_options(synchronize_session=False))).one_or_none()
    if row is None:
        return False
    signal = Signal("seen", conversation_id=str(conversation_id))
    touch(session, conversation_stream(conversation_id), signal)
    if row.agent_id is not None:
        touch(session, agent_stream(row.agent_id), signal)
    return True
