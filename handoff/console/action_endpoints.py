"""What an agent may change for the customer, within their authority, and what supervisors approve."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy.exc import OperationalError

from billing.adjustments.adjustment import AdjustmentKind
from billing.db import is_busy
from handoff.console.actions import acting, approving
from handoff.console.actions.acting import Actor
from handoff.console.actions.listing import list_actions
from handoff.console.actions.requests import Request
from handoff.console.actions.schemas import (
    ActionIn,
    ActionsOut,
    ApprovalOut,
    DecisionIn,
    DoneOut,
    PreviewIn,
    PreviewOut,
)
from handoff.db import reading
from handoff.deps import CurrentAgent, CurrentSupervisor, NowDep, PartsDep, ReadSessionDep, SessionDep

router = APIRouter()

_ACTIONS = "/api/console/conversations/{conversation_id}/actions"
_APPROVALS = "/api/console/approvals"


def get_actor(agent: CurrentAgent, parts: PartsDep, now: NowDep) -> Actor:
    return Actor(agent, parts.authority, now)


ActorDep = Annotated[Actor, Depends(get_actor)]


@router.get(_ACTIONS)
async def get_actions(conversation_id: UUID, actor: ActorDep, parts: PartsDep) -> ActionsOut:
    """Mostly it only reads: begin without the write lock, and once more with it when somebody wrote meanwhile."""
    try:
        async with reading(parts.sessions) as session:
            return await list_actions(session, actor, conversation_id)
    except OperationalError as error:
        if not is_busy(error):
            raise
    async with parts.sessions() as session:
        return await list_actions(session, actor, conversation_id)


@router.post(f"{_ACTIONS}/{{kind}}/preview")
async def preview(
    conversation_id: UUID, kind: AdjustmentKind, wish: PreviewIn, actor: ActorDep, session: SessionDep
) -> PreviewOut:
    return await acting.preview(session, actor, Request(conversation_id, kind, wish))


@router.post(f"{_ACTIONS}/{{kind}}")
async def act(
    conversation_id: UUID, kind: AdjustmentKind, wish: ActionIn, actor: ActorDep, session: SessionDep
) -> DoneOut:
    return await acting.act(session, actor, Request(conversation_id, kind, wish))


@router.get(_APPROVALS)
async def get_approvals(supervisor: CurrentSupervisor, session: ReadSessionDep, now: NowDep) -> list[ApprovalOut]:
    return await approving.list_approvals(session, supervisor, now)


@router.post(f"{_APPROVALS}/{{action_id}}")
async def decide(
    action_id: UUID, decision: DecisionIn, _: CurrentSupervisor, actor: ActorDep, session: SessionDep
) -> ApprovalOut:
    return await approving.decide(session, actor, action_id, decision)
