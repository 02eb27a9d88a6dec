"""Corrections: what the audit is certain of, credited exactly. Nobody sets the amount, and nothing caps it."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from billing.adjustments.adjustment import Account, Adjusted, AdjustmentRefused, Choice, UnknownChoice, Wish
from billing.adjustments.bills import credited, invoice_numbers
from billing.audits import audit_account, credit_findings
from billing.fairness.crediting import is_certain
from billing.fairness.finding import Finding
from billing.money import Money, total

ALL = "all"


def list_corrections(session: Session, account: Account) -> Sequence[Choice]:
    """Return one choice per finding that a credit note can settle, and one for all of them where there are several."""
    findings = _creditable(session, account)
    if not findings:
        raise AdjustmentRefused("nothing_to_correct")
    each = [_choice(finding) for finding in findings]
    if len(each) == 1:
        return each
    return [*each, Choice(ALL, "finding.all", {"count": len(each)}, amount=_sum(findings, account))]


def correct(session: Session, account: Account, wish: Wish) -> Adjusted:
    """Credit the finding, or all, with one note per bill. Raise UnknownChoice for what is no finding any more."""
    findings = [one for one in _creditable(session, account) if wish.choice in (one.key, ALL)]
    keys = {one.key for one in findings}
    notes, effects = credited(
        session,
        account,
        lambda: credit_findings(session, account.customer_id, now=account.now, only=keys),
    )
    if not notes:
        raise UnknownChoice
    amount = total((Money(note.total_minor, note.currency) for note in notes), account.currency)
    invoices = invoice_numbers(session, [note.invoice_id for note in notes])
    document = ", ".join(note.number for note in notes)
    return Adjusted(amount, "correction", {"amount": amount, "invoice": invoices}, effects, document)


def _creditable(session: Session, account: Account) -> list[Finding]:
    report = audit_account(session, account.customer_id, today=account.today)
    for_person = {finding.key for finding in report.for_person}
    return [one for one in report.findings if is_certain(one) and one.amount and one.key not in for_person]


def _choice(finding: Finding) -> Choice:
    words, facts = f"finding.{finding.detector.lower()}", {"invoice": str(finding.evidence[0]["invoice"])}
    return Choice(finding.key, words, facts, "finding.detail", finding.amount)


def _sum(findings: Sequence[Finding], account: Account) -> Money:
    return total((finding.amount for finding in findings), account.currency)
