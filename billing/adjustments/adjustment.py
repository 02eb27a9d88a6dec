"""Choices, wishes and outcomes: facts without words, so that every reader gets them in their own language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from billing.accounts import time_zone_of
from billing.errors import SaldoError
from billing.money import Money
from billing.payments import currency_of
from billing.periods import BillingPeriod

# A name by language, money, a day, a month, or a plain figure or number of a document.
Fact = Mapping[str, str] | Money | date | BillingPeriod | int | str
Facts = Mapping[str, Fact]
Result = TypeVar("Result")


class AdjustmentKind(StrEnum):
    CORRECTION = "correction"
    GOODWILL = "goodwill"
    ARRANGEMENT = "arrangement"
    PLAN_CHANGE = "plan_change"
    DISPUTE = "dispute"


class AdjustmentRefused(SaldoError):
    """It cannot be done as the account stands; `code` names the reason for words."""

    status = 409

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class UnknownChoice(AdjustmentRefused):
    """Somebody named a choice that this customer does not have, or no longer has."""

    def __init__(self) -> None:
        super().__init__("unknown_choice")


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account it is, and when."""

    customer_id: UUID
    currency: str
    now: datetime
    today: date

    @classmethod
    def load(cls, session: Session, customer_id: UUID, now: datetime) -> "Account":
        today = now.astimezone(time_zone_of(session, customer_id)).date()
        return cls(customer_id, currency_of(session, customer_id), now, today)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be done. `words` names what it is called, `detail` what is said below it.

    `amount` where it is fixed; `least` and `most` where it is free; `latest` where a day can be named.
    """

    key: str
    words: str
    facts: Facts
    detail: str | None = None
    amount: Money | None = None
    least: Money | None = None
    most: Money | None = None
    latest: date | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done: a choice, and what they may say about it."""

    choice: str
    amount: Money | None = None
    day: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that is another afterwards; `words` names it."""

    words: str
    before: Fact | None = None
    after: Fact | None = None
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What it came to. `words` and `facts` say what was done; `document` is the number of what was issued for it."""

    amount: Money
    words: str
    facts: Facts
    effects: tuple[Effect, ...]
    document: str | None = None


def rehearse(session: Session, act: Callable[[], Result]) -> Result:
    """Do it, and undo it: the result is to the cent what doing it now would come to."""
    savepoint = session.begin_nested()
    try:
        return act()
    finally:
        savepoint.rollback()
