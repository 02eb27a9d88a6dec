"""The wrap-up's address."""

from uuid import UUID

from fastapi import APIRouter

from handoff.console.reading import row_for
from handoff.console.schemas import ConversationRow
from handoff.deps import CurrentAgent, NowDep, SessionDep
from handoff.wrap_up.closing import finish
from handoff.wrap_up.schemas import WrapUpIn

router = APIRouter()


@router.post("/api/console/conversations/{conversation_id}/wrap-up")
async def post_wrap_up(
    conversation_id: UUID, said: WrapUpIn, agent: CurrentAgent, session: SessionDep, now: NowDep
) -> ConversationRow:
    conversation = await finish(session, agent, conversation_id, said, now)
    return await row_for(session, agent, conversation, now)
