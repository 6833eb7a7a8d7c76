"""The dose of a muscle in those numbers that are proportional to the current."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zygoma.device import Waveform
    from zygoma.treatment import Dose


@dataclass(frozen=True)
class Exposure:
    """Dose of one session in a muscle.

    Attributes
    ----------
    name, side : str
        Id of the data files; ``"r"``, ``"l"`` or ``"mid"``.
    charge_density : float
        Volume mean of the integral of |J| [C/m2].
    J_mean : float
        Volume mean of the time mean of |J| while current flows [A/m2].
    J_p95 : float
        Volume-weighted 95th percentile of the peak |J| at the current's amplitude [A/m2].
    E_fibre_p95 : float or None
        The same of the field along the fibres [V/m].
    """

    name: str
    side: str
    charge_density: float
    J_mean: float
    J_p95: float
    E_fibre_p95: float | None

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON, with the keys of a treatment."""
        return {
            "name": self.name,
            "side": self.side,
            "charge_density_C_m2": self.charge_density,
            "J_mean_A_m2": self.J_mean,
            "J_p95_A_m2": self.J_p95,
            "E_fibre_p95_V_m": self.E_fibre_p95,
        }


def exposures(dose: Dose) -> tuple[Exposure, ...]:
    """All muscles of a dose of one session."""
    return tuple(
        Exposure(m.name, m.side, m.charge_density, m.J_mean, m.J_p95, m.E_fibre_p95)
        for m in dose.by_muscle().values()
    )


def scaled(exposure: Exposure, used: Waveform, wanted: Waveform) -> Exposure:
    """What another waveform does at the same places with the same electrodes.

    Tissue conducts linearly and without delay, so peaks follow the amplitude and sums over time the mean of
    |i|. The time above a level does not, and is not among the numbers.
    """
    peak = wanted.amplitude / used.amplitude
    total = wanted.mean_abs / used.mean_abs
    along = exposure.E_fibre_p95
    return Exposure(
        exposure.name,
        exposure.side,
        total * exposure.charge_density,
        total * used.on_fraction / wanted.on_fraction * exposure.J_mean,
        peak * exposure.J_p95,
        None if along is None else peak * along,
    )
