"""The dispatcher: events do all the work, the sweep only notices what they forgot, and nobody blocks the line."""

from pathlib import Path

import pytest
from sqlalchemy import select

from handoff.agents.models import Presence
from handoff.alarms.models import Alarm, AlarmKind
from handoff.conversations.models import Channel, Conversation, ConversationStatus
from handoff.routing.dispatcher import Dispatcher
from handoff.routing.models import OfferStatus
from handoff.routing.queues import PACKAGED, give_queues, load_queues
from tests.handoff.people import on_any_database
from tests.handoff.routing.crowd import Crowd


async def alone(crowd: Crowd) -> Dispatcher:
    """Nobody but the test moves the dispatcher."""
    await crowd.dispatcher.stop()
    return crowd.dispatcher


async def test_one_pass_makes_all_offers(crowd: Crowd):
    dispatcher = await alone(crowd)
    agents = [await crowd.agent(f"Agent{number}") for number in range(3)]
    for _ in range(5):
        await crowd.customer()

    await dispatcher.tick()

    assert await crowd.offered_agents() == {agent.id for agent in agents}


async def test_the_sweep_reports_and_mends_what_no_event_brought(crowd: Crowd):
    dispatcher = await alone(crowd)
    mia = await crowd.agent()
    forgotten = await crowd.customer()

    assert await dispatcher.sweep(grace_seconds=0) == 1

    assert dispatcher.sweep_hits == 1
    assert (await crowd.offer_to(mia)).conversation_id == forgotten
    async with crowd.sessions() as session:
        [alarm] = await session.scalars(select(Alarm).where(Alarm.kind == AlarmKind.SWEEP_HIT))
    assert alarm.entry_id == (await crowd.entry(forgotten)).id


@on_any_database
async def test_the_sweep_finds_nothing_after_a_pass(crowd: Crowd):
    dispatcher = await alone(crowd)
    await crowd.agent(capacity=1)
    for _ in range(3):
        await crowd.customer()
    await dispatcher.tick()

    assert await dispatcher.sweep(grace_seconds=0) == 0
    assert dispatcher.sweep_hits == 0


@on_any_database
async def test_the_sweep_takes_back_what_the_dispatcher_of_a_dead_process_offered(crowd: Crowd):
    dispatcher = await alone(crowd)
    mia = await crowd.agent()
    await crowd.customer()
    await dispatcher.tick()
    crowd.clock.advance(seconds=20)

    survivor = Dispatcher(crowd.sessions, crowd.live, crowd.clock)
    assert await survivor.sweep(grace_seconds=0) == 0

    assert await crowd.offer_to(mia) is None


@on_any_database
async def test_an_entry_that_cannot_be_offered_does_not_keep_others_waiting(crowd: Crowd):
    dispatcher = await alone(crowd)
    broken = await crowd.customer()
    crowd.clock.advance(seconds=1)
    sound = await crowd.customer()
    async with crowd.sessions.begin() as session:
        (await session.get_one(Conversation, broken)).status = ConversationStatus.CLOSED
    mia = await crowd.agent()

    await dispatcher.tick()

    assert (await crowd.offer_to(mia)).conversation_id == sound


@on_any_database
async def test_the_dispatcher_says_when_time_alone_will_change_something(crowd: Crowd):
    dispatcher = await alone(crowd)
    assert await dispatcher.tick() is None

    await crowd.agent(capacity=1)
    await crowd.customer()
    due = await dispatcher.tick()

    assert (due - crowd.now).total_seconds() == 20


@on_any_database
async def test_a_call_is_offered_for_a_shorter_time_than_a_chat(crowd: Crowd):
    dispatcher = await alone(crowd)
    mia = await crowd.agent()
    await crowd.customer(channel=Channel.VOICE)
    await dispatcher.tick()

    offer = await crowd.offer_to(mia)
    assert 15 <= (offer.expires_at - offer.made_at).total_seconds() < 20


@on_any_database
async def test_a_stream_of_chats_does_not_starve_a_call(crowd: Crowd):
    dispatcher = await alone(crowd)
    mia = await crowd.agent(capacity=3)
    first = await crowd.customer()
    await dispatcher.tick()
    await crowd.accept(mia)
    call = await crowd.customer(channel=Channel.VOICE)
    crowd.clock.advance(seconds=1)
    await crowd.customer()

    await dispatcher.tick()
    assert await crowd.offer_to(mia) is None
    await crowd.transfer(first, to_language="fi")
    async with crowd.sessions.begin() as session:
        (await session.get_one(Conversation, first)).status = ConversationStatus.CLOSED
    await dispatcher.tick()

    assert (await crowd.offer_to(mia)).conversation_id == call


@on_any_database
async def test_who_is_away_or_speaks_another_language_is_offered_nothing(crowd: Crowd):
    dispatcher = await alone(crowd)
    await crowd.agent("Away", presence=Presence.AWAY)
    await crowd.agent("Kim", skills=["language:fi"])
    await crowd.customer(language="de")

    await dispatcher.tick()

    assert await crowd.offered_agents() == set()


@on_any_database
async def test_a_topic_that_is_insisted_on_is_given_up_after_half_a_minute(crowd: Crowd, tmp_path: Path):
    dispatcher = await alone(crowd)
    insisting = PACKAGED.read_text().replace("relax_after_seconds: [0, 0]", "relax_after_seconds: [15, 30]")
    (tmp_path / "queues.yml").write_text(insisting)
    give_queues(crowd.sessions, load_queues(tmp_path / "queues.yml"))
    expert = await crowd.agent("Expert", capacity=1, skills=["language:en", "topic:bills"])
    anybody = await crowd.agent("Anybody")
    await crowd.held(expert)
    conversation_id = await crowd.customer(topic="bills")

    due = await dispatcher.tick()
    assert await crowd.offered_agents() == set()
    assert (due - crowd.now).total_seconds() <= 30
    crowd.clock.advance(seconds=30)
    await dispatcher.tick()

    offer = await crowd.offer_to(anybody)
    assert (offer.conversation_id, offer.status) == (conversation_id, OfferStatus.PENDING)


@on_any_database
@pytest.mark.parametrize(("first", "asked"), [(Channel.VOICE, "chatting"), (Channel.WEBCHAT, "empty")])
async def test_only_where_calls_come_in_are_empty_agents_spared_for_them(crowd: Crowd, first: Channel, asked: str):
    dispatcher = await alone(crowd)
    await crowd.held(await crowd.agent("Lena", capacity=1), channel=first)
    agents = {"chatting": await crowd.agent("Mia"), "empty": await crowd.agent("Aino")}
    await crowd.held(agents["chatting"])
    await crowd.customer()

    await dispatcher.tick()

    assert await crowd.offered_agents() == {agents[asked].id}
