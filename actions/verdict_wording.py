"""What the check of an account came to, as responses: right, wrong by so much, or for a person to decide."""

from collections import defaultdict

from actions.formatting import Wording
from actions.reply import Reply
from billing.fairness.finding import AuditReport, Confidence, Finding, Verdict
from billing.money import Money


def tell_verdict(report: AuditReport, reply: Reply, wording: Wording) -> None:
    """Say first what is certain: a mistake with its amounts, and the offer to put it right."""
    mistakes = [finding for finding in report.findings if finding.verdict is Verdict.OUR_MISTAKE and finding.amount]
    if report.owed:
        reply.say("utter_disputes_mistake")
        for detector, amount in _by_detector(mistakes, report.owed.currency).items():
            reply.say(f"utter_disputes_found_{detector.lower()}", amount=wording.amount(amount))
        reply.say("utter_disputes_offer", amount=wording.amount(report.owed))
    elif mistakes or any(finding.verdict is Verdict.NEEDS_PERSON for finding in report.findings):
        reply.say("utter_disputes_unclear")
    else:
        reply.say("utter_disputes_checked_fine")


def _by_detector(mistakes: list[Finding], currency: str) -> dict[str, Money]:
    """Sum what is certain per sort of mistake; what is only likely is for a person and not told as a fact."""
    amounts: dict[str, Money] = defaultdict(lambda: Money(0, currency))
    for finding in mistakes:
        if finding.confidence is Confidence.CERTAIN:
            amounts[finding.detector] += finding.amount
    return amounts
