"""What others gave to an agent who has neither read nor answered it goes back to the line.

Who accepts or takes a contact shows with a key press that they are there. Who is given one may have just stood up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from handoff.contact_log import ContactEvent, ContactEventKind
from handoff.conversations.models import Conversation, ConversationStatus, Message, Sender
from handoff.conversations.posting import NewMessage, lock, post_message
from handoff.db import Sessions
from handoff.routing import claims, pending
from handoff.texts import server_texts

GIVEN_BACK_AFTER: Final = timedelta(seconds=60)
WHY: Final = "untouched"


@dataclass(frozen=True)
class Given:
    """A conversation that somebody else gave to the agent and that they have not touched."""

    conversation_id: UUID
    agent_id: UUID
    given_at: datetime

    @property
    def due_at(self) -> datetime:
        return self.given_at + GIVEN_BACK_AFTER


async def list_untouched(session: AsyncSession) -> Sequence[Given]:
    return [_given(row) for row in await session.execute(_untouched())]


async def take_back(sessions: Sessions, given: Given, now: datetime) -> None:
    """Requeue the conversation unless the agent has touched it meanwhile; it is not offered to them again at once."""
    async with sessions.begin() as session:
        conversation = await session.get_one(Conversation, given.conversation_id)
        await lock(session, conversation)
        await claims.lock_agents(session, [given.agent_id])
        still = await session.execute(_untouched().where(Conversation.id == given.conversation_id))
        if [_given(row) for row in still] != [given]:
            return
        text = server_texts().text("conversation.transferred", conversation.language)
        await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)
        entry = await claims.requeue(session, conversation, now, why=WHY)
        pending.remember_refusal(session, entry, given.agent_id, now)


def _given(row: Row[UUID, UUID | None, datetime]) -> Given:
    conversation_id, agent_id, given_at = row
    assert agent_id is not None, "somebody has what was taken"
    return Given(conversation_id, agent_id, given_at)


def _untouched() -> Select[UUID, UUID | None, datetime]:
    """The agent has not seen the words that told the customer who joined, nor written anything since."""
    taken = aliased(ContactEvent)
    newest = select(func.max(taken.number)).where(
        taken.conversation_id == Conversation.id, taken.kind == ContactEventKind.TAKEN
    )
    since = (Message.conversation_id == Conversation.id, Message.sent_at >= ContactEvent.happened_at)
    joined = select(func.min(Message.seq)).where(*since, Message.sender == Sender.SYSTEM).scalar_subquery()
    by_agent = (Message.sender == Sender.AGENT, Message.agent_id == Conversation.agent_id)
    return (
        select(Conversation.id, ContactEvent.agent_id, ContactEvent.happened_at)
        .join(ContactEvent, ContactEvent.number == newest.scalar_subquery())
        .where(
            Conversation.status == ConversationStatus.ACTIVE,
            ContactEvent.agent_id == Conversation.agent_id,
            ContactEvent.details["how"].as_string().in_(claims.BY_OTHERS),
            Conversation.agent_seen_seq < joined,
            ~select(Message.seq).where(*since, *by_agent).exists(),
        )
    )
