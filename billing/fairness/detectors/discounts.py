"""A7 promotions not as agreed, A22 discounts beyond the price and negative charges.

What a discount gave too much goes against a base charge that was too high: both follow from one wrong price.
"""

from collections import defaultdict
from collections.abc import Sequence

from billing.fairness.claims import Book, Case, Claim
from billing.fairness.detectors.base import BASE_KINDS
from billing.fairness.facts import ContractFacts, LineFacts
from billing.fairness.finding import Evidence
from billing.periods import BillingPeriod
from billing.rating.kinds import LineKind

PROMOTION_RULE = "contract.promotion"
SIGN_RULE = "contract.no_negative_charge"
LineGroups = dict[BillingPeriod, list[LineFacts]]


def audit_discounts(case: Case, book: Book, contract: ContractFacts) -> None:
    """Compare the discounts of each month with what was agreed; needs the claims on base charges."""
    charges = by_window(case, book, contract, BASE_KINDS)
    discounts = by_window(case, book, contract, {LineKind.DISCOUNT})
    for window in sorted({**charges, **discounts}):
        base = [line for line in charges.get(window, ()) if line.amount > 0]
        _audit_window(case, contract, window, base, discounts.get(window, []))


def _audit_window(
    case: Case, contract: ContractFacts, window: BillingPeriod, base: list[LineFacts], given: list[LineFacts]
) -> None:
    agreed = _expected(case, contract, window, lawful=False)
    held = _claims_on(case, base, {"A6"})
    lawful = max(agreed, _expected(case, contract, window, lawful=True)) if held else agreed
    billed = sum(line.amount for line in given)
    _claim_beyond(case, base, given)
    # Where A6 gives an increase back, a share of the price is owed of the price that went on, not of the higher one.
    expected = min(lawful, max(agreed, billed))
    over = billed - expected
    if _is_rounding(case, contract, window, over, expected):
        over = 0
    owed = kept(case, base)
    if over > 0 and owed and expected < 0:
        line = max(owed, key=lambda line: (line.amount, -line.position))
        more = (*_promotions(contract, window), *(_row(one) for one in given))
        case.claim("A7", line, over, PROMOTION_RULE, more=more, expected_minor=expected, given_minor=billed)
    elif over > 0 and given and expected == 0:
        line = max(given, key=lambda line: line.amount)
        case.claim("A7", line, over, PROMOTION_RULE, expected_minor=0, given_minor=billed)
    elif over < 0:
        _set_off(-over, _claims_on(case, base, {"A1", "A2", "A3", "A4", "A5", "A8", "A10"}))
    _set_off(lawful - expected, held)


def _expected(case: Case, contract: ContractFacts, window: BillingPeriod, *, lawful: bool) -> int:
    lines = case.rerating.fixed_lines(contract, window, lawful=lawful)
    return sum(line.amount.minor for line in lines if line.kind is LineKind.DISCOUNT)


def _is_rounding(case: Case, contract: ContractFacts, window: BillingPeriod, over: int, expected: int) -> bool:
    """Allow a cent where a month has several parts: each may have been rounded for itself."""
    if abs(over) != 1 or expected == 0:
        return False
    parts = [
        line
        for line in case.rerating.fixed_lines(contract, window)
        if line.kind is LineKind.DISCOUNT and line.period != window
    ]
    return bool(parts)


def kept(case: Case, base: Sequence[LineFacts]) -> list[LineFacts]:
    """Return the charges of which something is left to be owed."""
    return [line for line in base if line.amount > sum(claim.amount for claim in case.claims_on(line))]


def _set_off(surplus: int, claims: Sequence[Claim]) -> None:
    for claim in claims:
        part = min(surplus, claim.amount)
        if part:
            claim.amount -= part
            claim.facts["discount_minor"] = part
            surplus -= part


def _claim_beyond(case: Case, base: list[LineFacts], given: list[LineFacts]) -> None:
    """A22 is in the customer's favour: it is said and never claimed back."""
    charged, taken_off = sum(line.amount for line in base), -sum(line.amount for line in given if line.amount < 0)
    if given and taken_off > charged:
        line = min(given, key=lambda line: line.amount)
        case.claim("A22", line, 0, SIGN_RULE, reason="discount_beyond_price", favour_minor=taken_off - charged)


def audit_negative(case: Case, book: Book) -> None:
    """A22: a charge below zero that nothing explains."""
    for line in book.lines:
        if line.amount < 0 and line.kind in {LineKind.RECURRING, LineKind.USAGE, LineKind.PRORATION_CHARGE}:
            case.claim("A22", line, 0, SIGN_RULE, reason="negative_charge", favour_minor=-line.amount)


def by_window(
    case: Case, book: Book, contract: ContractFacts, kinds: frozenset[LineKind] | set[LineKind]
) -> LineGroups:
    groups: LineGroups = defaultdict(list)
    for line in book.of_contract(contract):
        if line.kind in kinds:
            own = book.invoice_of(line).period
            groups[case.rerating.window_of(line.period, own)].append(line)
    return groups


def _claims_on(case: Case, lines: Sequence[LineFacts], detectors: set[str]) -> list[Claim]:
    return [claim for line in lines for claim in case.claims_on(line) if claim.detector in detectors]


def _promotions(contract: ContractFacts, window: BillingPeriod) -> tuple[Evidence, ...]:
    return tuple(
        {
            "row": "promotion",
            "contract": contract.number,
            "valid_from": one.valid_from.isoformat(),
            "valid_to": one.valid_to.isoformat() if one.valid_to else None,
        }
        for one in contract.terms.discounts
        if window.overlap(one.valid_from, one.valid_to) is not None
    )


def _row(line: LineFacts) -> Evidence:
    return {"row": "line", "invoice": line.invoice, "position": line.position, "amount_minor": line.amount}
