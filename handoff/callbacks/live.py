"""What a waiting customer's own words do to a callback: they ask for one by phone or text, or end it by coming back."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.callbacks import booking
from handoff.callbacks.booking import WAITING, Wish
from handoff.callbacks.finding import find_open_callback
from handoff.callbacks.models import Callback, CallbackWay
from handoff.callbacks.phones import find_phone
from handoff.conversations.courtesy import is_courtesy
from handoff.conversations.models import Channel, Conversation, Sender
from handoff.conversations.posting import NewMessage, post_message
from handoff.language import LANGUAGES
from handoff.routing import queue
from handoff.texts import server_texts


async def note_words(session: AsyncSession, conversation: Conversation, text: str, now: datetime) -> None:
    """Act on a message that was just stored; the conversation must be locked.

    A promise stands whatever the customer adds to it: people answer a confirmation. Only who was called in vain and
    then writes is there now.
    """
    if conversation.status not in WAITING:
        return
    callback = await find_open_callback(session, conversation.id)
    has_buttons = conversation.channel is Channel.WEBCHAT
    if not has_buttons and _is_one_of("callback.words", text):
        await _book_call(session, conversation, now)
    elif callback is not None and (
        (not has_buttons and _is_one_of("callback.stay_words", text)) or _is_back(callback, text)
    ):
        not_before = None if callback.attempts else await _closed_until(session, conversation, now)
        await booking.cancel(session, conversation, now, how="live", not_before=not_before)


def _is_back(callback: Callback, text: str) -> bool:
    return callback.attempts > 0 and not is_courtesy(text)


async def _book_call(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    phone = await find_phone(session, conversation, now)
    if phone is None:
        text = server_texts().text("callback.no_number", conversation.language)
        await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)
        return
    wish = Wish(CallbackWay.CALL, phone, opens_at=await _closed_until(session, conversation, now))
    await booking.book(session, conversation, wish, now)


async def _closed_until(session: AsyncSession, conversation: Conversation, now: datetime) -> datetime | None:
    entry = await queue.find_open_entry(session, conversation.id)
    return entry.not_before if entry and entry.not_before and entry.not_before > now else None


def _is_one_of(key: str, text: str) -> bool:
    """The words of all languages count: who switches language still reads the old offer."""
    said = text.strip(" .!").casefold()
    return any(said in server_texts().text(key, language).split("|") for language in LANGUAGES)
