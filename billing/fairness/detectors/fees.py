"""Single charges: A13 repeated, A14 not in the contract, A19 fees for an early end, A20 third parties without proof."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from billing.fairness.claims import Book, Case, contract_evidence, line_evidence
from billing.fairness.detectors.prices import grossed
from billing.fairness.facts import ContractFacts, LineFacts
from billing.fairness.notices import months_before
from billing.law import RuleMissing
from billing.rating.kinds import LineKind
from billing.rating.terms import OneOff

SINGLE_KINDS = frozenset({LineKind.ONE_OFF, LineKind.THIRD_PARTY, LineKind.TERMINATION_FEE})
NOT_SERVICES = frozenset({LineKind.LATE_FEE, LineKind.INTEREST, LineKind.TAX, LineKind.COMPENSATION, LineKind.DISCOUNT})
CHARGE_RULE = "contract.single_charges"
PROOF_RULE = "contract.proof_of_order"
TERM_RULE = "minimum_term"
# A charge may be billed a bill or two after its day.
LATE_DAYS = 62


def audit_fees(case: Case, book: Book, contract: ContractFacts) -> None:
    """Put each line to the charge that was booked for it; what finds none was charged without ground."""
    lines = [line for line in book.of_contract(contract) if line.kind in SINGLE_KINDS and line.amount > 0]
    booked = list(contract.terms.one_offs)
    repeated = _repeated(booked)
    found: list[tuple[LineFacts, OneOff]] = []
    left: list[LineFacts] = []
    for line in sorted(lines, key=lambda line: (line.credited >= line.amount, *_order(book, line))):
        charge = _take(booked, line)
        if charge is None:
            left.append(line)
        else:
            found.append((line, charge))
    for line in [*left]:
        charge = _take(booked, line, late=True)
        if charge is not None:
            left.remove(line)
            found.append((line, charge))
    for line, charge in found:
        if id(charge) in repeated:
            case.claim("A13", line, line.amount, CHARGE_RULE, reference=charge.reference)
        else:
            _check(case, contract, line, charge)
    for position, line in enumerate(left):
        if case.facts.charges_known:
            _claim_unbooked(case, contract, line, found)
        else:
            _claim_unrecorded(case, contract, line, left[:position])


def _claim_unrecorded(case: Case, contract: ContractFacts, line: LineFacts, before: Sequence[LineFacts]) -> None:
    """Judge a line of a company that recorded no single charges at all: only what its bills and contracts tell."""
    twin = next((other for other in before if _reference(line) and _is_twin(line, other)), None)
    if twin is not None:
        case.claim("A13", line, line.amount, CHARGE_RULE, twin_invoice=twin.invoice, twin_position=twin.position)
    elif line.kind is LineKind.TERMINATION_FEE and contract.minimum_term_until is not None:
        _check_termination(case, contract, line, None)


def _is_twin(line: LineFacts, other: LineFacts) -> bool:
    same_order = _reference(line) == _reference(other) and line.kind is other.kind
    return same_order and line.amount == other.amount and line.period.start == other.period.start


def audit_strangers(case: Case, book: Book) -> None:
    """A14: a charge for a contract that is not the customer's. One for the account as a whole no record can prove."""
    for line in book.lines:
        if line.contract_id in book.contracts or line.kind in NOT_SERVICES or line.amount <= 0:
            continue
        if line.contract_id is not None:
            case.claim("A14", line, line.amount, CHARGE_RULE, reason="no_contract")
        elif line.kind not in SINGLE_KINDS or (case.facts.charges_known and not _is_booked(case, line)):
            subject, evidence = f"{line.invoice}/{line.position}", (line_evidence(line),)
            case.ask("A14", CHARGE_RULE, subject, evidence, amount=line.amount, reason="no_contract")


def _is_booked(case: Case, line: LineFacts) -> bool:
    booked = [charge for contract in case.facts.contracts for charge in contract.terms.one_offs]
    return any(_is_for(line, charge) and charge.charged_on in line.period for charge in booked)


def _order(book: Book, line: LineFacts) -> tuple[object, ...]:
    return book.invoice_of(line).issued_on, line.invoice, line.position


def _repeated(booked: Sequence[OneOff]) -> set[int]:
    """Return the bookings that repeat an earlier one: the same work order, day and price."""
    seen: Counter[tuple[object, ...]] = Counter()
    again: set[int] = set()
    for charge in booked:
        key = (charge.reference, charge.charged_on, charge.amount.minor, charge.kind)
        if charge.reference and seen[key]:
            again.add(id(charge))
        seen[key] += 1
    return again


def _take(booked: list[OneOff], line: LineFacts, *, late: bool = False) -> OneOff | None:
    """Return the booking that the line is for, and strike it off; `late`: one of the weeks before will do."""
    earliest = line.period.start - timedelta(days=LATE_DAYS)
    candidates = [
        charge
        for charge in booked
        if (charge.charged_on in line.period and (charge.kind is line.kind or _reference(line) == charge.reference))
        or (late and earliest <= charge.charged_on < line.period.end and _is_for(line, charge))
    ]
    best = min(
        candidates,
        key=lambda charge: (
            _reference(line) not in {"", charge.reference},
            charge.amount.minor != line.amount,
            charge.charged_on,
        ),
        default=None,
    )
    if best is not None:
        booked.remove(best)
    return best


def _is_for(line: LineFacts, charge: OneOff) -> bool:
    same_charge = charge.kind is line.kind and charge.amount.minor == line.amount
    return same_charge and _reference(line) in {"", charge.reference}


def _reference(line: LineFacts) -> str:
    return str(line.cause.get("reference", ""))


def _check(case: Case, contract: ContractFacts, line: LineFacts, charge: OneOff) -> None:
    if charge.kind is LineKind.TERMINATION_FEE:
        _check_termination(case, contract, line, charge)
    elif charge.kind is LineKind.THIRD_PARTY and not charge.proof_reference:
        case.claim("A20", line, line.amount, PROOF_RULE, reference=charge.reference)
    elif line.amount > charge.amount.minor:
        _claim_above(case, line, charge)


def _claim_above(case: Case, line: LineFacts, charge: OneOff) -> None:
    over = line.amount - charge.amount.minor
    rate = case.law.tax_rate(charge.tax_category, charge.charged_on)
    if line.tax_rate != rate and abs(line.amount - grossed(charge.amount.minor, rate, line.tax_rate)) <= 1:
        detector = "A9" if rate == 0 else "A8"
        case.claim(detector, line, over, f"tax.{case.facts.country}", expected_tax_rate=rate)
    else:
        case.claim("A14", line, over, CHARGE_RULE, reason="above_agreed", expected_minor=charge.amount.minor)


def _check_termination(case: Case, contract: ContractFacts, line: LineFacts, charge: OneOff | None) -> None:
    """A19: owed only for an end before the minimum term, which the law limits, and never above what was agreed."""
    rule, owed = "contract.termination_fee", contract.termination_fee
    if owed is None and charge is not None:
        owed = charge.amount.minor
    until, ended = contract.minimum_term_until, contract.ended_on
    if until is not None and ended is not None and ended < until:
        law = _term_law(case, contract)
        if law is not None and ended >= months_before(contract.started_on, -law[1]):
            rule, owed = law[0], 0
        elif _is_beyond_mobile_term(case, contract, ended):
            # The law limits mobile contracts more, and a contract does not say whether it is one.
            rule = law[0] if law else rule
            above = line.amount - owed if owed is not None else 0
            if above > 0:
                case.claim("A19", line, above, rule, more=(contract_evidence(contract),), expected_minor=owed)
            _ask_about_fee(case, contract, line, rule, "mobile_term", amount=line.amount - max(0, above))
            return
    else:
        owed = 0
    if owed is None and charge is None and case.facts.charges_known:
        owed = 0
    if owed is None:
        _ask_about_fee(case, contract, line, rule, "fee_not_agreed", amount=line.amount)
    elif line.amount > owed:
        case.claim("A19", line, line.amount - owed, rule, more=(contract_evidence(contract),), expected_minor=owed)


def _ask_about_fee(
    case: Case, contract: ContractFacts, line: LineFacts, rule: str, reason: str, *, amount: int
) -> None:
    evidence = (line_evidence(line), contract_evidence(contract))
    case.ask("A19", rule, f"{line.invoice}/{line.position}/{reason}", evidence, amount=amount, reason=reason)


def _is_beyond_mobile_term(case: Case, contract: ContractFacts, ended: date) -> bool:
    """Say whether a plan that counts gigabytes ended after the longest term of mobile contracts."""
    rule = case.law.find(TERM_RULE, contract.started_on)
    months = rule.values.get("max_months_mobile") if rule else None
    counts_data = any(price.unit == "GB" for phase in contract.terms.phases for price in phase.prices)
    return months is not None and counts_data and ended >= months_before(contract.started_on, -int(months))


def _term_law(case: Case, contract: ContractFacts) -> tuple[str, int] | None:
    try:
        rule = case.law.get(TERM_RULE, contract.started_on)
    except RuleMissing:
        return None
    return rule.version, rule.number("max_months")


def _claim_unbooked(
    case: Case, contract: ContractFacts, line: LineFacts, found: Sequence[tuple[LineFacts, OneOff]]
) -> None:
    twins = [
        other
        for other, charge in found
        if other.kind is line.kind
        and other.amount == line.amount
        and _reference(line) in {"", _reference(other), charge.reference}
    ]
    if twins:
        twin = twins[0]
        case.claim("A13", line, line.amount, CHARGE_RULE, twin_invoice=twin.invoice, twin_position=twin.position)
    elif line.kind is LineKind.THIRD_PARTY:
        case.claim("A20", line, line.amount, PROOF_RULE, reason="no_order")
    elif line.kind is LineKind.TERMINATION_FEE:
        _check_termination(case, contract, line, None)
    else:
        case.claim("A14", line, line.amount, CHARGE_RULE, reason="not_agreed")
