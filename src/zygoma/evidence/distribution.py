"""Distributions of one quantity by their usual parameters, truncated where the quantity ends."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PARAMETERS: dict[str, tuple[str, ...]] = {
    "normal": ("mean", "sd"),
    "lognormal": ("median", "sigma_ln"),
    "uniform": ("low", "high"),
    "loguniform": ("low", "high"),
    "beta": ("a", "b"),
    "fixed": ("value",),
    "none": (),
}
"""Parameters of each distribution; ``sigma_ln`` is the standard deviation of the natural logarithm."""

ABOVE_ZERO: dict[str, tuple[str, ...]] = {
    "normal": ("sd",),
    "lognormal": ("median", "sigma_ln"),
    "loguniform": ("low",),
    "beta": ("a", "b"),
}
"""Parameters that must be above zero."""


def reach(distribution: str, parameters: Mapping[str, float]) -> tuple[float, float]:
    """Smallest and largest value; of a normal or lognormal distribution, its centre at both places.

    These two are truncated where the quantity ends, so only their centre has to lie within.
    """
    p = parameters
    match distribution:
        case "normal":
            return p["mean"], p["mean"]
        case "lognormal":
            return p["median"], p["median"]
        case "beta":
            return 0.0, 1.0
        case "fixed":
            return p["value"], p["value"]
        case _:
            return p["low"], p["high"]


def quantile(
    distribution: str, parameters: Mapping[str, float], shares: Array, low: float, high: float
) -> Array:
    """Inverse of the distribution function at probabilities (...) in (0, 1), between `low` and `high`."""
    p = parameters
    match distribution:
        case "normal":
            ends = [(end - p["mean"]) / p["sd"] for end in (low, high)]
            found: Any = p["mean"] + p["sd"] * _standard_normal(shares, *ends)
        case "lognormal":
            ends = [
                math.log(end / p["median"]) / p["sigma_ln"] if end > 0 else -math.inf for end in (low, high)
            ]
            found = p["median"] * np.exp(p["sigma_ln"] * _standard_normal(shares, *ends))
        case "uniform":
            found = p["low"] + (p["high"] - p["low"]) * shares
        case "loguniform":
            found = p["low"] * (p["high"] / p["low"]) ** shares
        case "beta":
            from scipy.special import betaincinv

            found = betaincinv(p["a"], p["b"], shares)
        case _:
            found = np.full(shares.shape, p["value"])
    return np.asarray(np.clip(found, low, high), dtype=float)


def _standard_normal(shares: Array, low: float, high: float) -> Array:
    """Quantiles of the standard normal distribution truncated to [low, high], which holds zero."""
    from scipy.special import ndtr, ndtri

    below, above = ndtr(low), ndtr(high)
    return np.asarray(ndtri(below + shares * (above - below)))
