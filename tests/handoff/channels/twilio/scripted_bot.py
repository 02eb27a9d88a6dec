"""A bot that says what a test tells it to say, and remembers what it was asked."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from handoff.bot_gateway import BotAnswer, BotFailure, BotReply, BotTurn, HandoffCommand, LanguageCommand

Command = HandoffCommand | LanguageCommand


@dataclass
class ScriptedBot:
    """Answers with the next answer of its script, then by repeating what it was asked."""

    script: deque[BotAnswer | BotFailure] = field(default_factory=deque)
    turns: list[BotTurn] = field(default_factory=list)
    thinks: asyncio.Event | None = None

    def will_say(self, *answers: BotAnswer | BotFailure) -> None:
        self.script.extend(answers)

    async def answer(self, turn: BotTurn) -> BotAnswer:
        self.turns.append(turn)
        if self.thinks is not None:
            await self.thinks.wait()
        scripted = self.script.popleft() if self.script else says(f"You said: {turn.text}")
        if isinstance(scripted, BotFailure):
            raise scripted
        return scripted

    async def is_ready(self) -> bool:
        return True

    async def close(self) -> None:
        return None


def says(text: str, *commands: Command) -> BotAnswer:
    return BotAnswer(state={}, replies=[BotReply(text=text)], commands=list(commands))
