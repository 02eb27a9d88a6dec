"""Customers who wait, and queues that keep other hours than the packaged ones."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from handoff.callbacks.attempts import follow_all
from handoff.callbacks.models import Callback
from handoff.contact_log import ContactEvent, ContactEventKind
from handoff.routing.models import QueueEntry
from handoff.routing.queues import WEEKDAYS, Queues, give_queues, load_queues
from tests.factories.billing import make_customer
from tests.handoff.console.verified import verify
from tests.handoff.people import AgentAtWork, Customer

SetHours = Callable[..., None]


class Waiter:
    """A customer in line, with what they may send and what the database holds of them."""

    def __init__(self, app: FastAPI, customer: Customer) -> None:
        self.app = app
        self.customer = customer

    async def wish(self, way: str = "message", key: str | None = None, **more: Any) -> int:
        frame = {"type": "callback.request", "client_msg_id": key or uuid4().hex, "way": way, **more}
        seq = int((await self.customer.send_and_wait(frame, "message.stored"))["seq"])
        await self.customer.caught_up()
        return seq

    async def send(self, kind: str) -> None:
        await self.customer.send_and_wait({"type": kind, "client_msg_id": uuid4().hex}, "message.stored")

    async def wait(self) -> dict[str, Any]:
        """Return what the waiting card shows now."""
        await self.customer.disconnect()
        await self.customer.connect()
        shown: dict[str, Any] = self.customer.ready["conversation"]["wait"]
        return shown

    async def entries(self) -> list[QueueEntry]:
        wanted = select(QueueEntry).where(QueueEntry.conversation_id == self.customer.conversation_id)
        async with self.app.state.sessions() as session:
            return list((await session.scalars(wanted.order_by(QueueEntry.entered_at))).all())

    async def entry(self) -> QueueEntry:
        return (await self.entries())[-1]

    async def callbacks(self) -> list[Callback]:
        wanted = select(Callback).where(Callback.conversation_id == self.customer.conversation_id)
        async with self.app.state.sessions() as session:
            return list((await session.scalars(wanted.order_by(Callback.requested_at))).all())

    async def callback(self) -> Callback:
        [only] = await self.callbacks()
        return only

    async def logged(self, *kinds: ContactEventKind) -> list[tuple[str, dict[str, Any]]]:
        ours = ContactEvent.conversation_id == self.customer.conversation_id
        wanted = select(ContactEvent.kind, ContactEvent.details).where(ours, ContactEvent.kind.in_(kinds))
        async with self.app.state.sessions() as session:
            return [(kind, details) for kind, details in await session.execute(wanted.order_by(ContactEvent.number))]

    async def in_step(self) -> None:
        """Let the loop do what it would do by itself a moment later."""
        await follow_all(self.app.state.sessions, self.app.state.clock.now())


async def to_make(agent: AgentAtWork) -> list[dict]:
    return (await agent.http.get("/api/console/callbacks")).json()


async def tell(agent: AgentAtWork, callback_id: object, *, reached: bool):
    return await agent.http.post(f"/api/console/callbacks/{callback_id}/outcome", json={"reached": reached})


async def called(agent: AgentAtWork, waiter: Waiter) -> dict:
    """The agent takes the callback, whose turn has come, and sees whom to call."""
    await agent.take_next()
    await waiter.in_step()
    [call] = await to_make(agent)
    return call


@pytest.fixture
async def waiter(app: FastAPI, customer: Customer) -> Waiter:
    """A customer who has asked for a person and waits."""
    await customer.ask_for_person()
    return Waiter(app, customer)


@pytest.fixture
def set_hours(app: FastAPI) -> SetHours:
    """Give every queue these hours on every day."""

    def set_all(*intervals: str, zone: str = "Europe/Berlin") -> None:
        hours = dict.fromkeys(WEEKDAYS, intervals)
        changed = {"hours": hours, "time_zone": zone}
        queues = Queues(tuple(queue.model_copy(update=changed) for queue in load_queues()))
        give_queues(app.state.sessions, queues)

    return set_all


@pytest.fixture
def prove(app: FastAPI, clock) -> Callable[[Customer], Awaitable[str]]:
    """Let a customer prove who they are; return the phone number of the account."""

    async def prove_one(customer: Customer) -> str:
        async with app.state.sessions.begin() as session:
            account = await session.run_sync(make_customer)
        await verify(app, customer, account.id, clock.now())
        return account.phone

    return prove_one
