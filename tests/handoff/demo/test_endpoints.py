"""The demo's own addresses: six customers to try, and what arrives on their phones, only where a demo is asked for."""

from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.delivery import send_copy
from billing.demo_data import list_stories
from billing.models.customer import Customer
from billing.models.invoice import Invoice
from billing.outbox import OutboxMessage, enqueue_sms
from handoff.app import create_app
from handoff.demo.agents import DEMO_AGENTS, DEMO_PASSWORD, seed_demo_agents
from handoff.settings import Settings
from tests.databases import of_kind
from tests.factories.demo import demo_url
from tests.fakes.bot import FakeBot
from tests.fakes.clock import FixedClock

__all__ = ["demo_url"]

STORIES = ["discount_ended", "extra_usage", "plan_change", "late_payment", "duplicate_charge", "cheaper_plan"]
STRANGER = "+4915735980099"


@pytest.fixture
def settings(demo_url: str) -> Settings:
    database_url = of_kind("sqlite").create(template=demo_url)
    return Settings(database_url=database_url, bot_secret="bot", turn_secret="turn", code_pepper="pepper", demo=True)


@pytest.fixture
async def demo_app(settings: Settings, clock: FixedClock, bot: FakeBot) -> AsyncIterator[FastAPI]:
    app = create_app(settings, clock=clock, bot=bot)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def demo(demo_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(demo_app), base_url="http://127.0.0.1:8000") as client:
        yield client


async def text_to(app: FastAPI, recipient: str, body: str, now: datetime) -> None:
    async with app.state.sessions.begin() as session:
        await session.run_sync(
            lambda sync: enqueue_sms(
                sync, recipient=recipient, body=body, dedupe_key=f"{recipient}{body}", sensitive=True, now=now
            )
        )
    await app.state.outbox_sender.send_due()


async def messages_after(client: httpx.AsyncClient, after: int = 0) -> list[dict[str, object]]:
    response = await client.get("/api/demo/phone", params={"after": after})
    assert response.status_code == 200
    found: list[dict[str, object]] = response.json()["messages"]
    return found


async def test_the_six_customers_are_those_of_the_billing_data(demo: httpx.AsyncClient, demo_app: FastAPI) -> None:
    async with demo_app.state.sessions() as session:
        stories = {story.story: story for story in await session.run_sync(list_stories)}

    customers = (await demo.get("/api/demo/customers")).json()

    assert [customer["story"] for customer in customers] == STORIES
    for customer in customers:
        story = stories[customer["story"]]
        assert customer == {
            "customer_number": story.customer_number,
            "name": story.name,
            "country": story.country,
            "language": story.language,
            "story": story.story,
            "phone": story.phone,
        }


async def test_a_text_message_to_one_of_them_arrives_on_the_demo_phone(
    demo: httpx.AsyncClient, demo_app: FastAPI, clock: FixedClock
) -> None:
    customer = (await demo.get("/api/demo/customers")).json()[0]
    await text_to(demo_app, customer["phone"], "Ihr Code: 123456", clock.now())

    (message,) = await messages_after(demo)

    assert {key: message[key] for key in ("to", "name", "body")} == {
        "to": customer["phone"],
        "name": customer["name"],
        "body": "Ihr Code: 123456",
    }
    assert datetime.fromisoformat(str(message["sent_at"])) == clock.now()


async def test_the_phone_tells_what_came_after_a_message(
    demo: httpx.AsyncClient, demo_app: FastAPI, clock: FixedClock
) -> None:
    phone = (await demo.get("/api/demo/customers")).json()[0]["phone"]
    for body in ("one", "two", "three"):
        await text_to(demo_app, phone, body, clock.now())

    first, *later = await messages_after(demo)

    assert await messages_after(demo, int(str(first["id"]))) == later
    assert [message["body"] for message in later] == ["two", "three"]


async def test_text_messages_of_other_people_are_not_shown(
    demo: httpx.AsyncClient, demo_app: FastAPI, clock: FixedClock
) -> None:
    await text_to(demo_app, STRANGER, "not for the demo", clock.now())

    assert await messages_after(demo) == []


async def test_a_code_that_has_expired_is_gone_from_the_phone(
    demo: httpx.AsyncClient, demo_app: FastAPI, clock: FixedClock
) -> None:
    phone = (await demo.get("/api/demo/customers")).json()[0]["phone"]
    await text_to(demo_app, phone, "Ihr Code: 123456", clock.now())
    clock.advance(minutes=10)
    await demo_app.state.outbox_sender.forget_codes()

    assert await messages_after(demo) == []


async def write_to(app: FastAPI, customer_number: str, now: datetime) -> None:
    def send_newest_bill(session: Session) -> None:
        newest = select(Invoice.id, Customer.id).join(Customer, Customer.id == Invoice.customer_id)
        newest = newest.where(Customer.number == customer_number).order_by(Invoice.issued_on.desc())
        invoice_id, customer_id = session.execute(newest.limit(1)).one()
        send_copy(session, customer_id, invoice_id, dedupe_key=f"copy:{customer_number}", now=now)

    async with app.state.sessions.begin() as session:
        await session.run_sync(send_newest_bill)


async def test_a_letter_that_was_sent_is_shown_with_its_document(
    demo: httpx.AsyncClient, demo_app: FastAPI, clock: FixedClock
) -> None:
    customer = (await demo.get("/api/demo/customers")).json()[0]
    await write_to(demo_app, customer["customer_number"], clock.now())
    assert (await demo.get("/api/demo/letters")).json() == []
    await demo_app.state.outbox_sender.send_due()

    (letter,) = (await demo.get("/api/demo/letters")).json()

    assert letter["name"] == customer["name"]
    assert letter["to"].endswith("@post.example")
    assert "Nordlicht Netz" in letter["subject"]
    assert datetime.fromisoformat(letter["sent_at"]) == clock.now()
    document = await demo.get(letter["pdf"])
    assert document.headers["content-type"] == "application/pdf"
    assert document.content.startswith(b"%PDF")


async def test_letters_to_other_people_are_neither_shown_nor_printed(
    demo: httpx.AsyncClient, demo_app: FastAPI, clock: FixedClock
) -> None:
    shown = [customer["customer_number"] for customer in (await demo.get("/api/demo/customers")).json()]
    async with demo_app.state.sessions() as session:
        other = await session.scalar(select(Customer.number).where(Customer.number.not_in(shown)).limit(1))
    await write_to(demo_app, other, clock.now())
    await demo_app.state.outbox_sender.send_due()
    async with demo_app.state.sessions() as session:
        letter_id = await session.scalar(select(OutboxMessage.id).where(OutboxMessage.sent_at.is_not(None)))

    assert (await demo.get("/api/demo/letters")).json() == []
    assert (await demo.get(f"/api/demo/letters/{letter_id}.pdf")).status_code == 404


@pytest.mark.parametrize("after", ["-1", "x", "99999999999999999999"])
async def test_a_number_that_is_none_is_refused(demo: httpx.AsyncClient, after: str) -> None:
    assert (await demo.get("/api/demo/phone", params={"after": after})).status_code == 422


async def test_without_a_demo_there_is_no_phone_and_nobody_to_try(
    settings: Settings, clock: FixedClock, bot: FakeBot
) -> None:
    app = create_app(settings.model_copy(update={"demo": False}), clock=clock, bot=bot)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000") as client:
        for path in ("/api/demo/customers", "/api/demo/phone", "/api/demo/letters", "/api/demo/letters/1.pdf"):
            assert (await client.get(path)).status_code == 404


async def test_the_demo_agents_are_added_once_and_can_sign_in(
    demo: httpx.AsyncClient, demo_app: FastAPI, clock: FixedClock
) -> None:
    for _ in range(2):
        async with demo_app.state.sessions.begin() as session:
            await seed_demo_agents(session, clock.now())

    for agent in DEMO_AGENTS:
        credentials = {"email": agent.email, "password": DEMO_PASSWORD}
        response = await demo.post("/api/agents/login", json=credentials, headers={"Origin": "http://127.0.0.1:8000"})
        assert response.status_code == 200
        assert (response.json()["name"], response.json()["language"]) == (agent.name, agent.language)
