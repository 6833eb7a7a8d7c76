"""What changed in a region between two scans that are laid on each other: displacement, volume, shift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zygoma.face.surface import Surface
from zygoma.outcome.rigid_motion import Motion
from zygoma.outcome.scan_alignment import meet
from zygoma.outcome.scan_nodes import ScanNodes
from zygoma.outcome.scan_setting import setting

Array = NDArray[np.float64]

_ROUNDS = 8
_STILL = 1e-6  # [m]


@dataclass(frozen=True)
class Shift:
    """How far a patch of skin slid along a direction, if that is all that happened to it.

    Attributes
    ----------
    value : float
        [m].
    feigned : float
        Shift that a change of shape could feign that is as large as what the shift leaves unexplained: the
        largest that any leftover of this size can give (Cauchy-Schwarz) [m].
    """

    value: float
    feigned: float


def mean_displacement(nodes: ScanNodes, region: NDArray[np.bool_], height: Array) -> float:
    """Mean of displacements `height` (n,) over a region (n,), weighted with the skin at each node [m]."""
    return float(np.average(height[region], weights=nodes.areas[region]))


def volume(nodes: ScanNodes, region: NDArray[np.bool_], height: Array) -> float:
    """Volume between the skin of a region (n,) and itself displaced by `height` (n,) along its normals [m3].

    Positive where skin came outward. Prisms over the triangles, their area by Simpson's rule, which is exact
    for it; at the rim of the region triangles count by the corners that lie in it.
    """
    moved = np.where(region, height, 0.0)[:, None] * nodes.normals
    triangles = nodes.triangles[region[nodes.triangles].any(axis=1)]

    def areas(part: float) -> Array:
        return Surface(nodes.points + part * moved, triangles).area_vectors

    area = (areas(0.0) + 4 * areas(0.5) + areas(1.0)) / 6
    return float(np.einsum("ij,ij->", area, moved[triangles].mean(axis=1)))


def shift(
    moving: ScanNodes, fixed: ScanNodes, motion: Motion, region: NDArray[np.bool_], direction: Array
) -> Shift | None:
    """How far the skin of a region slid along a direction, if that is all that happened to it [m].

    The patch of the fixed scan is moved as a whole until it lies on the other scan. None where its shape
    holds nothing in that direction (a plane, a ball), where it would move too far, or where the other scan
    ends.

    Shape alone cannot tell skin that slid from skin that gained or lost volume: see
    `zygoma.outcome.scan_change`, which widens the interval by what a change of volume would feign.

    Parameters
    ----------
    moving, fixed : ScanNodes
    motion : Motion
        From `zygoma.outcome.scan_alignment.align`.
    region : (n,) bool array
        Nodes of the fixed scan.
    direction : (3,) array
        Unit vector, in the frame of the fixed scan.
    """
    points, normals = fixed.points[region], fixed.normals[region]
    weights = np.sqrt(fixed.areas[region] / fixed.areas[region].mean())
    total, inverse, scatter = np.zeros(3), np.eye(3), np.inf
    for _ in range(_ROUNDS):
        fit = meet(moving, motion, points + total, normals)
        ok = fit.ok
        if ok.mean() < float(setting("change.coverage")):
            return None
        axis = fit.normal[ok] + normals[ok]
        axis /= np.einsum("ij,ij->i", axis, normals[ok])[:, None]
        matrix, rest = axis * weights[ok, None], fit.height[ok] * weights[ok]
        inverse = np.linalg.pinv(matrix.T @ matrix)
        small = inverse @ (matrix.T @ rest)
        total = total + small
        scatter = float(np.sqrt(((rest - matrix @ small) ** 2).mean()))
        if np.linalg.norm(total) > float(setting("lift.largest")):
            return None
        if np.abs(small).max() < _STILL:
            break
    # neighbouring nodes share the points of one fit
    alike = max(1.0, np.pi * (fixed.cloud.radius / 2) ** 2 / float(fixed.areas[region].mean()))
    hold = scatter * float(np.sqrt(direction @ inverse @ direction))
    if hold * np.sqrt(alike) > float(setting("lift.uncertain")):
        return None
    return Shift(float(total @ direction), hold * float(np.sqrt(len(points))))
