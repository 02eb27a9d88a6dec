"""Who writes in a conversation that a person has ended goes on in it, for as long as the queue allows."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest

from handoff.conversations.models import ConversationStatus
from handoff.routing.models import QueueEntry
from handoff.routing.queue import find_open_entry
from handoff.routing.queues import Queues, give_queues, load_queues
from handoff.texts import server_texts
from tests.handoff.people import AgentAtWork, Customer, on_any_database


@pytest.fixture
async def ended(agent: AgentAtWork, customer: Customer) -> UUID:
    """A conversation that the agent has ended, with the wrap-up done."""
    await customer.ask_for_person()
    held = await agent.take_next()
    path = f"/api/console/conversations/{held}"
    await agent.http.post(f"{path}/close")
    assert (await agent.http.post(f"{path}/wrap-up", json={"disposition": "resolved", "note": None})).status_code == 200
    return held


def written(text: str, key: str | None = None) -> dict[str, str]:
    return {"type": "message.send", "client_msg_id": key or uuid4().hex, "text": text}


async def entry_of(customer: Customer) -> QueueEntry | None:
    async with customer.app.state.sessions() as session:
        return await find_open_entry(session, customer.conversation_id)


async def test_who_writes_again_in_time_waits_for_the_same_agent_in_the_same_conversation(
    ended, customer: Customer, agent: AgentAtWork, clock
):
    clock.advance(hours=23)

    seq = await customer.say("One more thing: the deposit")

    entry = await entry_of(customer)
    assert entry is not None
    assert (entry.sticky_agent_id, entry.requested_seq, entry.requested_at) == (agent.agent_id, seq, clock.now())
    await customer.caught_up()
    assert server_texts().text("conversation.reopened", "en") in customer.texts("system")


@on_any_database
async def test_the_page_knows_until_when(ended, customer: Customer, clock):
    await customer.disconnect()
    await customer.connect()

    told = datetime.fromisoformat(customer.ready["conversation"]["reopens_until"])

    assert (told - clock.now()).total_seconds() == 24 * 3600


@on_any_database
async def test_a_message_that_comes_twice_reopens_once(ended, customer: Customer):
    seqs = {await customer.say("One more thing", "same") for _ in range(2)}
    await customer.caught_up()

    assert len(seqs) == 1
    assert customer.texts("system").count(server_texts().text("conversation.reopened", "en")) == 1


@on_any_database
async def test_a_thank_you_after_the_end_brings_nobody_back(ended, customer: Customer):
    refused = await customer.refused(written("Thank you very much"))

    assert refused["error"] == "ConversationClosed"
    assert (await customer.row()).status is ConversationStatus.CLOSED


@on_any_database
async def test_after_that_time_a_new_conversation_is_needed(ended, customer: Customer, clock):
    clock.advance(hours=24, seconds=1)

    assert (await customer.refused(written("One more thing")))["error"] == "ConversationClosed"


@on_any_database
async def test_a_queue_may_allow_no_coming_back(ended, app, customer: Customer):
    never = {"reopen_hours": 0}
    give_queues(app.state.sessions, Queues(tuple(queue.model_copy(update=never) for queue in load_queues())))
    app.state.clock.advance(seconds=1)
    await customer.disconnect()
    await customer.connect()

    assert customer.ready["conversation"]["reopens_until"] is None
    assert (await customer.refused(written("One more thing")))["error"] == "ConversationClosed"
