"""The figures that the bot's cards showed, as an agent needs them: what the customer has before their eyes."""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.db import JsonObject
from handoff.console.schemas import FactOut
from handoff.conversations.models import Message, Sender

MOST_OF_A_LIST: Final = 3
Shown = Sequence[tuple[int, JsonObject]]


async def load_facts(session: AsyncSession, conversation_id: UUID) -> list[FactOut]:
    by_bot = (Message.conversation_id == conversation_id, Message.sender == Sender.BOT, Message.card.is_not(None))
    rows = await session.execute(select(Message.seq, Message.card).where(*by_bot).order_by(Message.seq))
    return facts_of([(seq, card) for seq, card in rows if card is not None])


def facts_of(cards: Shown) -> list[FactOut]:
    """Return what stands on the cards, given with the numbers of their messages; the same figure once, where last."""
    facts = [fact for seq, card in cards for fact in _facts(seq, card)]
    last = {(fact.type, fact.number, fact.period): fact for fact in facts}
    return [fact for fact in facts if last[(fact.type, fact.number, fact.period)] is fact]


def _facts(seq: int, card: JsonObject) -> Iterator[FactOut]:
    """A card without a currency is none of ours: it says nothing."""
    currency = card.get("currency")
    if currency is None:
        return
    match card.get("type"):
        case "difference":
            yield _fact(seq, "difference", card["difference_minor"], currency, card["current"] or {})
        case "bill":
            yield _fact(
                seq,
                "bill",
                card["total_minor"] if card.get("open_minor") is None else card["open_minor"],
                currency,
                card,
            )
        case "invoices":
            for item in card["items"][:MOST_OF_A_LIST]:
                yield _fact(seq, "invoices", item["total_minor"], currency, item)


def _fact(seq: int, kind: str, amount_minor: object, currency: object, of: JsonObject) -> FactOut:
    return FactOut.model_validate(
        {
            "seq": seq,
            "type": kind,
            "amount_minor": amount_minor,
            "currency": currency,
            "number": of.get("number"),
            "period": of.get("period"),
            "due_on": of.get("due_on"),
            "status": of.get("status"),
        }
    )
