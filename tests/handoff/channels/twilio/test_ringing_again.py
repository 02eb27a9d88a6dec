"""A caller who was cut off in line and rings again has the former place."""

from datetime import timedelta

from handoff.callbacks.models import Callback, CallbackStatus
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.routing.models import EntryStatus, QueueEntry
from handoff.routing.places import positions
from tests.fakes.fake_twilio_call import FakeCall
from tests.handoff.channels.twilio.calls import hand_over, rows
from tests.handoff.channels.twilio.conftest import Line

OTHER_CALLER = "+4915735980002"


async def ask_for_person(line: Line, caller: FakeCall) -> None:
    line.bot.rule = hand_over
    async with caller.answered():
        await caller.say("Ein Mensch, bitte")
        await caller.hear_answer()


async def hang_up_in_line(line: Line, caller: FakeCall) -> None:
    await ask_for_person(line, caller)
    await caller.end_socket(SessionStatus="completed")


async def lose_in_line(line: Line, caller: FakeCall) -> None:
    await ask_for_person(line, caller)
    for _ in range(3):
        await caller.end_socket(ErrorCode="64105", SessionStatus="failed")


async def entries(line: Line) -> list[QueueEntry]:
    return sorted(await rows(line, QueueEntry), key=lambda entry: entry.entered_at)


async def test_who_is_cut_off_and_rings_again_stands_ahead_of_who_came_meanwhile(line: Line) -> None:
    await hang_up_in_line(line, FakeCall(line.webhooks))
    line.clock.advance(minutes=2)
    await ask_for_person(line, FakeCall(line.webhooks, caller=OTHER_CALLER))
    line.clock.advance(minutes=2)

    await ask_for_person(line, FakeCall(line.webhooks))

    first, other, again = await entries(line)
    assert again.requested_at == first.requested_at
    async with line.sessions() as session:
        places = await positions(session, line.clock.now())
    assert places == {again.conversation_id: 1, other.conversation_id: 2}


async def test_the_former_place_is_had_once(line: Line) -> None:
    await hang_up_in_line(line, FakeCall(line.webhooks))
    line.clock.advance(minutes=4)
    await hang_up_in_line(line, FakeCall(line.webhooks))
    line.clock.advance(minutes=4)

    await ask_for_person(line, FakeCall(line.webhooks))

    first, second, third = await entries(line)
    assert second.requested_at == first.requested_at
    assert third.requested_at == line.clock.now()


async def test_two_who_ring_from_one_switchboard_share_no_former_place(line: Line) -> None:
    await hang_up_in_line(line, FakeCall(line.webhooks))
    line.clock.advance(minutes=1)

    for _ in range(2):
        await ask_for_person(line, FakeCall(line.webhooks))
        line.clock.advance(seconds=1)

    first, second, third = await entries(line)
    assert second.requested_at == first.requested_at
    assert third.requested_at == third.entered_at


async def test_after_ten_minutes_the_place_is_gone(line: Line) -> None:
    await hang_up_in_line(line, FakeCall(line.webhooks))
    line.clock.advance(minutes=10, seconds=1)

    await ask_for_person(line, FakeCall(line.webhooks))

    assert (await entries(line))[-1].requested_at == line.clock.now()


async def test_somebody_elses_number_has_no_former_place(line: Line) -> None:
    await hang_up_in_line(line, FakeCall(line.webhooks))
    line.clock.advance(minutes=1)

    await ask_for_person(line, FakeCall(line.webhooks, caller=OTHER_CALLER))

    assert (await entries(line))[-1].requested_at == line.clock.now()


async def test_whose_line_we_lost_is_not_called_as_well_after_ringing_again(line: Line) -> None:
    await lose_in_line(line, FakeCall(line.webhooks))
    line.clock.advance(minutes=3)

    await ask_for_person(line, FakeCall(line.webhooks))

    lost, again = await entries(line)
    assert (lost.status, again.status) == (EntryStatus.LEFT, EntryStatus.WAITING)
    assert again.requested_at == line.clock.now() - timedelta(minutes=3)
    (callback,) = await rows(line, Callback)
    assert callback.status is CallbackStatus.CANCELLED
    async with line.sessions() as session:
        former = await session.get_one(Conversation, lost.conversation_id)
    assert former.status is ConversationStatus.CLOSED


async def test_a_call_that_somebody_asked_for_stays_promised(line: Line) -> None:
    caller = FakeCall(line.webhooks)
    line.bot.rule = hand_over
    async with caller.answered():
        await caller.say("Ein Mensch, bitte")
        await caller.hear_answer()
        await caller.say("Rückruf")
        await caller.hear_answer()
    await caller.end_socket(SessionStatus="completed")
    line.clock.advance(minutes=3)

    await ask_for_person(line, FakeCall(line.webhooks))

    (callback,) = await rows(line, Callback)
    assert callback.status is CallbackStatus.WAITING
