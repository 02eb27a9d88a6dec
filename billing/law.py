"""Dated law: which rule of a country held on a day, with its source. The rules stand in fairness/laws/*.yml.

A rule is found or it is missing; nothing is guessed. Where one is missing the caller stops and calls a person. A rule
that nobody has confirmed counts as missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from billing.errors import SaldoError
from billing.periods import BillingPeriod

LAWS = Path(__file__).parent / "fairness" / "laws"
_RULE_FIELDS = frozenset({"valid_from", "valid_to", "source", "confirmed"})


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


class LawInvalid(SaldoError):
    """A law file contradicts itself or says too little; `rule` is its name there."""

    def __init__(self, country: str, rule: str, problem: str) -> None:
        super().__init__(f"{country.lower()}.yml, {rule}: {problem}")
        self.country = country
        self.rule = rule
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule from `valid_from` until before `valid_to`; `values`: its numbers, in minor units, days, basis points."""

    country: str
    name: str
    valid_from: date
    valid_to: date | None
    values: Mapping[str, Any]  # Any: each rule has numbers of its own
    source: str
    confirmed: bool = True

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
        """Return the confirmed version that held on the day; None if the country has no such rule then."""
        for rule in self.rules.get(name, ()):
            if rule.valid_from <= day and (rule.valid_to is None or day < rule.valid_to):
                return rule if rule.confirmed else None
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


def half_year(day: date) -> str:
    """Name the half-year that a day lies in, such as "2026-H2"; interest rates hold for one each."""
    return f"{day.year}-H{1 if day.month < 7 else 2}"


@cache
def law_of(country: str) -> Law:
    """Return the law of a country; an unknown country has no rules, and every question about it is RuleMissing."""
    path = LAWS / f"{country.lower()}.yml"
    return read_law(country, path.read_text(encoding="utf-8")) if path.is_file() else Law(country, {})


def read_law(country: str, content: str) -> Law:
    """Read a law file. Gaps in time are allowed; two versions that hold on one day raise LawInvalid."""
    rules = yaml.safe_load(content) or {}
    return Law(country, {name: _versions(country, name, versions) for name, versions in rules.items()})


def _versions(country: str, name: str, versions: list[dict[str, Any]]) -> tuple[Rule, ...]:
    rules = [_rule(country, name, version) for version in versions]
    rules.sort(key=lambda rule: rule.valid_from)
    for earlier, later in pairwise(rules):
        if earlier.valid_to is None or later.valid_from < earlier.valid_to:
            raise LawInvalid(country, name, f"two versions hold on {later.valid_from}")
    return tuple(rules)


def _rule(country: str, name: str, version: Mapping[str, Any]) -> Rule:  # Any: as it stands in the file
    valid_from, valid_to, source = version.get("valid_from"), version.get("valid_to"), version.get("source")
    if not isinstance(valid_from, date) or not isinstance(valid_to, date | None):
        raise LawInvalid(country, name, "valid_from and valid_to are days")
    if valid_to is not None and valid_to <= valid_from:
        raise LawInvalid(country, name, f"the version of {valid_from} ends before it begins")
    if not isinstance(source, str) or not source:
        raise LawInvalid(country, name, f"the version of {valid_from} has no source")
    values = {key: value for key, value in version.items() if key not in _RULE_FIELDS}
    return Rule(country, name, valid_from, valid_to, values, source, bool(version.get("confirmed", True)))
