"""Text messages: each that arrives is stored once, on the path of the website's chat; replies leave by the outbox."""

import contextlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from billing.db import insert_if_absent
from billing.outbox import enqueue_sms
from handoff.callbacks.booking import WAITING
from handoff.callbacks.finding import find_open_callback
from handoff.callbacks.models import CallbackWay
from handoff.channels.twilio.models import SmsReceipt
from handoff.channels.twilio.opt_outs import Keyword, find_keyword, find_opted_out, opt_in, opt_out
from handoff.channels.twilio.phone_numbers import find_e164, likely_language
from handoff.channels.twilio.texts import twilio_texts
from handoff.conversations.models import Channel, Conversation, ConversationStatus, Sender
from handoff.conversations.posting import NewMessage, lock, post_message
from handoff.conversations.reopening import find_reopenable, receive_or_reopen
from handoff.conversations.service import MAX_LENGTH, close_conversation, find_open_by_address, open_conversation
from handoff.deps import Parts
from handoff.errors import ConversationClosed, EmptyMessage, MessageTooLong

MAX_ATTEMPTS = 3


@dataclass(frozen=True)
class IncomingSms:
    """A text message as Twilio tells it; `body` may be empty when there is only a picture or a place."""

    message_sid: str
    sender: str
    body: str

    @classmethod
    def find_in(cls, form: FormData) -> "IncomingSms | None":
        """Return None when nobody could be answered: no id, or a sender that is not a phone."""
        message_sid, sender = str(form.get("MessageSid", "")), find_e164(str(form.get("From", "")))
        if not message_sid or sender is None:
            return None
        return cls(message_sid, sender, str(form.get("Body", "")))


async def take_sms(parts: Parts, sms: IncomingSms) -> None:
    conversation_id = await _store_despite_rivals(parts, sms)
    if conversation_id is not None:
        parts.runner.wake(conversation_id)


async def _store_despite_rivals(parts: Parts, sms: IncomingSms) -> UUID | None:
    """Try again when the conversation was closed, or opened by another message of this phone, at that very moment.

    The one may follow the other, and a database may be busy. Twilio does not deliver a refused message again: its text
    would be lost.
    """
    for _ in range(MAX_ATTEMPTS - 1):
        with contextlib.suppress(DBAPIError, ConversationClosed):
            return await _store_once(parts, sms)
    return await _store_once(parts, sms)


async def _store_once(parts: Parts, sms: IncomingSms) -> UUID | None:
    """Return the conversation that now waits for an answer, if any."""
    now = parts.clock.now()
    async with parts.sessions.begin() as session:
        receipt = {"message_sid": sms.message_sid, "received_at": now}
        if not await session.run_sync(insert_if_absent, SmsReceipt, receipt):
            return None
        if await _take_keyword(session, parts, sms, now):
            return None
        return await _converse(session, parts, sms, now)


async def _take_keyword(session: AsyncSession, parts: Parts, sms: IncomingSms, now: datetime) -> bool:
    """Do what a reserved word asks for; Twilio confirms its own words, and after a stop nothing is sent."""
    keyword = find_keyword(sms.body)
    if keyword is Keyword.stop:
        await opt_out(session, sms.sender, now=now)
        await _stop_waiting(session, sms, now)
        return True
    if keyword is Keyword.start and await find_opted_out(session, {sms.sender}):
        await opt_in(session, sms.sender)
        return True
    if keyword is Keyword.help:
        language = await _language_of(session, sms)
        await _notify(session, sms, twilio_texts().text("sms.help", language, company=parts.settings.company), now)
        return True
    return False


async def _stop_waiting(session: AsyncSession, sms: IncomingSms, now: datetime) -> None:
    """Whom we may not write to any more does not wait for an answer, unless for a call; an agent is told."""
    conversation = await find_open_by_address(session, Channel.SMS, sms.sender)
    if conversation is None:
        return
    await lock(session, conversation)
    callback = await find_open_callback(session, conversation.id)
    if conversation.status is ConversationStatus.ACTIVE:
        text = twilio_texts().text("sms.stopped", conversation.language)
        await post_message(session, conversation, NewMessage(Sender.SYSTEM, text), now)
    elif conversation.status in WAITING and (callback is None or callback.way is not CallbackWay.CALL):
        await close_conversation(session, conversation, now, why="abandoned")


async def _converse(session: AsyncSession, parts: Parts, sms: IncomingSms, now: datetime) -> UUID | None:
    try:
        async with session.begin_nested():
            known = await find_open_by_address(session, Channel.SMS, sms.sender)
            ended = None if known else await find_reopenable(session, sms.sender, sms.body)
            if ended is not None:
                with contextlib.suppress(ConversationClosed):  # It ended too long ago.
                    return await _receive(session, parts, ended, sms, now)
            return await _receive(session, parts, known or await _open(session, sms, now), sms, now)
    except EmptyMessage:
        notice = twilio_texts().text("sms.no_text", await _language_of(session, sms))
    except MessageTooLong:
        notice = twilio_texts().text("sms.too_long", await _language_of(session, sms), limit=MAX_LENGTH)
    await _notify(session, sms, notice, now)
    return None


async def _receive(
    session: AsyncSession, parts: Parts, conversation: Conversation, sms: IncomingSms, now: datetime
) -> UUID:
    pepper = parts.settings.code_pepper.get_secret_value()
    await receive_or_reopen(session, conversation, client_msg_id=sms.message_sid, text=sms.body, pepper=pepper, now=now)
    return conversation.id


async def _open(session: AsyncSession, sms: IncomingSms, now: datetime) -> Conversation:
    conversation, _ = await open_conversation(
        session, channel=Channel.SMS, language=likely_language(sms.sender), address=sms.sender, now=now
    )
    return conversation


async def _language_of(session: AsyncSession, sms: IncomingSms) -> str:
    conversation = await find_open_by_address(session, Channel.SMS, sms.sender)
    return conversation.language if conversation else likely_language(sms.sender)


async def _notify(session: AsyncSession, sms: IncomingSms, body: str, now: datetime) -> None:
    key = f"sms-notice:{sms.message_sid}"
    await session.run_sync(lambda sync: enqueue_sms(sync, recipient=sms.sender, body=body, dedupe_key=key, now=now))
