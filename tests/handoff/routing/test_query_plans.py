"""Nothing that is asked at each event reads a whole table: the past grows, and today must not become slower for it."""

from typing import Any

from sqlalchemy import event, text

from handoff.db import reading
from handoff.routing.announcements import Announcer
from handoff.supervision import alarms
from tests.handoff.people import on_any_database
from tests.handoff.routing.crowd import Crowd

GROWING = ("conversation", "queue_entry", "offer", "contact_event", "message", "stream_event", "wrap_up")


class Questions:
    """What is asked of the database while it listens."""

    def __init__(self, engine: Any) -> None:  # Any: the engine behind the sessions
        self.asked: dict[str, object] = {}
        self._engine = engine

    def __enter__(self) -> "Questions":
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "WITH")):
            self.asked[statement] = parameters


async def scans(crowd: Crowd, questions: Questions) -> list[str]:
    """Return the steps that read a table from its beginning to its end."""
    found = []
    async with reading(crowd.sessions) as session:
        connection = await session.connection()
        for statement, parameters in questions.asked.items():
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [str(row[3]) for row in plan]
            found += [f"{step}: {statement}" for step in steps if reads_all(step)]
    return found


def reads_all(step: str) -> bool:
    """The index of open wrap-ups holds nothing that is over."""
    if step.endswith("uq_wrap_up_open"):
        return False
    return any(step == f"SCAN {table}" or step.startswith(f"SCAN {table} USING") for table in GROWING)


@on_any_database
async def test_no_question_of_a_pass_an_announcement_or_an_alarm_reads_a_whole_table(crowd: Crowd, app):
    await crowd.dispatcher.stop()
    mia = await crowd.agent(capacity=2)
    await crowd.held(mia)
    for _ in range(3):
        await crowd.customer()
    engine = crowd.sessions.kw["bind"].sync_engine

    with Questions(engine) as questions:
        await crowd.tick()
        crowd.clock.advance(seconds=21)
        await crowd.tick()
        await Announcer(crowd.sessions, app.state.parts.queues).announce(crowd.now)
        await alarms.watch(crowd.sessions, app.state.parts.queues, crowd.now)
        await crowd.customer()

    assert len(questions.asked) > 20
    assert await scans(crowd, questions) == []


@on_any_database
async def test_the_test_would_see_it(crowd: Crowd):
    engine = crowd.sessions.kw["bind"].sync_engine
    with Questions(engine) as questions:
        async with reading(crowd.sessions) as session:
            await session.execute(text("SELECT * FROM conversation WHERE channel = 'sms'"))

    assert any("channel = 'sms'" in scan for scan in await scans(crowd, questions))
