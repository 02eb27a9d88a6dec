"""What the customer panel reads when it is opened: contracts and history, of a verified customer only."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.orm import Session

from billing import accounts, identity
from billing.terms.running_contracts import last_end
from handoff.console import customer_history as history
from handoff.console.access import get_readable
from handoff.console.customer_contracts import find_contracts
from handoff.console.customer_schemas import CustomerFileOut
from handoff.deps import CurrentAgent, NowDep, ReadSessionDep

router = APIRouter()


@router.get("/api/console/conversations/{conversation_id}/customer")
async def get_customer_file(
    conversation_id: UUID, agent: CurrentAgent, session: ReadSessionDep, now: NowDep
) -> CustomerFileOut | None:
    """Answer null while the customer is not verified."""
    await get_readable(session, agent, conversation_id, now)
    return await session.run_sync(lambda sync: _find_file(sync, conversation_id, agent.language, now))


def _find_file(session: Session, conversation_id: UUID, language: str, now: datetime) -> CustomerFileOut | None:
    verification = identity.find_verification(session, conversation_id, now)
    if verification is None:
        return None
    customer_id = verification.customer_id
    today = now.astimezone(accounts.time_zone_of(session, customer_id)).date()
    return CustomerFileOut(
        contracts=find_contracts(session, customer_id, language, today),
        last_ended_on=last_end(session, customer_id, today),
        conversations=history.list_earlier(session, customer_id, conversation_id),
        disputes=history.list_disputes(session, customer_id),
        credits=history.list_credits(session, customer_id),
        arrangements=history.list_arrangements(session, customer_id, today),
    )
