"""Asks the trained pipeline, without any dialogue around it."""

import asyncio
from typing import Any, Dict, List

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.untrusted_text import neutralise


def understand(agent: Agent, text: str) -> Dict[str, Any]:
    return asyncio.run(agent.processor.parse_message(UserMessage(neutralise(text))))


def intent_of(agent: Agent, text: str) -> str:
    return str(understand(agent, text)["intent"]["name"])


def entities_of(agent: Agent, text: str, entity: str) -> List[str]:
    return [found["value"] for found in understand(agent, text)["entities"] if found["entity"] == entity]
