"""What the server knows to fill into a reply. Of the account, nothing unless its holder is verified."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from billing import accounts, identity
from billing.documents.formatting import Print
from billing.invoices import list_invoices
from handoff.agents.models import Agent
from handoff.conversations.models import Conversation


async def find_values(
    session: AsyncSession, conversation: Conversation, agent: Agent, company: str, now: datetime
) -> dict[str, str]:
    """Return the values by placeholder, worded in the customer's language."""
    words = Print(conversation.language)

    def read(sync: Session) -> dict[str, str]:
        verification = identity.find_verification(sync, conversation.id, now)
        return _of_account(sync, verification, words, now) if verification else {}

    return {"agent_name": agent.name, "company": company, **await session.run_sync(read)}


def _of_account(session: Session, verification: identity.Verification, words: Print, now: datetime) -> dict[str, str]:
    customer_id = verification.customer_id
    today = now.astimezone(accounts.time_zone_of(session, customer_id)).date()
    balance = accounts.balance_due(session, customer_id, today)
    known = {
        "customer_name": accounts.get_customer(session, customer_id).name,
        "amount_due": words.amount(balance.amount),
    }
    if balance.due_on is not None:
        known["due_on"] = words.day(balance.due_on)
    for invoice in list_invoices(session, customer_id, limit=1):
        known["invoice_number"] = invoice.number
    return known
