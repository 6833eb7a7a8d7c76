"""An effect computed from a dose, with its interval, what it rests on and where it holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError

Array = NDArray[np.float64]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Probabilities of the five numbers of an interval."""


@dataclass(frozen=True)
class Response:
    """One effect at one place.

    Attributes
    ----------
    id, what, where : str
        Name, heading in words, and region, muscle or ``"face"``.
    median, p05, p25, p75, p95 : float
        Values below which 50, 5, 25, 75 and 95 % of the samples lie [`unit`]. Of the probability of a twitch
        by several sources `median` is the mean.
    unit : str
        ``"1"`` for pure numbers and probabilities.
    grade : str
        Of the weakest link on the way: ``A`` well supported, ``B`` plausible with data, ``C`` weak or
        indirect, ``D`` contradicted or unsupported.
    dominant_uncertainty : str
        The uncertain quantity from which most of the interval comes, in words.
    dominant_share : float
        Its share of the variance of the ranks, 0 to 1.
    evidence : tuple of str
        Rows of the ledger.
    validity : str
        Where the model holds, a sentence.
    warnings : tuple of str
        How the case at hand leaves that range, each a sentence.
    """

    id: str
    what: str
    where: str
    median: float
    p05: float
    p25: float
    p75: float
    p95: float
    unit: str
    grade: str
    dominant_uncertainty: str
    dominant_share: float
    evidence: tuple[str, ...]
    validity: str
    warnings: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        """Plain values."""
        return {**asdict(self), "evidence": list(self.evidence), "warnings": list(self.warnings)}

    def __str__(self) -> str:
        unit = "" if self.unit == "1" else f" {self.unit}"
        return (
            f"{self.what}, {self.where}: {self.median:.3g}{unit} "
            f"(90 %: {self.p05:.3g} to {self.p95:.3g}{unit}), grade {self.grade}"
        )


def interval(samples: Array, id: str, mean: bool = False) -> dict[str, float]:
    """Median and quantiles of samples (n,) under the names of a response.

    With `mean` the mean stands for the median, and the quantiles are moved outward to hold it.

    Raises
    ------
    InputError
        A sample is not a finite number.
    """
    if not np.isfinite(samples).all():
        bad = int((~np.isfinite(samples)).sum())
        raise InputError(f"response {id!r}: {bad} of {len(samples)} samples are not finite; check the priors")
    low, lower, median, upper, high = (float(q) for q in np.quantile(samples, LEVELS))
    if mean:
        median = float(samples.mean())
        low, lower = min(low, median), min(lower, median)
        upper, high = max(upper, median), max(high, median)
    return {"median": median, "p05": low, "p25": lower, "p75": upper, "p95": high}
