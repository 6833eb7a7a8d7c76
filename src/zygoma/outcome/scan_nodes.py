"""Nodes of a scan: fewer, smooth points at which alignment and change are measured."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from zygoma.errors import InputError
from zygoma.face.surface import Surface
from zygoma.outcome.moving_least_squares import PointSurface
from zygoma.outcome.scan import Scan
from zygoma.outcome.scan_mesh import clustered
from zygoma.outcome.scan_setting import setting

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ScanNodes:
    """A scan with its noise taken out, at nodes some 2 mm apart.

    Attributes
    ----------
    scan : Scan
    cloud : PointSurface
        What the smooth surface is fitted to.
    points : (n, 3) array
        Nodes on the smooth surface [m].
    normals : (n, 3) array
        Outward unit normals of the smooth surface.
    triangles : (m, 3) int array
        Joining the nodes.
    ok : (n,) bool array
        Whether the surface is known all round a node; false at the rim and in holes.
    noise : float
        Standard deviation of the scan's points about the smooth surface: its noise, and relief finer than
        the fit [m].
    """

    scan: Scan
    cloud: PointSurface
    points: Array
    normals: Array
    triangles: NDArray[np.int32]
    ok: NDArray[np.bool_]
    noise: float

    @staticmethod
    def of(scan: Scan) -> ScanNodes:
        """Smooth a scan.

        Raises
        ------
        InputError
            Its points lie so far apart, or so scattered, that no surface is found.
        """
        radius = max(float(setting("smooth.radius")), 2.5 * scan.spacing)
        cell, node = float(setting("smooth.cell")), float(setting("smooth.node"))
        points, triangles = scan.points, scan.triangles
        if scan.spacing < 0.7 * cell:
            points, triangles = clustered(points, triangles, cell)
        rough = Surface(points, triangles)
        cloud = PointSurface(points, _steadied(rough), radius)
        start, joined = clustered(points, triangles, node)
        axes = cloud.normals[cloud.tree.query(start)[1]]
        fit = cloud.meet(start, axes)
        if fit.ok.sum() < 50:
            raise InputError(
                f"{scan.name}: no surface that is smooth over {radius * 1e3:g} mm; expected skin, scanned "
                "with points "
                "at most 3 mm apart"
            )
        smooth = start + np.where(fit.ok, fit.height, 0.0)[:, None] * axes
        return ScanNodes(scan, cloud, smooth, fit.normal, joined, fit.ok, _noise(scan, smooth[fit.ok]))

    @cached_property
    def areas(self) -> Array:
        """(n,) area of skin that belongs to each node [m2]."""
        share = np.repeat(Surface(self.points, self.triangles).areas / 3, 3)
        own = np.bincount(self.triangles.ravel(), share, minlength=len(self.points))
        return np.asarray(own, dtype=np.float64)

    @cached_property
    def tree(self) -> cKDTree:
        """Search tree of the nodes."""
        return cKDTree(self.points)

    def of_points(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(n,) nodes where a mask of the scan's points holds."""
        return np.asarray(mask[self._nearest])

    @cached_property
    def _nearest(self) -> NDArray[np.int64]:
        return np.asarray(cKDTree(self.scan.points).query(self.points)[1])


def _steadied(surface: Surface) -> Array:
    """Normals of a noisy surface, averaged twice over neighbours."""
    normals, edges = surface.normals, surface.edges
    for _ in range(2):
        total = normals.copy()
        for axis in range(3):
            for one, other in ((0, 1), (1, 0)):
                total[:, axis] += np.bincount(
                    edges[:, one], normals[edges[:, other], axis], minlength=len(normals)
                )
        normals = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
    return np.asarray(normals)


def _noise(scan: Scan, where: Array, places: int = 400) -> float:
    """Scatter of the scan's own points about small fits, at places spread over the nodes."""
    own = PointSurface(scan.points, scan.surface.normals, 3.5 * scan.spacing)
    chosen = own.tree.query(where[:: max(1, len(where) // places)])[1]
    normals = scan.surface.normals[chosen]
    fit = own.meet(scan.points[chosen], normals)
    return float(np.median(fit.scatter[fit.ok])) if fit.ok.any() else 0.0
