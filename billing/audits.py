"""The door to the fairness audit: loads an account, judges it, and pays back what is certain."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.audit_loading import load_accounts
from billing.errors import NotFound
from billing.fairness.audit import audit
from billing.fairness.facts import AccountFacts, InvoiceAudited
from billing.fairness.finding import AuditReport, Confidence, Finding, Verdict
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


def credit_findings(session: Session, customer_id: UUID, *, now: datetime) -> Sequence[CreditNote]:
    """Give back all that is certain of one account: one credit note per invoice, each finding once.

    Who comes second to a finding audits again and finds it paid. What is undecided, and what no line can give back,
    becomes a task for a person.
    """
    seller = _seller_of(session, customer_id)
    today = now.astimezone(ZoneInfo(seller.time_zone)).date()
    while True:
        try:
            with session.begin_nested():
                return _credit(session, customer_id, today, now)
        except AlreadyCredited:
            # A rival's note is committed now, so the next audit knows it.
            session.expire_all()


def _credit(session: Session, customer_id: UUID, today: date, now: datetime) -> Sequence[CreditNote]:
    facts = load_account(session, customer_id, today=today)
    report = audit(facts, law_of(facts.country), today)
    undecided = [finding for finding in report.findings if finding.verdict is Verdict.NEEDS_PERSON]
    notes: list[CreditNote] = []
    for invoice, findings in _by_invoice(facts, report):
        lines, left = _credit_lines(invoice, findings, creditable(session, invoice.invoice_id))
        if lines:
            notes.append(issue_credit_note(session, invoice.invoice_id, lines, CreditReason.CORRECTION, now=now))
        undecided += left
    undecided += [finding for finding in report.findings if _is_owed(finding) and not _invoice_number(finding)]
    for finding in undecided:
        _ask(session, customer_id, finding, now)
    return notes


def _by_invoice(facts: AccountFacts, report: AuditReport) -> list[tuple[InvoiceAudited, list[Finding]]]:
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        if _is_owed(finding) and finding.amount:
            groups[_invoice_number(finding)].append(finding)
    return [(invoice, groups[invoice.number]) for invoice in facts.invoices if groups.get(invoice.number)]


def _is_owed(finding: Finding) -> bool:
    return finding.verdict is Verdict.OUR_MISTAKE and finding.confidence is Confidence.CERTAIN


def _invoice_number(finding: Finding) -> str:
    """Return the invoice that the finding is about; none for money that went astray: it needs no credit."""
    first = finding.evidence[0] if finding.evidence else {}
    return str(first.get("invoice", "")) if first.get("row") in {"line", "invoice"} else ""


def _credit_lines(
    invoice: InvoiceAudited, findings: Sequence[Finding], creditable_by_line: Mapping[int, Money]
) -> tuple[list[CreditLine], list[Finding]]:
    """Put each finding to its line; what is more than the line goes to the others, the greatest first."""
    left = {key: money.minor for key, money in creditable_by_line.items()}
    room = invoice.total - sum(line.credited for line in invoice.lines)
    paid = {credit.finding for line in invoice.lines for credit in line.credits}
    lines: list[CreditLine] = []
    beyond: list[Finding] = []
    for finding in findings:
        # Of net prices the note adds the tax by itself.
        wanted = int(str(finding.facts.get("net_minor", finding.amount.minor)))
        parts = _spread(invoice, finding, wanted, left)
        is_too_much = sum(part for _, part in parts) < wanted or finding.amount.minor > room
        if finding.key in paid or is_too_much:
            beyond.append(finding)
            continue
        room -= finding.amount.minor
        for position, (key, part) in enumerate(parts):
            left[key] -= part
            name = finding.key if position == 0 else f"{finding.key}+{position}"
            lines.append(CreditLine(key, Money(part, invoice.currency), name))
    return lines, beyond


def _spread(invoice: InvoiceAudited, finding: Finding, wanted: int, left: Mapping[int, int]) -> list[tuple[int, int]]:
    position = finding.evidence[0].get("position")
    own_first = sorted(invoice.lines, key=lambda line: (line.position != position, -left.get(line.line_id, 0)))
    parts: list[tuple[int, int]] = []
    for line in own_first:
        part = min(wanted, left.get(line.line_id, 0))
        if part > 0:
            parts.append((line.line_id, part))
            wanted -= part
    return parts


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
