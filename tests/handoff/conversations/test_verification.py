"""A proof holds as long as the talk needs it: for half an hour after the customer's last word, and through a wait."""

import pytest
from fastapi import FastAPI

from tests.factories.billing import make_customer
from tests.handoff.console.verified import verify
from tests.handoff.people import AgentAtWork, Customer, on_any_database


@pytest.fixture
async def customer(app: FastAPI, customer: Customer, clock) -> Customer:
    """Somebody who has just proved who they are."""
    async with app.state.sessions.begin() as session:
        account = await session.run_sync(make_customer)
    await verify(app, customer, account.id, clock.now())
    return customer


async def is_verified(customer: Customer) -> bool:
    await customer.disconnect()
    await customer.connect()
    return bool(customer.ready["conversation"]["verified"])


@on_any_database
async def test_who_goes_on_writing_to_the_assistant_stays_verified(customer: Customer, clock):
    for _ in range(3):
        clock.advance(minutes=20)
        await customer.ask("And the bill before?")
    assert await is_verified(customer)
    clock.advance(minutes=30)

    assert not await is_verified(customer)


async def test_a_long_wait_and_a_long_talk_do_not_make_a_known_customer_a_stranger(
    app: FastAPI, customer: Customer, hire, clock
):
    await customer.ask_for_person()
    clock.advance(hours=2)
    agent: AgentAtWork = await hire()
    held = await agent.take_next()
    clock.advance(hours=2)

    [row] = (await agent.console())["conversations"]

    assert (row["id"], row["verified"]) == (str(held), True)
    clock.advance(hours=20)
    assert not await is_verified(customer)


@on_any_database
async def test_back_with_the_assistant_it_is_half_an_hour_again(customer: Customer, agent: AgentAtWork, clock):
    await customer.ask_for_person()
    held = await agent.take_next()
    clock.advance(hours=2)
    assert (await agent.http.post(f"/api/console/conversations/{held}/return-to-bot")).status_code == 204
    clock.advance(minutes=29)
    assert await is_verified(customer)
    clock.advance(minutes=1)

    assert not await is_verified(customer)
