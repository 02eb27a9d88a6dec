"""From claims to findings: what credit notes gave back already is taken off, each cent of them once."""

from collections import defaultdict

from billing.fairness.claims import Case, Claim
from billing.fairness.facts import CreditFacts
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
    owed = total(
        (
            finding.amount
            for finding in findings
            if finding.verdict is Verdict.OUR_MISTAKE and finding.confidence is Confidence.CERTAIN
        ),
        currency,
    )
    verdict = next((verdict for verdict in SEVERITY if verdict in verdicts), Verdict.CORRECT)
    return AuditReport(case.facts.number, verdict, owed, findings)


def _findings(case: Case) -> list[Finding]:
    _take_credits_off(case.claims)
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


def _take_credits_off(claims: list[Claim]) -> None:
    """Use each credit of a line for the claim that it was given for, else for the one of its amount, else in order."""
    by_line: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.line is not None and claim.verdict is Verdict.OUR_MISTAKE:
            if claim.amount <= 0 and claim.facts.get("given_back_minor"):
                claim.verdict = Verdict.CORRECT
            by_line[claim.line.line_id].append(claim)
    for on_line in by_line.values():
        for credit in on_line[0].line.credits if on_line[0].line else ():
            _use(credit, on_line)


def _use(credit: CreditFacts, claims: list[Claim]) -> None:
    left = credit.amount
    ordered = sorted(
        claims, key=lambda claim: (claim.key != credit.finding, claim.amount != credit.amount, claim.detector)
    )
    for claim in ordered:
        part = min(left, claim.amount)
        if part <= 0:
            continue
        claim.amount -= part
        left -= part
        claim.evidence += ({"row": "credit_note", "credit_note": credit.note, "amount_minor": part},)
        if claim.amount == 0:
            claim.verdict = Verdict.CORRECT
            claim.facts["already_credited"] = True
