"""Only handoff can name a turn; anybody else's token is refused."""

from datetime import timedelta
from uuid import UUID

import pytest

from billing.turn_token import TurnRef, TurnTokenInvalid, sign_turn, verify_turn
from tests.fakes.clock import DEFAULT_NOW

TURN = TurnRef(UUID("3f0b6c0e-7a54-4b63-9d38-6f7b0ddc1a11"), 7)
EXPIRES_AT = DEFAULT_NOW + timedelta(minutes=2)


def test_a_token_names_its_turn_until_it_expires() -> None:
    token = sign_turn(TURN, secret="s3cret", expires_at=EXPIRES_AT)

    assert verify_turn(token, secret="s3cret", now=EXPIRES_AT - timedelta(seconds=1)) == TURN


def test_an_expired_token_is_refused() -> None:
    token = sign_turn(TURN, secret="s3cret", expires_at=EXPIRES_AT)

    with pytest.raises(TurnTokenInvalid, match="expired"):
        verify_turn(token, secret="s3cret", now=EXPIRES_AT)


def test_a_token_signed_with_another_secret_is_refused() -> None:
    token = sign_turn(TURN, secret="another", expires_at=EXPIRES_AT)

    with pytest.raises(TurnTokenInvalid, match="signature"):
        verify_turn(token, secret="s3cret", now=DEFAULT_NOW)


@pytest.mark.parametrize("part", [0, 1, 2, 3])
def test_a_token_changed_in_any_part_is_refused(part: int) -> None:
    parts = sign_turn(TURN, secret="s3cret", expires_at=EXPIRES_AT).split(".")
    parts[part] = parts[part][:-2] + ("00" if parts[part][-2:] != "00" else "11")

    with pytest.raises(TurnTokenInvalid, match="signature"):
        verify_turn(".".join(parts), secret="s3cret", now=DEFAULT_NOW)


@pytest.mark.parametrize("token", ["", ".", "....", "abc", "ä.ö.ü.ß"])
def test_something_that_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(TurnTokenInvalid):
        verify_turn(token, secret="s3cret", now=DEFAULT_NOW)


def test_without_a_secret_nothing_is_signed_or_believed() -> None:
    with pytest.raises(TurnTokenInvalid):
        sign_turn(TURN, secret="", expires_at=EXPIRES_AT)
    with pytest.raises(TurnTokenInvalid):
        verify_turn("a.b.c.d", secret="", now=DEFAULT_NOW)
