"""What the skin under the contacts gets in one session, in a few numbers."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import RangeError
from zygoma.treatment.summary import weighted_percentile

if TYPE_CHECKING:
    from zygoma.treatment import Dose

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

FACE = "face"
"""Name of the whole treated skin."""


@dataclass(frozen=True)
class Spot:
    """What the skin under the contacts gets in one session: of a region, or of the whole treated skin.

    Attributes
    ----------
    name : str
        Region, or ``"face"``.
    peak, rms : float
        Volume-weighted 95th percentiles of the peak |J| and of the rms of J over the session [A/m2].
    charge_density : float
        Volume mean of the integral of |J| [C/m2].
    rectified_a, rectified_b : float
        95th percentiles of the length of the integral of J with the current's sign left out, of the skin that
        is longer under probe A, and longer under B [C/m2].
    seconds, longest : float
        Mean time under a contact, and longest time without interruption at one place [s].
    seconds_a, seconds_b : float
        Largest excess at one place of the time under probe A over that under B, and of B over A [s].
    """

    name: str
    peak: float
    rms: float
    charge_density: float
    rectified_a: float
    rectified_b: float
    seconds: float
    longest: float
    seconds_a: float
    seconds_b: float

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if name != "name" and not (math.isfinite(value) and value >= 0):
                raise RangeError(f"{name} of {self.name} is {value}; expected a number of at least 0")


def spot_of(name: str, dose: Dose, skin: Indices, a: Array, b: Array, longest: Array) -> Spot:
    """Numbers of skin elements (k,) under the contacts, with the times under A and under B of each."""
    volume = np.asarray(dose.volumes)[skin]
    rectified = np.linalg.norm(np.asarray(dose.vector, dtype=np.float64)[skin], axis=1) / dose.sessions
    more_a, more_b = a > b, b > a

    def high(values: Array, own: NDArray[np.bool_] | slice = slice(None)) -> float:
        return weighted_percentile(values[own], volume[own], 0.95)

    return Spot(
        name=name,
        peak=high(np.asarray(dose.peak, dtype=np.float64)[skin]),
        rms=high(np.asarray(dose.rms, dtype=np.float64)[skin]),
        charge_density=float(volume @ dose.charge[skin] / volume.sum() / dose.sessions),
        rectified_a=high(rectified, more_a),
        rectified_b=high(rectified, more_b),
        seconds=float(volume @ (a + b) / volume.sum()),
        longest=float(longest.max()),
        seconds_a=float(np.max(a - b, initial=0.0)),
        seconds_b=float(np.max(b - a, initial=0.0)),
    )
