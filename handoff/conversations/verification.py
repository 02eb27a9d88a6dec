"""How long a customer's proof holds: not shorter than the talk in which it was given, and no longer than a day."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from billing import identity
from handoff.conversations.models import Conversation, ConversationStatus

_ALONE = (ConversationStatus.WITH_BOT, ConversationStatus.CLOSED)


async def keep_verified(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    """Note that the customer is here, or that a person came or went; the conversation must be locked.

    Who waits for a person, or is thought about by one, may be silent for longer than half an hour.
    """
    with_person = conversation.status not in _ALONE
    await session.run_sync(lambda sync: identity.keep_verified(sync, conversation.id, now, with_person=with_person))
