"""What the bill after one will come to: its month rated on the terms that are agreed, with as much usage as now.

This is what explanations of issued invoices tell. The forecast of `billing.explain` knows the bill alone.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from billing.explain.assumed_usage import assumed_usage, exceptional_units, units_used
from billing.explain.bill import Bill
from billing.explain.contract_lines import BASE_KINDS
from billing.law import RuleMissing
from billing.models.customer import Customer
from billing.models.seller import Seller
from billing.money import Money, total
from billing.rating.errors import RatingError
from billing.rating.terms import ContractTerms, Usage
from billing.terms.account_rating import load_rater
from billing.terms.contract_terms import load_usage


def expected_after(session: Session, customer_id: UUID, previous: Bill | None, bill: Bill) -> Money | None:
    """Return the amount; None when no contract goes on, or when terms or law allow no bill: nothing is guessed."""
    seller = session.get_one(Seller, session.get_one(Customer, customer_id).seller_id)
    month = bill.period.next_month()
    contract_ids = {line.contract_id for line in bill.lines if line.contract_id is not None}
    used = load_usage(session, contract_ids, bill.period)
    used_before = {} if previous is None else load_usage(session, contract_ids, previous.period)
    exceptions = exceptional_units(previous, bill)

    def assume(terms: ContractTerms, _: list[Usage]) -> list[Usage]:
        key = terms.contract_id
        records = used.get(key, [])
        # As much as the month before, whatever of it was charged: then nothing of it was an exception.
        is_flat = units_used(records) == units_used(used_before.get(key, []))
        return list(assumed_usage(records, {} if is_flat else exceptions.get(key, {}), bill.period, month))

    try:
        lines = load_rater(session, seller, [customer_id], month, month.end, assume=assume)(customer_id)
    except (RatingError, RuleMissing):
        return None
    if not any(line.kind in BASE_KINDS for line in lines):
        return None
    return total((line.amount for line in lines), seller.currency)
