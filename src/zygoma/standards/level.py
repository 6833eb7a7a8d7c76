"""The part of a current that stays below a level."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zygoma.device import Waveform
from zygoma.device.rows import Rows


def low_level(waveform: Waveform, level: float) -> tuple[float, float]:
    """Average current during the times with |i| up to a level, in closed form.

    Parameters
    ----------
    waveform : Waveform
        Bursts are taken without their ramps.
    level : float
        [A].

    Returns
    -------
    absolute, signed : float
        Averages of |i| and of i over all time, the times above the level counted as zero [A].
    """
    rows, _ = waveform.rows.without_crossings
    charge = np.concatenate([part.charge for part in _below(rows, level)])
    periods = waveform.burst_period - (waveform.burst.off if waveform.burst else 0.0)
    share = periods / waveform.period / waveform.burst_period
    signed = 0.0 if waveform.swap_every is not None else float(charge.sum())
    return float(np.abs(charge).sum()) * share, signed * share


def _below(rows: Rows, level: float) -> Iterator[Rows]:
    """Parts of rows of one sign with |i| up to the level."""
    begin, stop = rows.above(level)
    for low, high in ((np.zeros(len(rows)), begin), (stop, np.ones(len(rows)))):
        some = np.flatnonzero(high > low)
        yield rows.cut(some, low[some], high[some])
