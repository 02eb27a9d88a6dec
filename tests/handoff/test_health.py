"""The health of the process and of what it stands on."""

import httpx

from tests.fakes.bot import FakeBot
from tests.handoff.people import on_any_database


@on_any_database
async def test_health_tells_the_parts_apart(app, client: httpx.AsyncClient, bot: FakeBot):
    bot.is_up = False

    response = await client.get("/health")

    assert response.status_code == 200
    assert response.json() == {
        "status": "degraded",
        "parts": {"database": "ok", "bot": "down", "actions": "down"},
    }
