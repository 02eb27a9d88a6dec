"""The only place that asks the machine for the time."""

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Gives instants in UTC; a date needs to know whose date."""

    def now(self) -> datetime: ...

    def today(self, zone: ZoneInfo) -> date: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self, zone: ZoneInfo) -> date:
        return self.now().astimezone(zone).date()
