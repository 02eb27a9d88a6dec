"""How long a line lasts in theory: each departure moves everybody up, and some who stand ahead give up.

With n contacts ahead, departures at rate r and patience 1/θ the wait is the sum of exponential times of the rates
r, r + θ, ..., r + nθ (the queue-length estimate with abandonment). n need not be whole.
"""

from typing import Any, Final, TypeAlias

import numpy as np

# An array of floats. The checker does not read numpy's types.
Array: TypeAlias = Any

MEDIAN_Z: Final = 0.0
# The normal quantile of 87.5 %: half-way between the 85 and the 90 % of contacts that an upper end must hold for.
UPPER_Z: Final = 1.1503


def line_wait(ahead: Array, rate: Array, patience: Array, z: float) -> Array:
    """Return the quantile at normal score `z` of the wait in seconds; `rate` per second and `patience` are positive."""
    mean, variance = _moments(ahead, rate, 1.0 / patience)
    return _gamma_quantile(mean, variance, z)


def _moments(ahead: Array, rate: Array, leaving: Array) -> tuple[Array, Array]:
    """Sum over the line; the terms after the first by the midpoint rule, which is exact to a few thousandths."""
    near, far = rate + 0.5 * leaving, rate + (ahead + 0.5) * leaving
    mean = 1.0 / rate + np.log(far / near) / leaving
    variance = 1.0 / rate**2 + (1.0 / near - 1.0 / far) / leaving
    return mean, variance


def _gamma_quantile(mean: Array, variance: Array, z: float) -> Array:
    """Wilson and Hilferty's cube: within 1.5 % of the gamma distribution for the shapes that occur (1 and more)."""
    ninth = variance / (9.0 * mean**2)
    return mean * (1.0 - ninth + z * np.sqrt(ninth)) ** 3
