"""The audit log, read: what was done for a customer, by whom, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from handoff.agents.models import Agent
from handoff.console.actions import wording
from handoff.console.actions.models import AgentAction, AgentActionEnding, Ending
from handoff.console.actions.schemas import DoneOut, State

MOST_SHOWN = 50
_EXPIRED = "expired"
_Asker, _Decider = aliased(Agent), aliased(Agent)
Found = Row[AgentAction, AgentActionEnding, str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One action with its ending, if it has one, and the names of who asked and who decided."""

    action: AgentAction
    ending: AgentActionEnding | None
    by: str
    decided_by: str | None

    def state(self, now: datetime) -> State:
        if self.ending is not None:
            return self.ending.ending.value
        return "failed" if self.is_expired(now) else "waiting"

    def is_expired(self, now: datetime) -> bool:
        """Nobody decided in time; an action without an ending always waits for somebody."""
        expires_at = self.action.expires_at
        return self.ending is None and (expires_at is None or expires_at <= now)

    def why_failed(self, now: datetime) -> str | None:
        if self.ending is None:
            return _EXPIRED if self.is_expired(now) else None
        return self.ending.reason

    def why_not(self, language: str, now: datetime) -> str | None:
        """Say why it failed, or what was said when it was refused."""
        code = self.why_failed(now)
        if code is not None:
            return wording.why(code, language)
        if self.ending is None or self.ending.ending is not Ending.REFUSED:
            return None
        return self.ending.note or None

    def shown(self, language: str, now: datetime) -> DoneOut:
        action = self.action
        return DoneOut(
            id=action.id,
            request_id=action.request_id,
            kind=action.kind,
            title=action.title[language],
            amount_minor=action.amount_minor,
            currency=action.currency,
            state=self.state(now),
            by=self.by,
            decided_by=self.decided_by,
            at=self.ending.ended_at if self.ending else action.asked_at,
            note=action.note,
            document=self.ending.document if self.ending else None,
            reason=self.why_not(language, now),
        )


async def list_entries(session: AsyncSession, conversation_id: UUID, customer_id: UUID | None) -> Sequence[Entry]:
    """Return what was done in the conversation, and for the customer in any other; the newest first."""
    here = AgentAction.conversation_id == conversation_id
    wanted = here if customer_id is None else here | (AgentAction.customer_id == customer_id)
    newest = entries().where(wanted).order_by(AgentAction.asked_at.desc(), AgentAction.id).limit(MOST_SHOWN)
    return [entry_of(row) for row in await session.execute(newest)]


async def load_entry(session: AsyncSession, action_id: UUID) -> Entry | None:
    row = (await session.execute(entries().where(AgentAction.id == action_id))).one_or_none()
    return None if row is None else entry_of(row)


async def done_out(session: AsyncSession, action: AgentAction, language: str, now: datetime) -> DoneOut:
    [row] = await session.execute(entries().where(AgentAction.id == action.id))
    return entry_of(row).shown(language, now)


def entry_of(row: Found) -> Entry:
    """Of one without an ending there is neither that nor who decided."""
    action, ending, by, decided_by = row
    return Entry(action, ending, by, decided_by)


def entries() -> Select[AgentAction, AgentActionEnding, str, str]:
    return (
        select(AgentAction, AgentActionEnding, _Asker.name, _Decider.name)
        .outerjoin(AgentActionEnding, AgentActionEnding.action_id == AgentAction.id)
        .join(_Asker, _Asker.id == AgentAction.agent_id)
        .outerjoin(_Decider, _Decider.id == AgentActionEnding.decided_by)
    )
