"""Quantile regression with weights that must not be negative and lean towards what theory says."""

from typing import Final

import numpy as np

from handoff.routing.estimate_theory import Array

_ROUNDS: Final = 25
_COARSEST: Final = 30.0
_FINEST: Final = 1.0


def quantile_weights(
    features: Array, values: Array, quantile: float, start: Array, free: tuple[int, ...], lean: float
) -> Array:
    """Return weights w so that `values` fall short of features·w in `quantile` of the cases.

    Iteratively reweighted least squares on the pinball loss. `lean` is how many cases the pull towards `start` is
    worth; only the `free` weights may be negative.
    """
    if len(values) == 0:
        return start
    penalty = lean * np.maximum((features**2).mean(axis=0), 1e-3)
    weights = start
    for round_ in range(_ROUNDS):
        blur = max(_FINEST, _COARSEST * 0.8**round_)
        gap = values - np.einsum("ni,i->n", features, weights)
        importance = np.where(gap > 0, quantile, 1.0 - quantile) / np.maximum(np.abs(gap), blur)
        importance /= importance.mean()
        weights = _solve(features, values, importance, start, penalty, free)
    return weights


def _solve(
    features: Array, values: Array, importance: Array, start: Array, penalty: Array, free: tuple[int, ...]
) -> Array:
    """Weighted ridge regression around `start`; what comes out negative is set to zero and the rest solved again."""
    # Not a matrix product: for so few columns its threads cost more than they bring on a busy machine.
    weighted = features * importance[:, None]
    gram = np.einsum("ni,nj->ij", weighted, features) + np.diag(penalty)
    target = np.einsum("ni,n->i", weighted, values) + penalty * start
    kept: Array = np.ones(len(start), dtype=bool)
    while True:
        weights = np.zeros(len(start))
        weights[kept] = np.linalg.solve(gram[np.ix_(kept, kept)], target[kept])
        negative = (weights < 0) & kept
        negative[list(free)] = False
        if not negative.any():
            return weights
        kept &= ~negative
