"""Interval of a proportion."""

from __future__ import annotations

import math
from statistics import NormalDist

from zygoma.errors import RangeError


def wilson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Score interval of a proportion, which stays within 0 and 1 and holds for few trials.

    Parameters
    ----------
    successes, trials : int
    confidence : float
        Probability that such intervals hold the true proportion, in (0, 1).

    Returns
    -------
    tuple of float
        Lower and upper end.

    Raises
    ------
    RangeError
        Fewer than one trial, more successes than trials, or a confidence outside (0, 1).

    References
    ----------
    Wilson 1927, Probable inference, the law of succession, and statistical inference,
    J Am Stat Assoc 22:209.
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise RangeError(
            f"{successes} of {trials}; expected at least one trial and no more successes than it"
        )
    if not 0 < confidence < 1:
        raise RangeError(f"confidence {confidence:g}; expected a probability between 0 and 1, such as 0.95")
    z2 = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    share = successes / trials
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = math.sqrt(z2 * (share * (1 - share) / trials + z2 / (4 * trials**2))) / (1 + z2 / trials)
    # with none or all, one end is the proportion itself, which rounding may miss
    return 0.0 if successes == 0 else centre - half, 1.0 if successes == trials else centre + half
