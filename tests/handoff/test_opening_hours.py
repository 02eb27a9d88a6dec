"""When a queue is open, also on the two nights a year on which the clock jumps."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.opening_hours import OpeningHoursInvalid, is_open, next_opening, openings
from handoff.routing.queues import WEEKDAYS, Holidays, Queue, load_queues

BERLIN, HELSINKI = "Europe/Berlin", "Europe/Helsinki"
SPRING, AUTUMN = (2026, 3, 29), (2026, 10, 25)


def queue_open(
    *intervals: str, zone: str = BERLIN, days: tuple[str, ...] = WEEKDAYS, kept: Holidays | None = None
) -> Queue:
    hours = {day: intervals if day in days else () for day in WEEKDAYS}
    return load_queues()["general"].model_copy(update={"time_zone": zone, "hours": hours, "holidays": kept})


def local(*moment: int, zone: str = BERLIN, fold: int = 0) -> datetime:
    year, month, day, hour, minute = moment
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("hour", "minute", "open_then"),
    [
        (7, 59, False),
        (8, 0, True),
        (11, 59, True),
        (12, 0, False),
        (13, 0, True),
        (17, 59, True),
        (18, 0, False),
        (20, 0, True),
        (23, 59, True),
    ],
)
def test_three_intervals_a_day_each_begin_and_end_on_the_minute(hour, minute, open_then):
    queue = queue_open("20:00-24:00", "08:00-12:00", "13:00-18:00")

    assert is_open(queue, local(2026, 11, 23, hour, minute)) is open_then


def test_until_24_is_until_midnight_and_the_next_day_may_go_on_from_there():
    monday_only = queue_open("22:00-24:00", days=("mon",))
    always = queue_open("00:00-24:00")

    assert is_open(monday_only, local(2026, 11, 23, 23, 59))
    assert not is_open(monday_only, local(2026, 11, 24, 0, 0))
    assert is_open(always, local(2026, 11, 24, 0, 0))


def test_the_next_opening_of_an_open_queue_is_now_and_of_a_closed_one_later_today():
    queue = queue_open("08:00-12:00", "13:00-18:00")
    at_noon, in_the_morning = local(2026, 11, 23, 12, 30), local(2026, 11, 23, 9, 0)

    assert next_opening(queue, at_noon) == local(2026, 11, 23, 13, 0)
    assert next_opening(queue, in_the_morning) == in_the_morning


def test_after_friday_evening_comes_monday_morning():
    queue = queue_open("08:00-18:00", days=WEEKDAYS[:5])

    assert next_opening(queue, local(2026, 11, 20, 18, 0)) == local(2026, 11, 23, 8, 0)


def test_a_holiday_is_closed_all_day():
    queue = queue_open("08:00-18:00", kept=Holidays(country="DE"))

    assert not is_open(queue, local(2026, 12, 25, 10, 0))
    assert next_opening(queue, local(2026, 12, 24, 18, 0)) == local(2026, 12, 27, 8, 0)


def test_a_holiday_of_one_subdivision_is_a_working_day_in_another():
    at_reformation_day = local(2026, 10, 31, 10, 0)

    assert not is_open(queue_open("08:00-18:00", kept=Holidays(country="DE", subdivision="SH")), at_reformation_day)
    assert is_open(queue_open("08:00-18:00", kept=Holidays(country="DE", subdivision="BY")), at_reformation_day)


def test_finnish_independence_day_is_one_by_finnish_time():
    queue = queue_open("00:00-24:00", zone=HELSINKI, kept=Holidays(country="FI"))

    assert is_open(queue, datetime(2026, 12, 5, 21, 59, tzinfo=UTC))
    assert not is_open(queue, datetime(2026, 12, 5, 22, 0, tzinfo=UTC))
    assert next_opening(queue, datetime(2026, 12, 6, 12, 0, tzinfo=UTC)) == datetime(2026, 12, 6, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(("zone", "gap"), [(BERLIN, 2), (HELSINKI, 3)])
def test_an_interval_that_begins_in_the_skipped_hour_begins_when_the_clock_jumps(zone, gap):
    queue = queue_open(f"0{gap}:30-06:00", zone=zone)
    jump = datetime(*SPRING, 1, 0, tzinfo=UTC)

    assert not is_open(queue, jump - timedelta(minutes=1))
    assert is_open(queue, jump)
    assert next_opening(queue, jump - timedelta(hours=1)) == jump


@pytest.mark.parametrize(("zone", "gap"), [(BERLIN, 2), (HELSINKI, 3)])
def test_an_interval_that_ends_in_the_skipped_hour_ends_when_the_clock_jumps(zone, gap):
    queue = queue_open(f"00:00-0{gap}:30", zone=zone)
    jump = datetime(*SPRING, 1, 0, tzinfo=UTC)

    assert is_open(queue, jump - timedelta(minutes=1))
    assert not is_open(queue, jump)


@pytest.mark.parametrize(("zone", "gap"), [(BERLIN, 2), (HELSINKI, 3)])
def test_an_interval_within_the_skipped_hour_does_not_happen_that_day(zone, gap):
    queue = queue_open(f"0{gap}:15-0{gap}:45", zone=zone)
    before = datetime(*SPRING, 0, 30, tzinfo=UTC)

    assert next_opening(queue, before) == local(2026, 3, 30, gap, 15, zone=zone)


@pytest.mark.parametrize(("zone", "twice"), [(BERLIN, 2), (HELSINKI, 3)])
def test_an_hour_that_comes_twice_is_open_both_times(zone, twice):
    queue = queue_open(f"0{twice}:00-0{twice}:30", zone=zone)
    year, month, day = AUTUMN

    assert is_open(queue, local(year, month, day, twice, 10, zone=zone, fold=0))
    assert is_open(queue, local(year, month, day, twice, 10, zone=zone, fold=1))
    assert not is_open(queue, local(year, month, day, twice, 30, zone=zone, fold=1))


@pytest.mark.parametrize("zone", [BERLIN, HELSINKI])
@pytest.mark.parametrize(("night", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_a_day_and_night_is_as_long_as_the_clock_makes_it(zone, night, hours):
    year, month, day = night
    midnight = local(year, month, day, 0, 0, zone=zone)

    whole = next(each for each in openings(queue_open("00:00-24:00", zone=zone), midnight))

    assert whole.start == midnight
    assert whole.end - whole.start == timedelta(hours=hours)


@pytest.mark.parametrize("zone", [BERLIN, HELSINKI])
@pytest.mark.parametrize("night", [SPRING, AUTUMN])
def test_eight_in_the_morning_stays_eight_by_the_wall_after_the_night_of_the_change(zone, night):
    year, month, day = night

    opens = next_opening(queue_open("08:00-18:00", zone=zone), local(year, month, day, 0, 30, zone=zone))

    assert opens is not None
    assert opens.astimezone(ZoneInfo(zone)).strftime("%d %H:%M") == f"{day} 08:00"


def test_a_queue_without_hours_never_opens():
    assert next_opening(queue_open(), local(2026, 11, 23, 9, 0)) is None
    assert not is_open(queue_open(), local(2026, 11, 23, 9, 0))


@pytest.mark.parametrize("wrong", ["8:00-12:00", "08:00-24:30", "12:00-08:00", "08:00", "12:00-12:00", "08:60-09:00"])
def test_hours_that_mean_nothing_are_refused(wrong):
    with pytest.raises(OpeningHoursInvalid):
        is_open(queue_open(wrong), local(2026, 11, 23, 9, 0))


@settings(deadline=None)
@given(
    zone=st.sampled_from([BERLIN, HELSINKI]),
    night=st.sampled_from([SPRING, AUTUMN]),
    minutes=st.integers(0, 48 * 60),
    begins=st.integers(0, 23 * 60),
    length=st.integers(1, 59),
)
def test_when_the_wall_clock_shows_an_opening_time_the_queue_is_open(zone, night, minutes, begins, length):
    ends = begins + length
    queue = queue_open(f"{begins // 60:02}:{begins % 60:02}-{ends // 60:02}:{ends % 60:02}", zone=zone)
    now = datetime(*night, tzinfo=UTC) - timedelta(hours=12) + timedelta(minutes=minutes)
    wall = now.astimezone(ZoneInfo(zone))

    if begins <= wall.hour * 60 + wall.minute < ends:
        assert is_open(queue, now)
    opens = next_opening(queue, now)
    assert opens is not None
    assert opens >= now
    assert is_open(queue, opens)
