"""The part of a current that stays below a level."""

from __future__ import annotations

import numpy as np

from zygoma.device import Waveform
from zygoma.device.rows import HALFSINE, Rows


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


def _below(rows: Rows, level: float) -> list[Rows]:
    """Parts of rows of one sign with |i| up to the level."""
    quiet = rows.maximum <= level * (1 + 1e-9)  # a top computed to be equal to the level
    parts = [rows.take(np.flatnonzero(quiet))]
    start, end = np.abs(rows.start), np.abs(rows.end)
    sine = rows.shape == HALFSINE
    moves = np.flatnonzero(~quiet & ~sine & (np.minimum(start, end) < level))
    if len(moves):
        # the crossing of the level, with the sign of the row
        sign = np.where(start[moves] > end[moves], np.sign(rows.start[moves]), np.sign(rows.end[moves]))
        at = rows.position(moves, sign * level)
        rises = end[moves] > start[moves]
        parts.append(rows.cut(moves, np.where(rises, 0.0, at), np.where(rises, at, 1.0)))
    if len(tall := np.flatnonzero(~quiet & sine)):
        edge = np.arcsin(np.minimum(level / np.abs(rows.peak[tall]), 1.0)) / np.pi
        first, last = rows.first[tall], rows.last[tall]
        for low, high in ((first, np.minimum(edge, last)), (np.maximum(1 - edge, first), last)):
            some = high > low
            width = (last - first)[some]
            parts.append(
                rows.cut(
                    tall[some], (low - first)[some] / width, np.minimum((high - first)[some] / width, 1.0)
                )
            )
    return parts
