"""Loads accounts for the audit: the same few queries for one customer or for fifty."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from billing.fairness.facts import (
    AccountFacts,
    AllocationFacts,
    ContractFacts,
    CreditFacts,
    CreditNoteFacts,
    DunningFacts,
    InvoiceAudited,
    LineFacts,
    OutageFacts,
    PaymentFacts,
    TaxFacts,
    UsageFacts,
)
from billing.models.contract import Contract, OneOffCharge, Outage
from billing.models.credit_note import CreditNote, CreditNoteLine
from billing.models.customer import Customer
from billing.models.dunning import DunningStep
from billing.models.invoice import Invoice, InvoiceTax, LineItem
from billing.models.payment import Allocation, Payment, Refund, RefundStatus
from billing.models.plan import PriceVersion
from billing.models.seller import Seller
from billing.models.usage import UsageRecord
from billing.periods import BillingPeriod
from billing.rating.terms import ContractTerms, Usage
from billing.tariff_advice import load_offers, load_products
from billing.terms.contract_terms import load_terms

ALWAYS = BillingPeriod(date(1970, 1, 1), date(2200, 1, 1))
# Any: rows of several tables, each read by its own columns.
Rows = Mapping[Any, Sequence[Any]]


def load_accounts(
    session: Session, seller: Seller, customer_ids: Collection[UUID], *, today: date
) -> list[AccountFacts]:
    """Return the accounts of customers of one seller, in order of their numbers; `today`: for plans on offer."""
    customers = session.scalars(select(Customer).where(Customer.id.in_(customer_ids)).order_by(Customer.number)).all()
    terms = _terms(session, seller, customer_ids)
    contracts = _contracts(session, customer_ids, terms)
    products = load_products(session, terms)
    offers = load_offers(session, seller, set(products.values()), today)
    invoices = _invoices(session, customer_ids)
    usage = _usage(session, [one.contract_id for several in contracts.values() for one in several])
    money = _Money(session, customer_ids, invoices)
    notices = {row.id: row.notice_sent_on for row in session.execute(_NOTICES.filter_by(country=seller.country))}
    charges_known = _has_charges(session, seller)
    return [
        AccountFacts(
            number=customer.number,
            country=customer.country,
            currency=seller.currency,
            prices_include_tax=seller.prices_include_tax,
            contracts=tuple(contracts.get(customer.id, ())),
            usage=tuple(record for one in contracts.get(customer.id, ()) for record in usage.get(one.contract_id, ())),
            invoices=tuple(invoices.get(customer.id, ())),
            payments=money.payments(customer.id),
            credit_notes=money.credit_notes(customer.id),
            dunning=money.dunning(customer.id),
            refunded=money.refunded.get(customer.id, 0),
            notices=notices,
            offers={code: tuple(offers.get(product, ())) for code, product in products.items()},
            charges_known=charges_known,
        )
        for customer in customers
    ]


def _has_charges(session: Session, seller: Seller) -> bool:
    booked = (
        select(OneOffCharge.id)
        .join(Contract, Contract.id == OneOffCharge.contract_id)
        .join(Customer, Customer.id == Contract.customer_id)
        .where(Customer.seller_id == seller.id)
    )
    return bool(session.scalar(select(exists(booked))))


def _terms(session: Session, seller: Seller, customer_ids: Collection[UUID]) -> list[ContractTerms]:
    by_customer = load_terms(
        session,
        list(customer_ids),
        ALWAYS,
        seller.country,
        seller.currency,
        prices_include_tax=seller.prices_include_tax,
    )
    return [terms for several in by_customer.values() for terms in several]


_NOTICES = select(PriceVersion.id, PriceVersion.notice_sent_on)


def _grouped(rows: Iterable[Any], key: str) -> Rows:
    groups: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups


def _contracts(
    session: Session, customer_ids: Collection[UUID], terms: Sequence[ContractTerms]
) -> Mapping[UUID, list[ContractFacts]]:
    by_id = {one.contract_id: one for one in terms}
    rows = session.execute(
        select(*Contract.__table__.columns)
        .where(Contract.customer_id.in_(customer_ids))
        .order_by(Contract.started_on, Contract.number, Contract.id)
    ).all()
    outages = _grouped(
        session.execute(
            select(*Outage.__table__.columns)
            .where(Outage.contract_id.in_([row.id for row in rows]))
            .order_by(Outage.reported_on, Outage.reference)
        ),
        "contract_id",
    )
    contracts: dict[UUID, list[ContractFacts]] = defaultdict(list)
    for row in rows:
        if row.id not in by_id:
            continue
        contracts[row.customer_id].append(
            ContractFacts(
                number=row.number or str(row.id),
                contract_id=row.id,
                started_on=row.started_on,
                ended_on=row.ended_on,
                cancelled_on=row.cancelled_on,
                minimum_term_until=row.minimum_term_until,
                termination_fee=row.termination_fee_minor,
                terms=by_id[row.id],
                outages=tuple(
                    OutageFacts(one.reference, one.reported_on, one.ended_on) for one in outages.get(row.id, ())
                ),
            )
        )
    return contracts


def _usage(session: Session, contract_ids: Sequence[UUID]) -> Mapping[UUID, list[UsageFacts]]:
    columns = [
        UsageRecord.contract_id,
        UsageRecord.event_id,
        UsageRecord.used_on,
        UsageRecord.quantity,
        UsageRecord.unit,
        UsageRecord.zone,
        UsageRecord.received_at,
    ]
    rows = session.execute(
        select(*columns)
        .where(UsageRecord.contract_id.in_(contract_ids))
        .order_by(UsageRecord.used_on, UsageRecord.event_id)
    )
    usage: dict[UUID, list[UsageFacts]] = defaultdict(list)
    for row in rows:
        # Who knows a record when is asked of `received_at` here; to rating every record given counts.
        record = Usage(row.used_on, row.quantity, row.unit, row.zone)
        usage[row.contract_id].append(UsageFacts(row.event_id, row.contract_id, row.zone, row.received_at, record))
    return usage


def _invoices(session: Session, customer_ids: Collection[UUID]) -> Mapping[UUID, list[InvoiceAudited]]:
    of_customers = Invoice.customer_id.in_(customer_ids)
    rows = session.execute(
        select(*Invoice.__table__.columns).where(of_customers).order_by(Invoice.issued_on, Invoice.number)
    ).all()
    lines = _grouped(
        session.execute(
            select(*LineItem.__table__.columns)
            .join(Invoice, Invoice.id == LineItem.invoice_id)
            .where(of_customers)
            .order_by(LineItem.position)
        ),
        "invoice_id",
    )
    taxes = _grouped(
        session.execute(
            select(*InvoiceTax.__table__.columns)
            .join(Invoice, Invoice.id == InvoiceTax.invoice_id)
            .where(of_customers)
            .order_by(InvoiceTax.tax_rate)
        ),
        "invoice_id",
    )
    given_back = _grouped(
        session.execute(
            select(
                CreditNoteLine.line_item_id,
                CreditNoteLine.amount_minor,
                CreditNoteLine.finding,
                CreditNote.number,
                CreditNote.reason,
                CreditNote.issued_on,
            )
            .join(CreditNote, CreditNote.id == CreditNoteLine.credit_note_id)
            .where(CreditNote.customer_id.in_(customer_ids))
            .order_by(CreditNote.issued_on, CreditNote.number, CreditNoteLine.position)
        ),
        "line_item_id",
    )
    invoices: dict[UUID, list[InvoiceAudited]] = defaultdict(list)
    for row in rows:
        invoices[row.customer_id].append(
            InvoiceAudited(
                number=row.number,
                invoice_id=row.id,
                period=BillingPeriod(row.period_start, row.period_end),
                issued_on=row.issued_on,
                due_on=row.due_on,
                created_at=row.created_at,
                total=row.total_minor,
                currency=row.currency,
                lines=tuple(_line(row.number, line, given_back.get(line.id, ())) for line in lines.get(row.id, ())),
                taxes=tuple(
                    TaxFacts(tax.tax_rate, tax.gross_minor, tax.net_minor, tax.tax_minor)
                    for tax in taxes.get(row.id, ())
                ),
            )
        )
    return invoices


def _line(invoice: str, row: Any, given_back: Sequence[Any]) -> LineFacts:  # Any: rows of the tables
    return LineFacts(
        line_id=row.id,
        invoice=invoice,
        position=row.position,
        contract_id=row.contract_id,
        kind=row.kind,
        cause=row.cause or {},
        period=BillingPeriod(row.period_start, row.period_end),
        quantity=row.quantity,
        unit=row.unit,
        amount=row.amount_minor,
        tax_rate=row.tax_rate,
        price_version_id=row.price_version_id,
        credits=tuple(
            CreditFacts(one.number, one.reason.value, one.issued_on, one.amount_minor, one.finding)
            for one in given_back
        ),
    )


class _Money:
    """What was paid, put to invoices, credited, refunded and asked for by letter."""

    def __init__(
        self, session: Session, customer_ids: Collection[UUID], invoices: Mapping[UUID, Sequence[InvoiceAudited]]
    ) -> None:
        self._owners = {invoice.invoice_id: owner for owner, several in invoices.items() for invoice in several}
        ours = select(Invoice.id).where(Invoice.customer_id.in_(customer_ids))
        self._payments = session.execute(
            select(Payment.id, Payment.reference, Payment.customer_id, Payment.invoice_id, Payment.amount_minor,
                   Payment.received_on)
            .where(or_(Payment.customer_id.in_(customer_ids), Payment.invoice_id.in_(ours)))
            .order_by(Payment.received_on, Payment.reference)
        ).all()  # fmt: skip
        self._notes = session.execute(
            select(*CreditNote.__table__.columns)
            .where(CreditNote.customer_id.in_(customer_ids))
            .order_by(CreditNote.issued_on, CreditNote.number)
        ).all()
        allocations = session.execute(
            select(Allocation.payment_id, Allocation.credit_note_id, Allocation.invoice_id, Allocation.amount_minor,
                   Allocation.allocated_on)
            .where(or_(Allocation.payment_id.in_([row.id for row in self._payments]),
                       Allocation.credit_note_id.in_([row.id for row in self._notes])))
            .order_by(Allocation.id)
        ).all()  # fmt: skip
        self._by_payment = _grouped(allocations, "payment_id")
        self._by_note = _grouped(allocations, "credit_note_id")
        self._dunning = _grouped(
            session.execute(
                select(*DunningStep.__table__.columns)
                .where(DunningStep.invoice_id.in_(ours))
                .order_by(DunningStep.sent_on, DunningStep.position)
            ),
            "invoice_id",
        )
        foreign = {row.invoice_id for row in (*self._payments, *allocations) if row.invoice_id} - set(self._owners)
        self._numbers = {invoice.invoice_id: invoice.number for several in invoices.values() for invoice in several}
        if foreign:
            others = session.execute(select(Invoice.id, Invoice.number).where(Invoice.id.in_(foreign)))
            self._numbers |= {row.id: row.number for row in others}
        self.refunded: Mapping[UUID, int] = {
            row[0]: int(row[1])
            for row in session.execute(
                select(Refund.customer_id, func.sum(Refund.amount_minor))
                .where(Refund.customer_id.in_(customer_ids), Refund.status != RefundStatus.REFUSED)
                .group_by(Refund.customer_id)
            )
        }

    def payments(self, customer_id: UUID) -> tuple[PaymentFacts, ...]:
        return tuple(
            PaymentFacts(
                reference=row.reference,
                amount=row.amount_minor,
                received_on=row.received_on,
                invoice=self._numbers.get(row.invoice_id),
                own=row.customer_id == customer_id,
                allocations=self._allocations(customer_id, self._by_payment.get(row.id, ())),
            )
            for row in self._payments
            if row.customer_id == customer_id or self._owners.get(row.invoice_id) == customer_id
        )

    def credit_notes(self, customer_id: UUID) -> tuple[CreditNoteFacts, ...]:
        return tuple(
            CreditNoteFacts(
                number=row.number,
                invoice=self._numbers[row.invoice_id],
                issued_on=row.issued_on,
                amount=row.total_minor,
                to_credit=row.to_credit_minor,
                allocations=self._allocations(customer_id, self._by_note.get(row.id, ())),
            )
            for row in self._notes
            if row.customer_id == customer_id
        )

    def dunning(self, customer_id: UUID) -> tuple[DunningFacts, ...]:
        own = [invoice_id for invoice_id, owner in self._owners.items() if owner == customer_id]
        return tuple(
            DunningFacts(
                self._numbers[invoice_id], row.position, row.kind.value, row.sent_on, row.claimed_minor, row.fee_minor
            )
            for invoice_id in own
            for row in self._dunning.get(invoice_id, ())
        )

    def _allocations(self, customer_id: UUID, rows: Sequence[Any]) -> tuple[AllocationFacts, ...]:
        return tuple(
            AllocationFacts(
                self._numbers[row.invoice_id],
                row.amount_minor,
                row.allocated_on,
                self._owners.get(row.invoice_id) == customer_id,
            )
            for row in rows
        )
