"""Rates whole accounts: loads what many customers' bills depend on at once, then rates one after the other."""

from collections.abc import Callable, Collection
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from billing.contract_terms import load_terms, load_usage
from billing.late_fees import load_late_fee_lines
from billing.law import law_of
from billing.models.seller import Seller
from billing.periods import BillingPeriod
from billing.rating.line import Line
from billing.rating.rate import rate

Rater = Callable[[UUID], tuple[Line, ...]]


def load_rater(
    session: Session, seller: Seller, customer_ids: Collection[UUID], period: BillingPeriod, issued_on: date
) -> Rater:
    """Return what gives one customer's lines for the period, on an invoice that is issued on that day.

    The rater raises RatingError or RuleMissing for an account whose data or law allow no bill.
    """
    law = law_of(seller.country)
    terms = load_terms(session, customer_ids, period, seller.country, seller.currency)
    contract_ids = [one.contract_id for contracts in terms.values() for one in contracts]
    usage = load_usage(session, contract_ids, period)
    late_fees = load_late_fee_lines(session, seller, customer_ids, issued_on)

    def lines_of(customer_id: UUID) -> tuple[Line, ...]:
        rated = [
            line
            for one in terms.get(customer_id, [])
            for line in rate(one, usage.get(one.contract_id, []), law, period)
        ]
        return (*rated, *late_fees.get(customer_id, []))

    return lines_of
