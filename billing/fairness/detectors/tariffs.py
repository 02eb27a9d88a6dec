"""A24: another plan would have cost less. Nothing was wrong; it is said because the customer should know."""

from billing.fairness.claims import Book, Case, Claim, contract_evidence
from billing.fairness.facts import ContractFacts
from billing.fairness.finding import Confidence, Verdict
from billing.tariffs import compare

RULE = "contract.cheaper_plan"
MONTHS = 12


def audit_tariffs(case: Case, book: Book, contract: ContractFacts) -> None:
    """Compare with the plans on offer over the last year; likely where the other plan had a dearer month."""
    codes = {phase.plan_code for phase in contract.terms.phases}
    offers = [offer for code in sorted(codes) for offer in case.facts.offers.get(code, ())]
    if not offers:
        return
    usage = [one.record for one in case.facts.usage if one.contract_id == contract.contract_id]
    for advice in compare(contract.terms, usage, offers, case.law, today=case.today, windows=(MONTHS,)):
        best = advice.best
        if best is None or best.is_often_dearer:
            continue
        claim = Claim("A24", 0, RULE, evidence=(contract_evidence(contract),), subject=contract.number)
        claim.verdict = Verdict.CHEAPER_PLAN_EXISTS
        claim.confidence = Confidence.LIKELY if best.months_dearer else Confidence.CERTAIN
        claim.facts = {
            "plan": advice.plan_code,
            "cheaper_plan": best.plan_code,
            "months": len(advice.months),
            "months_dearer": best.months_dearer,
            "saving_minor": best.saving.minor,
            "saving_per_month_minor": best.saving_per_month.minor,
            "switching_fee_minor": best.switching_fee.minor,
        }
        case.claims.append(claim)
