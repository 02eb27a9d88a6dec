"""What overdue accounts owe on a day, read for many customers at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from billing.disputes.disputes import last_closed_on
from billing.dunning.arrangements import load_holds
from billing.dunning.claims import open_minor_on, open_on, without_disputed
from billing.dunning.plan import OverdueInvoice, SentStep
from billing.models.dunning import Arrangement, ArrangementStatus, DunningStep
from billing.models.invoice import Invoice, LineItem
from billing.models.seller import Seller
from billing.money import Money
from billing.rating.kinds import LineKind


def accounts_to_look_at(session: Session, seller: Seller, today: date) -> Sequence[UUID]:
    """Return the seller's customers with an invoice that is overdue today, or with an arrangement to be kept."""
    is_overdue = (Invoice.due_on < today) & (open_minor_on(today) > 0)
    active = select(Arrangement.invoice_id).where(Arrangement.status == ArrangementStatus.ACTIVE)
    customers = select(Invoice.customer_id).where(
        Invoice.seller_id == seller.id, or_(is_overdue, Invoice.id.in_(active))
    )
    return session.scalars(customers.distinct().order_by(Invoice.customer_id)).all()


def load_overdue(
    session: Session, customer_ids: Collection[UUID], today: date
) -> Mapping[UUID, Sequence[OverdueInvoice]]:
    """Return each customer's overdue invoices as arrangements stand today; nothing is written."""
    invoices = session.scalars(
        select(Invoice)
        .where(Invoice.customer_id.in_(customer_ids), Invoice.due_on < today, open_minor_on(today) > 0)
        .order_by(Invoice.due_on, Invoice.sequence)
    ).all()
    left = open_on(session, [invoice.id for invoice in invoices], today)
    claims, holds = without_disputed(session, left), load_holds(session, left, today)
    closed, steps = last_closed_on(session, left), load_steps(session, left)
    supplies = _with_supplies(session, left)
    accounts: dict[UUID, list[OverdueInvoice]] = defaultdict(list)
    for invoice in invoices:
        later = [day for day in (closed.get(invoice.id), holds.payable_on.get(invoice.id)) if day is not None]
        overdue = OverdueInvoice(
            id=invoice.id,
            number=invoice.number,
            due_on=invoice.due_on,
            payable_on=max([invoice.due_on, *later]),
            claim=Money(claims[invoice.id], invoice.currency),
            steps=steps.get(invoice.id, ()),
            is_arranged=invoice.id in holds.active,
            only_late_charges=invoice.id not in supplies,
        )
        accounts[invoice.customer_id].append(overdue)
    return accounts


def _with_supplies(session: Session, invoice_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return the invoices that charge for more than earlier ones being late."""
    of_supply = LineItem.kind.not_in((LineKind.LATE_FEE, LineKind.INTEREST))
    charged = select(LineItem.invoice_id).where(LineItem.invoice_id.in_(invoice_ids), of_supply)
    return frozenset(session.scalars(charged.distinct()))


def load_steps(session: Session, invoice_ids: Collection[UUID]) -> Mapping[UUID, Sequence[SentStep]]:
    """Return the letters about each invoice, in order."""
    rows = session.execute(
        select(DunningStep, Invoice.currency)
        .join(Invoice, Invoice.id == DunningStep.invoice_id)
        .where(DunningStep.invoice_id.in_(invoice_ids))
        .order_by(DunningStep.position)
    )
    steps: dict[UUID, list[SentStep]] = defaultdict(list)
    for step, currency in rows:
        steps[step.invoice_id].append(SentStep(step.kind, step.sent_on, Money(step.fee_minor, currency)))
    return steps
