"""What the outside sees of conversations, and the frames that a customer's socket may send."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from billing.db import JsonObject
from handoff.conversations.models import Channel, ConversationStatus, Sender

Language = Literal["en", "de", "fi"]


class AgentName(BaseModel):
    name: str


class ConversationOut(BaseModel):
    id: UUID
    status: ConversationStatus
    language: str
    channel: Channel
    agent: AgentName | None
    verified: bool
    queue_position: int | None


class ButtonOut(BaseModel):
    id: str
    title: str


class MessageOut(BaseModel):
    seq: int
    sender: Sender
    text: str
    card: JsonObject | None
    buttons: list[ButtonOut]
    agent_name: str | None
    client_msg_id: str | None
    sent_at: datetime


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


ChatFrame = SendMessage | PressButton | AskForPerson | SetLanguage | GetEvents | Ping | Typing
chat_frames: TypeAdapter[ChatFrame] = TypeAdapter(Annotated[ChatFrame, Field(discriminator="type")])
