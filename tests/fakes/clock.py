"""A clock that stands still until a test moves it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DEFAULT_NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class FixedClock:
    """Stands at `now` until advanced."""

    def __init__(self, now: datetime = DEFAULT_NOW) -> None:
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def today(self, zone: ZoneInfo) -> date:
        return self._now.astimezone(zone).date()

    def advance(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        self._now += timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
