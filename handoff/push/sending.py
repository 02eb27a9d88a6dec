"""Sends what an agent must hear whose page sleeps, and notices when a browser does not answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.clock import Clock
from handoff.agents.models import Agent, Presence
from handoff.agents.presence import PING_SECONDS
from handoff.conversations.models import Conversation, ConversationStatus, Message, Sender
from handoff.db import Sessions, reading, unbroken
from handoff.due_loop import DueLoop, do_each
from handoff.live import LiveEvents
from handoff.push.carrier import DeviceGone, PushCarrier, PushFailed
from handoff.push.models import PushDevice, PushMessage
from handoff.push.service import PATIENCE, forget_device, forget_old, lose
from handoff.routing.models import Offer, OfferStatus
from handoff.texts import server_texts

LONGEST_PAUSE: Final = 5.0
LOOKS_EVERY: Final = timedelta(seconds=1)
# One ping has not come: the page sleeps.
SLEEPS_AFTER: Final = timedelta(seconds=PING_SECONDS + 2)
ASKS_BEFORE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Due:
    """Something to be sent to one device: `kind` picks the words, `conversation_id` what a touch opens."""

    device: PushDevice
    language: str
    kind: str
    subject: str
    conversation_id: UUID | None = None

    def content(self, message_id: UUID) -> dict[str, str]:
        texts = server_texts()
        place = f"#conversation={self.conversation_id}" if self.conversation_id and self.kind == "message" else ""
        return {
            "id": str(message_id),
            "kind": self.kind,
            "title": texts.text(f"push.{self.kind}_title", self.language),
            "body": texts.text(f"push.{self.kind}_body", self.language),
            "tag": f"{self.kind}:{self.conversation_id or ''}",
            "open": f"/console/{place}",
        }


def make_loop(sessions: Sessions, live: LiveEvents, clock: Clock, carrier: PushCarrier) -> DueLoop:
    @unbroken
    async def work() -> datetime | None:
        return await send_due(sessions, carrier, clock.now())

    return DueLoop("push", work, live, clock, longest_pause=LONGEST_PAUSE)


async def send_due(sessions: Sessions, carrier: PushCarrier, now: datetime) -> datetime | None:
    """Send what is due and give up on what was not heard; return when to look again, None while nobody has a device."""
    async with reading(sessions) as session:
        if not await session.scalar(select(exists().select_from(PushDevice))):
            return None
        unheard = select(PushMessage.id).where(PushMessage.heard_at.is_(None), ~PushMessage.is_lost)
        lost = (await session.scalars(unheard.where(PushMessage.sent_at <= now - PATIENCE))).all()
        due = await _list_due(session, now)
    steps = [partial(_lose, sessions, message_id) for message_id in lost]
    await do_each([*steps, *(partial(_send, sessions, carrier, each, now) for each in due)], now)
    return now + LOOKS_EVERY


async def _list_due(session: AsyncSession, now: datetime) -> Sequence[Due]:
    found = [*await _offers(session, now), *await _messages(session, now), *await _checks(session, now)]
    subjects = [due.subject for due in found]
    sent = select(PushMessage.device_id, PushMessage.subject).where(PushMessage.subject.in_(subjects))
    done = {tuple(row) for row in await session.execute(sent)} if subjects else set()
    return [due for due in found if (due.device.id, due.subject) not in done]


def _sleeps(now: datetime) -> ColumnElement[bool]:
    return or_(Agent.seen_at.is_(None), Agent.seen_at <= now - SLEEPS_AFTER)


async def _offers(session: AsyncSession, now: datetime) -> Iterator[Due]:
    wanted = (
        select(PushDevice, Agent.language, Offer.id, Offer.conversation_id)
        .join(Agent, Agent.id == PushDevice.agent_id)
        .join(Offer, Offer.agent_id == Agent.id)
        .where(Offer.status == OfferStatus.PENDING, Offer.expires_at > now, _sleeps(now))
    )
    rows = await session.execute(wanted)
    return (Due(device, language, "offer", f"offer:{offer}", about) for device, language, offer, about in rows)


async def _messages(session: AsyncSession, now: datetime) -> Iterator[Due]:
    """Customers who have written since the agent last looked: one push, until they look again."""
    wanted = (
        select(PushDevice, Agent.language, Conversation.id, Conversation.agent_seen_seq)
        .join(Agent, Agent.id == PushDevice.agent_id)
        .join(Conversation, Conversation.agent_id == Agent.id)
        .where(Conversation.status == ConversationStatus.ACTIVE, _sleeps(now))
        .where(
            exists().where(
                Message.conversation_id == Conversation.id,
                Message.sender == Sender.CUSTOMER,
                Message.seq > Conversation.agent_seen_seq,
                Message.sent_at > PushDevice.added_at,
            )
        )
    )
    rows = await session.execute(wanted)
    return (Due(device, words, "message", f"message:{about}:{seen}", about) for device, words, about, seen in rows)


async def _checks(session: AsyncSession, now: datetime) -> Iterator[Due]:
    """A device that is new, and one of an available agent that was not heard of for long."""
    is_new = PushDevice.works_until.is_(None) & (PushDevice.added_at > now - PATIENCE)
    ends_soon = PushDevice.works_until.between(now, now + ASKS_BEFORE) & _sleeps(now)
    wanted = (
        select(PushDevice, Agent.language)
        .join(Agent, Agent.id == PushDevice.agent_id)
        .where(Agent.presence == Presence.AVAILABLE, is_new | ends_soon)
    )
    rows = await session.execute(wanted)
    return (
        Due(device, language, "check", f"check:{device.works_until or device.added_at:%Y%m%d%H%M%S}")
        for device, language in rows
    )


async def _send(sessions: Sessions, carrier: PushCarrier, due: Due, now: datetime) -> None:
    async with sessions.begin() as session:
        message = PushMessage(device_id=due.device.id, subject=due.subject, sent_at=now, is_lost=False)
        session.add(message)
        await forget_old(session, now)
    try:
        await carrier.send(due.device, due.content(message.id))
    except DeviceGone:
        async with sessions.begin() as session:
            await forget_device(session, due.device.agent_id, due.device.endpoint)
    except PushFailed:
        await _lose(sessions, message.id)


async def _lose(sessions: Sessions, message_id: UUID) -> None:
    async with sessions.begin() as session:
        await lose(session, message_id)
