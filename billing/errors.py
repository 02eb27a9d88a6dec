"""The root of every error that Saldo raises on purpose.

SaldoError
├── TurnTokenInvalid        turn_token
├── NotVerified             identity
├── CustomerNotFound        accounts
├── RatingError             rating (missing price, gap, mixed currency)
└── PeriodNotOver           billing_run (a month that must not be billed yet)
"""

from typing import ClassVar


class SaldoError(Exception):
    """What went wrong, with its facts as attributes; the edge words it for people and takes `status` for HTTP."""

    status: ClassVar[int] = 500


class NotFound(SaldoError):
    """A row that somebody asked for does not exist."""

    status = 404
