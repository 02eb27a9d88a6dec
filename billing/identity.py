"""Who the customer is: a code to the registered phone, checked once; caps and locks are rows.

Unknown numbers take the same steps, write the same kinds of rows and get the same answers as known ones.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.db import insert_if_absent
from billing.errors import SaldoError
from billing.models.customer import Customer
from billing.models.identity import (
    Challenge,
    CodeGuard,
    GuardScope,
    Verification,
    VerificationLevel,
    VerificationMethod,
)
from billing.models.outbox import OutboxMessage, OutboxStatus
from billing.models.seller import Seller
from billing.outbox import enqueue_sms
from billing.texts import billing_texts

__all__ = [
    "CodeOutcome",
    "NotVerified",
    "Verification",
    "VerificationLevel",
    "VerificationMethod",
    "check_code",
    "find_verification",
    "has_pending_challenge",
    "require_verification",
    "start_challenge",
]

CODE_DIGITS = 6
CODE_LIFETIME = timedelta(minutes=10)
# A late code is still taken as a code: the customer hears "expired", and it stays out of the transcript.
LATE_CODE_GRACE = timedelta(hours=1)
CODES_PER_WINDOW = 5
CODES_WINDOW = timedelta(hours=1)
WRONG_CODES_ALLOWED = 5
WRONG_CODE_MEMORY = timedelta(hours=24)
LOCK_DURATION = timedelta(minutes=15)
VERIFICATION_LIFETIME = timedelta(minutes=30)
# Nobody: the address of messages that exist only so that unknown numbers cost the same work.
NOBODY = ""


class CodeOutcome(StrEnum):
    """What became of a code; an unknown customer number only ever sees the last three."""

    VERIFIED = "verified"
    WRONG = "wrong"
    LOCKED = "locked"
    EXPIRED = "expired"


class NotVerified(SaldoError):
    """The conversation has no valid verification; nothing about any customer may be told in it."""

    status = 403

    def __init__(self, conversation_id: UUID) -> None:
        super().__init__(f"conversation {conversation_id} is not verified")
        self.conversation_id = conversation_id


def start_challenge(
    session: Session, *, conversation_id: UUID, customer_number: str, language: str, pepper: str, now: datetime
) -> datetime:
    """Send a code to the registered phone if there is one, and return when it expires; never tells whether it was sent.

    A cap reached means no code: within it, the codes already sent stay valid until they expire.
    """
    subject = _keyed_hash(pepper, "subject", customer_number)
    guards = _lock_guards(session, conversation_id, subject)
    customer, company = _find_recipient(session, customer_number)
    previous = _find_challenge(session, conversation_id)
    withheld = _is_locked(guards, now) or _codes_sent(session, subject, now) >= CODES_PER_WINDOW
    if withheld and previous is not None and previous.subject == subject and now < previous.expires_at:
        return previous.expires_at
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    challenge = Challenge(
        conversation_id=conversation_id,
        subject=subject,
        customer_id=None if customer is None or withheld else customer.id,
        code_hash="",
        withheld=withheld,
        created_at=now,
        expires_at=now + CODE_LIFETIME,
    )
    session.add(challenge)
    session.flush()
    challenge.code_hash = _code_hash(pepper, challenge.id, code)
    body = billing_texts().text(
        "code_sms", language, company=company, code=code, minutes=int(CODE_LIFETIME.total_seconds() // 60)
    )
    phone = NOBODY if customer is None or withheld else customer.phone
    _send(session, challenge, phone, body, now)
    return challenge.expires_at


def has_pending_challenge(session: Session, conversation_id: UUID, now: datetime) -> bool:
    """Say whether six digits in this conversation are a code, be it in time or somewhat late."""
    challenge = _find_challenge(session, conversation_id)
    return challenge is not None and now < challenge.expires_at + LATE_CODE_GRACE


def check_code(session: Session, *, conversation_id: UUID, code: str, pepper: str, now: datetime) -> CodeOutcome:
    """Verify the conversation with its newest code; every fifth wrong one locks conversation and customer number."""
    challenge = _find_challenge(session, conversation_id)
    if challenge is None:
        return CodeOutcome.EXPIRED
    guards = _lock_guards(session, conversation_id, challenge.subject)
    # Read again under the lock: a rival may have used the code up meanwhile.
    session.refresh(challenge)
    if challenge.closed_at is not None:
        return CodeOutcome.EXPIRED
    is_right = hmac.compare_digest(challenge.code_hash, _code_hash(pepper, challenge.id, code))
    if _is_locked(guards, now):
        return CodeOutcome.LOCKED
    if now >= challenge.expires_at:
        challenge.closed_at = now
        outcome = CodeOutcome.EXPIRED
    elif is_right and challenge.customer_id is not None:
        outcome = _verify(session, challenge, guards, challenge.customer_id, now)
    else:
        outcome = _count_wrong_code(guards, challenge, now)
    session.flush()
    return outcome


def find_verification(session: Session, conversation_id: UUID, now: datetime) -> Verification | None:
    """Return the newest verification that still holds."""
    newest = (
        select(Verification)
        .where(Verification.conversation_id == conversation_id, Verification.expires_at > now)
        .order_by(Verification.id.desc())
        .limit(1)
    )
    return session.scalars(newest).one_or_none()


def require_verification(session: Session, conversation_id: UUID, now: datetime) -> Verification:
    verification = find_verification(session, conversation_id, now)
    if verification is None:
        raise NotVerified(conversation_id)
    return verification


def _find_recipient(session: Session, customer_number: str) -> tuple[Customer | None, str]:
    """Return the customer and the company's name; for an unknown number, nobody and any of our companies."""
    known = select(Customer, Seller.name).join(Seller, Seller.id == Customer.seller_id)
    row = session.execute(known.where(Customer.number == customer_number)).one_or_none()
    company = session.scalars(select(Seller.name).order_by(Seller.id).limit(1)).one_or_none()
    return (None, company or "") if row is None else (row[0], row[1])


def _find_challenge(session: Session, conversation_id: UUID) -> Challenge | None:
    """Return the newest challenge unless it was used up; an older one never comes back to life."""
    newest = (
        select(Challenge).where(Challenge.conversation_id == conversation_id).order_by(Challenge.id.desc()).limit(1)
    )
    challenge = session.scalars(newest).one_or_none()
    return None if challenge is None or challenge.closed_at is not None else challenge


def _codes_sent(session: Session, subject: str, now: datetime) -> int:
    sent = select(func.count()).where(
        Challenge.subject == subject, Challenge.withheld.is_(False), Challenge.created_at > now - CODES_WINDOW
    )
    return session.scalars(sent).one()


def _send(session: Session, challenge: Challenge, phone: str, body: str, now: datetime) -> None:
    """Queue the code; one for nobody is stored as failed and without its body, so no sender ever takes it."""
    message = enqueue_sms(
        session,
        recipient=phone,
        body="" if phone == NOBODY else body,
        dedupe_key=f"code:{challenge.id}",
        sensitive=True,
        expires_at=challenge.expires_at,
        now=now,
    )
    _withdraw_from_nobody(message)
    session.flush()


def _withdraw_from_nobody(message: OutboxMessage) -> None:
    if message.recipient == NOBODY:
        message.status = OutboxStatus.FAILED
        message.last_error = "no_recipient"


def _verify(
    session: Session, challenge: Challenge, guards: list[CodeGuard], customer_id: UUID, now: datetime
) -> CodeOutcome:
    challenge.closed_at = now
    for guard in guards:
        guard.wrong_codes = 0
    session.add(
        Verification(
            conversation_id=challenge.conversation_id,
            customer_id=customer_id,
            level=VerificationLevel.VERIFIED,
            method=VerificationMethod.SMS_CODE,
            created_at=now,
            expires_at=now + VERIFICATION_LIFETIME,
        )
    )
    return CodeOutcome.VERIFIED


def _count_wrong_code(guards: list[CodeGuard], challenge: Challenge, now: datetime) -> CodeOutcome:
    for guard in guards:
        if guard.last_wrong_at is not None and guard.last_wrong_at <= now - WRONG_CODE_MEMORY:
            guard.wrong_codes = 0
        guard.wrong_codes += 1
        guard.last_wrong_at = now
        if guard.wrong_codes >= WRONG_CODES_ALLOWED:
            guard.wrong_codes = 0
            guard.locked_until = now + LOCK_DURATION
    return CodeOutcome.LOCKED if _is_locked(guards, now) else CodeOutcome.WRONG


def _is_locked(guards: list[CodeGuard], now: datetime) -> bool:
    return any(guard.locked_until is not None and now < guard.locked_until for guard in guards)


def _lock_guards(session: Session, conversation_id: UUID, subject: str) -> list[CodeGuard]:
    """Return both guards with their rows locked, always in this order, so that rivals count one after the other."""
    keys = [(GuardScope.CONVERSATION, str(conversation_id)), (GuardScope.CUSTOMER, subject)]
    return [_lock_guard(session, scope, key) for scope, key in keys]


def _lock_guard(session: Session, scope: GuardScope, subject: str) -> CodeGuard:
    insert_if_absent(session, CodeGuard, {"scope": scope, "subject": subject, "wrong_codes": 0})
    locked = select(CodeGuard).filter_by(scope=scope, subject=subject).with_for_update()
    return session.scalars(locked.execution_options(populate_existing=True)).one()


def _code_hash(pepper: str, challenge_id: int, code: str) -> str:
    return _keyed_hash(pepper, "code", f"{challenge_id}:{code}")


def _keyed_hash(pepper: str, purpose: str, value: str) -> str:
    if not pepper:
        raise ValueError("the pepper is empty")
    return hmac.new(pepper.encode(), f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()
