"""Two scans laid on each other by what holds still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from zygoma.errors import InputError
from zygoma.outcome.moving_least_squares import LocalFit
from zygoma.outcome.rigid_motion import Motion, size_error, step, trimmed
from zygoma.outcome.scan_nodes import ScanNodes
from zygoma.outcome.scan_setting import setting

Array = NDArray[np.float64]

_REACHES = (0.03, 0.015, 0.006, 0.004)  # a partner may be that far away, ever less [m]
_ROUNDS, _LAST = 15, 25  # iterations at each reach, and on the stable part
_POINTS = 2500
_STILL = 1e-7  # the search ends when no point moves further [m]
_TRIES = 15.0  # turns of the further starts where no pose is known [degrees]
_CLOSE = 2e-4  # the first alignment need not be better, and no further start is tried [m]
_SURE = 8.0  # standard errors that a difference of size needs; neighbours share noise, so more than the usual
_SIDE = 3.0  # axes that meet the other surface this many radii away have no partner


@dataclass(frozen=True, eq=False)
class ScanAlignment:
    """How one scan was laid on another.

    Attributes
    ----------
    motion : Motion
        From the frame of the moved scan to that of the fixed one; rigid.
    residual : float
        Root mean square distance along the normals on the stable part [m].
    overlap : float
        Share of the stable part of the fixed scan that the moved one shows.
    scale : float or None
        Size of the moved scan over that of the fixed one, from the parts that fit; None where their shape
        does not tell.
    nodes : int
        Nodes of the stable part.
    reasons : tuple of str
        Why the two are not comparable; empty where they are.
    """

    motion: Motion
    residual: float
    overlap: float
    scale: float | None
    nodes: int
    reasons: tuple[str, ...]

    def json(self) -> dict[str, Any]:
        """Values for files, in mm and per cent."""
        return {
            "residual_mm": self.residual * 1e3,
            "overlap_pct": self.overlap * 1e2,
            "size_pct": None if self.scale is None else (self.scale - 1) * 1e2,
            "stable_nodes": self.nodes,
        }


def align(
    moving: ScanNodes,
    fixed: ScanNodes,
    stable: NDArray[np.bool_] | None = None,
    start: Motion | None = None,
) -> ScanAlignment:
    """Lay one scan on another by a robust search for the closest points, point to plane.

    First on all that the two show, the worst-fitting 40 % left out in every step, so that a moved lower face
    does not pull; then on the stable part alone, against the smooth surface of the other scan.

    Parameters
    ----------
    moving, fixed : ScanNodes
        The scans.
    stable : (n,) bool array, optional
        Nodes of the fixed scan that hold still. Without it, all; what moved is left out as an outlier.
    start : Motion, optional
        Where to start; without it from the frames of the files, with middle on middle, and from turns about
        it.

    Raises
    ------
    InputError
        The sizes differ so much that the units must be wrong, or the stable part is too small.
    """
    _same_unit(moving, fixed)
    held = fixed.ok if stable is None else fixed.ok & stable
    if held.sum() < 50:
        raise InputError(
            f"{fixed.scan.name}: the stable part holds {int(held.sum())} nodes; expected at least 50, some "
            "2 cm2"
        )
    starts = [start] if start is not None else _starts(moving, fixed)
    tried = []
    for one in starts:
        tried.append(_coarse(moving, fixed, one))
        if tried[-1][0] < _CLOSE:
            break
    motion = min(tried, key=lambda one: one[0])[1]
    motion, fit, weight = _fine(moving, fixed, held, motion)
    shown = float(fit.ok.mean())
    kept = weight > 0
    residual = float(np.sqrt((fit.height[kept] ** 2).mean())) if kept.any() else np.inf
    scale = _scale(moving, fixed, motion)
    return ScanAlignment(
        motion, residual, shown, scale, int(held.sum()), _reasons(moving, fixed, residual, shown, scale)
    )


def displacement(moving: ScanNodes, fixed: ScanNodes, motion: Motion) -> LocalFit:
    """Signed distance from the nodes of the fixed scan to the moved one, outward along their normals.

    Parameters
    ----------
    moving, fixed : ScanNodes
    motion : Motion
        From `align`.

    Returns
    -------
    LocalFit
        In the frame of the fixed scan, one entry for each of its nodes.
    """
    return meet(moving, motion, fixed.points, fixed.normals)


def meet(moving: ScanNodes, motion: Motion, points: Array, axes: Array) -> LocalFit:
    """Where lines through `points` (k, 3) along unit `axes` (k, 3) meet a scan moved by `motion`."""
    back = motion.inverse
    fit = moving.cloud.meet(back(points), back.turn(axes))
    return LocalFit(fit.height, motion.turn(fit.normal), fit.scatter, fit.error, fit.ok)


def _same_unit(moving: ScanNodes, fixed: ScanNodes) -> None:
    one, other = moving.scan, fixed.scan
    ratio = one.extent / other.extent
    # one may show more of the neck than the other, but never three times the face
    if not 1 / 3 < ratio < 3:
        raise InputError(
            f"{one.name} is {one.extent * 1e3:.0f} mm across and {other.name} {other.extent * 1e3:.0f} mm; "
            "expected "
            "two scans of one face: check the units"
        )


def _starts(moving: ScanNodes, fixed: ScanNodes) -> list[Motion]:
    middles = [np.average(nodes.points, axis=0, weights=nodes.areas) for nodes in (moving, fixed)]
    turns = [[0, 0, 0], *(sign * _TRIES * axis for axis in np.eye(3) for sign in (1, -1))]
    matrices = [Rotation.from_euler("xyz", turn, degrees=True).as_matrix() for turn in turns]
    return [Motion.still(), *(Motion(matrix, middles[1] - matrix @ middles[0]) for matrix in matrices)]


def _coarse(moving: ScanNodes, fixed: ScanNodes, motion: Motion) -> tuple[float, Motion]:
    """Trimmed root mean square distance and the motion, from nearest nodes."""
    own = np.flatnonzero(moving.ok)
    own = own[:: max(1, len(own) // _POINTS)]
    points, normals = moving.points[own], moving.normals[own]
    target = fixed.cloud
    keep = float(setting("alignment.keep"))
    size = np.inf
    for reach in _REACHES:
        for _ in range(_ROUNDS):
            moved = motion(points)
            distance, near = target.tree.query(moved)
            axis = target.normals[near]
            off = np.einsum("ij,ij->i", target.points[near] - moved, axis)
            ok = (distance < reach) & (np.einsum("ij,ij->i", motion.turn(normals), axis) > 0.5)
            weight = trimmed(off, ok, keep)
            if (weight > 0).mean() < 0.1:
                return np.inf, motion
            small = step(moved, axis, off, weight)
            motion = small.after(motion)
            if np.abs(small(moved) - moved).max() < 10 * _STILL:
                break
        size = np.sqrt(np.quantile(np.where(ok, off**2, reach**2), keep))
    return float(size), motion


def _fine(
    moving: ScanNodes, fixed: ScanNodes, held: NDArray[np.bool_], motion: Motion
) -> tuple[Motion, LocalFit, Array]:
    """The motion that fits on the stable part, the last distances there and their weights."""
    points, normals = fixed.points[held], fixed.normals[held]
    for _ in range(_LAST):
        fit = meet(moving, motion, points, normals)
        ok = fit.ok & (np.abs(fit.height) < _SIDE * fixed.cloud.radius)
        weight = trimmed(fit.height, ok, 0.9)
        if (weight > 0).sum() < 30:
            return motion, fit, np.zeros(len(points))
        partner = points + fit.height[:, None] * normals
        small = step(partner, _between(normals, fit.normal), -fit.height, weight)
        motion = small.after(motion)
        if np.abs(small(partner) - partner).max() < _STILL:
            break
    return motion, fit, weight


def _between(one: Array, other: Array) -> Array:
    """Unit vectors half way between two: the symmetric error, exact for surfaces of constant curvature."""
    total = one + other
    return np.asarray(total / np.linalg.norm(total, axis=1, keepdims=True))


def _scale(moving: ScanNodes, fixed: ScanNodes, motion: Motion) -> float | None:
    """Size of the moved scan over the fixed one, from the parts that fit best; None where it is not known."""
    size, now = 1.0, motion
    own = np.flatnonzero(fixed.ok)[:: max(1, int(fixed.ok.sum()) // _POINTS)]
    points, normals = fixed.points[own], fixed.normals[own]
    for _ in range(8):
        back = now.inverse
        moved = back(points)
        near = moving.cloud.tree.query(moved)[1]
        partner = now(moving.cloud.points[near])
        axis = now.turn(moving.cloud.normals[near])
        off = np.einsum("ij,ij->i", points - partner, normals)
        ok = (np.linalg.norm(points - partner, axis=1) < _REACHES[1]) & (
            np.einsum("ij,ij->i", axis, normals) > 0.5
        )
        weight = trimmed(off, ok, float(setting("alignment.keep")))
        if (weight > 0).sum() < 30:
            return None
        small = step(partner, normals, off, weight, sized=True)
        size *= small.scale
        now = small.after(now)
    error = size_error(partner, normals, off - off.mean(), weight)
    return 1 / size if error < float(setting("alignment.scale")) / _SURE else None


def _reasons(
    moving: ScanNodes, fixed: ScanNodes, residual: float, shown: float, scale: float | None
) -> tuple[str, ...]:
    """Why two scans cannot be compared."""
    one, other = moving.scan.name, fixed.scan.name
    least, most = float(setting("alignment.overlap")), float(setting("alignment.residual"))
    reasons = []
    if shown < least:
        reasons.append(
            f"{one} shows {shown:.0%} of the stable part of {other}; at least {least:.0%} is needed: scan "
            "forehead and "
            "nose, hair tied back"
        )
    elif residual > most:
        reasons.append(
            f"{one} and {other} differ by {residual * 1e3:.2f} mm where nothing should move (at most "
            f"{most * 1e3:g} mm): plainly different faces, a raised brow, or a scan gone wrong"
        )
    if scale is not None and abs(scale - 1) > float(setting("alignment.scale")):
        reasons.append(
            f"{one} is {(scale - 1):+.1%} larger than {other} (at most {setting('alignment.scale'):.0%}): "
            "calibrate the "
            "scanner, and check the units"
        )
    return tuple(reasons)
