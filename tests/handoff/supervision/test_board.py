"""The board through its addresses: what a supervisor sees, may do, and nobody else."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import select

from handoff.agents.models import Agent, Presence
from handoff.agents.presence import GRACE
from handoff.alarms.models import Alarm, AlarmKind
from handoff.alarms.raising import raise_alarm
from handoff.contact_log import ContactEvent, ContactEventKind
from handoff.conversations.models import Conversation
from handoff.conversations.service import close_conversation
from handoff.routing.models import QueueEntry
from tests.handoff.asgi_socket import AsgiSocket, SocketClosed
from tests.handoff.people import ORIGIN, on_any_database
from tests.handoff.supervision.conftest import board_of, number, stored_agent

READS = (
    "/api/board",
    "/api/board/day",
    "/api/board/contacts?number=waiting",
    "/api/board/export.csv?from=2026-11-21&until=2026-11-21",
)


async def entry_of(app, customer) -> QueueEntry:
    wanted = select(QueueEntry).where(QueueEntry.conversation_id == customer.conversation_id)
    async with app.state.sessions() as session:
        return (await session.scalars(wanted.order_by(QueueEntry.entered_at.desc()))).first()


async def log_of(app, kind: ContactEventKind) -> list[ContactEvent]:
    async with app.state.sessions() as session:
        return list(await session.scalars(select(ContactEvent).where(ContactEvent.kind == kind)))


async def read_on(socket: AsgiSocket) -> None:
    while True:
        await socket.receive()


@on_any_database
@pytest.mark.parametrize("address", READS)
async def test_an_agent_learns_no_more_of_the_board_than_that_nothing_is_there(agent, supervisor, address):
    refused = await agent.http.get(address)
    nothing = await agent.http.get("/api/boar")

    assert (refused.status_code, refused.json()) == (nothing.status_code, nothing.json())
    assert (await supervisor.http.get(address)).status_code == 200


@on_any_database
@pytest.mark.parametrize("address", READS)
async def test_nobody_signed_in_sees_nothing(client, supervisor, address):
    assert (await client.get(address)).status_code == 401


@on_any_database
async def test_an_agent_may_change_nothing_on_the_board(agent, supervisor, customer, app):
    await customer.ask_for_person()
    entry = await entry_of(app, customer)

    answers = [
        await agent.http.post(f"/api/board/entries/{entry.id}/assign", json={"agent_id": str(agent.agent_id)}),
        await agent.http.post(f"/api/board/conversations/{uuid4()}/reassign", json={"agent_id": str(agent.agent_id)}),
        await agent.http.put(f"/api/board/agents/{agent.agent_id}/limit", json={"capacity": 20}),
        await agent.http.post(f"/api/board/alarms/{uuid4()}/end"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]
    assert (await stored_agent(app, agent)).capacity == 3


@on_any_database
async def test_an_agents_board_socket_is_closed(app, agent):
    socket = await AsgiSocket(app, "/ws/board", origin=ORIGIN, cookie=agent.cookie).connect()

    with pytest.raises(SocketClosed):
        await socket.receive()


async def test_a_waiting_customer_stands_on_the_board_with_age_and_due_time(app, supervisor, customer, clock):
    await customer.ask_for_person()
    clock.advance(seconds=42)

    board = await board_of(supervisor)

    [waiting] = board["waiting"]
    assert waiting["conversation_id"] == str(customer.conversation_id)
    assert (waiting["waited_seconds"], waiting["broken"]) == (42, False)
    [queue] = board["queues"]
    assert (queue["queue"], queue["language"], queue["waiting"]) == ("general", "en", 1)
    by_name = {each["name"]: each for each in board["numbers"]}
    assert (by_name["waiting"]["value"], by_name["oldest_seconds"]["value"]) == (1, 42)
    assert by_name["waiting"]["broken"] is False
    assert by_name["waiting"]["history"][-1] == 1
    assert by_name["waiting"]["history"][0] == 0


async def test_red_is_what_is_broken_now_and_only_for_as_long(app, supervisor, customer, agent, clock):
    await agent.be("away")
    await customer.ask_for_person()
    clock.advance(seconds=61)

    assert (await number(supervisor, "waiting"))["broken"] is True
    entry = await entry_of(app, customer)
    await supervisor.http.post(f"/api/board/entries/{entry.id}/assign", json={"agent_id": str(agent.agent_id)})
    assert (await number(supervisor, "waiting"))["broken"] is False
    assert (await number(supervisor, "service_level"))["value"] == 0
    assert (await number(supervisor, "service_level"))["broken"] is True


async def test_the_board_is_pushed_when_somebody_asks_for_a_person(watch, customer):
    socket = await watch()
    assert (await socket.receive())["board"]["waiting"] == []

    await customer.ask_for_person()

    async with asyncio.timeout(10):
        while not (frame := await socket.receive())["board"]["waiting"]:
            pass
    assert frame["type"] == "board.changed"
    assert frame["board"]["waiting"][0]["conversation_id"] == str(customer.conversation_id)


@on_any_database
async def test_the_board_is_pushed_although_nothing_happens_because_waits_grow(watch, clock):
    socket = await watch()
    first = await socket.receive()
    clock.advance(seconds=1)

    second = await socket.receive()

    assert first["board"]["at"] != second["board"]["at"]


@on_any_database
async def test_the_socket_answers_a_ping_and_ends_with_the_session(app, watch, supervisor):
    socket = await watch()
    await socket.send({"type": "ping"})
    while (await socket.receive())["type"] != "pong":
        pass

    await supervisor.http.post("/api/agents/logout")

    with pytest.raises(SocketClosed):
        await read_on(socket)


async def test_a_supervisor_assigns_a_waiting_customer_to_an_agent_on_a_break(app, supervisor, customer, agent, clock):
    await agent.be("away")
    await customer.ask_for_person()
    entry = await entry_of(app, customer)

    answer = await supervisor.http.post(f"/api/board/entries/{entry.id}/assign", json={"agent_id": str(agent.agent_id)})

    assert answer.status_code == 200, answer.text
    assert (await customer.row()).agent_id == agent.agent_id
    [taken] = await log_of(app, ContactEventKind.TAKEN)
    assert (taken.details["how"], taken.details["by"]) == ("assigned", str(supervisor.agent_id))


async def test_who_is_too_late_to_assign_hears_who_has_it(app, supervisor, customer, agent, hire):
    await customer.ask_for_person()
    await agent.take_next()
    aino = await hire("Aino")
    entry = await entry_of(app, customer)

    answer = await supervisor.http.post(f"/api/board/entries/{entry.id}/assign", json={"agent_id": str(aino.agent_id)})

    assert answer.status_code == 409
    assert answer.json()["agent_name"] == "Mia"


@on_any_database
async def test_nothing_is_assigned_that_is_not_there(supervisor, agent, customer, app):
    await customer.ask_for_person()
    entry = await entry_of(app, customer)

    no_entry = await supervisor.http.post(
        f"/api/board/entries/{uuid4()}/assign", json={"agent_id": str(agent.agent_id)}
    )
    nobody = await supervisor.http.post(f"/api/board/entries/{entry.id}/assign", json={"agent_id": str(uuid4())})
    nothing = await supervisor.http.post(
        f"/api/board/conversations/{uuid4()}/reassign", json={"agent_id": str(agent.agent_id)}
    )

    assert [each.json()["error"] for each in (no_entry, nobody, nothing)] == [
        "EntryNotFound",
        "AgentUnknown",
        "ConversationNotFound",
    ]


async def test_a_conversation_is_taken_from_one_agent_for_another(app, supervisor, customer, agent, hire):
    await customer.ask_for_person()
    await agent.take_next()
    aino = await hire("Aino")

    answer = await supervisor.http.post(
        f"/api/board/conversations/{customer.conversation_id}/reassign", json={"agent_id": str(aino.agent_id)}
    )

    assert answer.status_code == 200, answer.text
    assert (await customer.row()).agent_id == aino.agent_id
    assert (await number(supervisor, "transfers"))["value"] == 1


async def test_a_higher_limit_is_logged_and_filled_at_once(app, supervisor, open_chat, hire):
    mia = await hire("Mia", capacity=1)
    first, second = await open_chat(), await open_chat()
    await first.ask_for_person()
    await mia.take_next()
    await second.ask_for_person()
    assert await mia.offer() is None

    answer = await supervisor.http.put(f"/api/board/agents/{mia.agent_id}/limit", json={"capacity": 2})

    assert (answer.status_code, answer.json()) == (200, {"capacity": 2})
    offer = await mia.offer()
    assert offer is not None
    assert offer["conversation_id"] == str(second.conversation_id)
    [logged] = await log_of(app, ContactEventKind.LIMIT)
    assert (logged.agent_id, logged.details["capacity"]) == (mia.agent_id, 2)


@on_any_database
@pytest.mark.parametrize("capacity", [0, 21, -1, 2.5, "3", None])
async def test_a_limit_is_a_whole_number_from_one_to_twenty(app, supervisor, agent, capacity):
    answer = await supervisor.http.put(f"/api/board/agents/{agent.agent_id}/limit", json={"capacity": capacity})

    assert answer.status_code == 422
    assert (await stored_agent(app, agent)).capacity == 3


async def test_a_number_opens_what_it_is_made_of(app, supervisor, open_chat, agent, clock):
    answered, gone = await open_chat(), await open_chat()
    await answered.ask_for_person()
    await agent.take_next()
    await agent.be("away")
    await gone.ask_for_person()
    clock.advance(seconds=10)
    await gone.send_and_wait({"type": "queue.leave", "client_msg_id": uuid4().hex}, "message.stored")

    level = (await supervisor.http.get("/api/board/contacts?number=service_level")).json()
    offered = (await supervisor.http.get("/api/board/contacts?number=offered&queue=general")).json()
    of_agent = (await supervisor.http.get(f"/api/board/contacts?number=offered&agent_id={agent.agent_id}")).json()

    assert (level["value"], level["unit"], level["parts"]["met"]) == (1000, "permille", 1)
    assert [row["conversation_id"] for row in level["contacts"]] == [str(answered.conversation_id)]
    assert {row["outcome"] for row in offered["contacts"]} == {"answered", "to_bot"}
    assert [row["agent_name"] for row in of_agent["contacts"]] == ["Mia"]


@on_any_database
async def test_every_number_of_the_board_can_be_opened(supervisor, agent, customer):
    await customer.ask_for_person()
    assert await agent.offer() is not None
    board = await board_of(supervisor)

    for each in [*board["numbers"], *board["day"]]:
        answer = await supervisor.http.get("/api/board/contacts", params={"number": each["name"]})
        assert answer.status_code == 200, each["name"]
        assert (answer.json()["value"], answer.json()["unit"]) == (each["value"], each["unit"]), each["name"]


@on_any_database
async def test_an_unknown_number_is_not_found(supervisor):
    answer = await supervisor.http.get("/api/board/contacts?number=happiness")

    assert (answer.status_code, answer.json()["error"]) == (404, "UnknownNumber")


async def test_the_day_shows_each_half_hour_with_the_staff_it_needed(supervisor, agent, customer, clock):
    await customer.ask_for_person()
    await agent.take_next()

    day = (await supervisor.http.get("/api/board/day?date=2026-11-21")).json()

    assert len(day["half_hours"]) == 48
    [busy] = [half for half in day["half_hours"] if half["offered"]]
    assert busy["begin"] == "2026-11-21T09:00:00Z"
    assert (busy["answered"], busy["service_level"]) == (1, 1000)
    assert busy["needed"] >= 1
    [hour] = day["queues"]
    assert (hour["queue"], hour["answered"], hour["wait_p80"]) == ("general", 1, 0)


async def test_agents_stand_on_the_board_with_state_load_and_missed_offers(supervisor, agent, customer, clock):
    await customer.ask_for_person()
    assert await agent.offer() is not None
    clock.advance(seconds=21)
    assert await agent.offer() is None

    rows = {row["name"]: row for row in (await board_of(supervisor))["agents"]}

    assert (rows["Mia"]["missed"], rows["Mia"]["conversations"], rows["Mia"]["capacity"]) == (1, 0, 3)
    assert rows["Kerstin"]["state"] == Presence.OFFLINE


@on_any_database
async def test_an_open_alarm_can_be_ended_by_whoever_has_seen_to_it(app, supervisor, agent):

    async with app.state.sessions.begin() as session:
        await raise_alarm(session, AlarmKind.CALLBACK_FAILED, app.state.clock.now(), agent_id=agent.agent_id)
    [alarm] = (await board_of(supervisor))["alarms"]
    assert (alarm["kind"], alarm["agent_name"]) == ("callback_failed", "Mia")

    answer = await supervisor.http.post(f"/api/board/alarms/{alarm['id']}/end")

    assert answer.status_code == 204
    assert (await board_of(supervisor))["alarms"] == []
    async with app.state.sessions() as session:
        assert (await session.scalars(select(Alarm))).one().ended_at == app.state.clock.now()


async def free_agents(supervisor) -> int:
    """Of the line of the one who waits."""
    [line] = (await board_of(supervisor))["queues"]
    return line["agents_free"]


async def test_an_agent_who_looks_at_an_offer_has_no_room_for_another(supervisor, open_chat, hire):
    await hire("Mia", capacity=1)
    first, second = await open_chat(), await open_chat()
    await first.ask_for_person()
    await first.until(lambda: first.conversation["status"] == "offered")
    await second.ask_for_person()

    assert await free_agents(supervisor) == 0


@on_any_database
async def test_an_agent_whose_console_is_silent_is_not_free(app, supervisor, customer, agent, clock):
    await agent.be("available")
    await customer.ask_for_person()
    async with app.state.sessions.begin() as session:
        (await session.get_one(Agent, agent.agent_id)).seen_at = clock.now() - GRACE

    assert await free_agents(supervisor) == 0


@on_any_database
async def test_red_when_more_than_one_in_twenty_gave_up(app, supervisor, open_chat, clock):
    for gave_up_before in (False, True):
        customer = await open_chat()
        await customer.ask_for_person()
        assert (await number(supervisor, "abandoned"))["broken"] is gave_up_before
        async with app.state.sessions.begin() as session:
            conversation = await session.get_one(Conversation, customer.conversation_id)
            await close_conversation(session, conversation, clock.now(), why="abandoned")
