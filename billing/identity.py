"""Who the customer is: a code to the registered phone, checked once.

Unknown numbers take the same steps, write the same kinds of rows and get the same answers as known ones.
"""

import hmac
import re
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.code_guards import CodeGuards, has_codes_left, keyed_hash, lock_guards
from billing.errors import SaldoError
from billing.models.customer import Customer
from billing.models.identity import Challenge, Verification, VerificationLevel, VerificationMethod
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
    "is_code_valid",
    "keep_verified",
    "require_verification",
    "start_challenge",
]

CODE_DIGITS = 6
CODE_MINUTES = 10
# A late code is still taken as a code: the customer hears "expired", and it stays out of the transcript.
LATE_CODE_GRACE = timedelta(hours=1)
# Counted from the last sign of the customer, and never beyond the longest.
VERIFICATION_LIFETIME = timedelta(minutes=30)
LONGEST_VERIFICATION = timedelta(hours=24)
NO_DIGIT = re.compile("[^0-9]")


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

    While a lock or a cap holds no code goes out, and the one sent before for the same number stays good.
    """
    number = NO_DIGIT.sub("", customer_number)
    subject = keyed_hash(pepper, "subject", number)
    guards = lock_guards(session, conversation_id, subject)
    customer, company = _find_recipient(session, number)
    withheld = guards.is_locked(now) or not has_codes_left(session, conversation_id, subject, now)
    previous = _find_challenge(session, conversation_id)
    if withheld and previous is not None and previous.subject == subject and now < previous.expires_at:
        return previous.expires_at
    challenge = Challenge(
        conversation_id=conversation_id,
        subject=subject,
        customer_id=None if customer is None or withheld else customer.id,
        code_hash="",
        withheld=withheld,
        created_at=now,
        expires_at=now + timedelta(minutes=CODE_MINUTES),
    )
    session.add(challenge)
    session.flush()
    code = _set_code(challenge, pepper)
    body = billing_texts().text("code_sms", language, company=company, code=code, minutes=CODE_MINUTES)
    _send(session, challenge, None if customer is None or withheld else customer.phone, body)
    return challenge.expires_at


def has_pending_challenge(session: Session, conversation_id: UUID, now: datetime) -> bool:
    """Say whether six digits in this conversation are a code, be it in time or somewhat late."""
    challenge = _find_challenge(session, conversation_id)
    return challenge is not None and now < challenge.expires_at + LATE_CODE_GRACE


def is_code_valid(session: Session, conversation_id: UUID, now: datetime) -> bool:
    """Say whether a code is on its way that could still be right."""
    challenge = _find_challenge(session, conversation_id)
    return challenge is not None and now < challenge.expires_at


def check_code(session: Session, *, conversation_id: UUID, code: str, pepper: str, now: datetime) -> CodeOutcome:
    """Verify the conversation with its newest code; the fifth wrong one in a row locks, and then no code is right."""
    challenge = _find_challenge(session, conversation_id)
    if challenge is None:
        return CodeOutcome.EXPIRED
    guards = lock_guards(session, conversation_id, challenge.subject)
    # Read again under the lock: a rival may have used the code up meanwhile.
    session.refresh(challenge)
    if challenge.closed_at is not None:
        return CodeOutcome.EXPIRED
    given = _code_hash(pepper, challenge, NO_DIGIT.sub("", code))
    is_right = hmac.compare_digest(challenge.code_hash, given)
    outcome = _judge(session, challenge, guards, is_right, now)
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


def keep_verified(session: Session, conversation_id: UUID, now: datetime, *, with_person: bool) -> None:
    """Let what still holds run on from this sign of the customer; with a person in the talk it ends only by its age.

    What has ended stays so. The conversation must be locked.
    """
    verification = find_verification(session, conversation_id, now)
    if verification is None:
        return
    latest = verification.created_at + LONGEST_VERIFICATION
    verification.expires_at = latest if with_person else min(latest, now + VERIFICATION_LIFETIME)
    session.flush()


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


def _set_code(challenge: Challenge, pepper: str) -> str:
    """Draw a code and keep its hash only."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    challenge.code_hash = _code_hash(pepper, challenge, code)
    return code


def _code_hash(pepper: str, challenge: Challenge, code: str) -> str:
    return keyed_hash(pepper, "code", f"{challenge.id}:{code}")


def _send(session: Session, challenge: Challenge, phone: str | None, body: str) -> None:
    enqueue_sms(
        session,
        recipient=phone,
        body=body,
        dedupe_key=f"code:{challenge.id}",
        sensitive=True,
        expires_at=challenge.expires_at,
        now=challenge.created_at,
    )
    session.flush()


def _judge(session: Session, challenge: Challenge, guards: CodeGuards, is_right: bool, now: datetime) -> CodeOutcome:
    if guards.is_locked(now):
        return CodeOutcome.LOCKED
    if now >= challenge.expires_at:
        challenge.closed_at = now
        return CodeOutcome.EXPIRED
    if is_right and challenge.customer_id is not None:
        challenge.closed_at = now
        guards.forget_wrong_codes()
        session.add(_verification(challenge.conversation_id, challenge.customer_id, now))
        return CodeOutcome.VERIFIED
    guards.count_wrong_code(now)
    return CodeOutcome.LOCKED if guards.is_locked(now) else CodeOutcome.WRONG


def _verification(conversation_id: UUID, customer_id: UUID, now: datetime) -> Verification:
    return Verification(
        conversation_id=conversation_id,
        customer_id=customer_id,
        level=VerificationLevel.VERIFIED,
        method=VerificationMethod.SMS_CODE,
        created_at=now,
        expires_at=now + VERIFICATION_LIFETIME,
    )
