"""What the board shows."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from handoff.agents.models import PresenceReason
from handoff.alarms.models import AlarmKind
from handoff.conversations.models import Channel
from handoff.routing.models import EntryKind
from handoff.supervision.agent_log import AgentState

Unit = Literal["count", "seconds", "permille"]


class NumberOut(BaseModel):
    """One number of the top line; `history` has the last hour in equal steps, the newest last."""

    name: str
    unit: Unit
    value: int | None
    target: int | None = None
    broken: bool = False
    history: list[int | None] = []


class FiguresOut(BaseModel):
    """The figures of a set of contacts; shares in thousandths, times in seconds."""

    offered: int
    answered: int
    abandoned: int
    to_bot: int
    callbacks: int
    waiting: int
    waiting_late: int
    service_level: int | None
    service_level_lenient: int | None
    abandonment: int | None
    asa_seconds: int | None
    wait_p50: int | None
    wait_p80: int | None
    wait_p95: int | None
    missed: int
    declined: int
    re_offers: int
    transfers: int
    requeues: int
    handle_seconds: int | None
    talk_seconds: int | None
    wrap_up_seconds: int | None


class QueueRow(BaseModel):
    """One queue in one language; `promise` is that of the chat."""

    queue: str
    language: str
    waiting: int
    oldest_seconds: int | None
    expected_seconds: int | None
    promise_seconds: int | None
    promise_permille: int | None
    broken: bool
    agents_free: int
    agents_present: int
    today: FiguresOut


class AgentRow(BaseModel):
    id: UUID
    name: str
    state: AgentState
    since: datetime
    reason: PresenceReason
    skills: list[str]
    capacity: int
    conversations: int
    wrap_ups: int
    answered: int
    missed: int
    declined: int
    occupancy: int | None
    handle_seconds: int | None


class WaitingRow(BaseModel):
    entry_id: UUID
    conversation_id: UUID
    queue: str
    language: str
    channel: Channel
    kind: EntryKind
    requested_at: datetime
    waited_seconds: int
    due_at: datetime | None
    not_before: datetime | None
    broken: bool
    offered_to: str | None


class AlarmOut(BaseModel):
    id: UUID
    kind: AlarmKind
    raised_at: datetime
    due_at: datetime
    entry_id: UUID | None
    conversation_id: UUID | None
    queue: str | None
    language: str | None
    agent_name: str | None


class ApprovalWaiting(BaseModel):
    id: UUID
    agent_name: str | None
    asked_at: datetime


class BoardOut(BaseModel):
    at: datetime
    today: date
    numbers: list[NumberOut]
    day: list[NumberOut]
    queues: list[QueueRow]
    agents: list[AgentRow]
    waiting: list[WaitingRow]
    alarms: list[AlarmOut]
    approvals: list[ApprovalWaiting]
    dead_letters: int


class HalfHourOut(BaseModel):
    """`needed` and `present` are agents: computed from the load, and there on average."""

    begin: datetime
    offered: int
    answered: int
    abandoned: int
    service_level: int | None
    wait_p80: int | None
    needed: int | None
    present: float | None


class HourRow(BaseModel):
    """The waits of one queue in one hour."""

    queue: str
    begin: datetime
    answered: int
    wait_p50: int | None
    wait_p80: int | None
    wait_p95: int | None


class DayOut(BaseModel):
    date: date
    promise_permille: int
    half_hours: list[HalfHourOut]
    queues: list[HourRow] = []


class ContactRow(BaseModel):
    """One contact behind a number; `counts` says whether it is in the number's upper part."""

    number: int
    conversation_id: UUID
    queue: str
    language: str
    channel: Channel
    outcome: str
    requested_at: datetime
    wait_seconds: int
    is_open: bool
    agent_name: str | None
    counts: bool


class ContactsOut(BaseModel):
    """How a number came about: its parts by name, and the contacts it is made of, the newest first."""

    number: str
    unit: Unit
    value: int | None
    parts: dict[str, int | None]
    total: int
    contacts: list[ContactRow]


class AssignIn(BaseModel):
    """`override`: although the agent does not speak the customer's language."""

    agent_id: UUID
    override: bool = False


class LimitIn(BaseModel):
    capacity: int = Field(ge=1, le=20, strict=True)


class BoardFrame(BaseModel):
    type: Literal["board.changed"] = "board.changed"
    board: BoardOut
