"""What both assistants talk about: a seeded database, its action server, verified customers and what they say."""

import contextlib
import random
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from uuid import UUID, uuid4

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing import migrations
from billing.clock import SystemClock
from billing.db import make_engine, make_session_factory
from billing.demo_data import seed_demo
from billing.identity import check_code, start_challenge
from billing.models.customer import Customer
from billing.models.outbox import OutboxMessage
from billing.periods import BillingPeriod
from billing.turn_token import TurnRef, sign_turn
from handoff.processes.plan import KEEP_ALIVE_SECONDS
from tests.bench.processes import APP_PYTHON, ROOT, free_port, running

SECRET, TURN_SECRET, PEPPER = "bot", "turn", "pepper"
BLIND_TEXTS = ROOT / "tests/bot/nlu/blind"
SEED = 4


@dataclass
class BillingWorld:
    """Where the actions are, and customers who have proved who they are."""

    actions_url: str
    environment: Mapping[str, str]
    sessions: sessionmaker[Session]
    numbers: Iterator[str]

    def verified_conversation(self) -> UUID:
        conversation_id = uuid4()
        with self.sessions.begin() as session:
            _verify(session, conversation_id, next(self.numbers))
        return conversation_id


@contextlib.contextmanager
def billing_world() -> Iterator[BillingWorld]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'saldo.db'}"
        sessions = _seed(url)
        with sessions() as session:
            numbers = cycle(session.scalars(select(Customer.number).order_by(Customer.number)).all())
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        environment = {
            "SALDO_DATABASE_URL": url,
            "SALDO_BOT_SECRET": SECRET,
            "SALDO_TURN_SECRET": TURN_SECRET,
            "SALDO_CODE_PEPPER": PEPPER,
            "SALDO_ACTIONS_URL": address,
        }
        command = [APP_PYTHON, "-m", "uvicorn", "--factory", "tests.bench.roomy_actions:create_app"]
        # As `saldo up` starts it: it never hangs up on a line that the bot keeps open.
        command += ["--timeout-keep-alive", str(KEEP_ALIVE_SECONDS)]
        with running([*command, "--port", str(port)], health=f"{address}/health", folder=ROOT, environment=environment):
            yield BillingWorld(address, environment, sessions, numbers)


def distinct_texts() -> Sequence[str]:
    """Return what customers say, in an order that is always the same; none of it was trained on."""
    texts = [text for language in ("en", "de", "fi") for text in blind_texts(language)]
    random.Random(SEED).shuffle(texts)
    return texts


def blind_texts(language: str) -> Sequence[str]:
    phrases: dict[str, list[str]] = yaml.safe_load((BLIND_TEXTS / f"{language}.yml").read_text(encoding="utf-8"))
    return [text for intent, each in phrases.items() if intent != "out_of_scope" for text in each]


def turn_token(conversation_id: UUID, seq: int) -> str:
    expires_at = datetime.now(UTC) + timedelta(minutes=5)
    return sign_turn(TurnRef(conversation_id, seq), secret=TURN_SECRET, expires_at=expires_at)


def _seed(url: str) -> sessionmaker[Session]:
    migrations.upgrade(url)
    sessions = make_session_factory(make_engine(url))
    now = SystemClock().now()
    seed_demo(sessions, until=BillingPeriod.month_of(now.date()).previous_month(), now=now)
    return sessions


def _verify(session: Session, conversation_id: UUID, number: str) -> None:
    """Take the code from the outbox, as a phone would."""
    now = SystemClock().now()
    start_challenge(
        session, conversation_id=conversation_id, customer_number=number, language="en", pepper=PEPPER, now=now
    )
    session.flush()
    newest = select(OutboxMessage.body).where(OutboxMessage.recipient != "").order_by(OutboxMessage.id.desc()).limit(1)
    code = re.findall(r"\b\d{6}\b", session.scalars(newest).one())[0]
    check_code(session, conversation_id=conversation_id, code=code, pepper=PEPPER, now=now)
