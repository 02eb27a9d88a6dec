"""The fee for a reminder of an unpaid bill, where and when the law allows one; the law stands in late_fees.yml."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml

from billing.money import Money


@dataclass(frozen=True, slots=True)
class LateFeeRule:
    """The most that a country lets a reminder cost, and how long after the due date it may come at the earliest."""

    valid_from: date
    fee: Money
    days_after_due: int

    def reminds_on(self, due_on: date) -> date:
        return due_on + timedelta(days=self.days_after_due)


def find_late_fee_rule(country: str, due_on: date) -> LateFeeRule | None:
    """Return the rule for a bill that was due on that day."""
    rules = [rule for rule in _rules().get(country, ()) if rule.valid_from <= due_on]
    return max(rules, key=lambda rule: rule.valid_from, default=None)


@cache
def _rules() -> dict[str, tuple[LateFeeRule, ...]]:
    content = yaml.safe_load(Path(__file__).with_name("late_fees.yml").read_text(encoding="utf-8"))
    return {
        country: tuple(
            LateFeeRule(rule["valid_from"], Money(rule["fee_minor"], rule["currency"]), rule["days_after_due"])
            for rule in rules
        )
        for country, rules in content.items()
    }
