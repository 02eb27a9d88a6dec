"""What consoles see of agents and send about them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from handoff.agents.models import Presence, PresenceReason, Role


class LoginIn(BaseModel):
    email: str = Field(max_length=200)
    password: str = Field(max_length=200)


class PresenceIn(BaseModel):
    status: Literal["available", "away"]


class LanguageIn(BaseModel):
    language: Literal["en", "de", "fi"]


class AgentOut(BaseModel):
    """`presence_reason` tells an agent who comes back whether they left, missed two offers or were lost."""

    id: UUID
    name: str
    email: str
    language: str
    role: Role
    skills: list[str]
    capacity: int
    presence: Presence
    presence_reason: PresenceReason
    presence_since: datetime
