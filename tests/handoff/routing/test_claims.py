"""One claim for all ways of getting a conversation: one winner, everybody else learns who, nobody is overloaded."""

import asyncio
from itertools import combinations_with_replacement

import pytest
from sqlalchemy import func, select

from handoff.agents.models import Presence
from handoff.contact_log import ContactEvent, ContactEventKind
from handoff.conversations.models import Channel, ConversationStatus
from handoff.conversations.service import close_conversation, request_handoff, return_to_bot
from handoff.routing import claims
from handoff.routing.errors import AgentNotThere, AlreadyTaken, NoRoom, NotWaiting
from handoff.routing.models import EntryStatus, QueueEntry
from tests.handoff.people import on_any_database
from tests.handoff.routing.crowd import Crowd

WAYS = ("accepted", "taken", "assigned")


@pytest.mark.parametrize(("one", "other"), list(combinations_with_replacement(WAYS, 2)))
async def test_of_two_ways_at_once_one_wins_and_the_other_learns_who(crowd: Crowd, one: str, other: str):
    mia = await crowd.agent("Mia")
    conversation_id = await crowd.customer()
    await crowd.tick()
    offer = await crowd.offer_to(mia)
    aino, kim = [await crowd.agent(name, presence=Presence.AWAY) for name in ("Aino", "Kim")]

    async def go(way: str, agent):
        return await (crowd.accept(mia, offer) if way == "accepted" else crowd.take(conversation_id, agent, way))

    results = await asyncio.gather(go(one, aino), go(other, kim))

    winner = await crowd.holder(conversation_id)
    assert winner in (mia.id, aino.id, kim.id)
    names = {mia.id: "Mia", aino.id: "Aino", kim.id: "Kim"}
    refusals = [result for result in results if result is not None]
    assert len(refusals) == (0 if one == other == "accepted" else 1)
    for refusal in refusals:
        assert isinstance(refusal, AlreadyTaken)
        assert (refusal.status, refusal.agent_name) == (409, names[winner])
    assert await crowd.offered_agents() == set()


async def test_of_many_who_take_at_once_one_has_it(crowd: Crowd):
    agents = [await crowd.agent(f"Agent{number}", presence=Presence.AWAY) for number in range(6)]
    conversation_id = await crowd.customer()

    results = await asyncio.gather(*(crowd.take(conversation_id, agent) for agent in agents))

    [winner] = [agent for agent, result in zip(agents, results, strict=True) if result is None]
    assert await crowd.holder(conversation_id) == winner.id
    assert {result.agent_name for result in results if isinstance(result, AlreadyTaken)} == {winner.name}
    async with crowd.sessions() as session:
        taken = select(func.count()).where(ContactEvent.kind == ContactEventKind.TAKEN)
        assert await session.scalar(taken) == 1


async def test_of_two_transfers_at_once_one_counts(crowd: Crowd):
    mia, aino, kim = [await crowd.agent(name, presence=Presence.AWAY) for name in ("Mia", "Aino", "Kim")]
    conversation_id = await crowd.held(mia)

    results = await asyncio.gather(*(crowd.transfer(conversation_id, to_agent=to.id) for to in (aino, kim)))

    winner = await crowd.holder(conversation_id)
    assert winner in (aino.id, kim.id)
    assert sum(result is None for result in results) in (1, 2)
    for refusal in (result for result in results if result is not None):
        assert isinstance(refusal, AlreadyTaken)
        assert refusal.agent_name == {aino.id: "Aino", kim.id: "Kim"}[winner]
    async with crowd.sessions() as session:
        owners = select(func.count()).where(QueueEntry.status == EntryStatus.TAKEN)
        assert await session.scalar(owners) == 1 + sum(result is None for result in results)


async def test_two_agents_who_hand_over_to_each_other_do_not_block_each_other(crowd: Crowd):
    mia, aino = [await crowd.agent(name, presence=Presence.AWAY) for name in ("Mia", "Aino")]
    of_mia, of_aino = await crowd.held(mia), await crowd.held(aino)

    results = await asyncio.gather(crowd.transfer(of_mia, to_agent=aino.id), crowd.transfer(of_aino, to_agent=mia.id))

    assert results == [None, None]
    assert (await crowd.holder(of_mia), await crowd.holder(of_aino)) == (aino.id, mia.id)


@pytest.mark.parametrize("way", [*WAYS, "transferred"])
async def test_a_customer_who_leaves_at_the_same_moment_is_gone_or_served_never_both(crowd: Crowd, way: str):
    mia = await crowd.agent("Mia")
    aino = await crowd.agent("Aino", presence=Presence.AWAY)
    conversation_id = await crowd.customer() if way != "transferred" else await crowd.held(mia)
    await crowd.tick()
    offer = await crowd.offer_to(mia)

    async def go():
        if way == "transferred":
            return await crowd.transfer(conversation_id, to_agent=aino.id)
        return await (crowd.accept(mia, offer) if way == "accepted" else crowd.take(conversation_id, aino, way))

    async def leave(session, conversation):
        await close_conversation(session, conversation, crowd.now)

    await asyncio.gather(go(), crowd.with_conversation(conversation_id, leave))

    assert (await crowd.conversation(conversation_id)).status is ConversationStatus.CLOSED
    assert (await crowd.entry(conversation_id)).status in (EntryStatus.LEFT, EntryStatus.TAKEN)
    assert await crowd.offered_agents() == set()


async def test_an_agent_who_takes_many_at_once_gets_as_many_as_fit(crowd: Crowd):
    mia = await crowd.agent(presence=Presence.AWAY, capacity=2)
    waiting = [await crowd.customer() for _ in range(5)]

    results = await asyncio.gather(*(crowd.take(conversation_id, mia) for conversation_id in waiting))

    assert sum(result is None for result in results) == 2
    assert {type(result) for result in results if result} == {NoRoom}


@on_any_database
@pytest.mark.parametrize(
    ("held", "wanted", "fits"),
    [
        ([Channel.WEBCHAT, Channel.WEBCHAT], Channel.WEBCHAT, True),
        ([Channel.WEBCHAT] * 3, Channel.SMS, False),
        ([Channel.WEBCHAT, Channel.SMS, Channel.SMS, Channel.SMS], Channel.WEBCHAT, False),
        ([Channel.WEBCHAT, Channel.SMS, Channel.SMS], Channel.SMS, True),
        ([Channel.SMS], Channel.VOICE, False),
        ([Channel.VOICE], Channel.SMS, False),
        ([], Channel.VOICE, True),
    ],
)
async def test_a_call_needs_a_whole_person_a_chat_a_third_and_a_text_message_a_fifth(crowd, held, wanted, fits):
    mia = await crowd.agent(presence=Presence.AWAY, capacity=3)
    for number, channel in enumerate(held):
        await crowd.held(mia, channel=channel, address=f"+49151000{number}")

    refusal = await crowd.take(await crowd.customer(channel=wanted, address="+49152"), mia)

    assert (refusal is None) is fits


@on_any_database
async def test_what_an_agent_looks_at_takes_room_too(crowd: Crowd):
    mia = await crowd.agent(capacity=1)
    await crowd.customer()
    await crowd.tick()
    assert await crowd.offer_to(mia)

    assert isinstance(await crowd.take(await crowd.customer(), mia), NoRoom)
    assert await crowd.accept(mia) is None


@on_any_database
async def test_taking_what_is_on_offer_to_oneself_needs_its_room_once(crowd: Crowd):
    mia = await crowd.agent(capacity=1)
    conversation_id = await crowd.customer()
    await crowd.tick()

    assert await crowd.take(conversation_id, mia) is None
    assert await crowd.offered_agents() == set()


@on_any_database
async def test_claiming_twice_is_claiming_once(crowd: Crowd):
    mia = await crowd.agent(presence=Presence.AWAY)
    conversation_id = await crowd.customer()

    assert await asyncio.gather(*(crowd.take(conversation_id, mia) for _ in range(3))) == [None] * 3


@on_any_database
async def test_nobody_is_given_a_conversation_while_signed_out(crowd: Crowd):
    gone = await crowd.agent(presence=Presence.OFFLINE)
    conversation_id = await crowd.customer()

    assert isinstance(await crowd.take(conversation_id, gone, "assigned"), AgentNotThere)
    assert (await crowd.entry(conversation_id)).status is EntryStatus.WAITING


@on_any_database
async def test_who_waits_no_longer_cannot_be_taken(crowd: Crowd):
    mia = await crowd.agent(presence=Presence.AWAY)
    conversation_id = await crowd.customer()
    await crowd.with_conversation(conversation_id, lambda s, c: close_conversation(s, c, crowd.now))

    assert isinstance(await crowd.take(conversation_id, mia), NotWaiting)


@on_any_database
async def test_a_transfer_to_somebody_without_room_leaves_everything_as_it_was(crowd: Crowd):
    mia = await crowd.agent("Mia", presence=Presence.AWAY)
    busy = await crowd.agent("Aino", presence=Presence.AWAY, capacity=1)
    await crowd.held(busy)
    conversation_id = await crowd.held(mia)

    assert isinstance(await crowd.transfer(conversation_id, to_agent=busy.id), NoRoom)

    assert await crowd.holder(conversation_id) == mia.id
    assert (await crowd.entry(conversation_id)).status is EntryStatus.TAKEN


@on_any_database
async def test_each_way_is_in_the_contact_log_with_who_decided(crowd: Crowd):
    mia, aino = [await crowd.agent(name, presence=Presence.AWAY) for name in ("Mia", "Aino")]
    conversation_id = await crowd.customer()
    entry = await crowd.entry(conversation_id)
    crowd.clock.advance(seconds=40)
    decided = claims.Decision(aino.id)
    await crowd.attempt(
        lambda session: claims.claim(session, entry.id, mia.id, crowd.now, how="assigned", decision=decided)
    )
    await crowd.transfer(conversation_id, to_agent=aino.id)

    async with crowd.sessions() as session:
        log = (await session.scalars(select(ContactEvent).order_by(ContactEvent.number))).all()
    told = [(event.kind.value, event.agent_id, event.details.get("how"), event.details.get("by")) for event in log]
    assert [event for event in told if event[0] != "announced"] == [
        ("requested", None, None, None),
        ("taken", mia.id, "assigned", str(aino.id)),
        ("transferred", mia.id, None, None),
        ("taken", aino.id, "transferred", str(mia.id)),
    ]
    assert [event.details["waited"] for event in log if event.kind is ContactEventKind.TAKEN] == [40, 40]


@on_any_database
async def test_who_was_served_since_they_left_the_line_waits_anew(crowd: Crowd):
    async def ask_again(session, conversation) -> None:
        await request_handoff(session, conversation, reason="asked", topic="other", now=crowd.now)

    async def keep_the_assistant(session, conversation) -> None:
        await return_to_bot(session, conversation, crowd.now)

    mia, waiting = await crowd.agent("Mia"), await crowd.customer()
    first = (await crowd.entry(waiting)).requested_at
    crowd.clock.advance(minutes=30)
    await crowd.with_conversation(waiting, keep_the_assistant)
    await crowd.with_conversation(waiting, ask_again)
    assert (await crowd.entry(waiting)).requested_at == first
    await crowd.take(waiting, mia)
    crowd.clock.advance(minutes=5)
    await crowd.with_conversation(waiting, keep_the_assistant)

    await crowd.with_conversation(waiting, ask_again)

    assert (await crowd.entry(waiting)).requested_at == crowd.now
