"""The defects: each variant spoils one account and says by itself what must be found.

A variant returns the detector's cents, or None if the account does not have what it spoils; then another account is
built. `wishes` are what the account must have.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.injection.spoiling import Spoiler

Expected = dict[str, int]
Spoil = Callable[[Spoiler], Expected | None]


@dataclass(frozen=True)
class Variant:
    """One way in which a bill can be wrong."""

    detector: str
    name: str
    spoil: Spoil
    wishes: dict[str, Any] = field(default_factory=dict)


VARIANTS: list[Variant] = []
# An account in which nothing else happens.
STEADY = {"starts_within": False, "ends_within": False, "changes_plan": False, "second": False}


def defect(detector: str, name: str, **wishes: Any) -> Callable[[Spoil], Spoil]:
    def keep(spoil: Spoil) -> Spoil:
        VARIANTS.append(Variant(detector, name, spoil, {"goodwill": False, **wishes}))
        return spoil

    return keep


__all__ = ["STEADY", "VARIANTS", "Expected", "Spoiler", "Variant", "defect", "timedelta"]
