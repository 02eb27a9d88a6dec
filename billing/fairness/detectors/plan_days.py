"""Two plans of one contract charged for the same days: each of the lines owes the days of its own plan."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from billing.fairness.claims import Book, Case
from billing.fairness.facts import ContractFacts, LineFacts
from billing.fairness.rerating import days_of, price_charge
from billing.rating.terms import PriceTerms


def parts_of_plans(
    case: Case, book: Book, contract: ContractFacts, lines: Sequence[LineFacts], taken: Collection[date]
) -> Mapping[int, frozenset[date]]:
    """Return the days that each line is for, by line, where lines at different prices overlap.

    Days of a plan that no line charges go to the dearest line, so that no day is left out of what is due.
    """
    prices = {line.line_id: _own_price(case, book, contract, line) for line in lines if line.credited < line.amount}
    parts: dict[int, frozenset[date]] = {}
    for line in lines:
        group = [other for other in lines if prices.get(other.line_id) and _overlap(line, other)]
        if line.line_id in parts or prices.get(line.line_id) is None:
            continue
        chosen = {prices[other.line_id]: other for other in reversed(group)}
        if len(chosen) > 1 and all(other.line_id not in parts for other in chosen.values()):
            parts.update(_share(case, book, contract, chosen, taken))
    return parts


def _share(
    case: Case,
    book: Book,
    contract: ContractFacts,
    chosen: Mapping[UUID | None, LineFacts],
    taken: Collection[date],
) -> dict[int, frozenset[date]]:
    days = {line.line_id: set[date]() for line in chosen.values()}
    dearest = sorted(chosen.values(), key=lambda line: (-line.amount, line.line_id))
    for day, version in sorted(_plan_days(case, book, contract, dearest).items()):
        if day in taken:
            continue
        own = chosen.get(version)
        charging = [line for line in dearest if day in line.period]
        owner = own if own is not None and day in own.period else charging[0]
        days[owner.line_id].add(day)
    return {line_id: frozenset(own) for line_id, own in days.items()}


def _plan_days(case: Case, book: Book, contract: ContractFacts, lines: Sequence[LineFacts]) -> dict[date, UUID | None]:
    """Return the price that holds on each day that one of the lines charges and the contract runs."""
    return {
        day: segment.price.version_id
        for line in lines
        for window, part in case.rerating.pieces(line.period, book.invoice_of(line).period)
        for segment in case.rerating.segments(contract, window)
        for shared in (segment.days.overlap(part.start, part.end),)
        if shared is not None
        for day in days_of(shared)
    }


def _own_price(case: Case, book: Book, contract: ContractFacts, line: LineFacts) -> UUID | None:
    """Return the price that holds on some of the line's days and that all of its days were charged at."""
    pieces = case.rerating.pieces(line.period, book.invoice_of(line).period)
    holding: list[PriceTerms] = [
        segment.price
        for window, part in pieces
        for segment in case.rerating.segments(contract, window)
        if segment.days.overlap(part.start, part.end) is not None
    ]
    fitting = [price.version_id for price in holding if price_charge(price, pieces).accepts(line.amount)]
    return line.price_version_id if line.price_version_id in fitting else next(iter(fitting), None)


def _overlap(left: LineFacts, right: LineFacts) -> bool:
    return left.period.overlap(right.period.start, right.period.end) is not None
