"""The actions as they travel: money in minor units, texts in the reader's language."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from billing.adjustments.adjustment import AdjustmentKind

State = Literal["done", "waiting", "refused", "failed"]
Minor = Annotated[int, Field(ge=1, le=10_000_000)]
LONGEST_NOTE = 500


class OptionOut(BaseModel):
    """`amount_minor` where it is fixed; else the agent chooses between minimum and maximum.

    `latest_day` where the agent may name a day.
    """

    id: str
    label: str
    detail: str | None
    amount_minor: int | None
    minimum_minor: int | None
    maximum_minor: int | None
    latest_day: date | None


class ActionOut(BaseModel):
    """`own_limit_minor`: what this agent may still give alone; `approval_limit_minor`: what can be asked for."""

    kind: AdjustmentKind
    allowed: bool
    reason: str | None
    currency: str | None
    own_limit_minor: int | None
    approval_limit_minor: int | None
    options: list[OptionOut]


class DoneOut(BaseModel):
    """One entry of the audit log; `reason` says why it failed or was refused."""

    id: UUID
    request_id: UUID
    kind: AdjustmentKind
    title: str
    amount_minor: int | None
    currency: str | None
    state: State
    by: str
    decided_by: str | None
    at: datetime
    note: str
    document: str | None
    reason: str | None


class ApprovalOut(DoneOut):
    """What waits for a supervisor. `mine`: the reader asked for it and cannot decide it."""

    conversation_id: UUID
    customer: str
    limit_minor: int
    reason: str
    mine: bool


class ActionsOut(BaseModel):
    customer: str | None
    verified: bool
    actions: list[ActionOut]
    history: list[DoneOut]


class PreviewIn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    option: str = Field(max_length=300, pattern=r"^[^\x00-\x1f]+$")
    amount_minor: Minor | None = None
    day: date | None = None
    note: str = Field(default="", max_length=LONGEST_NOTE)


class ActionIn(PreviewIn):
    """`preview` is the amount that was shown: anything else is not done."""

    request_id: UUID
    preview: int | None = None


class PreviewLineOut(BaseModel):
    label: str
    before: str | None
    after: str | None


class PreviewOut(BaseModel):
    """`notice`: what the customer is told, or has to agree to."""

    title: str
    lines: list[PreviewLineOut]
    amount_minor: int
    currency: str
    needs_approval: bool
    notice: str | None


class DecisionIn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    decision: Literal["approve", "refuse"]
    note: str = Field(default="", max_length=LONGEST_NOTE)
