"""One perceptually uniform scale from pale to dark, for pictures, scene and legend alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

DECADES = 3  # a dose falls by orders of magnitude from the probe to the bone


@cache
def _table() -> NDArray[np.float64]:
    from matplotlib import colormaps

    return np.asarray(colormaps["magma_r"](np.linspace(0.02, 0.90, 256))[:, :3])


@dataclass(frozen=True)
class Scale:
    """Logarithmic colour scale.

    Attributes
    ----------
    low, high : float
        Values of the two ends; what lies beyond takes the colour of the end.
    unit : str
        Unit of the values.
    """

    low: float
    high: float
    unit: str

    @classmethod
    def of(cls, values: NDArray[np.floating], unit: str) -> Scale:
        """Three decades below the 99.5th percentile of the values, rounded up to 1, 2 or 5."""
        largest = float(np.percentile(values, 99.5)) if len(values) else 1.0
        largest = largest if largest > 0 else 1.0
        power = 10.0 ** np.floor(np.log10(largest))
        high = float(next(step for step in (1, 2, 5, 10) if step * power >= largest * (1 - 1e-9)) * power)
        return cls(high / 10**DECADES, high, unit)

    def position(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Place of values on the scale, 0 to 1."""
        bounded = np.clip(values, self.low, self.high)
        return np.asarray(np.log(bounded / self.low) / np.log(self.high / self.low))

    def colours(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Red, green and blue, 0 to 1, of values (n,) -> (n, 3)."""
        return np.asarray(_table()[np.rint(self.position(values) * 255).astype(int)])

    @property
    def table(self) -> NDArray[np.float64]:
        """The 256 colours from low to high (256, 3)."""
        return _table()

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Place in percent and text of the legend's marks, one a decade."""
        marks = [self.high / 10**step for step in range(DECADES, -1, -1)]
        return [(100 * index / DECADES, f"{mark:g}") for index, mark in enumerate(marks)]

    @property
    def gradient(self) -> str:
        """The scale as a CSS gradient."""
        stops = _table()[np.linspace(0, 255, 17).astype(int)]
        colours = ", ".join("#" + "".join(f"{round(255 * part):02x}" for part in stop) for stop in stops)
        return f"linear-gradient(to right, {colours})"
