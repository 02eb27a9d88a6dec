"""Every table of handoff, for migrations: importing this fills the metadata."""

from handoff.agents.models import Agent, AgentSession, AgentSkill, LoginAttempt
from handoff.callbacks.models import Callback
from handoff.console.actions.models import AgentAction, AgentActionEnding
from handoff.console.models import Attachment, ConversationNote
from handoff.contact_log import ContactEvent
from handoff.conversations.models import Button, Conversation, DialogueState, Message, Turn
from handoff.events import EventStream, StreamEvent
from handoff.push.models import PushDevice, PushMessage
from handoff.routing.models import EstimateModel, Offer, QueueEntry
from handoff.supervision.models import Alarm
from handoff.wrap_up.models import WrapUp

__all__ = [
    "Agent",
    "AgentAction",
    "AgentActionEnding",
    "AgentSession",
    "AgentSkill",
    "Alarm",
    "Attachment",
    "Button",
    "Callback",
    "ContactEvent",
    "Conversation",
    "ConversationNote",
    "DialogueState",
    "EstimateModel",
    "EventStream",
    "LoginAttempt",
    "Message",
    "Offer",
    "PushDevice",
    "PushMessage",
    "QueueEntry",
    "StreamEvent",
    "Turn",
    "WrapUp",
]
