"""Who leaves the page while waiting is not offered to anybody for long, and has the old place when they come back."""

from collections.abc import Sequence

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from billing.outbox import OutboxMessage
from handoff.contact_log import ContactEvent, ContactEventKind
from handoff.conversations.leaving import GRACE, PLACE_HELD, Leavers
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.conversations.service import open_conversation, request_handoff
from handoff.live import conversation_stream
from handoff.routing.models import EntryKind, EntryStatus
from handoff.routing.places import positions
from handoff.supervision.contacts import Contact, fold
from handoff.texts import server_texts
from tests.fakes.clock import FixedClock
from tests.handoff.callbacks.conftest import SetHours, Waiter, prove, set_hours, waiter
from tests.handoff.conftest import running
from tests.handoff.people import AgentAtWork, Customer, on_any_database

__all__ = ["prove", "set_hours", "waiter"]


class Centre:
    """One process: what it notices of those who leave, and what the board makes of it."""

    def __init__(self, app: FastAPI, clock: FixedClock) -> None:
        self.app, self.clock = app, clock
        self.leavers = Leavers(app.state.sessions, app.state.live)

    async def look(self) -> None:
        await self.leavers.look(self.clock.now())

    async def gone_for_good(self, customer: Customer) -> None:
        """The customer closes the page, and the grace goes by."""
        await customer.disconnect()
        assert not self.app.state.live.is_heard(conversation_stream(customer.conversation_id))
        await self.look()
        self.clock.advance(seconds=GRACE.total_seconds())
        await self.look()

    async def contacts(self) -> list[Contact]:
        async with self.app.state.sessions() as session:
            return fold((await session.scalars(select(ContactEvent).order_by(ContactEvent.number))).all())

    async def outcomes(self) -> Sequence[str]:
        return [contact.outcome for contact in await self.contacts()]

    async def places(self) -> dict:
        async with self.app.state.sessions() as session:
            return await positions(session, self.clock.now())


@pytest.fixture
def centre(app: FastAPI, clock: FixedClock) -> Centre:
    return Centre(app, clock)


def said(key: str, **facts: object) -> str:
    return server_texts().text(key, "en", **facts)


async def test_who_reloads_the_page_within_the_grace_loses_nothing(centre: Centre, waiter: Waiter, clock):
    before = await waiter.entry()
    await waiter.customer.disconnect()
    await centre.look()
    clock.advance(seconds=GRACE.total_seconds() - 1)
    await centre.look()

    await waiter.customer.connect()
    clock.advance(seconds=GRACE.total_seconds())
    await centre.look()

    [after] = await waiter.entries()
    assert (after.id, after.status, after.gone_at) == (before.id, EntryStatus.WAITING, None)
    assert waiter.customer.conversation["status"] == "queued"


async def test_who_left_for_good_is_offered_to_nobody(centre: Centre, waiter: Waiter, open_chat, hire):
    behind = await open_chat()
    await behind.ask_for_person()

    await centre.gone_for_good(waiter.customer)

    assert await centre.places() == {behind.conversation_id: 1}
    agent = await hire()
    assert await agent.take_next() == behind.conversation_id
    assert await agent.offer() is None


async def test_who_is_just_offered_and_has_left_is_taken_back_from_the_agent(
    centre: Centre, waiter: Waiter, agent: AgentAtWork
):
    assert await agent.offer() is not None

    await centre.gone_for_good(waiter.customer)

    assert await agent.offer() is None
    assert (await waiter.customer.row()).status is ConversationStatus.WITH_BOT


async def test_who_left_counts_as_abandoned_since_they_were_last_there(centre: Centre, waiter: Waiter, clock):
    clock.advance(seconds=30)

    await centre.gone_for_good(waiter.customer)

    [contact] = await centre.contacts()
    assert contact.outcome == "abandoned"
    assert contact.first_wait(clock.now()) == 30
    entry = await waiter.entry()
    assert entry.ended_at is not None
    assert (entry.ended_at - entry.requested_at).total_seconds() == 30


async def test_who_comes_back_later_has_the_rank_of_the_first_request(centre: Centre, waiter: Waiter, open_chat, clock):
    first = await waiter.entry()
    clock.advance(seconds=10)
    other = await open_chat()
    await other.ask_for_person()
    await centre.gone_for_good(waiter.customer)
    clock.advance(minutes=30)

    await waiter.customer.connect()

    assert (await waiter.entry()).requested_at == first.requested_at
    assert await centre.places() == {waiter.customer.conversation_id: 1, other.conversation_id: 2}
    assert waiter.customer.conversation["status"] == "queued"
    assert waiter.customer.texts("system")[-2:] == [said("conversation.gone"), said("conversation.back_in_line")]


async def test_who_comes_back_twice_stands_in_line_once(centre: Centre, waiter: Waiter):
    await centre.gone_for_good(waiter.customer)
    await waiter.customer.connect()
    await waiter.customer.disconnect()

    await waiter.customer.connect()

    assert [entry.status for entry in await waiter.entries()] == [EntryStatus.LEFT, EntryStatus.WAITING]
    assert waiter.customer.texts("system").count(said("conversation.back_in_line")) == 1


async def test_who_comes_back_soon_is_one_contact_that_waits(centre: Centre, waiter: Waiter):
    await centre.gone_for_good(waiter.customer)
    assert await centre.outcomes() == ["abandoned"]

    await waiter.customer.connect()

    assert await centre.outcomes() == ["waiting"]


@on_any_database
async def test_after_the_place_is_given_up_a_person_must_be_asked_for_anew(centre: Centre, waiter: Waiter, clock):
    await centre.gone_for_good(waiter.customer)
    clock.advance(seconds=PLACE_HELD.total_seconds())

    await waiter.customer.connect()
    assert waiter.customer.conversation["status"] == "with_bot"
    await waiter.customer.ask_for_person()

    assert (await waiter.entry()).requested_at == clock.now()


async def test_who_can_be_reached_is_written_to_and_keeps_the_place(
    app: FastAPI, centre: Centre, waiter: Waiter, prove, hire
):
    before = await waiter.entry()
    phone = await prove(waiter.customer)

    await centre.gone_for_good(waiter.customer)

    [after] = await waiter.entries()
    assert (after.id, after.requested_at, after.kind) == (before.id, before.requested_at, EntryKind.CALLBACK)
    assert ((await waiter.callback()).way, (await waiter.callback()).phone) == ("message", phone)
    [(_, asked)] = await waiter.logged(ContactEventKind.CALLBACK_ASKED)
    assert asked["by"] == "gone"
    await (await hire()).take_next()
    await waiter.in_step()
    async with app.state.sessions() as session:
        hints = [message.body for message in await session.scalars(select(OutboxMessage))]
    assert said("callback.sms_hint") in hints


async def test_who_would_be_written_to_and_is_back_waits_live_again(centre: Centre, waiter: Waiter, prove):
    before = await waiter.entry()
    await prove(waiter.customer)
    await centre.gone_for_good(waiter.customer)

    await waiter.customer.connect()

    [after] = await waiter.entries()
    assert (after.requested_at, after.kind, after.gone_at) == (before.requested_at, EntryKind.LIVE, None)
    assert (await waiter.callback()).status == "cancelled"
    assert await centre.outcomes() == ["waiting"]


@on_any_database
async def test_who_asked_for_a_message_may_leave(centre: Centre, waiter: Waiter):
    await waiter.wish("message")

    await centre.gone_for_good(waiter.customer)
    await waiter.customer.connect()

    [entry] = await waiter.entries()
    assert (entry.kind, entry.gone_at) == (EntryKind.CALLBACK, None)
    assert (await waiter.callback()).status == "waiting"


@on_any_database
async def test_who_is_back_while_we_are_closed_is_promised_the_opening(
    centre: Centre, waiter: Waiter, set_hours: SetHours, clock
):
    await centre.gone_for_good(waiter.customer)
    set_hours("03:00-04:00")

    await waiter.customer.connect()

    entry = await waiter.entry()
    assert entry.kind is EntryKind.CALLBACK
    assert entry.not_before is not None
    assert entry.not_before > clock.now()
    assert waiter.customer.texts("system")[-1] == said("wait.closed_webchat")


async def test_a_restart_throws_nobody_out_who_comes_back_to_it(settings, waiter: Waiter, clock, bot, centre: Centre):
    await waiter.customer.disconnect()
    await centre.look()
    clock.advance(seconds=GRACE.total_seconds() - 1)

    async with running(settings, clock, bot) as restarted:
        after = Centre(restarted, clock)
        await after.look()
        clock.advance(seconds=GRACE.total_seconds() - 1)
        await after.look()
        waiter.customer.app = restarted
        await waiter.customer.connect()
        clock.advance(seconds=GRACE.total_seconds())
        await after.look()

        [entry] = await waiter.entries()
        assert (entry.status, entry.gone_at) == (EntryStatus.WAITING, None)
        await waiter.customer.disconnect()


async def test_who_comes_back_while_being_let_go_is_in_line(
    centre: Centre, waiter: Waiter, clock, monkeypatch: pytest.MonkeyPatch
):
    await waiter.customer.disconnect()
    await centre.look()
    clock.advance(seconds=GRACE.total_seconds())
    let_go = Leavers._let_go

    async def and_meanwhile_the_page_opens(self: Leavers, *about: object) -> None:
        await let_go(self, *about)  # type: ignore[arg-type]  # passed on as they came
        monkeypatch.setattr(self._silence, "is_heard", lambda _: True)

    monkeypatch.setattr(Leavers, "_let_go", and_meanwhile_the_page_opens)
    await centre.look()

    assert (await waiter.customer.row()).status is ConversationStatus.QUEUED


async def test_who_writes_by_text_is_never_gone(app: FastAPI, centre: Centre, clock):
    async with app.state.sessions.begin() as session:
        conversation, _ = await open_conversation(
            session, channel=Channel.SMS, language="en", address="+441632960001", now=clock.now()
        )
        await request_handoff(session, conversation, reason="asked_for_person", topic="bills", now=clock.now())
    await centre.look()
    clock.advance(hours=2)

    await centre.look()

    async with app.state.sessions() as session:
        assert (await session.get_one(Conversation, conversation.id)).status is ConversationStatus.QUEUED
