"""The words of the line that sums a conversation up, in three languages."""

from functools import cache
from pathlib import Path

from billing.catalogue import Catalogue


@cache
def line_texts() -> Catalogue:
    return Catalogue.load(Path(__file__).parent)
