"""Customers and how they stand: what an agent or the bot needs to know first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from billing.errors import NotFound
from billing.explain.bill_changes import BillChange
from billing.explanations import explain_latest_change
from billing.invoices import InvoiceFacts, list_invoices, list_open_invoices
from billing.models.contract import Contract, ContractPhase
from billing.models.customer import Customer
from billing.models.plan import Plan
from billing.models.seller import Seller
from billing.money import Money, total
from billing.payments import currency_of

INVOICES_IN_OVERVIEW = 3


class CustomerNotFound(NotFound):
    """No customer has this id."""

    def __init__(self, customer_id: UUID) -> None:
        super().__init__(f"no customer {customer_id}")
        self.customer_id = customer_id


@dataclass(frozen=True, slots=True)
class BalanceDue:
    """What a customer has to pay: the open invoices, the one due first in front, and when that is."""

    amount: Money
    due_on: date | None
    overdue: bool
    invoices: tuple[InvoiceFacts, ...]


@dataclass(frozen=True, slots=True)
class CustomerOverview:
    """The customer panel. The plan is the one of the oldest contract that runs today; names by language."""

    customer_id: UUID
    number: str
    name: str
    language: str
    country: str
    plan_names: Mapping[str, str] | None
    contract_since: date | None
    balance: BalanceDue
    invoices: tuple[InvoiceFacts, ...]
    change: BillChange | None


def get_customer(session: Session, customer_id: UUID) -> Customer:
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise CustomerNotFound(customer_id)
    return customer


def find_customer_by_number(session: Session, number: str) -> Customer | None:
    return session.scalars(select(Customer).filter_by(number=number)).one_or_none()


def time_zone_of(session: Session, customer_id: UUID) -> ZoneInfo:
    """Return the zone in which the customer's days begin: their seller's."""
    zone = select(Seller.time_zone).join(Customer, Customer.seller_id == Seller.id).where(Customer.id == customer_id)
    name = session.scalars(zone).one_or_none()
    if name is None:
        raise CustomerNotFound(customer_id)
    return ZoneInfo(name)


def balance_due(session: Session, customer_id: UUID, today: date) -> BalanceDue:
    unpaid = tuple(list_open_invoices(session, customer_id))
    return BalanceDue(
        amount=total((invoice.open_amount for invoice in unpaid), currency_of(session, customer_id)),
        due_on=unpaid[0].due_on if unpaid else None,
        overdue=any(invoice.is_overdue(today) for invoice in unpaid),
        invoices=unpaid,
    )


def get_overview(session: Session, customer_id: UUID, today: date) -> CustomerOverview:
    customer = get_customer(session, customer_id)
    plan_names, contract_since = _find_plan(session, customer_id, today)
    return CustomerOverview(
        customer_id=customer.id,
        number=customer.number,
        name=customer.name,
        language=customer.language,
        country=customer.country,
        plan_names=plan_names,
        contract_since=contract_since,
        balance=balance_due(session, customer_id, today),
        invoices=tuple(list_invoices(session, customer_id, limit=INVOICES_IN_OVERVIEW)),
        change=explain_latest_change(session, customer_id),
    )


def _find_plan(session: Session, customer_id: UUID, today: date) -> tuple[Mapping[str, str] | None, date | None]:
    running = (
        select(Plan.name, Contract.started_on)
        .join(ContractPhase, ContractPhase.plan_id == Plan.id)
        .join(Contract, Contract.id == ContractPhase.contract_id)
        .where(
            Contract.customer_id == customer_id,
            Contract.started_on <= today,
            or_(Contract.ended_on.is_(None), Contract.ended_on > today),
            ContractPhase.valid_from <= today,
            or_(ContractPhase.valid_to.is_(None), ContractPhase.valid_to > today),
        )
        .order_by(Contract.started_on, Contract.id)
        .limit(1)
    )
    row = session.execute(running).one_or_none()
    return (None, None) if row is None else (row[0], row[1])
