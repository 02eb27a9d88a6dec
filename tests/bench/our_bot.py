"""Our bot on the billing world."""

import contextlib
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.bench.billing_world import SECRET, BillingWorld, turn_token
from tests.bench.processes import BOT_PYTHON, ROOT, Running, free_port, running

NAME = "Saldo"


@dataclass
class SaldoConversation:
    """Carries its state from turn to turn, as handoff does."""

    connection: http.client.HTTPConnection
    conversation_id: UUID
    seq: int = 0
    state: Any = field(default=None)

    def say(self, text: str) -> int:
        self.seq += 1
        body = {
            "conversation_id": str(self.conversation_id),
            "text": text,
            "intent": None,
            "language": "en",
            "channel": "webchat",
            "turn_token": turn_token(self.conversation_id, self.seq),
            "state": self.state,
        }
        headers = {"Content-Type": "application/json", "X-Saldo-Secret": SECRET}
        self.connection.request("POST", "/webhooks/saldo/turn", json.dumps(body), headers)
        response = self.connection.getresponse()
        answer = json.load(response)
        if response.status != 200:
            raise ConnectionError(answer["error"])
        self.state = answer["state"]
        return len(answer["replies"]) + len(answer["commands"])


@dataclass
class OurBot:
    """Opens conversations with the running bot."""

    bot: Running
    port: int
    world: BillingWorld

    def new_conversation(self) -> SaldoConversation:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        return SaldoConversation(connection, self.world.verified_conversation())


@contextlib.contextmanager
def our_bot(world: BillingWorld) -> Iterator[OurBot]:
    port = free_port()
    command = [BOT_PYTHON, "-m", "bot", "serve", "--port", str(port)]
    health = f"http://127.0.0.1:{port}/webhooks/saldo/health"
    with running(command, health=health, folder=ROOT, environment=world.environment) as process:
        yield OurBot(process, port, world)
