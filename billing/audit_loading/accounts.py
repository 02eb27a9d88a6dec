"""Everything that the audit sees of an account."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from billing.audit_loading.grouping import grouped
from billing.audit_loading.invoices import load_invoices
from billing.audit_loading.money import load_money
from billing.fairness.facts import AccountFacts, ContractFacts, OutageFacts, UsageFacts
from billing.models.contract import Contract, OneOffCharge, Outage
from billing.models.customer import Customer
from billing.models.plan import PriceVersion
from billing.models.seller import Seller
from billing.models.usage import UsageRecord
from billing.periods import BillingPeriod
from billing.rating.terms import ContractTerms, Usage
from billing.tariff_advice import load_offers, load_products
from billing.terms.contract_terms import load_terms

ALWAYS = BillingPeriod(date(1970, 1, 1), date(2200, 1, 1))


def load_accounts(
    session: Session, seller: Seller, customer_ids: Collection[UUID], *, today: date
) -> list[AccountFacts]:
    """Return the accounts of customers of one seller, in order of their numbers; `today`: for plans on offer."""
    customers = session.scalars(select(Customer).where(Customer.id.in_(customer_ids)).order_by(Customer.number)).all()
    terms = _terms(session, seller, customer_ids)
    contracts = _contracts(session, customer_ids, terms)
    products = load_products(session, terms)
    offers = load_offers(session, seller, set(products.values()), today)
    invoices = load_invoices(session, customer_ids)
    usage = _usage(session, [one.contract_id for several in contracts.values() for one in several])
    money = load_money(session, customer_ids, invoices)
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


def _contracts(
    session: Session, customer_ids: Collection[UUID], terms: Sequence[ContractTerms]
) -> Mapping[UUID, list[ContractFacts]]:
    by_id = {one.contract_id: one for one in terms}
    rows = session.execute(
        select(*Contract.__table__.columns)
        .where(Contract.customer_id.in_(customer_ids))
        .order_by(Contract.started_on, Contract.number, Contract.id)
    ).all()
    outages = grouped(
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
