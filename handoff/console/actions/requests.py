"""What an agent asks for, and the log's answer to the same request again: the same, with nothing done."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.adjustments.adjustment import AdjustmentKind, Wish
from billing.db import JsonObject
from billing.money import Money
from handoff.agents.models import Agent
from handoff.console.actions.errors import AmountMissing, NoteMissing, RequestReused
from handoff.console.actions.models import AgentAction
from handoff.console.actions.schemas import ActionIn, PreviewIn
from handoff.conversations.redaction import redact_numbers
from handoff.conversations.service import clean_text


@dataclass(frozen=True, slots=True)
class Request:
    """One request to do something in a conversation; without an id it is only looked at."""

    conversation_id: UUID
    kind: AdjustmentKind
    body: PreviewIn

    @property
    def id(self) -> UUID:
        assert isinstance(self.body, ActionIn)
        return self.body.request_id

    @property
    def shown_minor(self) -> int | None:
        """Return the amount that the agent has seen; of an exact one, what they named for it will do."""
        seen = self.body.preview if isinstance(self.body, ActionIn) else None
        is_free = self.kind is AdjustmentKind.GOODWILL
        return self.body.amount_minor if seen is None and not is_free else seen

    @property
    def note(self) -> str:
        return redact_numbers(clean_text(self.body.note)) if self.body.note.strip() else ""

    def wish(self, currency: str) -> Wish:
        minor = self.body.amount_minor
        amount = None if minor is None else Money(minor, currency)
        return Wish(self.body.option, amount, self.body.day, self.note)

    def check(self) -> None:
        """Goodwill has an amount, and in the log a reason."""
        if self.kind is not AdjustmentKind.GOODWILL:
            return
        if self.body.amount_minor is None:
            raise AmountMissing
        if isinstance(self.body, ActionIn) and not self.note:
            raise NoteMissing

    def as_json(self) -> JsonObject:
        asked = self.body.model_dump(mode="json") | {"note": self.note}
        return {"conversation_id": str(self.conversation_id), "kind": self.kind.value, **asked}


async def find_action(session: AsyncSession, agent: Agent, request: Request) -> AgentAction | None:
    """Return what this very request has led to; raise RequestReused if its id belongs to another one."""
    known = await session.scalar(select(AgentAction).where(AgentAction.request_id == request.id))
    if known is not None and (known.agent_id != agent.id or known.asked != request.as_json()):
        raise RequestReused
    return known
