"""A believable day of a small contact centre: contacts, agents and the log that tells of them, up to now."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from handoff.agents.models import Agent, Presence
from handoff.contact_log import ContactEvent
from handoff.contact_log import ContactEventKind as Kind
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.events import open_stream
from handoff.live import conversation_stream
from handoff.routing.models import EntryStatus, QueueEntry
from tests.factories.handoff import make_agent

OFFER_SECONDS = 20
# How many contacts come in each hour of the local day, at full load.
RUSH = {6: 3, 7: 8, 8: 18, 9: 30, 10: 34, 11: 28, 12: 22, 13: 26, 14: 24, 15: 20, 16: 16, 17: 10, 18: 6}
QUEUES = {"bills": 45, "payments": 20, "contracts": 20, "general": 15}
LANGUAGES = {"de": 60, "fi": 22, "en": 18}
TOPICS = {"bills": "bills", "payments": "payments", "contracts": "contracts", "general": "other"}
STAFF = (
    ("Mia Brandt", ("de", "en", "fi"), 6, 15),
    ("Jonas Petersen", ("de", "en"), 7, 16),
    ("Aino Laine", ("fi", "en"), 8, 16),
    ("Lena Hoffmann", ("de",), 8, 17),
    ("Samir Aydın", ("de", "en"), 9, 18),
    ("Veikko Salo", ("fi",), 9, 17),
)


@dataclass
class Worker:
    """An agent with the moments at which each place for a chat is free again."""

    agent: Agent
    speaks: tuple[str, ...]
    begin: datetime
    end: datetime
    places: list[datetime] = field(default_factory=list)

    def free_at(self, moment: datetime) -> datetime | None:
        at = max(moment, self.begin, min(self.places))
        return at if at < self.end else None


async def fill_day(
    session: AsyncSession, now: datetime, midnight: datetime, *, seed: int = 7, load: float = 1.0, rush: int = 0
) -> None:
    """Write the day since midnight; who waits and talks at its end stands in the tables too.

    `rush` contacts come on top in the last three minutes.
    """
    day = _Day(session, now, midnight, Random(seed))
    await day.hire()
    for asked_at in sorted([*day.arrivals(load), *day.rush(rush)]):
        day.serve(asked_at)
    await day.write()


class _Day:
    def __init__(self, session: AsyncSession, now: datetime, midnight: datetime, random: Random) -> None:
        self._session, self._now, self._midnight, self._random = session, now, midnight, random
        self._workers: list[Worker] = []
        self._rows: list[ContactEvent] = []
        self._conversations: dict[UUID, Conversation] = {}
        self._entries: list[QueueEntry] = []

    async def hire(self) -> None:
        for name, speaks, begin, end in STAFF:
            skills = [f"language:{language}" for language in speaks]
            agent = await make_agent(
                self._session, now=self._now, name=name.split()[0], language=speaks[0], skills=skills
            )
            agent.name, agent.capacity = name, self._random.choice((2, 3, 3))
            start, stop = (self._midnight + timedelta(hours=hour) for hour in (begin, end))
            self._workers.append(Worker(agent, speaks, start, stop, [start] * agent.capacity))
            self._live_through(agent, start, stop)

    def _live_through(self, agent: Agent, start: datetime, stop: datetime) -> None:
        late = timedelta(minutes=self._random.uniform(-4, 9))
        lunch = start + timedelta(hours=self._random.uniform(3.5, 5))
        said = [
            (start + late, "available"),
            (lunch, "away"),
            (lunch + timedelta(minutes=30), "available"),
            (stop, "offline"),
        ]
        for at, presence in said:
            if at <= self._now:
                self._log(at, Kind.PRESENCE, None, agent.id, presence=presence, reason="chosen")
                agent.presence, agent.presence_since = Presence(presence), at

    def arrivals(self, load: float) -> Iterator[datetime]:
        for hour, rate in RUSH.items():
            at = self._midnight + timedelta(hours=hour)
            end = at + timedelta(hours=1)
            while (at := at + timedelta(seconds=self._random.expovariate(rate * load / 3600))) < min(end, self._now):
                yield at

    def rush(self, count: int) -> list[datetime]:
        return [self._now - timedelta(seconds=self._random.uniform(4, 180)) for _ in range(count)]

    def serve(self, asked_at: datetime) -> None:
        random = self._random
        queue, language = (random.choices(list(each), list(each.values()))[0] for each in (QUEUES, LANGUAGES))
        channel = Channel.SMS if random.random() < 0.12 else Channel.WEBCHAT
        entry = self._open(asked_at, queue, language, channel)
        self._log(asked_at, Kind.REQUESTED, entry)
        patience = timedelta(seconds=random.expovariate(1 / 420) + 15)
        worker, at = self._first_free(language, asked_at)
        again_at = at + timedelta(seconds=OFFER_SECONDS)
        is_missed = worker is not None and random.random() < 0.05
        if worker is not None and is_missed and again_at < min(self._now, asked_at + patience):
            self._log(at, Kind.OFFERED, entry, worker.agent.id)
            at = again_at
            self._log(at, random.choice((Kind.MISSED, Kind.DECLINED)), entry, worker.agent.id)
            self._log(at, Kind.REQUEUED, entry, why="missed")
        answer_at = at + timedelta(seconds=random.uniform(3, 9))
        if worker is None or answer_at - asked_at > patience:
            self._lose_patience(entry, asked_at + patience)
        elif answer_at < self._now:
            self._talk(entry, worker, at, answer_at)

    def _first_free(self, language: str, asked_at: datetime) -> tuple[Worker | None, datetime]:
        able = [(worker.free_at(asked_at), worker) for worker in self._workers if language in worker.speaks]
        there = [(at, worker) for at, worker in able if at is not None]
        if not there:
            return None, asked_at
        at, worker = min(there, key=lambda pair: (pair[0], sum(place > pair[0] for place in pair[1].places)))
        return worker, at

    def _lose_patience(self, entry: QueueEntry, at: datetime) -> None:
        if at >= self._now:
            return
        if at - entry.requested_at > timedelta(seconds=90) and self._random.random() < 0.4:
            self._log(at, Kind.CALLBACK_ASKED, entry)
            return
        why = "to_bot" if self._random.random() < 0.2 else "abandoned"
        self._log(at, Kind.LEFT, entry, why=why)
        self._close(entry, EntryStatus.LEFT, at)

    def _talk(self, entry: QueueEntry, worker: Worker, offered_at: datetime, taken_at: datetime) -> None:
        agent_id = worker.agent.id
        self._log(offered_at, Kind.OFFERED, entry, agent_id)
        self._log(taken_at, Kind.TAKEN, entry, agent_id, how="accepted")
        said = taken_at + timedelta(seconds=self._random.lognormvariate(5.75, 0.6))
        done = said + timedelta(seconds=self._random.uniform(12, 60))
        worker.places[worker.places.index(min(worker.places))] = done
        conversation = self._conversations[entry.conversation_id]
        conversation.agent_id = agent_id
        entry.status, entry.ended_at = EntryStatus.TAKEN, taken_at
        if done >= self._now:
            conversation.status = ConversationStatus.ACTIVE
            return
        self._log(said, Kind.WRAP_UP_BEGUN, entry, agent_id)
        self._log(done, Kind.WRAP_UP_DONE, entry, agent_id, disposition="solved")
        self._log(done, Kind.CLOSED, entry, agent_id)
        self._close(entry, EntryStatus.TAKEN, taken_at, done)

    def _open(self, at: datetime, queue: str, language: str, channel: Channel) -> QueueEntry:
        conversation = Conversation(
            id=uuid4(),
            status=ConversationStatus.QUEUED,
            channel=channel,
            address=f"+4940{self._random.randrange(10**7):07}" if channel is Channel.SMS else None,
            language=language,
            token_hash=uuid4().hex,
            opened_at=at - timedelta(minutes=2),
        )
        self._conversations[conversation.id] = conversation
        entry = QueueEntry(
            id=uuid4(),
            conversation_id=conversation.id,
            status=EntryStatus.WAITING,
            language=language,
            queue=queue,
            topic=TOPICS[queue],
            channel=channel,
            reason="asked_for_person",
            requested_seq=0,
            requested_at=at,
            entered_at=at,
            announced_position=1,
        )
        self._entries.append(entry)
        return entry

    def _close(self, entry: QueueEntry, status: EntryStatus, at: datetime, closed_at: datetime | None = None) -> None:
        entry.status, entry.ended_at = status, at
        conversation = self._conversations[entry.conversation_id]
        conversation.status, conversation.closed_at = ConversationStatus.CLOSED, closed_at or at

    def _log(
        self, at: datetime, kind: Kind, entry: QueueEntry | None, agent_id: UUID | None = None, **details: object
    ) -> None:
        self._rows.append(
            ContactEvent(
                happened_at=at,
                kind=kind,
                conversation_id=entry.conversation_id if entry else None,
                entry_id=entry.id if entry else None,
                agent_id=agent_id,
                queue=entry.queue if entry else None,
                language=entry.language if entry else None,
                channel=entry.channel if entry else None,
                details=details,
            )
        )

    async def write(self) -> None:
        self._session.add_all(self._conversations.values())
        for conversation_id in self._conversations:
            open_stream(self._session, conversation_stream(conversation_id))
        await self._session.flush()
        self._session.add_all(self._entries)
        await self._session.flush()
        for row in sorted(self._rows, key=lambda row: row.happened_at):
            self._session.add(row)
        await self._session.flush()
