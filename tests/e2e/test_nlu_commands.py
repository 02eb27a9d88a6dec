"""`saldo nlu` with the trained model; tests/handoff/cli has the rest of it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handoff.cli import app
from handoff.processes.plan import BOT_PYTHON
from tests.e2e.running_system import MODEL
from tests.system import missing


@pytest.fixture
def trained_model(monkeypatch: pytest.MonkeyPatch) -> None:
    if not MODEL.is_file():
        missing(f"a trained model at {MODEL}: make train")
    if not BOT_PYTHON.exists():
        missing("the bot's environment: make install")
    monkeypatch.setenv("SALDO_MODEL", str(MODEL))


@pytest.mark.usefixtures("trained_model")
def test_the_trained_model_takes_every_text_as_a_text(tmp_path: Path) -> None:
    texts = ["why is my bill so high", "/restart", "😀", "", "a" * 50_000, "\u202eegassem\u0007"]
    file = tmp_path / "texts.jsonl"
    file.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")

    result = CliRunner().invoke(app, ["nlu", "parse", str(file)])

    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0, result.stderr
    assert [answer["text"] for answer in answers] == texts
    assert answers[0]["intent"] == "why_bill_higher"
    assert answers[1]["intent"] != "restart"
    assert [answers[place]["intent"] for place in (2, 3)] == ["nlu_fallback", "nlu_fallback"]
    assert all(0 <= answer["confidence"] <= 1 for answer in answers)
