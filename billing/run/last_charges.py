"""Finds customers who are billed though no contract of theirs runs: what paying late cost them is on no bill yet."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from billing.dunning.claims import open_minor_on
from billing.dunning.late_charges import load_late_charges
from billing.ledger.journal import CHUNK
from billing.models.contract import Contract
from billing.models.dunning import DunningStep
from billing.models.invoice import Invoice
from billing.models.seller import Seller
from billing.periods import BillingPeriod


def customers_with_last_charges(
    session: Session, seller: Seller, period: BillingPeriod, issued_on: date
) -> Sequence[UUID]:
    """Return those whose contracts have all ended, and whose letters or late payments are still to be charged for.

    Whoever has a contract that runs or is to begin is left out: such charges stand on the next bill of that contract.
    """
    candidates = session.scalars(
        select(Invoice.customer_id)
        .where(Invoice.seller_id == seller.id, _costs_something(seller, issued_on), ~_goes_on(period))
        .distinct()
        .order_by(Invoice.customer_id)
    ).all()
    return [
        customer_id
        for start in range(0, len(candidates), CHUNK)
        for customer_id in load_late_charges(session, seller, candidates[start : start + CHUNK], issued_on)
    ]


def _goes_on(period: BillingPeriod) -> ColumnElement[bool]:
    has_not_ended = Contract.ended_on.is_(None) | (Contract.ended_on > period.start)
    return select(Contract.id).where(Contract.customer_id == Invoice.customer_id, has_not_ended).exists()


def _costs_something(seller: Seller, issued_on: date) -> ColumnElement[bool]:
    has_fee = select(DunningStep.id).where(DunningStep.invoice_id == Invoice.id, DunningStep.fee_minor > 0).exists()
    if not seller.charges_late_interest:
        return has_fee
    return has_fee | ((Invoice.due_on < issued_on) & (open_minor_on(Invoice.due_on) > 0))
