"""Every table of handoff, for migrations: importing this fills the metadata."""

from handoff.agents.models import Agent, AgentSession, LoginAttempt
from handoff.conversations.models import Button, Conversation, DialogueState, Message, Turn
from handoff.events import EventStream, StreamEvent
from handoff.routing.models import Offer, QueueEntry

__all__ = [
    "Agent",
    "AgentSession",
    "Button",
    "Conversation",
    "DialogueState",
    "EventStream",
    "LoginAttempt",
    "Message",
    "Offer",
    "QueueEntry",
    "StreamEvent",
    "Turn",
]
