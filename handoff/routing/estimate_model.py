"""What the estimate has learnt; plain numbers that go into a row of `estimate_model` and come back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from billing.db import JsonObject
from handoff.routing.estimate_features import FEATURES, prior

# How far a conversation has come, in parts of the mean handle time; the hazard is constant in between.
AGES: Final = (0.0, 0.15, 0.4, 0.8, 1.5, 3.0, 6.0)
HOURS: Final = 48
VERSION: Final = 1
_BLENDS: Final = ("at_entry", "later")


@dataclass(frozen=True)
class Blend:
    """One weight per feature for the middle and for the upper end."""

    median: tuple[float, ...]
    upper: tuple[float, ...]


def _theory() -> Blend:
    weights = tuple(float(weight) for weight in prior())
    return Blend(weights, weights)


@dataclass(frozen=True)
class Model:
    """`at_entry` speaks to those who have just come, `later` to those who have waited for a while.

    `hazard` is how readily a conversation of each age ends, 1 being once per mean handle time. `usual_hour` holds the
    usual wait in each hour of a working day, then of a weekend. `stretch` multiplies the upper end: it follows what
    came true. `longest` is the longest wait that is ever told.
    """

    at_entry: Blend = field(default_factory=_theory)
    later: Blend = field(default_factory=_theory)
    hazard: tuple[float, ...] = (1.0,) * len(AGES)
    usual: float = 0.0
    usual_hour: tuple[float, ...] = (0.0,) * HOURS
    usual_queue: Mapping[str, float] = field(default_factory=dict)
    usual_priority: Mapping[str, float] = field(default_factory=dict)
    stretch: float = 1.0
    contacts: int = 0


UNTAUGHT: Final = Model()


def as_json(model: Model) -> JsonObject:
    return {"version": VERSION, **asdict(model)}


def from_json(stored: JsonObject) -> Model:
    """A row that another version wrote is not understood: the estimate begins again with theory."""
    content: dict[str, Any] = dict(stored)
    if content.pop("version", None) != VERSION:
        return UNTAUGHT
    blends = {name: Blend(tuple(content[name]["median"]), tuple(content[name]["upper"])) for name in _BLENDS}
    if any(len(weights) != FEATURES for blend in blends.values() for weights in (blend.median, blend.upper)):
        return UNTAUGHT
    tables = {name: tuple(content[name]) for name in ("hazard", "usual_hour")}
    return Model(**{**content, **blends, **tables})
