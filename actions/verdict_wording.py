"""What the check of an account came to, as responses: right, wrong by so much, or for a person to decide."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from actions.base import Work
from actions.reply import Reply
from billing.audits import audit_account, raise_undecided
from billing.fairness.finding import AuditReport, Confidence, Finding, Verdict
from billing.money import Money


def tell_verdict(work: Work, reply: Reply, customer_id: UUID) -> None:
    """Check the account and say first what is certain. What a person has to decide is put before one at once."""
    wording = work.wording(customer_id)
    report = audit_account(work.session, customer_id, today=wording.today)
    certain = _certain_by_detector(report)
    if certain:
        reply.say("utter_disputes_mistake")
        for detector, amount in certain.items():
            reply.say(f"utter_disputes_found_{detector.lower()}", amount=wording.amount(amount))
    if report.creditable:
        reply.say("utter_disputes_offer", amount=wording.amount(report.creditable))
        if report.owed != report.creditable:
            reply.say("utter_disputes_rest_by_person")
    else:
        reply.say(_conclusion(report))
    raise_undecided(work.session, customer_id, report, now=work.runtime.clock.now())


def _conclusion(report: AuditReport) -> str:
    """Name the response for an account with nothing that can be put right at once."""
    verdicts = {finding.verdict for finding in report.findings}
    if report.owed or Verdict.NEEDS_PERSON in verdicts or any(_is_likely(finding) for finding in report.findings):
        return "utter_disputes_unclear"
    if Verdict.OUR_MISTAKE in verdicts:
        return "utter_disputes_stated_wrongly"
    if Verdict.CHEAPER_PLAN_EXISTS in verdicts:
        return "utter_disputes_checked_fine_cheaper_plan"
    return "utter_disputes_checked_fine"


def _certain_by_detector(report: AuditReport) -> dict[str, Money]:
    """Sum what is certain per sort of mistake; what is only likely is for a person and not told as a fact."""
    amounts: dict[str, Money] = defaultdict(lambda: Money(0, report.owed.currency))
    for finding in _mistakes(report.findings):
        if finding.confidence is Confidence.CERTAIN:
            amounts[finding.detector] += finding.amount
    return amounts


def _is_likely(finding: Finding) -> bool:
    return finding.verdict is Verdict.OUR_MISTAKE and finding.confidence is not Confidence.CERTAIN


def _mistakes(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.verdict is Verdict.OUR_MISTAKE and finding.amount]
