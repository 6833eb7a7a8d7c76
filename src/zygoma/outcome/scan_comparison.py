"""Scans of two visits compared: laid on each other, measured region by region, judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import InputError
from zygoma.face.atlas import region_names, stem
from zygoma.face.surface import Surface
from zygoma.outcome.face_pose import FacePose, face_pose, start_between
from zygoma.outcome.region_measure import Shift, mean_displacement, shift, volume
from zygoma.outcome.rigid_motion import Motion
from zygoma.outcome.scan import Scan
from zygoma.outcome.scan_alignment import align, displacement
from zygoma.outcome.scan_change import RegionChange, ScanChange, WrinkleChange, overall
from zygoma.outcome.scan_lines import (
    ScanWrinkle,
    found_wrinkles,
    given_wrinkles,
    mean_depths,
    mean_error,
    wrinkle_places,
)
from zygoma.outcome.scan_nodes import ScanNodes
from zygoma.outcome.scan_setting import assumptions, setting
from zygoma.outcome.scan_visit import check_apart
from zygoma.outcome.visit_difference import VisitDifference

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Progress = Callable[[str, int, int], None]

_LEAST_NODES = 20  # of a region that is measured


def compare_scans(
    before: Sequence[Scan],
    after: Sequence[Scan],
    regions: Mapping[str, ArrayLike] | None = None,
    stable: ArrayLike | None = None,
    wrinkles: Mapping[str, ArrayLike] | None = None,
    up: ArrayLike | None = None,
    progress: Progress | None = None,
) -> ScanChange:
    """Change between two visits, from scans of one person.

    The first scan before is the one to which all others are laid. Where it shows a face, forehead and bridge
    of the nose are found on it and held still, and the regions of the atlas are measured.

    Parameters
    ----------
    before, after : sequence of Scan
        Scans of each visit; three of each for a verdict.
    regions : mapping of str to (n,) bool array, optional
        Masks over the points of ``before[0]`` instead of the regions of the atlas.
    stable : (n,) bool array, optional
        Points of ``before[0]`` that hold still, instead of forehead and bridge of the nose.
    wrinkles : mapping of str to (k, 3) array, optional
        Polylines in the frame of ``before[0]`` [m]; without them wrinkles are found on it, in the regions
        where there are any.
    up : (3,) array, optional
        Upward in the frame of ``before[0]``; otherwise from the face.
    progress : callable, optional
        Called with (stage, done, total).

    Raises
    ------
    InputError
        No scans, one of them twice, masks of another length, lines off the scan, or sizes of different units.
    FaceError
        A scan of the size of a face shows none.
    """
    if not before or not after:
        raise InputError(f"{len(before)} scans before and {len(after)} after; expected at least one of each")
    check_apart(before, after)
    tell, total = progress or (lambda stage, done, total: None), len(before) + len(after)
    nodes = []
    for scan in (*before, *after):
        nodes.append(ScanNodes.of(scan))
        tell("scans", len(nodes), total)
    first = nodes[0]
    pose = face_pose(first) if first.scan.is_face and (stable is None or regions is None) else None
    held = pose.stable if pose else None
    if stable is not None:
        held = first.of_points(_mask(stable, first.scan, "stable"))
    own = _own_regions(first, regions, pose)
    upward = _upward(up, pose)
    alignments = []
    for other in nodes[1:]:
        alignments.append(align(other, first, held, start_between(first, other, pose)))
        tell("alignment", len(alignments), total - 1)
    motions = [Motion.still(), *(alignment.motion for alignment in alignments)]
    heights, seen = [np.zeros(len(first.points))], [first.ok]
    for other, motion in zip(nodes[1:], motions[1:], strict=True):
        fit = displacement(other, first, motion)
        heights.append(np.where(fit.ok, fit.height, np.nan))
        seen.append(fit.ok)
    n, common = len(before), np.logical_and.reduce(seen)
    change = np.mean(heights[n:], axis=0) - np.mean(heights[:n], axis=0)
    reasons = [reason for alignment in alignments for reason in alignment.reasons]
    reasons += _faces(first, pose, change, common)
    enough = min(len(before), len(after)) >= int(setting("change.repeats"))
    if not enough:
        reasons.append(
            f"{len(before)} scans before and {len(after)} after: how well a scan repeats is not known; take "
            f"{setting('change.repeats')} at each visit, the face moved away in between"
        )
    tell("regions", 0, 1)
    measured = [
        _region(name, region & first.ok, nodes, motions, heights, common, n, upward, not reasons)
        for name, region in own.items()
    ]
    found = tuple(one for one in measured if one is not None)
    places = own if regions is not None or pose is None else wrinkle_places(pose, first)
    tell("wrinkles", 0, 1)
    if wrinkles is None:
        lines = found_wrinkles(nodes, motions, places, n)
    else:
        lines = given_wrinkles(wrinkles, nodes, motions, places)
    each = tuple(_wrinkles(line.name, [line], n, not reasons) for line in lines)
    together = {
        name: _wrinkles(name, [line for line in lines if name in ("all", line.region)], n, not reasons)
        for name in (("all", *sorted({line.region for line in lines if line.region})) if lines else ())
    }
    verdict, why = "not comparable", tuple(dict.fromkeys(reasons))
    if not reasons:
        verdict, why = overall(found, together.get("all"), float(setting("change.level")))
        why += tuple(text for name, one in together.items() if name == "all" and (text := _too_coarse(one)))
    notes = [f"{scan.name}: {note}" for scan in (*before, *after) for note in scan.notes]
    notes += [f"assumed: {text}" for text in assumptions("between_visits", "wrinkle", "alignment")]
    return ScanChange(
        verdict,
        why,
        found,
        tuple(together.values()),
        each,
        tuple(line.line for line in lines),
        tuple(alignments),
        tuple((one.scan.name, one.scan.spacing, one.noise) for one in nodes),
        (*notes, "repeats show the scanner and the pose, not skin that differs from day to day"),
        Surface(first.points, first.triangles),
        np.where(common, change, np.nan),
        upward,
    )


def _mask(mask: ArrayLike, scan: Scan, name: str) -> Mask:
    given = np.asarray(mask)
    if given.shape != (len(scan.points),) or given.dtype != np.bool_:
        raise InputError(
            f"mask {name!r} of shape {given.shape} and type {given.dtype}; expected one truth value for "
            "each of the "
            f"{len(scan.points)} points of {scan.name}"
        )
    return given


def _own_regions(
    first: ScanNodes, regions: Mapping[str, ArrayLike] | None, pose: FacePose | None
) -> dict[str, Mask]:
    if regions is not None:
        return {name: first.of_points(_mask(mask, first.scan, name)) for name, mask in regions.items()}
    if pose is None:
        return {}
    return {name: pose.mask(name) for name in region_names() if stem(name) in setting("change.regions")}


def _upward(up: ArrayLike | None, pose: FacePose | None) -> Array | None:
    if up is None:
        return None if pose is None else pose.up
    given = np.asarray(up, dtype=np.float64)
    if given.shape != (3,) or not 0 < np.linalg.norm(given) < np.inf:
        raise InputError(f"upward {up!r}; expected three numbers, not all zero")
    return np.asarray(given / np.linalg.norm(given))


def _faces(first: ScanNodes, pose: FacePose | None, change: Array, common: Mask) -> list[str]:
    """Reasons from the whole face: another person, another expression."""
    if pose is None:
        return []
    face, limit = common & (pose.region >= 0), float(setting("alignment.face"))
    middle = float(np.median(np.abs(change[face]))) if face.any() else 0.0
    if middle > limit:
        return [
            f"half of the face differs by more than {middle * 1e3:.1f} mm (at most {limit * 1e3:g} mm): "
            "plainly different "
            "faces"
        ]
    lips = face & (pose.mask("perioral_upper") | pose.mask("perioral_lower"))
    moved = float(np.abs(change[lips]).mean()) if lips.any() else 0.0
    if moved > float(setting("alignment.mouth")):
        return [
            f"the lips differ by {moved * 1e3:.1f} mm: another expression; scan with lips closed and at rest"
        ]
    return []


def _region(
    name: str,
    region: Mask,
    nodes: Sequence[ScanNodes],
    motions: Sequence[Motion],
    heights: Sequence[Array],
    common: Mask,
    n: int,
    up: Array | None,
    comparable: bool,
) -> RegionChange | None:
    """What changed in a region; None where the scans do not show enough of it."""
    own = region & common
    if own.sum() < _LEAST_NODES or own.sum() < float(setting("change.coverage")) * region.sum():
        return None
    first, area = nodes[0], float(nodes[0].areas[own].sum())
    moved = [mean_displacement(first, own, height) for height in heights]
    grown = [volume(first, own, np.where(own, height, 0.0)) for height in heights]
    slid: list[Shift | None] = [Shift(0.0, 0.0)]
    for other, motion in zip(nodes[1:], motions[1:], strict=True):
        slid.append(None if up is None else shift(other, first, motion, own, up))
    known = [one.value for one in slid if one is not None]
    lift = None if len(known) < len(slid) else float(np.mean(known[n:]) - np.mean(known[:n]))
    outward = float(np.mean(moved[n:]) - np.mean(moved[:n]))
    out, grew, up_by = None, None, None
    if comparable:
        spread = float(setting("between_visits.displacement"))
        out = _difference(moved, n, spread)
        grew = _difference(grown, n, spread * area)
        if lift is not None:
            # less what noise leaves, which the repeats already show
            quiet, left = (
                float(np.mean([s.feigned**2 for s in part if s])) for part in (slid[1:n], slid[n:])
            )
            left = float(np.sqrt(max(0.0, left - quiet)))
            feigned = max(
                float(setting("lift.part")) * abs(lift),
                float(setting("lift.swelling")) * abs(outward),
                float(setting("lift.unexplained")) * left,
            )
            up_by = _difference(known, n, float(setting("between_visits.lift")), feigned)
    verdict = "not comparable"
    if comparable:
        verdict = up_by.verdict(1) if up_by else "not distinguishable"
    return RegionChange(
        name, area, outward, float(np.mean(grown[n:]) - np.mean(grown[:n])), lift, out, grew, up_by, verdict
    )


def _wrinkles(name: str, wrinkles: Sequence[ScanWrinkle], n: int, comparable: bool) -> WrinkleChange:
    """Change of the depth of one wrinkle or of several together; the first `n` scans are those before."""
    depths = mean_depths(wrinkles)
    before, after = float(depths[:n].mean()), float(depths[n:].mean())
    difference, verdict = None, "not comparable"
    if comparable:
        spread = float(setting("between_visits.depth")) * max(abs(before), abs(after))
        difference = _difference(list(depths), n, spread)
        verdict = difference.verdict(-1)
    length = sum(one.length for one in wrinkles)
    return WrinkleChange(
        name, len(wrinkles), length, before, after, mean_error(wrinkles), difference, verdict
    )


def _too_coarse(wrinkles: WrinkleChange) -> str | None:
    """What these scans cannot see of the wrinkles."""
    half = wrinkles.difference.half if wrinkles.difference else 0.0
    if half < float(setting("wrinkle.useful")) * wrinkles.before:
        return None
    return (
        f"wrinkles: grid and noise of these scans tell a change above {half * 1e6:.0f} um only, of "
        f"{wrinkles.before * 1e6:.0f} um: a finer scanner is needed"
    )


def _difference(values: Sequence[float], n: int, between: float, systematic: float = 0.0) -> VisitDifference:
    return VisitDifference.of(values[:n], values[n:], float(setting("change.level")), between, systematic)
