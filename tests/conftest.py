"""Only what every test shares: each knows its room by its folder, and no test reaches beyond this machine."""

from pathlib import Path

import pytest

ROOM_OF_FOLDER = ("actions", "billing", "bot", "contract", "e2e", "handoff")


def pytest_configure(config: pytest.Config) -> None:
    for room in ROOM_OF_FOLDER:
        config.addinivalue_line("markers", f"{room}: tests of {room}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with its folder's name, and run the whole-system tests last."""
    here = Path(__file__).parent
    for item in items:
        room = item.path.relative_to(here).parts[0]
        if room in ROOM_OF_FOLDER:
            item.add_marker(getattr(pytest.mark, room))
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)
