"""Reports of usage that were set aside, put before a person: one task per reason, contract and day, not per report."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from billing.human_tasks import raise_task, reopen_task
from billing.models.human_task import TaskKind
from billing.usage.metered_contracts import MeteredContract


def raise_rejections(
    session: Session,
    rows: Iterable[Mapping[str, object]],
    contracts: Mapping[str, MeteredContract],
    *,
    now: datetime,
) -> None:
    """Raise what the new rows of `usage_rejection` are about; what somebody called done today is open again.

    All contracts that nobody knows are one thing: a source may name any number of them.
    """
    for reason, contract in dict.fromkeys(_cause_of(row, contracts) for row in rows):
        known = contracts.get(contract) if contract is not None else None
        key = f"usage:{reason}:{contract or 'unknown'}:{now.date()}"
        facts = {"error": reason, "day": now.date().isoformat()} | ({"contract": contract} if contract else {})
        customer_id = None if known is None else known.customer_id
        if not raise_task(session, TaskKind.USAGE_REJECTED, key, customer_id=customer_id, facts=facts, now=now):
            reopen_task(session, key, facts=facts)


def _cause_of(row: Mapping[str, object], contracts: Mapping[str, MeteredContract]) -> tuple[str, str | None]:
    report = row["report"]
    named = report.get("contract") if isinstance(report, Mapping) else None
    return str(row["reason"]), named if named in contracts else None
