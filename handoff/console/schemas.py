"""What an agent's console sees."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from billing.db import JsonObject
from billing.fairness.finding import Verdict
from handoff.agents.schemas import AgentOut
from handoff.conversations.models import Channel, ConversationStatus, Sender
from handoff.conversations.schemas import ConversationOut, MessageOut
from handoff.routing.models import OfferStatus


class OfferOut(BaseModel):
    id: UUID
    conversation_id: UUID
    status: OfferStatus
    expires_at: datetime
    seconds_left: int
    language: str
    channel: Channel
    topic: str
    reason: str
    verified_level: str | None
    waited_seconds: int
    wish: str | None


class ConversationRow(BaseModel):
    id: UUID
    status: ConversationStatus
    language: str
    channel: Channel
    customer_name: str | None
    verified: bool
    last_text: str | None
    last_sender: Sender | None
    unanswered_since: datetime | None
    topic: str | None


class QueueOut(BaseModel):
    waiting: int
    oldest_wait_seconds: int | None


class ConsoleOut(BaseModel):
    agent: AgentOut
    last_event: int
    offer: OfferOut | None
    conversations: list[ConversationRow]
    queue: QueueOut


class TriedOut(BaseModel):
    """One question that the bot took up, what it understood and which card it showed."""

    question: str
    intent: str | None
    card_type: str | None


class SummaryOut(BaseModel):
    reason: str | None
    topic: str | None
    wish: str | None
    tried: list[TriedOut]
    verified_level: str | None


class InvoiceOut(BaseModel):
    number: str
    period: str
    total_minor: int
    currency: str
    due_on: date
    status: str


class BalanceOut(BaseModel):
    amount_minor: int
    currency: str
    due_on: date | None
    overdue: bool


class AuditOut(BaseModel):
    """What the check of all bills says; `owed_minor` is certain, `detectors` name each sort of finding once."""

    verdict: Verdict
    owed_minor: int
    currency: str
    detectors: list[str]


class CustomerOverviewOut(BaseModel):
    """The customer's side of the screen; `change` is a difference card. No `audit`: the account cannot be checked."""

    name: str
    number: str
    language: str
    country: str
    plan: str | None
    contract_since: date | None
    balance: BalanceOut
    invoices: list[InvoiceOut]
    change: JsonObject | None
    audit: AuditOut | None


class TranscriptOut(BaseModel):
    conversation: ConversationOut
    messages: list[MessageOut]
    summary: SummaryOut
    customer: CustomerOverviewOut | None


class AgentMessageIn(BaseModel):
    client_msg_id: str = Field(max_length=100)
    text: str


class _Frame(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class ConsoleHello(_Frame):
    type: Literal["hello"]
    after: int = Field(default=0, ge=0, le=2**53)


class ConsoleGetEvents(_Frame):
    type: Literal["events.get"]
    after: int = Field(ge=0, le=2**53)


class ConsolePing(_Frame):
    type: Literal["ping"]


class ConsoleTyping(_Frame):
    type: Literal["typing"]
    conversation_id: str = Field(max_length=40)


ConsoleFrame = ConsoleGetEvents | ConsolePing | ConsoleTyping
console_frames: TypeAdapter[ConsoleFrame] = TypeAdapter(ConsoleFrame)
