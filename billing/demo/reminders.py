"""The demo's letters about unpaid bills: written down on their days, sent to nobody."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy.orm import Session, sessionmaker

from billing.demo.stories import Calendar
from billing.dunning.dunning_run import run_dunning
from billing.dunning.letters import Letter

# Days after the issue of first and second letters: Germany's bills are due after 21 days, Finland's after 14.
DAYS = (28, 29, 42, 44)


class Reminders:
    """Runs dunning on the days on which it finds something new, in the order of time."""

    def __init__(self, calendar: Calendar) -> None:
        issued = [period.end for period in calendar.periods]
        days = {day + timedelta(days=after) for day in issued for after in DAYS}
        self._mornings = [datetime.combine(day, time(5), UTC) for day in sorted(days)]

    def run_until(self, session_factory: sessionmaker[Session], now: datetime) -> None:
        """Write down the letters of the days up to then that were not run yet."""
        while self._mornings and self._mornings[0] <= now:
            run_dunning(session_factory, now=self._mornings.pop(0), deliver=_to_nobody)


def _to_nobody(_session: Session, _letter: Letter, _now: datetime) -> None:
    """Letters of past months would otherwise all go out when the demo starts."""
