"""Who handed a conversation on, and the note that the next agent sees first."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent
from handoff.console.models import ConversationNote
from handoff.console.notes import TRANSFER
from handoff.console.schemas import TransferOut
from handoff.contact_log import ContactEvent, ContactEventKind

_DECISIVE = (ContactEventKind.REQUESTED, ContactEventKind.TRANSFERRED, ContactEventKind.RETURNED_TO_BOT)


async def find_transfer(session: AsyncSession, conversation_id: UUID) -> TransferOut | None:
    """Return the last transfer, unless the customer has been back with the assistant since.

    It comes from whoever decided it: the agent who had the customer, or a supervisor.
    """
    wanted = select(ContactEvent).where(
        ContactEvent.conversation_id == conversation_id, ContactEvent.kind.in_(_DECISIVE)
    )
    event = await session.scalar(wanted.order_by(ContactEvent.number.desc()).limit(1))
    if event is None or event.kind is not ContactEventKind.TRANSFERRED or event.agent_id is None:
        return None
    decided_by = event.details.get("by")
    giver_id = UUID(decided_by) if isinstance(decided_by, str) else event.agent_id
    name = await session.scalar(select(Agent.name).where(Agent.id == giver_id))
    note = select(ConversationNote.text).where(
        ConversationNote.conversation_id == conversation_id,
        ConversationNote.agent_id == event.agent_id,
        ConversationNote.written_at == event.happened_at,
        ConversationNote.client_note_id.startswith(TRANSFER),
    )
    text = await session.scalar(note.order_by(ConversationNote.after_seq.desc()).limit(1))
    return TransferOut(from_name=name or "", note=text, at=event.happened_at)
