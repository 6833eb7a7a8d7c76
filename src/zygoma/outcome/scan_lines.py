"""The wrinkles of a face or a piece of skin, each along one line in all scans of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from zygoma.errors import InputError
from zygoma.face.atlas import region_names, stem
from zygoma.outcome.face_pose import FacePose
from zygoma.outcome.rigid_motion import Motion
from zygoma.outcome.scan_nodes import ScanNodes
from zygoma.outcome.scan_setting import setting
from zygoma.outcome.scan_wrinkle import WrinkleDepth, WrinkleLine, wrinkle_depths
from zygoma.outcome.scan_wrinkle_search import find_wrinkles

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ScanWrinkle:
    """A wrinkle in all scans.

    Attributes
    ----------
    name : str
    region : str or None
        Where most of it lies; None where no region is known.
    line : WrinkleLine
        In the frame of the first scan.
    depths : tuple of WrinkleDepth
        One for each scan.
    """

    name: str
    region: str | None
    line: WrinkleLine
    depths: tuple[WrinkleDepth, ...]

    @property
    def length(self) -> float:
        """[m]."""
        return self.line.length


def wrinkle_places(pose: FacePose, first: ScanNodes) -> dict[str, Mask]:
    """Nodes of the regions of a face that are searched for wrinkles, without lips and the rims of lids."""
    places = {name: pose.mask(name) for name in region_names() if stem(name) in setting("wrinkle.regions")}
    elsewhere = ~np.logical_or.reduce(list(places.values()))
    # the regions above and below the mouth meet between the lips
    upper, lower = pose.mask("perioral_upper"), pose.mask("perioral_lower")
    lips = _beside(first, upper, lower, "wrinkle.lips") | _beside(first, lower, upper, "wrinkle.lips")
    left_out = lips | _beside(first, ~elsewhere, elsewhere, "wrinkle.reach")
    return {name: mask & ~left_out for name, mask in places.items()}


def _beside(first: ScanNodes, nodes: Mask, others: Mask, reach: str) -> Mask:
    """Those of some nodes that lie within a length, named as in `setting`, of others."""
    if not others.any():
        return np.zeros(len(nodes), dtype=bool)
    distance = cKDTree(first.points[others]).query(first.points)[0]
    return np.asarray(nodes & (distance < float(setting(reach))))


def given_wrinkles(
    lines: Mapping[str, ArrayLike],
    nodes: Sequence[ScanNodes],
    motions: Sequence[Motion],
    places: Mapping[str, Mask],
) -> tuple[ScanWrinkle, ...]:
    """Wrinkles along polylines (k, 3) [m] in the frame of the first scan.

    Raises
    ------
    InputError
        A line does not lie on the first scan, or a scan has too few points along it.
    """
    found = []
    for name, corners in lines.items():
        line = WrinkleLine.on(nodes[0], corners, name)
        found.append(
            ScanWrinkle(name, _place(line, nodes[0], places), line, _depths(line, nodes, motions, name))
        )
    return tuple(found)


def found_wrinkles(
    nodes: Sequence[ScanNodes], motions: Sequence[Motion], places: Mapping[str, Mask], repeats: int
) -> tuple[ScanWrinkle, ...]:
    """Wrinkles that are found on the first scan and that the others of its visit show as well.

    A valley that is noise of the first scan would be shallower in all others, and pass for an improvement. A
    later visit is not asked: a wrinkle may have gone there.

    Parameters
    ----------
    nodes : sequence of ScanNodes
        All scans, of both visits.
    motions : sequence of Motion
        Of each into the frame of the first.
    places : mapping of str to (n,) bool array
        Nodes of the first scan that are searched, by region; all where it is empty.
    repeats : int
        How many scans the first visit has.
    """
    first = nodes[0]
    region = None
    if places:
        searched = np.logical_or.reduce(list(places.values()))
        region = searched[first.tree.query(first.scan.points)[1]]
    found: list[ScanWrinkle] = []
    for corners in find_wrinkles(first, region, int(setting("wrinkle.most"))):
        try:
            line = WrinkleLine.on(first, corners)
            depths = _depths(line, nodes, motions, "wrinkle")
        except InputError:  # too short once it is smooth, or not whole in a scan: it cannot be followed
            continue
        if not _is_seen(depths[1:repeats] or depths):
            continue
        place = _place(line, first, places)
        number = 1 + sum(one.region == place for one in found)
        found.append(ScanWrinkle(f"{place or 'wrinkle'} {number}", place, line, depths))
    return tuple(found)


def mean_depths(wrinkles: Sequence[ScanWrinkle]) -> Array:
    """(scans,) depth of several wrinkles together, by their lengths [m]."""
    depths = np.array([[depth.depth for depth in one.depths] for one in wrinkles])
    return np.asarray(np.average(depths, axis=0, weights=[one.length for one in wrinkles]))


def mean_error(wrinkles: Sequence[ScanWrinkle]) -> float:
    """Standard error of that depth in one scan, for white noise [m]."""
    lengths = np.array([one.length for one in wrinkles])
    errors = np.array([np.mean([depth.error for depth in one.depths]) for one in wrinkles])
    return float(np.linalg.norm(lengths * errors) / lengths.sum())


def _depths(
    line: WrinkleLine, nodes: Sequence[ScanNodes], motions: Sequence[Motion], name: str
) -> tuple[WrinkleDepth, ...]:
    pairs = [(one.scan, motion) for one, motion in zip(nodes, motions, strict=True)]
    return wrinkle_depths(pairs, line, name)


def _is_seen(depths: Sequence[WrinkleDepth]) -> bool:
    """Whether several scans together show it."""
    depth = float(np.mean([one.depth for one in depths]))
    error = float(np.linalg.norm([one.error for one in depths])) / len(depths)
    return depth > float(setting("wrinkle.seen")) * error


def _place(line: WrinkleLine, first: ScanNodes, places: Mapping[str, Mask]) -> str | None:
    near = first.tree.query(line.places)[1]
    shares = {name: float(mask[near].mean()) for name, mask in places.items()}
    best = max(shares, key=lambda name: shares[name], default=None)
    return best if best is not None and shares[best] > 0 else None
