"""The customer's public addresses: open a conversation, then talk over the socket."""

from fastapi import APIRouter, Depends
from starlette.websockets import WebSocket

from handoff.conversations import service
from handoff.conversations.chat_socket import ChatSocket
from handoff.conversations.models import Channel
from handoff.conversations.reading import conversation_out
from handoff.conversations.schemas import ConversationIn, OpenedOut
from handoff.deps import AddressDep, NowDep, PartsDep, SessionDep, SettingsDep
from handoff.rate_limit import OPENINGS
from handoff.sockets import JsonSocket

router = APIRouter()


def count_opening(parts: PartsDep, address: AddressDep, now: NowDep) -> None:
    parts.limits.take(OPENINGS, address, now)


@router.post("/api/conversations", status_code=201, dependencies=[Depends(count_opening)])
async def open_conversation(wish: ConversationIn, session: SessionDep, settings: SettingsDep, now: NowDep) -> OpenedOut:
    conversation, token = await service.open_conversation(
        session, channel=Channel.WEBCHAT, language=wish.language, address=None, now=now
    )
    await service.greet(session, conversation, settings.company, now)
    return OpenedOut(conversation=await conversation_out(session, conversation, now), token=token)


@router.websocket("/ws/chat")
async def chat(websocket: WebSocket, parts: PartsDep, address: AddressDep) -> None:
    socket = JsonSocket(websocket, parts.clock)
    if await socket.accept(parts.settings.chat_origins):
        await ChatSocket(socket, parts, address).run()
