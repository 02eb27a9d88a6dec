"""How far each message to the customer has got: stored, on its way to a phone, arrived, seen."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.outbox import OutboxMessage, OutboxStatus
from handoff.channels.twilio.models import SmsDelivery
from handoff.conversations.models import Channel, Conversation, Sender
from handoff.conversations.reading import list_messages
from handoff.conversations.schemas import MessageOut, MessageState
from handoff.db import touch
from handoff.live import Signal, agent_stream

_KEY: Final = "message"
_REPORTED: Final[Mapping[str, MessageState]] = {
    "accepted": "sending",
    "scheduled": "sending",
    "queued": "sending",
    "sending": "sending",
    "sent": "sent",
    "delivered": "delivered",
    "partially_delivered": "delivered",
    "read": "seen",
    "canceled": "undelivered",
    "failed": "undelivered",
    "undelivered": "undelivered",
}
_UNREPORTED: Final[Mapping[OutboxStatus, MessageState]] = {
    OutboxStatus.PENDING: "sending",
    OutboxStatus.SENDING: "sending",
    OutboxStatus.SENT: "sent",
    OutboxStatus.FAILED: "undelivered",
}


async def list_with_states(
    session: AsyncSession, conversation: Conversation, seqs: Iterable[int] | None = None
) -> list[MessageOut]:
    """Return the messages as an agent sees them; what the customer says has no state."""
    messages = await list_messages(session, conversation.id, seqs)
    states = await states_of(session, conversation, [m.seq for m in messages if m.sender is not Sender.CUSTOMER])
    return [message.model_copy(update={"state": states.get(message.seq)}) for message in messages]


async def states_of(session: AsyncSession, conversation: Conversation, seqs: Sequence[int]) -> dict[int, MessageState]:
    if conversation.channel is Channel.SMS:
        return await _states_of_texts(session, conversation.id, seqs)
    seen = conversation.customer_seen_seq
    return {seq: "seen" if seq <= seen else "sent" for seq in seqs}


async def announce_delivery(session: AsyncSession, provider_sid: str) -> None:
    """Tell the agent who holds the conversation that one of its text messages has got further, or nowhere."""
    wanted = select(OutboxMessage.dedupe_key).where(OutboxMessage.provider_sid == provider_sid)
    await announce_state(session, await session.scalar(wanted))


async def announce_state(session: AsyncSession, dedupe_key: str | None) -> None:
    """The same, for whoever knows the key of the message; keys that are no conversation's are passed over."""
    kind, _, rest = (dedupe_key or "").partition(":")
    if kind != _KEY:
        return
    conversation = await session.get(Conversation, UUID(rest.partition(":")[0]))
    if conversation is not None and conversation.agent_id is not None:
        touch(session, agent_stream(conversation.agent_id), Signal("delivery", conversation_id=str(conversation.id)))


async def _states_of_texts(
    session: AsyncSession, conversation_id: UUID, seqs: Sequence[int]
) -> dict[int, MessageState]:
    keys = {f"{_KEY}:{conversation_id}:{seq}": seq for seq in seqs}
    wanted = (
        select(OutboxMessage.dedupe_key, OutboxMessage.status, SmsDelivery.status.label("reported"))
        .outerjoin(SmsDelivery, SmsDelivery.provider_sid == OutboxMessage.provider_sid)
        .where(OutboxMessage.dedupe_key.in_(keys))
    )
    rows = await session.execute(wanted)
    return {keys[row.dedupe_key]: _REPORTED.get(row.reported) or _UNREPORTED[row.status] for row in rows}
