"""Usage: A11 charged wrongly, A12 charged twice or of other days, and A1, A3, A4, A5, A6, A8 as far as usage has them.

All usage of one contract and month is rated again, whenever it came; only what all its lines together are too much is
claimed. What came after a bill was made is expected on the next one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from billing.fairness.claims import Book, Case
from billing.fairness.detectors.base import TERM_RULE, end_of, start_of
from billing.fairness.detectors.prices import claim_increase, grossed
from billing.fairness.facts import ContractFacts, InvoiceAudited, LineFacts, UsageFacts
from billing.fairness.finding import Evidence
from billing.money import divide
from billing.periods import BillingPeriod
from billing.rating.kinds import LineKind
from billing.rating.line import Line
from billing.rating.terms import PriceTerms
from billing.rating.usage import charge_micro, tiers_of

USAGE_RULE = "contract.usage_price"
ONCE_RULE = "contract.usage_charged_once"
MICRO_PER_MINOR = 10_000


def audit_usage(case: Case, book: Book, contract: ContractFacts) -> None:
    groups: dict[BillingPeriod, list[LineFacts]] = defaultdict(list)
    for line in book.of_contract(contract):
        if line.kind is LineKind.USAGE:
            own = book.invoice_of(line).period
            groups[case.rerating.window_of(line.period, own)].append(line)
    for window in sorted(groups):
        _audit_window(case, book, contract, window, groups[window])


def _audit_window(
    case: Case, book: Book, contract: ContractFacts, window: BillingPeriod, lines: list[LineFacts]
) -> None:
    records = [record for record in case.facts.usage if record.contract_id == contract.contract_id]
    inside = [record for record in records if record.record.used_on in window]
    bills = sorted({book.invoice_of(line).number: book.invoice_of(line) for line in lines}.values(), key=_order)
    known = [record for record in inside if _is_known(record, bills[-1])]
    expected: list[Line] = []
    before: list[Line] = []
    for bill in bills:
        timely = [record.record for record in inside if _is_known(record, bill)]
        rated = list(case.rerating.usage_lines(contract, window, timely))
        expected += _more(rated, before)
        before = rated
    surplus = sum(line.amount for line in lines) - sum(line.amount.minor for line in expected)
    if surplus > 0:
        _claim_surplus(case, contract, (lines, expected, records), surplus)
    _claim_increases(case, contract, window, (lines, expected, known))


def _order(bill: InvoiceAudited) -> tuple[date, str]:
    return bill.issued_on, bill.number


def _is_known(record: UsageFacts, bill: InvoiceAudited) -> bool:
    """Say whether the bill could have charged it: the report had come, and was of no later day."""
    if record.record.used_on > bill.issued_on:
        return False
    received = record.received_at
    return received is None or received <= bill.created_at or received.date() <= bill.issued_on


def _more(rated: Sequence[Line], before: Sequence[Line]) -> list[Line]:
    """Return what a later bill had to charge for the same days: what all usage costs less what was known before."""
    earlier = {_meter(line): line for line in before}
    more = []
    for line in rated:
        old = earlier.get(_meter(line))
        quantity = line.quantity - (old.quantity if old else 0)
        amount = line.amount - old.amount if old else line.amount
        if quantity or amount:
            more.append(replace(line, quantity=quantity, amount=amount))
    return more


def _meter(line: Line) -> tuple[object, ...]:
    return line.period, line.price_version_id, line.facts.get("zone")


def _claim_surplus(
    case: Case,
    contract: ContractFacts,
    data: tuple[list[LineFacts], list[Line], list[UsageFacts]],
    surplus: int,
) -> None:
    lines, expected, records = data
    open_lines, open_expected = _without_matches(lines, expected)
    open_lines.sort(key=lambda line: (line.amount - _nearest_amount(line, open_expected), line.invoice), reverse=True)
    for line in open_lines:
        if surplus <= 0:
            return
        twin = next((other for other in lines if other is not line and _alike(other, line)), None)
        partner = _partner(line, open_expected)
        over = min(surplus, line.amount - (partner.amount.minor if partner else 0))
        if over <= 0:
            continue
        if partner is not None:
            open_expected.remove(partner)
        _name(case, contract, line, over, (partner, twin, records))
        surplus -= over


def _name(
    case: Case,
    contract: ContractFacts,
    line: LineFacts,
    over: int,
    about: tuple[Line | None, LineFacts | None, list[UsageFacts]],
) -> None:
    partner, twin, records = about
    end = end_of(contract)
    if end is not None and line.period.start >= end:
        case.claim("A3", line, over, TERM_RULE, reason="usage_after_end")
    elif line.period.last_day < start_of(contract):
        case.claim("A4", line, over, TERM_RULE, reason="usage_before_start")
    elif partner is None and twin is not None:
        detector = "A1" if twin.amount == line.amount and twin.invoice == line.invoice else "A12"
        case.claim(detector, line, over, ONCE_RULE, twin_invoice=twin.invoice, twin_position=twin.position)
    elif partner is not None and partner.quantity == line.quantity:
        _name_price(case, contract, line, over, partner)
    else:
        reason, rows = _why_more(line, partner, records)
        detector = "A11" if reason in {"allowance_ignored", "eu_charged_as_world", "quantity"} else "A12"
        rule = USAGE_RULE if detector == "A11" else ONCE_RULE
        expected = partner.quantity if partner else 0
        case.claim(detector, line, over, rule, more=rows, reason=reason, expected_quantity=expected)


def _name_price(case: Case, contract: ContractFacts, line: LineFacts, over: int, partner: Line) -> None:
    """The quantity is right, so the price is not: another version's, with another tax, or none of the contract's."""
    with_tax = grossed(partner.amount.minor, partner.tax_rate, line.tax_rate)
    if line.tax_rate != partner.tax_rate and abs(line.amount - with_tax) <= 1:
        case.claim("A8", line, over, f"tax.{case.facts.country}", expected_tax_rate=partner.tax_rate)
        return
    prices = [price for phase in contract.terms.phases for price in phase.prices]
    other = [price for price in prices if price.version_id != partner.price_version_id and price.unit is not None]
    if any(_cost(price, line.quantity) == line.amount for price in other) or (
        line.price_version_id not in {None, partner.price_version_id}
    ):
        case.claim("A5", line, over, USAGE_RULE, expected_minor=partner.amount.minor)
        return
    case.claim("A11", line, over, USAGE_RULE, reason="unit_price", expected_minor=partner.amount.minor)


def _cost(price: PriceTerms, quantity: int) -> int:
    return divide(charge_micro(quantity, tiers_of(price)), MICRO_PER_MINOR)


def _why_more(line: LineFacts, partner: Line | None, records: list[UsageFacts]) -> tuple[str, tuple[Evidence, ...]]:
    """Say where the units too many come from."""
    expected = partner.quantity if partner else 0
    extra = line.quantity - expected
    inside = [one for one in records if one.record.used_on in line.period]
    outside = [one for one in records if one.record.used_on not in line.period]
    at_home = [one for one in inside if one.zone != "world"]
    used, in_eu = _sum(at_home), _sum(one for one in at_home if one.zone == "eu")
    included = int(partner.facts.get("included", 0)) if partner else used
    if in_eu and extra == in_eu and (partner is None or partner.facts.get("zone") == "world"):
        return "eu_charged_as_world", tuple(_record(one) for one in at_home if one.zone == "eu")
    if used and extra > 0 and line.quantity == used and (included or partner is None) and extra <= max(included, used):
        return "allowance_ignored", tuple(_record(one) for one in at_home)
    for one in inside:
        if one.record.quantity == extra:
            return "record_counted_twice", (_record(one),)
    for one in outside:
        if extra and one.record.quantity == extra and _near(one.record.used_on, line.period):
            return "record_of_other_days", (_record(one),)
    if not inside:
        return "no_record", ()
    if extra > 0 and extra <= _sum(inside) and extra in _sums([one.record.quantity for one in inside]):
        return "records_counted_twice", ()
    return "quantity", ()


def _near(day: date, period: BillingPeriod) -> bool:
    return abs((day - period.start).days) <= 400


def _sums(quantities: Sequence[int]) -> set[int]:
    sums = {0}
    for quantity in quantities[:40]:
        sums |= {total + quantity for total in sums}
    return sums


def _sum(records: Iterable[UsageFacts]) -> int:
    return sum(one.record.quantity for one in records)


def _record(one: UsageFacts) -> Evidence:
    return {"row": "usage", "event_id": one.event_id, "used_on": one.record.used_on.isoformat()}


def _without_matches(lines: Sequence[LineFacts], expected: Sequence[Line]) -> tuple[list[LineFacts], list[Line]]:
    left = list(expected)
    unmatched: list[LineFacts] = []
    for line in lines:
        match = next(
            (
                one
                for one in left
                if one.period == line.period and one.quantity == line.quantity and one.amount.minor == line.amount
            ),
            None,
        )
        if match is None:
            unmatched.append(line)
        else:
            left.remove(match)
    return unmatched, left


def _partner(line: LineFacts, expected: Sequence[Line]) -> Line | None:
    same = [one for one in expected if one.period.overlap(line.period.start, line.period.end) is not None]
    return min(
        same,
        key=lambda one: (
            one.quantity != line.quantity,
            one.price_version_id != line.price_version_id,
            abs(one.amount.minor - line.amount),
        ),
        default=None,
    )


def _nearest_amount(line: LineFacts, expected: Sequence[Line]) -> int:
    partner = _partner(line, expected)
    return partner.amount.minor if partner else 0


def _alike(left: LineFacts, right: LineFacts) -> bool:
    return left.period == right.period and left.quantity == right.quantity and left.unit == right.unit


def _claim_increases(
    case: Case,
    contract: ContractFacts,
    window: BillingPeriod,
    data: tuple[list[LineFacts], list[Line], list[UsageFacts]],
) -> None:
    """A6 for prices per unit: the usage at the price that went on, had the increase not been made."""
    held = case.rerating.held_back(contract)
    if not held:
        return
    lines, expected, known = data
    lawful = case.rerating.usage_lines(contract, window, (one.record for one in known), lawful=True)
    charged = sum(line.amount - sum(claim.amount for claim in case.claims_on(line)) for line in lines)
    amount = min(charged, sum(line.amount.minor for line in expected)) - sum(line.amount.minor for line in lawful)
    if amount > 0:
        claim_increase(case, contract, max(lines, key=lambda line: line.amount), amount, held)
