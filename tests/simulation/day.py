"""Lets a day pass under a routing rule and says how long everybody waited."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from heapq import heappop, heappush
from itertools import count
from typing import Protocol

from tests.simulation.world import Agent, Contact, Day


class Router(Protocol):
    """A rule of routing. One that polls looks only every `tick` seconds; one without is asked after every event."""

    tick: float | None

    def place(self, line: Sequence[Contact], crew: Sequence[Agent], now: float) -> Sequence[tuple[Contact, Agent]]:
        """Return who gets whom now; `line` is in the order of the requests."""
        ...

    def next_look(self, line: Sequence[Contact], now: float) -> float | None:
        """Return when to ask again although nothing happens."""
        ...


@dataclass(frozen=True)
class Outcome:
    """What became of a contact: answered or gone after `wait` seconds, and done `total` seconds after asking."""

    contact: Contact
    wait: float
    answered: bool
    total: float | None = None


class _Event(IntEnum):
    ARRIVES = 0
    DONE = 1
    GIVES_UP = 2
    LOOK = 3


class _Simulation:
    def __init__(self, day: Day, router: Router) -> None:
        self.day, self.router, self.crew = day, router, day.crew()
        self.line: dict[Contact, None] = {}
        self.answered_at: dict[Contact, float] = {}
        self.outcomes: list[Outcome] = []
        self.next_look: float | None = None
        self.now = 0.0
        self._number = count()
        self._events: list[tuple[float, int, _Event, object]] = []

    def run(self) -> list[Outcome]:
        for contact in self.day.contacts:
            self._plan(contact.at, _Event.ARRIVES, contact)
        if self.router.tick:
            self._plan(self.router.tick, _Event.LOOK, None)
        while self._events:
            self.now, _, kind, subject = heappop(self._events)
            now = self.now
            if self._happen(now, kind, subject) and (self.router.tick is None or kind is _Event.LOOK):
                self._place(now)
        return self.outcomes

    def _plan(self, at: float, kind: _Event, subject: object) -> None:
        heappush(self._events, (at, next(self._number), kind, subject))

    def _happen(self, now: float, kind: _Event, subject: object) -> bool:
        """Say whether the rule may have something new to decide."""
        match kind, subject:
            case _Event.ARRIVES, Contact() as contact:
                self.line[contact] = None
                self._plan(now + contact.patience, _Event.GIVES_UP, contact)
            case _Event.GIVES_UP, Contact() as contact:
                if contact not in self.line:
                    return False
                del self.line[contact]
                self.outcomes.append(Outcome(contact, now - contact.at, answered=False))
            case _Event.DONE, (Agent() as agent, int(version)):
                if agent.version != version:
                    return False
                self._finish(agent, now)
            case _Event.LOOK, _:
                if self.router.tick and self._events:
                    self._plan(now + self.router.tick, _Event.LOOK, None)
        return bool(self.line)

    def _finish(self, agent: Agent, now: float) -> None:
        _, contact = agent.next_done()
        agent.work_until(now)
        del agent.held[contact]
        agent.idle_since = now
        answered_at = self.answered_at[contact]
        self.outcomes.append(Outcome(contact, answered_at - contact.at, answered=True, total=now - contact.at))
        self._plan_done(agent)

    def _plan_done(self, agent: Agent) -> None:
        agent.version += 1
        if agent.held:
            self._plan(agent.next_done()[0], _Event.DONE, (agent, agent.version))

    def _place(self, now: float) -> None:
        for contact, agent in self.router.place(list(self.line), self.crew, now):
            del self.line[contact]
            self.answered_at[contact] = now
            agent.work_until(now)
            knows = contact.topic in agent.topics
            agent.held[contact] = contact.work * (1 if knows else 1 + self.day.setup.unfamiliar)
            agent.idle_since = agent.offered_at = now
            self._plan_done(agent)
        look = self.router.next_look(list(self.line), now)
        if look is not None and (self.next_look is None or look < self.next_look or self.next_look <= now):
            self.next_look = look
            self._plan(look, _Event.LOOK, None)


@dataclass(frozen=True)
class Result:
    """What became of everybody, and the share of their time that the agents held contacts."""

    outcomes: Sequence[Outcome]
    occupancy: float


def simulate(day: Day, router: Router) -> Result:
    simulation = _Simulation(day, router)
    outcomes = simulation.run()
    held = sum(agent.busy_seconds for agent in simulation.crew)
    return Result(outcomes, held / (len(simulation.crew) * simulation.now))
