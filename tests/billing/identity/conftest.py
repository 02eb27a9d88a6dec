"""Visitors, and the one customer whom they say they are."""

import pytest
from sqlalchemy.orm import Session

from billing.models import Customer
from tests.billing.identity.visitor import KNOWN, MakeVisitor, Visitor
from tests.factories.billing import make_customer
from tests.fakes.clock import FixedClock


@pytest.fixture
def make_visitor(session: Session, clock: FixedClock) -> MakeVisitor:
    return lambda: Visitor(session, clock)


@pytest.fixture
def visitor(make_visitor: MakeVisitor) -> Visitor:
    return make_visitor()


@pytest.fixture
def customer(session: Session) -> Customer:
    customer = make_customer(session, number=KNOWN, phone="+491713920042")
    session.commit()
    return customer
