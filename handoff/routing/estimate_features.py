"""What the estimate sees of a line, as numbers that a linear blend can weigh.

Every feature but the first and `waited` grows with the wait and gets a weight of zero or more. As none of them falls
when the position grows, nor rises when there are more people, neither does the estimate.
"""

from itertools import pairwise
from typing import Final

import numpy as np

from handoff.routing.estimate_theory import Array, line_wait

COLUMNS: Final = (
    "ahead",
    "in_line",
    "slots",
    "busy",
    "ending_rate",
    "answered_lately",
    "handle",
    "patience",
    "last_wait",
    "head_wait",
    "recent_wait",
    "urgent_lately",
    "waited",
    "usual_hour",
    "usual_queue",
    "usual_priority",
)
INDEX: Final = {name: position for position, name in enumerate(COLUMNS)}
LATELY_SECONDS: Final = 300.0
_BOUNDS: Final = (0.0, 30.0, 90.0, 240.0, np.inf)
_PIECES: Final = len(_BOUNDS) - 1
FEATURES: Final = 1 + 2 * _PIECES + 12
# The only weights that may be negative: the constant, and the time waited so far.
FREE: Final = (0, FEATURES - 1)
_SLOWEST: Final = 1e-6
# What is not measured in seconds is brought to their size.
_STEP: Final = 30.0


def design(rows: Array, z: float) -> Array:
    """Return one line of features per row of COLUMNS; `z` is the normal score of the quantile that is asked for."""
    column = {name: rows[:, position].astype(float) for name, position in INDEX.items()}
    slots = np.maximum(column["slots"], _SLOWEST)
    handle, patience = np.maximum(column["handle"], 1.0), np.maximum(column["patience"], 1.0)
    ending = np.maximum(column["ending_rate"], _SLOWEST)
    flow = (column["answered_lately"] + 1.0) / (LATELY_SECONDS + handle / slots)
    by_staff = line_wait(column["ahead"], slots / handle, patience, z)
    blocks = [
        np.ones((len(rows), 1)),
        _pieces(by_staff),
        _pieces(line_wait(column["ahead"], ending, patience, z)),
        _column(line_wait(column["in_line"], ending, patience, z)),
        _column(line_wait(column["ahead"], flow, patience, z)),
        _column(np.where(np.isnan(column["last_wait"]), by_staff, column["last_wait"])),
        _column(np.nan_to_num(column["head_wait"])),
        _column(np.where(np.isnan(column["recent_wait"]), by_staff, column["recent_wait"])),
        _column(column["urgent_lately"] * handle / slots),
        _column(np.minimum(column["in_line"], 1.0) * _STEP),
        _column(np.minimum(column["busy"] / slots, 1.0) * _STEP),
        _column(column["usual_hour"]),
        _column(column["usual_queue"]),
        _column(column["usual_priority"]),
        _column(column["waited"]),
    ]
    return np.hstack(blocks)


def prior() -> Array:
    """The weights of somebody who has seen nothing yet: the line in theory, and nothing else."""
    weights = np.zeros(FEATURES)
    weights[1 : 1 + _PIECES] = 1.0
    return weights


def _pieces(values: Array) -> Array:
    """Cut a value into the parts that fall between the bounds: any rising broken line is a sum of them."""
    return np.column_stack([np.clip(values - low, 0.0, high - low) for low, high in pairwise(_BOUNDS)])


def _column(values: Array) -> Array:
    return values.reshape(-1, 1)
