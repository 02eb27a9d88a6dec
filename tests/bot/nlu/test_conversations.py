"""Runs the conversation tests of tests/bot/conversations with Rasa's own test command."""

import subprocess
import sys

from tests.bot.domain_files import ROOT

SKILLS = ("identity", "invoices", "payments", "contracts", "disputes", "profile", "handoff", "smalltalk")


def test_each_skill_has_conversations_in_three_languages():
    for skill in SKILLS:
        files = (ROOT / "tests/bot/conversations" / skill).glob("test_*.yml")
        assert "".join(path.read_text() for path in files).count("- story:") >= 3


def test_the_conversations_go_as_written(model, tmp_path):
    command = [
        sys.executable, "-W", "ignore", "-m", "bot", "test", "core",
        "--model", str(model),
        "--stories", "tests/bot/conversations",
        "--out", str(tmp_path),
        "--fail-on-prediction-errors",
        "--no-plot",
    ]  # fmt: skip

    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    failed = tmp_path / "failed_test_stories.yml"
    assert finished.returncode == 0, failed.read_text() if failed.exists() else finished.stdout[-2000:]
