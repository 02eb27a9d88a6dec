"""Files as messages of a conversation: each once, seen by the two who talk and by nobody else."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.db import JsonObject
from handoff.console.errors import FilesNeedChat, FilesNeedPerson, TooManyFiles
from handoff.console.file_store import StagedFile
from handoff.console.models import Attachment
from handoff.conversations.models import Channel, Conversation, ConversationStatus, Sender
from handoff.conversations.posting import NewMessage, lock, post_message
from handoff.errors import ConversationClosed, NotFound, NotYourConversation
from handoff.wrap_up import service as wrap_up

MOST_FILES: Final = 20
LONGEST_ID: Final = 80


async def send_as_customer(
    session: AsyncSession, conversation: Conversation, file: StagedFile, client_file_id: str, now: datetime
) -> Attachment:
    """Post the customer's file, once; only while a person is asked for or there."""
    await lock(session, conversation)
    known = await find_sent(session, conversation.id, Sender.CUSTOMER, client_file_id)
    if known is not None:
        return known
    await refuse_early(session, conversation)
    await wrap_up.reopen(session, conversation, now)
    return await _post(session, conversation, NewMessage(Sender.CUSTOMER, file.name), file, client_file_id, now)


async def send_as_agent(
    session: AsyncSession,
    conversation: Conversation,
    agent_id: UUID,
    file: StagedFile,
    client_file_id: str,
    now: datetime,
) -> Attachment:
    """Post the agent's file, once; only in a conversation that is theirs."""
    await lock(session, conversation)
    known = await find_sent(session, conversation.id, Sender.AGENT, client_file_id)
    if known is not None:
        return known
    await refuse_early(session, conversation)
    if conversation.status is not ConversationStatus.ACTIVE or conversation.agent_id != agent_id:
        raise NotYourConversation
    new = NewMessage(Sender.AGENT, file.name, agent_id=agent_id)
    return await _post(session, conversation, new, file, client_file_id, now)


async def refuse_early(session: AsyncSession, conversation: Conversation) -> None:
    """Raise when this conversation takes no file; asked once before the bytes are read and once under the lock."""
    if conversation.status is ConversationStatus.CLOSED:
        raise ConversationClosed
    if conversation.status is ConversationStatus.WITH_BOT:
        raise FilesNeedPerson
    if conversation.channel is not Channel.WEBCHAT:
        raise FilesNeedChat
    count = select(func.count()).select_from(Attachment).where(Attachment.conversation_id == conversation.id)
    if (await session.scalar(count) or 0) >= MOST_FILES:
        raise TooManyFiles(MOST_FILES)


async def find_sent(
    session: AsyncSession, conversation_id: UUID, sender: Sender, client_file_id: str
) -> Attachment | None:
    """Return what came under this id before."""
    wanted = select(Attachment).where(
        Attachment.conversation_id == conversation_id, Attachment.client_file_id == _key(sender, client_file_id)
    )
    return await session.scalar(wanted)


async def get_attachment(session: AsyncSession, attachment_id: UUID) -> Attachment:
    attachment = await session.get(Attachment, attachment_id)
    if attachment is None:
        raise NotFound
    return attachment


async def _post(
    session: AsyncSession,
    conversation: Conversation,
    new: NewMessage,
    file: StagedFile,
    client_file_id: str,
    now: datetime,
) -> Attachment:
    attachment = Attachment(
        id=uuid4(),
        conversation_id=conversation.id,
        client_file_id=_key(new.sender, client_file_id),
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        uploaded_at=now,
    )
    shown = NewMessage(
        new.sender, new.text, card=_card(attachment), client_msg_id=f"file:{client_file_id}", agent_id=new.agent_id
    )
    message = await post_message(session, conversation, shown, now)
    attachment.seq = message.seq
    session.add(attachment)
    await session.flush()
    return attachment


def _key(sender: Sender, client_file_id: str) -> str:
    """Customers and agents make up their ids without knowing of each other."""
    return f"{sender}:{client_file_id}"


def _card(attachment: Attachment) -> JsonObject:
    return {
        "type": "file",
        "id": str(attachment.id),
        "name": attachment.name,
        "size": attachment.size,
        "media_type": attachment.media_type,
    }
