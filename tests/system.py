"""What a test needs of the system: absent, it is skipped with a reason; in CI that is a failure."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test because `what` is not on this machine; fail it where CI=true promises that everything is."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must provide what this test needs: {what}", pytrace=False)
    pytest.skip(f"needs {what}")


def require_program(*names: str) -> Path:
    """Return the first of the programs that is on the machine."""
    for name in names:
        if found := shutil.which(name):
            return Path(found)
    missing(" or ".join(names))
