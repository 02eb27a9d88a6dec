"""The console's addresses: snapshot, transcript, answers, offers and the agent's socket."""

from uuid import UUID

from fastapi import APIRouter, Response
from starlette.websockets import WebSocket

from handoff.agents.sessions import COOKIE
from handoff.console import customer_file, replies, tasks
from handoff.console.access import get_readable, has_joined, refuse_others
from handoff.console.agent_socket import AgentSocket
from handoff.console.canned import refuse_unfilled
from handoff.console.customer import find_overview
from handoff.console.delivery import list_with_states
from handoff.console.notes import list_notes
from handoff.console.reading import console_out, row_for
from handoff.console.schemas import AgentMessageIn, ConsoleOut, ConversationRow, TranscriptOut
from handoff.console.summary import summarise
from handoff.conversations.reading import conversation_out, get_conversation
from handoff.conversations.schemas import MessageOut
from handoff.deps import CurrentAgent, NowDep, PartsDep, QueuesDep, ReadSessionDep, SessionDep
from handoff.routing import offers
from handoff.sockets import JsonSocket

router = APIRouter()
router.include_router(tasks.router)
router.include_router(customer_file.router)


@router.get("/api/console")
async def get_console(agent: CurrentAgent, session: ReadSessionDep, parts: PartsDep, now: NowDep) -> ConsoleOut:
    return await console_out(session, agent, parts.live.viewing, now)


@router.get("/api/console/conversations/{conversation_id}")
async def get_transcript(
    conversation_id: UUID, agent: CurrentAgent, session: ReadSessionDep, parts: PartsDep, now: NowDep
) -> TranscriptOut:
    conversation = await get_readable(session, agent, conversation_id, now)
    overview = await find_overview(session, conversation_id, agent.language, now)
    audit = overview.audit if overview else None
    return TranscriptOut(
        conversation=await conversation_out(session, conversation, now),
        messages=await list_with_states(session, conversation),
        summary=await summarise(session, conversation, agent.language, now, audit),
        customer=overview,
        notes=await list_notes(session, conversation_id, agent.id),
        joined=has_joined(agent, conversation),
        viewers=parts.live.viewing.names(conversation_id, now, without=agent.id),
    )


@router.post("/api/console/conversations/{conversation_id}/messages", status_code=201)
async def post_reply(
    conversation_id: UUID,
    message: AgentMessageIn,
    agent: CurrentAgent,
    session: SessionDep,
    now: NowDep,
    response: Response,
) -> MessageOut:
    await refuse_others(session, agent, conversation_id)
    refuse_unfilled(message.text)
    stored = await replies.reply(
        session, agent, conversation_id, client_msg_id=message.client_msg_id, text=message.text, now=now
    )
    if stored.repeated:
        response.status_code = 200
    conversation = await get_conversation(session, conversation_id)
    [shown] = await list_with_states(session, conversation, [stored.seq])
    return shown


@router.post("/api/console/conversations/{conversation_id}/close")
async def close(
    conversation_id: UUID, agent: CurrentAgent, session: SessionDep, queues: QueuesDep, now: NowDep
) -> ConversationRow:
    conversation = await replies.close(session, agent, conversation_id, queues, now)
    return await row_for(session, agent, conversation, now)


@router.post("/api/offers/{offer_id}/accept")
async def accept_offer(offer_id: UUID, agent: CurrentAgent, session: SessionDep, now: NowDep) -> ConversationRow:
    conversation = await offers.accept_offer(session, offer_id, agent, now)
    return await row_for(session, agent, conversation, now)


@router.post("/api/offers/{offer_id}/decline", status_code=204)
async def decline_offer(offer_id: UUID, agent: CurrentAgent, session: SessionDep, now: NowDep) -> None:
    await offers.decline_offer(session, offer_id, agent, now)


@router.websocket("/ws/console")
async def console_socket(websocket: WebSocket, parts: PartsDep) -> None:
    socket = JsonSocket(websocket, parts.clock)
    if await socket.accept(parts.settings.own_origins):
        await AgentSocket(socket, parts, websocket.cookies.get(COOKIE)).run()
