"""Bills that were not made: each waits as a task for a person, who mends the account or releases a doubtful bill."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.errors import SaldoError
from billing.human_tasks import TaskNotFound, close_tasks, raise_task, reason_of, reopen_task
from billing.law import RuleMissing
from billing.missing_law import raise_law_task
from billing.models.customer import Customer
from billing.models.human_task import HumanTask, TaskKind
from billing.periods import BillingPeriod
from billing.run.safety import BillDoubtful

RELEASED_AT = "released_at"

TaskFacts = dict[str, object]


class NotReleasable(SaldoError):
    """The bill is not parked for a doubt: something has to be mended before it can be made."""

    status = 409

    def __init__(self, error: str) -> None:
        super().__init__(f"{error} is no doubt that can be set aside")
        self.error = error


@dataclass(frozen=True, slots=True)
class ParkedAccount:
    """A customer who got no invoice because of `error`, the name of an error; `facts` are its figures."""

    customer_id: UUID
    customer_number: str
    error: str
    facts: Mapping[str, object]

    @property
    def reason(self) -> str:
        """Name what is the matter, as the task does."""
        return reason_of(dict(self.facts)) or self.error

    @classmethod
    def by(cls, customer: Customer, error: Exception) -> "ParkedAccount":
        """Take only a SaldoError's facts: what another error says may hold anything."""
        facts = _facts_of(error) if isinstance(error, SaldoError) else {}
        return cls(customer.id, customer.number, type(error).__name__, facts)


def park_accounts(session: Session, period: BillingPeriod, parked: Sequence[ParkedAccount], *, now: datetime) -> None:
    """Put each before a person; one that was parked before shows why it is parked now."""
    for account in parked:
        key = parked_key(account.customer_id, period)
        facts = {"period": period.label, "error": account.error, **account.facts}
        is_new = raise_task(
            session, TaskKind.BILLING_PARKED, key, customer_id=account.customer_id, facts=facts, now=now
        )
        if not is_new:
            reopen_task(session, key, facts=facts)
        if account.error == RuleMissing.__name__:
            raise_law_task(session, _missing_rule(account.facts), now=now)


def settle_parked(session: Session, period: BillingPeriod, billed: Collection[UUID], *, now: datetime) -> None:
    """Close the tasks of customers who have got their bill."""
    close_tasks(session, [parked_key(customer_id, period) for customer_id in billed], now=now)


def load_released(session: Session, customer_ids: Collection[UUID], period: BillingPeriod) -> Mapping[UUID, TaskFacts]:
    """Return the facts of those doubtful bills that a person has released."""
    keys = {parked_key(customer_id, period): customer_id for customer_id in customer_ids}
    rows = session.execute(select(HumanTask.key, HumanTask.facts).where(HumanTask.key.in_(keys)))
    return {keys[key]: facts for key, facts in rows if RELEASED_AT in facts}


def is_released(doubtful: BillDoubtful, released: Mapping[str, object] | None) -> bool:
    """Tell whether a person has set aside exactly these doubts; with other figures the bill is a new case."""
    return released is not None and all(released.get(name) == fact for name, fact in _facts_of(doubtful).items())


def release_bill(session: Session, customer_number: str, period: BillingPeriod, *, now: datetime) -> None:
    """Let the next run issue a doubtful bill as it is. Raise TaskNotFound or NotReleasable."""
    customer_id = session.scalars(select(Customer.id).filter_by(number=customer_number)).one_or_none()
    key = "" if customer_id is None else parked_key(customer_id, period)
    task = session.scalars(select(HumanTask).filter_by(key=key, done_at=None).with_for_update()).one_or_none()
    if task is None:
        raise TaskNotFound(f"{customer_number} {period.label}")
    if task.facts.get("error") != BillDoubtful.__name__:
        raise NotReleasable(str(task.facts.get("error")))
    task.facts = {**task.facts, RELEASED_AT: now.isoformat()}
    session.flush()


def parked_key(customer_id: UUID, period: BillingPeriod) -> str:
    return f"parked:{customer_id}:{period.label}"


def _missing_rule(facts: Mapping[str, object]) -> RuleMissing:
    """Many accounts may lack the same rule: adding it is one thing to do."""
    return RuleMissing(str(facts["country"]), str(facts["name"]), date.fromisoformat(str(facts["day"])))


def _facts_of(error: SaldoError) -> TaskFacts:
    """Return the error's facts as JSON holds them."""
    return {name: _plain(fact) for name, fact in vars(error).items()}


def _plain(fact: object) -> object:
    if isinstance(fact, date):
        return fact.isoformat()
    return fact if fact is None or isinstance(fact, int | str | list) else str(fact)
