"""Who wants no more text messages, and the words by which people say so."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.db import insert_if_absent
from handoff.channels.twilio.models import SmsOptOut


class Keyword(StrEnum):
    """What a message that is one reserved word asks for; such a message never reaches the bot."""

    stop = "stop"
    start = "start"
    help = "help"


# Twilio's own words, and what people write in German and Finnish, which Twilio does not know.
KEYWORDS = {
    Keyword.stop: "stop stopall unsubscribe cancel end quit stopp ende lopeta",
    Keyword.start: "start yes unstop aloita",
    Keyword.help: "help info hilfe apua ohje",
}
MEANINGS = {word: keyword for keyword, words in KEYWORDS.items() for word in words.split()}


def find_keyword(body: str) -> Keyword | None:
    return MEANINGS.get(body.strip().rstrip(".!").casefold())


async def opt_out(session: AsyncSession, address: str, *, now: datetime) -> None:
    await session.run_sync(insert_if_absent, SmsOptOut, {"address": address, "opted_out_at": now})


async def opt_in(session: AsyncSession, address: str) -> None:
    await session.execute(delete(SmsOptOut).where(SmsOptOut.address == address))


async def find_opted_out(session: AsyncSession, addresses: Collection[str]) -> frozenset[str]:
    return frozenset(await session.scalars(select(SmsOptOut.address).where(SmsOptOut.address.in_(addresses))))
