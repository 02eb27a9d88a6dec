"""Sends what an agent must hear whose page sleeps, and notices when a browser does not answer."""

import asyncio
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
from handoff.push.carrier import PATIENCE_SECONDS, DeviceGone, PushCarrier, PushFailed
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
        return await send_due(sessions, carrier, clock)

    return DueLoop("push", work, live, clock, longest_pause=LONGEST_PAUSE)


async def send_due(sessions: Sessions, carrier: PushCarrier, clock: Clock) -> datetime | None:
    """Send what is due and give up on what was not heard; return when to look again, None while nobody has a device."""
    now = clock.now()
    async with reading(sessions) as session:
        if not await session.scalar(select(exists().select_from(PushDevice))):
            return None
        unheard = select(PushMessage.id).where(PushMessage.heard_at.is_(None), ~PushMessage.is_lost)
        lost = (await session.scalars(unheard.where(PushMessage.sent_at <= now - PATIENCE))).all()
        due = await _list_due(session, now)
    await do_each((partial(_lose, sessions, message_id, now) for message_id in lost), now)
    # At once: a push service that does not answer must not keep what others would take.
    await asyncio.gather(*(do_each([partial(_send, sessions, carrier, each, clock)], now) for each in due))
    return clock.now() + LOOKS_EVERY


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
    is_new = PushDevice.added_at > now - PATIENCE
    ends_soon = PushDevice.works_until.between(now, now + ASKS_BEFORE) & _sleeps(now)
    wanted = (
        select(PushDevice, Agent.language)
        .join(Agent, Agent.id == PushDevice.agent_id)
        .where(or_(Agent.presence == Presence.AVAILABLE, _has_customers()), is_new | ends_soon)
    )
    rows = await session.execute(wanted)
    return (
        Due(device, language, "check", f"check:{_asked_since(device, now).isoformat()}") for device, language in rows
    )


def _has_customers() -> ColumnElement[bool]:
    return exists().where(Conversation.agent_id == Agent.id, Conversation.status == ConversationStatus.ACTIVE)


def _asked_since(device: PushDevice, now: datetime) -> datetime:
    """Return what makes this check another one than the last."""
    is_new = device.added_at > now - PATIENCE
    return device.added_at if is_new or device.works_until is None else device.works_until


async def _send(sessions: Sessions, carrier: PushCarrier, due: Due, clock: Clock) -> None:
    now = clock.now()
    async with sessions.begin() as session:
        message = PushMessage(device_id=due.device.id, subject=due.subject, sent_at=now, is_lost=False)
        session.add(message)
        await forget_old(session, now)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await carrier.send(due.device, due.content(message.id))
    except DeviceGone:
        async with sessions.begin() as session:
            await forget_device(session, due.device.agent_id, due.device.endpoint, now)
    except (PushFailed, TimeoutError):
        await _lose(sessions, message.id, clock.now())


async def _lose(sessions: Sessions, message_id: UUID, now: datetime) -> None:
    async with sessions.begin() as session:
        await lose(session, message_id, now)
