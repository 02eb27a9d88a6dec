"""Reaching the customer: when an agent has the callback, and what follows when nobody answers.

The conversation must be locked in every one of these.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing.outbox import enqueue_sms
from handoff.alarms.models import AlarmKind
from handoff.alarms.raising import raise_alarm
from handoff.callbacks.models import Callback, CallbackStatus, CallbackWay
from handoff.callbacks.phones import find_phone
from handoff.callbacks.waiting_words import local_moment, zone_of
from handoff.contact_log import ContactEventKind, record
from handoff.conversations.models import Channel, Conversation, Sender
from handoff.conversations.posting import NewMessage, announce_change, post_message
from handoff.opening_hours import is_open, next_opening
from handoff.routing import claims, queue
from handoff.routing.models import EntryKind, QueueEntry
from handoff.routing.queues import queues_of
from handoff.texts import server_texts

# After the first call that nobody answers, and after the next two. The call after the last pause is the last one.
RETRY_AFTER: Final = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))


async def begin(session: AsyncSession, conversation: Conversation, callback: Callback, now: datetime) -> None:
    """An agent has taken it. A message is sent at once and is all that was promised; a call is still to be made."""
    entry = await session.get_one(QueueEntry, callback.entry_id)
    if callback.way is CallbackWay.CALL:
        callback.status, callback.next_attempt_at = CallbackStatus.CALLING, None
        await _tell(session, conversation, "callback.calling", now)
        await announce_change(session, conversation, now)
        return
    await _tell(session, conversation, "callback.writing", now)
    await _hint_by_sms(session, conversation, callback, now)
    _log_try(session, entry, conversation, now, reached=True)
    await _end(session, conversation, callback, entry, CallbackStatus.DONE, now)


async def reached(session: AsyncSession, conversation: Conversation, callback: Callback, now: datetime) -> None:
    entry = await session.get_one(QueueEntry, callback.entry_id)
    _log_try(session, entry, conversation, now, reached=True)
    await _end(session, conversation, callback, entry, CallbackStatus.DONE, now)


async def not_reached(session: AsyncSession, conversation: Conversation, callback: Callback, now: datetime) -> None:
    """Try again later at the same rank, never while we are closed.

    After the last try a supervisor hears of it and the customer is told.
    """
    entry = await session.get_one(QueueEntry, callback.entry_id)
    _log_try(session, entry, conversation, now, reached=False)
    if callback.attempts >= len(RETRY_AFTER):
        await _give_up(session, conversation, callback, entry, now)
        return
    pause = RETRY_AFTER[callback.attempts]
    callback.attempts += 1
    callback.next_attempt_at = now + pause
    settings = queues_of(session)[entry.queue]
    opens_at = None if is_open(settings, now + pause) else next_opening(settings, now + pause)
    if opens_at is None:
        minutes = int(pause.total_seconds() // 60)
        await _tell(session, conversation, "callback.not_reached", now, minutes=minutes)
    else:
        callback.next_attempt_at = opens_at
        moment = local_moment(opens_at, zone_of(callback.phone, settings.time_zone), conversation.language)
        await _tell(session, conversation, "callback.not_reached_closing", now, opens=moment)
    await claims.requeue(session, conversation, now, why="callback_not_reached")
    await wait_again(session, conversation, callback)


async def wait_again(session: AsyncSession, conversation: Conversation, callback: Callback) -> None:
    """The conversation is back in line: its new entry holds the callback's place and its time, if that is to come."""
    entry = await queue.find_open_entry(session, conversation.id)
    if entry is None or (callback.status is CallbackStatus.WAITING and callback.entry_id == entry.id):
        return
    callback.status, callback.entry_id = CallbackStatus.WAITING, entry.id
    entry.kind, entry.not_before = EntryKind.CALLBACK, callback.next_attempt_at or callback.slot_from
    await session.flush()
    queue.line_changed(session)


async def excuse(session: AsyncSession, conversation: Conversation, callback: Callback, now: datetime) -> None:
    """The chosen time is over: say so once. The place stays, and whoever is free next takes it."""
    callback.slot_from = callback.slot_until = None
    await _tell(session, conversation, "callback.slot_missed", now)


async def end(session: AsyncSession, conversation: Conversation, callback: Callback, now: datetime) -> None:
    """The conversation is over and nobody said that the customer was reached: no call was made."""
    entry = await session.get_one(QueueEntry, callback.entry_id)
    await _end(session, conversation, callback, entry, CallbackStatus.CANCELLED, now)


async def _give_up(
    session: AsyncSession, conversation: Conversation, callback: Callback, entry: QueueEntry, now: datetime
) -> None:
    """The conversation stays with the agent: what the customer writes now is read at once.

    The alarm comes first: it names the agent, whose row is locked before any stream.
    """
    tries = len(RETRY_AFTER) + 1
    await raise_alarm(session, AlarmKind.CALLBACK_FAILED, now, entry=entry, agent_id=conversation.agent_id, tries=tries)
    await _tell(session, conversation, "callback.failed", now)
    if conversation.channel is not Channel.SMS:
        await _send_sms(session, conversation, callback, "callback.failed_sms", now, phone=callback.phone)
    entry.channel = conversation.channel
    await _end(session, conversation, callback, entry, CallbackStatus.FAILED, now)


async def _end(
    session: AsyncSession,
    conversation: Conversation,
    callback: Callback,
    entry: QueueEntry,
    status: CallbackStatus,
    now: datetime,
) -> None:
    callback.status, callback.ended_at, callback.next_attempt_at = status, now, None
    record(session, ContactEventKind.CALLBACK_ENDED, now, subject=entry, agent_id=conversation.agent_id, how=status)
    await session.flush()
    await announce_change(session, conversation, now)


def _log_try(
    session: AsyncSession, entry: QueueEntry, conversation: Conversation, now: datetime, *, reached: bool
) -> None:
    agent_id: UUID | None = conversation.agent_id
    record(session, ContactEventKind.CALLBACK_TRIED, now, subject=entry, agent_id=agent_id, reached=reached)


async def _tell(session: AsyncSession, conversation: Conversation, key: str, now: datetime, **facts: object) -> None:
    text = server_texts().text(key, conversation.language, **facts)
    await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)


async def _hint_by_sms(session: AsyncSession, conversation: Conversation, callback: Callback, now: datetime) -> None:
    """Who has left the website hears on the phone that there is an answer; the answer itself stays in the chat."""
    if conversation.channel is Channel.WEBCHAT:
        phone = callback.phone or await find_phone(session, conversation, now)
        await _send_sms(session, conversation, callback, "callback.sms_hint", now, phone=phone)


async def _send_sms(
    session: AsyncSession, conversation: Conversation, callback: Callback, key: str, now: datetime, *, phone: str | None
) -> None:
    """Send it once for each callback, if there is a number at all."""
    if phone is None:
        return
    body, dedupe = server_texts().text(key, conversation.language), f"{key}:{callback.id}"
    await session.run_sync(lambda sync: enqueue_sms(sync, recipient=phone, body=body, dedupe_key=dedupe, now=now))
