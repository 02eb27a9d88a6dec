"""What must hold within and between rows, file by file. Money that is merely wrong is let in: the audit judges it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

import yaml

from billing.exchange.known import Known, SellerFacts
from billing.exchange.reading import Record

Complaint = tuple[str, str, Mapping[str, object]]
_LAST_DIGITS = re.compile(r"(\d{1,9})$", re.ASCII)
_OWN_NUMBER = re.compile(r"(?:[A-Z]+-)?([A-Z]{2})-(\d{4})-(\d{6,})", re.ASCII)


@dataclass(slots=True)
class World:
    """What rules look at apart from the row. `invoice_of`: the invoice of a credit note or dispute, by file and key.

    `spoiled`: files that have problems, so that not all that they say is known.
    """

    known: Known
    latest_day: Callable[[str], date]
    latest_instant: datetime
    spoiled: set[str]
    invoice_of: dict[tuple[str, str], str] = field(default_factory=dict)

    def seller(self, country: str, line: int) -> SellerFacts | None:
        """Return the country's seller; without one, the stand-in that the import makes where it knows how."""
        known = self.known
        if country not in known.sellers and "sellers.csv" not in self.spoiled and country in seller_defaults():
            values = seller_defaults()[country]
            known.sellers[country] = SellerFacts(str(values["currency"]), str(values["time_zone"]))
            known.missing_sellers[country] = line
        return known.sellers.get(country)


@cache
def seller_defaults() -> dict[str, dict[str, object]]:
    content: dict[str, dict[str, object]] = yaml.safe_load(
        Path(__file__).with_name("sellers.yml").read_text(encoding="utf-8")
    )
    return content


def sequence_of(record: Record) -> tuple[int, int] | None:
    """Return year and place in the number series: as given, else year of issue and the digits that end the number."""
    year = record["year"] or record["issued_on"].year
    if record["sequence"] is not None:
        return year, record["sequence"]
    digits = _LAST_DIGITS.search(record["number"])
    return None if digits is None or int(digits[1]) == 0 else (year, int(digits[1]))


def _seller(record: Record, world: World) -> Iterator[Complaint]:
    if record["time_zone"] not in _time_zones():
        yield "time_zone", "time_zone_unknown", {"text": record["time_zone"][:40]}
        return
    facts = SellerFacts(record["currency"], record["time_zone"], record["prices_include_tax"])
    world.known.sellers.setdefault(record["country"], facts)


def _price_version(record: Record, world: World) -> Iterator[Complaint]:
    yield from _currency(record, world, record["country"])
    if (record["unit"] is None) != (record["unit_price"] is None):
        yield "unit_price", "unit_without_price", {}
    if record["unit"] is None and (record["tiers"] or record["world_unit_price"] is not None):
        yield "unit", "price_without_unit", {}
    span = (record["valid_from"], record["valid_to"], record.line)
    spans = world.known.price_spans[record["plan"], record["country"]]
    # The same first day is the same key, which is reported as such.
    if all(other[0] != span[0] for other in spans):
        spans.append(span)


def _customer(record: Record, world: World) -> Iterator[Complaint]:
    # A seller that could not be read is complained of in its own file.
    if world.seller(record["country"], record.line) is None and "sellers.csv" not in world.spoiled:
        yield "country", "seller_missing", {"country": record["country"]}
    world.known.country["customers"].setdefault(record["number"], record["country"])


def _contract(record: Record, world: World) -> Iterator[Complaint]:
    number = record["number"]
    country = world.known.country["customers"].get(record["customer"])
    if country is not None:
        world.known.country["contracts"].setdefault(number, country)
    if record["plan"] is None:
        world.known.without_plan[number] = record.line
    yield from ()


def _phase(record: Record, world: World) -> Iterator[Complaint]:
    world.known.without_plan.pop(record["contract"], None)
    spans = world.known.phase_spans[record["contract"]]
    if all(other[0] != record["valid_from"] for other in spans):
        spans.append((record["valid_from"], record["valid_to"], record.line))
    yield from ()


def _promotion(record: Record, world: World) -> Iterator[Complaint]:
    if (record["percent"] is None) == (record["amount"] is None):
        yield "percent", "percent_or_amount", {}


def _charge(record: Record, world: World) -> Iterator[Complaint]:
    key = (record["contract"], record["reference"], record["charged_on"])
    if key in world.known.stored["charges"]:
        yield "reference", "key_stored", {"key": ", ".join(map(str, key))[:80]}


def _outage(record: Record, world: World) -> Iterator[Complaint]:
    if record["ended_on"] is not None and record["ended_on"] < record["reported_on"]:
        yield "ended_on", "ends_before_start", {"start": record["reported_on"]}


def _usage(record: Record, world: World) -> Iterator[Complaint]:
    latest = world.latest_day(world.known.country["contracts"].get(record["contract"], ""))
    if record["used_on"] > latest:
        yield "used_on", "in_future", {"value": record["used_on"], "latest": latest}
    received = record["received_at"]
    if received is not None and received > world.latest_instant:
        yield "received_at", "in_future", {"value": received, "latest": world.latest_instant}


def _invoice(record: Record, world: World) -> Iterator[Complaint]:
    country = world.known.country["customers"].get(record["customer"])
    if country is None:
        return
    world.known.country["invoices"].setdefault(record["number"], country)
    yield from _currency(record, world, country)
    yield from _series(record, world, "invoices", country)


def _series(record: Record, world: World, kind: str, country: str) -> Iterator[Complaint]:
    number = record["number"]
    if world.known.has(kind, number):
        return
    place = sequence_of(record)
    own = _OWN_NUMBER.fullmatch(number)
    if own and (own[1], int(own[2]), int(own[3])) != (country, *(place or ())):
        yield "number", "number_of_other_place", {"number": number[:60]}
    first = None if place is None else world.known.sequences.setdefault((kind, country, *place), record.line)
    if place is not None and first == record.line:
        return
    if record["sequence"] is None:
        # Not every company counts through; such a number gets a place after the highest.
        world.known.unplaced.append((kind, country, record["year"] or record["issued_on"].year, number))
        return
    where = f"line {first}" if first else "the database"
    yield "sequence", "sequence_taken", {"year": place and place[0], "sequence": place and place[1], "where": where}


def _line_item(record: Record, world: World) -> Iterator[Complaint]:
    if record["promotion"] is not None and not world.known.has("promotions", (record["contract"], record["promotion"])):
        yield "promotion", "promotion_unknown", {"value": record["promotion"][:60]}
    if (record["plan"] is None) != (record["price_valid_from"] is None):
        yield "price_valid_from", "price_incomplete", {}
    elif record["plan"] is not None:
        key = (record["plan"], world.known.country["invoices"].get(record["invoice"]), record["price_valid_from"])
        if key[1] is not None and not world.known.has("price_versions", key):
            yield "price_valid_from", "price_unknown", {"key": ", ".join(map(str, key))[:80]}


def _tax(record: Record, world: World) -> Iterator[Complaint]:
    if record["gross"] != record["net"] + record["tax"]:
        yield "gross", "gross_not_net_and_tax", {}


def _credit_note(record: Record, world: World) -> Iterator[Complaint]:
    world.invoice_of["credit_notes", record["number"]] = record["invoice"]
    country = world.known.country["invoices"].get(record["invoice"])
    if country is not None:
        yield from _series(record, world, "credit_notes", country)


def _dispute(record: Record, world: World) -> Iterator[Complaint]:
    world.invoice_of["disputes", record["reference"]] = record["invoice"]
    yield from ()


def _payment(record: Record, world: World) -> Iterator[Complaint]:
    yield from _currency(record, world, world.known.country["customers"].get(record["customer"], ""))


def _allocation(record: Record, world: World) -> Iterator[Complaint]:
    if (record["payment"] is None) == (record["credit_note"] is None):
        yield "payment", "payment_or_credit_note", {}


def _currency(record: Record, world: World, country: str) -> Iterator[Complaint]:
    seller = world.seller(country, record.line)
    if seller is not None and record["currency"] != seller.currency:
        facts = {"currency": record["currency"], "country": country, "expected": seller.currency}
        yield "currency", "currency_mixed", facts


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


RULES: Mapping[str, Callable[[Record, World], Iterator[Complaint]]] = {
    "sellers": _seller,
    "price_versions": _price_version,
    "customers": _customer,
    "contracts": _contract,
    "contract_phases": _phase,
    "promotions": _promotion,
    "charges": _charge,
    "outages": _outage,
    "usage": _usage,
    "invoices": _invoice,
    "line_items": _line_item,
    "invoice_taxes": _tax,
    "credit_notes": _credit_note,
    "credit_note_taxes": _tax,
    "disputes": _dispute,
    "payments": _payment,
    "allocations": _allocation,
}
