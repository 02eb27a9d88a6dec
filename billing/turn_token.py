"""The signed name of a turn: handoff signs it, the bot carries it unopened, actions verify it."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from billing.errors import SaldoError


class TurnTokenInvalid(SaldoError):
    """The token is not ours, was changed, or is too old. Says which only to the log."""

    status = 401

    def __init__(self, reason: str) -> None:
        super().__init__(f"turn token refused: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class TurnRef:
    """One customer message in one conversation."""

    conversation_id: UUID
    seq: int


def sign_turn(turn: TurnRef, *, secret: str, expires_at: datetime) -> str:
    """Return a URL-safe token that is valid before `expires_at` (whole seconds)."""
    payload = f"{turn.conversation_id}.{turn.seq}.{int(expires_at.timestamp())}"
    return f"{payload}.{_signature(payload, secret)}"


def verify_turn(token: str, *, secret: str, now: datetime) -> TurnRef:
    """Return the turn that the token names; raise TurnTokenInvalid."""
    payload, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(payload, secret).encode()):
        raise TurnTokenInvalid("signature")
    try:
        conversation_id, seq, expires = payload.split(".")
        turn = TurnRef(UUID(conversation_id), int(seq))
        expires_at = datetime.fromtimestamp(int(expires), UTC)
    except ValueError as error:
        raise TurnTokenInvalid("form") from error
    if now >= expires_at:
        raise TurnTokenInvalid("expired")
    return turn


def _signature(payload: str, secret: str) -> str:
    if not secret:
        raise TurnTokenInvalid("no secret")
    digest = hmac.new(secret.encode(), b"saldo-turn:" + payload.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
