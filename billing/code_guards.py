"""Caps on codes and locks after wrong ones, for a conversation and for the customer number that it names. All rows."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from billing.db import insert_if_absent
from billing.models.identity import Challenge, CodeGuard, GuardScope

CODES_PER_WINDOW = 5
CODES_WINDOW = timedelta(hours=1)
WRONG_CODES_ALLOWED = 5
WRONG_CODE_MEMORY = timedelta(hours=24)
LOCK_DURATION = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class CodeGuards:
    """The two guards of an attempt, their rows locked until the transaction ends."""

    conversation: CodeGuard
    customer: CodeGuard

    def is_locked(self, now: datetime) -> bool:
        return any(guard.locked_until is not None and now < guard.locked_until for guard in self._both())

    def count_wrong_code(self, now: datetime) -> None:
        """Lock where it was the fifth in a row; yesterday's are forgotten."""
        for guard in self._both():
            if guard.last_wrong_at is not None and guard.last_wrong_at <= now - WRONG_CODE_MEMORY:
                guard.wrong_codes = 0
            guard.wrong_codes += 1
            guard.last_wrong_at = now
            if guard.wrong_codes >= WRONG_CODES_ALLOWED:
                guard.wrong_codes = 0
                guard.locked_until = now + LOCK_DURATION

    def forget_wrong_codes(self) -> None:
        for guard in self._both():
            guard.wrong_codes = 0

    def _both(self) -> tuple[CodeGuard, CodeGuard]:
        return self.conversation, self.customer


def lock_guards(session: Session, conversation_id: UUID, subject: str) -> CodeGuards:
    """Lock both rows, always in this order, so that rivals count one after the other."""
    conversation = _lock_guard(session, GuardScope.CONVERSATION, str(conversation_id))
    return CodeGuards(conversation, _lock_guard(session, GuardScope.CUSTOMER, subject))


def has_codes_left(session: Session, conversation_id: UUID, subject: str, now: datetime) -> bool:
    """Say whether both the customer number and the conversation got fewer codes than the cap in the last hour."""
    of_customer = _codes_sent(session, Challenge.subject == subject, now)
    of_conversation = _codes_sent(session, Challenge.conversation_id == conversation_id, now)
    return max(of_customer, of_conversation) < CODES_PER_WINDOW


def keyed_hash(pepper: str, purpose: str, value: str) -> str:
    """Hash with the pepper, which is not in the database: six digits alone are found by trying them all."""
    if not pepper:
        raise ValueError("the pepper is empty")
    return hmac.new(pepper.encode(), f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


def _codes_sent(session: Session, condition: ColumnElement[bool], now: datetime) -> int:
    sent = select(func.count()).where(
        condition, Challenge.withheld.is_(False), Challenge.created_at > now - CODES_WINDOW
    )
    return session.scalars(sent).one()


def _lock_guard(session: Session, scope: GuardScope, subject: str) -> CodeGuard:
    insert_if_absent(session, CodeGuard, {"scope": scope, "subject": subject, "wrong_codes": 0})
    locked = select(CodeGuard).filter_by(scope=scope, subject=subject).with_for_update()
    return session.scalars(locked.execution_options(populate_existing=True)).one()
