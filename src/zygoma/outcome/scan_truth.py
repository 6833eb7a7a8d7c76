"""Scans whose truth is known: the shipped head, changed by a known amount, before a made-up scanner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from zygoma.face import Person, Surface
from zygoma.outcome.scan import Scan

Array = NDArray[np.float64]
Relief = Callable[[Array], Array]

_STEEPEST = float(
    np.cos(np.radians(75))
)  # cosine of the angle to the line of sight beyond which skin is not seen


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
    mesh = trimesh.Trimesh(points, skin.triangles, process=False).subdivide_loop(iterations=2)
    middle = np.asarray(mesh.triangles_center)
    mesh.update_faces((middle[:, 2] > 0.02) & (middle[:, 1] > 0.54))
    mesh.remove_unreferenced_vertices()
    return Surface(np.asarray(mesh.vertices), np.asarray(mesh.faces, dtype=np.int32))


def forehead(length: float = 0.06, width: float = 0.03, spacing: float = 1e-4) -> Surface:
    """Skin curved as a forehead is (radii 75 and 150 mm), its long side along x, seen from +z [m]."""
    x = np.arange(-length / 2, length / 2 + spacing / 2, spacing)
    y = np.arange(-width / 2, width / 2 + spacing / 2, spacing)
    grid = np.meshgrid(x, y, indexing="ij")
    points = np.stack([*grid, -(grid[0] ** 2) / 0.15 - grid[1] ** 2 / 0.30], axis=-1)
    everywhere = np.ones(grid[0].shape, dtype=bool)
    return Surface(points.reshape(-1, 3), _grid_triangles(everywhere).astype(np.int32))


def moved_up(
    surface: Surface, centre: ArrayLike, amount: float, width: float, up: ArrayLike = (0, 1, 0)
) -> Surface:
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


def laid(surface: Surface, line: ArrayLike, step: float = 5e-4) -> Array:
    """(n, 3) the polyline (k, 3) with corners every `step`, laid on the surface along z."""
    corners = np.asarray(line, dtype=float)
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    at = np.linspace(0, length[-1], int(length[-1] / step) + 2)
    places = np.stack([np.interp(at, length, corners[:, k]) for k in range(3)], axis=1)
    near = cKDTree(surface.points[:, :2]).query(places[:, :2])[1]
    off, normal = places - surface.points[near], surface.normals[near]
    places[:, 2] = surface.points[near, 2] - (off[:, :2] * normal[:, :2]).sum(axis=1) / normal[:, 2]
    return places


def groove(line: ArrayLike, depth: float, width: float = 5e-4, shape: str = "gaussian") -> Relief:
    """A groove along a polyline (k, 3) on the surface, depth exp(-t^2 / 2 width^2) at the distance t [m].

    On a curved surface the polyline needs many corners: see `laid`.

    With the shape ``"wedge"`` two flat sides of 2.5 widths each instead.
    """
    corners = np.asarray(line, dtype=float)

    def pressed(points: Array) -> Array:
        distance = np.full(len(points), np.inf)
        for a, b in pairwise(corners):
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
    radius: float = 0.0,
    relief: Sequence[Relief] = (),
    name: str = "scan",
    unit: str = "m",
) -> Scan:
    """A surface as a scanner at +z sees it: other points, other triangles, noise, another frame.

    The surface is turned and moved at random and looked at on a square grid with a random offset: along z, or
    from a path round an axis parallel to y. Skin turned further than 75 degrees from the line of sight is not
    seen.

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
    radius : float
        Radius at which the grid has its spacing, about an axis 1.4 radii behind the foremost point; 0 looks
        along z [m].
    relief : sequence of callable
        Depths (k,) [m] pressed into the skin, from places (k, 3) on `surface`: finer than its triangles.
    name : str
    unit : str
        Handed on to `Scan.of`; the points are in metres.
    """
    rotation = Rotation.from_rotvec(np.radians(turn) * rng.standard_normal(3)).as_matrix()
    middle = surface.points.mean(axis=0)
    turned = (surface.points - middle) @ rotation.T
    axis = np.array([0.0, 0.0, turned[:, 2].max() - 1.4 * radius])
    flat = _unrolled(turned - axis, radius) if radius else turned
    low = flat.min(axis=0)[:2] - spacing * rng.uniform(0, 1, 2)
    shape = tuple((np.ceil((flat.max(axis=0)[:2] - low) / spacing) + 1).astype(int))
    triangle, share = np.full(shape, -1, dtype=np.int64), np.zeros((*shape, 3))
    _look(np.column_stack([(flat[:, :2] - low) / spacing, flat[:, 2]]), surface.triangles, triangle, share)
    seen = triangle >= 0
    corners, weights = surface.triangles[triangle[seen]], share[seen]
    where = np.einsum("kc,kcj->kj", weights, surface.points[corners])
    normals = np.einsum("kc,kcj->kj", weights, surface.normals[corners])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    for press in relief:
        where = where - press(where)[:, None] * normals
    points = (where - middle) @ rotation.T
    sight = np.tile([0.0, 0.0, 1.0], (len(points), 1))
    if radius:
        sight = (points - axis) * (1.0, 0.0, 1.0)
        sight /= np.linalg.norm(sight, axis=1, keepdims=True)
    points += noise * rng.standard_normal((len(points), 1)) * sight
    seen[seen] = np.einsum("ij,ij->i", normals @ rotation.T, sight) > _STEEPEST
    kept = seen[triangle >= 0]
    place = shift * rng.standard_normal(3) + middle
    return Scan.of(points[kept] + place, _grid_triangles(seen), unit, name)


def _unrolled(points: Array, radius: float) -> Array:
    """Points about the axis y as a map: arc at `radius`, height, distance from the axis [m]."""
    angle = np.arctan2(points[:, 0], points[:, 2])
    return np.column_stack([angle * radius, points[:, 1], np.hypot(points[:, 0], points[:, 2])])


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
