"""Which lift of the skin photographs can show."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from zygoma.provenance import load_data

FILE = "mechanics.toml"


def smallest_shift() -> tuple[float, float]:
    """Smallest shift of the skin that repeated photographs tell from none, as a range [m]; unverified."""
    entry = load_data(FILE)["detectable"]
    return entry["low"], entry["high"]


def share_detectable(shift: ArrayLike) -> tuple[float, float]:
    """Probability that a shift is large enough to be seen, at the high and at the low end of that range.

    Parameters
    ----------
    shift : array_like (n,)
        Samples, of either sign [m].
    """
    size = np.abs(np.asarray(shift, dtype=float))
    low, high = smallest_shift()
    return float((size >= high).mean()), float((size >= low).mean())
