"""Phone calls outside their socket: a call is announced, its socket opened with a one-time token, and the call ends."""

import hashlib
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from billing.db import insert_if_absent
from handoff.agents.models import Agent
from handoff.callbacks.finding import find_open_callback
from handoff.callbacks.lost_callers import keep_lost_caller
from handoff.callbacks.ringing_again import note_cut_off
from handoff.channels.twilio import twiml
from handoff.channels.twilio.config import TwilioConfig, twilio_config
from handoff.channels.twilio.models import VoiceCall
from handoff.channels.twilio.phone_numbers import find_e164
from handoff.channels.twilio.relay_frames import Setup
from handoff.channels.twilio.signature import WEBSOCKET_SCHEMES
from handoff.channels.twilio.texts import twilio_texts
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.conversations.posting import lock
from handoff.conversations.service import choose_language, close_conversation, open_conversation
from handoff.deps import Parts
from handoff.routing.queues import queues_of
from handoff.wrap_up.closing import close_active

TOKEN_LIFE = timedelta(seconds=60)
MAX_RECONNECTS = 2
# A socket that held this long was no failed try.
SOUND_AFTER = timedelta(minutes=1)
MOST_ATTEMPTS = 5
SOCKET_LOST = "64105"
OVER = (ConversationStatus.CLOSED, ConversationStatus.WRAP_UP)


async def answer_call(parts: Parts, call_sid: str) -> str:
    """Announce the call and return the document that makes Twilio open its socket."""
    language = parts.settings.twilio_voice_language
    greeting = twilio_texts().text("voice.greeting", language, company=parts.settings.company)
    async with parts.sessions.begin() as session:
        token = await _announce(session, call_sid, language, parts.clock.now())
    return _connect(twilio_config(parts.settings), language, token, greeting)


def answer_soon(parts: Parts, attempt: int) -> str:
    """Return the document that lets the caller wait a moment and Twilio ask again, a few times."""
    language = parts.settings.twilio_voice_language
    if attempt >= MOST_ATTEMPTS:
        return twiml.say_and_hang_up("voice.unavailable", language)
    again = f"{parts.settings.public_url.rstrip('/')}/twilio/voice?attempt={attempt + 1}"
    return twiml.ask_again("voice.one_moment", language, again)


async def redeem_token(session: AsyncSession, setup: Setup, *, now: datetime) -> VoiceCall | None:
    """Return the call whose token this is; a token works once, within its minute, for its own call."""
    ours = (VoiceCall.call_sid == setup.call_sid, VoiceCall.token_hash == _hashed(setup.token))
    unused = (VoiceCall.token_used_at.is_(None), VoiceCall.token_expires_at > now)
    redeemed = update(VoiceCall).where(*ours, *unused).values(token_used_at=now).returning(VoiceCall)
    return (await session.scalars(redeemed)).one_or_none()


async def conversation_of_call(session: AsyncSession, call: VoiceCall, setup: Setup, now: datetime) -> Conversation:
    """Return the call's conversation, opened with its first socket. The number it comes from proves nothing."""
    if call.conversation_id is not None:
        return await session.get_one(Conversation, call.conversation_id)
    conversation, _ = await open_conversation(
        session, channel=Channel.VOICE, language=call.language, address=find_e164(setup.caller), now=now
    )
    # What is heard is always written down in the language of the line: guessing one from it would mislead.
    await choose_language(session, conversation, call.language, now)
    call.conversation_id = conversation.id
    return conversation


async def end_of_socket(parts: Parts, form: FormData) -> str:
    """A lost socket is opened again for the same call, twice at most; otherwise the call is over."""
    now = parts.clock.now()
    async with parts.sessions.begin() as session:
        call = await session.get(VoiceCall, str(form.get("CallSid", "")), with_for_update=True)
        if call is None:
            return twiml.hang_up()
        is_lost = form.get("ErrorCode") == SOCKET_LOST and form.get("CallStatus") == "in-progress"
        if call.token_used_at is not None and now - call.token_used_at >= SOUND_AFTER:
            call.reconnects = 0
        if is_lost and call.reconnects < MAX_RECONNECTS:
            call.reconnects += 1
            return _connect(twilio_config(parts.settings), call.language, _renew_token(call, now), None)
        return await _end(session, call, now, is_lost=is_lost)


async def _announce(session: AsyncSession, call_sid: str, language: str, now: datetime) -> str:
    """Twilio may ask twice about one call; the later token counts."""
    fresh = {"call_sid": call_sid, "language": language, "token_hash": "", "token_expires_at": now, "reconnects": 0}
    await session.run_sync(insert_if_absent, VoiceCall, fresh | {"token_hash": _hashed(call_sid)})
    call = await session.get_one(VoiceCall, call_sid, with_for_update=True)
    return _renew_token(call, now)


def _renew_token(call: VoiceCall, now: datetime) -> str:
    token = secrets.token_urlsafe(24)
    call.token_hash, call.token_expires_at, call.token_used_at = _hashed(token), now + TOKEN_LIFE, None
    return token


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _connect(config: TwilioConfig, language: str, token: str, greeting: str | None) -> str:
    public = urlsplit(config.public_url)
    relay = public._replace(scheme=WEBSOCKET_SCHEMES[public.scheme], path=f"{public.path.rstrip('/')}/twilio/relay")
    ended_url = f"{config.public_url.rstrip('/')}/twilio/voice/ended"
    return twiml.connect_relay(twiml.RelayCall(relay.geturl(), ended_url, language, token, greeting))


async def _end(session: AsyncSession, call: VoiceCall, now: datetime, *, is_lost: bool) -> str:
    conversation = await session.get(Conversation, call.conversation_id) if call.conversation_id else None
    if conversation is not None:
        await lock(session, conversation)  # An agent may be closing it right now.
        if await end_line(session, conversation, now, is_lost=is_lost):
            return twiml.say_and_hang_up("voice.lost", conversation.language)
    return twiml.say_and_hang_up("voice.unavailable", call.language) if is_lost else twiml.hang_up()


async def end_line(session: AsyncSession, conversation: Conversation, now: datetime, *, is_lost: bool) -> bool:
    """The line of a call is dead; the conversation must be locked. Return whether the caller will be called for it.

    That is whoever did not end it themselves and had asked for a person.
    """
    if is_lost and await keep_lost_caller(session, conversation, now):
        return True
    await _close(session, conversation, now)
    return False


async def _close(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    """The agent of a call that the caller ended has the time to note what must be noted."""
    if conversation.status in OVER or await find_open_callback(session, conversation.id) is not None:
        return  # Who was promised a call hangs up and waits for it.
    if conversation.status is ConversationStatus.ACTIVE and conversation.agent_id is not None:
        agent = await session.get_one(Agent, conversation.agent_id)
        await close_active(session, conversation, agent, queues_of(session), now)
        return
    await note_cut_off(session, conversation, now)
    await close_conversation(session, conversation, now, why="abandoned")
