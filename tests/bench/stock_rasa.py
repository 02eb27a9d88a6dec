"""Stock Rasa with our data and domain: its default pipeline, policies, REST channel and in-memory tracker store.

Its training takes most of an hour on two cores, so a model is kept in var/cache/stock-rasa with the seconds it took,
and trained anew only when data or domain have changed.
"""

import contextlib
import hashlib
import http.client
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from tests.bench.billing_world import SECRET, BillingWorld, turn_token
from tests.bench.processes import BOT_PYTHON, ROOT, Running, free_port, running

NAME = "stock Rasa 3.6.21"
FOLDER = ROOT / "var/cache/stock-rasa"
SOURCES = {"bot/domain": "domain", "data": "data"}
# Empty lists make Rasa take its defaults.
CONFIG = "recipe: default.v1\nassistant_id: stock\nlanguage: en\npipeline:\npolicies:\n"
ENDPOINTS = "action_endpoint:\n  url: ${SALDO_ACTIONS_URL}/webhook\n  headers:\n    X-Saldo-Secret: " + SECRET + "\n"


@dataclass
class RestConversation:
    """A conversation over Rasa's REST channel; Rasa keeps its state."""

    connection: http.client.HTTPConnection
    conversation_id: UUID
    seq: int = 0

    def say(self, text: str) -> int:
        self.seq += 1
        metadata = {"turn_token": turn_token(self.conversation_id, self.seq)}
        body = json.dumps({"sender": str(self.conversation_id), "message": text, "metadata": metadata})
        self.connection.request("POST", "/webhooks/rest/webhook", body, {"Content-Type": "application/json"})
        response = self.connection.getresponse()
        replies = json.load(response)
        if response.status != 200:
            raise ConnectionError(response.reason)
        return len(replies)


@dataclass
class StockRasa:
    """Opens conversations with the running assistant; `trained_in` are the seconds of the model's training."""

    bot: Running
    port: int
    trained_in: float
    world: BillingWorld

    def new_conversation(self) -> RestConversation:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        return RestConversation(connection, self.world.verified_conversation())


@contextlib.contextmanager
def stock_rasa(world: BillingWorld) -> Iterator[StockRasa]:
    trained_in = train()
    port = free_port()
    command = [BOT_PYTHON, "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port), "--credentials", "credentials.yml"]
    health = f"http://127.0.0.1:{port}/webhooks/rest/"
    with running(command, health=health, folder=FOLDER, environment=world.environment) as process:
        yield StockRasa(process, port, trained_in, world)


def train() -> float:
    """Return the seconds that the training of the kept model took; train it when there is none for our data."""
    noted = FOLDER / "trained.json"
    sources = fingerprint()
    if noted.is_file():
        known = json.loads(noted.read_text(encoding="utf-8"))
        if known["sources"] == sources:
            return float(known["seconds"])
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for source, copy in SOURCES.items():
        shutil.copytree(ROOT / source, FOLDER / copy)
    (FOLDER / "config.yml").write_text(CONFIG, encoding="utf-8")
    (FOLDER / "endpoints.yml").write_text(ENDPOINTS, encoding="utf-8")
    (FOLDER / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    started = time.monotonic()
    _run("-m", "rasa", "train", "--domain", "domain")
    seconds = time.monotonic() - started
    noted.write_text(json.dumps({"sources": sources, "seconds": seconds}), encoding="utf-8")
    return seconds


def fingerprint() -> str:
    files = sorted(file for source in SOURCES for file in (ROOT / source).rglob("*.yml"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _run(*arguments: str) -> None:
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore"}
    with (FOLDER / "train.log").open("ab") as log:
        subprocess.run([BOT_PYTHON, *arguments], cwd=FOLDER, env=environment, stdout=log, stderr=log, check=True)


if __name__ == "__main__":
    print(f"trained in {train():.0f} s")
