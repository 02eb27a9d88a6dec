"""What the outside sees of conversations, and the frames that a customer's socket may send."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from billing.db import JsonObject
from handoff.conversations.models import Channel, ConversationStatus, Sender

Language = Literal["en", "de", "fi"]


MessageState = Literal["sending", "sent", "delivered", "undelivered", "seen"]
WaitBucket = Literal["lt1", "1_2", "2_5", "5_10", "gt10"]


class AgentName(BaseModel):
    name: str


class CallbackOut(BaseModel):
    """A call or message that the customer asked for; it keeps the place in line.

    `slot_from`: not before then. `attempts`: calls that were not answered.
    """

    status: str
    way: Literal["call", "message"]
    slot_from: datetime | None
    attempts: int
    phone_ending: str | None


class WaitOut(BaseModel):
    """What is told of a wait: no bucket, no promise. `raised`: the last range was longer than the one before.

    `overtaken`: somebody more urgent was let ahead. `opens_at`: we are closed until then. `phone_ending`: of the number
    that may be called; None when we know of none. `slots`: when a callback can begin.
    """

    bucket: WaitBucket | None
    raised: bool
    overtaken: bool
    callback_offered: bool
    opens_at: datetime | None
    callback: CallbackOut | None
    phone_ending: str | None
    slots: list[datetime]


class SeenOut(BaseModel):
    """The last message that each side has had before its eyes; 0 for none."""

    customer: int
    agent: int


class ConversationOut(BaseModel):
    """`reopens_until`: a closed conversation that goes on if the customer writes in it before then."""

    id: UUID
    status: ConversationStatus
    language: str
    channel: Channel
    agent: AgentName | None
    verified: bool
    queue_position: int | None
    wait: WaitOut | None
    seen: SeenOut
    reopens_until: datetime | None = None


class ButtonOut(BaseModel):
    id: str
    title: str


class MessageOut(BaseModel):
    """`state` is for consoles: how far a message of ours has got; None for what the customer says."""

    seq: int
    sender: Sender
    text: str
    card: JsonObject | None
    buttons: list[ButtonOut]
    agent_name: str | None
    client_msg_id: str | None
    sent_at: datetime
    state: MessageState | None = None


class ConversationIn(BaseModel):
    language: Language = "en"


class OpenedOut(BaseModel):
    conversation: ConversationOut
    token: str


class _Frame(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class Hello(_Frame):
    type: Literal["hello"]
    token: str = Field(max_length=200)
    after: int = Field(default=0, ge=0, le=2**53)


class SendMessage(_Frame):
    type: Literal["message.send"]
    client_msg_id: str
    text: str


class PressButton(_Frame):
    type: Literal["button.press"]
    client_msg_id: str
    button_id: str = Field(max_length=64)


class AskForPerson(_Frame):
    type: Literal["handoff.request"]
    client_msg_id: str


class SetLanguage(_Frame):
    type: Literal["language.set"]
    language: Language


class GetEvents(_Frame):
    type: Literal["events.get"]
    after: int = Field(ge=0, le=2**53)


class Ping(_Frame):
    type: Literal["ping"]


class Typing(_Frame):
    type: Literal["typing"]


class RequestCallback(_Frame):
    type: Literal["callback.request"]
    client_msg_id: str
    way: Literal["call", "message"]
    slot_from: Annotated[AwareDatetime | None, Field(strict=False)] = None


class CancelCallback(_Frame):
    type: Literal["callback.cancel"]
    client_msg_id: str


class LeaveQueue(_Frame):
    type: Literal["queue.leave"]
    client_msg_id: str


class Seen(_Frame):
    type: Literal["seen"]
    seq: int = Field(ge=0, le=2**31 - 1)


WaitingWish = RequestCallback | CancelCallback | LeaveQueue
ChatFrame = SendMessage | PressButton | AskForPerson | SetLanguage | GetEvents | Ping | Typing | Seen | WaitingWish
chat_frames: TypeAdapter[ChatFrame] = TypeAdapter(Annotated[ChatFrame, Field(discriminator="type")])
