"""An agent who holds the customer's conversation."""

from uuid import UUID

import pytest

from tests.handoff.people import AgentAtWork, Customer


@pytest.fixture
async def held(agent: AgentAtWork, customer: Customer) -> UUID:
    """The agent holds the customer's conversation."""
    await customer.ask_for_person()
    return await agent.take_next()
