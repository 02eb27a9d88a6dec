"""Explains every pair of an account's bills, and keeps count of what was left unnamed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

from billing.explain.bill_changes import CauseCode, explain_change
from tests.billing.explain.random_accounts import random_account

SHARE_THAT_MAY_BE_UNNAMED = 20  # one twentieth of the difference


@dataclass
class Tally:
    """How many pairs were explained, and how well."""

    pairs: int = 0
    cents_off: int = 0
    mostly_named: int = 0
    unnamed_cents: int = 0
    cents: int = 0
    worst_seed: int | None = None
    codes: Counter[str] = field(default_factory=Counter)

    @property
    def share_mostly_named(self) -> float:
        return self.mostly_named / self.pairs


def explain_pairs(seeds: Iterable[int]) -> Tally:
    """Compare all bills of each account with each other, and each as a first bill."""
    tally = Tally()
    for seed in seeds:
        bills = random_account(seed).bills()
        for previous, current in (*((None, bill) for bill in bills), *combinations(bills, 2)):
            change = explain_change(previous, current)
            before = 0 if previous is None else previous.total.minor
            difference = current.total.minor - before
            unnamed = sum(abs(one.amount.minor) for one in change.causes if one.code is CauseCode.OTHER)
            tally.pairs += 1
            tally.cents_off += abs(difference - sum(one.amount.minor for one in change.causes))
            tally.mostly_named += unnamed * SHARE_THAT_MAY_BE_UNNAMED <= abs(difference)
            tally.unnamed_cents += unnamed
            tally.cents += abs(difference)
            tally.codes.update(one.code.value for one in change.causes)
            if unnamed and tally.worst_seed is None:
                tally.worst_seed = seed
    return tally
