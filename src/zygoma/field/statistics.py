"""Volume-weighted statistics of a quantity over a set of elements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import InputError
from zygoma.units import show


def percentile(values: NDArray[Any], volumes: NDArray[Any], q: ArrayLike) -> NDArray[np.float64]:
    """Least value below or at which q percent of the volume lies.

    Parameters
    ----------
    values, volumes : (k,) arrays
        A quantity and the volume of each element.
    q : float or array
        Percent, 0 to 100.
    """
    order = np.argsort(values)
    share = np.cumsum(volumes[order])
    place = np.searchsorted(share, np.asarray(q) / 100.0 * share[-1] * (1.0 - 1e-12))
    return np.asarray(values[order][np.minimum(place, len(values) - 1)], dtype=np.float64)


@dataclass(frozen=True)
class Distribution:
    """Mean, median, 95th percentile and maximum of a magnitude, weighted by volume."""

    mean: float
    p50: float
    p95: float
    max: float
    unit: str

    @classmethod
    def of(cls, values: NDArray[Any], volumes: NDArray[Any], unit: str) -> Distribution:
        """Distribution of values (k,) over elements of the given volumes (k,)."""
        p50, p95 = percentile(values, volumes, [50.0, 95.0])
        return cls(
            float(np.average(values, weights=volumes)), float(p50), float(p95), float(values.max()), unit
        )

    def __repr__(self) -> str:
        mean, p50, p95, top = (show(x, self.unit) for x in (self.mean, self.p50, self.p95, self.max))
        return f"mean {mean}, median {p50}, p95 {p95}, max {top}"


@dataclass(frozen=True)
class Statistics:
    """Field in a set of elements.

    Attributes
    ----------
    name : str
        Name of the set.
    volume : float
        Volume of its conducting elements [m3].
    E, J : Distribution
        Magnitude of the field [V/m] and of the current density [A/m2].
    power : float
        Power dissipated [W].
    """

    name: str
    volume: float
    E: Distribution
    J: Distribution
    power: float

    def __repr__(self) -> str:
        return (
            f"{self.name}: {1e6 * self.volume:.3g} cm3, {show(self.power, 'W')}\n"
            f"|J| {self.J!r}\n|E| {self.E!r}"
        )


def statistics(
    name: str, volumes: NDArray[Any], E: NDArray[Any], J: NDArray[Any], power: NDArray[Any]
) -> Statistics:
    """Statistics of vectors E, J (k, 3), real or phasors, and power density (k,) [W/m3] of a named set.

    Raises
    ------
    InputError
        The set has no conducting element.
    """
    if not len(volumes):
        raise InputError(f"the set {name!r} has no conducting element; nothing flows there")
    return Statistics(
        name,
        float(volumes.sum()),
        Distribution.of(np.linalg.norm(E, axis=1), volumes, "V/m"),
        Distribution.of(np.linalg.norm(J, axis=1), volumes, "A/m2"),
        float(volumes @ power),
    )
