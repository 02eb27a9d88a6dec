"""A turn in the database: what waits for the bot, and its answer stored in one transaction or not at all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.db import JsonObject
from handoff.bot_gateway import BotAnswer, parse_payload
from handoff.conversations.models import (
    Channel,
    Conversation,
    ConversationStatus,
    DialogueState,
    Message,
    Sender,
    Turn,
    TurnOutcome,
    TurnState,
)
from handoff.conversations.posting import NewButton, NewMessage, announce_change, lock, post_message
from handoff.conversations.service import request_handoff
from handoff.conversations.topics import find_topic
from handoff.conversations.welcome import bot_is_silent

BOT_UNAVAILABLE = "bot_unavailable"


@dataclass(frozen=True)
class PendingTurn:
    """A customer message that the bot owes an answer, with the dialogue state as of `version`."""

    conversation_id: UUID
    seq: int
    text: str | None
    intent: JsonObject | None
    language: str
    language_chosen: bool
    channel: Channel
    state: JsonObject | None
    version: int


@dataclass(frozen=True)
class TurnResult:
    """What came back: an answer, or None when the bot failed; and the language in which the customer wrote."""

    answer: BotAnswer | None
    language: str


async def list_waiting(session: AsyncSession, sent_before: datetime | None = None) -> list[UUID]:
    """Return the conversations in which a customer waits for the bot."""
    wanted = select(Message.conversation_id).where(Message.turn == TurnState.WAITING).distinct()
    if sent_before is not None:
        wanted = wanted.where(Message.sent_at < sent_before)
    return list((await session.scalars(wanted)).all())


async def find_next(session: AsyncSession, conversation_id: UUID) -> PendingTurn | None:
    """Return the oldest unanswered message of a conversation that is still the bot's."""
    wanted = (
        select(Message, Conversation, DialogueState)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(DialogueState, DialogueState.conversation_id == Conversation.id)
        .where(Message.conversation_id == conversation_id, Message.turn == TurnState.WAITING)
        .where(Conversation.status == ConversationStatus.WITH_BOT)
        .order_by(Message.seq)
        .limit(1)
    )
    row = (await session.execute(wanted)).one_or_none()
    if row is None:
        return None
    message, conversation, dialogue = row
    return PendingTurn(
        conversation_id=conversation_id,
        seq=message.seq,
        text=None if message.intent else message.text,
        intent=message.intent,
        language=conversation.language,
        language_chosen=conversation.language_chosen,
        channel=conversation.channel,
        state=dialogue.state,
        version=dialogue.version,
    )


async def store_result(session: AsyncSession, pending: PendingTurn, result: TurnResult, now: datetime) -> bool:
    """Store everything that the turn brought. False when the conversation has moved on meanwhile: then nothing is."""
    conversation = await session.get_one(Conversation, pending.conversation_id)
    await lock(session, conversation)
    message = await session.get_one(Message, (pending.conversation_id, pending.seq), populate_existing=True)
    dialogue = await session.get_one(DialogueState, pending.conversation_id, populate_existing=True)
    if message.turn is not TurnState.WAITING or dialogue.version != pending.version:
        return False
    message.turn = TurnState.ANSWERED
    session.add(_record(pending, result.answer, now))
    await _switch_language(session, conversation, result, now)
    if result.answer is None:
        await _tell_failure(session, conversation, now)
    else:
        dialogue.state, dialogue.version = result.answer.state, dialogue.version + 1
        await _post_answer(session, conversation, result.answer, now)
    return True


def _record(pending: PendingTurn, answer: BotAnswer | None, now: datetime) -> Turn:
    turn = Turn(conversation_id=pending.conversation_id, seq=pending.seq, outcome=TurnOutcome.FAILED, answered_at=now)
    if answer is not None:
        turn.outcome = TurnOutcome.ANSWERED
        turn.intent = answer.understood.intent
        turn.confidence_percent = round(100 * (answer.understood.confidence or 0))
        turn.card_type = str(answer.card.get("type")) if answer.card else None
        turn.handed_off = answer.handoff is not None
    return turn


async def _switch_language(
    session: AsyncSession, conversation: Conversation, result: TurnResult, now: datetime
) -> None:
    """The customer's wish, told to the bot or by a button, outranks what the text looks like."""
    before = conversation.language
    command = result.answer.language if result.answer else None
    if command is not None:
        conversation.language, conversation.language_chosen = command.language, True
    elif not conversation.language_chosen:
        conversation.language = result.language
    if conversation.language != before:
        await announce_change(session, conversation, now)


async def _post_answer(session: AsyncSession, conversation: Conversation, answer: BotAnswer, now: datetime) -> None:
    if answer.text:
        buttons = tuple(NewButton(button.title, parse_payload(button.payload)) for button in answer.buttons)
        reply = NewMessage(Sender.BOT, answer.text, card=answer.card, buttons=buttons)
        await post_message(session, conversation, reply, now)
    if answer.handoff is not None:
        await request_handoff(session, conversation, reason=answer.handoff.reason, topic=answer.handoff.topic, now=now)


async def _tell_failure(session: AsyncSession, conversation: Conversation, now: datetime) -> None:
    can_press = conversation.channel is Channel.WEBCHAT
    await post_message(session, conversation, bot_is_silent(conversation.language, can_press=can_press), now)
    if not can_press:
        topic = await find_topic(session, conversation.id)
        await request_handoff(session, conversation, reason=BOT_UNAVAILABLE, topic=topic, now=now)
