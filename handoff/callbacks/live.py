"""What a waiting customer's own words do to a callback: they ask for one by phone or text, or end it by coming back."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.callbacks import booking
from handoff.callbacks.booking import WAITING, Wish
from handoff.callbacks.finding import find_open_callback
from handoff.callbacks.models import CallbackWay
from handoff.conversations.models import Channel, Conversation
from handoff.routing import queue
from handoff.texts import server_texts


async def note_words(session: AsyncSession, conversation: Conversation, text: str, now: datetime) -> None:
    """Act on a message that was just stored; the conversation must be locked.

    Who writes before a chosen time, or before we open, only adds to what was said: the promise stands.
    """
    if conversation.status not in WAITING:
        return
    has_own_number = conversation.channel is not Channel.WEBCHAT and conversation.address is not None
    if has_own_number and _asks_for_call(text, conversation.language):
        await _book_call(session, conversation, now)
        return
    callback = await find_open_callback(session, conversation.id)
    if callback is None:
        return
    if callback.way is CallbackWay.CALL and conversation.channel is not Channel.WEBCHAT:
        return  # "thanks, bye" is no wish to wait on the line
    entry = await queue.find_open_entry(session, conversation.id)
    is_for_later = entry is not None and entry.not_before is not None and entry.not_before > now
    if not is_for_later or callback.attempts:
        await booking.cancel(session, conversation, now, how="live")


async def _book_call(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    entry = await queue.find_open_entry(session, conversation.id)
    opens_at = entry.not_before if entry and entry.not_before and entry.not_before > now else None
    wish = Wish(CallbackWay.CALL, conversation.address, opens_at=opens_at)
    await booking.book(session, conversation, wish, now)


def _asks_for_call(text: str, language: str) -> bool:
    words = server_texts().text("callback.words", language).split("|")
    return text.strip(" .!").casefold() in words
