"""A8 wrong tax rate, A9 tax on what is exempt or wrong sums of tax, A21 a total that is not the sum of its lines.

Prices include the tax: a wrong rate alone charges nothing too much. It is our mistake all the same, for the invoice
states a wrong tax; amounts above the agreed price are claimed where the price is checked.
"""

from collections import defaultdict
from datetime import date

from billing.fairness.claims import Book, Case
from billing.fairness.detectors.base import BASE_KINDS
from billing.fairness.facts import ContractFacts, InvoiceAudited, LineFacts
from billing.law import TaxCategory
from billing.money import divide
from billing.rating.kinds import LineKind

BASIS_POINTS = 10_000
SUM_RULE = "invoice.total_is_sum_of_lines"
TAX_SUM_RULE = "invoice.tax_rounded_once_per_rate"
WITHOUT_TAX = frozenset({LineKind.LATE_FEE, LineKind.INTEREST, LineKind.COMPENSATION})
PRICED = BASE_KINDS | {LineKind.USAGE, LineKind.DISCOUNT}


def audit_rates(case: Case, book: Book, contract: ContractFacts) -> None:
    """Compare the rate of each line with the one of its day and kind."""
    for line in book.of_contract(contract):
        if line.kind in WITHOUT_TAX or line.amount <= 0:
            continue
        for rate, rule in _rates(case, book, contract, line):
            _compare(case, line, rate, rule)


def audit_other_rates(case: Case, book: Book) -> None:
    """A9: damages and interest bear no tax."""
    for line in book.lines:
        if line.kind in WITHOUT_TAX and line.tax_rate and line.amount > 0:
            _compare(case, line, 0, "tax.exempt")


def _compare(case: Case, line: LineFacts, rate: int, rule: str) -> None:
    claims = case.claims_on(line)
    not_owed_at_all = sum(claim.amount for claim in claims) >= line.amount
    if line.tax_rate == rate or not_owed_at_all or any(claim.detector in {"A8", "A9"} for claim in claims):
        return
    detector = "A9" if rate == 0 else "A8"
    too_much = 0
    if not case.facts.prices_include_tax:
        too_much = max(0, divide(line.amount * (line.tax_rate - rate), BASIS_POINTS))
    case.claim(detector, line, too_much, rule, expected_tax_rate=rate, billed_tax_rate=line.tax_rate)


def _rates(case: Case, book: Book, contract: ContractFacts, line: LineFacts) -> list[tuple[int, str]]:
    """Return the rate that holds, with the version of the law; nothing where the contract does not say what it is."""
    if line.kind in PRICED:
        days = case.rerating.pieces(line.period, book.invoice_of(line).period)
        segments = [
            segment
            for window, part in days
            for segment in case.rerating.segments(contract, window)
            if segment.days.overlap(part.start, part.end) is not None
        ]
        if not segments or line.tax_rate in {segment.tax_rate for segment in segments[:1]}:
            spread = {segment.tax_rate for segment in segments}
            if len(spread) < 2:
                return []
            return [(segments[-1].tax_rate, _version(case, segments[-1].price.tax_category, segments[-1].days.start))]
        first = segments[0]
        return [(first.tax_rate, _version(case, first.price.tax_category, first.days.start))]
    booked = [one for one in contract.terms.one_offs if one.charged_on in line.period and one.kind is line.kind]
    matching = [one for one in booked if one.amount.minor == line.amount] or booked
    if not matching:
        return []
    rates = {case.law.tax_rate(one.tax_category, one.charged_on) for one in matching}
    if line.tax_rate in rates:
        return []
    one = matching[0]
    return [(case.law.tax_rate(one.tax_category, one.charged_on), _version(case, one.tax_category, one.charged_on))]


def _version(case: Case, category: TaxCategory, day: date) -> str:
    rule = case.law.find(f"vat_{category}", day) if category is not TaxCategory.EXEMPT else None
    return rule.version if rule else f"tax.{category}"


def audit_sums(case: Case, book: Book) -> None:
    for invoice in case.facts.invoices:
        if invoice.lines:
            _audit_total(case, invoice)
            _audit_tax_sums(case, invoice)


def _audit_total(case: Case, invoice: InvoiceAudited) -> None:
    lines = sum(line.amount for line in invoice.lines)
    if invoice.total == lines:
        return
    line = max(invoice.lines, key=lambda line: (line.amount, -line.position))
    claim = case.claim("A21", line, max(0, invoice.total - lines), SUM_RULE, total_minor=invoice.total, sum_minor=lines)
    claim.subject = invoice.number
    claim.evidence = ({"row": "invoice", "invoice": invoice.number, "total_minor": invoice.total},)


def _audit_tax_sums(case: Case, invoice: InvoiceAudited) -> None:
    """A9: the tax per rate is computed once from what the lines of that rate come to."""
    if not invoice.taxes or not case.facts.prices_include_tax:
        return
    gross: dict[int, int] = defaultdict(int)
    for line in invoice.lines:
        gross[line.tax_rate] += line.amount
    stated = {tax.tax_rate: (tax.gross, tax.tax) for tax in invoice.taxes}
    expected = {rate: (sum_, divide(sum_ * rate, BASIS_POINTS + rate)) for rate, sum_ in gross.items()}
    for rate in sorted(expected.keys() | stated.keys()):
        right, said = expected.get(rate, (0, 0)), stated.get(rate, (0, 0))
        if right == said:
            continue
        line = max(invoice.lines, key=lambda line: (line.tax_rate == rate, line.amount, -line.position))
        claim = case.claim("A9", line, 0, TAX_SUM_RULE, stated_tax_minor=said[1], expected_tax_minor=right[1])
        claim.subject = f"{invoice.number}/tax/{rate}"
        claim.evidence = ({"row": "invoice_tax", "invoice": invoice.number, "tax_rate": rate, "tax_minor": said[1]},)
