"""One running system for all tests that only talk to it; those that kill its parts start their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.running_system import RunningSystem


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    running = RunningSystem.start(tmp_path_factory.mktemp("system"))
    yield running
    running.stop()
