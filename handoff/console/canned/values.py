"""What the server knows to fill into a reply. Of the account, nothing unless its holder is verified.

A value that may be the wrong one is left to the agent: which bill is meant is known from the cards that the bot showed.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from billing import accounts, identity
from billing.documents.formatting import Print
from billing.invoices import list_invoices
from handoff.agents.models import Agent
from handoff.console.shown_facts import load_facts
from handoff.conversations.models import Conversation

_KNOWN_BILLS: Final = 60


async def find_values(
    session: AsyncSession, conversation: Conversation, agent: Agent, company: str, now: datetime
) -> dict[str, str]:
    """Return the values by placeholder, worded in the customer's language."""
    words = Print(conversation.language)
    shown = await _last_bill_shown(session, conversation.id)

    def read(sync: Session) -> dict[str, str]:
        verification = identity.find_verification(sync, conversation.id, now)
        if verification is None:
            return {}
        customer_id = verification.customer_id
        return _of_account(sync, customer_id, words, now) | _of_bill(sync, customer_id, shown)

    return {"agent_name": agent.name, "company": company, **await session.run_sync(read)}


async def _last_bill_shown(session: AsyncSession, conversation_id: UUID) -> str | None:
    """A list names several bills, and so none."""
    one = [fact.number for fact in await load_facts(session, conversation_id) if fact.type != "invoices"]
    return one[-1] if one else None


def _of_account(session: Session, customer_id: UUID, words: Print, now: datetime) -> dict[str, str]:
    today = now.astimezone(accounts.time_zone_of(session, customer_id)).date()
    balance = accounts.balance_due(session, customer_id, today)
    known = {
        "customer_name": accounts.get_customer(session, customer_id).name,
        "amount_due": words.amount(balance.amount),
    }
    if balance.due_on is not None and balance.due_on >= today:
        known["due_on"] = words.day(balance.due_on)
    return known


def _of_bill(session: Session, customer_id: UUID, number: str | None) -> dict[str, str]:
    """Of a card that was shown to somebody else in the same conversation, nothing."""
    own = {invoice.number for invoice in list_invoices(session, customer_id, limit=_KNOWN_BILLS)}
    return {"invoice_number": number} if number in own and number is not None else {}
