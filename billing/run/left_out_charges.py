"""Single charges that are booked but not owed: the bill is right without them, and a person settles them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from billing.human_tasks import raise_task
from billing.models.human_task import TaskKind
from billing.periods import BillingPeriod
from billing.rating.one_offs import LeftOut


def raise_left_out(
    session: Session, period: BillingPeriod, left_out: Mapping[UUID, Sequence[LeftOut]], *, now: datetime
) -> None:
    """Put each charge before a person; one that was raised before waits, or is done, as it is."""
    for customer_id, charges in left_out.items():
        for one in charges:
            facts = _facts_of(one, period)
            key = left_out_key(customer_id, one)
            raise_task(session, TaskKind.CHARGE_LEFT_OUT, key, customer_id=customer_id, facts=facts, now=now)


def left_out_key(customer_id: UUID, one: LeftOut) -> str:
    """Name the charge; a work order alone may have booked several."""
    charge = one.charge
    return f"left_out:{customer_id}:{charge.kind}:{charge.reference}:{charge.charged_on}:{charge.amount.minor}"


def _facts_of(one: LeftOut, period: BillingPeriod) -> dict[str, object]:
    charge = one.charge
    return {
        "period": period.label,
        "error": one.reason.value,
        "reference": charge.reference,
        "charged_on": charge.charged_on.isoformat(),
        "amount_minor": charge.amount.minor,
        "currency": charge.amount.currency,
    }
