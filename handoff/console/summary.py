"""What an agent must know in five seconds: why the customer waits, what they want and what the bot already tried."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing import identity
from handoff.console.schemas import SentimentOut, SummaryOut, TriedOut
from handoff.conversations.models import Message, MessageKind, Sender, Turn
from handoff.routing import queue

_LETTER = re.compile(r"[^\W\d_]")
_LONGEST_WISH = 300
_CODE_CARD = "code"
_SAID_TO_BOT = (MessageKind.TEXT, MessageKind.BUTTON, MessageKind.CODE)

Asked = Sequence[tuple[Message, Turn | None]]


async def summarise(session: AsyncSession, conversation_id: UUID, now: datetime) -> SummaryOut:
    entry = await queue.find_last_entry(session, conversation_id)
    asked = await _questions(session, conversation_id, entry.requested_seq if entry else None)
    return SummaryOut(
        line="",
        wishes=[],
        facts=[],
        findings=None,
        sentiment=SentimentOut(code="neutral", signals=[]),
        verified_method=None,
        transfer=None,
        reason=entry.reason if entry else None,
        topic=entry.topic if entry else None,
        wish=_wish(asked),
        tried=_tried(asked),
        verified_level=await verified_level(session, conversation_id, now),
    )


async def find_wish(session: AsyncSession, conversation_id: UUID, requested_seq: int) -> str | None:
    return _wish(await _questions(session, conversation_id, requested_seq))


async def verified_level(session: AsyncSession, conversation_id: UUID, now: datetime) -> str | None:
    found = await session.run_sync(lambda sync: identity.find_verification(sync, conversation_id, now))
    return found.level.value if found else None


async def _questions(session: AsyncSession, conversation_id: UUID, up_to_seq: int | None) -> Asked:
    """Return what the customer said to the bot, without the press on the person button."""
    same = and_(Turn.conversation_id == Message.conversation_id, Turn.seq == Message.seq)
    wanted = (
        select(Message, Turn)
        .outerjoin(Turn, same)
        .where(Message.conversation_id == conversation_id, Message.sender == Sender.CUSTOMER)
        .where(Message.kind.in_(_SAID_TO_BOT))
        .order_by(Message.seq)
    )
    if up_to_seq is not None:
        wanted = wanted.where(Message.seq <= up_to_seq)
    return [(message, turn) for message, turn in await session.execute(wanted)]


def _tried(asked: Asked) -> list[TriedOut]:
    """What the bot took up. The right code makes it answer the question that was waiting, so that one gets the card."""
    tried: list[TriedOut] = []
    for message, turn in asked:
        if turn is None or turn.handed_off:
            continue
        if _is_worded(message) and turn.intent is not None:
            tried.append(TriedOut(question=message.text, intent=turn.intent, card_type=turn.card_type))
        elif message.kind is MessageKind.CODE and tried and turn.card_type not in (None, _CODE_CARD):
            tried[-1] = tried[-1].model_copy(update={"card_type": turn.card_type})
    return tried


def _is_worded(message: Message) -> bool:
    return message.kind is not MessageKind.CODE and _LETTER.search(message.text) is not None


def _wish(asked: Asked) -> str | None:
    """The last thing said in words that was not itself the wish for a person; else that one."""
    worded = [(message.text, turn) for message, turn in asked if _is_worded(message)]
    if not worded:
        return None
    own = [text for text, turn in worded if turn is None or not turn.handed_off]
    return (own or [text for text, _ in worded])[-1][:_LONGEST_WISH]
