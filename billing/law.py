"""Dated law: which rule of a country held on a day, with its source. The rules stand in fairness/laws/*.yml.

A rule is found or it is missing; nothing is guessed. Where one is missing the caller stops and calls a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from billing.errors import SaldoError
from billing.periods import BillingPeriod

LAWS = Path(__file__).parent / "fairness" / "laws"


class TaxCategory(StrEnum):
    """Which rate of value added tax a supply is under."""

    STANDARD = "standard"
    REDUCED = "reduced"
    EXEMPT = "exempt"


class RuleMissing(SaldoError):
    """The law file of a country says nothing about a day."""

    status = 422

    def __init__(self, country: str, name: str, day: date) -> None:
        super().__init__(f"no rule {name} of {country} for {day}")
        self.country = country
        self.name = name
        self.day = day


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule from `valid_from` until before `valid_to`; `values`: its numbers, in minor units, days, basis points."""

    country: str
    name: str
    valid_from: date
    valid_to: date | None
    values: Mapping[str, Any]  # Any: each rule has numbers of its own
    source: str

    @property
    def version(self) -> str:
        """Name the rule and the day from which this version holds, such as "FI.reminder_fee@2013-03-16"."""
        return f"{self.country}.{self.name}@{self.valid_from}"

    def number(self, key: str) -> int:
        return int(self.values[key])


@dataclass(frozen=True, slots=True)
class Law:
    """All dated rules of one country, each name's versions in order of time."""

    country: str
    rules: Mapping[str, tuple[Rule, ...]]

    def find(self, name: str, day: date) -> Rule | None:
        """Return the version that held on the day; None if the country has no such rule then."""
        for rule in self.rules.get(name, ()):
            if rule.valid_from <= day and (rule.valid_to is None or day < rule.valid_to):
                return rule
        return None

    def get(self, name: str, day: date) -> Rule:
        """Return the version that held on the day; raise RuleMissing."""
        rule = self.find(name, day)
        if rule is None:
            raise RuleMissing(self.country, name, day)
        return rule

    def tax_rate(self, category: TaxCategory, day: date) -> int:
        """Return the rate in basis points for a supply on that day."""
        if category is TaxCategory.EXEMPT:
            return 0
        return self.get(f"vat_{category}", day).number("basis_points")

    def tax_changes(self, category: TaxCategory, period: BillingPeriod) -> list[date]:
        """Return the days within the period, its first day apart, from which another rate holds."""
        versions = self.rules.get(f"vat_{category}", ())
        return [rule.valid_from for rule in versions if period.start < rule.valid_from < period.end]


@cache
def law_of(country: str) -> Law:
    """Return the law of a country; an unknown country has no rules, and every question about it is RuleMissing."""
    path = LAWS / f"{country.lower()}.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return Law(country, {name: _versions(country, name, versions) for name, versions in content.items()})


def _versions(country: str, name: str, versions: list[dict[str, Any]]) -> tuple[Rule, ...]:
    rules = []
    for version in sorted(versions, key=lambda version: version["valid_from"]):
        values = {key: value for key, value in version.items() if key not in {"valid_from", "valid_to", "source"}}
        rules.append(Rule(country, name, version["valid_from"], version.get("valid_to"), values, version["source"]))
    return tuple(rules)
