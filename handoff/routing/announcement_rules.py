"""What a waiting customer is told and when. Pure: place at every change, the range of minutes seldom and only if new.

A place never rises unless somebody more urgent came in. A range is told at most every 30 seconds; after one that was
raised, the next raise comes with the offer of a callback.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

BUCKETS: Final = ("lt1", "1_2", "2_5", "5_10", "gt10")
SILENCE: Final = timedelta(seconds=30)
# From the second raise in a row on, we owe more than a new number.
MANY_RAISES: Final = 2


@dataclass(frozen=True)
class Told:
    """What the customer knows; `at` is when a range was told last, None before the first."""

    position: int
    bucket: str | None
    at: datetime | None
    raised_in_row: int


@dataclass(frozen=True)
class Standing:
    """How things are; `bucket` None: nobody can say. `overtaken`: somebody more urgent came in and is ahead."""

    position: int
    bucket: str | None
    overtaken: bool


def next_told(told: Told, standing: Standing, now: datetime) -> Told:
    """Return what the customer is to know now; the same as before when there is nothing to tell."""
    position = next_position(told, standing)
    if not may_tell_range(told, now) or (told.at is not None and standing.bucket == told.bucket):
        return Told(position, told.bucket, told.at, told.raised_in_row)
    raised = is_raised(told.bucket, standing.bucket)
    return Told(position, standing.bucket, now, told.raised_in_row + 1 if raised else 0)


def next_position(told: Told, standing: Standing) -> int:
    return standing.position if standing.overtaken else min(told.position, standing.position)


def may_tell_range(told: Told, now: datetime) -> bool:
    return told.at is None or now >= told.at + SILENCE


def is_raised(before: str | None, after: str | None) -> bool:
    """A range that another version of the program has told compares with none of ours."""
    if before not in BUCKETS or after not in BUCKETS:
        return False
    return BUCKETS.index(after) > BUCKETS.index(before)
