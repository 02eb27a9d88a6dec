"""A callback keeps the place: asked for, tried up to four times, live again at any moment."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from billing.outbox import OutboxMessage
from handoff.alarms.models import Alarm, AlarmKind
from handoff.callbacks import booking
from handoff.callbacks.booking import Wish
from handoff.callbacks.models import CallbackStatus, CallbackWay
from handoff.callbacks.waiting_words import local_moment
from handoff.contact_log import ContactEventKind
from handoff.conversations import service
from handoff.conversations.models import Conversation, ConversationStatus
from handoff.conversations.posting import lock
from handoff.routing import claims
from handoff.routing.models import EntryKind, EntryStatus
from handoff.texts import server_texts
from tests.fakes.bot import FakeBot, reply
from tests.handoff.callbacks.conftest import Waiter, called, tell, to_make
from tests.handoff.people import Customer, on_any_database

K = ContactEventKind


def said(key: str, **facts: object) -> str:
    return server_texts().text(key, "en", **facts)


async def test_who_asks_for_a_message_keeps_the_entry_and_its_age(waiter: Waiter, clock):
    before = await waiter.entry()
    clock.advance(seconds=70)

    await waiter.wish("message")

    after = await waiter.entry()
    assert (after.id, after.requested_at, after.status) == (before.id, before.requested_at, EntryStatus.WAITING)
    assert after.kind is EntryKind.CALLBACK
    assert waiter.customer.texts("customer")[-1] == said("button.callback_message")
    await waiter.customer.caught_up()
    assert waiter.customer.texts("system")[-1] == said("callback.message_next")
    assert waiter.customer.conversation["wait"]["callback"]["way"] == "message"


async def test_the_same_wish_sent_five_times_is_one_callback_and_one_message(waiter: Waiter):
    key = uuid4().hex

    seqs = {await waiter.wish("message", key) for _ in range(5)}

    assert len(seqs) == 1
    assert len(await waiter.callbacks()) == 1
    assert len(await waiter.logged(K.CALLBACK_ASKED)) == 1


@on_any_database
async def test_a_second_wish_replaces_the_first(waiter: Waiter, prove):
    await prove(waiter.customer)
    await waiter.wish("message")

    await waiter.wish("call")

    assert (await waiter.callback()).way == "call"


async def test_we_call_the_number_of_the_account_and_only_after_proof(waiter: Waiter, prove):
    frame = {"type": "callback.request", "client_msg_id": uuid4().hex, "way": "call"}
    refused = await waiter.customer.refused(frame)
    assert refused["error"] == "PhoneNotConfirmed"
    assert await waiter.callbacks() == []
    phone = await prove(waiter.customer)

    await waiter.wish("call")

    assert (await waiter.callback()).phone == phone
    assert (await waiter.wait())["callback"]["phone_ending"] == phone[-3:]


@on_any_database
async def test_nobody_is_called_back_who_does_not_wait(customer: Customer):
    frame = {"type": "callback.request", "client_msg_id": uuid4().hex, "way": "message"}

    assert (await customer.refused(frame))["error"] == "CallbackNotPossible"
    assert customer.texts() == customer.texts("bot")


async def test_a_message_is_sent_when_the_turn_comes_and_is_all_that_was_promised(
    app: FastAPI, waiter: Waiter, hire, prove
):
    phone = await prove(waiter.customer)
    await waiter.wish("message")
    agent = await hire()

    assert await agent.take_next() == waiter.customer.conversation_id
    await waiter.in_step()

    assert (await waiter.callback()).status is CallbackStatus.DONE
    await waiter.customer.caught_up()
    assert waiter.customer.texts("system")[-1] == said("callback.writing")
    async with app.state.sessions() as session:
        hints = list(await session.scalars(select(OutboxMessage)))
    assert [(hint.recipient, hint.body) for hint in hints] == [(phone, said("callback.sms_hint"))]
    assert [details["how"] for _, details in await waiter.logged(K.CALLBACK_ENDED)] == ["done"]
    assert await to_make(agent) == []


@on_any_database
async def test_the_loop_follows_by_itself(waiter: Waiter, hire):
    await waiter.wish("message")
    agent = await hire()
    await agent.take_next()

    await waiter.customer.until(lambda: said("callback.writing") in waiter.customer.texts("system"))

    assert (await waiter.callback()).status is CallbackStatus.DONE


async def test_the_agent_sees_the_number_and_says_that_the_customer_was_reached_once(waiter: Waiter, hire, prove):
    phone = await prove(waiter.customer)
    await waiter.wish("call")
    agent = await hire()
    call = await called(agent, waiter)
    assert (call["phone"], call["attempts"]) == (phone, 0)

    answers = [await tell(agent, call["id"], reached=True) for _ in range(2)]

    assert [answer.json()["status"] for answer in answers] == ["done", "done"]
    assert [details for _, details in await waiter.logged(K.CALLBACK_TRIED)] == [{"reached": True}]
    assert (await waiter.customer.row()).status is ConversationStatus.ACTIVE


@on_any_database
async def test_only_who_holds_the_conversation_says_how_the_call_went(waiter: Waiter, hire, prove):
    await prove(waiter.customer)
    await waiter.wish("call")
    agent = await hire()
    call = await called(agent, waiter)
    other = await hire("Aino")

    assert (await tell(other, call["id"], reached=False)).json()["error"] == "NotYourConversation"
    assert (await tell(other, uuid4(), reached=False)).status_code == 404
    assert await to_make(other) == []


async def test_a_call_that_nobody_answers_is_tried_again_after_5_15_and_60_minutes_at_the_same_rank(
    app: FastAPI, waiter: Waiter, hire, prove, clock
):
    await prove(waiter.customer)
    first = await waiter.entry()
    await waiter.wish("call")
    agent = await hire()

    for minutes in (5, 15, 60):
        call = await called(agent, waiter)
        await tell(agent, call["id"], reached=False)
        entry = await waiter.entry()
        assert entry.requested_at == first.requested_at
        assert entry.not_before == clock.now() + timedelta(minutes=minutes)
        assert (await waiter.callback()).entry_id == entry.id
        clock.advance(minutes=minutes, seconds=-1)
        assert await agent.offer() is None
        clock.advance(seconds=1)

    last = await called(agent, waiter)
    assert (await tell(agent, last["id"], reached=False)).json()["status"] == "failed"
    await waiter.customer.caught_up()
    assert waiter.customer.texts("system")[-1] == said("callback.failed")
    async with app.state.sessions() as session:
        [alarm] = await session.scalars(select(Alarm))
    assert (alarm.kind, alarm.entry_id) == (AlarmKind.CALLBACK_FAILED, (await waiter.callback()).entry_id)
    assert len(await waiter.logged(K.CALLBACK_TRIED)) == 4
    assert (await waiter.customer.row()).status is ConversationStatus.ACTIVE


@on_any_database
async def test_nobody_is_called_again_after_closing_time(waiter: Waiter, hire, prove, clock, set_hours):
    await prove(waiter.customer)
    await waiter.wish("call")
    agent = await hire()
    call = await called(agent, waiter)
    set_hours("08:00-10:04")

    await tell(agent, call["id"], reached=False)
    await waiter.customer.caught_up()

    assert (await waiter.entry()).not_before == datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
    opens = local_moment(datetime(2026, 11, 22, 7, 0, tzinfo=UTC), "Europe/Berlin", "en")
    assert waiter.customer.texts("system")[-1] == said("callback.not_reached_closing", opens=opens)


@on_any_database
async def test_whom_we_promise_to_write_by_ourselves_hears_of_it_on_the_phone_too(
    app: FastAPI, waiter: Waiter, hire, prove, clock
):
    phone = await prove(waiter.customer)
    async with app.state.sessions.begin() as session:
        conversation = await session.get_one(Conversation, waiter.customer.conversation_id)
        await lock(session, conversation)
        await booking.book(session, conversation, Wish(CallbackWay.MESSAGE, None), clock.now())
    clock.advance(days=3)
    await (await hire()).take_next()

    await waiter.in_step()

    async with app.state.sessions() as session:
        assert [hint.recipient for hint in await session.scalars(select(OutboxMessage))] == [phone]


async def test_an_unreached_customer_who_writes_is_live_again_at_once(waiter: Waiter, hire, prove):
    await prove(waiter.customer)
    first = await waiter.entry()
    await waiter.wish("call")
    agent = await hire()
    call = await called(agent, waiter)
    await tell(agent, call["id"], reached=False)
    assert await agent.offer() is None

    await waiter.customer.say("I am here now")

    entry = await waiter.entry()
    assert (entry.kind, entry.not_before, entry.requested_at) == (EntryKind.LIVE, None, first.requested_at)
    assert await agent.offer() is not None


async def test_the_customer_comes_back_live_at_the_same_rank(waiter: Waiter):
    first = await waiter.entry()
    await waiter.wish("message")

    await waiter.send("callback.cancel")

    entry = await waiter.entry()
    assert (entry.id, entry.kind, entry.requested_at) == (first.id, EntryKind.LIVE, first.requested_at)
    assert (await waiter.callback()).status is CallbackStatus.CANCELLED
    assert [details["how"] for _, details in await waiter.logged(K.CALLBACK_ENDED)] == ["live"]
    assert (await waiter.wait())["callback"] is None


@pytest.mark.parametrize("way", ["call", "message"])
async def test_what_is_written_after_the_promise_does_not_break_it(waiter: Waiter, prove, way):
    await prove(waiter.customer)
    await waiter.wish(way)

    await waiter.customer.say("Thank you")
    await waiter.customer.say("It is about my last bill, by the way")

    assert (await waiter.callback()).status is CallbackStatus.WAITING
    assert (await waiter.entry()).kind is EntryKind.CALLBACK


async def test_who_would_rather_wait_here_is_told_so(waiter: Waiter):
    await waiter.wish("message")

    await waiter.send("callback.cancel")
    await waiter.customer.caught_up()

    assert waiter.customer.texts("system")[-1] == said("callback.live_again_webchat")


@on_any_database
async def test_an_unreached_customer_who_only_says_thanks_is_tried_again(waiter: Waiter, hire, prove, clock):
    await prove(waiter.customer)
    await waiter.wish("call")
    agent = await hire()
    call = await called(agent, waiter)
    await tell(agent, call["id"], reached=False)

    await waiter.customer.say("OK, thank you")

    assert (await waiter.entry()).not_before == clock.now() + timedelta(minutes=5)
    assert (await waiter.callback()).status is CallbackStatus.WAITING


async def test_whose_time_passes_without_a_word_is_told_once_and_waits_on(waiter: Waiter, clock):
    slot = (await waiter.wait())["slots"][0]
    await waiter.wish("message", slot_from=slot)
    until = (await waiter.callback()).slot_until
    assert until is not None
    clock.advance(seconds=(until - clock.now()).total_seconds() - 1)
    await waiter.in_step()
    assert said("callback.slot_missed") not in waiter.customer.texts("system")
    clock.advance(seconds=1)

    await waiter.in_step()
    await waiter.in_step()
    await waiter.customer.caught_up()

    assert waiter.customer.texts("system").count(said("callback.slot_missed")) == 1
    assert (await waiter.callback()).status is CallbackStatus.WAITING
    assert (await waiter.entry()).status is EntryStatus.WAITING


async def test_who_is_written_to_hours_later_hears_of_it_on_the_phone(app: FastAPI, waiter: Waiter, hire, prove, clock):
    phone = await prove(waiter.customer)
    await waiter.wish("message")
    clock.advance(days=2)
    agent = await hire()

    await agent.take_next()
    await waiter.in_step()

    async with app.state.sessions() as session:
        [hint] = await session.scalars(select(OutboxMessage))
    assert (hint.recipient, hint.body) == (phone, said("callback.sms_hint"))


@on_any_database
async def test_who_writes_before_the_chosen_time_only_adds_to_what_was_said(waiter: Waiter, clock):
    slot = (await waiter.wait())["slots"][1]
    await waiter.wish("message", slot_from=slot)

    await waiter.customer.say("It is about my last bill")

    entry = await waiter.entry()
    assert entry.kind is EntryKind.CALLBACK
    assert entry.not_before is not None
    assert entry.not_before > clock.now()


async def test_a_slot_is_kept_and_before_it_nobody_is_offered_the_callback(waiter: Waiter, hire, clock):
    slot = (await waiter.wait())["slots"][0]
    await waiter.wish("message", slot_from=slot)
    agent = await hire()
    assert await agent.offer() is None
    entry = await waiter.entry()
    assert entry.not_before is not None

    clock.advance(seconds=(entry.not_before - clock.now()).total_seconds())

    assert await agent.offer() is not None


async def test_an_agent_who_is_offered_the_contact_is_not_to_call_before_the_chosen_time(waiter: Waiter, hire):
    slot = (await waiter.wait())["slots"][0]
    agent = await hire()
    offer = await agent.offer()
    assert offer is not None

    await waiter.wish("message", slot_from=slot)

    assert (await agent.accept(offer)).json()["error"] == "OfferWithdrawn"
    assert (await waiter.entry()).status is EntryStatus.WAITING
    assert await agent.offer() is None


@on_any_database
@pytest.mark.parametrize("slot", ["2026-11-20T09:00:00Z", "2027-03-01T09:00:00Z"])
async def test_a_time_that_is_past_or_far_away_is_refused(waiter: Waiter, slot):
    frame = {"type": "callback.request", "client_msg_id": uuid4().hex, "way": "message", "slot_from": slot}

    assert (await waiter.customer.refused(frame))["error"] == "SlotNotOpen"


@on_any_database
async def test_a_time_without_a_zone_is_no_time(waiter: Waiter):
    frame = {
        "type": "callback.request",
        "client_msg_id": uuid4().hex,
        "way": "message",
        "slot_from": "2026-11-21T10:00:00",
    }

    assert (await waiter.customer.refused(frame))["error"] == "InvalidFrame"


async def test_who_leaves_the_line_talks_to_the_assistant_and_gets_the_old_place_again(
    waiter: Waiter, bot: FakeBot, clock
):
    bot.rule = lambda turn: reply("Here I am.")
    first = await waiter.entry()
    await waiter.wish("message")

    await waiter.send("queue.leave")
    assert (await waiter.customer.ask("Hello?"))["text"] == "Here I am."
    clock.advance(minutes=9)
    await waiter.customer.ask_for_person()

    assert (await waiter.callback()).status is CallbackStatus.CANCELLED
    assert (await waiter.entry()).requested_at == first.requested_at


async def test_who_ends_the_conversation_says_first_whether_the_customer_was_reached(waiter: Waiter, hire, prove):
    await prove(waiter.customer)
    await waiter.wish("call")
    agent = await hire()
    await agent.take_next()
    path = f"/api/console/conversations/{waiter.customer.conversation_id}"

    refused = [await agent.http.post(f"{path}/{way}") for way in ("close", "return-to-bot")]
    await waiter.in_step()
    [call] = await to_make(agent)
    await tell(agent, call["id"], reached=True)
    closed = await agent.http.post(f"{path}/close")

    assert [answer.json()["error"] for answer in refused] == ["CallOutcomeMissing"] * 2
    assert closed.status_code == 200
    assert (await waiter.callback()).status is CallbackStatus.DONE


@on_any_database
async def test_a_call_that_nobody_spoke_of_counts_as_not_made(app: FastAPI, waiter: Waiter, hire, prove):
    await prove(waiter.customer)
    await waiter.wish("call")
    agent = await hire()
    await called(agent, waiter)
    async with app.state.sessions.begin() as session:
        conversation = await session.get_one(Conversation, waiter.customer.conversation_id)
        await service.close_conversation(session, conversation, app.state.clock.now())

    await waiter.in_step()

    assert (await waiter.callback()).status is CallbackStatus.CANCELLED
    assert [details["how"] for _, details in await waiter.logged(K.CALLBACK_ENDED)] == ["cancelled"]


async def test_after_a_kept_promise_the_customer_who_is_passed_on_waits_live(waiter: Waiter, hire, clock):
    slot = (await waiter.wait())["slots"][1]
    await waiter.wish("message", slot_from=slot)
    agent = await hire()
    entry = await waiter.entry()
    path = f"/api/console/conversations/{waiter.customer.conversation_id}"
    async with waiter.app.state.sessions.begin() as session:
        await claims.claim(session, entry.id, agent.agent_id, clock.now(), how="assigned")
    await waiter.in_step()
    assert (await waiter.callback()).status is CallbackStatus.DONE

    passed_on = await agent.http.post(f"{path}/transfer", json={"queue": "payments", "language": "en"})

    assert passed_on.status_code == 204, passed_on.text
    entry = await waiter.entry()
    assert (entry.kind, entry.not_before, entry.queue) == (EntryKind.LIVE, None, "payments")


@on_any_database
async def test_a_callback_taken_and_put_back_before_the_loop_looks_is_still_one(
    app: FastAPI, waiter: Waiter, hire, prove, clock
):
    await prove(waiter.customer)
    await waiter.wish("call")
    agent = await hire()
    entry = await waiter.entry()
    async with app.state.sessions.begin() as session:
        conversation = await claims.claim(session, entry.id, agent.agent_id, clock.now(), how="taken")
        await claims.requeue(session, conversation, clock.now(), why="agent_lost")

    await waiter.in_step()

    callback, entry = await waiter.callback(), await waiter.entry()
    assert (callback.status, callback.entry_id) == (CallbackStatus.WAITING, entry.id)
    assert entry.kind is EntryKind.CALLBACK


@on_any_database
async def test_a_callback_whose_agent_is_lost_waits_again_and_counts_no_try(app: FastAPI, waiter: Waiter, hire, prove):
    await prove(waiter.customer)
    await waiter.wish("call")
    agent = await hire()
    await called(agent, waiter)

    async with app.state.sessions.begin() as session:
        conversation = await session.get_one(Conversation, waiter.customer.conversation_id)
        await lock(session, conversation)
        await claims.requeue(session, conversation, app.state.clock.now(), why="agent_lost")
    await waiter.in_step()

    callback, entry = await waiter.callback(), await waiter.entry()
    assert (callback.status, callback.attempts, callback.entry_id) == (CallbackStatus.WAITING, 0, entry.id)
    assert entry.kind is EntryKind.CALLBACK
