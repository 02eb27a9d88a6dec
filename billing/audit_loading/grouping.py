"""Rows of one query, by what they belong to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# Any: rows of several tables, each read by its own columns.
Rows = Mapping[Any, Sequence[Any]]


def grouped(rows: Iterable[Any], key: str) -> Rows:
    groups: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups
