"""Currents cut flat at a limit, exactly."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from zygoma.device.polyline import Polyline
from zygoma.device.segment import Segment


def clip_segment(segment: Segment, limit: float) -> Iterator[Segment]:
    """The segment with |i| held at `limit` [A] where it is larger."""
    if segment.maximum <= limit:
        yield segment
        return
    edges = [0.0, *_edges(segment, limit), 1.0]
    for begin, end in pairwise(edges):
        if (end - begin) * segment.duration <= 1e-15 * segment.duration:
            continue
        middle = float(segment.at(np.array(0.5 * (begin + end) * segment.duration)))
        if abs(middle) > limit:
            level = math.copysign(limit, middle)
            yield Segment(level, level, (end - begin) * segment.duration)
        else:
            yield segment.between(begin, end)


def _edges(segment: Segment, limit: float) -> list[float]:
    """Shares of the duration at which |i| passes the limit, rising."""
    rows = segment.rows
    if segment.shape == "halfsine":
        first, last = segment.part
        edge = math.asin(min(limit / abs(segment.peak), 1.0)) / math.pi
        shares = [(x - first) / (last - first) for x in (edge, 1 - edge)]
    elif segment.start == segment.end:
        shares = []
    else:
        zero = np.zeros(1, dtype=np.intp)
        shares = [float(rows.position(zero, np.array([level]))[0]) for level in (-limit, limit)]
    return sorted(share for share in shares if 0 < share < 1)


def clip_polyline(trace: Polyline, limit: float) -> Polyline:
    """The trace with |i| held at `limit` [A]; points are added where it passes the limit."""
    time, current = trace.time, trace.current
    added = []
    for level in (-limit, limit):
        k = np.flatnonzero((current[:-1] - level) * (current[1:] - level) < 0)
        share = (level - current[k]) / (current[k + 1] - current[k])
        added.append((time[k] + share * (time[k + 1] - time[k]), np.full(len(k), level)))
    times = np.concatenate([time, *(item[0] for item in added)])
    currents = np.concatenate([np.clip(current, -limit, limit), *(item[1] for item in added)])
    order = np.argsort(times, kind="stable")
    times, currents = times[order], currents[order]
    keep = np.append(True, np.diff(times) > 0)
    return Polyline(times[keep], currents[keep])
