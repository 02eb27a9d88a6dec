"""Promises a callback and takes the promise back. The entry in line stays the same, and so does its age.

The conversation must be locked in every one of these.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.callbacks.errors import CallbackNotPossible, PhoneNotConfirmed
from handoff.callbacks.finding import find_open_callback
from handoff.callbacks.models import Callback, CallbackStatus, CallbackWay
from handoff.callbacks.phones import ending_of, find_phone, spoken
from handoff.callbacks.slots import Slot
from handoff.contact_log import ContactEventKind, record
from handoff.conversations.models import Channel, Conversation, ConversationStatus, Sender
from handoff.conversations.posting import NewMessage, announce_change, move, post_message
from handoff.routing import claims, pending, queue
from handoff.routing.models import EntryKind, EntryStatus, QueueEntry
from handoff.texts import server_texts

LIVE = "live"
WAITING = (ConversationStatus.QUEUED, ConversationStatus.OFFERED)


@dataclass(frozen=True)
class Wish:
    """How and when the customer is to be reached, without a slot as soon as it is their turn, and who thought of it."""

    way: CallbackWay
    phone: str | None
    slot: Slot | None = None
    opens_at: datetime | None = None
    by: Literal["customer", "closing", "gone", "lost"] = "customer"

    @property
    def not_before(self) -> datetime | None:
        return self.slot.start if self.slot else self.opens_at


async def book(session: AsyncSession, conversation: Conversation, wish: Wish, now: datetime) -> Callback:
    """Promise to reach the customer when their turn comes; a second wish replaces the first."""
    entry = await queue.find_open_entry(session, conversation.id)
    if entry is None or conversation.status not in WAITING:
        raise CallbackNotPossible
    if wish.way is CallbackWay.CALL and wish.phone is None:
        raise PhoneNotConfirmed
    if wish.not_before is not None:
        await _take_back_offer(session, conversation, entry, now)
    callback = await promise(session, conversation, entry, wish, now)
    await _confirm(session, conversation, callback, wish, now)
    await _changed(session, conversation, now)
    return callback


async def promise(
    session: AsyncSession, conversation: Conversation, entry: QueueEntry, wish: Wish, now: datetime
) -> Callback:
    """Keep the promise without a word of it: the caller words it."""
    # Kept from now on, also for the hint that we have written: a proof of who it is may lapse before we do.
    phone = wish.phone or await find_phone(session, conversation, now)
    callback = await find_open_callback(session, conversation.id) or _new(session, conversation, entry, now)
    callback.way, callback.phone = wish.way, phone
    callback.slot_from, callback.slot_until = (wish.slot.start, wish.slot.until) if wish.slot else (None, None)
    entry.kind, entry.not_before = EntryKind.CALLBACK, wish.not_before
    # A call takes all of an agent, wherever it was asked for.
    entry.channel = Channel.VOICE if wish.way is CallbackWay.CALL else conversation.channel
    slot = wish.slot.start.isoformat() if wish.slot else None
    record(session, ContactEventKind.CALLBACK_ASKED, now, subject=entry, way=wish.way, slot_from=slot, by=wish.by)
    return callback


async def cancel(
    session: AsyncSession, conversation: Conversation, now: datetime, *, how: str, not_before: datetime | None = None
) -> Callback | None:
    """Take the promise back; who still stands in line waits live, at the old place. `how`: live or cancelled."""
    callback = await find_open_callback(session, conversation.id)
    if callback is None:
        return None
    callback.status, callback.ended_at, callback.next_attempt_at = CallbackStatus.CANCELLED, now, None
    entry = await queue.find_open_entry(session, conversation.id)
    if entry is not None:
        entry.kind, entry.channel, entry.not_before = EntryKind.LIVE, conversation.channel, not_before
    subject = entry or await session.get_one(QueueEntry, callback.entry_id)
    record(session, ContactEventKind.CALLBACK_ENDED, now, subject=subject, how=how)
    if how == LIVE:
        text = server_texts().text(f"callback.live_again_{conversation.channel}", conversation.language)
        await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)
    await _changed(session, conversation, now)
    return callback


async def _take_back_offer(session: AsyncSession, conversation: Conversation, entry: QueueEntry, now: datetime) -> None:
    """Nobody is to reach the customer before the time that they chose."""
    offer = await pending.find_offer_of(session, entry.id)
    if offer is None:
        return
    await claims.lock_agents(session, [offer.agent_id])
    if await pending.withdraw(session, offer, entry, now, why="callback"):
        entry.status = EntryStatus.WAITING
        await move(session, conversation, ConversationStatus.QUEUED, now)


def _new(session: AsyncSession, conversation: Conversation, entry: QueueEntry, now: datetime) -> Callback:
    callback = Callback(
        conversation_id=conversation.id,
        entry_id=entry.id,
        status=CallbackStatus.WAITING,
        requested_at=now,
        attempts=0,
    )
    session.add(callback)
    return callback


async def _confirm(
    session: AsyncSession, conversation: Conversation, callback: Callback, wish: Wish, now: datetime
) -> None:
    key = f"callback.{callback.way}_{'later' if wish.not_before else 'next'}"
    is_call = callback.way is CallbackWay.CALL
    if is_call and conversation.channel is not Channel.WEBCHAT:
        key = f"{key}_{conversation.channel}"
    ending = ending_of(callback.phone) if callback.phone else ""
    number = _said_number(conversation, callback.phone) if is_call and callback.phone else ""
    text = server_texts().text(key, conversation.language, ending=ending, number=number)
    await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)


def _said_number(conversation: Conversation, phone: str) -> str:
    """A caller hears the number that the call came from: a switchboard shows its own, and anybody can pretend one."""
    if phone == conversation.address:
        return spoken(phone)
    return server_texts().text("callback.number_of_account", conversation.language, ending=ending_of(phone))


async def _changed(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    await session.flush()
    await announce_change(session, conversation, now)
    queue.line_changed(session)
