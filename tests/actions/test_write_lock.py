"""An answer takes the database's write lock only when it writes, and writes once whoever else writes meanwhile."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from actions.base import Runtime, SaldoAction, Work
from actions.reply import Reply
from actions.server import make_executor
from billing.models.human_task import HumanTask, TaskKind
from billing.models.turn_effect import TurnEffect
from tests.actions.conversation import PEPPER, TURN_SECRET, Conversation
from tests.fakes.clock import FixedClock


class Played(SaldoAction):
    """Counts what is there, lets something else happen, and perhaps writes."""

    def __init__(self, runtime: Runtime, meanwhile: Callable[[], None], *, writes: bool) -> None:
        super().__init__(runtime)
        self.meanwhile = meanwhile
        self.writes = writes
        self.counted: list[int] = []

    def name(self) -> str:
        return "action_played"

    def answer(self, work: Work, reply: Reply) -> None:
        self.counted.append(work.session.scalar(select(func.count()).select_from(HumanTask)) or 0)
        self.meanwhile()
        if self.writes:
            work.once("played", lambda: {"counted": self.counted[-1]})
        reply.say("utter_played")


@pytest.fixture
def runtime(sessions: sessionmaker[Session], clock: FixedClock) -> Runtime:
    return Runtime(sessions, clock, TURN_SECRET, PEPPER)


def play(runtime: Runtime, action: SaldoAction) -> Conversation:
    executor = make_executor(runtime)
    executor.register_action(action)
    return Conversation(executor, runtime.sessions, runtime.clock)


def add_task(runtime: Runtime) -> None:
    with runtime.sessions.begin() as session:
        session.add(HumanTask(kind=TaskKind.COMPLAINT_MADE, key="one", facts={}, created_at=runtime.clock.now()))


async def test_reading_does_not_wait_for_somebody_who_writes(runtime: Runtime) -> None:
    action = Played(runtime, lambda: None, writes=False)

    with runtime.sessions.begin() as writing:
        writing.connection()  # on SQLite the write lock is taken here
        outcome = await play(runtime, action).run("action_played")

    assert outcome.said == ["utter_played"]


async def test_an_answer_that_read_what_has_changed_since_is_worked_out_anew(
    runtime: Runtime, sessions: sessionmaker[Session]
) -> None:
    happened: list[str] = []

    def somebody_else_writes() -> None:
        if not happened:
            happened.append("once")
            add_task(runtime)

    action = Played(runtime, somebody_else_writes, writes=True)
    outcome = await play(runtime, action).run("action_played")

    with sessions() as session:
        results = session.scalars(select(TurnEffect.result)).all()
    assert outcome.said == ["utter_played"]
    assert results == [{"counted": action.counted[-1]}]
    assert sessions.kw["bind"].dialect.name != "sqlite" or action.counted == [0, 1]
