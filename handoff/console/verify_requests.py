"""An agent lets a customer prove who they are: the system asks for the customer number, then sends the code.

The code itself is taken from the customer's message wherever it is written, and never shown to anybody.
"""

import re
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing import identity
from billing.db import JsonObject
from handoff.console.hand_overs import lock_held
from handoff.conversations.models import Channel, Conversation, Message, Sender
from handoff.conversations.posting import NewMessage, post_message
from handoff.conversations.reading import is_verified
from handoff.deps import CurrentAgent, NowDep, SessionDep, SettingsDep
from handoff.texts import server_texts

router = APIRouter()

_NUMBER: Final = re.compile(r"(?<!\d)\d(?:[ .\-]?\d){7}(?!\d)")
_LOOKED_THROUGH: Final = 50


class VerifyRequestIn(BaseModel):
    """Without a number the one that the customer wrote last counts."""

    customer_number: Annotated[str, StringConstraints(pattern=r"^[\d .\-]{1,20}$")] | None = None


class VerifyRequestOut(BaseModel):
    """`expires_at`: until when the code is good."""

    state: Literal["verified", "number_asked", "code_sent"]
    expires_at: datetime | None = None


@router.post("/api/console/conversations/{conversation_id}/verify-request")
async def request_proof(
    conversation_id: UUID,
    wish: VerifyRequestIn,
    agent: CurrentAgent,
    session: SessionDep,
    settings: SettingsDep,
    now: NowDep,
) -> VerifyRequestOut:
    """Send a code, or ask for the customer number; nobody learns whether there is an account with it."""
    conversation = await lock_held(session, agent, conversation_id)
    if await is_verified(session, conversation_id, now):
        return VerifyRequestOut(state="verified")
    number = wish.customer_number or await _written_number(session, conversation_id)
    if number is None:
        await _say(session, conversation, "verify.ask_number", now)
        return VerifyRequestOut(state="number_asked")
    expires_at = await _send_code(session, conversation, number, settings.code_pepper.get_secret_value(), now)
    return VerifyRequestOut(state="code_sent", expires_at=expires_at)


async def _send_code(
    session: AsyncSession, conversation: Conversation, number: str, pepper: str, now: datetime
) -> datetime:
    expires_at = await session.run_sync(
        lambda sync: identity.start_challenge(
            sync,
            conversation_id=conversation.id,
            customer_number=number,
            language=conversation.language,
            pepper=pepper,
            now=now,
        )
    )
    card: JsonObject = {"type": "code", "expires_at": expires_at.isoformat(), "length": identity.CODE_DIGITS}
    minutes = max(1, round((expires_at - now).total_seconds() / 60))
    await _say(session, conversation, "verify.code_sent", now, card=card, minutes=minutes)
    return expires_at


async def _written_number(session: AsyncSession, conversation_id: UUID) -> str | None:
    said = (Message.conversation_id == conversation_id, Message.sender == Sender.CUSTOMER)
    newest = select(Message.text).where(*said).order_by(Message.seq.desc()).limit(_LOOKED_THROUGH)
    found = (_NUMBER.findall(text) for text in await session.scalars(newest))
    return next((numbers[-1] for numbers in found if numbers), None)


async def _say(
    session: AsyncSession,
    conversation: Conversation,
    key: str,
    now: datetime,
    *,
    card: JsonObject | None = None,
    **facts: object,
) -> None:
    spoken = "_voice" if conversation.channel is Channel.VOICE else ""
    text = server_texts().text(f"{key}{spoken}", conversation.language, **facts)
    await post_message(session, conversation, NewMessage(Sender.SYSTEM, text, card=card), now)
