"""A customer with a paid bill of 119.00 and an open one of 59.50, and the way to the agents' actions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.models.credit_note import CreditNote
from billing.models.invoice import Invoice
from billing.money import Money
from billing.payments import record_payment
from handoff.agents.models import Agent
from tests.billing.money.bills import NOW, issue
from tests.factories.billing import make_customer
from tests.factories.handoff import sign_in
from tests.handoff.people import AgentAtWork

Answer = dict[str, Any]


@dataclass(frozen=True)
class Lena:
    """Her number and those of her bills."""

    id: UUID
    number: str
    paid: str
    open: str


def make_lena(session: Session) -> Lena:
    customer = make_customer(session, name="Lena Hoffmann", language="de")
    paid = issue(session, customer, [(11_900, 1900)], issued_on=date(2026, 10, 1))
    amount = Money(11_900, "EUR")
    record_payment(
        session, customer_id=customer.id, reference="b1", amount=amount, received_on=date(2026, 10, 9), now=NOW
    )
    still = issue(session, customer, [(5_950, 1900)], issued_on=date(2026, 11, 10))
    numbers = [session.get_one(Invoice, key).number for key in (paid, still)]
    return Lena(customer.id, customer.number, *numbers)


async def credited(app: FastAPI, lena: Lena) -> list[int]:
    """Return what credit notes gave her, in their order."""
    async with app.state.sessions() as session:
        notes = select(CreditNote.total_minor).where(CreditNote.customer_id == lena.id)
        return list((await session.scalars(notes.order_by(CreditNote.sequence))).all())


async def count(app: FastAPI, table: type[Any]) -> int:
    async with app.state.sessions() as session:
        return int(await session.scalar(select(func.count()).select_from(table)))


async def sign_in_again(app: FastAPI, agent: AgentAtWork, now: datetime) -> AgentAtWork:
    """The session of a working day is over by the next."""
    async with app.state.sessions.begin() as session:
        token = await sign_in(session, await session.get_one(Agent, agent.agent_id), now=now)
    return AgentAtWork(app, agent.agent_id, token)


@dataclass(frozen=True)
class Desk:
    """One agent at the actions of one conversation."""

    agent: AgentAtWork
    conversation_id: UUID

    @property
    def path(self) -> str:
        return f"/api/console/conversations/{self.conversation_id}/actions"

    async def actions(self) -> Answer:
        response = await self.agent.http.get(self.path)
        assert response.status_code == 200, response.text
        shown: Answer = response.json()
        return shown

    async def action(self, kind: str) -> Answer:
        return next(action for action in (await self.actions())["actions"] if action["kind"] == kind)

    async def preview(self, kind: str, option: str, **more: object) -> httpx.Response:
        return await self.agent.http.post(f"{self.path}/{kind}/preview", json={"option": option, **more})

    async def do(self, kind: str, option: str, request_id: UUID | None = None, **more: object) -> httpx.Response:
        body = {"request_id": str(request_id or uuid4()), "option": option, "note": "Waited an hour", **more}
        return await self.agent.http.post(f"{self.path}/{kind}", json=body)


@dataclass(frozen=True)
class Approver:
    """A supervisor at the approvals."""

    agent: AgentAtWork

    async def waiting(self) -> list[Answer]:
        response = await self.agent.http.get("/api/console/approvals")
        assert response.status_code == 200, response.text
        shown: list[Answer] = response.json()
        return shown

    async def decide(self, action_id: str, decision: str = "approve", note: str = "") -> httpx.Response:
        body = {"decision": decision, "note": note}
        return await self.agent.http.post(f"/api/console/approvals/{action_id}", json=body)
