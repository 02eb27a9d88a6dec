"""What a day was like for the customers, in a few figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles

from handoff.conversations.models import Channel
from tests.simulation.day import Outcome

PROMISED_SECONDS = {Channel.VOICE: 20, Channel.WEBCHAT: 60, Channel.SMS: 300}


@dataclass(frozen=True)
class Figures:
    """Waits count everybody, also who gave up: a rule must not look better because people leave.

    `level` is answered in time by all who asked; `level_of_answered` leaves out who gave up.
    """

    contacts: float
    mean_wait: float
    p95_wait: float
    abandonment: float
    level: float
    level_of_answered: float
    mean_total: float


def figures(outcomes: Sequence[Outcome], channel: Channel | None = None) -> Figures:
    counted = [outcome for outcome in outcomes if channel in (None, outcome.contact.channel)]
    if not counted:
        return Figures(0, 0, 0, 0, 1, 1, 0)
    waits = [outcome.wait for outcome in counted]
    answered = [outcome for outcome in counted if outcome.answered]
    in_time = sum(outcome.wait <= PROMISED_SECONDS[outcome.contact.channel] for outcome in answered)
    return Figures(
        contacts=len(counted),
        mean_wait=fmean(waits),
        p95_wait=quantiles(waits, n=20, method="inclusive")[-1],
        abandonment=1 - len(answered) / len(counted),
        level=in_time / len(counted),
        level_of_answered=in_time / len(answered),
        mean_total=fmean(outcome.total for outcome in answered if outcome.total is not None),
    )
