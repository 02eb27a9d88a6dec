"""The words that stand for values, from the YAML files beside this one."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Dict

import yaml

FOLDER = Path(__file__).parent


@lru_cache(maxsize=None)
def vocabulary(name: str) -> Dict[Any, Any]:
    """Any: each file has its own shape."""
    # The C loader is many times faster, and a start waits for it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    words: Dict[Any, Any] = yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=loader)
    return words
