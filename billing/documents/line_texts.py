"""What a line of a document is called: a title, and below it in small print what makes up its amount.

The facts of a line come from rating, from an import or from a person; whatever is missing is left out.
"""

from billing.documents.formatting import Print
from billing.models.invoice import LineItem
from billing.money import Money
from billing.rating.kinds import LineKind, ReasonCode

PART_OF_MONTH = (LineKind.PRORATION_CHARGE, LineKind.PRORATION_CREDIT)
NAMED_BY_KIND = (LineKind.TAX, LineKind.LATE_FEE, LineKind.INTEREST)


def line_title(item: LineItem, written: Print) -> str:
    """Name the line after what was sold; what has no name of its own is called by its kind."""
    name = item.cause.get(f"name_{written.language}") or item.cause.get("name_en")
    if not name or item.kind in NAMED_BY_KIND:
        return written.words(f"line.kind.{item.kind.value}")
    return written.words(f"line.{item.kind.value}", name=name)


def line_detail(item: LineItem, written: Print) -> str:
    """Return the small print, "" where the title says it all."""
    parts = (
        _included(item, written),
        _prices(item, written),
        _share(item, written),
        _reason(item, written),
        _reference(item, written),
    )
    return "; ".join(part for part in parts if part)


def _included(item: LineItem, written: Print) -> str:
    used, included = item.cause.get("used"), item.cause.get("included")
    if item.kind is not LineKind.USAGE or not included or not isinstance(used, int) or not isinstance(included, int):
        return ""
    used_units, included_units = written.quantity(used, item.unit), written.quantity(included, item.unit)
    return written.words("line.detail.included", used=used_units, included=included_units)


def _prices(item: LineItem, written: Print) -> str:
    if item.kind is not LineKind.USAGE:
        return ""
    is_world = item.cause.get("zone") == "world"
    place = written.words("line.detail.outside_eu") if is_world else ""
    tiers = written.words("line.detail.tiers") if "tier_1_from" in item.cause else ""
    return "; ".join(part for part in (place, tiers) if part)


def _share(item: LineItem, written: Print) -> str:
    days, whole, base = (item.cause.get(name) for name in ("days", "days_in_period", "base_minor"))
    if item.kind not in PART_OF_MONTH or not isinstance(days, int) or not isinstance(whole, int):
        return ""
    if not isinstance(base, int):
        return written.words("line.detail.days", days=days, whole=whole)
    price = written.amount(Money(base, item.currency))
    return written.words("line.detail.share", days=days, whole=whole, price=price)


def _reason(item: LineItem, written: Print) -> str:
    """Say why a month was cut or usage comes late; other lines carry their reason in their name."""
    if item.kind in PART_OF_MONTH or item.reason_code is ReasonCode.LATE_USAGE:
        key = f"line.reason.{item.reason_code.value}"
        return written.words(key) if written.has_words(key) else ""
    return ""


def _reference(item: LineItem, written: Print) -> str:
    if "invoice_number" in item.cause:
        return written.words("line.detail.for_invoice", number=item.cause["invoice_number"])
    reference = item.cause.get("proof_reference") or item.cause.get("reference")
    return written.words("line.detail.reference", reference=reference) if reference else ""
