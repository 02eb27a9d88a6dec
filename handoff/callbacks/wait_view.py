"""What the website's waiting card shows."""

from datetime import datetime
from math import inf
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, AgentSkill, Presence
from handoff.callbacks.finding import find_open_callback
from handoff.callbacks.models import Callback, CallbackWay
from handoff.callbacks.offering import WANTS_CALLBACK, Waited, is_offered
from handoff.callbacks.phones import ending_of, find_phone
from handoff.callbacks.slots import offered_slots
from handoff.conversations.models import Conversation
from handoff.conversations.schemas import CallbackOut, WaitOut
from handoff.opening_hours import is_open, next_opening
from handoff.routing.announcement_rules import BUCKETS
from handoff.routing.estimate import bucket_end
from handoff.routing.models import QueueEntry
from handoff.routing.queues import queues_of
from handoff.routing.standings import is_overtaken


async def wait_out(
    session: AsyncSession, conversation: Conversation, entry: QueueEntry | None, now: datetime
) -> WaitOut | None:
    """Return None when nobody waits; `entry` is the open one of the conversation."""
    if entry is None:
        return None
    settings = queues_of(session)[entry.queue]
    open_now = is_open(settings, now)
    offered = is_offered(await _waited(session, entry, open_now), settings, now)
    callback = await find_open_callback(session, conversation.id)
    phone = await find_phone(session, conversation, now)
    slots = offered_slots(settings, now) if offered or callback else []
    return WaitOut(
        bucket=_known(entry.announced_bucket),
        raised=entry.raised_in_row > 0,
        overtaken=await is_overtaken(session, entry, now),
        callback_offered=offered,
        opens_at=None if open_now else next_opening(settings, now),
        callback=_callback_out(callback, entry, now) if callback else None,
        phone_ending=ending_of(phone) if phone else None,
        slots=[slot.start for slot in slots],
    )


async def _waited(session: AsyncSession, entry: QueueEntry, open_now: bool) -> Waited:
    code = entry.announced_bucket
    end = bucket_end(code) if code else None
    return Waited(
        requested_at=entry.requested_at,
        upper_seconds=end if end is not None or code is None else inf,
        raised_in_row=entry.raised_in_row,
        is_open=open_now,
        language_on_duty=await _is_on_duty(session, entry.language),
        asked_for=entry.reason == WANTS_CALLBACK,
    )


async def _is_on_duty(session: AsyncSession, language: str) -> bool:
    wanted = (
        select(Agent.id)
        .join(AgentSkill, AgentSkill.agent_id == Agent.id)
        .where(AgentSkill.skill == f"language:{language}", Agent.presence != Presence.OFFLINE)
    )
    return await session.scalar(wanted.limit(1)) is not None


def _callback_out(callback: Callback, entry: QueueEntry, now: datetime) -> CallbackOut:
    is_later = entry.not_before is not None and entry.not_before > now
    return CallbackOut(
        status=callback.status,
        way="call" if callback.way == "call" else "message",
        slot_from=entry.not_before if is_later else None,
        attempts=callback.attempts,
        phone_ending=ending_of(callback.phone) if callback.phone and callback.way is CallbackWay.CALL else None,
    )


def _known(code: str | None) -> Literal["lt1", "1_2", "2_5", "5_10", "gt10"] | None:
    # A code of an older release is no range any more.
    return code if code in BUCKETS else None  # type: ignore[return-value]  # the Literal spells BUCKETS out
