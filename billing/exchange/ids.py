"""Turns natural keys into the ids of rows: those in the database keep theirs, new ones follow from the key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.models.contract import Contract
from billing.models.credit_note import CreditNote
from billing.models.customer import Customer
from billing.models.invoice import Invoice
from billing.models.plan import Plan, PriceVersion
from billing.models.seller import Seller

NAMESPACE = UUID("0f8a6f52-6c0e-5b7e-8f0a-2d3c1e9b7a44")


@dataclass(frozen=True, slots=True)
class SellerRow:
    """What rows of customers and invoices take from their seller."""

    id: int
    country: str
    currency: str
    time_zone: str


@dataclass(slots=True)
class Ids:
    """The maps hold what is in the database, and what the import has written since."""

    now: datetime
    sellers: dict[str, SellerRow] = field(default_factory=dict)
    plans: dict[str, int] = field(default_factory=dict)
    prices: dict[tuple[str, str, date], UUID] = field(default_factory=dict)
    customers: dict[str, UUID] = field(default_factory=dict)
    countries: dict[str, str] = field(default_factory=dict)
    contracts: dict[str, UUID] = field(default_factory=dict)
    invoices: dict[str, UUID] = field(default_factory=dict)
    invoice_countries: dict[str, str] = field(default_factory=dict)
    invoice_customers: dict[str, str] = field(default_factory=dict)
    taken_invoices: set[UUID] = field(default_factory=set)
    credit_notes: dict[str, UUID] = field(default_factory=dict)
    dispute_invoices: dict[str, str] = field(default_factory=dict)
    places: Mapping[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    credit_note_invoices: dict[str, str] = field(default_factory=dict)

    def price(self, plan: str, country: str, valid_from: date) -> UUID:
        key = (plan, country, valid_from)
        return self.prices.get(key) or new_id("price", *key)

    def seller_of(self, customer: str) -> SellerRow:
        return self.sellers[self.countries[customer]]


def new_id(kind: str, *key: object) -> UUID:
    return uuid5(NAMESPACE, "\x1f".join([kind, *map(str, key)]))


def load_ids(session: Session, now: datetime) -> Ids:
    ids = Ids(now)
    load_sellers_and_plans(session, ids)
    prices = select(Plan.code, PriceVersion.country, PriceVersion.valid_from, PriceVersion.id)
    for code, country, valid_from, key in session.execute(prices.join(Plan, Plan.id == PriceVersion.plan_id)):
        ids.prices[code, country, valid_from] = key
    for number, key, country in session.execute(select(Customer.number, Customer.id, Customer.country)):
        ids.customers[number] = key
        ids.countries[number] = country
    contracts = select(Contract.number, Contract.id).where(Contract.number.is_not(None))
    ids.contracts = {str(number): key for number, key in session.execute(contracts)}
    ids.taken_invoices = set(session.scalars(select(Invoice.id)))
    invoices = select(Invoice.number, Invoice.id, Customer.country, Customer.number)
    for number, key, country, customer in session.execute(invoices.join(Customer, Customer.id == Invoice.customer_id)):
        ids.invoices[number] = key
        ids.invoice_countries[number] = country
        ids.invoice_customers[number] = customer
    ids.credit_notes = dict(session.execute(select(CreditNote.number, CreditNote.id)).all())
    return ids


def load_sellers_and_plans(session: Session, ids: Ids) -> None:
    """Read the numbers that the database has given to sellers and plans."""
    ids.sellers = {
        seller.country: SellerRow(seller.id, seller.country, seller.currency, seller.time_zone)
        for seller in session.scalars(select(Seller))
    }
    ids.plans = dict(session.execute(select(Plan.code, Plan.id)).all())
