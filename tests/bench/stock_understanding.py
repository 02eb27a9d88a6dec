"""Stock Rasa's default NLU pipeline, trained and asked on a public set by Rasa's own commands."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

from tests.bench.public_sets import Row, Split


def measure_stock(split: Split, folder: Path) -> float:
    """Return its accuracy; takes minutes to an hour."""
    _write_phrases(folder / "train.yml", split.train)
    _write_phrases(folder / "test.yml", split.test)
    # An empty list makes Rasa take its default pipeline.
    config = f"recipe: default.v1\nassistant_id: stock\nlanguage: {split.language}\npipeline:\npolicies:\n"
    (folder / "config.yml").write_text(config, encoding="utf-8")
    _rasa(folder, "train", "nlu", "--nlu", "train.yml", "--config", "config.yml", "--out", "models")
    _rasa(folder, "test", "nlu", "--nlu", "test.yml", "--model", "models", "--out", "results", "--no-plot")
    report = json.loads((folder / "results/intent_report.json").read_text(encoding="utf-8"))
    # The recall of all intents, weighted by how often each was asked, is the accuracy.
    return float(report["weighted avg"]["recall"])


def _write_phrases(path: Path, rows: Sequence[Row]) -> None:
    by_intent: dict[str, list[str]] = {}
    for text, intent in rows:
        by_intent.setdefault(intent, []).append(" ".join(text.replace("[", "(").split()))
    phrases = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in by_intent.items()
    ]
    path.write_text(yaml.safe_dump({"version": "3.1", "nlu": phrases}, allow_unicode=True), encoding="utf-8")


def _rasa(folder: Path, *arguments: str) -> None:
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore"}
    subprocess.run(
        [sys.executable, "-m", "rasa", *arguments], cwd=folder, env=environment, check=True, capture_output=True
    )
