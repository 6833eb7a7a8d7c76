"""The outer face of each layer of a body, with the values of what lies just below."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zygoma.field.surface import triangle_keys

_FACES = np.array([[1, 2, 3], [0, 3, 2], [0, 1, 3], [0, 2, 1]])


@dataclass(frozen=True, eq=False)
class LayerSurface:
    """Triangles of the upper face of a layer.

    Attributes
    ----------
    points : array (n, 3)
        Corners [m].
    triangles : array (m, 3)
        Corner indices, turned outward.
    elements : array (m,)
        The element below each triangle.
    """

    points: NDArray[np.float64]
    triangles: NDArray[np.int64]
    elements: NDArray[np.int64]

    @property
    def normals(self) -> NDArray[np.float64]:
        """Outward unit normals at the points (n, 3), weighted by the areas of the triangles."""
        corners = self.points[self.triangles]
        area = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        total = np.zeros_like(self.points)
        for corner in range(3):
            np.add.at(total, self.triangles[:, corner], area)
        return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-30))

    def at_corners(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Mean over the triangles at each corner of a quantity given per element."""
        below = np.repeat(values[self.elements], 3)
        total = np.bincount(self.triangles.ravel(), weights=below, minlength=len(self.points))
        count = np.bincount(self.triangles.ravel(), minlength=len(self.points))
        return np.asarray(total / np.maximum(count, 1))


def layer_surface(
    nodes: NDArray[np.float64],
    tets: NDArray[np.integer],
    inside: NDArray[np.bool_],
    upper: NDArray[np.bool_],
) -> LayerSurface:
    """Face that separates some elements from what lies above them.

    Parameters
    ----------
    nodes : array (N, 3)
        Mesh nodes [m].
    tets : array (M, 4)
        Elements.
    inside : array (M,)
        Elements of the layer and everything deeper.
    upper : array (N,)
        Nodes that touch what lies above: the layer above, or the outside.

    Returns
    -------
    LayerSurface
        Triangles that belong to one `inside` element only and whose corners are all `upper`.
    """
    candidates = np.flatnonzero(inside & (upper[tets].sum(axis=1) >= 3))
    faces = tets[candidates][:, _FACES].reshape(-1, 3).astype(np.int64)
    owners = np.repeat(candidates, 4)
    touching = upper[faces].all(axis=1)
    faces, owners = faces[touching], owners[touching]
    _, first, count = np.unique(triangle_keys(faces), return_index=True, return_counts=True)
    faces, owners = faces[first[count == 1]], owners[first[count == 1]]
    corners = nodes[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    outward = np.einsum("ij,ij->i", normal, corners.mean(axis=1) - nodes[tets[owners]].mean(axis=1)) > 0
    faces[~outward] = faces[~outward][:, ::-1]
    used, local = np.unique(faces, return_inverse=True)
    return LayerSurface(nodes[used], local.reshape(-1, 3), owners)


def layers_below(
    nodes: NDArray[np.float64],
    tets: NDArray[np.integer],
    rank: NDArray[np.integer],
    skin_nodes: int,
) -> dict[int, LayerSurface]:
    """Upper face of every depth rank: 0 is the skin, each next one what remains when all above is taken off.

    Parameters
    ----------
    nodes : array (N, 3)
        Mesh nodes [m]; the first `skin_nodes` of them are the skin's.
    tets : array (M, 4)
        Elements.
    rank : array (M,)
        Depth rank of each element.
    skin_nodes : int
        Number of nodes on the skin.
    """
    found = {}
    for depth in sorted({int(value) for value in np.unique(rank)}):
        upper = np.zeros(len(nodes), dtype=bool)
        if depth == 0:
            upper[:skin_nodes] = True
        else:
            upper[tets[rank < depth].ravel()] = True
            upper[:skin_nodes] = True
        surface = layer_surface(nodes, tets, rank >= depth, upper)
        if len(surface.triangles):
            found[depth] = surface
    return found
