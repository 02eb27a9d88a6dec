"""`saldo agents log`: what agents did for customers."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.clock import SystemClock
from billing.models.customer import Customer
from handoff.commands.sessions import open_async_sessions
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import done, fail, say
from handoff.console.actions.log import Entry, entries, entry_of
from handoff.console.actions.models import AgentAction
from handoff.db import reading

LONGEST_DAYS = 3660


Number = Annotated[str | None, typer.Option(help="Only what was done for this customer.", metavar="NUMBER")]


def log_command(
    customer: Number = None,
    days: Annotated[int, typer.Option(min=1, max=LONGEST_DAYS, help="How far back.")] = 30,
) -> None:
    """Show what agents did for customers, the newest first: who, for whom, what, why and who decided it."""
    now = SystemClock().now()
    lines = asyncio.run(_lines(OperatorSettings().database, customer, now - timedelta(days=days), now))
    if customer is not None and lines is None:
        fail(f"There is no customer {customer}.")
    for line in lines or ():
        say(line)
    done(f"{len(lines or ())} actions in {days} days.")


async def _lines(database: str, customer: str | None, since: datetime, now: datetime) -> list[str] | None:
    """Return one line per action; None where there is no such customer."""
    wanted = entries().where(AgentAction.asked_at >= since).order_by(AgentAction.asked_at.desc(), AgentAction.id)
    async with open_async_sessions(database) as sessions, reading(sessions) as session:
        if customer is not None:
            customer_id = await session.scalar(select(Customer.id).where(Customer.number == customer))
            if customer_id is None:
                return None
            wanted = wanted.where(AgentAction.customer_id == customer_id)
        found = [entry_of(row) for row in await session.execute(wanted)]
        return [_line(entry, await _number(session, entry), now) for entry in found]


async def _number(session: AsyncSession, entry: Entry) -> str:
    return (await session.get_one(Customer, entry.action.customer_id)).number


def _line(entry: Entry, number: str, now: datetime) -> str:
    shown = entry.shown("en", now)
    decided = f" by {shown.decided_by}" if shown.decided_by else ""
    facts = (
        f"{entry.action.asked_at:%Y-%m-%d %H:%M} UTC",
        shown.by,
        f"for {number}",
        shown.title,
        f"{shown.state}{decided}",
        shown.document,
        shown.reason,
        f"“{shown.note}”" if shown.note else None,
    )
    return ", ".join(fact for fact in facts if fact)
