"""What a stimulator works into: skin under two electrodes and the tissue between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from zygoma.device.electrode import Electrode
from zygoma.device.record import one_of
from zygoma.device.rows import ComplexArray, FloatArray
from zygoma.errors import RangeError
from zygoma.provenance import load_data
from zygoma.units import show

_FILE = "load.toml"


@dataclass(frozen=True)
class SkinLoad:
    """Two electrodes on skin, each a series resistance and a layer, and a deep resistance.

    The layer is a resistance R parallel to a constant-phase element, ``R / (1 + (j w R C)**alpha)``, each of
    an area. With a voltage V across it the resistance is ``R / (1 + (V / onset)**2)``: an assumption.

    Parameters
    ----------
    skin : str
        dry, gelled or abraded.
    areas : tuple of float
        Contact area of both electrodes [m2].
    deep : float
        Resistance of the tissue between them [ohm], as a lead field gives it.
    series : float
        Under each electrode [ohm m2].
    resistance, capacitance : float
        R and C of the layer at small voltage [ohm m2], [F/m2].
    alpha : float
        Exponent, above 0 and at most 1; with 1 the element is a capacitor.
    onset : float
        [V]; infinite for a linear layer.

    Raises
    ------
    RangeError
        An area or a parameter that is not above zero, or an exponent above 1.

    References
    ----------
    The parameters in ``data/load.toml`` are unverified.
    """

    skin: str
    areas: tuple[float, float]
    deep: float
    series: float
    resistance: float
    capacitance: float
    alpha: float
    onset: float

    def __post_init__(self) -> None:
        for name, value, unit in (
            ("area", min(self.areas), "m2"),
            ("series resistance", self.series, "ohm m2"),
            ("layer resistance", self.resistance, "ohm m2"),
            ("layer capacitance", self.capacitance, "F/m2"),
        ):
            if not (math.isfinite(value) and value > 0):
                raise RangeError(f"load on {self.skin} skin: {name} {value!r} {unit}; expected above zero")
        if not (math.isfinite(self.deep) and self.deep >= 0):
            raise RangeError(f"deep resistance {self.deep!r} ohm; expected 0 or more")
        if not 0 < self.alpha <= 1:
            raise RangeError(f"exponent {self.alpha!r} of a constant-phase element; expected in (0, 1]")
        if not self.onset > 0:
            raise RangeError(f"onset {self.onset!r} V; expected above zero, or infinite for a linear layer")

    @classmethod
    def of(cls, skin: str, area: float | Sequence[float], deep: float) -> SkinLoad:
        """Load on dry, gelled or abraded skin; area of both electrodes or of each [m2], deep [ohm].

        Raises
        ------
        UnknownNameError
            No such skin.
        """
        data = load_data(_FILE)
        layer = data["skin"][one_of(skin, "skin", data["skin"], "the load")]
        both = (area, area) if isinstance(area, int | float) else (area[0], area[1])
        return cls(
            skin,
            both,
            deep,
            data["series"]["value_ohm_m2"],
            layer["r_ohm_m2"],
            layer["c_F_m2"],
            data["alpha"]["value"],
            data["onset"]["value_V"],
        )

    @classmethod
    def under(cls, first: Electrode, second: Electrode, deep: float) -> SkinLoad:
        """Load under two electrodes of the same medium [deep in ohm].

        Raises
        ------
        RangeError
            Electrodes with different media.
        """
        if first.surface != second.surface:
            raise RangeError(
                f"{first.name} lies on {first.surface} skin and {second.name} on {second.surface} skin;"
                " expected two electrodes of one medium"
            )
        return cls.of(first.surface, (first.area, second.area), deep)

    @property
    def ohmic(self) -> float:
        """Resistance in series with the two layers [ohm]."""
        return float(self.deep + sum(self.series / area for area in self.areas))

    @property
    def element(self) -> float:
        """Admittance of the constant-phase element at 1 rad/s [S s^alpha / m2]."""
        return float((self.resistance * self.capacitance) ** self.alpha / self.resistance)

    def linear(self) -> SkinLoad:
        """The same load without the fall of the resistance."""
        return replace(self, onset=math.inf)

    def band(self) -> tuple[SkinLoad, SkinLoad]:
        """The loads of lowest and of highest impedance that the unverified parameters allow.

        The exponent keeps its value: with another one C means something else.
        """
        data = load_data(_FILE)
        layer = data["skin"][self.skin]
        low, high = (
            replace(
                self,
                series=data["series"]["range_ohm_m2"][k],
                resistance=layer["range_r_ohm_m2"][k],
                capacitance=layer["range_c_F_m2"][1 - k],
                onset=data["onset"]["range_V"][k] if math.isfinite(self.onset) else math.inf,
            )
            for k in (0, 1)
        )
        return low, high

    def impedance(self, frequency: npt.ArrayLike, current: float = 0.0) -> ComplexArray:
        """Impedance to a sine [ohm].

        Parameters
        ----------
        frequency : array_like
            [Hz], not negative.
        current : float
            Amplitude [A]. Above zero the layer is taken with the first harmonic of its current, for which
            ``1 + (V / onset)**2`` becomes ``1 + 3/4 (V / onset)**2``; 0 gives the impedance at small voltage.

        Returns
        -------
        ndarray of complex
        """
        frequency = np.asarray(frequency, dtype=float)
        if not (np.isfinite(frequency) & (frequency >= 0)).all():
            raise RangeError(f"frequency {frequency!r} Hz; expected finite numbers, 0 or more")
        reactive = self.element * (2j * np.pi * frequency) ** self.alpha
        total = np.full(frequency.shape, complex(self.ohmic))
        for area in self.areas:
            peak = self._harmonic(np.asarray(abs(current) / area), reactive)
            total += 1 / (area * ((1 + 0.75 * (peak / self.onset) ** 2) / self.resistance + reactive))
        return np.asarray(total, dtype=np.complex128)

    def _harmonic(self, density: FloatArray, reactive: ComplexArray) -> FloatArray:
        """Amplitude of the layer's voltage [V] with a current density of this amplitude [A/m2]."""
        low, high = (
            np.zeros(reactive.shape),
            np.broadcast_to(density * self.resistance, reactive.shape).copy(),
        )
        if not density.any():
            return low
        for _ in range(60):
            middle = 0.5 * (low + high)
            conductance = (1 + 0.75 * (middle / self.onset) ** 2) / self.resistance
            over = middle * np.abs(conductance + reactive) > density
            low, high = np.where(over, low, middle), np.where(over, middle, high)
        return 0.5 * (low + high)

    def voltage(self, current: npt.ArrayLike) -> FloatArray:
        """Voltage of a direct current [V], after the layers have charged; closed form."""
        current = np.asarray(current, dtype=float)
        total = current * self.ohmic
        for area in self.areas:
            slope = 1 / self.resistance
            total = total + solve_cubic(slope, slope / self.onset**2, current / area)
        return np.asarray(total)

    def direct_resistance(self, current: npt.ArrayLike) -> FloatArray:
        """Voltage over current of a direct current other than zero [ohm]."""
        current = np.asarray(current, dtype=float)
        return np.asarray(self.voltage(current) / current)

    @property
    def assumptions(self) -> list[str]:
        """What is not known about the load and was assumed, in sentences."""
        data = load_data(_FILE)
        layer, onset = data["skin"][self.skin], data["onset"]
        series, alpha = data["series"], data["alpha"]
        low, high = (f"{value:g}" for value in layer["range_r_ohm_m2"])
        sentences = [
            f"The outermost layer of {layer['name']} is taken as {self.resistance:g} ohm m2 (between {low}"
            f" and {high}) parallel to {self.capacitance * 1e5:g} nF/cm2"
            f" ({layer['status']}: {layer['source']}).",
            f"The {series['label']} is taken as {self.series:g} ohm m2, the {alpha['label']} as"
            f" {self.alpha:g} ({series['status']}: {series['source']}).",
        ]
        if math.isfinite(self.onset):
            low, high = (f"{value:g}" for value in onset["range_V"])
            sentences.append(
                f"The resistance of the layer falls as 1 / (1 + (V / {self.onset:g} V)^2), onset between"
                f" {low} and {high} V ({onset['status']}: {onset['source']})."
            )
        return sentences

    def __str__(self) -> str:
        small, direct = abs(self.impedance(10.0)), float(self.direct_resistance(400e-6))
        areas = " and ".join(f"{area * 1e4:.3g} cm2" for area in self.areas)
        return (
            f"{self.skin} skin under {areas}, {show(self.deep, 'ohm')} of deep tissue\n"
            f"{show(float(small), 'ohm')} at 10 Hz and small voltage\n"
            f"{show(direct, 'ohm')} to 400 µA of direct current; parameters unverified"
        )


def solve_cubic(linear: float, cubic: float, right: npt.ArrayLike) -> FloatArray:
    """The one real V with ``linear V + cubic V**3 = right``, linear above zero and cubic not below."""
    right = np.asarray(right, dtype=float)
    if cubic == 0:
        return np.asarray(right / linear)
    scale = math.sqrt(linear / (3 * cubic))
    return np.asarray(2 * scale * np.sinh(np.arcsinh(1.5 * right / (linear * scale)) / 3))
