"""What a waiting customer can ask for by a press: a callback, to wait live again, or the assistant. Each once per id.

The wish is stored as the customer's own message, so that it stands in the transcript and is known when it is repeated.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.callbacks import booking
from handoff.callbacks.booking import WAITING, Wish
from handoff.callbacks.errors import CallbackNotPossible, SlotNotOpen
from handoff.callbacks.models import CallbackWay
from handoff.callbacks.phones import find_phone
from handoff.callbacks.slots import Slot, find_slot
from handoff.conversations.models import Conversation, MessageKind, Sender
from handoff.conversations.posting import NewMessage, post_message
from handoff.conversations.schemas import CancelCallback, LeaveQueue, RequestCallback, WaitingWish
from handoff.conversations.service import StoredMessage, begin_write, return_to_bot
from handoff.opening_hours import is_open, next_opening
from handoff.routing import queue
from handoff.routing.queues import Queue, queues_of
from handoff.texts import server_texts


async def grant(session: AsyncSession, conversation: Conversation, wish: WaitingWish, now: datetime) -> StoredMessage:
    repeated = await begin_write(session, conversation, wish.client_msg_id)
    if repeated:
        return repeated
    text = server_texts().text(_title(wish), conversation.language)
    new = NewMessage(Sender.CUSTOMER, text, kind=MessageKind.HANDOFF, client_msg_id=wish.client_msg_id)
    message = await post_message(session, conversation, new, now)
    await _act(session, conversation, wish, now)
    return StoredMessage(message.seq, repeated=False)


def _title(wish: WaitingWish) -> str:
    match wish:
        case RequestCallback():
            return f"button.callback_{wish.way}"
        case CancelCallback():
            return "button.wait_live"
        case LeaveQueue():
            return "button.keep_assistant"


async def _act(session: AsyncSession, conversation: Conversation, wish: WaitingWish, now: datetime) -> None:
    settings = await _queue_of(session, conversation)
    # A closed queue is waited for until it opens, whatever is wished.
    opens_at = None if is_open(settings, now) else next_opening(settings, now)
    match wish:
        case RequestCallback():
            phone = await find_phone(session, conversation, now)
            slot = _slot(settings, wish.slot_from, now)
            await booking.book(session, conversation, Wish(CallbackWay(wish.way), phone, slot, opens_at), now)
        case CancelCallback():
            await booking.cancel(session, conversation, now, how="live", not_before=opens_at)
        case LeaveQueue():
            await booking.cancel(session, conversation, now, how="cancelled")
            await return_to_bot(session, conversation, now)


async def _queue_of(session: AsyncSession, conversation: Conversation) -> Queue:
    entry = await queue.find_open_entry(session, conversation.id)
    if entry is None or conversation.status not in WAITING:
        raise CallbackNotPossible
    return queues_of(session)[entry.queue]


def _slot(place: Queue, slot_from: datetime | None, now: datetime) -> Slot | None:
    if slot_from is None:
        return None
    slot = find_slot(place, slot_from, now)
    if slot is None:
        raise SlotNotOpen
    return slot
