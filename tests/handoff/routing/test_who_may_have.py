"""Who may be given a contact: they are there, speak the language and have what the queue requires."""

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from handoff.agents.models import Agent, Presence
from handoff.agents.presence import GRACE
from handoff.contact_log import ContactEvent, ContactEventKind
from handoff.conversations.models import Conversation
from handoff.conversations.service import choose_language
from handoff.errors import HandoffError
from handoff.routing import claims
from handoff.routing.claims import Decision, How
from handoff.routing.errors import AgentNotThere, LanguageNotSpoken, SkillMissing
from handoff.routing.models import EntryStatus
from handoff.routing.queues import Queues, give_queues, load_queues
from tests.handoff.people import on_any_database
from tests.handoff.routing.crowd import Crowd

WAYS = ("taken", "assigned", "transferred")
ENGLISH = ["language:en"]


async def give(crowd: Crowd, agent: Agent, way: How, *, override: bool = False, **wish) -> HandoffError | None:
    """Let the agent have a customer in one of the ways; who hands over speaks everything and may serve everybody."""
    decision = Decision(override=override)
    if way == "transferred":
        giver = await crowd.agent("Zoe", presence=Presence.AWAY, skills=["language:en", "language:de", "complaints"])
        return await crowd.transfer(await crowd.held(giver, **wish), to_agent=agent.id, decision=decision)
    entry = await crowd.entry(await crowd.customer(**wish))
    return await crowd.attempt(lambda s: claims.claim(s, entry.id, agent.id, crowd.now, how=way, decision=decision))


@pytest.fixture
def strict(app: FastAPI) -> None:
    """Bills are for those who may handle complaints."""
    changed = (
        each.model_copy(update={"required": ("complaints",)}) if each.key == "bills" else each for each in load_queues()
    )
    give_queues(app.state.sessions, Queues(tuple(changed)))


@pytest.mark.parametrize("way", WAYS)
@on_any_database
async def test_nobody_is_given_a_customer_whose_language_they_do_not_speak(crowd: Crowd, way: How):
    mia = await crowd.agent("Mia", presence=Presence.AWAY, skills=ENGLISH)

    refusal = await give(crowd, mia, way, language="de")

    assert isinstance(refusal, LanguageNotSpoken)
    assert (refusal.agent_name, refusal.language) == ("Mia", "de")


@pytest.mark.parametrize("way", ["assigned", "transferred"])
@on_any_database
async def test_who_knows_of_the_language_may_decide_that_it_is_better_than_nobody(crowd: Crowd, way: How):
    mia = await crowd.agent("Mia", presence=Presence.AWAY, skills=ENGLISH)

    assert await give(crowd, mia, way, override=True, language="de") is None


@pytest.mark.parametrize("override", [False, True])
@pytest.mark.parametrize("way", WAYS)
@on_any_database
@pytest.mark.usefixtures("strict")
async def test_what_a_queue_requires_is_never_given_up(crowd: Crowd, way: How, override: bool):
    mia = await crowd.agent("Mia", presence=Presence.AWAY, skills=ENGLISH)

    refusal = await give(crowd, mia, way, override=override, topic="bills")

    assert isinstance(refusal, SkillMissing)
    assert (refusal.agent_name, refusal.skill) == ("Mia", "complaints")


@pytest.mark.parametrize("way", WAYS)
@on_any_database
@pytest.mark.usefixtures("strict")
async def test_who_has_what_is_required_gets_the_customer(crowd: Crowd, way: How):
    mia = await crowd.agent("Mia", presence=Presence.AWAY, skills=[*ENGLISH, "complaints"])

    assert await give(crowd, mia, way, topic="bills") is None


@pytest.mark.parametrize(("way", "refused"), [("taken", False), ("assigned", True), ("transferred", True)])
@on_any_database
async def test_nobody_gives_a_customer_to_a_console_that_is_not_heard(crowd: Crowd, way: How, refused: bool):
    mia = await crowd.agent("Mia")
    async with crowd.sessions.begin() as session:
        await session.execute(update(Agent).where(Agent.id == mia.id).values(seen_at=crowd.now - GRACE))

    assert isinstance(await give(crowd, mia, way), AgentNotThere) is refused


# The language changes


async def change_language(crowd: Crowd, conversation_id, language: str) -> None:
    async def choose(session, conversation):
        await choose_language(session, conversation, language, crowd.now)

    assert await crowd.with_conversation(conversation_id, choose) is None


async def test_who_changes_the_language_while_waiting_waits_for_who_speaks_it_at_the_same_age(crowd: Crowd):
    waiting = await crowd.customer(language="de")
    asked_at = (await crowd.entry(waiting)).requested_at
    crowd.clock.advance(seconds=30)

    await change_language(crowd, waiting, "en")
    await crowd.agent("Jens", skills=["language:de"])
    mia = await crowd.agent("Mia", skills=ENGLISH)
    await crowd.tick()

    entry = await crowd.entry(waiting)
    assert (entry.language, entry.requested_at) == ("en", asked_at)
    assert await crowd.offered_agents() == {mia.id}


@on_any_database
async def test_an_offer_to_somebody_who_does_not_speak_the_new_language_is_taken_back(crowd: Crowd):
    jens = await crowd.agent("Jens", skills=["language:de"])
    waiting = await crowd.customer(language="de")
    await crowd.tick()
    assert await crowd.offer_to(jens)

    await change_language(crowd, waiting, "en")

    assert await crowd.offer_to(jens) is None
    assert (await crowd.entry(waiting)).status is EntryStatus.WAITING
    assert (await crowd.conversation(waiting)).status == "queued"


@on_any_database
async def test_an_offer_to_somebody_who_speaks_both_languages_stands(crowd: Crowd):
    aino = await crowd.agent("Aino")
    waiting = await crowd.customer(language="de")
    await crowd.tick()

    await change_language(crowd, waiting, "en")

    offer = await crowd.offer_to(aino)
    assert offer is not None
    assert (await crowd.entry(waiting)).language == "en"


@on_any_database
async def test_who_changes_the_language_with_an_agent_comes_back_into_the_line_of_the_new_one(crowd: Crowd):
    mia = await crowd.agent("Mia", presence=Presence.AWAY)
    held = await crowd.held(mia, language="de")
    await change_language(crowd, held, "en")

    await crowd.transfer(held, to_queue="bills")

    assert (await crowd.entry(held)).language == "en"


@on_any_database
async def test_a_transfer_to_another_language_is_one_for_the_whole_conversation(crowd: Crowd):
    mia = await crowd.agent("Mia", presence=Presence.AWAY)
    held = await crowd.held(mia, language="de")

    await crowd.transfer(held, to_language="fi")

    async with crowd.sessions() as session:
        assert await session.scalar(select(Conversation.language).where(Conversation.id == held)) == "fi"


@on_any_database
async def test_in_another_line_the_place_is_told_anew(crowd: Crowd):
    """Three wait for Finnish since before; the one from the English line had heard that it was first."""
    for _ in range(3):
        await crowd.customer(language="fi")
        crowd.clock.advance(seconds=1)
    moved = await crowd.customer()
    mia = await crowd.agent("Mia", presence=Presence.AWAY)
    await crowd.take(moved, mia)

    await crowd.transfer(moved, to_language="fi")

    assert (await crowd.entry(moved)).announced_position == await crowd.place(moved) == 4


@on_any_database
async def test_a_supervisors_transfer_is_logged_as_theirs(crowd: Crowd):
    mia, aino, ida = [await crowd.agent(name, presence=Presence.AWAY) for name in ("Mia", "Aino", "Ida")]
    held = await crowd.held(mia)

    await crowd.transfer(held, to_agent=aino.id, decision=Decision(ida.id))

    wanted = select(ContactEvent).where(ContactEvent.kind == ContactEventKind.TRANSFERRED)
    async with crowd.sessions() as session:
        event = (await session.scalars(wanted)).one()
    assert (event.agent_id, event.details["by"]) == (mia.id, str(ida.id))
