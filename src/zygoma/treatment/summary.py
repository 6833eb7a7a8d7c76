"""The dose of a set of elements in a few numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from zygoma.treatment.dose import Dose


@dataclass(frozen=True)
class SetDose:
    """Dose of a muscle, region, layer or tissue.

    Attributes
    ----------
    name : str
        Id of the data files.
    side : str
        ``"r"``, ``"l"`` or ``"mid"``.
    J_p95 : float
        Volume-weighted 95th percentile of the session's peak |J| at the current's amplitude [A/m2].
    J_mean : float
        Volume mean of the time mean of |J| while current flows [A/m2].
    J_rms : float
        Root of the volume mean of the time mean of J^2 over the session [A/m2].
    E_fibre_p95 : float or None
        Volume-weighted 95th percentile of the peak |E| along the fibres, over the elements that have
        fibres [V/m]; None where none has.
    charge_density : float
        Volume mean of the integral of |J| [C/m2].
    net_charge_density : float
        Length of the volume mean of the signed integral of J [C/m2].
    residence : float
        Volume mean of the time with |J| above 0.1 A/m2 [s].
    volume : float
        Volume of the conducting elements [m3].
    """

    name: str
    side: str
    J_p95: float
    J_mean: float
    J_rms: float
    E_fibre_p95: float | None
    charge_density: float
    net_charge_density: float
    residence: float
    volume: float


def weighted_percentile(values: NDArray[Any], weights: NDArray[Any], share: float) -> float:
    """Smallest value at or below which lies at least `share` of the weight; 0 for no values."""
    if len(values) == 0:
        return 0.0
    order = np.argsort(values)
    heaped = np.cumsum(weights[order], dtype=np.float64)
    place = int(np.searchsorted(heaped, share * heaped[-1] * (1 - 1e-12)))
    return float(values[order[min(place, len(order) - 1)]])


def summarise(dose: Dose, elements: NDArray[Any], name: str, side: str) -> SetDose:
    """Numbers of one set of elements; those that do not conduct (no peak at all) are left out."""
    own = elements[dose.peak[elements] > 0]
    volume = dose.volumes[own]
    total = float(volume.sum())
    if total == 0:
        return SetDose(name, side, 0.0, 0.0, 0.0, None, 0.0, 0.0, 0.0, 0.0)
    fibred = own[np.asarray(dose.body.fibre)[own].any(axis=1)]
    net = volume @ dose.net[own] / total
    return SetDose(
        name=name,
        side=side,
        J_p95=weighted_percentile(dose.peak[own], volume, 0.95),
        J_mean=float(volume @ dose.mean[own] / total),
        J_rms=float(np.sqrt(volume @ dose.rms[own].astype(float) ** 2 / total)),
        E_fibre_p95=weighted_percentile(dose.along[fibred], dose.volumes[fibred], 0.95)
        if len(fibred)
        else None,
        charge_density=float(volume @ dose.charge[own] / total),
        net_charge_density=float(np.linalg.norm(net)),
        residence=float(volume @ dose.residence[own] / total),
        volume=total,
    )
