"""What the customer said to the bot before a person was asked for, and what the bot took up."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from handoff.console.schemas import TriedOut
from handoff.conversations.models import Message, MessageKind, Sender, Turn

_LETTER: Final = re.compile(r"[^\W\d_]")
_LONGEST_WISH: Final = 300
_MOST_WISHES: Final = 10
_CODE_CARD: Final = "code"
# What is said beside any wish.
COURTESIES: Final = frozenset(
    {
        "greet",
        "thank",
        "goodbye",
        "affirm",
        "deny",
        "inform",
        "repeat",
        "go_back",
        "start_over",
        "verify_identity",
        "request_code",
        "report_missing_code",
        "ask_customer_number_location",
        "ask_why_verify",
        "code_checked",
        "change_language",
        "speak_to_human",
    }
)
_SAID_TO_BOT: Final = (MessageKind.TEXT, MessageKind.BUTTON, MessageKind.CODE)


@dataclass(frozen=True)
class Question:
    """One message to the bot, and the turn it became if the bot answered."""

    message: Message
    turn: Turn | None

    @property
    def is_worded(self) -> bool:
        return self.message.kind is not MessageKind.CODE and _LETTER.search(self.message.text) is not None

    @property
    def asks_for_person(self) -> bool:
        return self.turn is not None and self.turn.handed_off

    @property
    def intent(self) -> str | None:
        return self.turn.intent if self.turn else None


Questions = Sequence[Question]


async def load_questions(session: AsyncSession, conversation_id: UUID, up_to_seq: int | None) -> Questions:
    """Return what the customer said to the bot, without the press on the person button."""
    wanted = _said_to_bot(Message.conversation_id == conversation_id)
    if up_to_seq is not None:
        wanted = wanted.where(Message.seq <= up_to_seq)
    return [Question(message, turn) for message, turn in await session.execute(wanted)]


def read_questions(session: Session, conversation_ids: Collection[UUID]) -> Mapping[UUID, Questions]:
    """Return the same of several conversations at once; one in which nothing was said is left out."""
    found: dict[UUID, list[Question]] = defaultdict(list)
    for message, turn in session.execute(_said_to_bot(Message.conversation_id.in_(conversation_ids))):
        found[message.conversation_id].append(Question(message, turn))
    return found


def _said_to_bot(where: ColumnElement[bool]) -> Select[Message, Turn]:
    same = and_(Turn.conversation_id == Message.conversation_id, Turn.seq == Message.seq)
    return (
        select(Message, Turn)
        .outerjoin(Turn, same)
        .where(where, Message.sender == Sender.CUSTOMER, Message.kind.in_(_SAID_TO_BOT))
        .order_by(Message.conversation_id, Message.seq)
    )


def tried(questions: Questions) -> list[TriedOut]:
    """What the bot took up. The right code makes it answer the question that was waiting, so that one gets the card."""
    found: list[TriedOut] = []
    for question in questions:
        message, turn = question.message, question.turn
        if turn is None or turn.handed_off:
            continue
        if question.is_worded and turn.intent is not None:
            found.append(TriedOut(question=message.text, intent=turn.intent, card_type=turn.card_type))
        elif message.kind is MessageKind.CODE and found and turn.card_type not in (None, _CODE_CARD):
            found[-1] = found[-1].model_copy(update={"card_type": turn.card_type})
    return found


def wishes(questions: Questions, not_wishes: frozenset[str]) -> list[str]:
    """Everything said in words that was a wish of its own, each once, the newest last; intents that are none are named.

    Without any, the words that asked for a person.
    """
    worded = [question for question in questions if question.is_worded]
    own = [question for question in worded if not question.asks_for_person and question.intent not in not_wishes]
    fallback = [question for question in worded if not question.asks_for_person] or worded
    texts = [question.message.text[:_LONGEST_WISH] for question in own or fallback[-1:]]
    return list(dict.fromkeys(texts))[-_MOST_WISHES:]


def newest_wish(questions: Questions) -> str | None:
    """The last thing said in words that was not itself the wish for a person; else that one."""
    worded = [question for question in questions if question.is_worded]
    own = [question for question in worded if not question.asks_for_person]
    return (own or worded)[-1].message.text[:_LONGEST_WISH] if worded else None
