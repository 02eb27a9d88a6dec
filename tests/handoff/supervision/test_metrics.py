"""Every figure of the board follows from the log: computed a second time by plain means, it comes out the same."""

from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

import pytest

from handoff.contact_log import ContactEventKind as Kind
from handoff.conversations.models import Channel
from handoff.routing.queues import load_queues
from handoff.supervision.agent_log import Timeline, count_states, occupancy, present_on_average
from handoff.supervision.contacts import Contact, fold
from handoff.supervision.day import Course, Day, DayCount, day_of, half_hours, line_over, moments
from handoff.supervision.day_log import DayLog
from handoff.supervision.metrics import percentile, promise_seconds
from handoff.supervision.snapshot import home_zone
from handoff.supervision.tally import figures
from tests.handoff.supervision import plain
from tests.handoff.supervision.histories import BEGIN, LANGUAGES, QUEUES, Row, Story, agent_id, at, random_history

SEEDS = range(25)
PROMISES = load_queues()
PROMISE_OF = promise_seconds(PROMISES)


def promise(queue: str, channel: Channel) -> int | None:
    found = PROMISES[queue].promise.get(channel)
    return found.seconds if found else None


DAY = Day(at(0), at(24 * 3600))


def day_log(rows: list[Row], day: Day = DAY) -> DayLog:
    log = DayLog(day, PROMISE_OF)
    log.add(rows)
    return log


def timelines(rows: list[Row]) -> dict[UUID, Timeline]:
    return day_log(rows).agents.timelines()


def course(contacts: list[Contact]) -> Course:
    found = Course()
    for contact in contacts:
        found.add(contact, PROMISE_OF(contact))
    return found


def computed(rows: list[Row], seconds: float) -> dict[str, int | None]:
    return asdict(figures(fold(rows), PROMISE_OF, at(seconds)))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_of_a_random_day_is_the_one_that_its_definition_gives(seed):
    rows, now = random_history(seed), at(21 * 3600)

    assert asdict(figures(fold(rows), PROMISE_OF, now)) == plain.figures(plain.split_into_contacts(rows), promise, now)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_figures_hold_in_the_middle_of_a_day_and_for_each_queue_and_language(seed):
    now = at(9 * 3600)
    rows = [row for row in random_history(seed) if row.happened_at <= now]

    for queue in QUEUES:
        for language in LANGUAGES:
            ours = [each for each in fold(rows) if (each.queue, each.language) == (queue, language)]
            theirs = [p for p in plain.split_into_contacts(rows) if (p[0].queue, p[0].language) == (queue, language)]
            assert asdict(figures(ours, PROMISE_OF, now)) == plain.figures(theirs, promise, now)


@pytest.mark.parametrize("seed", SEEDS)
def test_agents_are_in_the_state_that_the_log_gives_at_any_moment(seed):
    rows = random_history(seed)
    lines = timelines(rows)

    for hour in range(0, 24, 3):
        moment = at(hour * 3600 + 17)
        states = [plain.agent_at(rows, agent, moment) for agent in lines]
        assert count_states(lines, moment) == {name: states.count(name) for name in count_states(lines, moment)}


@pytest.mark.parametrize("seed", range(3))
def test_occupancy_is_the_time_with_work_over_the_time_there(seed):
    rows = random_history(seed, contacts=40, agents=3)
    lines = timelines(rows)
    minutes = range(20 * 60)
    looks = [(agent, at(minute * 60)) for agent in lines for minute in minutes]
    working = [plain.has_work(rows, agent, moment) for agent, moment in looks]
    there = [busy or plain.is_available(rows, *look) for busy, look in zip(working, looks, strict=True)]

    found_working, found_there = occupancy(lines.values(), at(0), at(len(minutes) * 60))

    # Looked at once a minute: right but for the rounding of each stretch.
    assert found_working == pytest.approx(sum(working) * 60, rel=0.03)
    assert found_there == pytest.approx(sum(there) * 60, rel=0.03)


def test_an_answer_within_the_promise_counts_and_one_after_it_does_not():
    story = Story()
    story.contact(1)(0, Kind.REQUESTED)(60, Kind.TAKEN, 1)
    story.contact(2)(0, Kind.REQUESTED)(61, Kind.TAKEN, 1)

    found = computed(story.rows(), 100)

    assert (found["met"], found["late"], found["service_level"]) == (1, 1, 500)


def test_who_leaves_early_counts_against_the_strict_service_level_only():
    story = Story()
    story.contact(1)(0, Kind.REQUESTED)(10, Kind.TAKEN, 1)
    story.contact(2)(0, Kind.REQUESTED)(10, Kind.LEFT, why="abandoned")

    found = computed(story.rows(), 100)

    assert (found["service_level"], found["service_level_lenient"]) == (500, 1000)


def test_who_waits_too_long_counts_before_anybody_answers():
    story = Story()
    story.contact(1)(0, Kind.REQUESTED)

    assert computed(story.rows(), 60)["service_level"] is None
    assert computed(story.rows(), 61)["service_level"] == 0


def test_a_text_message_is_promised_more_time_than_a_chat():
    story = Story()
    story.contact(1, channel=Channel.SMS)(0, Kind.REQUESTED)(299, Kind.TAKEN, 1)

    assert computed(story.rows(), 400)["service_level"] == 1000


def test_a_contact_keeps_its_age_through_missed_offers_transfers_and_lost_agents():
    story = Story()
    told = story.contact(1)
    told(0, Kind.REQUESTED)(5, Kind.OFFERED, 1)(25, Kind.MISSED, 1)(25, Kind.REQUEUED, why="missed")
    told(30, Kind.TAKEN, 2)(90, Kind.TRANSFERRED, 2)(90, Kind.REQUEUED, why="transferred")

    found = computed(story.rows(), 100)

    assert (found["waiting"], found["oldest_seconds"]) == (1, 100)
    assert (found["answered"], found["asa_seconds"], found["met"]) == (1, 30, 1)
    assert (found["transfers"], found["requeues"], found["missed"]) == (1, 0, 1)


def test_a_customer_who_asks_again_soon_is_the_same_contact_and_after_ten_minutes_another():
    story = Story()
    story.contact(1)(0, Kind.REQUESTED)(30, Kind.LEFT, why="to_bot")(630, Kind.REQUESTED)
    story.contact(2)(0, Kind.REQUESTED)(30, Kind.LEFT, why="to_bot")(631, Kind.REQUESTED)

    found = computed(story.rows(), 700)

    assert (found["offered"], found["to_bot"], found["waiting"], found["oldest_seconds"]) == (3, 1, 2, 700)


def test_who_asked_to_be_called_back_counts_for_itself_and_breaks_no_promise():
    story = Story()
    story.contact(1)(0, Kind.REQUESTED)(50, Kind.CALLBACK_ASKED)(900, Kind.TAKEN, 1)
    story.contact(2)(0, Kind.REQUESTED)(50, Kind.CALLBACK_ASKED)

    found = computed(story.rows(), 1000)

    assert (found["callbacks"], found["callbacks_waiting"], found["waiting"]) == (2, 1, 0)
    assert (found["service_level"], found["answered"]) == (None, 0)


def test_who_was_put_off_at_closing_time_after_the_promised_time_was_served_too_late():
    story = Story()
    story.contact(1)(0, Kind.REQUESTED)(61, Kind.CALLBACK_ASKED, by="closing")(50_000, Kind.TAKEN, 1)
    story.contact(2)(0, Kind.REQUESTED)(60, Kind.CALLBACK_ASKED, by="closing")
    story.contact(3)(0, Kind.REQUESTED)(61, Kind.CALLBACK_ASKED, by="customer")

    found = computed(story.rows(), 60_000)

    assert (found["put_off_late"], found["callbacks"], found["service_level"]) == (1, 3, 0)


def test_handle_time_is_talk_and_wrap_up_of_work_that_is_done():
    story = Story()
    told = story.contact(1)(0, Kind.REQUESTED)(10, Kind.TAKEN, 1)
    told(110, Kind.WRAP_UP_BEGUN, 1)(140, Kind.WRAP_UP_DONE, 1)(140, Kind.CLOSED, 1)
    story.contact(2)(0, Kind.REQUESTED)(10, Kind.TAKEN, 2)

    found = computed(story.rows(), 1000)

    assert (found["talk_seconds"], found["wrap_up_seconds"], found["handle_seconds"]) == (100, 30, 130)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [([], 50, None), ([7], 95, 7), ([1, 2, 3, 4], 50, 2), ([1, 2, 3, 4, 5], 80, 4), (list(range(1, 101)), 95, 95)],
)
def test_percentiles_are_by_nearest_rank(values, percent, expected):
    assert percentile(values, percent) == expected


@pytest.mark.parametrize("seed", range(5))
def test_the_last_hour_shows_what_the_board_would_have_shown_then(seed):
    rows, now = random_history(seed), at(10 * 3600)
    contacts = fold(rows)

    for step, (moment, found) in enumerate(zip(moments(now), line_over(contacts, moments(now)), strict=True)):
        assert moment == now - timedelta(minutes=60 - 2 * step)
        then = [row for row in rows if row.happened_at <= moment]
        pieces = plain.split_into_contacts(then)
        # A callback that was taken back since was one then; it is the one thing that the past forgets.
        taken_back = {row.conversation_id for row in rows if row.kind is Kind.CALLBACK_ENDED}
        certain = [piece for piece in pieces if piece[0].conversation_id not in taken_back]
        in_line = [piece for piece in certain if plain.stands_in_line(piece) and not plain.is_callback(piece)]
        unsure = [each for each in contacts if each.conversation_id in taken_back]
        [extra] = line_over(unsure, [moment])
        assert found.waiting == len(in_line) + extra.waiting
        ages = [(moment - piece[0].happened_at).total_seconds() for piece in in_line]
        known = [age for age in (*ages, extra.age_at(moment)) if age is not None]
        assert found.age_at(moment) == (int(max(known)) if known else None)


def test_the_service_level_of_the_past_hour_counts_as_it_did_then():
    story = Story()
    story.contact(1)(0, Kind.REQUESTED)(30, Kind.TAKEN, 1)
    story.contact(2)(0, Kind.REQUESTED)(300, Kind.TAKEN, 1)
    contacts = fold(story.rows())

    levels = [course(contacts).service_level(at(second)) for second in (10, 30, 60, 61, 400)]

    assert levels == [None, 1000, 1000, 500, 500]
    times = [at(second) for second in (10, 299, 300)]
    assert [line.age_at(time) for line, time in zip(line_over(contacts, times), times, strict=True)] == [10, 299, None]


@pytest.mark.parametrize("seed", range(5))
def test_the_service_level_as_it_stands_is_the_one_that_is_shown_in_time(seed):
    rows = random_history(seed)

    for hour in range(1, 21, 4):
        known = [row for row in rows if row.happened_at <= at(hour * 3600)]
        level = course(fold(known)).service_level(at(hour * 3600))
        assert level == computed(known, hour * 3600)["service_level"]


def test_a_day_has_as_many_half_hours_as_its_clock():
    zone = home_zone(PROMISES)

    def count(day: str) -> int:
        counted = DayCount(day_of(plain.datetime.fromisoformat(day).date(), zone), PROMISE_OF)
        return len(half_hours(counted, {}, at(0)))

    assert [count("2026-11-21"), count("2026-03-29"), count("2026-10-25")] == [48, 46, 50]


def test_half_hours_hold_who_asked_in_them_and_who_was_there():
    story = Story()
    story.presence(0, 1, "available")
    story.presence(900, 1, "away")
    story.contact(1)(100, Kind.REQUESTED)(110, Kind.TAKEN, 1)(200, Kind.CLOSED, 1)
    story.contact(2)(1800, Kind.REQUESTED)(1990, Kind.LEFT, why="abandoned")
    rows = story.rows()
    day = day_of((BEGIN + timedelta(hours=2)).date(), home_zone(PROMISES))

    first, second, third, *_ = half_hours(day_log(rows, day).count, timelines(rows), at(3700))

    assert (first.figures.offered, first.figures.service_level, first.present) == (1, 1000, 0.5)
    assert (second.figures.abandoned, second.figures.service_level, second.present) == (1, 0, 0)
    assert third.figures.offered == 0


def test_each_agents_day_counts_what_they_took_missed_and_declined():
    story = Story()
    story.presence(0, 1, "available")
    story.contact(1)(0, Kind.REQUESTED)(0, Kind.OFFERED, 1)(20, Kind.MISSED, 1)(20, Kind.REQUEUED)
    story.contact(2)(0, Kind.REQUESTED)(30, Kind.OFFERED, 1)(35, Kind.DECLINED, 1)(35, Kind.REQUEUED)
    story.contact(3)(40, Kind.REQUESTED)(50, Kind.TAKEN, 1)(150, Kind.CLOSED, 1)
    rows = story.rows()

    found = day_log(rows).agents.figures(at(200))[agent_id(1)]

    assert (found.answered, found.missed, found.declined) == (1, 1, 1)
    assert (found.working_seconds, found.there_seconds, found.occupancy) == (100, 200, 500)
    assert found.handle_seconds == 100


def test_a_break_is_neither_work_nor_waiting_for_it():
    story = Story()
    story.presence(0, 1, "available")
    story.presence(100, 1, "away")
    rows = story.rows()
    lines = timelines(rows)

    assert occupancy(lines.values(), at(0), at(400)) == (0, 100)
    assert present_on_average(lines, at(0), at(400)) == pytest.approx(0.25)
