"""Cancellations: taken at once with their time, by whoever states one; a person carries them out.

Nothing stands in front: neither proof of who it is nor an offer. Who is known and which contract is meant may be added
later; the time stays that of the first statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.accounts import get_customer
from billing.db import JsonObject
from billing.documents.formatting import Print
from billing.fairness.notices import months_before
from billing.human_tasks import raise_task
from billing.law import Law, law_of
from billing.models.human_task import HumanTask, TaskKind
from billing.models.seller import Seller
from billing.outbox import Email, enqueue_email
from billing.terms.running_contracts import RunningContract

TERM_RULE, NOTICE = "minimum_term", "renewal_notice_months"
REFERENCE_DIGITS = 7


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What was recorded. `contracts` are the numbers or ids of those that are meant, as far as that is known."""

    reference: str
    stated_at: datetime
    is_new: bool
    contracts: tuple[str, ...]


def state_cancellation(
    session: Session,
    conversation_id: UUID,
    *,
    customer_id: UUID | None = None,
    contracts: Sequence[RunningContract] = (),
    claimed_number: str | None = None,
    now: datetime,
) -> Cancellation:
    """Record it, once for each customer of a conversation; later calls add which contracts, and keep the first time.

    What somebody unknown stated belongs to the customer who is verified next. What a person called done is open again.
    `claimed_number` is the customer number that somebody gave without proof: it helps a person to ask back.
    """
    task = _find_task(session, conversation_id, customer_id)
    is_new = task is None
    if task is None:
        task = _add_task(session, conversation_id, customer_id, now)
    named = {*task.facts.get("contracts", ()), *(name_of(contract) for contract in contracts)}
    changed = {**task.facts, "contracts": sorted(named)}
    if claimed_number is not None:
        changed["claimed_customer_number"] = claimed_number
    task.facts = changed
    task.customer_id = customer_id or task.customer_id
    task.done_at = None
    session.flush()
    return Cancellation(str(changed["reference"]), task.created_at, is_new, tuple(changed["contracts"]))


def _find_task(session: Session, conversation_id: UUID, customer_id: UUID | None) -> HumanTask | None:
    """Return the customer's own, or else that of somebody unknown; never that of another customer."""
    tasks = _tasks_of(session, conversation_id)
    own = [task for task in tasks if task.customer_id == customer_id]
    return next(iter([*own, *(task for task in tasks if task.customer_id is None)]), None)


def _add_task(session: Session, conversation_id: UUID, customer_id: UUID | None, now: datetime) -> HumanTask:
    key = _key(conversation_id)
    digits = conversation_id.hex
    if others := len(_tasks_of(session, conversation_id)):
        key = f"{key}:{others + 1}"
        digits = uuid5(conversation_id, key).hex
    facts: JsonObject = {
        # With a letter in front, so that nobody takes it for a customer number.
        "reference": "K" + digits[:REFERENCE_DIGITS].upper(),
        "conversation": str(conversation_id),
        "stated_at": now.isoformat(),
    }
    raise_task(session, TaskKind.CANCELLATION_STATED, key, customer_id=customer_id, facts=facts, now=now)
    return session.scalars(select(HumanTask).filter_by(key=key).with_for_update()).one()


def _tasks_of(session: Session, conversation_id: UUID) -> Sequence[HumanTask]:
    of_conversation = HumanTask.key.startswith(_key(conversation_id), autoescape=True)
    return session.scalars(select(HumanTask).where(of_conversation).order_by(HumanTask.id).with_for_update()).all()


def _key(conversation_id: UUID) -> str:
    return f"cancellation:{conversation_id}"


def name_of(contract: RunningContract) -> str:
    """Return what people call the contract by; one without a number has its id alone."""
    return contract.number or str(contract.id)


def latest_end(contract: RunningContract, law: Law) -> date | None:
    """Return the last day of the contract if notice is given today: at the latest, whatever was agreed.

    None where the law names no period of notice: a person says the day.
    """
    if contract.ended_on is not None:
        return contract.ended_on - timedelta(days=1)
    rule = law.find(TERM_RULE, contract.seen_on)
    months = None if rule is None else rule.values.get(NOTICE)
    if months is None:
        return None
    by_notice = months_before(contract.seen_on, -int(months))
    return by_notice if contract.bound_until is None else max(by_notice, contract.bound_until)


def company_zone(session: Session, language: str) -> ZoneInfo:
    """Return the zone whose time somebody unknown is told: that of the company in the country of the language."""
    zones = dict(session.execute(select(Seller.country, Seller.time_zone).order_by(Seller.id.desc())).all())
    return ZoneInfo(zones.get(language.upper(), next(reversed(zones.values()), "UTC")))


def law_for(session: Session, customer_id: UUID) -> Law:
    return law_of(get_customer(session, customer_id).country)


def queue_receipt(
    session: Session,
    customer_id: UUID,
    cancellation: Cancellation,
    contracts: Sequence[RunningContract],
    *,
    now: datetime,
) -> bool:
    """Confirm it to the registered e-mail address, once for each set of contracts; False where there is no address."""
    customer = get_customer(session, customer_id)
    if customer.email is None:
        return False
    seller = session.get_one(Seller, customer.seller_id)
    written = Print(customer.language)
    stated = cancellation.stated_at.astimezone(ZoneInfo(seller.time_zone))
    meant = [one for one in contracts if name_of(one) in cancellation.contracts]
    facts = {
        "company": seller.name,
        "name": customer.name,
        "stated_on": written.day(stated.date()),
        "stated_at": f"{stated:%H:%M}",
        "reference": cancellation.reference,
        "contract": ", ".join(_words(one, customer.language) for one in meant) or written.words("cancellation.unnamed"),
    }
    letter = Email(
        recipient=customer.email,
        subject=written.words("email.cancellation.subject", company=seller.name),
        body=written.words("email.cancellation.body", **facts),
        dedupe_key=f"cancellation:{cancellation.reference}:{','.join(cancellation.contracts)}",
    )
    enqueue_email(session, letter, now=now)
    return True


def _words(contract: RunningContract, language: str) -> str:
    name = contract.name.get(language, contract.name["en"])
    return name if contract.number is None else f"{name} ({contract.number})"
