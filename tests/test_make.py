"""What the Makefile promises before anything is installed."""

import subprocess
from pathlib import Path

from tests.system import require_program

ROOT = Path(__file__).parents[1]


def make(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [str(require_program("make")), "--directory", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_old_make_is_refused_with_a_sentence() -> None:
    # What make 3.81 says that it can do.
    answer = make(".FEATURES=order-only archives jobserver check-symlink", "help")

    assert answer.returncode != 0
    assert "GNU make 4" in answer.stderr


def test_checking_needs_no_environment_for_the_bot() -> None:
    answer = make("--dry-run", "--always-make", "check")

    assert answer.returncode == 0
    assert "ruff check" in answer.stdout
    assert ".venv-bot" not in answer.stdout
