"""The demo's offer: sellers, plans, prices, discounts and single charges, read from offer.yml."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.orm import Session

from billing.demo.rows import demo_id, months_before
from billing.models.plan import Plan, PriceVersion
from billing.models.seller import Seller

PRICES_SINCE = date(2018, 1, 1)


@dataclass(frozen=True, slots=True)
class Offer:
    """Ids of what was written, and the rest of offer.yml as it stands."""

    seller_ids: Mapping[str, int]
    plan_ids: Mapping[str, int]


@cache
def offer_content() -> dict[str, Any]:  # Any: the file's shape is its own
    content: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("offer.yml").read_text(encoding="utf-8"))
    return content


def write_offer(session: Session, newest_month: date) -> Offer:
    sellers = {country: _seller(country, values) for country, values in offer_content()["sellers"].items()}
    plans = {
        code: Plan(code=code, name=values["name"], product=values["product"])
        for code, values in offer_content()["plans"].items()
    }
    session.add_all([*sellers.values(), *plans.values()])
    session.flush()
    for code, values in offer_content()["plans"].items():
        for country in sellers:
            session.add_all(_price_versions(plans[code], country, values, newest_month))
    session.flush()
    return Offer(
        {country: seller.id for country, seller in sellers.items()}, {code: plan.id for code, plan in plans.items()}
    )


def _seller(country: str, values: Mapping[str, Any]) -> Seller:
    return Seller(country=country, **values)


def _price_versions(plan: Plan, country: str, values: Mapping[str, Any], newest_month: date) -> list[PriceVersion]:
    change = values.get("price_change")
    if change is None:
        return [_price_version(plan, country, values["prices"][country], PRICES_SINCE, None)]
    changed_on = months_before(newest_month, change["months_before"])
    increased = _price_version(plan, country, values["prices"][country], changed_on, None)
    increased.notice_sent_on = changed_on - timedelta(days=change["notice_days"])
    return [_price_version(plan, country, change[country], PRICES_SINCE, changed_on), increased]


def _price_version(
    plan: Plan, country: str, price: Mapping[str, Any], valid_from: date, valid_to: date | None
) -> PriceVersion:
    return PriceVersion(
        id=demo_id("price", plan.code, country, valid_from),
        plan_id=plan.id,
        country=country,
        valid_from=valid_from,
        valid_to=valid_to,
        base_minor=price["base_minor"],
        currency=offer_content()["sellers"][country]["currency"],
        unit=price.get("unit"),
        included_quantity=price.get("included", 0),
        unit_price_micro=price.get("unit_price_micro"),
    )
