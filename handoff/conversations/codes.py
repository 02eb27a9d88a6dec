"""While a one-time code is awaited, handoff takes it from the text itself: bot and transcript never see it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from billing import identity
from billing.db import JsonObject
from billing.effects import run_once
from billing.turn_token import TurnRef
from handoff.conversations.models import Conversation, MessageKind, Sender
from handoff.conversations.posting import NewMessage, announce_change
from handoff.conversations.redaction import find_code, redact_codes, redact_numbers

CODE_CHECKED = "code_checked"


async def take_code(
    session: AsyncSession, conversation: Conversation, text: str, *, pepper: str, now: datetime
) -> NewMessage | None:
    """Check the code in the text and return the message to store instead; None when no code is awaited or sent."""
    found = find_code(text)
    if found is None and redact_codes(text) == text:
        return None
    if not await session.run_sync(lambda sync: identity.has_pending_challenge(sync, conversation.id, now)):
        return None
    if found is None:
        return NewMessage(Sender.CUSTOMER, redact_numbers(redact_codes(text)))
    outcome = await _check(session, conversation, found.code, pepper, now)
    if outcome == identity.CodeOutcome.VERIFIED:
        await announce_change(session, conversation, now)
    intent: JsonObject = {"name": CODE_CHECKED, "entities": {"outcome": outcome}}
    return NewMessage(Sender.CUSTOMER, redact_numbers(found.text), kind=MessageKind.CODE, intent=intent)


async def _check(session: AsyncSession, conversation: Conversation, code: str, pepper: str, now: datetime) -> str:
    """Check under the number that the message is about to get, so that even a repeated try counts once."""
    turn = TurnRef(conversation.id, conversation.last_seq + 1)

    def check_once(sync: Session) -> JsonObject:
        def check() -> JsonObject:
            outcome = identity.check_code(sync, conversation_id=conversation.id, code=code, pepper=pepper, now=now)
            return {"outcome": outcome.value}

        return run_once(sync, turn, "check_code", check, now=now)

    return str((await session.run_sync(check_once))["outcome"])
