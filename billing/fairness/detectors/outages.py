"""A23: compensation for days without service, compared for each outage: one line may stand for days of two months."""

from collections import defaultdict
from collections.abc import Iterable

from billing.fairness.claims import Book, Case, contract_evidence
from billing.fairness.detectors.base import BASE_KINDS
from billing.fairness.detectors.discounts import by_window, kept
from billing.fairness.facts import ContractFacts, LineFacts, OutageFacts
from billing.fairness.finding import Evidence
from billing.periods import BillingPeriod
from billing.rating.kinds import LineKind
from billing.rating.line import Line
from billing.rating.outages import RULE

Due = list[tuple[BillingPeriod, Line]]


def audit_outages(case: Case, book: Book, contract: ContractFacts) -> None:
    """Claim what the law grants for outages and no line gave, on a charge of the month of their days."""
    if not contract.outages:
        return
    for outage in contract.outages:
        _ask_about(case, contract, outage)
    charges = by_window(case, book, contract, BASE_KINDS)
    due = [
        (window, line)
        for window in _apart(charges)
        for line in case.rerating.fixed_lines(contract, window)
        if line.kind is LineKind.COMPENSATION and line.amount.minor < 0
    ]
    missing = _missing(case, book, contract, due)
    for window in sorted(charges):
        owed = [line for month, line in due if month == window]
        amount = sum(missing[index] for index, (month, _) in enumerate(due) if month == window)
        base = kept(case, [line for line in charges[window] if line.amount > 0])
        if amount > 0 and base:
            line = max(base, key=lambda line: (line.amount, -line.position))
            more = tuple(_outage_row(str(one.facts["reference"]), str(one.facts["started_on"])) for one in owed)
            case.claim("A23", line, amount, str(owed[0].facts.get("rule", RULE)), more=more)


def _apart(windows: Iterable[BillingPeriod]) -> list[BillingPeriod]:
    """Keep windows that share no day, calendar months first: what was billed twice is compensated once."""
    kept_windows: list[BillingPeriod] = []
    for window in sorted(windows, key=lambda window: (window != BillingPeriod.month_of(window.start), window)):
        if all(window.overlap(other.start, other.end) is None for other in kept_windows):
            kept_windows.append(window)
    return sorted(kept_windows)


def _missing(case: Case, book: Book, contract: ContractFacts, due: Due) -> list[int]:
    """Return what is missing of each: lines count for the outage they name, else of their days, else of their month."""
    given = [line for line in book.of_contract(contract) if line.kind is LineKind.COMPENSATION]
    outages = {outage.reference: outage for outage in contract.outages}
    missing = [-line.amount.minor for _, line in due]
    left = {line.line_id: -line.amount for line in given}

    def use(line: LineFacts, indexes: Iterable[int]) -> None:
        for index in indexes:
            part = max(0, min(left[line.line_id], missing[index]))
            missing[index] -= part
            left[line.line_id] -= part

    of_outage: dict[str, list[int]] = defaultdict(list)
    of_month: dict[BillingPeriod, list[int]] = defaultdict(list)
    for index, (window, one) in enumerate(due):
        of_outage[str(one.facts["reference"])].append(index)
        of_month[window].append(index)
    for line in given:
        use(line, of_outage.get(_named(line), ()))
    for line in given:
        for reference, indexes in of_outage.items():
            outage = outages[reference]
            if line.period.overlap(outage.reported_on, outage.ended_on) is not None:
                use(line, indexes)
    for line in given:
        if _named(line) not in outages:
            use(line, of_month.get(case.rerating.window_of(line.period, book.invoice_of(line).period), ()))
    return missing


def _named(line: LineFacts) -> str:
    return str(line.cause.get("reference", ""))


def _ask_about(case: Case, contract: ContractFacts, outage: OutageFacts) -> None:
    """Leave to a person what the law leaves open: an outage of a day without a rule, and a very short one."""
    evidence = (contract_evidence(contract), _outage_row(outage.reference, outage.reported_on.isoformat()))
    rule = case.law.find(RULE, outage.reported_on)
    if rule is None:
        case.ask("A23", RULE, outage.reference, evidence, reason="law_missing")
        return
    days = ((outage.ended_on or case.today) - outage.reported_on).days
    if 0 < days <= int(rule.values.get("person_up_to_days", 0)):
        case.ask("A23", rule.version, outage.reference, evidence, reason="short_outage")


def _outage_row(reference: str, reported_on: str) -> Evidence:
    return {"row": "outage", "reference": reference, "reported_on": reported_on}
