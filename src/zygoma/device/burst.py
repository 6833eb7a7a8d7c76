"""Trains of periods with rests between them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from zygoma.device.segment import FloatArray
from zygoma.errors import RangeError
from zygoma.units import si

PERIODS_MAX = 1 << 22
"""Most periods of a burst, or between two swaps of polarity, that are followed one by one."""


def whole_periods(time: float, period: float) -> int:
    """How many periods have begun by `time`: a device finishes the period under way.

    Raises
    ------
    RangeError
        More than `PERIODS_MAX`.
    """
    if time / period > PERIODS_MAX:
        raise RangeError(
            f"{time:g} s of a burst or between swaps of polarity hold {time / period:.3g} periods of"
            f" {period:g} s; expected at most {PERIODS_MAX:,}: shorten the time or lengthen the period"
        )
    return max(1, math.ceil(time / period - 1e-9))


@dataclass(frozen=True, slots=True)
class Burst:
    """Periods switched on and off, with ramps of the amplitude.

    Parameters
    ----------
    on : float
        Time during which periods run, the ramps included [s]; the last period begun is finished.
    off : float
        Rest after them [s].
    rise, fall : float
        Ramps of the amplitude at the beginning and the end of the on time [s].

    Raises
    ------
    RangeError
        A negative time, no on or off time, or ramps longer than the on time.
    """

    on: float
    off: float
    rise: float = 0.0
    fall: float = 0.0

    def __post_init__(self) -> None:
        for name in ("on", "off", "rise", "fall"):
            object.__setattr__(self, name, si(getattr(self, name), "s", f"burst {name}"))
        times = (self.on, self.off, self.rise, self.fall)
        if not all(math.isfinite(t) and t >= 0 for t in times) or not (self.on and self.off):
            raise RangeError(
                f"burst on, off, rise, fall = {times} s; expected on and off above zero, ramps not below"
            )
        if self.rise + self.fall > self.on:
            raise RangeError(
                f"burst ramps of {self.rise:g} and {self.fall:g} s do not fit in {self.on:g} s; shorten them"
            )

    @classmethod
    def every(cls, on: float, period: float, rise: float = 0.0, fall: float = 0.0) -> Burst:
        """A burst of `on` seconds that begins every `period` seconds.

        Raises
        ------
        RangeError
            A burst that is not shorter than its period.
        """
        if not on < period:
            raise RangeError(
                f"a burst of {on:g} s every {period:g} s; expected a burst shorter than its period"
            )
        return cls(on, period - on, rise, fall)

    def envelope(self, period: float) -> FloatArray:
        """Amplitude of each period of the burst, as a share of the set amplitude (n,).

        The amplitude changes from period to period, as stimulators do it, and has the value of the straight
        ramp in the middle of the period.

        Raises
        ------
        RangeError
            The ramps leave no period at full amplitude, or there are too many periods.
        """
        count = whole_periods(self.on, period)
        middle = (np.arange(count) + 0.5) * period
        share = np.ones(count)
        if self.rise:
            share = np.minimum(share, middle / self.rise)
        if self.fall:
            share = np.minimum(share, (count * period - middle) / self.fall)
        if share.max() < 1:
            raise RangeError(
                f"burst ramps of {self.rise:g} and {self.fall:g} s leave none of the {count} periods of"
                f" {period:g} s at full amplitude; shorten the ramps or lengthen the on time"
            )
        return share
