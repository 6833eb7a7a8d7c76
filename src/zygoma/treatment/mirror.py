"""What a left-right symmetry of body and session saves: of two mirrored positions one is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.treatment.timetable import Timetable

_SAME_PLACE = 1e-9  # two positions that are each other's image up to rounding [m]

Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Share:
    """A part of a session's positions, each held for some time.

    Attributes
    ----------
    positions : (k,) array
        Unique positions of the timetable.
    seconds : (k,) array
        Time at each [s].
    partner : (k,) array or None
        Mirror image of each position, held for the same time and not computed; None without.
    """

    positions: Indices
    seconds: NDArray[np.float64]
    partner: Indices | None = None


def shares(timetable: Timetable, symmetric: bool) -> tuple[Share, ...]:
    """Parts in which the positions of a session are computed.

    Parameters
    ----------
    timetable : Timetable
    symmetric : bool
        Whether body and elements are their own mirror image, x to -x.

    Returns
    -------
    tuple of Share
        Pairs of mirrored positions for the time that both are held, then what remains.
    """
    seconds = timetable.seconds
    whole = np.arange(len(seconds))
    partner = _partners(timetable) if symmetric else np.full(len(seconds), -1)
    first = np.flatnonzero(partner > whole)
    if not len(first):
        return (Share(whole, seconds),)
    other = partner[first]
    both = np.minimum(seconds[first], seconds[other])
    left = seconds.copy()
    left[first] -= both
    left[other] -= both
    paired = np.zeros(len(seconds), dtype=bool)
    paired[first] = paired[other] = True
    rest = np.flatnonzero(~paired | (left > 1e-9 * seconds.sum()))
    pairs = Share(first, both, other)
    return (pairs, Share(rest, left[rest])) if len(rest) else (pairs,)


def element_image(conductor: Any, body: Any, elements: Indices) -> Indices | None:
    """Place among some elements of the mirror image of each; None where the part is not symmetric.

    Tissue, depth and fibres of the images have to agree too; the conductivity does where the conductor is
    its own mirror image.
    """
    if not conductor.is_mirrored:
        return None
    tets, mirror = conductor.tets[elements], conductor.mirror
    # the sum of random numbers of the corners names an element whatever their order
    name = np.random.default_rng(0).integers(0, 2**62, len(conductor.nodes), dtype=np.uint64)
    own, turned = (name[corners].sum(axis=1, dtype=np.uint64) for corners in (tets, mirror[tets]))
    order = np.argsort(own, kind="stable")
    place = order[np.minimum(np.searchsorted(own[order], turned), len(own) - 1)]
    if not np.array_equal(np.sort(tets[place], axis=1), np.sort(mirror[tets], axis=1)):
        return None
    image = elements[place]
    for values in (np.asarray(body.tissue), np.asarray(body.depth_rank)):
        if not np.array_equal(values[elements], values[image]):
            return None
    fibre = np.asarray(body.fibre)
    across = np.abs(np.cross(fibre[image] * [-1.0, 1.0, 1.0], fibre[elements])).max(initial=0.0)
    same = np.array_equal(fibre[image].any(axis=1), fibre[elements].any(axis=1))
    return place if same and across < 1e-5 else None


def _partners(timetable: Timetable) -> Indices:
    """Position that is the mirror image of each, A to A and B to B; -1 without."""
    from scipy.spatial import cKDTree

    pairs = np.hstack([timetable.points_a, timetable.points_b])
    away, near = cKDTree(pairs).query(pairs * np.array([-1.0, 1.0, 1.0] * 2))
    own = np.arange(len(pairs))
    found = np.where(away < _SAME_PLACE, near, -1)
    return np.where((found >= 0) & (found[found] == own) & (found != own), found, -1).astype(np.int64)
