"""A log of contacts as columns: a million of them fit into a few tens of megabytes."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Final

import numpy as np

from handoff.routing.estimate_theory import Array

NO_AGENT: Final = -1


@dataclass(frozen=True)
class Calls:
    """One row per contact, in the order of arrival; times are seconds since 1970, NaN where nothing happened.

    `queue` and `agent` are numbers into `queue_names` and `agent_names`. `hour` is the hour of the local clock, plus
    24 at weekends; `day` the local day; `offset` what is added to `arrived` to get the local clock. Either `answered`
    or `abandoned` is known. `ended` is NaN where it is not.
    """

    queue: Array
    priority: Array
    agent: Array
    arrived: Array
    answered: Array
    abandoned: Array
    ended: Array
    hour: Array
    day: Array
    offset: Array
    queue_names: tuple[str, ...]
    agent_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.arrived)

    @cached_property
    def left(self) -> Array:
        """When the contact left the line, to an agent or for good."""
        return np.where(np.isnan(self.answered), self.abandoned, self.answered)

    @cached_property
    def wait(self) -> Array:
        return self.left - self.arrived

    @cached_property
    def handle(self) -> Array:
        return self.ended - self.answered

    @cached_property
    def was_answered(self) -> Array:
        return ~np.isnan(self.answered)

    def some(self, chosen: Array) -> "Calls":
        """Return the chosen rows; the names stay."""
        columns = {part.name: getattr(self, part.name) for part in fields(self)}
        return Calls(
            **{key: column if isinstance(column, tuple) else column[chosen] for key, column in columns.items()}
        )

    def in_order(self) -> "Calls":
        return self.some(np.argsort(self.arrived, kind="stable"))

    def halves(self) -> tuple[Array, Array]:
        """Return which rows fall into the first and which into the second half of the days."""
        days = np.unique(self.day)
        first = np.isin(self.day, days[: max(1, len(days) // 2)])
        return first, ~first


def code(values: Sequence[str]) -> tuple[Array, tuple[str, ...]]:
    """Return the values as numbers into their names; an empty value has no name and becomes NO_AGENT."""
    names = tuple(sorted({value for value in values if value}))
    numbers = {name: number for number, name in enumerate(names)}
    return np.array([numbers.get(value, NO_AGENT) for value in values], dtype=np.int32), names
