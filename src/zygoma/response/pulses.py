"""How often a current starts an action potential."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zygoma.device import Waveform
from zygoma.errors import RangeError, UnknownNameError
from zygoma.provenance import load_data
from zygoma.response.force import FILE

Array = NDArray[np.float64]

POLARITIES = ("positive", "negative", "both")
_EDGE, _ZERO = 1e-9, 1e-6  # of a segment: beside its end; of the amplitude: no current
_SPAN = 1.0  # [s] over which pulses that come too fast are thinned


@dataclass(frozen=True, eq=False)
class Pulses:
    """Times of action potentials, which repeat.

    Attributes
    ----------
    times : (p,) array
        Within the period, rising [s].
    period : float
        [s].
    """

    times: Array
    period: float

    @property
    def rate(self) -> float:
        """Mean number a second [Hz]."""
        return len(self.times) / self.period

    def over(self, duration: float) -> Array:
        """Times from 0 to below a duration [s]."""
        turns = math.ceil(duration / self.period)
        times = (np.arange(turns)[:, None] * self.period + self.times).ravel()
        return np.asarray(times[times < duration])


def pulses(waveform: Waveform, polarity: str = "both", level: float = 0.0) -> Pulses:
    """Action potentials of one fibre under a current above its threshold.

    The beginning of each phase (a stretch of one sign without pause) starts one, the plateau none; a phase
    that begins within the refractory period of the last counted one is left out. So a biphasic square wave
    of 8.33 Hz gives 8.33 a second for one polarity and 16.7 for both, and a direct current none but the
    first, which is left out here. Which polarities excite a fibre depends on where it lies: the two
    answers are a band.

    Parameters
    ----------
    waveform : Waveform
    polarity : {"positive", "negative", "both"}
        Signs whose phases excite the fibre.
    level : float
        Share of the amplitude that the peak of a phase must reach, threshold over current, 0 to 1.

    Raises
    ------
    UnknownNameError, RangeError
        A polarity or level that does not exist.
    """
    if polarity not in POLARITIES:
        raise UnknownNameError("polarity", polarity, POLARITIES)
    if not 0 <= level <= 1:
        raise RangeError(f"level {level!r}; expected threshold over current, 0 to 1")
    begin, peak = _phases(waveform)
    sign = {"positive": peak > 0, "negative": peak < 0, "both": peak != 0}[polarity]
    times = begin[sign & (np.abs(peak) > level * waveform.amplitude * (1 - _ZERO))]
    return _thinned(times, waveform.pattern_period)


def _phases(waveform: Waveform) -> tuple[Array, Array]:
    """Beginning [s] and signed peak [A] of every phase of one pattern that begins within it."""
    corners, period = waveform.corners, waveform.pattern_period
    length = np.diff(np.append(corners, period))
    at = np.array([_EDGE, 0.5, 1 - _EDGE])
    current = waveform.samples(corners[:, None] + length[:, None] * at)
    top = current[np.arange(len(current)), np.abs(current).argmax(axis=1)]
    still = _ZERO * waveform.amplitude
    sign = np.where(np.abs(top) > still, np.sign(top), 0.0)
    meets = (np.abs(current[:, 0]) > still) & (np.abs(np.roll(current[:, 2], 1)) > still)
    starts = (sign != 0) & ~(
        meets & (np.roll(sign, 1) == sign)
    )  # the pattern repeats: the last precedes the first
    first = np.flatnonzero(starts)
    if not len(first):
        return np.empty(0), np.empty(0)
    number = (np.cumsum(starts) - 1) % len(first)  # what stands before the first phase ends the last
    peaks = np.zeros(len(first))
    np.maximum.at(peaks, number, np.where(sign != 0, np.abs(top), 0.0))
    return corners[first], peaks * sign[first]


def _thinned(times: Array, period: float) -> Pulses:
    """Pulses without those within the refractory period of the one counted before."""
    refractory = load_data(FILE)["pulse"]["refractory"]["value"]
    gaps = np.diff(times, append=times[:1] + period)
    if not len(times) or gaps.min() >= refractory:
        return Pulses(times, period)
    turns = max(1, math.ceil(_SPAN / period))
    every = (np.arange(turns)[:, None] * period + times).ravel()
    kept, place = [], 0
    while place < len(every) and every[place] <= every[0] + turns * period - refractory:
        kept.append(every[place])
        place = int(np.searchsorted(every, every[place] + refractory * (1 - _EDGE)))
    return Pulses(np.array(kept), turns * period)
