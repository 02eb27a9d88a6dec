"""Stock Rasa with our data and domain: its default pipeline, policies, REST channel and in-memory tracker store.

A hundred epochs of its classifier, the default, take more than an hour on two cores. What a turn costs does not depend
on them, so three are trained, and the time of the others is reckoned from these. var/cache/stock-rasa keeps the model.
"""

import contextlib
import hashlib
import http.client
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tests.bench.billing_world import SECRET, BillingWorld, turn_token
from tests.bench.processes import BOT_PYTHON, ROOT, Running, children_seconds, free_port, running

NAME = "stock Rasa 3.6.21"
FOLDER = ROOT / "var/cache/stock-rasa"
SOURCES = {"bot/domain": "domain", "data": "data"}
EPOCHS, EPOCHS_BY_DEFAULT = 3, 100
STAMP = r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)"
# Rasa's default lists as its own documentation prints them; only the epochs differ.
CONFIG = f"""recipe: default.v1
assistant_id: stock
language: en
pipeline:
- name: WhitespaceTokenizer
- name: RegexFeaturizer
- name: LexicalSyntacticFeaturizer
- name: CountVectorsFeaturizer
- name: CountVectorsFeaturizer
  analyzer: char_wb
  min_ngram: 1
  max_ngram: 4
- name: DIETClassifier
  epochs: {EPOCHS}
  constrain_similarities: true
- name: EntitySynonymMapper
- name: ResponseSelector
  epochs: {EPOCHS}
  constrain_similarities: true
- name: FallbackClassifier
  threshold: 0.3
  ambiguity_threshold: 0.1
policies:
- name: MemoizationPolicy
- name: RulePolicy
- name: UnexpecTEDIntentPolicy
  max_history: 5
  epochs: {EPOCHS}
- name: TEDPolicy
  max_history: 5
  epochs: {EPOCHS}
  constrain_similarities: true
"""
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
    """Opens conversations with the running assistant; `trained_in`: processor seconds of all epochs."""

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
    """Return the processor seconds that all epochs would take; train the model when there is none for our data."""
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
    started, spent = time.monotonic(), children_seconds()
    _run("-m", "rasa", "train", "--domain", "domain")
    seconds = children_seconds() - spent
    share_of_classifier = _seconds_of_classifier() / (time.monotonic() - started)
    seconds += seconds * share_of_classifier * (EPOCHS_BY_DEFAULT / EPOCHS - 1)
    noted.write_text(json.dumps({"sources": sources, "seconds": seconds}), encoding="utf-8")
    return seconds


def _seconds_of_classifier() -> float:
    log = (FOLDER / "train.log").read_text(encoding="utf-8", errors="replace")
    begun, ended = (
        datetime.fromisoformat(re.findall(rf"{STAMP} INFO .*{words} 'DIETClassifier'", log)[-1])
        for words in ("Starting to train component", "Finished training component")
    )
    return (ended - begun).total_seconds()


def fingerprint() -> str:
    """Of all that is trained on; the words of replies change nothing."""
    files = sorted(
        file for source in SOURCES for file in (ROOT / source).rglob("*.yml") if "responses" not in file.parts
    )
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _run(*arguments: str) -> None:
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore"}
    with (FOLDER / "train.log").open("ab") as log:
        subprocess.run([BOT_PYTHON, *arguments], cwd=FOLDER, env=environment, stdout=log, stderr=log, check=True)


if __name__ == "__main__":
    print(f"{train():.0f} processor seconds")
