"""What a conversation is about, by what the bot understood in it; the words are those of the bot's handoff command."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.conversations.models import Turn

OTHER: Final = "other"
_IDENTITY: Final = "identity"
_SUBJECTS: Final = {
    "why_bill_higher": "bills",
    "explain_bill": "bills",
    "list_invoices": "bills",
    "get_invoice_copy": "bills",
    "lower_bill": "bills",
    "dispute_charge": "bills",
    "open_dispute": "bills",
    "confirm_dispute": "bills",
    "accept_correction": "bills",
    "make_payment": "payments",
    "check_balance_due": "payments",
    "payment_status": "payments",
    "payment_plan": "payments",
    "agree_extension": "payments",
    "agree_instalments": "payments",
    "request_refund": "payments",
    "confirm_refund": "payments",
    "refund_status": "payments",
    "change_payment_method": "payments",
    "confirm_payment_method": "payments",
    "change_plan": "contracts",
    "confirm_plan_change": "contracts",
    "buy_option": "contracts",
    "cancel_service": "contracts",
    "ask_contract_terms": "contracts",
    "ask_discount": "contracts",
    "claim_offer": "contracts",
    "service_suspended": "payments",
    "update_details": "details",
    "confirm_update_details": "details",
}
_ON_THE_WAY: Final = {
    "verify_identity",
    "request_code",
    "report_missing_code",
    "ask_customer_number_location",
    "ask_why_verify",
    "code_checked",
}


async def find_topic(session: AsyncSession, conversation_id: UUID) -> str:
    """Return the last subject asked about; without any, whether it got stuck at proving who the customer is."""
    newest_first = select(Turn.intent).where(Turn.conversation_id == conversation_id).order_by(Turn.seq.desc())
    intents = [intent for intent in await session.scalars(newest_first) if intent is not None]
    subjects = [_SUBJECTS[intent] for intent in intents if intent in _SUBJECTS]
    if subjects:
        return subjects[0]
    return _IDENTITY if _ON_THE_WAY.intersection(intents) else OTHER
