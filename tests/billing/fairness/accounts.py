"""Accounts for tests of the audit: a home at 39.99 a month, bills written line by line as any system might have."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from billing.audits import audit_account
from billing.fairness.finding import AuditReport, Finding
from billing.models.contract import Contract
from billing.models.customer import Customer
from billing.models.invoice import Invoice, InvoiceTax, LineItem
from billing.models.plan import Plan
from billing.rating.kinds import LineKind, ReasonCode
from tests.factories.billing import make_contract, make_customer, make_one_off, make_plan

TODAY = date(2026, 11, 20)
OCTOBER = (date(2026, 10, 1), date(2026, 11, 1))
SEPTEMBER = (date(2026, 9, 1), date(2026, 10, 1))
Span = tuple[date, date]


def settle(
    session: Session,
    *,
    country: str = "DE",
    base_minor: int = 3999,
    started_on: date = date(2025, 1, 1),
    ended_on: date | None = None,
) -> tuple[Customer, Contract, Plan]:
    """Return a customer with one contract on one plan."""
    customer = make_customer(session, country=country)
    plan = make_plan(session, base_minor=base_minor, country=country)
    contract = make_contract(session, customer, plan, started_on=started_on, ended_on=ended_on)
    return customer, contract, plan


def line(
    amount_minor: int,
    days: Span = OCTOBER,
    *,
    kind: LineKind = LineKind.RECURRING,
    contract: Contract | None = None,
    tax_rate: int = 1900,
    quantity: int = 1,
    unit: str = "",
) -> LineItem:
    return LineItem(
        contract_id=contract.id if contract else None,
        kind=kind,
        reason_code=ReasonCode.BASE_FEE,
        cause={},
        period_start=days[0],
        period_end=days[1],
        quantity=quantity,
        unit=unit,
        amount_minor=amount_minor,
        currency="EUR",
        tax_rate=tax_rate,
    )


def bill(
    session: Session,
    customer: Customer,
    lines: Sequence[LineItem],
    month: Span = OCTOBER,
    *,
    issued_on: date | None = None,
    total_minor: int | None = None,
) -> Invoice:
    """Issue the lines with taxes computed per rate, the day after the month unless told otherwise."""
    issued = issued_on or month[1] + timedelta(days=1)
    sequence = 700_000 + issued.toordinal() * 7 % 90_000 + customer_sequence(customer)
    invoice = Invoice(
        id=uuid4(),
        seller_id=customer.seller_id,
        customer_id=customer.id,
        number=f"T-{sequence}",
        year=issued.year,
        sequence=sequence,
        period_start=month[0],
        period_end=month[1],
        issued_on=issued,
        due_on=issued + timedelta(days=14),
        total_minor=sum(one.amount_minor for one in lines) if total_minor is None else total_minor,
        currency="EUR",
        created_at=datetime.combine(issued, time(6), UTC),
    )
    session.add(invoice)
    session.flush()
    for position, one in enumerate(lines, 1):
        one.invoice_id, one.position = invoice.id, position
        session.add(one)
        session.flush()
    _add_taxes(session, invoice, lines)
    return invoice


def customer_sequence(customer: Customer) -> int:
    return int(customer.number) % 1_000 * 100_000


def _add_taxes(session: Session, invoice: Invoice, lines: Sequence[LineItem]) -> None:
    for rate in sorted({one.tax_rate for one in lines}):
        gross = sum(one.amount_minor for one in lines if one.tax_rate == rate)
        # Half up: the tax in a price with tax.
        tax = (2 * gross * rate + 10_000 + rate) // (2 * (10_000 + rate))
        session.add(
            InvoiceTax(
                invoice_id=invoice.id,
                tax_rate=rate,
                gross_minor=gross,
                net_minor=gross - tax,
                tax_minor=tax,
                currency="EUR",
            )
        )
    session.flush()


def audit(session: Session, customer: Customer, today: date = TODAY) -> AuditReport:
    return audit_account(session, customer.id, today=today)


def claims(report: AuditReport) -> dict[str, int]:
    """Return the cents of our mistakes per detector."""
    sums: dict[str, int] = {}
    for finding in report.findings:
        if finding.verdict == "our_mistake":
            sums[finding.detector] = sums.get(finding.detector, 0) + finding.amount.minor
    return sums


def only(report: AuditReport) -> Finding:
    (finding,) = report.findings
    return finding


def record_a_charge(session: Session) -> None:
    """Let another customer of the seller have a charge, so that the company is one that records them."""
    _, contract, _ = settle(session)
    make_one_off(session, contract, charged_on=date(2026, 10, 5), amount_minor=100)
