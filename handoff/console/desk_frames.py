"""What a console's socket tells of eyes: who looks at a conversation, how far each side has read, what has arrived."""

from uuid import UUID

from sqlalchemy import select

from billing.db import JsonObject
from handoff.agents.models import Agent, Role
from handoff.console.access import get_readable
from handoff.console.delivery import states_of
from handoff.console.viewing import View
from handoff.conversations.models import Conversation, Message, Sender
from handoff.conversations.seen import Side, mark_seen
from handoff.db import reading, unbroken
from handoff.deps import Parts
from handoff.errors import ConversationNotFound
from handoff.live import Signal, agent_stream

_MOST_STATES = 50


class Desk:
    """One open console's part in it."""

    def __init__(self, parts: Parts, agent: Agent) -> None:
        self._parts = parts
        self._agent = agent

    @unbroken
    async def look(self, conversation_id: UUID | None) -> None:
        """The console shows this conversation, or none; what the agent may not read is none."""
        shown = conversation_id if conversation_id and await self._may_read(conversation_id) else None
        self._show(shown)

    def leave(self) -> None:
        """The console is gone."""
        self._show(None)

    @unbroken
    async def see(self, conversation_id: UUID, seq: int) -> None:
        """Note how far the agent has read; a supervisor who reads along has not read for the one who answers."""
        async with reading(self._parts.sessions) as session:
            conversation = await session.get(Conversation, conversation_id)
        if conversation is None or conversation.agent_id != self._agent.id or conversation.agent_seen_seq >= seq:
            return
        async with self._parts.sessions.begin() as session:
            await mark_seen(session, conversation_id, Side.AGENT, seq)

    async def frame_of(self, signal: Signal) -> JsonObject | None:
        """Return what the signal stands for, if it is one of these."""
        match signal.kind:
            case "viewers":
                return self._viewers(UUID(signal.conversation_id))
            case "seen":
                return await self._seen(UUID(signal.conversation_id))
            case "delivery":
                return await self._deliveries(UUID(signal.conversation_id))
            case "actions":
                return {"type": "actions.changed", "conversation_id": signal.conversation_id}
            case "approvals" if self._agent.role is Role.SUPERVISOR:
                return {"type": "approvals.changed"}
        return None

    def _show(self, conversation_id: UUID | None) -> None:
        """Tell those who look at the same conversation: to all others it is neither news nor their business."""
        live, now = self._parts.live, self._parts.clock.now()
        for changed in live.viewing.look(View(self._agent.id, id(self), self._agent.name, conversation_id), now):
            for agent_id in live.viewing.agent_ids(changed, now):
                live.notify(agent_stream(agent_id), Signal("viewers", conversation_id=str(changed)))

    def _viewers(self, conversation_id: UUID) -> JsonObject:
        names = self._parts.live.viewing.names(conversation_id, self._parts.clock.now(), without=self._agent.id)
        return {"type": "viewers", "conversation_id": str(conversation_id), "names": names}

    async def _may_read(self, conversation_id: UUID) -> bool:
        async with reading(self._parts.sessions) as session:
            try:
                await get_readable(session, self._agent, conversation_id, self._parts.clock.now())
            except ConversationNotFound:
                return False
        return True

    @unbroken
    async def _seen(self, conversation_id: UUID) -> JsonObject:
        async with reading(self._parts.sessions) as session:
            conversation = await session.get_one(Conversation, conversation_id)
        seen = {"customer": conversation.customer_seen_seq, "agent": conversation.agent_seen_seq}
        return {"type": "seen", "conversation_id": str(conversation_id), **seen}

    @unbroken
    async def _deliveries(self, conversation_id: UUID) -> JsonObject:
        async with reading(self._parts.sessions) as session:
            conversation = await session.get_one(Conversation, conversation_id)
            ours = select(Message.seq).where(
                Message.conversation_id == conversation_id, Message.sender != Sender.CUSTOMER
            )
            newest = (await session.scalars(ours.order_by(Message.seq.desc()).limit(_MOST_STATES))).all()
            states = await states_of(session, conversation, newest)
        shown = [{"seq": seq, "state": states[seq]} for seq in sorted(states)]
        return {"type": "delivery", "conversation_id": str(conversation_id), "states": shown}
