"""A day at a contact centre as it happens, whoever routes it: who works, who asks for a person, how long things take.

What is assumed, beside the numbers of `Setup`:
* an offer is answered at once, under every rule alike; wrap-up is part of the handling;
* an agent on a call does nothing else; an agent may hold `chat_limit` chats at once, and each further chat slows every
  one of them by `slowdown`: of three chats at 0.2 each takes 1.4 times as long, so the agent does the work of 2.1;
* an agent who does not know the topic takes `unfamiliar` longer;
* who waits longer than their patience is gone and does not come again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import log, sqrt
from random import Random

from handoff.conversations.models import Channel

LANGUAGES = ("en", "de", "fi")
TOPICS = ("bills", "payments", "contracts", "general")


@dataclass(frozen=True)
class Work:
    """How long contacts of a channel take: mean seconds and coefficient of variation, lognormal."""

    mean: float
    variation: float

    def draw(self, random: Random) -> float:
        spread = log(1 + self.variation**2)
        return random.lognormvariate(log(self.mean) - spread / 2, sqrt(spread))


@dataclass(frozen=True)
class Setup:
    """One day. `crew` counts agents by the languages they speak; `load` is demand by what the whole crew can do."""

    hours: float = 10
    crew: Sequence[tuple[tuple[str, ...], int]] = ((("en",), 8), (("de",), 5), (("fi",), 3), (LANGUAGES, 4))
    load: float = 0.85
    voice_share: float = 0.4
    voice: Work = Work(300, 1.0)
    chat: Work = Work(480, 0.8)
    patience: float = 300
    chat_limit: int = 3
    slowdown: float = 0.2
    unfamiliar: float = 0.1
    priorities: Sequence[tuple[int, float]] = ((3, 1.0),)

    @property
    def agents(self) -> int:
        return sum(count for _, count in self.crew)

    @property
    def person_seconds(self) -> float:
        """What a contact takes of a person on average, with as many chats at once as allowed."""
        chat = self.chat.mean * (1 + self.slowdown * (self.chat_limit - 1)) / self.chat_limit
        return self.voice_share * self.voice.mean + (1 - self.voice_share) * chat

    @property
    def per_second(self) -> float:
        return self.load * self.agents / self.person_seconds

    def language_shares(self) -> list[float]:
        """Demand in proportion to who speaks the language; who speaks several counts for each in part."""
        return [sum(count / len(spoken) for spoken, count in self.crew if each in spoken) for each in LANGUAGES]


@dataclass(frozen=True, eq=False)
class Contact:
    """A customer who asks for a person `at` seconds after opening."""

    number: int
    at: float
    channel: Channel
    language: str
    topic: str
    priority: int
    work: float
    patience: float


@dataclass(eq=False)
class Agent:
    """`held` are the contacts in their hands with the seconds of work left on each."""

    number: int
    languages: frozenset[str]
    topics: frozenset[str]
    chat_limit: int
    slowdown: float
    idle_since: float = 0.0
    offered_at: float = 0.0
    held: dict[Contact, float] = field(default_factory=dict)
    as_of: float = 0.0
    version: int = 0
    busy_seconds: float = 0.0

    def pace(self) -> float:
        """How fast each contact in hand proceeds."""
        return 1 / (1 + self.slowdown * (len(self.held) - 1)) if self.held else 1.0

    def work_until(self, now: float) -> None:
        done = (now - self.as_of) * self.pace()
        self.held = {contact: left - done for contact, left in self.held.items()}
        self.busy_seconds += (now - self.as_of) * bool(self.held)
        self.as_of = now

    def next_done(self) -> tuple[float, Contact]:
        contact = min(self.held, key=lambda each: self.held[each])
        return self.as_of + max(0.0, self.held[contact]) / self.pace(), contact


@dataclass(frozen=True)
class Day:
    setup: Setup
    contacts: Sequence[Contact]
    skills: Sequence[tuple[frozenset[str], frozenset[str]]]

    def crew(self) -> list[Agent]:
        return [
            Agent(number, languages, topics, self.setup.chat_limit, self.setup.slowdown)
            for number, (languages, topics) in enumerate(self.skills)
        ]

    def pooled(self) -> "Day":
        """The same day if everybody could do everything."""
        return replace(self, skills=[(frozenset(LANGUAGES), frozenset(TOPICS))] * len(self.skills))


def make_day(setup: Setup, seed: int) -> Day:
    """Draw who works and who comes. Every rule meets the same day: the contacts bring their work and patience along."""
    random = Random(seed)
    skills = [
        (frozenset(spoken), frozenset(random.sample(TOPICS, random.choice((2, 3)))))
        for spoken, count in setup.crew
        for _ in range(count)
    ]
    contacts: list[Contact] = []
    now = random.expovariate(setup.per_second)
    while now < setup.hours * 3600:
        contacts.append(_make_contact(setup, len(contacts), now, random))
        now += random.expovariate(setup.per_second)
    return Day(setup, contacts, skills)


def _make_contact(setup: Setup, number: int, now: float, random: Random) -> Contact:
    channel = Channel.VOICE if random.random() < setup.voice_share else Channel.WEBCHAT
    classes, shares = zip(*setup.priorities, strict=True)
    return Contact(
        number=number,
        at=now,
        channel=channel,
        language=random.choices(LANGUAGES, setup.language_shares())[0],
        topic=random.choice(TOPICS),
        priority=random.choices(classes, shares)[0],
        work=(setup.voice if channel is Channel.VOICE else setup.chat).draw(random),
        patience=random.expovariate(1 / setup.patience),
    )
