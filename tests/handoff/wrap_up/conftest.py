"""A conversation that an agent holds, what the agent does to end it, and what the database says of that."""

from collections.abc import Sequence
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from handoff.contact_log import ContactEvent, ContactEventKind
from handoff.wrap_up.models import WrapUp
from tests.handoff.people import AgentAtWork, Customer

PATH = "/api/console/conversations"
LOGGED = (
    ContactEventKind.WRAP_UP_BEGUN,
    ContactEventKind.WRAP_UP_DONE,
    ContactEventKind.REOPENED,
    ContactEventKind.CLOSED,
)


@pytest.fixture
async def held(agent: AgentAtWork, customer: Customer) -> UUID:
    await customer.ask_for_person()
    return await agent.take_next()


@pytest.fixture
def unnoticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop of this process sees no wrap-up that is over."""

    async def see_nothing(*_: object) -> None:
        return None

    monkeypatch.setattr("handoff.wrap_up.expiry.end_due", see_nothing)


async def close(agent: AgentAtWork, conversation_id: UUID) -> httpx.Response:
    return await agent.http.post(f"{PATH}/{conversation_id}/close")


async def finish(
    agent: AgentAtWork, conversation_id: UUID, disposition: str | None = None, note: str | None = None
) -> httpx.Response:
    return await agent.http.post(f"{PATH}/{conversation_id}/wrap-up", json={"disposition": disposition, "note": note})


async def wrap_ups(app) -> Sequence[WrapUp]:
    async with app.state.sessions() as session:
        return (await session.scalars(select(WrapUp).order_by(WrapUp.begun_at))).all()


async def logged(app) -> list[tuple[str, dict]]:
    wanted = select(ContactEvent).where(ContactEvent.kind.in_(LOGGED)).order_by(ContactEvent.number)
    async with app.state.sessions() as session:
        return [(event.kind.value, dict(event.details)) for event in await session.scalars(wanted)]
