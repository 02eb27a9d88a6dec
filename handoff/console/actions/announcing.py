"""Who hears of an action: the customer in the conversation, the agents' consoles, the supervisors' approvals."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from billing.adjustments.adjustment import Adjusted
from handoff.console.actions import wording
from handoff.console.actions.models import AgentAction
from handoff.conversations.models import Conversation, Sender
from handoff.conversations.posting import NewMessage, post_message
from handoff.db import touch
from handoff.live import CONSOLES_STREAM, Signal, agent_stream


async def tell_customer(session: AsyncSession, conversation: Conversation, adjusted: Adjusted, now: datetime) -> None:
    """Say in the conversation, in its language, what was done; it must be locked."""
    told = NewMessage(Sender.SYSTEM, wording.event(adjusted, conversation.language))
    await post_message(session, conversation, told, now)


def announce_action(session: AsyncSession, conversation: Conversation, action: AgentAction) -> None:
    """After the commit: the asking agent, whoever has the conversation now, and the supervisors if they decide it."""
    changed = Signal("actions", conversation_id=str(conversation.id))
    for agent_id in {action.agent_id, conversation.agent_id} - {None}:
        touch(session, agent_stream(agent_id), changed)
    if action.expires_at is not None:
        touch(session, CONSOLES_STREAM, Signal("approvals"))
