"""Our bot with its action server and a seeded database; every conversation is verified, so bills really are read."""

import contextlib
import http.client
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

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
from tests.bench.processes import APP_PYTHON, BOT_PYTHON, ROOT, Running, free_port, running

NAME = "Saldo"
SECRET, TURN_SECRET, PEPPER = "bot", "turn", "pepper"
TEXTS = (
    "hello",
    "why is my bill higher than last month?",
    "what do I owe?",
    "are you a bot?",
    "show me my invoices please",
    "thank you, that helped",
    "did my payment arrive?",
    "what can you do?",
)


@dataclass
class Verified:
    """A conversation of a verified customer; carries its state from turn to turn, as handoff does."""

    connection: http.client.HTTPConnection
    conversation_id: UUID
    seq: int = 0
    state: Any = field(default=None)

    def say(self, text: str) -> int:
        self.seq += 1
        expires_at = datetime.now(UTC) + timedelta(minutes=5)
        body = {
            "conversation_id": str(self.conversation_id),
            "text": text,
            "intent": None,
            "language": "en",
            "channel": "webchat",
            "turn_token": sign_turn(TurnRef(self.conversation_id, self.seq), secret=TURN_SECRET, expires_at=expires_at),
            "state": self.state,
        }
        headers = {"Content-Type": "application/json", "X-Saldo-Secret": SECRET}
        self.connection.request("POST", "/webhooks/saldo/turn", json.dumps(body), headers)
        response = self.connection.getresponse()
        answer = json.load(response)
        if response.status != 200:
            raise ConnectionError(answer["error"])
        self.state = answer["state"]
        return len(answer["replies"])


@dataclass
class OurBot:
    """Opens conversations with the running bot."""

    bot: Running
    port: int
    sessions: sessionmaker[Session]
    numbers: Iterator[str]

    def new_conversation(self) -> Verified:
        conversation_id = uuid4()
        with self.sessions.begin() as session:
            _verify(session, conversation_id, next(self.numbers))
        return Verified(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60), conversation_id)


@contextlib.contextmanager
def our_bot() -> Iterator[OurBot]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'saldo.db'}"
        sessions = _seed(url)
        with sessions() as session:
            numbers = cycle(session.scalars(select(Customer.number).order_by(Customer.number)).all())
        bot_port, actions_port = free_port(), free_port()
        environment = {
            "SALDO_DATABASE_URL": url,
            "SALDO_BOT_SECRET": SECRET,
            "SALDO_TURN_SECRET": TURN_SECRET,
            "SALDO_CODE_PEPPER": PEPPER,
            "SALDO_ACTIONS_URL": f"http://127.0.0.1:{actions_port}",
        }
        actions = [APP_PYTHON, "-m", "uvicorn", "--factory", "actions.server:create_app", "--port", str(actions_port)]
        bot = [BOT_PYTHON, "-m", "bot", "serve", "--port", str(bot_port)]
        health = f"http://127.0.0.1:{bot_port}/webhooks/saldo/health"
        with (
            running(actions, health=f"http://127.0.0.1:{actions_port}/health", folder=ROOT, environment=environment),
            running(bot, health=health, folder=ROOT, environment=environment) as process,
        ):
            yield OurBot(process, bot_port, sessions, numbers)


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
