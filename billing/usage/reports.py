"""What a meter or the network reports, read with mistrust: a reading, or the reason why it cannot be one. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

from billing.errors import SaldoError
from billing.rating.kinds import UsageZone

# As it came: `event_id`, `contract` (its number), `used_at` (an instant with offset, or a day), `quantity`, `unit`,
# and `zone` if it is not home.
Report = Mapping[str, object]

LARGEST_QUANTITY = 1_000_000_000
CLOCK_SKEW = timedelta(minutes=5)


class RejectionReason(StrEnum):
    """Why a report was not taken in."""

    EVENT_ID_MISSING = "event_id_missing"
    EVENT_CONFLICT = "event_conflict"
    CONTRACT_UNKNOWN = "contract_unknown"
    CONTRACT_NOT_RUNNING = "contract_not_running"
    TIME_UNREADABLE = "time_unreadable"
    IN_FUTURE = "in_future"
    QUANTITY_NOT_A_NUMBER = "quantity_not_a_number"
    QUANTITY_NOT_WHOLE = "quantity_not_whole"
    QUANTITY_NEGATIVE = "quantity_negative"
    QUANTITY_TOO_LARGE = "quantity_too_large"
    UNIT_UNKNOWN = "unit_unknown"
    ZONE_UNKNOWN = "zone_unknown"
    ZONE_UNPRICED = "zone_unpriced"


class ReportRejected(SaldoError):
    """A report of usage that a person has to look at."""

    status = 422

    def __init__(self, reason: RejectionReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Reading:
    """What a report says, without the contract it is for."""

    used_on: date
    quantity: int
    unit: str
    zone: UsageZone


def read_report(report: Report, zone: ZoneInfo, *, now: datetime) -> Reading:
    """Return the reading, its day by the calendar of that time zone; raise ReportRejected."""
    return Reading(
        used_on=_day(report.get("used_at"), zone, now),
        quantity=_quantity(report.get("quantity")),
        unit=as_text(report.get("unit", "")),
        zone=_usage_zone(report.get("zone")),
    )


def event_id_of(report: Report) -> str | None:
    """Return the source's key of the report; None if it has none."""
    event_id = report.get("event_id")
    text = "" if event_id is None else as_text(event_id).strip()
    return text or None


def digest_of(text: Mapping[str, str]) -> str:
    """Return a key of a report's content, the same whenever the same report comes."""
    return sha256(repr(sorted(text.items())).encode()).hexdigest()


def report_as_text(report: Report) -> dict[str, str]:
    """Keep what came in a form that every database can hold: NaN is no JSON, and PostgreSQL has no NUL in texts."""
    return {as_text(key): as_text(value) for key, value in report.items()}


def as_text(value: object) -> str:
    return str(value).encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


def _day(value: object, zone: ZoneInfo, now: datetime) -> date:
    """Let a clock be five minutes fast; the day is the one that the report's own clock shows."""
    latest = now + CLOCK_SKEW
    instant = _instant(value)
    if isinstance(instant, datetime):
        if instant > latest:
            raise ReportRejected(RejectionReason.IN_FUTURE)
        try:
            return instant.astimezone(zone).date()
        except OverflowError:
            raise ReportRejected(RejectionReason.TIME_UNREADABLE) from None
    if instant > latest.astimezone(zone).date():
        raise ReportRejected(RejectionReason.IN_FUTURE)
    return instant


def _instant(value: object) -> datetime | date:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == len("2026-10-01") else datetime.fromisoformat(value)
        except ValueError:
            raise ReportRejected(RejectionReason.TIME_UNREADABLE) from None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ReportRejected(RejectionReason.TIME_UNREADABLE)
        return value
    if not isinstance(value, date):
        raise ReportRejected(RejectionReason.TIME_UNREADABLE)
    return value


def _quantity(value: object) -> int:
    if isinstance(value, bool):
        raise ReportRejected(RejectionReason.QUANTITY_NOT_A_NUMBER)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ReportRejected(RejectionReason.QUANTITY_NOT_A_NUMBER) from None
    if number.is_nan():
        raise ReportRejected(RejectionReason.QUANTITY_NOT_A_NUMBER)
    if number < 0:
        raise ReportRejected(RejectionReason.QUANTITY_NEGATIVE)
    if number > LARGEST_QUANTITY:
        raise ReportRejected(RejectionReason.QUANTITY_TOO_LARGE)
    if number != number.to_integral_value():
        raise ReportRejected(RejectionReason.QUANTITY_NOT_WHOLE)
    return int(number)


def _usage_zone(value: object) -> UsageZone:
    if value is None or value == "":
        return UsageZone.HOME
    try:
        return UsageZone(as_text(value))
    except ValueError:
        raise ReportRejected(RejectionReason.ZONE_UNKNOWN) from None
