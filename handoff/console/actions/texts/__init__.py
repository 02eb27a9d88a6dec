"""What is said about the agents' actions, to agents and to customers, in three languages."""

from functools import cache
from pathlib import Path

from billing.catalogue import Catalogue


@cache
def action_texts() -> Catalogue:
    """Return the catalogue of this folder; it is read once, on first use."""
    return Catalogue.load(Path(__file__).parent)
