"""What is known while files are checked: the keys in the database and the keys in the files read so far."""

from array import array
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from billing.models.contract import Contract, Discount, OneOffCharge, Outage
from billing.models.credit_note import CreditNote
from billing.models.customer import Customer
from billing.models.invoice import Invoice
from billing.models.payment import Payment
from billing.models.plan import Plan, PriceVersion
from billing.models.seller import Seller

Key = Hashable
Span = tuple[date, date | None, int]


@dataclass(slots=True)
class SellerFacts:
    """What other files depend on of a seller."""

    currency: str
    time_zone: str
    prices_include_tax: bool = True


@dataclass(slots=True)
class Known:
    """`stored` and `read`: keys by file name. `country`: of customers, contracts and invoices, by file and key.

    `sequences`: the line that took a place of a number series. `unplaced`: (file, country, year, number) of documents
    whose number names no free place; `places`: by file and number the year and the place that they get instead.
    A span is (first day, day after the last, line); line 0 is in the database already.
    """

    sellers: dict[str, SellerFacts] = field(default_factory=dict)
    stored: dict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))
    read: dict[str, dict[Key, int]] = field(default_factory=lambda: defaultdict(dict))
    country: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    price_spans: dict[tuple[str, str], list[Span]] = field(default_factory=lambda: defaultdict(list))
    phase_spans: dict[str, list[Span]] = field(default_factory=lambda: defaultdict(list))
    without_plan: dict[str, int] = field(default_factory=dict)
    sequences: dict[tuple[str, str, int, int], int] = field(default_factory=dict)
    unplaced: list[tuple[str, str, int, str]] = field(default_factory=list)
    places: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    missing_sellers: dict[str, int] = field(default_factory=dict)

    def has(self, file: str, key: Key) -> bool:
        return key in self.read[file] or key in self.stored[file]

    def place_the_rest(self) -> None:
        """Give documents without a place the ones after the highest, in the order in which they were read."""
        highest: dict[tuple[str, str, int], int] = defaultdict(int)
        for kind, country, year, sequence in self.sequences:
            highest[kind, country, year] = max(highest[kind, country, year], sequence)
        for kind, country, year, number in self.unplaced:
            highest[kind, country, year] += 1
            self.places[kind, number] = (year, highest[kind, country, year])


class KeyCount:
    """Tells which keys of a big file came more than once, with eight bytes for each.

    Two keys may have the same hash, so what is found is only a suspicion; a second look decides.
    """

    def __init__(self) -> None:
        self._hashes = array("q")

    def add(self, key: Key) -> None:
        self._hashes.append(hash(key))

    def suspects(self) -> set[int]:
        ordered = sorted(self._hashes)
        return {later for earlier, later in pairwise(ordered) if earlier == later}


def load_known(session: Session) -> Known:
    """Read the keys that are in the database, as far as files can refer to them or clash with them."""
    known = Known()
    for seller in session.scalars(select(Seller)):
        known.sellers[seller.country] = SellerFacts(seller.currency, seller.time_zone, seller.prices_include_tax)
    known.stored["sellers"] = set(known.sellers)
    known.stored["plans"] = {code for (code,) in _rows(session, select(Plan.code))}
    prices = select(Plan.code, PriceVersion.country, PriceVersion.valid_from, PriceVersion.valid_to)
    for code, country, valid_from, valid_to in _rows(session, prices.join(Plan, Plan.id == PriceVersion.plan_id)):
        known.stored["price_versions"].add((code, country, valid_from))
        known.price_spans[code, country].append((valid_from, valid_to, 0))
    _load_accounts(session, known)
    return known


def _load_accounts(session: Session, known: Known) -> None:
    by_customer = Customer.country
    known.country["customers"] = dict(_rows(session, select(Customer.number, by_customer)))
    contracts = select(Contract.number, by_customer).join(Customer, Customer.id == Contract.customer_id)
    known.country["contracts"] = dict(_rows(session, contracts.where(Contract.number.is_not(None))))
    invoices = select(Invoice.number, by_customer).join(Customer, Customer.id == Invoice.customer_id)
    known.country["invoices"] = dict(_rows(session, invoices))
    for file, countries in known.country.items():
        known.stored[file] = set(countries)
    codes = select(Contract.number, Discount.code).join(Contract, Contract.id == Discount.contract_id)
    known.stored["promotions"] = set(_rows(session, codes))
    charges = select(Contract.number, OneOffCharge.reference, OneOffCharge.charged_on)
    known.stored["charges"] = set(_rows(session, charges.join(Contract, Contract.id == OneOffCharge.contract_id)))
    known.stored["outages"] = {key for (key,) in _rows(session, select(Outage.reference))}
    known.stored["payments"] = {key for (key,) in _rows(session, select(Payment.reference))}
    known.stored["credit_notes"] = {key for (key,) in _rows(session, select(CreditNote.number))}
    for kind, model in (("invoices", Invoice), ("credit_notes", CreditNote)):
        used = select(Seller.country, model.year, model.sequence).join(Seller, Seller.id == model.seller_id)
        for country, year, sequence in _rows(session, used):
            known.sequences[kind, country, year, sequence] = 0


def _rows(session: Session, statement: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    # Any: the statement's columns decide what a row is
    for row in session.execute(statement.execution_options(yield_per=5_000)):
        yield tuple(row)


def overlaps(spans: Iterable[Span]) -> Iterator[tuple[Span, Span]]:
    """Yield each span that starts before an earlier one has ended, with that one."""
    reaching: Span | None = None
    for span in sorted(spans, key=lambda span: span[0]):
        if reaching is not None and (reaching[1] is None or span[0] < reaching[1]):
            yield span, reaching
            if reaching[1] is None or (span[1] is not None and span[1] <= reaching[1]):
                continue
        reaching = span
