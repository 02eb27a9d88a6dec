"""A desk without accounts behind it: actions tell facts that are made by hand, and find nothing else."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import pytest
from rasa_sdk import Tracker
from sqlalchemy.orm import Session

from actions.base import Runtime, Work
from actions.formatting import Wording
from actions.reply import Reply
from actions.slots import Dialogue
from billing.db import make_session_factory
from billing.identity import Verification
from billing.turn_token import TurnRef
from tests.actions.reply_roles.expecting import TODAY
from tests.databases import engine_of, of_kind
from tests.fakes.clock import FixedClock

NOBODY = UUID(int=0)
CALLER = Verification(customer_id=NOBODY)


@dataclass(frozen=True)
class PlainWork(Work):
    """There is no customer whose time zone could be looked up."""

    def today(self, customer_id: UUID) -> date:
        return TODAY

    def wording(self, customer_id: UUID) -> Wording:
        return Wording(self.dialogue.language, TODAY)


@dataclass(frozen=True)
class Desk:
    work: PlainWork

    def work_in(self, language: str, payment_page: str | None = None) -> PlainWork:
        tracker = Tracker("desk", {"language": language}, {}, [], False, None, {}, "action_listen")
        runtime = replace(self.work.runtime, payment_page=payment_page)
        return replace(self.work, dialogue=Dialogue(tracker), runtime=runtime)

    @contextmanager
    def knows(self, facts: Mapping[str, object]) -> Iterator[Reply]:
        """Let functions of billing return facts: each named as where an action's module finds it."""
        with pytest.MonkeyPatch.context() as patch:
            for name, fact in facts.items():
                patch.setattr(name, lambda *_, fact=fact, **__: fact)
            yield Reply()


@contextmanager
def open_desk() -> Iterator[Desk]:
    databases = of_kind("sqlite")
    url = databases.create()
    engine = engine_of(url)
    sessions = make_session_factory(engine)
    with sessions() as session:
        yield Desk(_work(session, Runtime(sessions, FixedClock(), "", "")))
    engine.dispose()
    databases.drop(url)


def _work(session: Session, runtime: Runtime) -> PlainWork:
    tracker = Tracker("desk", {}, {}, [], False, None, {}, "action_listen")
    return PlainWork(session, TurnRef(NOBODY, 1), Dialogue(tracker), runtime)
