"""Billing's own sentences, such as the text message with a code."""

from functools import cache
from pathlib import Path

from billing.catalogue import Catalogue


@cache
def billing_texts() -> Catalogue:
    return Catalogue.load(Path(__file__).parent)
