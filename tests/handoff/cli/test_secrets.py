"""Secrets are made once, kept for their owner only, and give way to the environment."""

import stat
from pathlib import Path

from handoff.processes.secrets import MAKERS, ensure_secrets, is_private, read_secrets


def test_the_first_run_makes_every_secret_for_its_owner_only(tmp_path: Path) -> None:
    secrets = ensure_secrets(tmp_path / "var", {})

    assert set(secrets) == {"SALDO_BOT_SECRET", "SALDO_TURN_SECRET", "SALDO_CODE_PEPPER", "SALDO_PUSH_KEY"}
    assert all(len(value) >= 32 for value in secrets.values())
    assert len(set(secrets.values())) == len(secrets)
    assert stat.S_IMODE((tmp_path / "var" / "secrets.env").stat().st_mode) == 0o600


def test_a_second_run_keeps_them(tmp_path: Path) -> None:
    assert ensure_secrets(tmp_path, {}) == ensure_secrets(tmp_path, {})


def test_a_secret_of_the_environment_wins_and_is_not_written_down(tmp_path: Path) -> None:
    secrets = ensure_secrets(tmp_path, {"SALDO_BOT_SECRET": "from-the-environment"})

    assert secrets["SALDO_BOT_SECRET"] == "from-the-environment"
    assert "SALDO_BOT_SECRET" not in read_secrets(tmp_path)


def test_a_secret_missing_from_an_older_file_is_added_and_the_file_made_private_again(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text("SALDO_BOT_SECRET=kept\n")
    (tmp_path / "secrets.env").chmod(0o644)

    secrets = ensure_secrets(tmp_path, {})

    assert secrets["SALDO_BOT_SECRET"] == "kept"
    assert set(read_secrets(tmp_path)) == set(MAKERS)
    assert is_private(tmp_path)
