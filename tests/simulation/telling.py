"""What customers of a simulated day are told of their wait when they ask, beside how long they then waited."""

from collections.abc import Sequence

from handoff.routing.estimate import LineView, estimate
from tests.simulation.day import simulate
from tests.simulation.routers import Ours
from tests.simulation.world import Agent, Contact, Setup, make_day


class Telling(Ours):
    """Our routing, which also tells whoever is not answered at once. Nothing was learnt before: theory alone."""

    def __init__(self, setup: Setup) -> None:
        super().__init__()
        self.told: dict[Contact, float] = {}
        self._setup = setup

    def place(self, line: Sequence[Contact], crew: Sequence[Agent], now: float) -> Sequence[tuple[Contact, Agent]]:
        # The pairs are made after this; who is taken now has been taken for no time.
        pairs = super().place(line, crew, now)
        served = {contact for contact, _ in pairs}
        self.told |= {contact: 0.0 for contact in served if contact not in self.told}
        waiting = [contact for contact in line if contact not in served]
        for place, contact in enumerate(waiting):
            if contact not in self.told:
                self.told[contact] = self._median(place, crew, now)
        return pairs

    def _median(self, ahead: int, crew: Sequence[Agent], now: float) -> float:
        work = self._setup.voice.mean
        busy_for = [now - agent.offered_at for agent in crew if agent.held]
        view = LineView(ahead, slots=len(crew), handle=work, patience=self._setup.patience, busy_for=busy_for)
        found = estimate(view)
        assert found is not None
        return found.median_seconds


def told_within(setup: Setup, seed: int, share: float) -> tuple[float, float]:
    """Return how many of the answered were told their wait within this share of it: of all, and of who waited."""
    router = Telling(setup)
    answered = [outcome for outcome in simulate(make_day(setup, seed), router).outcomes if outcome.answered]
    right = {outcome.contact for outcome in answered if _is_near(router.told[outcome.contact], outcome.wait, share)}
    waited = [outcome for outcome in answered if outcome.wait > 0]
    return len(right) / len(answered), sum(outcome.contact in right for outcome in waited) / len(waited)


def _is_near(told: float, wait: float, share: float) -> bool:
    return abs(told - wait) <= share * wait
