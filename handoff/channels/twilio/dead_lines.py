"""Finds calls that have no line any more although nobody has told us of their end: we were down when it came."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import select

from billing.clock import Clock
from handoff.callbacks.models import Callback, CallbackStatus
from handoff.channels.twilio.models import VoiceCall
from handoff.channels.twilio.voice import end_line
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.conversations.posting import lock
from handoff.conversations.silence import Silence
from handoff.db import Sessions, reading, unbroken
from handoff.due_loop import DueLoop, do_each
from handoff.live import LiveEvents
from handoff.routing.queues import Queues

LONGEST_PAUSE: Final = 10.0
# As long as a call's token is good for another socket, and a little more.
DEAD_AFTER: Final = timedelta(seconds=90)
_WITH_PEOPLE: Final = (ConversationStatus.QUEUED, ConversationStatus.OFFERED, ConversationStatus.ACTIVE)


def make_loop(sessions: Sessions, live: LiveEvents, clock: Clock, _queues: Queues) -> DueLoop:
    lines = DeadLines(sessions, live)

    async def work() -> datetime | None:
        await lines.clear(clock.now())
        return None

    return DueLoop("dead lines", work, live, clock, longest_pause=LONGEST_PAUSE)


class DeadLines:
    def __init__(self, sessions: Sessions, live: LiveEvents) -> None:
        self._sessions = sessions
        self._silence = Silence(live)

    async def clear(self, now: datetime) -> None:
        """Call back, or let go, whoever has had no line for too long."""
        silent = self._silence.note(await self._list_calls(), now)
        dead = [each for each, since in silent.items() if now - since >= DEAD_AFTER]
        await do_each((partial(self._end, each, now) for each in dead), now)

    @unbroken
    async def _list_calls(self) -> Sequence[UUID]:
        """Return who is on the phone with people; whom we have called, or are to call, has no line to us."""
        ours = (Callback.conversation_id == Conversation.id, Callback.status != CallbackStatus.CANCELLED)
        called = select(Callback.id).where(*ours).exists()
        on_phone = (Conversation.channel == Channel.VOICE, Conversation.status.in_(_WITH_PEOPLE))
        async with reading(self._sessions) as session:
            return (await session.scalars(select(Conversation.id).where(*on_phone, ~called))).all()

    @unbroken
    async def _end(self, conversation_id: UUID, now: datetime) -> None:
        call = select(VoiceCall.call_sid).where(VoiceCall.conversation_id == conversation_id).limit(1)
        async with reading(self._sessions) as session:
            if await session.scalar(call) is None:
                return
        async with self._sessions.begin() as session:
            conversation = await session.get_one(Conversation, conversation_id)
            await lock(session, conversation)
            if conversation.status in _WITH_PEOPLE:
                await end_line(session, conversation, now, is_lost=True)
