"""A5 wrong price, A6 increase without notice, A8 tax on top of the agreed price, A10 wrong share of a month."""

from collections.abc import Sequence

from billing.fairness.claims import Case, contract_evidence
from billing.fairness.facts import ContractFacts, LineFacts
from billing.fairness.notices import RULE, HeldBack
from billing.fairness.rerating import Charge, price_charge
from billing.money import divide
from billing.periods import BillingPeriod
from billing.rating.terms import PriceTerms

PRICE_RULE = "contract.price_of_the_day"
SHARE_RULE = "contract.proration"
TAX_BASE = 10_000
Pieces = Sequence[tuple[BillingPeriod, BillingPeriod]]


def claim_price(case: Case, contract: ContractFacts, line: LineFacts, pieces: Pieces, agreed: Charge) -> None:
    """Claim what a base charge is above the agreed price of its days, by the cause that gives this very amount."""
    over = line.amount - agreed.telescoped
    rate = expected_rate(case, contract, pieces)
    if rate is not None and line.tax_rate != rate and _is_grossed(line, agreed.telescoped, rate):
        tax_rule = f"tax.{case.facts.country}"
        case.claim("A8", line, over, tax_rule, expected_tax_rate=rate, billed_tax_rate=line.tax_rate)
        return
    other = _other_price(case, contract, line, pieces)
    if other is None:
        whole = all(window == days for window, days in pieces)
        detector, rule = ("A5", PRICE_RULE) if whole or _names_other(contract, line) else ("A10", SHARE_RULE)
        case.claim(detector, line, over, rule, expected_minor=agreed.telescoped)
        return
    at_other = price_charge(other, pieces)
    of_price = over if at_other.accepts(line.amount) else at_other.telescoped - agreed.telescoped
    of_price = max(0, min(over, of_price))
    more = (_price_evidence(other),)
    if of_price:
        case.claim("A5", line, of_price, PRICE_RULE, more=more, expected_minor=agreed.telescoped)
    if over > of_price:
        case.claim("A10", line, over - of_price, SHARE_RULE, expected_minor=agreed.telescoped)


def claim_increase(case: Case, contract: ContractFacts, line: LineFacts, amount: int, held: Sequence[HeldBack]) -> None:
    """A6: the newest increase before the line's end explains it; without a rule of that day a person decides."""
    started = [one for one in held if one.price.valid_from < line.period.end] or list(held)
    one = started[-1]
    if one.rule is None:
        evidence = (contract_evidence(contract), _price_evidence(one.price))
        subject = f"{contract.number}/{one.price.valid_from}"
        case.ask("A6", RULE, subject, evidence, reason="law_missing", day=one.price.valid_from.isoformat())
        return
    sent_on = one.notice_sent_on.isoformat() if one.notice_sent_on else None
    case.claim("A6", line, amount, one.rule, more=(_price_evidence(one.price),), notice_sent_on=sent_on)


def expected_rate(case: Case, contract: ContractFacts, pieces: Pieces) -> int | None:
    """Return the tax rate of the first of the days on which the contract runs."""
    for window, days in pieces:
        for segment in case.rerating.segments(contract, window):
            if segment.days.overlap(days.start, days.end) is not None:
                return segment.tax_rate
    return None


def grossed(amount: int, rate: int, wrong: int) -> int:
    """Return the price with tax had the wrong rate been added to the net price."""
    return divide(amount * (TAX_BASE + wrong), TAX_BASE + rate)


def _is_grossed(line: LineFacts, agreed: int, rate: int) -> bool:
    """Allow a cent: the net price in between may have been rounded."""
    return abs(grossed(agreed, rate, line.tax_rate) - line.amount) <= 1


def _names_other(contract: ContractFacts, line: LineFacts) -> bool:
    """Say whether the line names a price that is none of the contract's plans."""
    known = {price.version_id for phase in contract.terms.phases for price in phase.prices}
    return line.price_version_id is not None and line.price_version_id not in known


def is_known_price(contract: ContractFacts, line: LineFacts, pieces: Pieces) -> bool:
    """Say whether the line names, or costs what the days cost at, any price of the contract's plans."""
    prices = [price for phase in contract.terms.phases for price in phase.prices]
    return any(
        price.version_id == line.price_version_id or price_charge(price, pieces).accepts(line.amount)
        for price in prices
    )


def _other_price(case: Case, contract: ContractFacts, line: LineFacts, pieces: Pieces) -> PriceTerms | None:
    """Return the price that was used instead: the one that the line names, else one that gives its amount."""
    right = {
        segment.price.version_id
        for window, days in pieces
        for segment in case.rerating.segments(contract, window)
        if segment.days.overlap(days.start, days.end) is not None
    }
    prices = {price.version_id: price for phase in contract.terms.phases for price in phase.prices}
    if len(right) == 1:
        prices = {key: price for key, price in prices.items() if key not in right}
    if line.price_version_id in prices and len(right) == 1:
        return prices[line.price_version_id]
    return next((price for price in prices.values() if price_charge(price, pieces).accepts(line.amount)), None)


def _price_evidence(price: PriceTerms) -> dict[str, str | int | bool | None]:
    return {"row": "price", "valid_from": price.valid_from.isoformat(), "base_minor": price.base.minor}
