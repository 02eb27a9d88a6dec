"""A customer with a paid bill of 119.00 and an open one of 59.50, and the way to the agents' actions."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy.orm import Session

from billing.models.invoice import Invoice
from billing.money import Money
from billing.payments import record_payment
from tests.billing.money.bills import NOW, issue
from tests.factories.billing import make_customer
from tests.handoff.people import AgentAtWork

Answer = dict[str, Any]


@dataclass(frozen=True)
class Lena:
    """The numbers of her bills."""

    id: UUID
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
    return Lena(customer.id, *numbers)


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
