"""Passwords: argon2, always computed in a thread, because one check costs tens of milliseconds.

The hash of an agent who is shut out has a mark before it, with which no password fits.
"""

import asyncio
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LOCK: Final = "!"
_hasher = PasswordHasher()


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("a password that nobody has")


async def hash_password(password: str) -> str:
    return await asyncio.to_thread(_hasher.hash, password)


async def is_password(password: str, password_hash: str | None) -> bool:
    """Check the password; without an agent the same work is done for nothing, so that both take the same time."""
    return await asyncio.to_thread(_verify, password, password_hash)


def is_locked(password_hash: str) -> bool:
    return password_hash.startswith(LOCK)


def locked(password_hash: str) -> str:
    return LOCK + unlocked(password_hash)


def unlocked(password_hash: str) -> str:
    return password_hash.removeprefix(LOCK)


def _verify(password: str, password_hash: str | None) -> bool:
    try:
        _hasher.verify(password_hash or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
