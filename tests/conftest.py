"""Only what every test shares."""

import gc

import pytest

# Python looks through all of the libraries' objects for rings each time; a test run makes few of its own.
ALLOCATIONS_BETWEEN_LOOKS = 20_000


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS_BETWEEN_LOOKS)
