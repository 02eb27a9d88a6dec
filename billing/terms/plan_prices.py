"""Loads the prices of plans in a country, for many plans at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from babel.numbers import list_currencies
from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.models.plan import PriceVersion
from billing.money import Money
from billing.rating.errors import CurrencyUnknown, TiersInvalid
from billing.rating.terms import PriceTerms, Tier

CURRENCIES = frozenset(list_currencies())


@dataclass(frozen=True, slots=True)
class PriceBook:
    """Price versions by plan; each plan's are read once, when a contract on it asks."""

    rows: Mapping[int, Sequence[PriceVersion]]
    read: dict[int, tuple[PriceTerms, ...]] = field(default_factory=dict)

    def of(self, plan_id: int) -> tuple[PriceTerms, ...]:
        """Return the plan's prices in order of time; raise RatingError if one cannot be read."""
        if plan_id not in self.read:
            self.read[plan_id] = tuple(price_terms(row) for row in self.rows.get(plan_id, ()))
        return self.read[plan_id]


def load_price_book(session: Session, plan_ids: Collection[int], country: str) -> PriceBook:
    rows: dict[int, list[PriceVersion]] = defaultdict(list)
    versions = select(PriceVersion).where(PriceVersion.country == country, PriceVersion.plan_id.in_(plan_ids))
    for row in session.scalars(versions.order_by(PriceVersion.valid_from)):
        rows[row.plan_id].append(row)
    return PriceBook(rows)


def price_terms(row: PriceVersion) -> PriceTerms:
    must_be_currency(row.currency)
    return PriceTerms(
        version_id=row.id,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        base=Money(row.base_minor, row.currency),
        tax_category=row.tax_category,
        unit=row.unit,
        included=row.included_quantity,
        unit_price_micro=row.unit_price_micro or 0,
        tiers=_tiers(row),
        world_unit_price_micro=row.world_unit_price_micro,
    )


def must_be_currency(code: str) -> None:
    if code not in CURRENCIES:
        raise CurrencyUnknown(code)


def _tiers(row: PriceVersion) -> tuple[Tier, ...]:
    try:
        return tuple(Tier(int(tier["from_quantity"]), int(tier["unit_price_micro"])) for tier in row.tiers or ())
    except (KeyError, TypeError, ValueError) as error:
        raise TiersInvalid(row.id) from error
