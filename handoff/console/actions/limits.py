"""What may still be given to a customer out of goodwill, alone and with an approval."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.adjustments.adjustment import Account, AdjustmentKind
from billing.adjustments.goodwill import goodwill_since
from billing.money import Money
from handoff.agents.models import Role
from handoff.authority import Authority
from handoff.console.actions.models import AgentAction, AgentActionEnding


@dataclass(frozen=True, slots=True)
class Left:
    """`alone`: what somebody of that role may still give; `approved`: what can be asked for."""

    alone: Money
    approved: Money


def left_for(session: Session, account: Account, role: Role, authority: Authority) -> Left:
    """Count what the customer was given, and against approvals also what waits for one."""
    given = given_lately(session, account, authority)
    asked = Money(_waiting_minor(session, account.customer_id, given.currency, account.now), given.currency)
    return Left(authority.alone(role, given), authority.approved(given + asked))


def given_lately(session: Session, account: Account, authority: Authority) -> Money:
    since = account.now - timedelta(days=authority.period_days)
    return goodwill_since(session, account.customer_id, account.currency, since)


def _waiting_minor(session: Session, customer_id: UUID, currency: str, now: datetime) -> int:
    waiting = (
        select(func.coalesce(func.sum(AgentAction.amount_minor), 0))
        .outerjoin(AgentActionEnding, AgentActionEnding.action_id == AgentAction.id)
        .where(
            AgentAction.customer_id == customer_id,
            AgentAction.kind == AdjustmentKind.GOODWILL,
            AgentAction.currency == currency,
            AgentAction.expires_at > now,
            AgentActionEnding.action_id.is_(None),
        )
    )
    # int: PostgreSQL sums integers to a decimal.
    return int(session.scalars(waiting).one() or 0)
