"""Sending and fetching files: agents by their session, customers by the secret token of their conversation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import FileResponse

from handoff.console import attachments
from handoff.console.access import get_readable, refuse_others
from handoff.console.attachments import LONGEST_ID
from handoff.console.delivery import list_with_states
from handoff.console.file_store import FileStore, StagedFile
from handoff.console.models import Attachment
from handoff.conversations import service
from handoff.conversations.models import Conversation, Sender
from handoff.conversations.reading import get_conversation, list_messages
from handoff.conversations.schemas import MessageOut
from handoff.db import reading
from handoff.deps import AddressDep, CurrentAgent, NowDep, Parts, PartsDep, ReadSessionDep
from handoff.errors import ConversationNotFound, NotFound
from handoff.rate_limit import FILES_OF_ADDRESS, FILES_OF_CONVERSATION

router = APIRouter()

_BEARER = "bearer "
_ID = r"^[\x21-\x7e]+$"


@dataclass(frozen=True)
class Announced:
    """What the headers say of a file; the name is percent-encoded, as headers carry Latin letters only."""

    file_id: Annotated[str, Header(alias="x-file-id", max_length=LONGEST_ID, pattern=_ID)]
    name: Annotated[str, Header(alias="x-file-name", max_length=2000)]


def get_store(parts: PartsDep) -> FileStore:
    return FileStore(parts.settings.var / "attachments")


async def get_own_conversation(
    conversation_id: UUID, parts: PartsDep, authorization: Annotated[str, Header()] = ""
) -> Conversation:
    """Return the conversation whose token the customer shows; without it there is none."""
    token = authorization[len(_BEARER) :] if authorization.lower().startswith(_BEARER) else ""
    async with reading(parts.sessions) as session:
        conversation = await service.find_by_token(session, token)
    if conversation is None or conversation.id != conversation_id:
        raise ConversationNotFound
    return conversation


StoreDep = Annotated[FileStore, Depends(get_store)]
OwnConversation = Annotated[Conversation, Depends(get_own_conversation)]


@dataclass(frozen=True)
class Incoming:
    """A file that is about to be sent, and who sends it."""

    request: Request
    parts: PartsDep
    store: StoreDep
    announced: Annotated[Announced, Depends()]
    address: AddressDep
    now: NowDep

    def count_customers(self, conversation_id: UUID) -> None:
        self.parts.limits.take(FILES_OF_ADDRESS, self.address, self.now)
        self.parts.limits.take(FILES_OF_CONVERSATION, conversation_id, self.now)

    @asynccontextmanager
    async def received(self, sender: Sender, conversation_id: UUID) -> AsyncIterator[StagedFile]:
        address = self.address if sender is Sender.CUSTOMER else None
        async with self.parts.uploads.place((sender, conversation_id), address):
            content = await self.parts.uploads.read(self.request.stream())
            async with self.store.staged(content, self.announced.name) as file:
                yield file

    async def keep(self, file: StagedFile, sent: Attachment) -> None:
        """What came under a known id with other content is not kept."""
        if sent.sha256 == file.sha256:
            await self.store.keep(file)


IncomingDep = Annotated[Incoming, Depends()]


@router.post("/api/conversations/{conversation_id}/files", status_code=201)
async def post_customer_file(own: OwnConversation, incoming: IncomingDep) -> MessageOut:
    parts, file_id, now = incoming.parts, incoming.announced.file_id, incoming.now
    async with reading(parts.sessions) as session:
        sent = await attachments.find_sent(session, own.id, Sender.CUSTOMER, file_id)
        if sent is None:
            await attachments.refuse_early(session, own)
    if sent is None:
        incoming.count_customers(own.id)
        async with incoming.received(Sender.CUSTOMER, own.id) as file, parts.sessions.begin() as session:
            conversation = await get_conversation(session, own.id)
            sent = await attachments.send_as_customer(session, conversation, file, file_id, now)
            await incoming.keep(file, sent)
    return await _message(parts, sent, for_agent=False)


@router.post("/api/console/conversations/{conversation_id}/files", status_code=201)
async def post_agent_file(conversation_id: UUID, agent: CurrentAgent, incoming: IncomingDep) -> MessageOut:
    parts, file_id, now = incoming.parts, incoming.announced.file_id, incoming.now
    async with reading(parts.sessions) as session:
        await refuse_others(session, agent, conversation_id)
        conversation = await get_readable(session, agent, conversation_id, now)
        sent = await attachments.find_sent(session, conversation_id, Sender.AGENT, file_id)
        if sent is None:
            await attachments.refuse_early(session, conversation)
    if sent is None:
        async with incoming.received(Sender.AGENT, conversation_id) as file, parts.sessions.begin() as session:
            conversation = await get_conversation(session, conversation_id)
            sent = await attachments.send_as_agent(session, conversation, agent.id, file, file_id, now)
            await incoming.keep(file, sent)
    return await _message(parts, sent, for_agent=True)


@router.get("/api/conversations/{conversation_id}/files/{attachment_id}")
async def get_customer_file(
    attachment_id: UUID, own: OwnConversation, session: ReadSessionDep, store: StoreDep
) -> Response:
    attachment = await attachments.get_attachment(session, attachment_id)
    if attachment.conversation_id != own.id:
        raise NotFound
    return _download(attachment, store)


@router.get("/api/console/files/{attachment_id}")
async def get_agent_file(
    attachment_id: UUID, agent: CurrentAgent, session: ReadSessionDep, store: StoreDep, now: NowDep
) -> Response:
    attachment = await attachments.get_attachment(session, attachment_id)
    await get_readable(session, agent, attachment.conversation_id, now)
    return _download(attachment, store)


async def _message(parts: Parts, attachment: Attachment, *, for_agent: bool) -> MessageOut:
    async with reading(parts.sessions) as session:
        conversation = await get_conversation(session, attachment.conversation_id)
        seqs = [attachment.seq or 0]
        if for_agent:
            return (await list_with_states(session, conversation, seqs))[0]
        return (await list_messages(session, conversation.id, seqs))[0]


def _download(attachment: Attachment, store: FileStore) -> Response:
    """Hand the file over to be kept, never to be shown: what is in it came from a stranger."""
    path = store.path_of(attachment.sha256)
    if not path.is_file():
        raise NotFound
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(attachment.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    return FileResponse(path, media_type=attachment.media_type, headers=headers)
