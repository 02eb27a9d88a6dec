"""The only way to the bot: one call per turn, strictly read, with a deadline. What fails is a BotFailure."""

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal, Protocol
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from billing.db import JsonObject

_PAYLOAD: Final = re.compile(r"/([A-Za-z][\w.+-]*)(\{.*\})?", re.DOTALL)
_RETRY_PAUSE_SECONDS: Final = 0.2
_HEALTH_SECONDS: Final = 1.0


class BotFailure(Exception):
    """The bot gave no usable answer; `reason` is a word for the log, never text of the conversation."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class BotTurn:
    """One question to the bot: either the customer's text or an intent that handoff vouches for."""

    conversation_id: UUID
    text: str | None
    intent: JsonObject | None
    language: str
    channel: str
    turn_token: str = field(repr=False)
    state: JsonObject | None = field(repr=False)

    def to_json(self) -> JsonObject:
        return {
            "conversation_id": str(self.conversation_id),
            "text": self.text,
            "intent": self.intent,
            "language": self.language,
            "channel": self.channel,
            "turn_token": self.turn_token,
            "state": self.state,
        }


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class BotButton(_Part):
    """A choice whose payload is an intent, /name or /name{json}; anything else makes the answer invalid."""

    title: str = Field(min_length=1, max_length=200)
    payload: str

    @field_validator("payload")
    @classmethod
    def _is_intent(cls, payload: str) -> str:
        parse_payload(payload)
        return payload


class BotReply(_Part):
    text: str = ""
    buttons: list[BotButton] = Field(default_factory=list)
    card: JsonObject | None = None


class HandoffCommand(_Part):
    type: Literal["handoff"]
    reason: str = Field(max_length=40)
    topic: str = Field(default="other", max_length=40)


class LanguageCommand(_Part):
    type: Literal["language"]
    language: Literal["en", "de", "fi"]


class Understood(_Part):
    intent: str | None = None
    confidence: float | None = None


class BotAnswer(_Part):
    state: JsonObject
    replies: list[BotReply]
    commands: list[Annotated[HandoffCommand | LanguageCommand, Field(discriminator="type")]] = Field(
        default_factory=list
    )
    understood: Understood = Understood()

    @property
    def text(self) -> str:
        return "\n".join(reply.text for reply in self.replies if reply.text.strip())

    @property
    def buttons(self) -> list[BotButton]:
        return next((reply.buttons for reply in reversed(self.replies) if reply.buttons), [])

    @property
    def card(self) -> JsonObject | None:
        return next((reply.card for reply in reversed(self.replies) if reply.card), None)

    @property
    def handoff(self) -> HandoffCommand | None:
        return next((command for command in self.commands if isinstance(command, HandoffCommand)), None)

    @property
    def language(self) -> LanguageCommand | None:
        return next((command for command in reversed(self.commands) if isinstance(command, LanguageCommand)), None)


def parse_payload(payload: str) -> JsonObject:
    """Turn /name{json} into a trusted intent; raise ValueError for anything else."""
    match = _PAYLOAD.fullmatch(payload.strip())
    if match is None:
        raise ValueError("not an intent")
    entities = json.loads(match[2] or "{}")
    return {"name": match[1], "entities": {key: str(value) for key, value in entities.items()}}


class BotGateway(Protocol):
    async def answer(self, turn: BotTurn) -> BotAnswer: ...

    async def is_ready(self) -> bool: ...

    async def close(self) -> None: ...


@dataclass
class _BotProcess:
    """One of the equal bot processes, and how many turns it has under way."""

    client: httpx.AsyncClient
    turns: int = 0

    async def post(self, turn: BotTurn) -> httpx.Response:
        self.turns += 1
        try:
            return await self.client.post("/webhooks/saldo/turn", json=turn.to_json())
        finally:
            self.turns -= 1

    async def is_ready(self) -> bool:
        try:
            response = await self.client.get("/webhooks/saldo/health", timeout=_HEALTH_SECONDS)
        except httpx.HTTPError:
            return False
        return response.status_code == httpx.codes.OK


class HttpBotGateway:
    """Speaks to the bot processes: any can answer any turn, since its state travels with it.

    A lost connection is tried once more, at another process if there is one: a turn may be repeated.
    """

    def __init__(
        self,
        urls: Sequence[str],
        secret: str,
        timeout_seconds: float,
        transport: httpx.AsyncBaseTransport | None = None,
    ):
        self._timeout_seconds = timeout_seconds
        self._processes = [
            _BotProcess(
                httpx.AsyncClient(
                    base_url=url,
                    headers={"X-Saldo-Secret": secret},
                    timeout=httpx.Timeout(timeout_seconds, connect=2.0),
                    transport=transport,
                    trust_env=False,
                )
            )
            for url in urls
        ]

    async def answer(self, turn: BotTurn) -> BotAnswer:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                response = await self._post_with_retry(turn)
        except (TimeoutError, httpx.TimeoutException):
            raise BotFailure("timeout") from None
        except httpx.HTTPError as error:
            raise BotFailure(type(error).__name__) from None
        if response.status_code != httpx.codes.OK:
            raise BotFailure(f"status {response.status_code}")
        return _read_answer(response)

    async def is_ready(self) -> bool:
        return any(await asyncio.gather(*(process.is_ready() for process in self._processes)))

    async def close(self) -> None:
        for process in self._processes:
            await process.client.aclose()

    async def _post_with_retry(self, turn: BotTurn) -> httpx.Response:
        first = self._least_busy(self._processes)
        try:
            return await first.post(turn)
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            await asyncio.sleep(_RETRY_PAUSE_SECONDS)
            others = [process for process in self._processes if process is not first]
            return await self._least_busy(others or [first]).post(turn)

    @staticmethod
    def _least_busy(processes: Sequence[_BotProcess]) -> _BotProcess:
        return min(processes, key=lambda process: process.turns)


def _read_answer(response: httpx.Response) -> BotAnswer:
    try:
        answer = BotAnswer.model_validate_json(response.content)
    except ValidationError:
        raise BotFailure("invalid answer") from None
    if not answer.text and answer.handoff is None:
        raise BotFailure("empty answer")
    return answer
