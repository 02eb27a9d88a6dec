"""Who may read what a customer told, and for how long."""

from datetime import timedelta
from uuid import UUID, uuid4

from handoff.console.access import READABLE_AFTER_THE_END
from handoff.conversations.models import Conversation
from tests.handoff.people import AgentAtWork, on_any_database


@on_any_database
async def test_what_was_told_is_not_the_agents_to_read_for_ever(agent: AgentAtWork, supervisor, held: UUID, clock, app):
    path = f"/api/console/conversations/{held}"
    await agent.http.post(f"{path}/close")
    await agent.http.post(f"{path}/wrap-up", json={"disposition": "resolved", "note": None})
    note = {"client_note_id": uuid4().hex, "text": "Called the meter reader."}
    clock.advance(minutes=30)
    parts = (path, f"{path}/actions", f"{path}/customer")
    assert {(await agent.http.get(part)).status_code for part in parts} == {200}
    assert (await agent.http.post(f"{path}/notes", json=note)).status_code == 201
    async with app.state.sessions.begin() as session:
        ended = await session.get_one(Conversation, held)
        ended.closed_at = clock.now() - READABLE_AFTER_THE_END - timedelta(seconds=1)

    assert {(await agent.http.get(part)).status_code for part in parts} == {404}
    assert (await agent.http.post(f"{path}/notes", json=note)).status_code == 404
    assert {(await supervisor.http.get(part)).status_code for part in parts} == {200}
