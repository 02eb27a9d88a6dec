"""The door to the fairness audit: loads an account, judges it, and pays back what is certain."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.audit_loading import load_accounts
from billing.errors import NotFound
from billing.fairness.audit import audit
from billing.fairness.facts import AccountFacts
from billing.fairness.finding import AuditReport
from billing.law import law_of
from billing.models.customer import Customer
from billing.models.seller import Seller

CHUNK = 50


class AccountNotFound(NotFound):
    """No customer has this id."""

    def __init__(self, customer_id: UUID) -> None:
        super().__init__(f"no customer {customer_id}")
        self.customer_id = customer_id


def load_account(session: Session, customer_id: UUID) -> AccountFacts:
    """Return one account as the audit sees it; the number of queries does not depend on its size."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise AccountNotFound(customer_id)
    seller = session.get_one(Seller, customer.seller_id)
    return load_accounts(session, seller, [customer_id])[0]


def audit_account(session: Session, customer_id: UUID, *, today: date) -> AuditReport:
    facts = load_account(session, customer_id)
    return audit(facts, law_of(facts.country), today)


def count_accounts(session: Session) -> int:
    return len(session.scalars(select(Customer.id)).all())


def audit_all(session: Session, *, today: date) -> Iterator[AuditReport]:
    """Audit every account, seller by seller, in order of customer numbers."""
    for seller in session.scalars(select(Seller).order_by(Seller.id)).all():
        ids = session.scalars(select(Customer.id).filter_by(seller_id=seller.id).order_by(Customer.number)).all()
        for start in range(0, len(ids), CHUNK):
            for facts in load_accounts(session, seller, ids[start : start + CHUNK]):
                yield audit(facts, law_of(facts.country), today)
            session.expunge_all()
            session.add(seller)
