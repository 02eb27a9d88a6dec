"""A bot at the gateway's edge: answers by a rule that the test gives, and remembers every turn it was asked."""

import asyncio
from collections.abc import Callable
from typing import Any

from handoff.bot_gateway import BotAnswer, BotFailure, BotTurn

Answer = dict[str, Any]
Rule = Callable[[BotTurn], Answer]


def reply(text: str = "", **parts: Any) -> Answer:
    """Make an answer with one reply; parts: buttons, card, commands, intent."""
    commands, intent = parts.pop("commands", []), parts.pop("intent", "ask_something")
    return {
        "state": {"last": text},
        "replies": [{"text": text, **parts}] if text or parts else [],
        "commands": commands,
        "understood": {"intent": intent, "confidence": 0.9},
    }


def echo(turn: BotTurn) -> Answer:
    """Repeat what came, and count the turns in the state."""
    count = (turn.state or {"turns": 0})["turns"] + 1
    said = turn.text if turn.text is not None else str((turn.intent or {})["name"])
    return {**reply(f"echo {said}"), "state": {"turns": count}}


class FakeBot:
    """Set `rule` to change what it says, `failure` to make it fail, and hold `gate` to make it slow."""

    def __init__(self, rule: Rule = echo) -> None:
        self.rule = rule
        self.failure: str | None = None
        self.turns: list[BotTurn] = []
        self.at_once = 0
        self.most_at_once = 0
        self.is_up = True
        self._gate = asyncio.Event()
        self._gate.set()

    def hold(self) -> None:
        self._gate.clear()

    def release(self) -> None:
        self._gate.set()

    async def asked(self, turns: int = 1) -> None:
        """Wait until that many turns have come."""
        async with asyncio.timeout(5):
            while len(self.turns) < turns:
                await asyncio.sleep(0.005)

    async def answer(self, turn: BotTurn) -> BotAnswer:
        self.turns.append(turn)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._gate.wait()
            await asyncio.sleep(0)
            if self.failure is not None:
                raise BotFailure(self.failure)
            return BotAnswer.model_validate(self.rule(turn))
        finally:
            self.at_once -= 1

    async def is_ready(self) -> bool:
        return self.is_up

    async def close(self) -> None:
        self.release()
