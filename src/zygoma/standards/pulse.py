"""What a pulse is: its width, whether its phases are alike, and its stages."""

from __future__ import annotations

import math
from itertools import groupby

import numpy as np

from zygoma.device import Polyline, Waveform

_TRACE = 1e-3  # relative: what the sampling of a measured trace leaves of a symmetry
_EXACT = 1e-9


def pulse_width(waveform: Waveform) -> float:
    """Time with current in one period [s].

    Where the current keeps its sign through the period and goes on in the next one, the longest time until
    its polarity swaps or it rests.
    """
    found = waveform.stretches()
    return found.duration if found.unbroken else float(waveform.rows.time_above(np.zeros(1))[0])


def symmetrical(waveform: Waveform) -> bool:
    """Whether both signs flow for the same time and carry the same charge in one period.

    Segments are compared up to rounding, measured traces up to 0.1 %.
    """
    rows, _ = waveform.rows.without_crossings
    sign = np.sign(rows.charge)
    times = (float(rows.duration[sign == side].sum()) for side in (1, -1))
    charges = (waveform.positive_charge, waveform.negative_charge)
    tolerance = _TRACE if isinstance(waveform.segments, Polyline) else _EXACT
    return all(math.isclose(*pair, rel_tol=tolerance) for pair in (times, charges))


def stages(waveform: Waveform) -> tuple[float, ...] | None:
    """Durations of the constant currents that a pulse is made of, pauses within it included [s].

    The rests before the first and behind the last current of a period belong to no pulse. None where the
    current is not made of constant pieces, as a slope or a measured trace.
    """
    if isinstance(waveform.segments, Polyline):
        return None
    if any(segment.start != segment.end or segment.shape == "halfsine" for segment in waveform.segments):
        return None
    steps = [
        (current, math.fsum(segment.duration for segment in same))
        for current, same in groupby(waveform.segments, key=lambda segment: segment.start)
    ]
    flows = [k for k, (current, _) in enumerate(steps) if current]
    return tuple(duration for _, duration in steps[flows[0] : flows[-1] + 1])
