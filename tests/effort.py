"""How many cases a test tries: few each time, many in `make test-long`."""

import os
from typing import Final

LONG: Final = os.environ.get("TEST_EFFORT") == "long"


def cases(few: int, many: int) -> int:
    return many if LONG else few
