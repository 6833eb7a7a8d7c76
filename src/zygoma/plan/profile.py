"""Current density against depth, from skin to bone, under the skin that the probes pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zygoma.treatment.summary import weighted_percentile

if TYPE_CHECKING:
    from zygoma.face import Face

REACH = 0.015  # skin this near to a probe position counts as treated [m]
_EDGES = np.concatenate([np.arange(0.0, 0.010, 0.001), np.arange(0.010, 0.0301, 0.002)])


@dataclass(frozen=True, eq=False)
class DepthProfile:
    """Slices of depth below the treated skin.

    Attributes
    ----------
    top, bottom : array (k,)
        Depth of the faces of each slice below the skin [m].
    mean, p95 : array (k,)
        Mean and 95th percentile over volume of the time mean of |J| while current flows [A/m2].
    tissue : mapping of str to array (k,)
        Share of each slice's volume that is of this tissue.
    """

    top: NDArray[np.float64]
    bottom: NDArray[np.float64]
    mean: NDArray[np.float64]
    p95: NDArray[np.float64]
    tissue: Mapping[str, NDArray[np.float64]]

    def json(self) -> dict[str, Any]:
        """Lists with the unit in each key."""
        return {
            "top_m": self.top.round(6).tolist(),
            "bottom_m": self.bottom.round(6).tolist(),
            "J_mean_A_m2": self.mean.tolist(),
            "J_p95_A_m2": self.p95.tolist(),
            "tissue_share": {name: share.round(6).tolist() for name, share in self.tissue.items()},
        }


def depth_profile(
    face: Face, volumes: NDArray[np.float64], mean: NDArray[Any], positions: NDArray[np.float64]
) -> DepthProfile:
    """Profile of a quantity under the skin near the given positions.

    Parameters
    ----------
    face : Face
        Whose layers.
    volumes : array (M,)
        Volume of each element [m3].
    mean : array (M,)
        Time mean of |J| while current flows [A/m2].
    positions : array (k, 3)
        Positions of the probes on the skin [m].

    Returns
    -------
    DepthProfile
        Empty slices are left out.
    """
    from scipy.spatial import cKDTree

    points, outward = face.skin.points, _normals(face)
    near, _ = cKDTree(positions).query(points, distance_upper_bound=REACH)
    treated = np.isfinite(near)
    inside = (
        (face.tissue != list(face.tissues).index("air"))
        if "air" in face.tissues
        else np.ones(len(mean), bool)
    )
    elements = np.flatnonzero(inside)
    centres = sum(face.nodes[corner] for corner in face.tets[elements].T) / 4
    # an element further away than the last slice has no place in the profile; large leaves are faster here
    away, below = cKDTree(points, leafsize=32).query(
        centres, distance_upper_bound=_EDGES[-1] + REACH, workers=-1
    )
    elements, centres, below = (part[np.isfinite(away)] for part in (elements, centres, below))
    depth = np.einsum("ij,ij->i", points[below] - centres, outward[below])
    keep = treated[below] & (depth < _EDGES[-1])
    elements, slices = elements[keep], np.digitize(np.maximum(depth[keep], 0.0), _EDGES) - 1
    rows = []
    for index in range(len(_EDGES) - 1):
        chosen = elements[slices == index]
        if len(chosen) == 0:
            continue
        weight = volumes[chosen]
        share = np.bincount(face.tissue[chosen], weights=weight, minlength=len(face.tissues)) / weight.sum()
        p95 = weighted_percentile(mean[chosen], weight, 0.95)
        rows.append((_EDGES[index], _EDGES[index + 1], np.average(mean[chosen], weights=weight), p95, share))
    top, bottom, average, high, shares = (np.array(column) for column in zip(*rows, strict=True))
    tissue = {name: shares[:, code] for code, name in enumerate(face.tissues) if shares[:, code].any()}
    return DepthProfile(top, bottom, average, high, tissue)


def _normals(face: Face) -> NDArray[np.float64]:
    """Outward unit normals of the skin's vertices (n, 3)."""
    points, triangles = face.skin.points, face.skin.triangles
    corners = points[triangles]
    area = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.zeros_like(points)
    for corner in range(3):
        np.add.at(total, triangles[:, corner], area)
    return np.asarray(total / np.linalg.norm(total, axis=1, keepdims=True))
