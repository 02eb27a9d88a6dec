"""What an agent's console sees."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from billing.db import JsonObject
from billing.fairness.finding import Confidence, Verdict
from handoff.agents.models import Presence
from handoff.agents.schemas import AgentOut
from handoff.conversations.models import Channel, ConversationStatus, Sender
from handoff.conversations.schemas import ConversationOut, MessageOut, SeenOut
from handoff.routing.models import EntryKind, OfferStatus

Mood = Literal["neutral", "strained", "upset"]
Sign = Literal["complaint", "words", "exclamation", "capitals", "repeated", "not_understood"]


class OfferOut(BaseModel):
    """`summary` is one line in the agent's language; `note` is what a colleague who handed it on wrote."""

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
    queue: str
    kind: EntryKind
    customer_name: str | None
    summary: str
    findings: int
    note: str | None


class EndedOfferOut(BaseModel):
    """What is left of an offer that has been answered, missed or taken back."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    conversation_id: UUID
    status: OfferStatus


class WaitingRow(BaseModel):
    """One contact in line, as the agent sees it who may take it."""

    entry_id: UUID
    conversation_id: UUID
    queue: str
    language: str
    channel: Channel
    topic: str
    wish: str | None
    waited_seconds: int
    kind: EntryKind


class WrapUpOut(BaseModel):
    ends_at: datetime
    seconds_left: int
    dispositions: list[str]


class CallOut(BaseModel):
    """A call that the agent is to make now."""

    id: UUID
    way: str
    phone: str | None
    attempts: int


class ConversationRow(BaseModel):
    """`unread`: messages of the customer that the agent has not seen, up to `last_seq`. `since`: when it was taken.

    `viewers`: who looks at it beside its agent.
    """

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
    agent_id: UUID | None
    unread: int
    queue: str | None
    wrap_up: WrapUpOut | None
    callback: CallOut | None
    seen: SeenOut
    viewers: list[str]
    last_seq: int
    since: datetime | None


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


class FactOut(BaseModel):
    """A figure that a card of the bot showed. A difference: `amount_minor` is by how much the bill differs."""

    seq: int
    type: Literal["bill", "difference", "invoices"]
    amount_minor: int
    currency: str
    number: str | None
    period: str | None
    due_on: date | None
    status: str | None


class SentimentOut(BaseModel):
    """A rule, no score: `signals` are the signs that were seen, each once."""

    code: Mood
    signals: list[Sign]


class AuditOut(BaseModel):
    """What the check of all bills says: `count` findings, each sort once in `detectors`; `owed_minor` is certain."""

    verdict: Verdict
    owed_minor: int
    currency: str
    count: int
    detectors: list[str]


class FindingOut(BaseModel):
    """One thing that the check found. `evidence`: rows of the account by their natural keys, such as a bill's line."""

    detector: str
    verdict: Verdict
    confidence: Confidence
    amount_minor: int
    currency: str
    evidence: list[JsonObject]


class TransferOut(BaseModel):
    from_name: str
    note: str | None
    at: datetime


class SummaryOut(BaseModel):
    """The handoff packet; `line` is read in five seconds. Facts and findings are there while verified only."""

    line: str
    reason: str | None
    topic: str | None
    wish: str | None
    wishes: list[str]
    tried: list[TriedOut]
    facts: list[FactOut]
    findings: AuditOut | None
    sentiment: SentimentOut
    verified_level: str | None
    verified_method: str | None
    transfer: TransferOut | None


class NoteOut(BaseModel):
    """An agent's note; it stands after the message `after_seq`. Customers never see it."""

    id: UUID
    client_note_id: str
    kind: Literal["note", "transfer", "whisper"]
    agent_name: str
    mine: bool
    after_seq: int
    text: str
    written_at: datetime


class InvoiceOut(BaseModel):
    number: str
    period: str
    total_minor: int
    open_minor: int
    currency: str
    due_on: date
    status: str


class BalanceOut(BaseModel):
    amount_minor: int
    currency: str
    due_on: date | None
    overdue: bool


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
    findings: list[FindingOut]


class TranscriptOut(BaseModel):
    """`joined`: a supervisor who reads along; only the one who holds the conversation may send."""

    conversation: ConversationOut
    messages: list[MessageOut]
    summary: SummaryOut
    customer: CustomerOverviewOut | None
    notes: list[NoteOut]
    joined: bool
    viewers: list[str]


class ColleagueOut(BaseModel):
    """`free`: how many more chats they could take; `live`: there is a sign of life of their console."""

    id: UUID
    name: str
    presence: Presence
    live: bool
    free: int
    languages: list[str]
    skills: list[str]


class ColleaguesOut(BaseModel):
    """Where a conversation can be handed on to."""

    queues: list[str]
    colleagues: list[ColleagueOut]


class CannedOut(BaseModel):
    """A reply ready to send, in the customer's language. `unfilled` names the placeholders left for the agent."""

    key: str
    shortcut: str
    title: str
    text: str
    unfilled: list[str]


class AgentMessageIn(BaseModel):
    client_msg_id: str = Field(max_length=100)
    text: str


class NoteIn(BaseModel):
    client_note_id: str = Field(min_length=1, max_length=100)
    text: str


class TransferIn(BaseModel):
    """To a colleague, or back in line for a queue, a language or both; the next agent sees the note first."""

    queue: str | None = Field(default=None, max_length=40)
    language: Literal["en", "de", "fi"] | None = None
    agent_id: UUID | None = None
    note: str | None = None


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


class ConsoleViewing(_Frame):
    """Which conversation is on the agent's screen; sent on change and with every ping."""

    type: Literal["viewing"]
    conversation_id: str | None = Field(max_length=40)


class ConsoleSeen(_Frame):
    type: Literal["seen"]
    conversation_id: str = Field(max_length=40)
    seq: int = Field(ge=0, le=2**31 - 1)


ConsoleFrame = ConsoleGetEvents | ConsolePing | ConsoleTyping | ConsoleViewing | ConsoleSeen
console_frames: TypeAdapter[ConsoleFrame] = TypeAdapter(ConsoleFrame)
