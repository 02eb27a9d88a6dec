"""The secrets of one installation: made once into var/secrets.env, readable by its owner only, never printed."""

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from dotenv import dotenv_values

from handoff.push.carrier import new_key

FILE_NAME = "secrets.env"
MAKERS: Mapping[str, Callable[[], str]] = {
    "SALDO_BOT_SECRET": lambda: secrets.token_urlsafe(32),
    "SALDO_TURN_SECRET": lambda: secrets.token_urlsafe(32),
    "SALDO_CODE_PEPPER": lambda: secrets.token_urlsafe(32),
    "SALDO_PUSH_KEY": new_key,
}


def ensure_secrets(var: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return every secret: from the environment first, else from the file, else newly made and written to the file."""
    path = var / FILE_NAME
    kept = read_secrets(var)
    missing = {name: make() for name, make in MAKERS.items() if not environment.get(name) and name not in kept}
    if missing:
        _append(path, missing)
    return {name: environment.get(name) or kept.get(name) or missing[name] for name in MAKERS}


def read_secrets(var: Path) -> dict[str, str]:
    path = var / FILE_NAME
    if not path.exists():
        return {}
    return {name: value for name, value in dotenv_values(path, interpolate=False).items() if value}


def is_private(var: Path) -> bool:
    """Whether only the owner can read the file."""
    return (var / FILE_NAME).stat().st_mode & 0o077 == 0


def _append(path: Path, values: Mapping[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        os.fchmod(descriptor, 0o600)
        file.writelines(f"{name}={value}\n" for name, value in values.items())
