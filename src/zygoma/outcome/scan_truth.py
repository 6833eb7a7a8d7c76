"""Scans whose truth is known: the shipped head, changed by a known amount and scanned by a made-up scanner."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.transform import Rotation

from zygoma.face import Person, Surface
from zygoma.outcome.scan import Scan

Array = NDArray[np.float64]
Relief = Callable[[Array], Array]

_STEEPEST = float(np.cos(np.radians(75)))  # cosine of the angle to the line of sight beyond which skin is not seen


def head(person: Person | None = None) -> Surface:
    """Smooth skin of a person's head and neck, about 1 mm from vertex to vertex; the average by default [m].

    Frame: x to the subject's left, y up, z to the front.
    """
    import trimesh

    from zygoma.face.binding import SkinBinding, template_skin
    from zygoma.face.source import HeadSource

    source, binding = HeadSource.load(), SkinBinding.load()
    who = person or Person("female", 45.0, 23.0, {})
    skin = template_skin("coarse")
    points = skin.points + binding.displacement("coarse", who.vertices() - source.morph())
    front = (points[skin.triangles].mean(axis=1)[:, 2] > 0.02) & (points[skin.triangles].mean(axis=1)[:, 1] > 0.54)
    mesh = trimesh.Trimesh(points, skin.triangles[front], process=False)
    mesh.remove_unreferenced_vertices()
    mesh = mesh.subdivide_loop(iterations=2)
    return Surface(np.asarray(mesh.vertices), np.asarray(mesh.faces, dtype=np.int32))


def forehead(length: float = 0.06, width: float = 0.03, spacing: float = 1e-4) -> Surface:
    """A piece of skin, curved as a forehead is (radii 75 and 150 mm), its long side along x, seen from +z [m]."""
    x = np.arange(-length / 2, length / 2 + spacing / 2, spacing)
    y = np.arange(-width / 2, width / 2 + spacing / 2, spacing)
    grid = np.meshgrid(x, y, indexing="ij")
    points = np.stack([*grid, -(grid[0] ** 2) / 0.15 - grid[1] ** 2 / 0.30], axis=-1)
    return Surface(points.reshape(-1, 3), _grid_triangles(np.ones(grid[0].shape, dtype=bool)))


def moved_up(surface: Surface, centre: ArrayLike, amount: float, width: float, up: ArrayLike = (0, 1, 0)) -> Surface:
    """Skin shifted upward by `amount` exp(-r^2 / 2 width^2) round a centre (3,) [m], along the surface.

    The material moves; what it leaves behind is stretched.
    """
    off = surface.points - np.asarray(centre)
    share = amount * np.exp(-(off**2).sum(axis=1) / (2 * width**2))
    return Surface(surface.points + share[:, None] * np.asarray(up, dtype=float), surface.triangles)


def swollen(surface: Surface, centre: ArrayLike, amount: float, width: float) -> tuple[Surface, float]:
    """Skin raised along its normals by `amount` exp(-r^2 / 2 width^2) [m], and the volume that adds [m3]."""
    off = surface.points - np.asarray(centre)
    share = amount * np.exp(-(off**2).sum(axis=1) / (2 * width**2))
    raised = Surface(surface.points + share[:, None] * surface.normals, surface.triangles)
    return raised, raised.volume - surface.volume


def groove(line: ArrayLike, depth: float, width: float = 5e-4, shape: str = "gaussian") -> Relief:
    """A groove along a polyline (k, 3): depth -exp(-t^2 / 2 width^2), t the distance from it [m].

    With the shape ``"wedge"`` two flat sides of 2.5 widths each instead.
    """
    corners = np.asarray(line, dtype=float)

    def pressed(points: Array) -> Array:
        distance = np.full(len(points), np.inf)
        for a, b in zip(corners[:-1], corners[1:], strict=True):
            along = np.clip((points - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1)
            distance = np.minimum(distance, np.linalg.norm(points - a - along[:, None] * (b - a), axis=1))
        if shape == "wedge":
            return np.asarray(depth * np.clip(1 - distance / (2.5 * width), 0, 1))
        return np.asarray(depth * np.exp(-(distance**2) / (2 * width**2)))

    return pressed


def scanned(
    surface: Surface,
    spacing: float,
    noise: float,
    rng: np.random.Generator,
    turn: float = 3.0,
    shift: float = 0.005,
    relief: Sequence[Relief] = (),
    name: str = "scan",
    unit: str = "m",
) -> Scan:
    """A surface as a scanner at +z sees it: other points, other triangles, noise, another frame.

    The surface is turned and moved at random and looked at along z on a square grid with a random offset; skin
    turned further than 75 degrees from the line of sight is not seen.

    Parameters
    ----------
    surface : Surface
        The truth [m].
    spacing, noise : float
        Of the grid, and standard deviation of the white noise along the line of sight [m].
    rng : numpy Generator
        Where turn, shift, grid and noise come from.
    turn : float
        Standard deviation of each of the three rotation angles [degrees].
    shift : float
        Standard deviation of each coordinate of the translation [m].
    relief : sequence of callable
        Depths (k,) [m] pressed into the skin, from places (k, 3) on `surface`: finer than its triangles.
    name : str
    unit : str
        Handed on to `Scan.of`; the points are in metres.
    """
    rotation = Rotation.from_rotvec(np.radians(turn) * rng.standard_normal(3)).as_matrix()
    middle = surface.points.mean(axis=0)
    turned = (surface.points - middle) @ rotation.T
    low = turned.min(axis=0)[:2] - spacing * rng.uniform(0, 1, 2)
    shape = tuple((np.ceil((turned.max(axis=0)[:2] - low) / spacing) + 1).astype(int))
    triangle, share = np.full(shape, -1, dtype=np.int64), np.zeros((*shape, 3))
    _look(np.column_stack([(turned[:, :2] - low) / spacing, turned[:, 2]]), surface.triangles, triangle, share)
    seen = triangle >= 0
    corners, weights = surface.triangles[triangle[seen]], share[seen]
    where = np.einsum("kc,kcj->kj", weights, surface.points[corners])
    normals = np.einsum("kc,kcj->kj", weights, surface.normals[corners])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    for press in relief:
        where = where - press(where)[:, None] * normals
    points = (where - middle) @ rotation.T
    points[:, 2] += noise * rng.standard_normal(len(points))
    seen[seen] = (normals @ rotation.T)[:, 2] > _STEEPEST
    kept = seen[triangle >= 0]
    place = shift * rng.standard_normal(3) + middle
    return Scan.of(points[kept] + place, _grid_triangles(seen), unit, name)


def _grid_triangles(seen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Triangles of a grid (rows along x, columns along y) where points are seen; numbered among these."""
    number = np.where(seen, np.cumsum(seen).reshape(seen.shape) - 1, -1)
    a, b, c, d = number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]
    both = np.concatenate([np.stack([a, b, c], axis=-1), np.stack([a, c, d], axis=-1)]).reshape(-1, 3)
    return both[(both >= 0).all(axis=1)]


@numba.njit(cache=True)
def _look(
    points: Array, triangles: NDArray[np.int32], found: NDArray[np.int64], share: Array
) -> None:  # pragma: no cover - compiled
    """Triangle nearest to the viewer at every grid point, and the weights of its corners."""
    nearness = np.full(found.shape, -np.inf)
    for m in range(len(triangles)):
        a, b, c = points[triangles[m, 0]], points[triangles[m, 1]], points[triangles[m, 2]]
        area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
        if area <= 0.0:  # seen from behind
            continue
        for i in range(int(np.ceil(min(a[0], b[0], c[0]))), int(np.floor(max(a[0], b[0], c[0]))) + 1):
            for j in range(int(np.ceil(min(a[1], b[1], c[1]))), int(np.floor(max(a[1], b[1], c[1]))) + 1):
                v = ((i - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (j - a[1])) / area
                w = ((b[0] - a[0]) * (j - a[1]) - (i - a[0]) * (b[1] - a[1])) / area
                if v < 0.0 or w < 0.0 or v + w > 1.0:
                    continue
                near = (1 - v - w) * a[2] + v * b[2] + w * c[2]
                if near > nearness[i, j]:
                    nearness[i, j], found[i, j] = near, m
                    share[i, j, 0], share[i, j, 1], share[i, j, 2] = 1 - v - w, v, w
