"""How high in frequency the power of a current reaches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zygoma.device.waveform import Waveform
from zygoma.errors import RangeError

_FIRST = 64  # lines that are looked at first; then twice as many, and so on
_WORK = 2e7  # lines times rows and periods, above which the lines of the whole pattern take too long
_SAMPLES = 2**17  # of one period where they do


def power_band(waveform: Waveform, share: float = 0.99) -> float:
    """Frequency up to which a share of the power of a current lies [Hz].

    The lines of the whole pattern are summed until they hold the share of the mean square, which is known in
    closed form. Where a pattern is too long for that, one period alone is taken, sampled: bursts and swaps of
    polarity move the power of its lines by less than the distance of two.

    Parameters
    ----------
    waveform : Waveform
    share : float
        Of the mean square of i, between 0 and 1.

    Returns
    -------
    float
        [Hz]; 0 for a direct current.

    Raises
    ------
    RangeError
        A share that is not between 0 and 1.

    Examples
    --------
    >>> round(power_band(Waveform.sine("1 mA", "8 Hz")), 9)
    8.0
    """
    if not 0 < share < 1:
        raise RangeError(f"share {share!r} of the power; expected above 0 and below 1")
    goal = share * waveform.rms**2
    periods = waveform.pattern_period / waveform.period
    found, first, lines = 0.0, 0, _FIRST
    while lines * (len(waveform.rows) + periods) <= _WORK:
        number = np.arange(first, lines)
        power = np.where(number > 0, 2.0, 1.0) * np.abs(waveform.spectrum(number)) ** 2
        total = found + np.cumsum(power)
        if total[-1] >= goal:
            return float(number[np.searchsorted(total, goal)] / waveform.pattern_period)
        found, first, lines = float(total[-1]), lines, 2 * lines
    return max(_of_one_period(waveform, share), first / waveform.pattern_period)


def _of_one_period(waveform: Waveform, share: float) -> float:
    one = replace(waveform, burst=None, swap_every=None)
    middles = (np.arange(_SAMPLES) + 0.5) * (one.period / _SAMPLES)
    power = np.abs(np.fft.rfft(one.samples(middles))) ** 2
    power[1:] *= 2.0
    return float(np.searchsorted(np.cumsum(power), share * power.sum()) / one.period)
