"""After the end: the agent says how it went, and has room again exactly then."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from handoff.routing.queues import PACKAGED
from handoff.settings import Settings
from handoff.texts import server_texts
from handoff.wrap_up.dispositions import Disposition
from handoff.wrap_up.expiry import end_due
from handoff.wrap_up.service import WRAP_UP_STREAM
from tests.fakes.clock import FixedClock
from tests.handoff.conftest import HireAgent, OpenChat
from tests.handoff.people import AgentAtWork, Customer, on_any_database
from tests.handoff.wrap_up.conftest import close, finish, logged, wrap_ups


async def test_closing_ends_it_for_the_customer_and_gives_the_agent_the_time_of_the_queue(
    app, agent: AgentAtWork, customer: Customer, held: UUID, clock: FixedClock
):
    row = (await close(agent, held)).json()
    again = await close(agent, held)

    assert row["status"] == "wrap_up"
    assert row["wrap_up"] == {
        "ends_at": (clock.now() + timedelta(seconds=60)).isoformat().replace("+00:00", "Z"),
        "seconds_left": 60,
        "dispositions": [disposition.value for disposition in Disposition],
    }
    assert (again.status_code, len(await wrap_ups(app))) == (200, 1)
    [shown] = (await agent.console())["conversations"]
    assert (shown["id"], shown["status"]) == (str(held), "wrap_up")
    await customer.caught_up()
    assert customer.texts("system").count(server_texts().text("conversation.closed", "en")) == 1
    assert (await agent.reply(held, "One more thing")).json()["error"] == "NotYourConversation"


async def test_finishing_stores_how_it_ended_and_closes(
    app, agent: AgentAtWork, customer: Customer, held: UUID, clock: FixedClock
):
    await close(agent, held)
    clock.advance(seconds=21)

    response = await finish(agent, held, "explained", "  New plan from May. ")

    assert (response.status_code, response.json()["status"]) == (200, "closed")
    assert response.json()["wrap_up"] is None
    [stored] = await wrap_ups(app)
    assert (stored.disposition, stored.note, stored.finished_at) == ("explained", "New plan from May.", clock.now())
    assert await logged(app) == [
        ("wrap_up_begun", {"seconds": 60}),
        ("wrap_up_done", {"disposition": "explained", "how": "done", "seconds": 21}),
        ("closed", {"by": "agent"}),
    ]
    await customer.caught_up()
    assert customer.conversation["status"] == "closed"
    assert customer.texts("system").count(server_texts().text("conversation.closed", "en")) == 1


@on_any_database
async def test_finishing_in_the_same_words_twice_is_finishing_once(app, agent: AgentAtWork, held: UUID):
    await close(agent, held)

    responses = await asyncio.gather(*(finish(agent, held, "resolved", "Done") for _ in range(4)))
    other = await finish(agent, held, "spam")

    assert {response.status_code for response in responses} == {200}
    assert (other.status_code, other.json()["error"]) == (409, "WrapUpFinished")
    assert [kind for kind, _ in await logged(app)] == ["wrap_up_begun", "wrap_up_done", "closed"]
    assert [stored.disposition for stored in await wrap_ups(app)] == ["resolved"]


@on_any_database
async def test_a_wrap_up_can_be_skipped(app, agent: AgentAtWork, held: UUID, clock: FixedClock):
    await close(agent, held)
    clock.advance(seconds=2)

    assert (await finish(agent, held)).json()["status"] == "closed"

    assert ("wrap_up_done", {"disposition": None, "how": "skipped", "seconds": 2}) in await logged(app)


@pytest.mark.usefixtures("unnoticed")
async def test_it_ends_by_itself_when_its_time_is_over_and_not_before(
    app, agent: AgentAtWork, customer: Customer, held: UUID, clock: FixedClock
):
    await close(agent, held)
    ends_at = clock.now() + timedelta(seconds=60)
    clock.advance(seconds=59)
    assert await end_due(app.state.sessions, clock.now()) == ends_at
    assert (await customer.row()).status == "wrap_up"
    clock.advance(seconds=1)

    await asyncio.gather(*(end_due(app.state.sessions, clock.now()) for _ in range(3)))

    assert (await customer.row()).status == "closed"
    [stored] = await wrap_ups(app)
    assert (stored.finished_at, stored.disposition) == (ends_at, None)
    assert (await logged(app))[1:] == [
        ("wrap_up_done", {"disposition": None, "how": "expired", "seconds": 60}),
        ("closed", {"by": "agent"}),
    ]
    assert await end_due(app.state.sessions, clock.now()) is None


@on_any_database
@pytest.mark.usefixtures("unnoticed")
async def test_however_late_the_end_is_noticed_no_more_time_is_counted_than_was_given(
    app, agent: AgentAtWork, held: UUID, clock: FixedClock
):
    await close(agent, held)
    clock.advance(minutes=30)

    await end_due(app.state.sessions, clock.now())

    assert (await logged(app))[1][1]["seconds"] == 60


@pytest.mark.parametrize("way", ["finished", "expired"])
async def test_the_room_is_taken_until_the_wrap_up_ends_and_free_from_then_on(
    app, hire: HireAgent, open_chat: OpenChat, clock: FixedClock, way: str
):
    agent = await hire(capacity=1)
    first, second = await open_chat(), await open_chat()
    await first.ask_for_person()
    held = await agent.take_next()
    await second.ask_for_person()
    await close(agent, held)
    clock.advance(seconds=59)
    assert await agent.offer() is None

    if way == "finished":
        await finish(agent, held, "resolved")
    else:
        clock.advance(seconds=1)

    offer = await agent.offer()
    assert offer is not None
    assert offer["conversation_id"] == str(second.conversation_id)


async def test_the_end_of_a_wrap_up_brings_the_next_customer_without_any_sweep(
    hire: HireAgent, open_chat: OpenChat, agent: AgentAtWork
):
    await agent.be("away")
    busy = await hire(capacity=1)
    first, second = await open_chat(), await open_chat()
    await first.ask_for_person()
    held = await busy.take_next()
    await second.ask_for_person()
    await close(busy, held)
    await busy.connect()

    await finish(busy, held, "resolved")
    await busy.until(lambda: any(event["name"] == "offer.made" for event in busy.events.values()))

    await busy.socket.disconnect()


@on_any_database
async def test_a_note_that_comes_after_the_time_is_over_is_kept_and_counts_nothing(
    app, agent: AgentAtWork, held: UUID, clock: FixedClock
):
    await close(agent, held)
    clock.advance(seconds=60)
    await end_due(app.state.sessions, clock.now())
    clock.advance(seconds=3)

    response = await finish(agent, held, "callback_needed", "Wants a call on Friday")

    assert response.status_code == 200
    [stored] = await wrap_ups(app)
    assert (stored.disposition, stored.note) == ("callback_needed", "Wants a call on Friday")
    assert [details.get("seconds") for kind, details in await logged(app) if kind == "wrap_up_done"] == [60, 0]


@on_any_database
async def test_a_note_keeps_no_card_number(app, agent: AgentAtWork, held: UUID):
    await close(agent, held)

    await finish(agent, held, "other", "Read me the card 4111 1111 1111 1111")

    [stored] = await wrap_ups(app)
    assert stored.note is not None
    assert "4111 1111" not in stored.note


@on_any_database
async def test_only_the_agent_of_the_conversation_can_finish_it_and_only_with_known_words(
    agent: AgentAtWork, hire: HireAgent, held: UUID
):
    other = await hire("Aino")
    assert (await finish(agent, held, "resolved")).json()["error"] == "WrapUpNotFound"
    await close(agent, held)

    assert (await finish(other, held, "resolved")).status_code == 404
    assert (await finish(agent, held, "delighted")).json()["error"] == "InvalidRequest"
    assert (await finish(agent, held, "other", "x" * 2001)).json()["error"] == "InvalidRequest"


async def test_signing_out_ends_the_agents_wrap_ups(app, agent: AgentAtWork, customer: Customer, held: UUID):
    await close(agent, held)

    assert (await agent.http.post("/api/agents/logout")).status_code == 204

    assert (await customer.row()).status == "closed"
    assert ("wrap_up_done", {"disposition": None, "how": "signed_out", "seconds": 0}) in await logged(app)


@pytest.mark.parametrize("language", ["en", "de", "fi"])
def test_every_disposition_has_a_name(language: str):
    names = [server_texts().text(f"disposition.{disposition}", language) for disposition in Disposition]

    assert len(set(names)) == len(Disposition)


class TestQueueWithoutWrapUp:
    @pytest.fixture
    def settings(self, settings: Settings, tmp_path) -> Settings:
        file = tmp_path / "queues.yml"
        file.write_text(PACKAGED.read_text("utf-8").replace("wrap_up_seconds: 60", "wrap_up_seconds: 0"), "utf-8")
        return settings.model_copy(update={"queues": file})

    async def test_closing_closes_at_once_and_frees_the_room(
        self, app, hire: HireAgent, open_chat: OpenChat, customer: Customer
    ):
        agent = await hire(capacity=1)
        await customer.ask_for_person()
        held = await agent.take_next()
        await (await open_chat()).ask_for_person()

        row = (await close(agent, held)).json()

        assert (row["status"], row["wrap_up"]) == ("closed", None)
        assert await wrap_ups(app) == []
        assert [kind for kind, _ in await logged(app)] == ["closed"]
        assert await agent.offer() is not None


@on_any_database
async def test_the_loop_ends_it_by_itself(app, agent: AgentAtWork, customer: Customer, held: UUID, clock: FixedClock):
    await close(agent, held)
    clock.advance(seconds=60)
    app.state.live.notify(WRAP_UP_STREAM)

    await customer.until(lambda: customer.conversation["status"] == "closed")
