"""Contact logs for tests: written by hand, or by chance. They are rows as the log stores them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from handoff.contact_log import ContactEventKind as Kind
from handoff.conversations.models import Channel

BEGIN = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)  # midnight in Berlin
QUEUES = ("bills", "payments", "general")
LANGUAGES = ("de", "en", "fi")


@dataclass(frozen=True)
class Row:
    number: int
    happened_at: datetime
    kind: Kind
    conversation_id: UUID | None = None
    entry_id: UUID | None = None
    agent_id: UUID | None = None
    queue: str | None = None
    language: str | None = None
    channel: Channel | None = None
    details: dict[str, object] = field(default_factory=dict)


class Story:
    """A log in the making; times are seconds after BEGIN."""

    def __init__(self) -> None:
        self._drafts: list[tuple[float, Row]] = []

    def contact(
        self, number: int, queue: str = "bills", language: str = "de", channel: Channel = Channel.WEBCHAT
    ) -> "Told":
        return Told(self, number, queue, language, channel)

    def add(self, seconds: float, row: Row) -> None:
        self._drafts.append((seconds, row))

    def presence(self, seconds: float, agent: int, presence: str) -> None:
        self.add(seconds, Row(0, at(seconds), Kind.PRESENCE, agent_id=agent_id(agent), details={"presence": presence}))

    def rows(self) -> list[Row]:
        ordered = sorted(self._drafts, key=lambda draft: draft[0])
        return [Row(**{**vars(row), "number": number}) for number, (_, row) in enumerate(ordered, start=1)]


class Told:
    """What happens to one conversation."""

    def __init__(self, story: Story, number: int, queue: str, language: str, channel: Channel) -> None:
        self._story, self._queue, self._language, self._channel = story, queue, language, channel
        self.conversation_id = UUID(int=number)
        self._entry = 1

    def __call__(self, seconds: float, kind: Kind, agent: int | None = None, **details: object) -> "Told":
        row = Row(
            0,
            at(seconds),
            kind,
            conversation_id=self.conversation_id,
            entry_id=UUID(int=self.conversation_id.int * 1000 + self._entry),
            agent_id=agent_id(agent) if agent is not None else None,
            queue=self._queue,
            language=self._language,
            channel=self._channel,
            details=details,
        )
        self._story.add(seconds, row)
        return self

    def another_entry(self, queue: str | None = None) -> None:
        self._entry += 1
        self._queue = queue or self._queue


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def agent_id(number: int) -> UUID:
    return UUID(int=10**9 + number)


def random_history(seed: int, contacts: int = 120, agents: int = 6) -> list[Row]:
    """A day of all that can happen, in believable order, with contacts that are still open at its end."""
    random = Random(seed)
    story = Story()
    for agent in range(agents):
        second = random.uniform(0, 4 * 3600)
        for presence in ("available", "away", "available", "away", "available", "offline")[: random.randint(1, 6)]:
            story.presence(second, agent, presence)
            second += random.uniform(600, 3 * 3600)
    for number in range(1, contacts + 1):
        told = story.contact(
            number, random.choice(QUEUES), random.choice(LANGUAGES), random.choice((Channel.WEBCHAT, Channel.SMS))
        )
        _live(told, random, random.uniform(0, 20 * 3600), agents)
    return story.rows()


def _live(told: Told, random: Random, second: float, agents: int) -> None:
    told(second, Kind.REQUESTED)
    for _ in range(random.randint(0, 2)):
        second = _offer_in_vain(told, random, second, agents)
    second += random.expovariate(1 / 60)
    fate = random.random()
    if fate < 0.12:
        told(second, Kind.LEFT, why=random.choice(("abandoned", "closed", "to_bot")))
        if random.random() < 0.4:
            told.another_entry()
            told(second + random.uniform(1, 1500), Kind.REQUESTED)
    elif fate < 0.2:
        told(second, Kind.CALLBACK_ASKED, by=random.choice(("customer", "closing")))
        if random.random() < 0.5:
            told(second + 10, Kind.CALLBACK_ENDED, how=random.choice(("live", "cancelled", "done")))
        if random.random() < 0.5:
            told(second + 900, Kind.TAKEN, random.randrange(agents))
    elif fate < 0.95:
        _serve(told, random, second, agents)


def _offer_in_vain(told: Told, random: Random, second: float, agents: int) -> float:
    agent = random.randrange(agents)
    told(second + 1, Kind.OFFERED, agent)
    end = second + random.uniform(2, 21)
    told(end, random.choice((Kind.MISSED, Kind.DECLINED, Kind.WITHDRAWN)), agent)
    told(end + 0.001, Kind.REQUEUED)
    return end + 0.01


def _serve(told: Told, random: Random, second: float, agents: int) -> None:
    agent = random.randrange(agents)
    told(second, Kind.OFFERED, agent)(second + 0.5, Kind.TAKEN, agent, how="accepted")
    second += 1 + random.expovariate(1 / 240)
    fate = random.random()
    if fate < 0.1:
        told.another_entry(random.choice(QUEUES))
        told(second, Kind.TRANSFERRED, agent)(second + 0.001, Kind.REQUEUED, why="transferred")
        _serve(told, random, second + random.uniform(1, 90), agents)
    elif fate < 0.18:
        told.another_entry()
        told(second, Kind.REQUEUED, why="agent_lost")
        _serve(told, random, second + random.uniform(1, 90), agents)
    elif fate < 0.23:
        told(second, Kind.RETURNED_TO_BOT, agent)
    elif fate < 0.9:
        _wrap_up(told, random, second, agent)


def _wrap_up(told: Told, random: Random, second: float, agent: int) -> None:
    told(second, Kind.WRAP_UP_BEGUN, agent)
    second += random.uniform(1, 60)
    told(second, Kind.WRAP_UP_DONE, agent, disposition="solved")
    if random.random() < 0.1:
        told(second + 0.001, Kind.REOPENED, agent)
        _wrap_up(told, random, second + random.uniform(5, 300), agent)
        return
    told(second + 0.001, Kind.CLOSED, agent)
    if random.random() < 0.1:
        told.another_entry()
        told(second + 2000, Kind.REOPENED, agent)
        told(second + 2000 + random.uniform(1, 200), Kind.TAKEN, agent)
