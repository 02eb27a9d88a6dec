"""What credit notes can give back: each certain finding on the lines of its invoice, never above what is left of them.

Pure: the report tells the sum beforehand by the same rule as the notes are written by.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from billing.fairness.facts import InvoiceAudited
from billing.fairness.finding import Confidence, Finding, Verdict
from billing.rating.kinds import LineKind

ON_INVOICES = frozenset({"line", "invoice"})


@dataclass(frozen=True, slots=True)
class Part:
    """What one line gives back; `name` is the finding's key, with a number where several lines share a finding."""

    line_id: int
    amount: int
    name: str


def is_certain(finding: Finding) -> bool:
    return finding.verdict is Verdict.OUR_MISTAKE and finding.confidence is Confidence.CERTAIN


def by_invoice(
    invoices: Sequence[InvoiceAudited], findings: Iterable[Finding]
) -> list[tuple[InvoiceAudited, list[Finding]]]:
    """Return the certain findings that cost something, by the invoice that they are about."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if is_certain(finding) and finding.amount:
            groups[_invoice_number(finding)].append(finding)
    return [(invoice, groups[invoice.number]) for invoice in invoices if groups.get(invoice.number)]


def beyond_notes(invoices: Sequence[InvoiceAudited], findings: Sequence[Finding]) -> list[Finding]:
    """Return the certain findings that no credit note settles: money that went astray, a tax that was only stated."""
    settled: set[str] = set()
    for invoice, of_invoice in by_invoice(invoices, findings):
        left = {line.line_id: line.amount - line.credited for line in invoice.lines if line.kind is not LineKind.TAX}
        _, beyond = parts_of(invoice, of_invoice, left)
        settled |= {finding.key for finding in of_invoice} - {finding.key for finding in beyond}
    return [finding for finding in findings if is_certain(finding) and finding.key not in settled]


def parts_of(
    invoice: InvoiceAudited, findings: Sequence[Finding], left_by_line: Mapping[int, int]
) -> tuple[list[Part], list[Finding]]:
    """Put each finding to its line; what is more than the line goes to the others, the greatest first.

    The second list holds what does not fit.
    """
    left = dict(left_by_line)
    room = invoice.total - sum(line.credited for line in invoice.lines)
    paid = {credit.finding for line in invoice.lines for credit in line.credits}
    parts: list[Part] = []
    beyond: list[Finding] = []
    for finding in findings:
        # Of net prices the note adds the tax by itself.
        wanted = int(str(finding.facts.get("net_minor", finding.amount.minor)))
        shares = _spread(invoice, finding, wanted, left)
        is_too_much = sum(share for _, share in shares) < wanted or finding.amount.minor > room
        if finding.key in paid or is_too_much:
            beyond.append(finding)
            continue
        room -= finding.amount.minor
        for position, (line_id, share) in enumerate(shares):
            left[line_id] -= share
            parts.append(Part(line_id, share, finding.key if position == 0 else f"{finding.key}+{position}"))
    return parts, beyond


def _invoice_number(finding: Finding) -> str:
    """Return the invoice that the finding is about; none for money that went astray: it needs no credit."""
    first = finding.evidence[0] if finding.evidence else {}
    return str(first.get("invoice", "")) if first.get("row") in ON_INVOICES else ""


def _spread(invoice: InvoiceAudited, finding: Finding, wanted: int, left: Mapping[int, int]) -> list[tuple[int, int]]:
    position = finding.evidence[0].get("position")
    own_first = sorted(invoice.lines, key=lambda line: (line.position != position, -left.get(line.line_id, 0)))
    shares: list[tuple[int, int]] = []
    for line in own_first:
        share = min(wanted, left.get(line.line_id, 0))
        if share > 0:
            shares.append((line.line_id, share))
            wanted -= share
    return shares
