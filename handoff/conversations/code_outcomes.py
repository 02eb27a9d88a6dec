"""What became of a code that a customer wrote while no assistant answers: the system says it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations.models import Conversation, ConversationStatus, MessageKind, Sender
from handoff.conversations.posting import NewMessage, post_message
from handoff.texts import server_texts


async def tell_outcome(session: AsyncSession, conversation: Conversation, given: NewMessage, now: datetime) -> None:
    """Answer the message if it was a code; the conversation must be locked, and the message posted."""
    if conversation.status is ConversationStatus.WITH_BOT or given.kind is not MessageKind.CODE or not given.intent:
        return
    text = server_texts().text(f"verify.{given.intent['entities']['outcome']}", conversation.language)
    await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)
