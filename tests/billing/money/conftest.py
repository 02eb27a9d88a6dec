"""A customer whose money moves."""

import pytest
from sqlalchemy.orm import Session

from billing.models import Customer
from tests.factories.billing import make_customer


@pytest.fixture
def customer(session: Session) -> Customer:
    return make_customer(session)
