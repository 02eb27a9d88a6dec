"""A wrap-up as consoles see it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.console.schemas import WrapUpOut
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.wrap_up.dispositions import Disposition
from handoff.wrap_up.service import find_open


async def wrap_up_out(session: AsyncSession, conversation: Conversation, now: datetime) -> WrapUpOut | None:
    """Return what is left of the conversation's wrap-up; None when there is none open."""
    if conversation.status is not ConversationStatus.WRAP_UP:
        return None
    wrap_up = await find_open(session, conversation.id)
    if wrap_up is None:
        return None
    return WrapUpOut(
        ends_at=wrap_up.ends_at,
        seconds_left=max(0, int((wrap_up.ends_at - now).total_seconds())),
        dispositions=[disposition.value for disposition in Disposition],
    )
