"""An agent with a locked phone is there as long as the phone answers pushes, and no longer."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

import pytest
from fastapi import FastAPI

from handoff.agents.lost import look_for_lost
from handoff.agents.models import Presence, PresenceReason
from handoff.agents.presence import is_live
from handoff.conversations.models import ConversationStatus
from handoff.push.carrier import WebPush, new_key
from handoff.push.models import PushDevice
from handoff.push.sending import send_due
from handoff.push.service import PATIENCE, TRUST
from handoff.settings import Settings
from handoff.texts import server_texts
from tests.fakes.clock import FixedClock
from tests.fakes.push_service import ENDPOINT, FakeBrowser
from tests.handoff.agents.conftest import row_of
from tests.handoff.conftest import HireAgent, OpenChat
from tests.handoff.people import AgentAtWork, Customer, on_any_database
from tests.handoff.push.conftest import Look, answer


async def lost_by_now(app: FastAPI, clock: FixedClock, agent: AgentAtWork) -> bool:
    await look_for_lost(app.state.sessions, clock.now(), clock.now() - timedelta(hours=1))
    return (await row_of(app, agent)).presence is Presence.OFFLINE


async def test_a_locked_phone_that_answers_pushes_is_not_offline_and_is_offered_customers(
    app, on_phone: AgentAtWork, open_chat: OpenChat, browser: FakeBrowser, push: Look, clock: FixedClock
):
    clock.advance(minutes=20)
    assert not await lost_by_now(app, clock, on_phone)

    await (await open_chat()).ask_for_person()
    offer = await on_phone.offer()
    await push()

    assert offer is not None
    assert browser.refused == []
    assert browser.sent[-1]["kind"] == "offer"
    assert browser.sent[-1]["title"] == server_texts().text("push.offer_title", "en")


async def test_without_a_phone_the_same_silence_is_offline(app, mia: AgentAtWork, clock: FixedClock):
    clock.advance(seconds=26)

    assert await lost_by_now(app, clock, mia)


async def test_a_push_that_is_not_answered_ends_the_trust_and_the_usual_grace_begins(
    app, on_phone: AgentAtWork, customer: Customer, push: Look, clock: FixedClock
):
    clock.advance(minutes=5)
    await customer.ask_for_person()
    assert await on_phone.offer() is not None
    await push()

    clock.advance(seconds=PATIENCE.total_seconds())
    await push()

    assert not is_live(await row_of(app, on_phone), clock.now())
    assert not await lost_by_now(app, clock, on_phone)
    clock.advance(seconds=25)
    assert await lost_by_now(app, clock, on_phone)
    assert (await row_of(app, on_phone)).presence_reason is PresenceReason.LOST
    await customer.caught_up()
    assert customer.conversation["status"] == ConversationStatus.QUEUED


async def test_customers_go_back_no_sooner_after_a_lost_push_than_after_a_lost_console(
    app, on_phone: AgentAtWork, customer: Customer, push: Look, clock: FixedClock
):
    await customer.ask_for_person()
    conversation_id = await on_phone.take_next()
    await on_phone.reply(conversation_id, "Hello")
    clock.advance(minutes=20)
    await customer.say("Are you there?")
    await push()
    clock.advance(seconds=PATIENCE.total_seconds())
    await push()

    clock.advance(seconds=59)
    assert await lost_by_now(app, clock, on_phone)
    await customer.caught_up()
    assert customer.conversation["status"] == ConversationStatus.ACTIVE
    clock.advance(seconds=1)
    await lost_by_now(app, clock, on_phone)
    await customer.caught_up()
    assert customer.conversation["status"] == ConversationStatus.QUEUED


async def test_a_phone_on_which_somebody_else_signs_in_vouches_for_the_first_no_more(
    app, on_phone: AgentAtWork, hire: HireAgent, browser: FakeBrowser, clock: FixedClock
):
    clock.advance(minutes=1)
    aino = await hire("Aino")
    await aino.http.post("/api/agents/me/push", json=browser.subscription())

    assert not is_live(await row_of(app, on_phone), clock.now())


async def test_a_device_asked_again_is_trusted_until_it_has_failed_to_answer(
    app, on_phone: AgentAtWork, browser: FakeBrowser, push: Look, clock: FixedClock
):
    clock.advance(minutes=1)
    await on_phone.http.post("/api/agents/me/push", json=browser.subscription())
    await push()

    assert [message["kind"] for message in browser.sent] == ["check", "check"]
    assert is_live(await row_of(app, on_phone), clock.now())
    clock.advance(seconds=PATIENCE.total_seconds())
    await push()
    assert not is_live(await row_of(app, on_phone), clock.now())


async def test_an_agent_on_a_break_with_a_customer_is_asked_too(
    on_phone: AgentAtWork, customer: Customer, browser: FakeBrowser, push: Look, clock: FixedClock
):
    await customer.ask_for_person()
    await on_phone.take_next()
    await on_phone.http.put("/api/agents/me/presence", json={"status": "away"})
    clock.advance(minutes=1)
    await on_phone.http.post("/api/agents/me/push", json=browser.subscription())
    await push()

    assert [message["kind"] for message in browser.sent] == ["check", "check"]


async def test_one_dead_push_service_keeps_no_other_phone_waiting(
    app, on_phone: AgentAtWork, hire: HireAgent, browser: FakeBrowser, clock: FixedClock
):
    """The dead one never answers; the other's push has gone out all the same, and its answer counts."""
    aino = await hire("Aino")
    other = {**browser.subscription(), "endpoint": f"{ENDPOINT}/dead"}
    await aino.http.post("/api/agents/me/push", json=other)
    clock.advance(seconds=1)
    await on_phone.http.post("/api/agents/me/push", json=browser.subscription())
    is_taken = asyncio.Event()

    class OneIsDead:
        async def send(self, device: PushDevice, content: Mapping[str, str]) -> None:
            if device.endpoint.endswith("/dead"):
                await is_taken.wait()
            else:
                browser.sent.append(dict(content))
                is_taken.set()

        async def close(self) -> None: ...

    await send_due(app.state.sessions, OneIsDead(), clock)

    assert len(browser.sent) == 2
    await answer(on_phone, browser)


async def test_each_answer_counts_for_a_while_and_then_the_phone_is_asked_again(
    app, on_phone: AgentAtWork, browser: FakeBrowser, push: Look, clock: FixedClock
):
    clock.advance(seconds=(TRUST - timedelta(seconds=30)).total_seconds())
    await push()
    await answer(on_phone, browser)
    clock.advance(minutes=2)

    assert [message["kind"] for message in browser.sent] == ["check", "check"]
    assert not await lost_by_now(app, clock, on_phone)


async def test_an_answer_that_comes_too_late_proves_nothing(
    app, on_phone: AgentAtWork, customer: Customer, browser: FakeBrowser, push: Look, clock: FixedClock
):
    clock.advance(minutes=1)
    await customer.ask_for_person()
    assert await on_phone.offer() is not None
    await push()
    clock.advance(seconds=PATIENCE.total_seconds())
    await push()

    await answer(on_phone, browser)

    assert not is_live(await row_of(app, on_phone), clock.now())


async def test_nothing_is_pushed_to_a_console_that_is_awake(
    mia: AgentAtWork, customer: Customer, browser: FakeBrowser, push: Look
):
    await mia.http.post("/api/agents/me/push", json=browser.subscription())
    await push()
    await customer.ask_for_person()
    await push()

    assert [message["kind"] for message in browser.sent] == ["check"]


async def test_an_offer_and_an_unread_message_are_pushed_once(
    on_phone: AgentAtWork, customer: Customer, browser: FakeBrowser, push: Look, clock: FixedClock
):
    await customer.ask_for_person()
    conversation_id = await on_phone.take_next()
    clock.advance(minutes=1)
    await customer.say("Are you there?")
    await push()
    await customer.say("Hello?")
    await push()

    assert [message["kind"] for message in browser.sent] == ["check", "message"]
    assert browser.sent[-1]["open"] == f"/console/#conversation={conversation_id}"


async def test_a_push_names_no_customer_and_quotes_no_message(
    on_phone: AgentAtWork, customer: Customer, browser: FakeBrowser, push: Look, clock: FixedClock
):
    await customer.ask_for_person()
    await on_phone.take_next()
    clock.advance(minutes=1)
    await customer.say("My number is 53464097")
    await push()

    assert set(browser.sent[-1]) == {"id", "kind", "title", "body", "tag", "open"}
    assert "53464097" not in str(browser.sent)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_forgotten(
    app, on_phone: AgentAtWork, customer: Customer, browser: FakeBrowser, push: Look, clock: FixedClock, status: int
):
    clock.advance(minutes=1)
    await customer.ask_for_person()
    assert await on_phone.offer() is not None
    browser.status = status
    await push()

    assert await push() is None
    assert not is_live(await row_of(app, on_phone), clock.now())


async def test_a_service_that_refuses_ends_the_trust_at_once(
    app, on_phone: AgentAtWork, customer: Customer, browser: FakeBrowser, push: Look, clock: FixedClock
):
    clock.advance(minutes=1)
    await customer.ask_for_person()
    assert await on_phone.offer() is not None
    browser.status = 500
    await push()

    assert not is_live(await row_of(app, on_phone), clock.now())


@on_any_database
async def test_nobody_answers_for_another_agents_phone(
    app, mia: AgentAtWork, hire: HireAgent, browser: FakeBrowser, push: Look
):
    aino = await hire("Aino")
    await mia.http.post("/api/agents/me/push", json=browser.subscription())
    await push()

    for message_id in (browser.sent[-1]["id"], uuid4()):
        assert (await aino.http.post(f"/api/agents/me/push/{message_id}/heard")).status_code == 404
    assert (await row_of(app, mia)).reachable_until is None


@on_any_database
@pytest.mark.parametrize(
    "endpoint",
    [
        "https://127.0.0.1/x",
        "https://169.254.169.254/latest",
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilfcm.googleapis.com.example/x",
        "https://user@fcm.googleapis.com/x",
        "ftp://fcm.googleapis.com/x",
        "",
    ],
)
async def test_we_send_only_to_services_that_are_known(mia: AgentAtWork, browser: FakeBrowser, endpoint: str):
    answered = await mia.http.post("/api/agents/me/push", json=browser.subscription() | {"endpoint": endpoint})

    assert answered.status_code == 409
    assert answered.json()["text"] == server_texts().text("error.PushNotOffered", "en")


@on_any_database
async def test_keys_that_are_none_are_refused(mia: AgentAtWork, browser: FakeBrowser):
    good = browser.subscription()
    for keys in ({"p256dh": "AAAA", "auth": good["keys"]["auth"]}, {"p256dh": good["keys"]["p256dh"], "auth": "äö"}):
        assert (await mia.http.post("/api/agents/me/push", json=good | {"keys": keys})).status_code == 422


async def test_who_ends_it_is_reached_no_more(
    app, on_phone: AgentAtWork, browser: FakeBrowser, push: Look, clock: FixedClock
):
    await on_phone.http.post("/api/agents/me/push/end", json={"endpoint": browser.subscription()["endpoint"]})
    clock.advance(seconds=26)

    assert await push() is None
    assert await lost_by_now(app, clock, on_phone)


async def test_who_signs_out_is_reached_no_more(on_phone: AgentAtWork, push: Look):
    assert (await on_phone.http.post("/api/agents/logout")).status_code == 204

    assert await push() is None


@pytest.mark.parametrize(
    ("mail_from", "public_url", "contact"),
    [
        ("Saldo <bills@saldo.example>", "https://saldo.example:8443", "mailto:bills@saldo.example"),
        (None, "https://saldo.example:8443", "mailto:saldo@saldo.example"),
        (None, "http://127.0.0.1:8000", "mailto:saldo@127.0.0.1"),
    ],
)
def test_a_push_service_is_told_whom_to_ask(mail_from: str | None, public_url: str, contact: str):
    told = Settings(bot_secret="b", turn_secret="t", code_pepper="p", mail_from=mail_from, public_url=public_url)

    assert told.push_contact == contact
    assert WebPush(new_key(), contact).public_key
