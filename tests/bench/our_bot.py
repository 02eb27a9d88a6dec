"""Our bot on the billing world, in two equal processes, one for each core of the machine of our figures."""

import contextlib
import http.client
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.bench.billing_world import SECRET, BillingWorld, turn_token
from tests.bench.processes import BOT_PYTHON, ROOT, Running, free_port, running

PROCESSES = 2
NAME = f"Saldo, {PROCESSES} bot processes"


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


class OurBot:
    """Opens conversations with the running processes in turn."""

    def __init__(self, bots: Sequence[Running], ports: Sequence[int], world: BillingWorld) -> None:
        self._bots = bots
        self._ports = itertools.cycle(ports)
        self._world = world

    @property
    def memory_mb(self) -> int:
        return sum(bot.memory_mb for bot in self._bots)

    @property
    def started_in(self) -> float:
        return max(bot.started_in for bot in self._bots)

    def new_conversation(self) -> SaldoConversation:
        connection = http.client.HTTPConnection("127.0.0.1", next(self._ports), timeout=60)
        return SaldoConversation(connection, self._world.verified_conversation())


@contextlib.contextmanager
def our_bot(world: BillingWorld) -> Iterator[OurBot]:
    ports = [free_port() for _ in range(PROCESSES)]
    with contextlib.ExitStack() as stack:
        yield OurBot([stack.enter_context(_one_bot(port, world)) for port in ports], ports, world)


def _one_bot(port: int, world: BillingWorld) -> contextlib.AbstractContextManager[Running]:
    command = [BOT_PYTHON, "-m", "bot", "serve", "--port", str(port)]
    health = f"http://127.0.0.1:{port}/webhooks/saldo/health"
    return running(command, health=health, folder=ROOT, environment=world.environment)
