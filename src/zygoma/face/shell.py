"""The layered shell: how thick it may be, where it points, its levels and its tetrahedra."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from zygoma.errors import MeshError
from zygoma.face.surface import Array, Index, Surface, unit_vectors

Array32 = NDArray[np.float32]
LAYERS = ("skin", "fat", "smas", "deep")
SLOTS = ("smas_upper", "smas_lower", "deep_upper", "deep_lower")
LOWEST_JACOBIAN = 0.1
_PATIENCE = 4  # rounds of thinning before the skin itself is smoothed


_CELL = 12e-3


@numba.njit(parallel=True, fastmath=True, cache=True)
def _ball_radius(
    points: Array32,
    normals: Array32,
    cell: NDArray[np.int64],
    first: NDArray[np.int64],
    reach: int,
    limit: float,
) -> Array32:  # pragma: no cover - compiled
    nx, ny, nz = first.shape[0], first.shape[1], first.shape[2] - 1
    radius = np.full(len(points), np.float32(limit))
    x, y, z = points[:, 0].copy(), points[:, 1].copy(), points[:, 2].copy()
    for v in numba.prange(len(points)):
        best = np.float32(limit)
        px, py, pz = x[v], y[v], z[v]
        ax, ay, az = normals[v, 0], normals[v, 1], normals[v, 2]
        k0, k1 = max(cell[v, 2] - reach, 0), min(cell[v, 2] + reach + 1, nz)
        for i in range(max(cell[v, 0] - reach, 0), min(cell[v, 0] + reach + 1, nx)):
            for j in range(max(cell[v, 1] - reach, 0), min(cell[v, 1] + reach + 1, ny)):
                for w in range(first[i, j, k0], first[i, j, k1]):
                    dx, dy, dz = px - x[w], py - y[w], pz - z[w]
                    along = ax * dx + ay * dy + az * dz
                    square = dx * dx + dy * dy + dz * dz
                    # only what faces the vertex, not the crease beside it: along > 0.35 |d|
                    r = square / (np.float32(2.0) * along)
                    if along > 0 and along * along > np.float32(0.1225) * square and r < best:
                        best = r
        radius[v] = best
    return radius


def medial_radius(surface: Surface, normals: Array, limit: float) -> Array:
    """(n,) radius [m] of the largest ball inside that touches the surface at each vertex, at most `limit`.

    Vertices within 70 degrees of the tangent plane are not counted: a facet crease is no wall.
    """
    # vertices sorted into cells; a ball below the limit ends within twice the limit
    cell = ((surface.points - surface.points.min(axis=0)) / _CELL).astype(np.int64)
    shape = cell.max(axis=0) + 1
    flat = np.ravel_multi_index(tuple(cell.T), tuple(shape))
    order = np.argsort(flat, kind="stable")
    ends = np.concatenate([[0], np.cumsum(np.bincount(flat, minlength=int(shape.prod())))])
    rows = np.arange(shape[0] * shape[1])[:, None] * shape[2] + np.arange(shape[2] + 1)
    found = np.empty(len(order))
    found[order] = _ball_radius(
        surface.points[order].astype(np.float32),
        normals[order].astype(np.float32),
        cell[order],
        ends[rows].reshape(shape[0], shape[1], -1),
        int(np.ceil(2 * limit / _CELL)),
        limit,
    )
    return found


def limit_slope(values: Array, surface: Surface, slope: float) -> Array:
    """Largest field below `values` that changes by at most `slope` times the edge between neighbours."""
    return np.asarray(_limit_slope(values, surface.edges, slope * surface.edge_lengths))


@numba.njit(cache=True)
def _limit_slope(values: Array, edges: Index, rise: Array) -> Array:  # pragma: no cover - compiled
    out = values.copy()
    changed = True
    while changed:
        changed = False
        for e in range(len(edges)):
            i, j = edges[e, 0], edges[e, 1]
            if out[i] > out[j] + rise[e] + 1e-9:
                out[i], changed = out[j] + rise[e], True
            elif out[j] > out[i] + rise[e] + 1e-9:
                out[j], changed = out[i] + rise[e], True
    return out


def fit_layers(targets: Array, cap: Array, floors: Array) -> Array:
    """Layer thicknesses that fit under a cap.

    Where the stack is too thick the layers shrink in the order deep, SMAS, fat, skin, each down to its
    floor; where even the floors do not fit, all shrink alike.

    Parameters
    ----------
    targets : (n, 4) array
        Anatomical thickness of skin, fat, SMAS, deep [m].
    cap : (n,) array
        Largest sum [m].
    floors : (4,) array
        Smallest thickness of each layer [m].

    Returns
    -------
    (n, 4) array
        Thicknesses [m].
    """
    fitted = np.maximum(targets, floors)
    for layer in (3, 2, 1, 0):
        excess = np.maximum(fitted.sum(axis=1) - cap, 0)
        fitted[:, layer] -= np.minimum(fitted[:, layer] - floors[layer], excess)
    total = fitted.sum(axis=1)
    return np.asarray(fitted * np.minimum(1, cap / total)[:, None])


@dataclass(frozen=True, eq=False)
class Sheets:
    """How many sheets of wedges each layer has; fixed for a resolution.

    Parameters
    ----------
    count : tuple of int
        Sheets in skin, fat, SMAS, deep. SMAS and deep have two: their upper and lower muscle slots.
    """

    count: tuple[int, int, int, int]

    @property
    def total(self) -> int:
        """All sheets; there is one level of nodes more."""
        return sum(self.count)

    @property
    def layer(self) -> NDArray[np.int64]:
        """(total,) layer number of each sheet."""
        return np.repeat(np.arange(4), self.count)

    def slot(self, name: str) -> int:
        """Sheet number of one of the muscle `SLOTS`."""
        first = {"smas": sum(self.count[:2]), "deep": sum(self.count[:3])}
        layer, part = name.split("_")
        return first[layer] + (part == "lower")

    def depths(self, thickness: Array, upper_share: Array) -> Array:
        """(n, total + 1) depth [m] of every level below each vertex.

        Parameters
        ----------
        thickness : (n, 4) array
            Skin, fat, SMAS, deep [m].
        upper_share : (n, 2) array
            Share of the SMAS and of the deep layer that their upper slots take.
        """
        steps = np.repeat(thickness, self.count, axis=1) / np.repeat(self.count, self.count)
        for k, layer in enumerate(("smas", "deep")):
            upper = self.slot(f"{layer}_upper")
            steps[:, upper] = thickness[:, 2 + k] * upper_share[:, k]
            steps[:, upper + 1] = thickness[:, 2 + k] - steps[:, upper]
        return np.concatenate([np.zeros((len(steps), 1)), np.cumsum(steps, axis=1)], axis=1)


def wedge_tetrahedra(triangles: Index, order: NDArray[np.int64], vertices: int, sheets: int) -> Index:
    """Three tetrahedra for each wedge of a shell whose levels are numbered one after the other.

    Parameters
    ----------
    triangles : (m, 3) int array
        Triangles of the skin.
    order : (vertices,) int array
        Rank of each column; the diagonal of a wedge's side starts on the outer end of the lower rank, so
        neighbours agree, and mirrored ranks give a mirrored mesh.
    vertices, sheets : int
        Skin vertices and sheets of wedges.

    Returns
    -------
    (3 m sheets, 4) int array
        Tetrahedra 3 w, 3 w + 1, 3 w + 2 fill wedge w = sheet m + triangle.
    """
    ranked = np.take_along_axis(triangles, np.argsort(order[triangles], axis=1), axis=1).astype(np.int64)
    p, q, r = ranked.T
    below = vertices
    one = np.stack(
        [
            np.stack([p, q, r, r + below], axis=1),
            np.stack([p, q + below, q, r + below], axis=1),
            np.stack([p, p + below, q + below, r + below], axis=1),
        ],
        axis=1,
    )
    # odd permutations turn the wedge over
    edge = np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=-1)
    even = (edge == ranked[:, None, :2]).all(axis=-1).any(axis=1)
    one = np.where(even[:, None, None], one[..., [0, 2, 1, 3]], one)
    tets = one[None] + (np.arange(sheets) * vertices)[:, None, None, None]
    return np.asarray(tets.reshape(-1, 4), dtype=np.int32)


def wedge_jacobian(levels: Array, triangles: Index) -> Array:
    """(sheets, m) smallest scaled Jacobian over the six corners of each wedge.

    Parameters
    ----------
    levels : (sheets + 1, n, 3) array
        Nodes of the levels, skin first [m].
    triangles : (m, 3) int array
        Triangles of the skin.
    """
    return np.asarray(_wedge_jacobian(levels, triangles))


@numba.njit(parallel=True, cache=True)
def _wedge_jacobian(levels: Array, triangles: Index) -> Array:  # pragma: no cover - compiled
    sheets, m = len(levels) - 1, len(triangles)
    lowest = np.empty((sheets, m))
    for t in numba.prange(m):
        for sheet in range(sheets):
            worst = 1.0
            for k in range(3):
                a, b, c = triangles[t, k], triangles[t, (k + 1) % 3], triangles[t, (k + 2) % 3]
                through = levels[sheet, a] - levels[sheet + 1, a]
                for level in (sheet, sheet + 1):
                    u = levels[level, b] - levels[level, a]
                    v = levels[level, c] - levels[level, a]
                    det = (
                        (u[1] * v[2] - u[2] * v[1]) * through[0]
                        + (u[2] * v[0] - u[0] * v[2]) * through[1]
                        + (u[0] * v[1] - u[1] * v[0]) * through[2]
                    )
                    size = np.sqrt((u * u).sum() * (v * v).sum() * (through * through).sum())
                    worst = min(worst, det / max(size, 1e-300))
            lowest[sheet, t] = worst
    return lowest


def build_levels(
    surface: Surface, directions: Array, thickness: Array, upper_share: Array, sheets: Sheets
) -> tuple[Array, Array]:
    """Nodes of all levels without an inverted wedge.

    Where a wedge is too flat, the stack at its corners becomes thinner by a tenth and its directions
    approach those of the neighbours, until every scaled Jacobian reaches 0.1. Where that does not help
    within four rounds the morph has folded the skin itself, and its vertices approach their neighbours too.

    Returns
    -------
    levels : (sheets.total + 1, n, 3) array
        Nodes, the skin first [m].
    thickness : (n, 4) array
        Thicknesses that were realised [m].

    Raises
    ------
    MeshError
        A wedge stays inverted or flat after 40 rounds.
    """
    thickness, directions, points = thickness.copy(), directions.copy(), surface.points.copy()
    i, j = surface.edges.T
    n = len(points)
    links = sparse.csr_matrix((np.ones(2 * len(i)), (np.concatenate([i, j]), np.concatenate([j, i]))), (n, n))
    mean = sparse.diags(1 / np.asarray(links.sum(axis=1)).ravel()) @ links
    for turn in range(40):
        depths = sheets.depths(thickness, upper_share)
        levels = points[None] - depths.T[:, :, None] * directions[None]
        bad = (wedge_jacobian(levels, surface.triangles) < LOWEST_JACOBIAN).any(axis=0)
        if not bad.any():
            return levels, thickness
        vertices = np.unique(surface.triangles[bad])
        directions[vertices] = unit_vectors(
            0.7 * directions[vertices] + 0.3 * unit_vectors(mean @ directions)[vertices]
        )
        if turn < _PATIENCE:
            thickness[vertices] *= 0.9
        else:
            points[vertices] = (points[vertices] + (mean @ points)[vertices]) / 2
    worst = points[surface.triangles[bad][0]].mean(axis=0) * 1e3
    raise MeshError(
        f"{bad.sum()} columns of the shell stay flat, the first near {worst.round(1)} mm; "
        "use milder morphs or another seed"
    )
