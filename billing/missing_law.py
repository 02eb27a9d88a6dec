"""What happens when the law files say nothing about a day: a person is called, and warned before it comes to that."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from billing.dunning.late_interest import RULE
from billing.human_tasks import raise_task
from billing.law import Law, RuleMissing, half_year
from billing.models.human_task import TaskKind

DAYS_BEFORE = 14


def raise_law_task(session: Session, missing: RuleMissing, *, now: datetime) -> bool:
    """Ask a person to add the rule; once per rule and half-year, however many accounts ran into it."""
    key = f"law_missing:{missing.country}.{missing.name}:{half_year(missing.day)}"
    facts = {"country": missing.country, "rule": missing.name, "day": missing.day.isoformat()}
    return raise_task(session, TaskKind.LAW_MISSING, key, facts=facts, now=now)


def missing_interest_rates(law: Law, today: date) -> Sequence[str]:
    """Return the half-years whose rate is missing: today's, and from 14 days before it begins the next one."""
    days = (today, today + timedelta(days=DAYS_BEFORE))
    return sorted({half_year(day) for day in days if law.find(RULE, day) is None})
