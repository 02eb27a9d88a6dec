"""The customer's panel: billing's overview in the agent's words, shown only while the customer is verified."""

import logging
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from billing import accounts, identity
from billing.accounts import CustomerOverview
from billing.audits import audit_account
from billing.errors import SaldoError
from billing.explain.card import difference_card
from billing.fairness.finding import AuditReport, Finding, Verdict
from handoff.console.schemas import AuditOut, BalanceOut, CustomerOverviewOut, FindingOut, InvoiceOut

log = logging.getLogger(__name__)


async def find_overview(
    session: AsyncSession, conversation_id: UUID, language: str, now: datetime
) -> CustomerOverviewOut | None:
    def read(sync: Session) -> CustomerOverviewOut | None:
        verification = identity.find_verification(sync, conversation_id, now)
        if verification is None:
            return None
        today = now.astimezone(accounts.time_zone_of(sync, verification.customer_id)).date()
        overview = accounts.get_overview(sync, verification.customer_id, today)
        return _overview_out(overview, language, today, _check(sync, verification.customer_id, today))

    return await session.run_sync(read)


async def find_customer_name(session: AsyncSession, conversation_id: UUID, now: datetime) -> str | None:
    def read(sync: Session) -> str | None:
        verification = identity.find_verification(sync, conversation_id, now)
        return accounts.get_customer(sync, verification.customer_id).name if verification else None

    return await session.run_sync(read)


async def find_audit(session: AsyncSession, conversation_id: UUID, now: datetime) -> AuditOut | None:
    """Return what the check of the account finds; None while the customer is not verified."""

    def read(sync: Session) -> AuditOut | None:
        verification = identity.find_verification(sync, conversation_id, now)
        if verification is None:
            return None
        today = now.astimezone(accounts.time_zone_of(sync, verification.customer_id)).date()
        report = _check(sync, verification.customer_id, today)
        return _audit_out(report) if report else None

    return await session.run_sync(read)


def _check(session: Session, customer_id: UUID, today: date) -> AuditReport | None:
    """Check the account, so that the customer need not say again what is wrong; the panel opens without it too."""
    try:
        return audit_account(session, customer_id, today=today)
    except SaldoError as error:
        log.warning("an account could not be checked: %s", type(error).__name__)
        return None


def _audit_out(report: AuditReport) -> AuditOut:
    told = [finding.detector for finding in _told(report)]
    return AuditOut(
        verdict=report.verdict,
        owed_minor=report.owed.minor,
        currency=report.owed.currency,
        count=len(told),
        detectors=list(dict.fromkeys(told)),
    )


def _told(report: AuditReport) -> Sequence[Finding]:
    return [finding for finding in report.findings if finding.verdict is not Verdict.CORRECT]


def _finding_out(finding: Finding) -> FindingOut:
    return FindingOut(
        detector=finding.detector,
        verdict=finding.verdict,
        confidence=finding.confidence,
        amount_minor=finding.amount.minor,
        currency=finding.amount.currency,
        evidence=[dict(row) for row in finding.evidence],
    )


def _overview_out(
    overview: CustomerOverview, language: str, today: date, report: AuditReport | None
) -> CustomerOverviewOut:
    return CustomerOverviewOut(
        name=overview.name,
        number=overview.number,
        language=overview.language,
        country=overview.country,
        plan=overview.plan_names[language] if overview.plan_names else None,
        contract_since=overview.contract_since,
        balance=BalanceOut(
            amount_minor=overview.balance.amount.minor,
            currency=overview.balance.amount.currency,
            due_on=overview.balance.due_on,
            overdue=overview.balance.overdue,
        ),
        invoices=[
            InvoiceOut(
                number=invoice.number,
                period=invoice.period.label,
                total_minor=invoice.total.minor,
                open_minor=invoice.open_amount.minor,
                currency=invoice.total.currency,
                due_on=invoice.due_on,
                status="overdue" if invoice.status == "open" and invoice.due_on < today else invoice.status,
            )
            for invoice in overview.invoices
        ],
        change=difference_card(overview.change) if overview.change else None,
        audit=_audit_out(report) if report else None,
        findings=[_finding_out(finding) for finding in _told(report)] if report else [],
    )
