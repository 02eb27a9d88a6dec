"""The queues as operators configure them: queues.yml, or the file that SALDO_QUEUES names."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import available_timezones

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from handoff.conversations.models import Channel

PACKAGED: Final = Path(__file__).with_name("queues.yml")
FALLBACK: Final = "general"
_INFO: Final = "queues"
_INTERVAL: Final = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-4]):[0-5]\d)")
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
    reopen_hours: int = Field(default=24, ge=0, le=720)
    promise: Mapping[Channel, Promise]
    handle_seconds: int = Field(ge=1)
    patience_seconds: int = Field(ge=1)
    callback_after_seconds: int = Field(ge=0)
    callback_over_seconds: int = Field(ge=0)
    time_zone: str
    hours: Mapping[str, tuple[str, ...]]
    holidays: Holidays | None

    @field_validator("promise")
    @classmethod
    def _promise_every_channel(cls, promise: Mapping[Channel, Promise]) -> Mapping[Channel, Promise]:
        missing = [channel.value for channel in Channel if channel not in promise]
        if missing:
            raise ValueError(f"nothing is promised for {', '.join(missing)}")
        return promise

    @field_validator("relax_after_seconds")
    @classmethod
    def _relax_in_order(cls, moments: tuple[int, int]) -> tuple[int, int]:
        if not 0 <= moments[0] <= moments[1]:
            raise ValueError("the second moment must not come before the first")
        return moments

    @field_validator("time_zone")
    @classmethod
    def _know_zone(cls, name: str) -> str:
        if name not in _time_zones():
            raise ValueError(f"{name} is no time zone; for example Europe/Berlin is one")
        return name

    @field_validator("hours")
    @classmethod
    def _know_weekdays(cls, hours: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        unknown = sorted(set(hours) - set(WEEKDAYS))
        missing = [day for day in WEEKDAYS if day not in hours]
        if unknown or missing:
            raise ValueError(f"the days are {', '.join(WEEKDAYS)}")
        if not any(hours.values()):
            raise ValueError("a queue that is never open would be waited in for ever")
        for interval in (interval for day in hours.values() for interval in day):
            if not _is_interval(interval):
                raise ValueError(f"{interval} is no interval such as 08:00-18:00")
        return hours


@cache
def _time_zones() -> frozenset[str]:
    """Asking for them opens some six hundred files."""
    return frozenset(available_timezones())


def _is_interval(text: str) -> bool:
    found = _INTERVAL.fullmatch(text)
    return found is not None and found[1] < found[2] <= "24:00"


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


class QueuesInvalid(SystemExit):
    """The file of the queues cannot be used; the process stops with one sentence that says where and why."""

    def __init__(self, file: Path, reason: str, line: int | None = None) -> None:
        where = str(file) if line is None else f"{file}, line {line}"
        super().__init__(f"{where}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


def load_queues(file: Path = PACKAGED) -> Queues:
    """Read the queues or raise QueuesInvalid."""
    try:
        tree = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        content = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise QueuesInvalid(file, f"it cannot be read ({type(error).__name__})") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise QueuesInvalid(file, "it is not valid YAML", mark.line + 1 if mark else None) from None
    defaults, own = _sections(file, content)
    queues = tuple(_queue(file, tree, key, {**defaults, **fields}) for key, fields in own.items())
    _refuse_contradictions(file, tree, queues)
    return Queues(queues)


def _sections(file: Path, content: object) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    if not isinstance(content, dict) or not isinstance(content.get("queues"), dict):
        raise QueuesInvalid(file, "it has no section `queues`")
    defaults = content.get("defaults") or {}
    unknown = sorted(set(content) - {"defaults", "queues"})
    if unknown or not isinstance(defaults, dict):
        raise QueuesInvalid(file, f"only `defaults` and `queues` are known, not `{(unknown or ['defaults'])[0]}`")
    return defaults, {str(key): fields or {} for key, fields in content["queues"].items()}


def _queue(file: Path, tree: yaml.Node | None, key: str, fields: object) -> Queue:
    if not isinstance(fields, dict):
        raise QueuesInvalid(file, f"queue `{key}` must have fields", _line_of(tree, "queues", key))
    try:
        return Queue(**{**fields, "key": key})
    except ValidationError as error:
        problem = error.errors()[0]
        field = ".".join(str(part) for part in problem["loc"])
        first = str(problem["loc"][0]) if problem["loc"] else ""
        line = (
            _line_of(tree, "queues", key, first) or _line_of(tree, "defaults", first) or _line_of(tree, "queues", key)
        )
        raise QueuesInvalid(file, f"queue `{key}`, field `{field}`: {problem['msg']}", line) from None


def _refuse_contradictions(file: Path, tree: yaml.Node | None, queues: tuple[Queue, ...]) -> None:
    if FALLBACK not in {queue.key for queue in queues}:
        raise QueuesInvalid(file, f"there is no queue `{FALLBACK}`, which serves every topic named nowhere")
    owners: dict[str, str] = {}
    for queue in queues:
        for topic in queue.topics:
            if topic in owners:
                reason = f"topic `{topic}` belongs to the queues `{owners[topic]}` and `{queue.key}`"
                raise QueuesInvalid(file, reason, _line_of(tree, "queues", queue.key))
            owners[topic] = queue.key


def _line_of(node: yaml.Node | None, *path: str) -> int | None:
    """Find where the field stands, as far as the file names it."""
    line: int | None = None
    for name in path:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        found = next((pair for pair in pairs if pair[0].value == name), None)
        if found is None:
            return None
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def give_queues(sessions: async_sessionmaker[AsyncSession], queues: Queues) -> None:
    """Let every session of this process know its queues; sessions that were given none know the packaged ones."""
    sessions.configure(info={_INFO: queues})


def queues_of(session: AsyncSession) -> Queues:
    queues = session.info.get(_INFO)
    return queues if isinstance(queues, Queues) else _packaged()


@cache
def _packaged() -> Queues:
    return load_queues()
