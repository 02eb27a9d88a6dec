"""A caller whose line we have lost is called back: nobody loses the place, or the agent, to a fault of ours."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.callbacks import attempts, booking
from handoff.callbacks.booking import WAITING, Wish
from handoff.callbacks.finding import find_open_callback
from handoff.callbacks.models import CallbackWay
from handoff.callbacks.phones import find_phone
from handoff.callbacks.ringing_again import note_cut_off
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.conversations.posting import announce_change
from handoff.routing import queue
from handoff.wrap_up.service import find_taken_entry


async def keep_lost_caller(session: AsyncSession, conversation: Conversation, now: datetime) -> bool:
    """Promise a call to the number that the call came from, or the account's; False without one or if nobody was asked.

    The conversation must be locked. Who talks with an agent is called by that agent, at once.
    """
    if await find_open_callback(session, conversation.id) is not None:
        return True
    phone = await find_phone(session, conversation, now)
    if phone is None:
        return False
    wish = Wish(CallbackWay.CALL, phone, by="lost")
    if conversation.status in WAITING:
        await note_cut_off(session, conversation, now)
        entry = await queue.find_open_entry(session, conversation.id)
        opens_at = entry.not_before if entry and entry.not_before and entry.not_before > now else None
        await booking.book(session, conversation, replace(wish, opens_at=opens_at), now)
        return True
    entry = await find_taken_entry(session, conversation.id)
    if conversation.status is not ConversationStatus.ACTIVE or entry is None:
        return False
    callback = await booking.promise(session, conversation, entry, wish, now)
    await session.flush()
    await attempts.follow(session, conversation, callback, now)
    await announce_change(session, conversation, now)
    return True
