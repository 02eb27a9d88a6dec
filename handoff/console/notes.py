"""Notes beside a conversation: agents and supervisors read them, customers never do."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, Role
from handoff.console.models import ConversationNote
from handoff.console.schemas import NoteOut
from handoff.conversations.models import Conversation
from handoff.conversations.posting import lock
from handoff.conversations.redaction import redact_numbers
from handoff.conversations.service import clean_text, require_client_msg_id
from handoff.events import append_event
from handoff.live import agent_stream

NOTE_ADDED: Final = "note.added"
# How the id of a note begins that goes with a hand-over; such ids are made here, not by consoles.
TRANSFER: Final = "transfer:"

Written = tuple[ConversationNote, bool]


async def add_note(
    session: AsyncSession, agent: Agent, conversation: Conversation, *, client_note_id: str, text: str, now: datetime
) -> Written:
    """Store the note once and tell who holds the conversation; True when it stood there before."""
    require_client_msg_id(client_note_id)
    await lock(session, conversation)
    own = (ConversationNote.conversation_id == conversation.id, ConversationNote.agent_id == agent.id)
    known = await session.scalar(
        select(ConversationNote).where(*own, ConversationNote.client_note_id == client_note_id)
    )
    if known is not None:
        return known, True
    note = await store_note(session, agent, conversation, client_note_id=client_note_id, text=text, now=now)
    await announce_note(session, note, conversation.agent_id or agent.id, now)
    return note, False


async def store_note(
    session: AsyncSession, agent: Agent, conversation: Conversation, *, client_note_id: str, text: str, now: datetime
) -> ConversationNote:
    """Write the note down, beside the conversation as it stands; card numbers are not kept."""
    note = ConversationNote(
        conversation_id=conversation.id,
        agent_id=agent.id,
        client_note_id=client_note_id,
        after_seq=conversation.last_seq,
        text=redact_numbers(clean_text(text)),
        written_at=now,
    )
    session.add(note)
    await session.flush()
    return note


async def announce_note(session: AsyncSession, note: ConversationNote, holder_id: UUID, now: datetime) -> None:
    """Tell its author's consoles and those of the agent who holds the conversation."""
    for stream in sorted({agent_stream(note.agent_id), agent_stream(holder_id)}):
        append_event(session, stream, NOTE_ADDED, str(note.id), now=now)


async def list_notes(session: AsyncSession, conversation_id: UUID, reader_id: UUID) -> list[NoteOut]:
    wanted = select(ConversationNote, Agent).join(Agent, Agent.id == ConversationNote.agent_id)
    here = wanted.where(ConversationNote.conversation_id == conversation_id)
    rows = await session.execute(here.order_by(ConversationNote.written_at, ConversationNote.id))
    return [_note_out(note, author, reader_id) for note, author in rows]


async def note_out(session: AsyncSession, note: ConversationNote, reader_id: UUID) -> NoteOut:
    return _note_out(note, await session.get_one(Agent, note.agent_id), reader_id)


def _note_out(note: ConversationNote, author: Agent, reader_id: UUID) -> NoteOut:
    return NoteOut(
        id=note.id,
        client_note_id=note.client_note_id,
        kind=_kind(note, author),
        agent_name=author.name,
        mine=author.id == reader_id,
        after_seq=note.after_seq,
        text=note.text,
        written_at=note.written_at,
    )


def _kind(note: ConversationNote, author: Agent) -> Literal["note", "transfer", "whisper"]:
    if note.client_note_id.startswith(TRANSFER):
        return "transfer"
    return "whisper" if author.role is Role.SUPERVISOR else "note"
