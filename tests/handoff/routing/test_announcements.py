"""What waiting customers are told: the place at every change, a range seldom, and never a raise without an apology."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from billing.outbox import OutboxMessage
from handoff.callbacks.phones import spoken
from handoff.contact_log import ContactEvent, ContactEventKind
from handoff.conversations import service
from handoff.conversations.models import Channel, Conversation, Message, Sender
from handoff.routing import announcements, queue
from handoff.routing.announcement_rules import BUCKETS, SILENCE, Standing, Told, next_told
from handoff.routing.announcements import Announcer
from handoff.routing.estimate import Estimate
from handoff.routing.models import QueueEntry
from handoff.routing.queues import load_queues
from handoff.routing.standings import places
from handoff.texts import server_texts
from tests.handoff.people import Customer, on_any_database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
QUEUES = load_queues()
PHONE = "+491713920099"


def told(position: int = 3, bucket: str | None = "2_5", ago: float = 60, raised: int = 0) -> Told:
    return Told(position, bucket, NOW - timedelta(seconds=ago), raised)


def test_the_first_range_is_told_at_once():
    assert next_told(Told(2, None, None, 0), Standing(2, "1_2", False), NOW) == Told(2, "1_2", NOW, 0)


def test_the_place_is_told_at_every_change_and_does_not_touch_the_range():
    before = told(position=3, ago=5)

    assert next_told(before, Standing(2, "lt1", False), NOW) == Told(2, before.bucket, before.at, 0)


def test_a_place_never_rises_unless_somebody_more_urgent_came_in():
    assert next_told(told(position=2), Standing(4, "2_5", False), NOW).position == 2
    assert next_told(told(position=2), Standing(4, "2_5", True), NOW).position == 4


@pytest.mark.parametrize(("ago", "bucket"), [(29.9, "2_5"), (30, "5_10")])
def test_a_new_range_waits_until_30_seconds_after_the_last(ago, bucket):
    assert next_told(told(ago=ago), Standing(3, "5_10", False), NOW).bucket == bucket


def test_the_same_range_is_not_told_again():
    assert next_told(told(ago=600), Standing(3, "2_5", False), NOW) == told(ago=600)


def test_raises_in_a_row_are_counted_and_a_shorter_range_ends_the_row():
    first = next_told(told(bucket="1_2"), Standing(3, "2_5", False), NOW)
    second = next_told(first, Standing(3, "5_10", False), NOW + SILENCE)
    third = next_told(second, Standing(2, "1_2", False), NOW + 2 * SILENCE)

    assert [step.raised_in_row for step in (first, second, third)] == [1, 2, 0]


@pytest.mark.parametrize(("before", "after"), [("20_40", "gt10"), ("2_5", "20_40")])
def test_a_range_of_another_version_is_neither_raised_nor_a_mistake(before, after):
    told_before = Told(1, before, NOW - SILENCE, 1)
    assert next_told(told_before, Standing(1, after, False), NOW) == Told(1, after, NOW, 0)


def test_knowing_nothing_is_no_shorter_and_no_longer_range():
    assert next_told(told(bucket=None), Standing(3, "gt10", False), NOW).raised_in_row == 0
    assert next_told(told(raised=1), Standing(3, None, False), NOW).raised_in_row == 0


standings = st.builds(
    Standing,
    position=st.integers(1, 9),
    bucket=st.sampled_from([*BUCKETS, None]),
    overtaken=st.booleans(),
)


@settings(deadline=None)
@given(steps=st.lists(st.tuples(standings, st.floats(0, 45)), min_size=1, max_size=30))
def test_whatever_happens_places_fall_and_ranges_are_told_seldom(steps):
    now, known = NOW, Told(9, None, None, 0)
    spoken = []
    for standing, seconds in steps:
        now += timedelta(seconds=seconds)
        after = next_told(known, standing, now)
        assert after.position <= known.position or standing.overtaken
        if after.at != known.at:
            spoken.append(now)
        known = after
    assert all(later - earlier >= SILENCE for earlier, later in pairwise(spoken))


def entry(requested: float, *, priority: int = 3, language: str = "en", entered: float | None = None) -> QueueEntry:
    return QueueEntry(
        id=uuid4(),
        queue="general",
        language=language,
        priority=priority,
        requested_at=NOW + timedelta(seconds=requested),
        entered_at=NOW + timedelta(seconds=requested if entered is None else entered),
        not_before=None,
    )


def test_places_are_counted_among_those_of_one_language():
    first, other, second = entry(0), entry(1, language="fi"), entry(2)

    found = places([second, other, first], QUEUES, NOW + timedelta(seconds=10))

    assert [found[each.id].position for each in (first, second, other)] == [1, 2, 1]


def test_who_comes_later_with_something_more_urgent_overtakes_and_it_is_known():
    early, urgent = entry(0), entry(30, priority=1)

    found = places([early, urgent], QUEUES, NOW + timedelta(seconds=40))

    assert (found[urgent.id].position, found[urgent.id].overtaken) == (1, False)
    assert (found[early.id].position, found[early.id].overtaken) == (2, True)


def test_who_waits_for_a_later_time_is_counted_before_nobody():
    late, now_waiting = entry(0), entry(5)
    late.not_before = NOW + timedelta(hours=1)

    assert places([late, now_waiting], QUEUES, NOW + timedelta(seconds=10))[now_waiting.id].position == 1


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch):
    """Let the estimate say what the test wants, for everybody."""
    answer: dict[str, Estimate | None] = {"now": None}

    async def one(*_: object) -> Estimate | None:
        return answer["now"]

    async def many(_session: object, entries: list[QueueEntry], *_: object) -> dict[object, Estimate | None]:
        return {each.id: answer["now"] for each in entries}

    monkeypatch.setattr(announcements, "estimate_of", one)
    monkeypatch.setattr(announcements, "estimates_of", many)

    def say(upper_seconds: float | None) -> None:
        answer["now"] = None if upper_seconds is None else Estimate(upper_seconds / 2, upper_seconds)

    return say


async def announced(app: FastAPI, conversation_id: object) -> list[dict]:
    wanted = select(ContactEvent.details).where(
        ContactEvent.conversation_id == conversation_id, ContactEvent.kind == ContactEventKind.ANNOUNCED
    )
    async with app.state.sessions() as session:
        return list(await session.scalars(wanted.order_by(ContactEvent.number)))


async def test_the_place_and_the_range_are_there_with_the_answer_to_the_wish(app, customer: Customer, says):
    says(250)

    await customer.ask_for_person()
    await customer.until(lambda: (customer.conversation["wait"] or {}).get("bucket"))

    assert customer.conversation["queue_position"] == 1
    assert customer.conversation["wait"]["bucket"] == "2_5"
    assert customer.texts("system") == [server_texts().text("wait.open_webchat", "en")]
    assert await announced(app, customer.conversation_id) == [{"bucket": "2_5", "upper_seconds": 250.0, "position": 1}]


async def test_who_moves_up_hears_of_it_and_no_message_is_written_for_it(open_chat, clock):
    first, second = await open_chat(), await open_chat()
    await first.ask_for_person()
    clock.advance(seconds=1)
    await second.ask_for_person()
    await second.until(lambda: second.conversation["queue_position"] == 2)
    before = second.texts()

    await first.send_and_wait({"type": "queue.leave", "client_msg_id": uuid4().hex}, "message.stored")
    await second.until(lambda: second.conversation["queue_position"] == 1)

    assert second.texts() == before


async def test_who_is_overtaken_by_something_more_urgent_sees_the_new_place_and_why(app, open_chat, clock):
    first, urgent = await open_chat(), await open_chat()
    await first.ask_for_person()
    clock.advance(seconds=1)
    await urgent.ask_for_person()
    await first.caught_up()
    assert (first.conversation["queue_position"], first.conversation["wait"]["overtaken"]) == (1, False)

    async with app.state.sessions.begin() as session:
        raised = update(QueueEntry).where(QueueEntry.conversation_id == urgent.conversation_id)
        await session.execute(raised.values(priority=1))
        queue.line_changed(session)
    await first.until(lambda: first.conversation["queue_position"] == 2)

    assert first.conversation["wait"]["overtaken"] is True


async def test_a_range_is_told_again_only_when_it_changes_and_not_within_30_seconds(
    app, customer: Customer, says, clock
):
    says(50)
    await customer.ask_for_person()
    announcer = Announcer(app.state.sessions, QUEUES)
    for seconds, upper in ((10, 250), (15, 250), (10, 250), (60, 250), (40, 50)):
        clock.advance(seconds=seconds)
        says(upper)
        await announcer.announce(clock.now())

    assert [each["bucket"] for each in await announced(app, customer.conversation_id)] == ["lt1", "2_5", "lt1"]


async def test_a_second_raise_in_a_row_comes_with_a_callback(app, customer: Customer, says, clock, hire):
    agent = await hire()
    await agent.be("away")
    says(50)
    await customer.ask_for_person()
    announcer = Announcer(app.state.sessions, QUEUES)
    seen = []
    for upper in (50, 100, 250):
        clock.advance(seconds=29)
        says(upper)
        clock.advance(seconds=1)
        await announcer.announce(clock.now())
        await customer.caught_up()
        wait = customer.conversation["wait"]
        seen.append((wait["bucket"], wait["raised"]))

    assert seen == [("lt1", False), ("1_2", True), ("2_5", True)]
    assert customer.conversation["wait"]["callback_offered"] is True


@on_any_database
async def test_without_an_estimate_it_is_as_soon_as_possible_and_never_a_number(app, customer: Customer, says):
    says(None)

    await customer.ask_for_person()
    await customer.caught_up()

    assert customer.conversation["wait"]["bucket"] is None
    assert await announced(app, customer.conversation_id) == [{"bucket": None, "upper_seconds": None, "position": 1}]


@on_any_database
async def test_an_estimate_that_breaks_keeps_nobody_out_of_the_line(customer: Customer, monkeypatch):
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(announcements, "estimate_of", broken)
    monkeypatch.setattr(announcements, "estimates_of", broken)

    await customer.ask_for_person()
    await customer.caught_up()

    assert customer.conversation["status"] == "queued"


async def by_phone(app: FastAPI, channel: Channel, now: datetime, reason: str = "asked_for_person") -> Conversation:
    async with app.state.sessions.begin() as session:
        conversation, _ = await service.open_conversation(
            session, channel=channel, language="de", address=PHONE, now=now
        )
        await service.request_handoff(session, conversation, reason=reason, topic="bills", now=now)
    return conversation


async def heard(app: FastAPI, conversation: Conversation) -> list[str]:
    ours = (Message.conversation_id == conversation.id, Message.sender == Sender.SYSTEM)
    async with app.state.sessions() as session:
        return list(await session.scalars(select(Message.text).where(*ours).order_by(Message.seq)))


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.VOICE])
async def test_by_text_and_phone_the_wait_is_said_once_and_a_callback_offered_once(app, says, clock, channel):
    texts = server_texts()
    says(100)
    conversation = await by_phone(app, channel, clock.now())
    announcer = Announcer(app.state.sessions, QUEUES)
    for upper in (100, 250, 500, 900, 50, 900):
        clock.advance(seconds=31)
        says(upper)
        await announcer.announce(clock.now())

    how_long = texts.text("wait.range_1_2", "de")
    assert await heard(app, conversation) == [
        texts.text(f"wait.open_{channel}", "de", position=1, how_long=how_long),
        texts.text(f"callback.offer_{channel}", "de"),
    ]


@on_any_database
async def test_the_word_for_a_call_books_one_on_the_number_that_wrote(app, clock):
    conversation = await by_phone(app, Channel.SMS, clock.now())
    async with app.state.sessions.begin() as session:
        stored = await session.get_one(Conversation, conversation.id)
        await service.receive_message(session, stored, client_msg_id="SM2", text="Anruf!", pepper="p", now=clock.now())

    async with app.state.sessions() as session:
        bodies = list(await session.scalars(select(OutboxMessage.body).order_by(OutboxMessage.id)))
    assert bodies[-1] == server_texts().text("callback.call_next_sms", "de")


@on_any_database
@pytest.mark.parametrize("channel", [Channel.SMS, Channel.VOICE])
async def test_who_asks_to_be_called_by_text_or_phone_is_promised_the_call_at_once(app, clock, channel):
    conversation = await by_phone(app, channel, clock.now(), reason="callback_asked")

    promised = server_texts().text(f"callback.call_next_{channel}", "de", number=spoken(PHONE))
    assert await heard(app, conversation) == [promised]


async def told_places(app: FastAPI, line: list[Conversation]) -> list[int]:
    ids = [conversation.id for conversation in line]
    wanted = select(QueueEntry.announced_position).where(QueueEntry.conversation_id.in_(ids))
    async with app.state.sessions() as session:
        return list(await session.scalars(wanted.order_by(QueueEntry.requested_at)))


async def long_line(app: FastAPI, clock, length: int) -> list[Conversation]:
    """Stands without anybody who tells it anything by itself."""
    for task in asyncio.all_tasks():
        if task.get_name() == "announcements":
            task.cancel()
    line = []
    for _ in range(length):
        clock.advance(seconds=1)
        line.append(await by_phone(app, Channel.WEBCHAT, clock.now()))
    return line


async def test_the_first_of_a_long_line_hear_each_step_and_those_behind_in_turns(app, clock, says, monkeypatch):
    monkeypatch.setattr(announcements, "NEAR", 2)
    monkeypatch.setattr(announcements, "FAR_AT_ONCE", 1)
    first, *line = await long_line(app, clock, 6)
    announcer = Announcer(app.state.sessions, QUEUES)
    async with app.state.sessions.begin() as session:
        await service.close_conversation(session, await session.get_one(Conversation, first.id), clock.now())

    seen = []
    for _ in range(3):
        await announcer.announce(clock.now())
        seen.append(await told_places(app, line))

    assert seen == [[1, 2, 3, 5, 6], [1, 2, 3, 4, 6], [1, 2, 3, 4, 5]]


async def test_one_who_cannot_be_told_keeps_it_from_nobody_else(app, clock, says, monkeypatch):
    first, second, third = await long_line(app, clock, 3)
    note = announcements._note

    async def stumble(session, conversation, *others):
        if conversation.id == second.id:
            raise ZeroDivisionError
        return await note(session, conversation, *others)

    monkeypatch.setattr(announcements, "_note", stumble)
    async with app.state.sessions.begin() as session:
        await service.close_conversation(session, await session.get_one(Conversation, first.id), clock.now())
    again = await Announcer(app.state.sessions, QUEUES).announce(clock.now())

    assert await told_places(app, [second, third]) == [2, 2]
    assert again is not None


async def test_a_very_long_line_is_read_once_a_second(app, clock, says, monkeypatch):
    monkeypatch.setattr(announcements, "LONG_LINE", 1)
    first, *line = await long_line(app, clock, 3)
    announcer = Announcer(app.state.sessions, QUEUES)
    await announcer.announce(clock.now())
    async with app.state.sessions.begin() as session:
        await service.close_conversation(session, await session.get_one(Conversation, first.id), clock.now())

    again = await announcer.announce(clock.now())

    assert await told_places(app, line) == [2, 3]
    assert again == clock.now() + timedelta(seconds=1)
    clock.advance(seconds=1)
    await announcer.announce(clock.now())
    assert await told_places(app, line) == [1, 2]
