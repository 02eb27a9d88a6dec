"""Notes, canned replies, transfer, take and return to the assistant."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from handoff.callbacks.attempts import require_outcome
from handoff.console import file_endpoints, verify_requests
from handoff.console.access import get_readable
from handoff.console.canned import find_replies
from handoff.console.canned.values import find_values
from handoff.console.hand_overs import hand_on, list_colleagues, lock_held
from handoff.console.notes import add_note, note_out
from handoff.console.reading import row_for
from handoff.console.schemas import (
    CannedOut,
    ColleaguesOut,
    ConversationRow,
    NoteIn,
    NoteOut,
    TransferIn,
    WaitingRow,
)
from handoff.console.waiting import list_waiting
from handoff.conversations import service
from handoff.conversations.schemas import Language
from handoff.deps import CurrentAgent, NowDep, PartsDep, QueuesDep, ReadSessionDep, SessionDep, SettingsDep
from handoff.routing import claims

router = APIRouter()
router.include_router(file_endpoints.router)
router.include_router(verify_requests.router)

_CONVERSATION = "/api/console/conversations/{conversation_id}"


@router.get("/api/console/waiting")
async def get_waiting(agent: CurrentAgent, session: ReadSessionDep, now: NowDep) -> list[WaitingRow]:
    return await list_waiting(session, agent, now)


@router.post("/api/console/entries/{entry_id}/take")
async def take(
    entry_id: UUID, agent: CurrentAgent, session: SessionDep, parts: PartsDep, now: NowDep
) -> ConversationRow:
    conversation = await claims.claim(session, entry_id, agent.id, now, how="taken")
    return await row_for(session, agent, conversation, now, parts.live.viewing)


@router.post(f"{_CONVERSATION}/transfer", status_code=204)
async def transfer(
    conversation_id: UUID, wish: TransferIn, agent: CurrentAgent, session: SessionDep, queues: QueuesDep, now: NowDep
) -> None:
    conversation = await lock_held(session, agent, conversation_id)
    await hand_on(session, agent, conversation, wish, queues, now)


@router.post(f"{_CONVERSATION}/return-to-bot", status_code=204)
async def return_to_bot(conversation_id: UUID, agent: CurrentAgent, session: SessionDep, now: NowDep) -> None:
    conversation = await lock_held(session, agent, conversation_id)
    await require_outcome(session, conversation, now)
    await service.return_to_bot(session, conversation, now)


@router.get("/api/console/colleagues")
async def get_colleagues(agent: CurrentAgent, session: ReadSessionDep, queues: QueuesDep, now: NowDep) -> ColleaguesOut:
    colleagues = await list_colleagues(session, agent, now)
    return ColleaguesOut(queues=[queue.key for queue in queues], colleagues=colleagues)


@router.post(f"{_CONVERSATION}/notes", status_code=201)
async def post_note(
    conversation_id: UUID, note: NoteIn, agent: CurrentAgent, session: SessionDep, now: NowDep, response: Response
) -> NoteOut:
    conversation = await get_readable(session, agent, conversation_id, now)
    stored, repeated = await add_note(
        session, agent, conversation, client_note_id=note.client_note_id, text=note.text, now=now
    )
    if repeated:
        response.status_code = 200
    return await note_out(session, stored, agent.id)


@router.get("/api/console/canned")
async def get_canned(
    agent: CurrentAgent,
    session: ReadSessionDep,
    settings: SettingsDep,
    now: NowDep,
    conversation_id: UUID | None = None,
    language: Language | None = None,
    q: Annotated[str, Query(max_length=100)] = "",
) -> list[CannedOut]:
    """Without a conversation nothing of a customer is filled in."""
    values = {"agent_name": agent.name, "company": settings.company}
    wanted: str = language or agent.language
    if conversation_id is not None:
        conversation = await get_readable(session, agent, conversation_id, now)
        values = await find_values(session, conversation, agent, settings.company, now)
        wanted = language or conversation.language
    return find_replies(q, agent_language=agent.language, language=wanted, values=values)
