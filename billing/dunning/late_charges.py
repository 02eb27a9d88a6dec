"""What paying late costs, on the bill that is being made: fees of letters, and interest where the seller charges it."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from billing.dunning.late_fees import load_late_fee_lines
from billing.dunning.late_interest_lines import load_interest_lines
from billing.models.seller import Seller
from billing.rating.line import Line


def load_late_charges(
    session: Session, seller: Seller, customer_ids: Collection[UUID], issued_on: date
) -> Mapping[UUID, list[Line]]:
    """Return each customer's lines; one without any is left out."""
    fees = load_late_fee_lines(session, seller, customer_ids, issued_on)
    interest = load_interest_lines(session, seller, customer_ids, issued_on)
    return {customer: [*fees.get(customer, ()), *interest.get(customer, ())] for customer in {*fees, *interest}}
