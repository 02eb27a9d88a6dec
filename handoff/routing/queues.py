"""The queues as operators configure them: queues.yml, or the file that SALDO_QUEUES names."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from handoff.conversations.models import Channel

PACKAGED: Final = Path(__file__).with_name("queues.yml")
FALLBACK: Final = "general"
_INFO: Final = "queues"
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Promise(_Part):
    """`percent` of the contacts are answered within `seconds`."""

    percent: int = Field(ge=1, le=100)
    seconds: int = Field(ge=1)


class Holidays(_Part):
    country: str
    subdivision: str | None = None


class Queue(_Part):
    """One queue; queues.yml explains every field."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    topics: tuple[str, ...]
    priority: int = Field(ge=1, le=5)
    ageing_seconds: int = Field(ge=1)
    required: tuple[str, ...]
    preferred: tuple[str, ...]
    relax_after_seconds: tuple[int, int]
    sticky_seconds: int = Field(ge=0)
    wrap_up_seconds: int = Field(ge=0, le=120)
    promise: Mapping[Channel, Promise]
    handle_seconds: int = Field(ge=1)
    patience_seconds: int = Field(ge=1)
    callback_after_seconds: int = Field(ge=0)
    callback_over_seconds: int = Field(ge=0)
    time_zone: str
    hours: Mapping[str, tuple[str, ...]]
    holidays: Holidays | None


class Queues:
    """All queues, found by key or by what a conversation is about."""

    def __init__(self, queues: tuple[Queue, ...]) -> None:
        self._by_key = {queue.key: queue for queue in queues}
        self._by_topic = {topic: queue for queue in queues for topic in queue.topics}

    def __iter__(self) -> Iterator[Queue]:
        return iter(self._by_key.values())

    def __getitem__(self, key: str) -> Queue:
        """A queue that is configured no more is served like the fallback."""
        return self._by_key.get(key) or self._by_key[FALLBACK]

    def of_topic(self, topic: str) -> Queue:
        return self._by_topic.get(topic) or self._by_key[FALLBACK]


def load_queues(file: Path = PACKAGED) -> Queues:
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    defaults = content["defaults"]
    return Queues(tuple(Queue(**{**defaults, **own, "key": key}) for key, own in content["queues"].items()))


def give_queues(sessions: async_sessionmaker[AsyncSession], queues: Queues) -> None:
    """Let every session of this process know its queues; sessions that were given none know the packaged ones."""
    sessions.configure(info={_INFO: queues})


def queues_of(session: AsyncSession) -> Queues:
    queues = session.info.get(_INFO)
    return queues if isinstance(queues, Queues) else _packaged()


@cache
def _packaged() -> Queues:
    return load_queues()
