"""Someone in one conversation who gives numbers and codes."""

import re
from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.identity import (
    CodeOutcome,
    check_code,
    find_verification,
    has_pending_challenge,
    is_code_valid,
    keep_verified,
    start_challenge,
)
from billing.models import Challenge, OutboxMessage, OutboxStatus, Verification
from tests.fakes.clock import FixedClock

PEPPER = "pepper"
KNOWN = "12345678"
UNKNOWN = "99999999"


class Visitor:
    """Commits after each step, as the edge does."""

    def __init__(self, session: Session, clock: FixedClock) -> None:
        self.conversation_id = uuid4()
        self._session = session
        self._clock = clock

    def ask_for_code(self, number: str, language: str = "de") -> str:
        """Ask, and return the code that arrived on a phone; empty if none did."""
        before = self._newest_text()
        self.expires_at = start_challenge(
            self._session,
            conversation_id=self.conversation_id,
            customer_number=number,
            language=language,
            pepper=PEPPER,
            now=self._clock.now(),
        )
        self._session.commit()
        text = self._newest_text()
        self._session.commit()
        return "" if text is None or text is before else re.findall(r"\b\d{6}\b", text.body)[0]

    def give_code(self, code: str) -> CodeOutcome:
        outcome = check_code(
            self._session, conversation_id=self.conversation_id, code=code, pepper=PEPPER, now=self._clock.now()
        )
        self._session.commit()
        return outcome

    def gives_a_sign(self, *, with_person: bool = False) -> None:
        keep_verified(self._session, self.conversation_id, self._clock.now(), with_person=with_person)
        self._session.commit()

    def is_verified(self) -> bool:
        return find_verification(self._session, self.conversation_id, self._clock.now()) is not None

    def is_asked_for_code(self) -> bool:
        return has_pending_challenge(self._session, self.conversation_id, self._clock.now())

    def has_valid_code(self) -> bool:
        return is_code_valid(self._session, self.conversation_id, self._clock.now())

    def _newest_text(self) -> OutboxMessage | None:
        sendable = select(OutboxMessage).where(OutboxMessage.status == OutboxStatus.PENDING)
        return self._session.scalars(sendable.order_by(OutboxMessage.id.desc()).limit(1)).one_or_none()


MakeVisitor = Callable[[], Visitor]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def count(session: Session, model: type[Challenge] | type[Verification] | type[OutboxMessage]) -> int:
    return session.scalars(select(func.count()).select_from(model)).one()
