"""Our routing and two others, each as good as its rule allows.

All know the languages, skip whom nobody free can serve, respect the same limits and are told the truth at once.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from handoff.conversations.models import Channel
from handoff.routing import policy
from handoff.routing.policy import PERSON, SPARE_FOR_CALLS, Server, Waiting, weight
from tests.simulation.world import Agent, Contact

Preference = tuple[float, ...]
OPENING = datetime(2026, 11, 23, 8, tzinfo=UTC)


def load_of(agent: Agent) -> int:
    return sum(weight(contact.channel, agent.chat_limit) for contact in agent.held)


class Ours:
    """The functions that route real contacts."""

    tick: float | None = None

    def __init__(
        self, relax_after: tuple[int, int] = (0, 0), ageing_seconds: int = 300, spare: int = SPARE_FOR_CALLS
    ) -> None:
        self.relax_after, self.ageing_seconds, self.spare = relax_after, ageing_seconds, spare
        self._waiting: dict[Contact, Waiting] = {}
        self._skills: dict[Agent, frozenset[str]] = {}

    def place(self, line: Sequence[Contact], crew: Sequence[Agent], now: float) -> Sequence[tuple[Contact, Agent]]:
        contacts = {contact.number: contact for contact in line}
        servers = [self._server(agent) for agent in crew]
        pairs = policy.choose(map(self._entry, line), servers, at(now), offers_each=PERSON, spare_for_calls=self.spare)
        return [(contacts[entry.entry_id.int], crew[server.agent_id.int]) for entry, server in pairs]

    def next_look(self, line: Sequence[Contact], now: float) -> float | None:
        moment = policy.next_change(map(self._entry, line), at(now))
        return None if moment is None else (moment - OPENING).total_seconds()

    def _entry(self, contact: Contact) -> Waiting:
        if contact not in self._waiting:
            self._waiting[contact] = Waiting(
                entry_id=UUID(int=contact.number),
                queue=contact.topic,
                language=contact.language,
                channel=contact.channel,
                priority=contact.priority,
                requested_at=at(contact.at),
                required=frozenset(),
                preferred=frozenset({f"topic:{contact.topic}"}),
                relax_after=self.relax_after,
                ageing_seconds=self.ageing_seconds,
            )
        return self._waiting[contact]

    def _server(self, agent: Agent) -> Server:
        if agent not in self._skills:
            languages = {f"language:{language}" for language in agent.languages}
            self._skills[agent] = frozenset(languages | {f"topic:{topic}" for topic in agent.topics})
        skills = self._skills[agent]
        return Server(_number(agent.number), skills, load_of(agent), agent.chat_limit, at(agent.idle_since))


class LongestIdle:
    """The oldest contact goes at once to the agent of the language who has gone longest without a new one."""

    tick: float | None = None

    def place(self, line: Sequence[Contact], crew: Sequence[Agent], now: float) -> Sequence[tuple[Contact, Agent]]:
        return _place_each(line, crew, now, lambda agent, load, offered_at: (offered_at, agent.number))

    def next_look(self, line: Sequence[Contact], now: float) -> float | None:
        return None


class Polling:
    """Every five seconds one contact of each queue goes to the agent of the language with the least to do.

    A queue for each topic, language and channel, the one whose first has waited longest before the others: so a call
    that nobody can take holds up no chat, and many queues let many pass in one look.
    """

    tick: float | None = 5.0

    def place(self, line: Sequence[Contact], crew: Sequence[Agent], now: float) -> Sequence[tuple[Contact, Agent]]:
        firsts: dict[tuple[str, str, Channel], Contact] = {}
        for contact in line:
            firsts.setdefault((contact.topic, contact.language, contact.channel), contact)
        return _place_each(firsts.values(), crew, now, lambda agent, load, offered_at: (load, offered_at, agent.number))

    def next_look(self, line: Sequence[Contact], now: float) -> float | None:
        return None


def _place_each(
    line: Iterable[Contact], crew: Sequence[Agent], now: float, preference: Callable[[Agent, int, float], Preference]
) -> list[tuple[Contact, Agent]]:
    loads = {agent: load_of(agent) for agent in crew}
    offered_at = {agent: agent.offered_at for agent in crew}
    pairs = []
    for contact in line:
        free = [
            agent
            for agent in crew
            if contact.language in agent.languages
            and loads[agent] + weight(contact.channel, agent.chat_limit) <= PERSON
        ]
        if free:
            best = min(free, key=lambda agent: preference(agent, loads[agent], offered_at[agent]))
            loads[best] += weight(contact.channel, best.chat_limit)
            offered_at[best] = now
            pairs.append((contact, best))
    return pairs


@cache
def _number(number: int) -> UUID:
    return UUID(int=number)


def at(seconds: float) -> datetime:
    return OPENING + timedelta(seconds=seconds)
