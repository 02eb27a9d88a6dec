"""Many workers in several processes claim the same conversations: the small edition of tests/bench/claims.py."""

import pytest

from tests.bench.claims import run
from tests.databases import KINDS, of_kind


@pytest.mark.parametrize("kind", KINDS)
def test_workers_of_several_processes_make_no_double_owner_and_overload_nobody(kind: str):
    databases = of_kind(kind)
    url = databases.create()
    try:
        result = run(url, workers=8, processes=2, conversations=100)
    finally:
        databases.drop(url)

    assert (result["double_owners"], result["agents_over_limit"]) == (0, 0)
    won = sum(result["outcomes"].get(way, 0) for way in ("accepted", "taken", "assigned"))
    # Who was passed on is owned at once, or waits to be won once more.
    assert won - result["outcomes"].get("transferred", 0) <= result["owned"] <= won
    assert result["owned"] + result["left"] == 100
    assert result["agents_full"] > 0
