"""When a callback is offered, and what a closed queue says."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from handoff.agents.models import Presence
from handoff.callbacks.offering import Waited, is_offered
from handoff.callbacks.slots import find_slot, offered_slots
from handoff.callbacks.waiting_words import local_moment, zone_of
from handoff.routing.models import EntryKind
from handoff.routing.queues import WEEKDAYS, load_queues
from handoff.texts import server_texts
from tests.factories.handoff import make_agent
from tests.fakes.bot import reply
from tests.handoff.callbacks.conftest import Waiter
from tests.handoff.people import Customer, on_any_database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
QUEUE = load_queues()["general"]


def waited(**other: object) -> Waited:
    """A short wait of somebody whom an open desk that speaks the language will answer soon."""
    usual = {
        "requested_at": NOW,
        "upper_seconds": 60.0,
        "raised_in_row": 0,
        "is_open": True,
        "language_on_duty": True,
        "asked_for": False,
    }
    return Waited(**{**usual, **other})  # type: ignore[arg-type]  # the fields by name


def test_a_short_wait_needs_no_callback():
    assert not is_offered(waited(), QUEUE, NOW)
    assert not is_offered(waited(upper_seconds=None), QUEUE, NOW)


@pytest.mark.parametrize(
    "reason",
    [
        {"upper_seconds": QUEUE.callback_over_seconds + 1.0},
        {"requested_at": NOW - timedelta(seconds=QUEUE.callback_after_seconds)},
        {"is_open": False},
        {"language_on_duty": False},
        {"raised_in_row": 2},
        {"asked_for": True},
    ],
)
def test_each_of_these_is_reason_enough(reason):
    assert is_offered(waited(**reason), QUEUE, NOW)


def test_one_second_less_than_the_elapsed_limit_is_no_reason():
    just_before = NOW - timedelta(seconds=QUEUE.callback_after_seconds - 1)

    assert not is_offered(waited(requested_at=just_before), QUEUE, NOW)


def with_hours(*intervals: str):
    return QUEUE.model_copy(update={"hours": dict.fromkeys(WEEKDAYS, intervals)})


def test_slots_lie_within_the_opening_hours_and_do_not_overlap():
    queue = with_hours("08:00-12:00", "13:00-18:00")

    slots = offered_slots(queue, NOW)

    local = [(slot.start.astimezone(ZoneInfo("Europe/Berlin")), slot.until) for slot in slots]
    assert [start.strftime("%d %H:%M") for start, _ in local] == [
        "23 11:00",
        "23 13:00",
        "23 15:00",
        "23 17:00",
        "24 08:00",
        "24 10:00",
    ]
    assert all(first.until <= second.start for first, second in pairwise(slots))
    assert all(find_slot(queue, slot.start, NOW) == slot for slot in slots)


def test_a_closed_queue_offers_the_opening_first_and_no_time_at_which_it_is_closed():
    queue = with_hours("13:00-18:00")
    opens = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    assert offered_slots(queue, NOW)[0].start == opens
    assert find_slot(queue, opens - timedelta(minutes=1), NOW) is None


def test_a_moment_reads_as_people_say_it_where_they_live():
    opens = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)

    assert local_moment(opens, "Europe/Berlin", "de") == "Montag, 23. November, um 8:00 Uhr"
    assert local_moment(opens, "Europe/Helsinki", "fi") == "maanantaina 23. marraskuuta klo 9.00"
    assert local_moment(opens, "Europe/London", "en") == "Monday, 23 November at 7:00"


def test_a_phone_number_tells_the_zone():
    assert zone_of("+358401234567", "Europe/Berlin") == "Europe/Helsinki"
    assert zone_of("+33612345678", "Europe/Berlin") == "Europe/Berlin"
    assert zone_of(None, "Europe/Berlin") == "Europe/Berlin"


async def test_a_callback_is_offered_from_the_elapsed_limit_on_and_the_card_hears_of_it(waiter: Waiter, hire, clock):
    agent = await hire()
    await agent.be("away")
    assert (await waiter.wait())["callback_offered"] is False

    clock.advance(seconds=QUEUE.callback_after_seconds)
    await waiter.customer.until(lambda: waiter.customer.conversation["wait"]["callback_offered"])

    assert waiter.customer.conversation["wait"]["slots"]


@on_any_database
async def test_without_anybody_on_duty_who_speaks_the_language_it_is_offered_at_once(app, open_chat, clock):
    async with app.state.sessions.begin() as session:
        await make_agent(session, now=clock.now(), presence=Presence.AWAY, skills=("language:fi",))
    finn, german = await open_chat("fi"), await open_chat("de")

    for customer in (finn, german):
        await customer.ask_for_person()
        await customer.caught_up()

    assert finn.conversation["wait"]["callback_offered"] is False
    assert german.conversation["wait"]["callback_offered"] is True


@on_any_database
async def test_who_asked_the_assistant_for_a_call_is_offered_one_at_once(app, customer: Customer, bot, hire):
    agent = await hire()
    await agent.be("away")
    handoff = {"type": "handoff", "reason": "callback_asked", "topic": "bills"}
    bot.rule = lambda turn: reply("Gladly.", commands=[handoff])

    await customer.ask("call me back please")
    await customer.until(lambda: customer.conversation["status"] == "queued")

    assert customer.conversation["wait"]["callback_offered"] is True


async def test_a_closed_queue_keeps_the_message_for_the_opening(waiter_at_night: Waiter, hire, clock):
    opens = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    shown = await waiter_at_night.wait()
    assert datetime.fromisoformat(shown["opens_at"]) == opens
    assert (shown["callback"]["way"], shown["callback_offered"]) == ("message", True)
    texts = server_texts()
    assert waiter_at_night.customer.texts("system") == [texts.text("wait.closed_webchat", "en")]
    agent = await hire()
    assert await agent.offer() is None

    clock.advance(seconds=(opens - clock.now()).total_seconds())

    entry = await waiter_at_night.entry()
    assert entry.kind is EntryKind.CALLBACK
    assert await agent.take_next() == waiter_at_night.customer.conversation_id


@on_any_database
async def test_who_writes_to_a_closed_queue_keeps_the_promise(waiter_at_night: Waiter):
    await waiter_at_night.customer.say("And one more thing")

    assert (await waiter_at_night.wait())["callback"]["status"] == "waiting"


@on_any_database
async def test_waiting_live_at_a_closed_queue_is_waiting_for_the_opening(waiter_at_night: Waiter, hire):
    await waiter_at_night.send("callback.cancel")
    agent = await hire()

    assert (await waiter_at_night.entry()).kind is EntryKind.LIVE
    assert await agent.offer() is None


@pytest.fixture
async def waiter_at_night(app, set_hours, customer: Customer) -> Waiter:
    """A customer who asked for a person while every queue is closed until one o'clock."""
    set_hours("13:00-18:00")
    await customer.ask_for_person()
    return Waiter(app, customer)
