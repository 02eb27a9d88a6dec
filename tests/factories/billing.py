"""Makes rows of the domain with sensible defaults; plain functions that flush and return the row."""

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.models.contract import Contract, ContractPhase, Discount, OneOffCharge
from billing.models.customer import Customer
from billing.models.invoice import Invoice, InvoiceTax, LineItem
from billing.models.payment import Payment
from billing.models.plan import Plan, PriceVersion
from billing.models.seller import Seller
from billing.models.usage import UsageRecord
from billing.money import Money
from billing.payments import record_payment
from billing.rating.kinds import LineKind, ReasonCode

LONG_AGO = date(2020, 1, 1)
Row = TypeVar("Row")
_numbers = itertools.count(1)


def make_seller(session: Session, *, country: str = "DE", payment_term_days: int = 14) -> Seller:
    """Return the country's seller, made at the first call."""
    found = session.scalars(select(Seller).filter_by(country=country)).one_or_none()
    if found is not None:
        return found
    zone = {"DE": "Europe/Berlin", "FI": "Europe/Helsinki"}[country]
    seller = Seller(
        country=country,
        name="Nordlicht Netz",
        legal_name=f"Nordlicht Netz {country}",
        currency="EUR",
        time_zone=zone,
        payment_term_days=payment_term_days,
    )
    return _add(session, seller)


def make_customer(
    session: Session,
    *,
    country: str = "DE",
    number: str | None = None,
    phone: str = "+491713920099",
    language: str = "de",
    name: str = "Lena Hoffmann",
    email: str | None = None,
) -> Customer:
    customer = Customer(
        id=uuid4(),
        seller_id=make_seller(session, country=country).id,
        number=number or f"{20_000_000 + next(_numbers)}",
        name=name,
        phone=phone,
        language=language,
        country=country,
        created_at=datetime(2020, 1, 1, tzinfo=UTC),
        email=email,
    )
    return _add(session, customer)


def make_plan(
    session: Session,
    *,
    base_minor: int = 3999,
    country: str = "DE",
    name: str = "Home",
    unit: str | None = None,
    included: int = 0,
    unit_price_micro: int | None = None,
    valid_from: date = LONG_AGO,
    valid_to: date | None = None,
) -> Plan:
    code = f"plan_{next(_numbers)}"
    plan = _add(session, Plan(code=code, name={"en": name, "de": name, "fi": name}))
    make_price(
        session,
        plan,
        base_minor=base_minor,
        country=country,
        unit=unit,
        included=included,
        unit_price_micro=unit_price_micro,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    return plan


def make_price(
    session: Session,
    plan: Plan,
    *,
    base_minor: int,
    country: str = "DE",
    unit: str | None = None,
    included: int = 0,
    unit_price_micro: int | None = None,
    valid_from: date,
    valid_to: date | None = None,
) -> PriceVersion:
    price = PriceVersion(
        id=uuid4(),
        plan_id=plan.id,
        country=country,
        valid_from=valid_from,
        valid_to=valid_to,
        base_minor=base_minor,
        currency="EUR",
        unit=unit,
        included_quantity=included,
        unit_price_micro=unit_price_micro,
    )
    return _add(session, price)


def make_contract(
    session: Session,
    customer: Customer,
    plan: Plan,
    *,
    started_on: date = LONG_AGO,
    ended_on: date | None = None,
    changed_on: date | None = None,
    changed_to: Plan | None = None,
) -> Contract:
    contract = _add(session, Contract(id=uuid4(), customer_id=customer.id, started_on=started_on, ended_on=ended_on))
    _add(session, ContractPhase(contract_id=contract.id, plan_id=plan.id, valid_from=started_on, valid_to=changed_on))
    if changed_on is not None and changed_to is not None:
        _add(session, ContractPhase(contract_id=contract.id, plan_id=changed_to.id, valid_from=changed_on))
    return contract


def make_discount(
    session: Session,
    contract: Contract,
    *,
    amount_minor: int,
    valid_from: date = LONG_AGO,
    valid_to: date | None = None,
) -> Discount:
    name = {"en": "Welcome discount", "de": "Willkommensrabatt", "fi": "Tervetuloalennus"}
    discount = Discount(
        id=uuid4(),
        contract_id=contract.id,
        name=name,
        amount_minor=amount_minor,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    return _add(session, discount)


def make_one_off(
    session: Session, contract: Contract, *, charged_on: date, amount_minor: int = 4990, reference: str = "WO-1"
) -> OneOffCharge:
    charge = OneOffCharge(
        contract_id=contract.id,
        name={"en": "Technician visit", "de": "Technikereinsatz", "fi": "Asentajan käynti"},
        reference=reference,
        charged_on=charged_on,
        amount_minor=amount_minor,
    )
    return _add(session, charge)


def make_usage(
    session: Session,
    contract: Contract,
    *,
    used_on: date,
    quantity: int,
    unit: str = "GB",
    received_at: datetime | None = None,
) -> UsageRecord:
    record = UsageRecord(
        event_id=f"event-{next(_numbers)}",
        contract_id=contract.id,
        used_on=used_on,
        quantity=quantity,
        unit=unit,
        received_at=received_at,
    )
    return _add(session, record)


def make_payment(session: Session, invoice: Invoice, *, received_on: date, amount_minor: int | None = None) -> Payment:
    minor = invoice.total_minor if amount_minor is None else amount_minor
    return record_payment(
        session,
        customer_id=invoice.customer_id,
        reference=f"bank-{next(_numbers)}",
        amount=Money(minor, invoice.currency),
        received_on=received_on,
        invoice_id=invoice.id,
        now=datetime.combine(received_on, time(12), UTC),
    )


def make_invoice(
    session: Session,
    customer: Customer,
    *,
    due_on: date,
    amounts: Sequence[int] = (12_000,),
    issued_on: date | None = None,
    kinds: Sequence[LineKind] = (),
) -> Invoice:
    """Return an issued invoice with one untaxed line per amount, issued two weeks before it is due.

    `kinds` are those of the lines in their order; a line without one is recurring.
    """
    issued = issued_on or due_on - timedelta(days=14)
    sequence = 500_000 + next(_numbers)  # far from what a billing run gives
    total = sum(amounts)
    row = Invoice(
        id=uuid4(),
        seller_id=customer.seller_id,
        customer_id=customer.id,
        number=f"{customer.country}-{issued.year}-{sequence:06}",
        year=issued.year,
        sequence=sequence,
        period_start=issued - timedelta(days=31),
        period_end=issued,
        issued_on=issued,
        due_on=due_on,
        total_minor=total,
        currency="EUR",
        created_at=datetime.combine(issued, time(6), UTC),
    )
    invoice = _add(session, row)
    for position, minor in enumerate(amounts, 1):
        line = LineItem(
            invoice_id=invoice.id,
            position=position,
            kind=kinds[position - 1] if position <= len(kinds) else LineKind.RECURRING,
            reason_code=ReasonCode.BASE_FEE,
            cause={},
            period_start=invoice.period_start,
            period_end=invoice.period_end,
            quantity=1,
            unit="",
            amount_minor=minor,
            currency="EUR",
            tax_rate=0,
        )
        _add(session, line)
    tax = InvoiceTax(invoice_id=invoice.id, tax_rate=0, gross_minor=total, net_minor=total, tax_minor=0, currency="EUR")
    _add(session, tax)
    return invoice


def line_ids(session: Session, invoice: Invoice) -> Sequence[int]:
    """Return the invoice's lines in their order."""
    return session.scalars(
        select(LineItem.id).where(LineItem.invoice_id == invoice.id).order_by(LineItem.position)
    ).all()


def invoice_of(session: Session, customer_id: UUID, period_start: date) -> Invoice:
    return session.scalars(select(Invoice).filter_by(customer_id=customer_id, period_start=period_start)).one()


def _add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row
