"""Stock Rasa: its example assistant, default pipeline and policies, in-memory store. Trained once, then kept."""

import contextlib
import http.client
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from tests.bench.processes import BOT_PYTHON, ROOT, Running, free_port, running

NAME = "stock Rasa 3.6.21"
FOLDER = ROOT / "var/cache/stock-rasa"
CREATE = "from rasa.cli.scaffold import create_initial_project; create_initial_project('.')"
TEXTS = (
    "hello",
    "I am sad",
    "yes",
    "are you a bot?",
    "I am feeling great",
    "good bye",
    "my day was horrible",
    "no, not really",
)


@dataclass
class RestConversation:
    """A conversation over Rasa's REST channel; Rasa keeps its state."""

    connection: http.client.HTTPConnection
    sender: str = field(default_factory=lambda: uuid4().hex)

    def say(self, text: str) -> int:
        body = json.dumps({"sender": self.sender, "message": text})
        self.connection.request("POST", "/webhooks/rest/webhook", body, {"Content-Type": "application/json"})
        response = self.connection.getresponse()
        replies = json.load(response)
        if response.status != 200:
            raise ConnectionError(response.reason)
        return len(replies)


@dataclass
class StockRasa:
    """Opens conversations with the running example assistant. `trained_in` is None if the model was there already."""

    bot: Running
    port: int
    trained_in: float | None

    def new_conversation(self) -> RestConversation:
        return RestConversation(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60))


@contextlib.contextmanager
def stock_rasa() -> Iterator[StockRasa]:
    trained_in = None if list(FOLDER.glob("models/*.tar.gz")) else _train()
    port = free_port()
    command = [BOT_PYTHON, "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port), "--credentials", "credentials.yml"]
    health = f"http://127.0.0.1:{port}/webhooks/rest/"
    with running(command, health=health, folder=FOLDER, environment={}) as process:
        yield StockRasa(process, port, trained_in)


def _train() -> float:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    _run("-c", CREATE)
    (FOLDER / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    started = time.monotonic()
    _run("-m", "rasa", "train")
    return time.monotonic() - started


def _run(*arguments: str | Path) -> None:
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore"}
    with (FOLDER / "train.log").open("ab") as log:
        subprocess.run([BOT_PYTHON, *arguments], cwd=FOLDER, env=environment, stdout=log, stderr=log, check=True)
