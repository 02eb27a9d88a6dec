"""Last days on which something can still be said in time."""

from datetime import date, timedelta
from functools import cache

import holidays

from billing.law import Law, law_of

OBJECTION = "objection"
# What we promise where the law sets no day for the answer.
ANSWER_WEEKS = 8
SATURDAY = 5


def objection_deadline(country: str, received_on: date) -> date | None:
    """Return the last day to object to a bill that was received on that day; None where the law sets none.

    The day of receipt does not count, and an end on a Saturday, Sunday or holiday moves to the next working day
    (§§ 187, 188, 193 BGB).
    """
    rule = law_of(country).find(OBJECTION, received_on)
    if rule is None:
        return None
    return next_working_day(country, received_on + timedelta(weeks=rule.number("weeks")))


def answer_deadline(law: Law, objected_on: date) -> date:
    """Return the last day on which the company must have proven the charge; never moved in its favour."""
    rule = law.find(OBJECTION, objected_on)
    weeks = ANSWER_WEEKS if rule is None else rule.number("answer_weeks")
    return objected_on + timedelta(weeks=weeks)


def next_working_day(country: str, day: date) -> date:
    """Return the day itself if people work on it, else the first day after it on which they do."""
    while day.weekday() >= SATURDAY or day in _holidays(country, day.year):
        day += timedelta(days=1)
    return day


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    """A holiday anywhere in the country counts: rather a day too many than a customer called late who is not."""
    if country not in holidays.list_supported_countries():
        return frozenset()
    regions = (None, *holidays.list_supported_countries()[country])
    return frozenset(day for region in regions for day in holidays.country_holidays(country, region, years=year))
