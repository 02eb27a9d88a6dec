"""What an agent says of a call: whether the customer was reached."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent
from handoff.callbacks import attempts, reaching
from handoff.callbacks.errors import CallbackNotFound
from handoff.callbacks.models import Callback, CallbackStatus
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.conversations.posting import lock
from handoff.deps import CurrentAgent, NowDep, ReadSessionDep, SessionDep
from handoff.errors import NotYourConversation

router = APIRouter()


class AgentCallbackOut(BaseModel):
    """The call that an agent is to make; `attempts` counts the tries that nobody answered."""

    id: UUID
    conversation_id: UUID
    status: CallbackStatus
    way: Literal["call", "message"]
    phone: str | None
    attempts: int
    requested_at: datetime
    slot_from: datetime | None

    @classmethod
    def from_model(cls, callback: Callback, *, is_own: bool = True) -> "AgentCallbackOut":
        """Whoever has it no more sees no number: a promise is repeated to them, and nothing told."""
        return cls(
            id=callback.id,
            conversation_id=callback.conversation_id,
            status=callback.status,
            way="call" if callback.way == "call" else "message",
            phone=callback.phone if is_own else None,
            attempts=callback.attempts,
            requested_at=callback.requested_at,
            slot_from=callback.slot_from,
        )


class OutcomeIn(BaseModel):
    reached: bool


@router.get("/api/console/callbacks")
async def list_calls(agent: CurrentAgent, session: ReadSessionDep) -> list[AgentCallbackOut]:
    """Return the calls that the agent is to make, with the numbers."""
    wanted = (
        select(Callback)
        .join(Conversation, Conversation.id == Callback.conversation_id)
        .where(Callback.status == CallbackStatus.CALLING, Conversation.agent_id == agent.id)
        .order_by(Callback.requested_at, Callback.id)
    )
    return [AgentCallbackOut.from_model(callback) for callback in await session.scalars(wanted)]


@router.post("/api/console/callbacks/{callback_id}/outcome")
async def tell_outcome(
    callback_id: UUID, outcome: OutcomeIn, agent: CurrentAgent, session: SessionDep, now: NowDep
) -> AgentCallbackOut:
    """Telling it twice is telling it once."""
    callback, conversation = await _lock_own(session, callback_id, agent, now)
    if callback.status is CallbackStatus.CALLING:
        if conversation.status is not ConversationStatus.ACTIVE or conversation.agent_id != agent.id:
            raise NotYourConversation
        act = reaching.reached if outcome.reached else reaching.not_reached
        await act(session, conversation, callback, now)
    return AgentCallbackOut.from_model(callback, is_own=conversation.agent_id == agent.id)


async def _lock_own(
    session: AsyncSession, callback_id: UUID, agent: Agent, now: datetime
) -> tuple[Callback, Conversation]:
    """Return the callback as it is now; its conversation stays locked."""
    callback = await session.get(Callback, callback_id)
    if callback is None:
        raise CallbackNotFound
    conversation = await session.get_one(Conversation, callback.conversation_id)
    await lock(session, conversation)
    await session.refresh(callback)
    if callback.status is CallbackStatus.WAITING and conversation.agent_id == agent.id:
        # The agent was faster than the loop that follows callbacks.
        await attempts.follow(session, conversation, callback, now)
    return callback, conversation
