"""Which number a customer may be called on: their own, or the account's once they have shown that it is theirs."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from billing import identity
from billing.accounts import get_customer
from handoff.conversations.models import Channel, Conversation

ENDING = 3
_COUNTRY_CODES = ("+49", "+358", "+44")


async def find_phone(session: AsyncSession, conversation: Conversation, now: datetime) -> str | None:
    if conversation.address is not None and conversation.channel is not Channel.WEBCHAT:
        return conversation.address
    return await session.run_sync(_registered_phone, conversation, now)


def ending_of(phone: str) -> str:
    """Return as much of the number as its owner needs to know it again."""
    return phone[-ENDING:]


def spoken(phone: str) -> str:
    """Return the number as its owner says it, digit by digit, so that a wrong one is heard."""
    code = next((code for code in _COUNTRY_CODES if phone.startswith(code)), None)
    digits = f"0{phone.removeprefix(code)}" if code else phone
    return " ".join(digits)


def _registered_phone(session: Session, conversation: Conversation, now: datetime) -> str | None:
    verification = identity.find_verification(session, conversation.id, now)
    return get_customer(session, verification.customer_id).phone if verification else None
