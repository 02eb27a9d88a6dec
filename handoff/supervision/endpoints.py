"""The board's addresses, for supervisors only."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, WebSocket
from starlette.responses import StreamingResponse

from handoff.agents.sessions import COOKIE
from handoff.alarms.raising import end_alarms
from handoff.console.reading import conversation_row
from handoff.console.schemas import ConversationRow
from handoff.deps import CurrentSupervisor, NowDep, PartsDep, ReadSessionDep, SessionDep
from handoff.sockets import JsonSocket
from handoff.supervision import acting, questions
from handoff.supervision.board_socket import BoardSocket
from handoff.supervision.errors import ExportTooLong
from handoff.supervision.exporting import LONGEST_DAYS, stream_csv
from handoff.supervision.schemas import AssignIn, BoardOut, ContactsOut, DayOut, LimitIn
from handoff.supervision.snapshot import home_zone, load_board

router = APIRouter()


@router.get("/api/board")
async def get_board(_: CurrentSupervisor, parts: PartsDep, session: ReadSessionDep, now: NowDep) -> BoardOut:
    return await load_board(session, parts.queues, now, parts.board_log)


@router.get("/api/board/day")
async def get_day(
    _: CurrentSupervisor,
    parts: PartsDep,
    session: ReadSessionDep,
    now: NowDep,
    wanted: Annotated[date | None, Query(alias="date")] = None,
) -> DayOut:
    day = wanted or now.astimezone(home_zone(parts.queues)).date()
    return await questions.day_chart(session, parts.queues, day, now, parts.board_log)


@router.get("/api/board/contacts")
async def get_contacts(
    _: CurrentSupervisor,
    parts: PartsDep,
    session: ReadSessionDep,
    now: NowDep,
    number: str,
    queue: str | None = None,
    language: str | None = None,
    agent_id: UUID | None = None,
) -> ContactsOut:
    only = questions.Only(queue, language, agent_id)
    return await questions.contacts_behind(session, parts.queues, number, now, only, parts.board_log)


@router.post("/api/board/entries/{entry_id}/assign")
async def assign(
    entry_id: UUID, to: AssignIn, supervisor: CurrentSupervisor, session: SessionDep, now: NowDep
) -> ConversationRow:
    conversation = await acting.assign(session, entry_id, to.agent_id, supervisor.id, now, override=to.override)
    return await conversation_row(session, conversation, now)


@router.post("/api/board/conversations/{conversation_id}/reassign")
async def reassign(
    conversation_id: UUID, to: AssignIn, supervisor: CurrentSupervisor, session: SessionDep, now: NowDep
) -> ConversationRow:
    conversation = await acting.reassign(
        session, conversation_id, to.agent_id, supervisor.id, now, override=to.override
    )
    return await conversation_row(session, conversation, now)


@router.put("/api/board/agents/{agent_id}/limit")
async def put_limit(
    agent_id: UUID, wish: LimitIn, supervisor: CurrentSupervisor, session: SessionDep, now: NowDep
) -> LimitIn:
    agent = await acting.change_limit(session, agent_id, wish.capacity, supervisor.id, now)
    return LimitIn(capacity=agent.capacity)


@router.post("/api/board/alarms/{alarm_id}/end", status_code=204)
async def end_alarm(alarm_id: UUID, _: CurrentSupervisor, session: SessionDep, now: NowDep) -> None:
    """Somebody has seen to it. Ending twice is ending once."""
    await end_alarms(session, [alarm_id], now)


@router.get("/api/board/export.csv")
async def export(
    _: CurrentSupervisor,
    parts: PartsDep,
    now: NowDep,
    first: Annotated[date, Query(alias="from")],
    last: Annotated[date, Query(alias="until")],
) -> StreamingResponse:
    """Both days are included."""
    if (last - first).days >= LONGEST_DAYS:
        raise ExportTooLong(LONGEST_DAYS)
    name = f"contacts-{first.isoformat()}-{last.isoformat()}.csv"
    return StreamingResponse(
        stream_csv(parts.sessions, parts.queues, first, last, now),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@router.websocket("/ws/board")
async def board_socket(websocket: WebSocket, parts: PartsDep) -> None:
    socket = JsonSocket(websocket, parts.clock)
    if await socket.accept(parts.settings.own_origins):
        await BoardSocket(socket, parts, websocket.cookies.get(COOKIE)).run()
