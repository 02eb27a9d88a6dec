"""What an agent does to end a conversation: close it, then say how it ended."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.conversations.posting import lock
from handoff.conversations.redaction import redact_numbers
from handoff.conversations.service import clean_text, close_conversation
from handoff.errors import ConversationNotFound
from handoff.routing.models import QueueEntry
from handoff.routing.queues import Queues
from handoff.wrap_up import service
from handoff.wrap_up.errors import CustomerIsBack, WrapUpFinished, WrapUpNotFound
from handoff.wrap_up.models import WrapUp
from handoff.wrap_up.schemas import WrapUpIn
from handoff.wrap_up.service import Ending


async def close_active(
    session: AsyncSession, conversation: Conversation, agent: Agent, queues: Queues, now: datetime
) -> None:
    """End the agent's active conversation, which must be locked; a queue without wrap-up closes at once."""
    entry = await service.find_taken_entry(session, conversation.id)
    seconds = queues[entry.queue].wrap_up_seconds if entry else 0
    if entry is not None and seconds > 0:
        await service.begin(session, conversation, entry, agent.id, seconds, now)
        return
    await close_conversation(session, conversation, now)


async def finish(
    session: AsyncSession, agent: Agent, conversation_id: UUID, said: WrapUpIn, now: datetime
) -> Conversation:
    """Store how it ended and close the conversation. Saying the same again changes nothing."""
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None:
        raise ConversationNotFound
    await lock(session, conversation)
    wrap_up = await service.find_last(session, conversation_id, agent.id)
    if wrap_up is None:
        raise WrapUpNotFound
    note = _clean(said.note)
    if wrap_up.finished_at is None:
        how = Ending.DONE if said.disposition or note else Ending.SKIPPED
        await service.end(session, conversation, wrap_up, how, now, disposition=said.disposition, note=note)
    elif (wrap_up.disposition, wrap_up.note) != (said.disposition, note):
        await _add_late(session, conversation, wrap_up, said, note)
    return conversation


async def _add_late(
    session: AsyncSession, conversation: Conversation, wrap_up: WrapUp, said: WrapUpIn, note: str | None
) -> None:
    """The time was over before the agent had said it: what they wrote is not lost, and counts no further second."""
    if conversation.status is not ConversationStatus.CLOSED:
        raise CustomerIsBack
    if wrap_up.disposition is not None or wrap_up.note is not None:
        raise WrapUpFinished
    wrap_up.disposition, wrap_up.note = said.disposition, note
    entry = await session.get_one(QueueEntry, wrap_up.entry_id)
    service.log_done(session, entry, wrap_up, Ending.DONE, 0)


def _clean(note: str | None) -> str | None:
    """Notes are kept as messages are: without what looks like a card or account number."""
    return redact_numbers(clean_text(note)) if note and note.strip() else None
