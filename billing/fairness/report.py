"""From claims to findings: what credit notes gave back already is taken off, each cent of them once."""

from billing.fairness.claims import Case, Claim
from billing.fairness.crediting import beyond_notes, is_certain
from billing.fairness.credits import leave_out_uncharged, take_credits_off
from billing.fairness.finding import AuditReport, Confidence, Finding, Verdict
from billing.money import Money, divide, total
from billing.rating.tax import BASIS_POINTS

# What these claim of a seller with net prices is tax or a whole document's.
TAX_ITSELF = frozenset({"A8", "A9", "A21"})
SEVERITY = (Verdict.OUR_MISTAKE, Verdict.NEEDS_PERSON, Verdict.CHEAPER_PLAN_EXISTS, Verdict.CORRECT)


def report_of(case: Case) -> AuditReport:
    currency = case.facts.currency
    findings = tuple(sorted(_findings(case), key=lambda finding: (int(finding.detector[1:]), finding.key)))
    verdicts = {finding.verdict for finding in findings}
    owed = total((finding.amount for finding in findings if is_certain(finding)), currency)
    beyond = beyond_notes(case.facts.invoices, findings)
    rest = total((finding.amount for finding in beyond), currency)
    for_person = (*(finding for finding in findings if _is_undecided(finding)), *beyond)
    verdict = next((verdict for verdict in SEVERITY if verdict in verdicts), Verdict.CORRECT)
    return AuditReport(case.facts.number, verdict, owed, owed - rest, findings, for_person)


def _is_undecided(finding: Finding) -> bool:
    likely = finding.verdict is Verdict.OUR_MISTAKE and finding.confidence is not Confidence.CERTAIN
    return likely or finding.verdict is Verdict.NEEDS_PERSON


def _findings(case: Case) -> list[Finding]:
    take_credits_off(case)
    leave_out_uncharged(case)
    if not case.facts.prices_include_tax:
        _add_tax(case.claims)
    return [_finding(claim, case.facts.currency) for claim in case.claims]


def _add_tax(claims: list[Claim]) -> None:
    """Where prices are net the customer paid the tax on what was too much as well."""
    for claim in claims:
        if claim.line is not None and claim.amount > 0 and claim.detector not in TAX_ITSELF:
            claim.facts["net_minor"] = claim.amount
            claim.amount += divide(claim.amount * claim.line.tax_rate, BASIS_POINTS)


def _finding(claim: Claim, currency: str) -> Finding:
    return Finding(
        claim.detector,
        claim.verdict,
        claim.confidence,
        Money(max(0, claim.amount), currency),
        claim.evidence,
        claim.rule,
        claim.key,
        claim.facts,
    )
