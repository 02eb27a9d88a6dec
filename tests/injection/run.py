"""Builds one database of clean and of spoiled accounts, and writes down what must be found."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable

from tests.injection import (  # noqa: F401 (they fill VARIANTS)
    defects_charges,
    defects_fees,
    defects_money,
    defects_more,
    defects_shares,
)
from tests.injection.defects import VARIANTS, Variant
from tests.injection.defects_money import complete
from tests.injection.homes import Town
from tests.injection.spoiling import Spoiler

complete()
TRIES = 200
Plan = dict[str, tuple[str, dict[str, int]]]


def build(
    connection: sqlite3.Connection,
    seed: int,
    each: int,
    clean: int,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Plan, set[str]]:
    """Return ({spoiled account: (variant, cents per detector)}, clean accounts); `each`: defects per detector."""
    town = Town(connection, seed)
    by_detector: dict[str, list[Variant]] = defaultdict(list)
    for variant in VARIANTS:
        by_detector[variant.detector].append(variant)
    in_all = each * len(by_detector) + clean
    clean_ones: set[str] = set()
    for done in range(clean):
        clean_ones.add(town.build().number)
        if progress is not None:
            progress(done, in_all)
    expected: Plan = {}
    for detector in sorted(by_detector):
        variants = by_detector[detector]
        for number in range(each):
            account, cents = _spoiled(town, variants[number % len(variants)])
            expected[account] = (variants[number % len(variants)].name, cents)
            if progress is not None:
                progress(len(expected) + clean, in_all)
    return expected, clean_ones


def _spoiled(town: Town, variant: Variant) -> tuple[str, dict[str, int]]:
    for _ in range(TRIES):
        town.connection.execute("SAVEPOINT account")
        account = town.build(**variant.wishes)
        cents = variant.spoil(Spoiler(town, account))
        if cents is not None:
            town.connection.execute("RELEASE account")
            return account.number, cents
        town.connection.execute("ROLLBACK TO account")
        town.connection.execute("RELEASE account")
    raise AssertionError(f"no account can have: {variant.name}")
