"""The door to the fairness audit: loads an account, judges it, and pays back what is certain."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.audit_loading.accounts import load_accounts
from billing.errors import NotFound
from billing.fairness.audit import audit
from billing.fairness.crediting import by_invoice, parts_of
from billing.fairness.facts import AccountFacts
from billing.fairness.finding import AuditReport, Finding
from billing.human_tasks import raise_task
from billing.law import law_of
from billing.ledger.credit_notes import AlreadyCredited, CreditLine, creditable, issue_credit_note
from billing.models.credit_note import CreditNote, CreditReason
from billing.models.customer import Customer
from billing.models.human_task import TaskKind
from billing.models.seller import Seller
from billing.money import Money

CHUNK = 50


class AccountNotFound(NotFound):
    """No customer has this id."""

    def __init__(self, customer_id: UUID) -> None:
        super().__init__(f"no customer {customer_id}")
        self.customer_id = customer_id


def load_account(session: Session, customer_id: UUID, *, today: date) -> AccountFacts:
    """Return one account as the audit sees it; the number of queries does not depend on its size."""
    return load_accounts(session, _seller_of(session, customer_id), [customer_id], today=today)[0]


def audit_account(session: Session, customer_id: UUID, *, today: date) -> AuditReport:
    facts = load_account(session, customer_id, today=today)
    return audit(facts, law_of(facts.country), today)


def audit_all(session: Session, *, today: date) -> Iterator[AuditReport]:
    """Audit every account, seller by seller, in order of customer numbers."""
    for seller in session.scalars(select(Seller).order_by(Seller.id)).all():
        ids = session.scalars(select(Customer.id).filter_by(seller_id=seller.id).order_by(Customer.number)).all()
        for start in range(0, len(ids), CHUNK):
            for facts in load_accounts(session, seller, ids[start : start + CHUNK], today=today):
                yield audit(facts, law_of(facts.country), today)


def count_accounts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Customer)) or 0


def credit_findings(
    session: Session, customer_id: UUID, *, now: datetime, only: Collection[str] | None = None
) -> Sequence[CreditNote]:
    """Give back all that is certain of one account: one credit note per invoice, each finding once.

    `only`: the keys of the findings that are meant, if not all. Who comes second to a finding audits again and finds it
    paid. What is undecided, and what no line can give back, becomes a task for a person.
    """
    seller = _seller_of(session, customer_id)
    today = now.astimezone(ZoneInfo(seller.time_zone)).date()
    while True:
        try:
            with session.begin_nested():
                return _credit(session, customer_id, today, now, only)
        except AlreadyCredited:
            # A rival's note is committed now, so the next audit knows it.
            session.expire_all()


def raise_undecided(session: Session, customer_id: UUID, report: AuditReport, *, now: datetime) -> None:
    """Put before a person what the audit cannot decide and what no credit note settles; the same thing waits once."""
    for finding in report.for_person:
        _ask(session, customer_id, finding, now)


def _credit(
    session: Session, customer_id: UUID, today: date, now: datetime, only: Collection[str] | None
) -> Sequence[CreditNote]:
    facts = load_account(session, customer_id, today=today)
    report = audit(facts, law_of(facts.country), today)
    notes: list[CreditNote] = []
    meant = [finding for finding in report.findings if only is None or finding.key in only]
    for invoice, findings in by_invoice(facts.invoices, meant):
        left = {line_id: money.minor for line_id, money in creditable(session, invoice.invoice_id).items()}
        parts, beyond = parts_of(invoice, findings, left)
        lines = [CreditLine(part.line_id, Money(part.amount, invoice.currency), part.name) for part in parts]
        if lines:
            notes.append(issue_credit_note(session, invoice.invoice_id, lines, CreditReason.CORRECTION, now=now))
        for finding in beyond:
            _ask(session, customer_id, finding, now)
    raise_undecided(session, customer_id, report, now=now)
    return notes


def _ask(session: Session, customer_id: UUID, finding: Finding, now: datetime) -> None:
    facts = {
        "detector": finding.detector,
        "amount_minor": finding.amount.minor,
        "rule": finding.rule,
        "evidence": [dict(row) for row in finding.evidence],
        "error": str(finding.facts.get("reason", finding.detector)),
    }
    key = f"audit:{customer_id}:{finding.key}"
    raise_task(session, TaskKind.AUDIT_UNDECIDED, key, customer_id=customer_id, facts=facts, now=now)


def _seller_of(session: Session, customer_id: UUID) -> Seller:
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise AccountNotFound(customer_id)
    return session.get_one(Seller, customer.seller_id)
