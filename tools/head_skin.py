"""Stage 2b: graded, mirror-symmetric closed skins from the cleaned field."""

from __future__ import annotations

from dataclasses import dataclass

import igl
import numpy as np
from head_surface import Field, Spline, half_contour
from remesh import remesh

# Corner and middle of the mouth, tip of the nose, right eye [m]: there the edges are shorter by this share.
FEATURES = np.array(
    [[-0.012, 0.619, 0.137], [0.0, 0.619, 0.140], [0.0, 0.645, 0.152], [-0.029, 0.679, 0.122]]
)
FEATURE_REFINEMENT, FEATURE_RADIUS, FEATURE_BLEND = 0.2, 13e-3, 12e-3
NECK = (0.560, 0.575)  # heights between which the front of the neck passes into the face [m]


@dataclass(frozen=True)
class Resolution:
    """Edge lengths [m] on the face, the front of the neck and elsewhere; growth per length between them."""

    face: float
    neck: float
    elsewhere: float
    growth: float


RESOLUTIONS = {
    "fine": Resolution(1.75e-3, 1.75e-3, 4.2e-3, 0.13),
    "standard": Resolution(2.10e-3, 2.55e-3, 6.5e-3, 0.20),
    "coarse": Resolution(4.65e-3, 4.65e-3, 6.0e-3, 0.13),
}


def distance_from_face(points: np.ndarray) -> np.ndarray:
    """How far points (n, 3) lie behind, above or below face and front of the neck [m]; 0 in it."""
    y, z = points[:, 1], points[:, 2]
    back = np.interp(y, [0.555, 0.605], [0.008, 0.040])
    outside = np.stack([back - z, y - 0.765, 0.500 - y])
    return np.linalg.norm(np.maximum(outside, 0), axis=0)


def feature_share(points: np.ndarray) -> np.ndarray:
    """1 at mouth, nose and right eye, falling smoothly to 0 away from them, for points (n, 3) with x <= 0."""
    distance = np.linalg.norm(points[:, None, :] - FEATURES, axis=2).min(axis=1)
    share = np.clip((FEATURE_RADIUS + FEATURE_BLEND - distance) / FEATURE_BLEND, 0, 1)
    return share * share * (3 - 2 * share)


def half_skin(field: Field, spline: Spline, resolution: Resolution) -> tuple[np.ndarray, np.ndarray]:
    """Right half of the skin at a resolution: vertices (n, 3) [m] and triangles (m, 3)."""

    def size(points: np.ndarray) -> np.ndarray:
        front = np.interp(points[:, 1], NECK, [resolution.neck, resolution.face])
        wanted = np.minimum(front + resolution.growth * distance_from_face(points), resolution.elsewhere)
        return wanted * (1 - FEATURE_REFINEMENT * feature_share(points))

    return remesh(*half_contour(field), size, spline.project)


def mirrored(points: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Half skin and its image, welded at x = 0: vertices, triangles, partner of each vertex."""
    points = points.astype(np.float32).astype(float)
    inner = np.flatnonzero(points[:, 0] != 0)
    partner = np.arange(len(points))
    partner[inner] = len(points) + np.arange(len(inner))
    image = points[inner] * [-1, 1, 1]
    mirror = np.concatenate([partner, inner])
    return np.concatenate([points, image]), np.concatenate([triangles, partner[triangles][:, ::-1]]), mirror


def check_skin(points: np.ndarray, triangles: np.ndarray, mirror: np.ndarray) -> dict[str, float]:
    """Measures of a skin; SystemExit when it is not watertight, of genus 0 and mirror-symmetric."""
    directed = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    known = set(map(tuple, directed.tolist()))
    watertight = len(known) == len(directed) and all((b, a) in known for a, b in known)
    euler = len(np.unique(triangles)) - len(directed) // 2 + len(triangles)
    error = np.abs(points[mirror] * [-1, 1, 1] - points).max()
    if not watertight or euler != 2 or error or len(np.unique(triangles)) != len(points):
        raise SystemExit(f"skin: watertight {watertight}, Euler number {euler}, mirror error {error}")
    corner = points[triangles]
    edge = np.linalg.norm(corner - np.roll(corner, 1, axis=1), axis=2)
    a, b, c = np.sort(edge, axis=1).T
    angle = np.degrees(np.arccos((b**2 + c**2 - a**2) / (2 * b * c)))
    area = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1) / 2
    quality = 4 * np.sqrt(3) * area / (edge**2).sum(axis=1)
    face = edge[distance_from_face(corner.mean(axis=1)) == 0] * 1e3
    ratio = np.maximum.reduce([edge[:, k] / edge[:, k - 1] for k in range(3)])
    return {
        "vertices": len(points),
        "min_angle_deg": angle.min(),
        "angle_1pc_deg": np.percentile(angle, 1),
        "min_quality": quality.min(),
        "max_edge_ratio": ratio.max(),
        "area_cm2": area.sum() * 1e4,
        **{f"face_edge_{q}pc_mm": np.percentile(face, q) for q in (1, 50, 99)},
        **{f"edge_{q}pc_mm": np.percentile(edge, q) * 1e3 for q in (0, 50, 100)},
    }


def bind(points: np.ndarray, vertices: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, ...]:
    """Nearest point of a mesh for each point: triangle corners (n, 3), weights (n, 3), distance (n,)."""
    squared, face, near = igl.point_mesh_squared_distance(points, vertices, triangles.astype(np.int64))
    a, b, c = (vertices[triangles[face, k]] for k in range(3))
    total = np.cross(b - a, c - a)
    square = (total**2).sum(axis=1)
    weight = np.stack(
        [
            (np.cross(c - b, near - b) * total).sum(axis=1) / square,
            (np.cross(a - c, near - c) * total).sum(axis=1) / square,
            (np.cross(b - a, near - a) * total).sum(axis=1) / square,
        ],
        axis=1,
    )
    weight = np.clip(weight, 0, 1)
    return triangles[face], weight / weight.sum(axis=1, keepdims=True), np.sqrt(squared)


def bind_symmetric(
    points: np.ndarray, mirror: np.ndarray, vertices: np.ndarray, triangles: np.ndarray, partner: np.ndarray
) -> tuple[np.ndarray, ...]:
    """`bind` for the vertices with x <= 0 onto the right half of a mesh; the left is the mirror image."""
    right = np.flatnonzero(points[:, 0] <= 0)
    half = triangles[(vertices[triangles][:, :, 0] <= 0).all(axis=1)]
    corner, weight, distance = bind(points[right], vertices, half)
    corners = np.zeros((len(points), 3), np.int64)
    weights, distances = np.zeros((len(points), 3)), np.zeros(len(points))
    corners[mirror[right]], weights[mirror[right]], distances[mirror[right]] = (
        partner[corner],
        weight,
        distance,
    )
    corners[right], weights[right], distances[right] = corner, weight, distance
    return corners, weights, distances
