"""Takes off the claims what credit notes gave back already, each cent once, and what an invoice never charged."""

import re
from collections import defaultdict
from collections.abc import Sequence

from billing.fairness.claims import Case, Claim
from billing.fairness.facts import CreditFacts, InvoiceAudited
from billing.fairness.finding import Verdict

# A kindness, a compensation or a change of plan gives no mistake back, unless the note names the finding.
GIVES_BACK = frozenset({"correction", "dispute", "cancellation"})
PART = re.compile(r"\+\d+$")


def take_credits_off(case: Case) -> None:
    """Use each credit for the claim that it names, wherever its lines are; else for claims on its own line."""
    claims = [claim for claim in case.claims if claim.line is not None and claim.verdict is Verdict.OUR_MISTAKE]
    by_line: dict[int, list[Claim]] = defaultdict(list)
    by_key: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.amount <= 0 and claim.facts.get("given_back_minor"):
            claim.verdict = Verdict.CORRECT
        by_line[claim.line.line_id if claim.line else 0].append(claim)
        by_key[claim.key].append(claim)
    rests: list[tuple[int, CreditFacts, int]] = []
    for invoice in case.facts.invoices:
        for line in invoice.lines:
            for credit in line.credits:
                left = _use(credit, credit.amount, by_key.get(_stem(credit), ()))
                rests.append((line.line_id, credit, left))
    for line_id, credit, left in rests:
        if credit.reason in GIVES_BACK:
            _use(credit, left, by_line.get(line_id, ()))


def _stem(credit: CreditFacts) -> str:
    """Return the finding that the credit names; one over several lines has numbers behind its key."""
    return PART.sub("", credit.finding or "")


def _use(credit: CreditFacts, left: int, claims: Sequence[Claim]) -> int:
    for claim in sorted(claims, key=lambda claim: (claim.amount != left, claim.detector)):
        part = min(left, claim.amount)
        if part <= 0:
            continue
        left -= part
        claim.evidence += ({"row": "credit_note", "credit_note": credit.note, "amount_minor": part},)
        _reduce(claim, part, "already_credited")
    return left


def _reduce(claim: Claim, part: int, reason: str) -> None:
    claim.amount -= part
    if claim.amount == 0:
        claim.verdict = Verdict.CORRECT
        claim.facts[reason] = True


def leave_out_uncharged(case: Case) -> None:
    """Claim no more of an invoice than it charged: a total below its lines left some of them unpaid."""
    for invoice in case.facts.invoices:
        claims = [claim for claim in case.claims if _is_of(claim, invoice)]
        # A credit that charged instead owes more than its line: that much was never given, not never charged.
        beyond = sum(max(0, claim.amount - claim.line.amount) for claim in claims if claim.line is not None)
        _trim(claims, _never_charged(invoice, sum(claim.amount for claim in claims) - beyond))


def _is_of(claim: Claim, invoice: InvoiceAudited) -> bool:
    on_it = claim.line is not None and claim.line.invoice == invoice.number
    return on_it and claim.verdict is Verdict.OUR_MISTAKE and claim.amount > 0


def _never_charged(invoice: InvoiceAudited, claimed: int) -> int:
    short = sum(line.amount for line in invoice.lines) - invoice.total
    left = invoice.total - sum(line.credited for line in invoice.lines)
    return max(0, short, claimed - max(0, left))


def _trim(claims: list[Claim], too_much: int) -> None:
    for claim in sorted(claims, key=lambda claim: (-claim.amount, claim.key)):
        part = min(too_much, claim.amount)
        if part > 0:
            too_much -= part
            claim.facts["not_charged_minor"] = part
            _reduce(claim, part, "never_charged")
