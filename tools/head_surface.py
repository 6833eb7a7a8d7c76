"""Stage 2a: the cleaned skin as a smooth signed distance field on a grid, from the closed body."""

from __future__ import annotations

from dataclasses import dataclass

import igl
import numpy as np
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from skimage.measure import marching_cubes

CLOSING, OPENING = 4e-3, 4.5e-3  # radii [m]: fill nostrils and lid folds; reduce the ears to bumps
MOUTH_CLOSING = 2e-3  # radius between the lips [m]: a larger one would fill the line of the mouth
STOMION, MOUTH_TOP = np.array([0.0, 0.619, 0.138]), 0.628  # middle of the mouth, upper end of the lips [m]
MOUTH_RADIUS, MOUTH_BLEND, MOUTH_TOP_BLEND = 27e-3, 6e-3, 4e-3
BOX_MARGIN = 13e-3  # from the grid's border to the planes of the box [m]; more than closing and opening reach
BOX_HALF_WIDTH, BOX_BACK = 99e-3, -79e-3
ABOVE_CLAVICLE = 16e-3
ROUNDING = 8e-3  # radius of the edges of the cut [m]
CUT_DEPTH = (
    0.5e-3  # template points of the cut's neighbourhood deeper than this below the skin are not skin [m]
)
OFFSET = 0.02e-3  # level of the contour [m]; at exactly 0 flat caps give surfaces that are not watertight
BAND = 12e-3  # distances beyond are not needed exactly


@dataclass(frozen=True)
class Field:
    """A scalar field on a grid: values (nx, ny, nz) at origin + index * step [m], x symmetric about 0."""

    values: np.ndarray
    origin: np.ndarray
    step: float

    def spline(self) -> Spline:
        """The cubic spline through the values."""
        return Spline(ndimage.spline_filter(self.values, order=3, mode="nearest"), self.origin, self.step)

    def at(self, points: np.ndarray) -> np.ndarray:
        """Trilinear values at points (n, 3)."""
        index = ((points - self.origin) / self.step).T
        return ndimage.map_coordinates(self.values, index, order=1, mode="nearest")


@dataclass(frozen=True)
class Spline:
    """A cubic spline on a grid, with its gradient and the projection onto its zero set."""

    coefficients: np.ndarray
    origin: np.ndarray
    step: float

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Values at points (n, 3)."""
        index = ((points - self.origin) / self.step).T
        return ndimage.map_coordinates(self.coefficients, index, order=3, mode="nearest", prefilter=False)

    def gradient(self, points: np.ndarray) -> np.ndarray:
        """Central differences (n, 3) over half a grid step."""
        h = self.step / 4
        return np.stack([(self(points + d) - self(points - d)) / (2 * h) for d in h * np.eye(3)], axis=1)

    def project(self, points: np.ndarray, sweeps: int = 3) -> np.ndarray:
        """Points moved along the gradient onto the zero set, at most one grid step a sweep."""
        for _ in range(sweeps):
            slope = self.gradient(points)
            step = self(points) / np.maximum((slope**2).sum(axis=1), 0.05)
            move = step[:, None] * slope
            length = np.linalg.norm(move, axis=1, keepdims=True)
            points = points - move * np.minimum(1, self.step / np.maximum(length, 1e-12))
        return points


def body_field(vertices: np.ndarray, triangles: np.ndarray, floor: float, step: float) -> Field:
    """Signed distance (negative inside) of a closed mirror-symmetric body on a grid around its head."""
    half = int(np.ceil((BOX_HALF_WIDTH + BOX_MARGIN) / step))
    head = vertices[vertices[:, 1] > floor]
    low = np.array([-half * step, floor - BOX_MARGIN, BOX_BACK - BOX_MARGIN])
    high = np.array([0, head[:, 1].max() + BOX_MARGIN, head[:, 2].max() + BOX_MARGIN])
    count = np.array([half + 1, *(np.ceil((high - low)[1:] / step).astype(int) + 1)])
    coarse = 4
    rough_count = (count - 1) // coarse + 2
    rough = signed_distance(grid_points(low, rough_count, coarse * step), vertices, triangles).reshape(
        rough_count
    )
    index = np.meshgrid(*(np.arange(n) / coarse for n in count), indexing="ij")
    values = ndimage.map_coordinates(rough, index, order=1, mode="nearest")
    near = np.abs(values) < BAND + coarse * step
    points = np.argwhere(near) * step + low
    values[near] = signed_distance(points, vertices, triangles)
    print(f"  distance of {near.sum()} of {near.size} grid points in one half, step {step * 1e3:.2f} mm")
    return Field(np.concatenate([values, values[-2::-1]]), low, step)


def grid_points(low: np.ndarray, count: np.ndarray, step: float) -> np.ndarray:
    """All points (n, 3) of a grid, last axis fastest."""
    return (
        np.stack(np.meshgrid(*(np.arange(n) * step for n in count), indexing="ij"), axis=-1).reshape(-1, 3)
        + low
    )


def signed_distance(points: np.ndarray, vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Distance to a closed mesh, negative where the winding number is above one half."""
    distance = np.sqrt(igl.point_mesh_squared_distance(points, vertices, triangles)[0])
    winding = igl.fast_winding_number(vertices, triangles, points)
    return np.where(winding > 0.5, -distance, distance)


def redistance(field: Field, level: float) -> Field:
    """Signed distance to the level set of a field: exact distance to its contour within the band."""
    shifted = field.values - level
    half = shifted.shape[0] // 2
    points, faces, _, _ = marching_cubes(shifted[: half + 2], 0.0)
    vertices = points * field.step + field.origin
    near = np.abs(shifted[: half + 1]) < BAND
    where = np.argwhere(near) * field.step + field.origin
    distance = np.sqrt(igl.point_mesh_squared_distance(where, vertices, faces.astype(np.int64))[0])
    result = shifted[: half + 1].copy()
    result[near] = np.sign(result[near]) * distance
    return Field(np.concatenate([result, result[-2::-1]]), field.origin, field.step)


def rounded_cut(values: np.ndarray, plane: np.ndarray) -> np.ndarray:
    """Signed distance of a body cut by a plane (positive outside), the new edge rounded."""
    a, b = np.maximum(values + ROUNDING, 0), np.maximum(plane + ROUNDING, 0)
    return np.where((a > 0) & (b > 0), np.hypot(a, b) - ROUNDING, np.maximum(values, plane))


def mouth_share(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """1 about the lips, 0 away from them and above, on the grid of three axes."""
    a, b, c = np.ix_(x - STOMION[0], y - STOMION[1], z - STOMION[2])
    around = (MOUTH_RADIUS + MOUTH_BLEND - np.sqrt(a**2 + b**2 + c**2)) / MOUTH_BLEND
    below = (MOUTH_TOP + MOUTH_TOP_BLEND - y) / MOUTH_TOP_BLEND
    return np.clip(around, 0, 1) * np.clip(below, 0, 1)[None, :, None]


def cleaned_field(body: Field, floor: float) -> tuple[Field, Field]:
    """Two fields: the template skin, and the skin with its pits closed but not yet cut.

    Closing fills pits, planes cut off shoulders and back with a rounded edge, opening takes away thin parts.
    """
    wide, narrow = (
        np.minimum(body.values, redistance(body, radius).values + radius)
        for radius in (CLOSING, MOUTH_CLOSING)
    )
    x, y, z = (o + np.arange(n) * body.step for o, n in zip(body.origin, body.values.shape, strict=True))
    closed = wide + mouth_share(x, y, z) * (narrow - wide)
    cut = closed
    for plane in (
        (np.abs(x) - BOX_HALF_WIDTH)[:, None, None],
        (BOX_BACK - z)[None, None, :],
        (floor - y)[None, :, None],
    ):
        cut = rounded_cut(cut, np.broadcast_to(plane, cut.shape))
    whole = Field(cut, body.origin, body.step)
    shrunk = redistance(redistance(whole, 0.0), -OPENING)
    opened = np.maximum(cut, shrunk.values - OPENING)
    smooth = ndimage.gaussian_filter(opened, 0.8) + OFFSET
    smooth = (smooth + smooth[::-1]) / 2
    cm3 = body.step**3 * 1e6
    print(
        f"  closing adds {((closed < 0) & (body.values >= 0)).sum() * cm3:.2f} cm3, "
        f"opening removes {((opened >= 0) & (cut < 0)).sum() * cm3:.2f} cm3"
    )
    return Field(smooth, body.origin, body.step), Field(closed, body.origin, body.step)


def on_cut(points: np.ndarray, closed: Field, floor: float) -> np.ndarray:
    """Whether points (n, 3) of the template lie on a cut plane or its rounded edge, not on skin."""
    planes = np.maximum.reduce(
        [np.abs(points[:, 0]) - BOX_HALF_WIDTH, floor - points[:, 1], BOX_BACK - points[:, 2]]
    )
    return (planes > -ROUNDING - OFFSET) & (closed.at(points) < -CUT_DEPTH)


def half_contour(field: Field) -> tuple[np.ndarray, np.ndarray]:
    """Zero contour in x <= 0, largest piece, outward: vertices (n, 3) [m], border exactly at x = 0."""
    half = field.values.shape[0] // 2
    points, faces, _, _ = marching_cubes(field.values[: half + 1], 0.0, allow_degenerate=False)
    vertices = points * field.step + field.origin
    vertices[points[:, 0] >= half - 1e-6, 0] = 0.0
    faces = faces.astype(np.int64)
    links = coo_array((np.ones(faces.size), (faces.ravel(), np.roll(faces, 1, axis=1).ravel())))
    label = connected_components(links, directed=False)[1][faces[:, 0]]
    faces = faces[label == np.bincount(label).argmax()]
    used, faces = np.unique(faces, return_inverse=True)
    vertices, faces = vertices[used], faces.reshape(-1, 3)
    corner = vertices[faces]
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    if (normal * (corner.mean(axis=1) - vertices.mean(axis=0))).sum() < 0:
        faces = faces[:, ::-1]
    return vertices, faces
