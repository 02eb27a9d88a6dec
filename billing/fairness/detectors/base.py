"""Base charges: A1 duplicates, A2 overlaps, A3 after the end, A4 before the start, A5 wrong price, A10 proration.

The lines of one contract are laid on its days. A line that is exactly what its days cost takes them. Of every other
line the part too much is claimed by the cause that explains it: first days it should not have charged, then its price.
"""

from collections.abc import Collection, Sequence
from datetime import date

from billing.fairness.claims import Book, Case, Claim, contract_evidence
from billing.fairness.detectors.plan_days import parts_of_plans
from billing.fairness.detectors.prices import claim_increase, claim_price, is_known_price
from billing.fairness.facts import ContractFacts, LineFacts
from billing.fairness.rerating import days_of
from billing.periods import BillingPeriod
from billing.rating.kinds import LineKind

BASE_KINDS = frozenset({LineKind.RECURRING, LineKind.PRORATION_CHARGE, LineKind.PRORATION_CREDIT})
DAYS_RULE = "contract.days_charged_once"
TERM_RULE = "contract.running_time"
Pieces = list[tuple[BillingPeriod, BillingPeriod]]


def audit_base(case: Case, book: Book, contract: ContractFacts) -> None:
    """Claim what the base charges of one contract are too much; raise RatingError where its terms allow no answer."""
    lines = [line for line in book.of_contract(contract) if line.kind in BASE_KINDS]
    charges = [line for line in lines if line.amount > 0 and line.kind is not LineKind.PRORATION_CREDIT]
    taken: set[date] = set()
    doubtful: list[LineFacts] = []
    for line in charges:
        if _is_right(case, book, contract, line, taken):
            _claim_increase(case, book, contract, line, ())
            taken.update(days_of(line.period))
        else:
            doubtful.append(line)
    right = [line for line in charges if line not in doubtful]
    parts = parts_of_plans(case, book, contract, doubtful, taken)
    for line in doubtful:
        if line.line_id in parts:
            _claim_part(case, book, contract, line, parts[line.line_id])
            taken.update(parts[line.line_id])
        else:
            _claim_line(case, book, contract, line, (taken, right))
        right.append(line)
    _give_back(case, book, contract, [line for line in lines if line not in charges])


def _is_right(case: Case, book: Book, contract: ContractFacts, line: LineFacts, taken: set[date]) -> bool:
    if not _runs_throughout(case, book, contract, line) or not taken.isdisjoint(days_of(line.period)):
        return False
    return case.rerating.charge(contract, _pieces(case, book, line)).accepts(line.amount)


def _claim_line(
    case: Case, book: Book, contract: ContractFacts, line: LineFacts, before: tuple[set[date], Sequence[LineFacts]]
) -> None:
    taken, earlier = before
    twin = next((other for other in earlier if _same(other, line)), None)
    if twin is not None and not taken.isdisjoint(days_of(line.period)):
        case.claim("A1", line, line.amount, DAYS_RULE, twin_invoice=twin.invoice, twin_position=twin.position)
        return
    pieces = _pieces(case, book, line)
    natural = case.rerating.natural(contract, pieces)
    owed = case.rerating.charge(contract, pieces, taken)
    already = frozenset(taken)
    taken.update(day for day in days_of(line.period) if _runs_on(case, book, contract, line, day))
    as_agreed = natural.accepts(line.amount)
    if owed.telescoped == 0 and not as_agreed and natural.telescoped and not is_known_price(contract, line, pieces):
        case.claim("A14", line, line.amount, "contract.recurring_charges", reason="not_agreed")
        return
    # What the days would cost if all of them were owed; a line below that charged fewer days or a lower price.
    ceiling = line.amount if as_agreed else min(line.amount, natural.telescoped)
    days_too_many = ceiling - owed.telescoped
    if days_too_many > 0:
        _claim_days(case, book, contract, line, days_too_many)
    if line.amount > ceiling:
        claim_price(case, contract, line, pieces, natural)
    _claim_increase(case, book, contract, line, already)


def _claim_part(case: Case, book: Book, contract: ContractFacts, line: LineFacts, own: Collection[date]) -> None:
    """Claim what a charge is above the price of the days that are its plan's; other lines charge the others."""
    others = frozenset(day for day in days_of(line.period) if day not in own)
    owed = case.rerating.charge(contract, _pieces(case, book, line), others)
    # Either way to round is right; what is certain is above both.
    over = line.amount - max(owed.telescoped, owed.rounded)
    if over > 0:
        _claim_days(case, book, contract, line, over)
    _claim_increase(case, book, contract, line, others)


def _claim_increase(
    case: Case, book: Book, contract: ContractFacts, line: LineFacts, already: Collection[date]
) -> None:
    """A6: of what is left after other faults, claim the increase that customers were not told of in time."""
    held = case.rerating.held_back(contract)
    if not held:
        return
    pieces = _pieces(case, book, line)
    lawful = case.rerating.charge(contract, pieces, already, lawful=True).telescoped
    charged = line.amount - sum(claim.amount for claim in case.claims_on(line))
    amount = min(charged, case.rerating.charge(contract, pieces, already).telescoped) - lawful
    if amount > 0:
        claim_increase(case, contract, line, amount, held)


def _claim_days(case: Case, book: Book, contract: ContractFacts, line: LineFacts, amount: int) -> None:
    first, last = line.period.start, line.period.last_day
    end = end_of(contract)
    if end is not None and last >= end:
        advance = book.invoice_of(line).issued_on < min(line.period.end, end)
        reason = "advance_after_cancellation" if advance else "after_end"
        case.claim("A3", line, amount, TERM_RULE, more=(contract_evidence(contract),), reason=reason)
    elif first < start_of(contract):
        case.claim("A4", line, amount, TERM_RULE, more=(contract_evidence(contract),), reason="before_start")
    else:
        case.claim("A2", line, amount, DAYS_RULE, reason="days_overlap")


def _give_back(case: Case, book: Book, contract: ContractFacts, lines: Sequence[LineFacts]) -> None:
    """Take what later lines gave back off the claims; a credit with the wrong sign charged its days once more."""
    for line in lines:
        back = abs(line.amount)
        for claim in _claims_over(case, contract, line):
            part = min(back, claim.amount)
            claim.amount -= part
            claim.facts["given_back_minor"] = part
            claim.evidence += ({"row": "line", "invoice": line.invoice, "position": line.position},)
            back -= part
            if claim.amount and part and claim.detector in {"A2", "A3"}:
                claim.detector, claim.facts["reason"] = "A10", "credit_too_small"
        if line.amount > 0:
            natural = case.rerating.natural(contract, _pieces(case, book, line))
            expected = min(line.amount, natural.telescoped)
            case.claim("A10", line, line.amount + expected, "contract.proration", reason="sign")


def _claims_over(case: Case, contract: ContractFacts, credit: LineFacts) -> list[Claim]:
    return [
        claim
        for claim in case.claims
        if claim.line is not None
        and claim.line.contract_id == contract.contract_id
        and claim.line.kind in BASE_KINDS
        and claim.line.period.overlap(credit.period.start, credit.period.end) is not None
    ]


def _pieces(case: Case, book: Book, line: LineFacts) -> Pieces:
    return case.rerating.pieces(line.period, book.invoice_of(line).period)


def _same(left: LineFacts, right: LineFacts) -> bool:
    return left.period == right.period and left.amount == right.amount


def start_of(contract: ContractFacts) -> date:
    phases = contract.terms.phases
    return max(contract.started_on, phases[0].valid_from) if phases else contract.started_on


def end_of(contract: ContractFacts) -> date | None:
    phases = contract.terms.phases
    ends = [contract.ended_on, phases[-1].valid_to if phases else contract.started_on]
    return min((end for end in ends if end is not None), default=None)


def _runs_on(case: Case, book: Book, contract: ContractFacts, line: LineFacts, day: date) -> bool:
    return any(
        day in segment.days
        for window, _ in _pieces(case, book, line)
        for segment in case.rerating.segments(contract, window)
    )


def _runs_throughout(case: Case, book: Book, contract: ContractFacts, line: LineFacts) -> bool:
    days = 0
    for window, part in _pieces(case, book, line):
        for segment in case.rerating.segments(contract, window):
            shared = segment.days.overlap(part.start, part.end)
            days += 0 if shared is None else shared.days
    return days == line.period.days
