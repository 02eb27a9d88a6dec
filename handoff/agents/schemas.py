"""What consoles see of agents and send about them."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from handoff.agents.models import Agent, Presence


class LoginIn(BaseModel):
    email: str = Field(max_length=200)
    password: str = Field(max_length=200)


class PresenceIn(BaseModel):
    status: Literal["available", "away"]


class AgentOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    email: str
    language: str
    presence: Presence

    @classmethod
    def from_model(cls, agent: Agent) -> "AgentOut":
        return cls.model_validate(agent)
