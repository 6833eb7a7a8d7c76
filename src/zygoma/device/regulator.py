"""What a device holds constant, and up to where."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from zygoma.device.load import SkinLoad
from zygoma.device.rows import FloatArray
from zygoma.device.waveform import Waveform
from zygoma.errors import RangeError
from zygoma.units import si

if TYPE_CHECKING:
    from zygoma.device.device import Device


@dataclass(frozen=True)
class Regulator:
    """The output stage of a stimulator.

    Parameters
    ----------
    quantity : {"current", "voltage"}
        What is regulated.
    volts : float
        Of a current regulator its compliance, infinite where it is unknown; of a voltage regulator the
        open-circuit amplitude [V].
    ohms : float
        Output resistance of a voltage regulator [ohm].

    Raises
    ------
    RangeError
        A voltage that is not above zero, a negative resistance, or a current regulator with one.
    """

    quantity: Literal["current", "voltage"]
    volts: float = math.inf
    ohms: float = 0.0

    def __post_init__(self) -> None:
        if self.quantity not in ("current", "voltage"):
            raise RangeError(f"regulated quantity {self.quantity!r}; expected current or voltage")
        object.__setattr__(self, "volts", si(self.volts, "V", f"{self.quantity} regulator, volts"))
        object.__setattr__(self, "ohms", si(self.ohms, "ohm", f"{self.quantity} regulator, ohms"))
        if not self.volts > 0 or (self.quantity == "voltage" and math.isinf(self.volts)):
            raise RangeError(f"{self.quantity} regulator of {self.volts!r} V; expected a voltage above zero")
        if not (math.isfinite(self.ohms) and self.ohms >= 0) or (self.ohms and self.quantity == "current"):
            raise RangeError(
                f"output resistance {self.ohms!r} ohm of a {self.quantity} regulator; expected 0 or more, and"
                " 0 for a current regulator"
            )

    @classmethod
    def of(cls, device: Device) -> tuple[Regulator, str | None]:
        """Regulator of a device, and the sentence that a result must carry if it rests on an unknown."""
        if device.source_known:
            return cls("voltage", device.facts["v_open_V"], device.facts["r_out_ohm"]), None
        known = device.compliance is not None and device.regulation != "voltage"
        volts = device.compliance if known else None
        return cls("current", math.inf if volts is None else volts), device.delivery_assumption

    def largest_load(self, current: float) -> float:
        """Largest resistance into which an amplitude [A] flows in full [ohm]; ``V_c / I``."""
        if not (math.isfinite(current) and current > 0):
            raise RangeError(f"current {current!r} A; expected an amplitude above zero")
        return max(self.volts / current - self.ohms, 0.0)

    def into(self, waveform: Waveform, load: float) -> Waveform:
        """Current into a resistance [ohm], exact.

        A current regulator gives the waveform, cut flat where it would need more than its compliance. A
        voltage regulator gives its shape with the amplitude ``V / (R_out + R)``, whatever amplitude it has.

        Raises
        ------
        RangeError
            A negative load, or a voltage regulator without output resistance into a short circuit.
        """
        if not (math.isfinite(load) and load >= 0):
            raise RangeError(f"load {load!r} ohm; expected 0 or more")
        if self.quantity == "voltage":
            if self.ohms + load == 0:
                raise RangeError("a voltage into 0 ohm; give the output resistance or a load above zero")
            return waveform.scaled(self.volts / (self.ohms + load))
        if load == 0 or math.isinf(self.volts):
            return waveform
        return waveform.clipped(self.volts / load)

    def sine(self, load: SkinLoad, amplitude: float, frequency: npt.ArrayLike) -> FloatArray:
        """Amplitude of a sine delivered into skin at each frequency, by its first harmonic [A].

        Parameters
        ----------
        load : SkinLoad
        amplitude : float
            Set amplitude [A]; a voltage regulator gives what its open-circuit voltage drives.
        frequency : array_like
            [Hz].
        """
        frequency = np.asarray(frequency, dtype=float)

        def needed(current: float, at: float) -> float:
            return abs(complex(load.impedance(at, current)) + self.ohms) * current

        delivered = np.empty(frequency.shape)
        for k, at in np.ndenumerate(frequency):
            low, high = 0.0, amplitude
            if self.quantity == "voltage":
                high = self.volts / (self.ohms + load.ohmic)
            if needed(high, float(at)) <= self.volts:
                delivered[k] = high
                continue
            for _ in range(50):
                middle = 0.5 * (low + high)
                low, high = (low, middle) if needed(middle, float(at)) > self.volts else (middle, high)
            delivered[k] = 0.5 * (low + high)
        return delivered
