"""A photograph of a face made into others whose truth is known: carved, lit anew, turned, moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.canonical_mesh import canonical_mesh, vertex_normals
from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.face_landmarks import MESH, FaceLandmarks
from zygoma.outcome.face_regions import face_regions
from zygoma.outcome.light import Light
from zygoma.outcome.photo import Photo
from zygoma.outcome.render.camera import Camera
from zygoma.outcome.render.relief import Groove, carved, curve, roughness
from zygoma.outcome.render.shading import sky
from zygoma.outcome.render.warp import warped
from zygoma.outcome.texture_grid import TextureGrid
from zygoma.provenance import load_data

Array = NDArray[Any]

REFERENCE = Light(elevation=np.radians(85.0))
"""Light in which the photograph that is used is taken to be; ratios to it are painted."""

_COARSE = 1e-3  # [m] grid of the face's own shape
_SMOOTH = 2.5e-3  # [m] over which facets of the mesh are rounded
_BEYOND = 12e-3  # [m] over which the shade runs on outside the face
_SPACE = 0.7  # of the face's size that is kept round it


@dataclass(frozen=True, eq=False)
class Portrait:
    """A face with carved wrinkles.

    Attributes
    ----------
    scene : (rows, columns, 3) float32 array
        Linear light of the photograph that is used, enlarged.
    landmarks : FaceLandmarks
        In it.
    grid : TextureGrid
        On which relief and shade are computed; its metres are those of the canonical face.
    rough : (rows, columns) array
        Pores and fine relief on the grid [m].
    grooves : tuple of Groove
        The wrinkles: the truth. Points in metres of the grid, from its first pixel.
    pitch : float
        Of the scene [m a pixel].
    """

    scene: NDArray[np.float32]
    landmarks: FaceLandmarks
    grid: TextureGrid
    rough: Array
    grooves: tuple[Groove, ...]
    pitch: float

    @classmethod
    def of(
        cls,
        photo: Photo,
        rng: np.random.Generator,
        *,
        resolution: float = 8e3,
        deep: float = 1.0,
        engine: FaceEngine | None = None,
    ) -> Portrait:
        """Take a photograph with one face, enlarge it, and give it wrinkles and pores of its own.

        Parameters
        ----------
        photo : Photo
            Of any size; enlarged, its own skin is smooth.
        rng : numpy Generator
        resolution : float
            Pixels to a metre of the canonical face.
        deep : float
            Factor on the depths of ``data/skin_render.toml``.
        engine : FaceEngine, optional

        Raises
        ------
        FaceError
            There is not one face.
        """
        import cv2

        found = (engine or FaceEngine()).landmarks(photo)
        low, high = found.points[:, :2].min(axis=0), found.points[:, :2].max(axis=0)
        space = _SPACE * float((high - low).max())
        x0, y0 = np.maximum(np.floor(low - space), 0).astype(int)
        x1, y1 = np.minimum(np.ceil(high + space) + 1, [photo.columns, photo.rows]).astype(int)
        light: Any = photo.light(slice(y0, y1), slice(x0, x1))
        mesh = canonical_mesh()
        spans = [float(np.linalg.norm(np.ptp(p, axis=0))) for p in (found.points[:MESH], mesh.vertices)]
        times = resolution * spans[1] / spans[0]
        size = (round(light.shape[1] * times), round(light.shape[0] * times))
        scene = np.clip(cv2.resize(light, size, interpolation=cv2.INTER_CUBIC), 1e-4, None)
        factor = np.array([size[0] / light.shape[1], size[1] / light.shape[0], times])
        points = (found.points - [x0 - 0.5, y0 - 0.5, 0.0]) * factor - [0.5, 0.5, 0.0]
        grid = TextureGrid(1.0 / resolution)
        return cls(
            np.asarray(scene, dtype=np.float32),
            replace(found, points=points),
            grid,
            roughness(rng, grid.shape, grid.pitch),
            _wrinkles(rng, grid, deep),
            1.0 / resolution,
        )

    def faded(self, fade: float) -> Portrait:
        """The same face with all wrinkles shallower by a share; below 0 they are deeper."""
        grooves = tuple(replace(groove, depth=groove.depth * (1 - fade)) for groove in self.grooves)
        return replace(self, grooves=grooves)

    def lit(self, light: Light) -> NDArray[np.float32]:
        """Linear light (rows, columns, 3) of the carved face.

        Parameters
        ----------
        light : Light
            Elevation above the plane of the picture, azimuth in it. Shadows that the relief casts are left
            out; at the edge of the face the shade runs out smoothly.
        """
        height = self.rough + carved(self.grid.shape, self.grid.pitch, self.grooves)
        normal, along_x, along_y = self._frame
        slopes: Any = np.gradient(height.astype(np.float32), self.grid.pitch)
        slope_y, slope_x = slopes
        tilted = normal - slope_x[..., None] * along_x - slope_y[..., None] * along_y
        tilted /= np.linalg.norm(tilted, axis=-1, keepdims=True)
        taken = _falls(normal, REFERENCE, np.ones(height.shape))  # smooth, in the photograph that is used
        ratio = _falls(tilted, light, sky(height, self.grid.pitch)) / np.maximum(taken, 0.05)
        return np.asarray(self.scene * self._on_scene(ratio)[..., None], dtype=np.float32)

    def photograph(
        self,
        rng: np.random.Generator,
        light: Light = REFERENCE,
        camera: Camera | None = None,
        *,
        turn: tuple[float, float, float] = (0.0, 0.0, 0.0),
        shift: Array | None = None,
    ) -> NDArray[np.uint8]:
        """A JPEG file (bytes as uint8 array) of the face.

        Parameters
        ----------
        rng : numpy Generator
            Of the camera's noise.
        light : Light
        camera : Camera, optional
        turn : (yaw, pitch, roll)
            Of the head from where it stands [rad].
        shift : (468, 2) array, optional
            Of the skin at every vertex of the mesh, in the plane of the picture: x to the right, y up [m].
        """
        scene: Any = self.lit(light)
        target = self._turned(turn)
        if shift is not None:
            target = target + np.asarray(shift) * [1.0, -1.0] / self.pitch
        start = self.landmarks.points[:MESH, :2]
        if not np.array_equal(start, target):
            scene = warped(scene, start, target)
        return (camera or Camera()).photograph(rng, scene, self.pitch)

    def vertex_shift(self, centre: int, up: float, reach: float = 14e-3) -> Array:
        """(468, 2) upward shift of the skin [m]: `up` at a vertex, falling like a bell with `reach`."""
        points = self.landmarks.upright[:MESH] * self.pitch
        distance = np.linalg.norm(points - points[centre], axis=1)
        return np.column_stack([np.zeros(MESH), up * np.exp(-0.5 * (distance / reach) ** 2)])

    def _turned(self, turn: tuple[float, float, float]) -> Array:
        """(468, 2) landmarks after the head has turned about its middle [px]."""
        yaw, pitch, roll = turn
        points = self.landmarks.upright[:MESH]
        middle = points.mean(axis=0)
        c, s = np.cos, np.sin
        about_y = np.array([[c(yaw), 0, s(yaw)], [0, 1, 0], [-s(yaw), 0, c(yaw)]])
        about_x = np.array([[1, 0, 0], [0, c(pitch), s(pitch)], [0, -s(pitch), c(pitch)]])
        about_z = np.array([[c(roll), -s(roll), 0], [s(roll), c(roll), 0], [0, 0, 1]])
        moved = (points - middle) @ (about_z @ about_x @ about_y).T + middle
        return np.asarray(moved[:, :2] * [1.0, -1.0])

    @cached_property
    def _frame(self) -> tuple[Array, Array, Array]:
        """Normal and two tangents of the face on the grid, each (rows, columns, 3).

        x to the right, y down, z to the camera. Smoothed over a few millimetres: computed on a coarse grid.
        """
        import cv2

        flip = np.array([1.0, -1.0, 1.0])
        points, coarse = self.landmarks.upright[:MESH], TextureGrid(_COARSE)
        normals = vertex_normals(points, canonical_mesh().triangles) * flip
        inside = coarse.triangles() >= 0
        sigma = _SMOOTH / coarse.pitch
        normal = _smooth(coarse.interpolated(normals), inside, sigma)
        normal[~inside] = [0.0, 0.0, 1.0]
        place = _smooth(coarse.interpolated(points * flip), inside, sigma)
        fields: list[Any] = [normal, np.gradient(place, axis=1), np.gradient(place, axis=0)]
        column, row = np.meshgrid(*(np.arange(count, dtype=np.float32) for count in self.grid.shape[::-1]))
        step = np.float32(self.grid.pitch / coarse.pitch)
        fields = [
            cv2.remap(f.astype(np.float32), column * step, row * step, cv2.INTER_LINEAR) for f in fields
        ]
        normal = fields[0] / np.maximum(np.linalg.norm(fields[0], axis=-1, keepdims=True), 1e-9)
        tangents = []
        for along in fields[1:]:
            flat = along - (along * normal).sum(axis=-1, keepdims=True) * normal
            tangents.append(flat / np.maximum(np.linalg.norm(flat, axis=-1, keepdims=True), 1e-9))
        return normal, tangents[0], tangents[1]

    def _on_scene(self, ratio: Array) -> NDArray[np.float32]:
        """A factor on the grid carried to the scene; outside the face it runs out to its mean."""
        import cv2

        x, y, inside = self._grid_places()
        carried: Any = cv2.remap(
            ratio.astype(np.float32), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        sigma = _BEYOND / self.pitch
        small = max(1, int(sigma / 8))
        size = (inside.shape[1] // small + 1, inside.shape[0] // small + 1)
        weight = cv2.resize(inside.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        value = cv2.resize(carried * inside, size, interpolation=cv2.INTER_AREA)
        spread = [cv2.GaussianBlur(part, (0, 0), sigma / small) for part in (value, weight)]
        around = (spread[0] + 1e-3) / (spread[1] + 1e-3)
        outside = cv2.resize(np.asarray(around, dtype=np.float32), inside.shape[::-1])
        edge = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 4.0)
        blend = np.where(inside, np.clip(2 * edge - 1, 0, 1), 0.0)
        return np.asarray(blend * carried + (1 - blend) * outside, dtype=np.float32)

    def _grid_places(self) -> tuple[Any, Any, NDArray[np.bool_]]:
        """Column and row on the grid of every pixel of the scene, and whether it is of the face."""
        import cv2

        points, corners = self.landmarks.points[:MESH, :2], canonical_mesh().triangles
        held: Any = np.full(self.scene.shape[:2], -1, np.int32)
        a, b = points[corners[:, 1]] - points[corners[:, 0]], points[corners[:, 2]] - points[corners[:, 0]]
        facing = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0] < 0  # anticlockwise, with y down
        for number in np.flatnonzero(facing):
            cv2.fillConvexPoly(held, np.rint(points[corners[number]]).astype(np.int32), int(number))
        inside = held >= 0
        drawn = np.concatenate([points[corners[facing]], np.ones((int(facing.sum()), 3, 1))], axis=2)
        maps = np.zeros((len(corners) + 1, 3, 2))
        maps[np.flatnonzero(facing)] = np.linalg.solve(drawn, self.grid.vertices[corners[facing]])
        column, row = np.meshgrid(np.arange(held.shape[1]), np.arange(held.shape[0]))
        x, y = (
            (maps[held, 0, k] * column + maps[held, 1, k] * row + maps[held, 2, k]).astype(np.float32)
            for k in range(2)
        )
        return x, y, inside


def _falls(normal: Array, light: Light, around: Array) -> Array:
    """Light (rows, columns) that falls on surfaces of these normals, 1 on what faces the camera."""
    facing = np.clip(normal @ light.direction.astype(normal.dtype), 0.0, None) / np.sin(light.elevation)
    return np.asarray((1 - light.ambient) * facing + light.ambient * around)


def _smooth(values: Array, inside: Array, sigma: float) -> Array:
    """Mean of values (rows, columns, n) within the face, by a bell of `sigma` pixels."""
    import cv2

    weight: Any = cv2.GaussianBlur(inside.astype(np.float64), (0, 0), sigma)
    total: Any = cv2.GaussianBlur(np.where(inside[..., None], values, 0.0), (0, 0), sigma)
    return np.asarray(total / np.maximum(weight, 1e-6)[..., None])


def _wrinkles(rng: np.random.Generator, grid: TextureGrid, deep: float) -> tuple[Groove, ...]:
    """Random wrinkles in the regions of a face, as ``data/skin_render.toml`` lays them out."""
    layout: Mapping[str, Any] = load_data("skin_render.toml")["face"]["region"]
    grooves = []
    for name, mask in face_regions(grid).items():
        if name not in layout:
            continue
        part = layout[name]
        rows, columns = np.nonzero(mask)
        low = np.array([columns.min(), rows.min()]) * grid.pitch
        size = np.array([np.ptp(columns), np.ptp(rows)]) * grid.pitch
        for line in part["lines"]:
            start, end = (
                low + np.array(line[key]) * size + rng.normal(0.0, 0.7e-3, 2) for key in ("start", "end")
            )
            run = end - start
            length = float(np.hypot(*run)) * rng.uniform(0.85, 1.0)
            points = curve(rng, tuple(start), float(np.arctan2(run[1], run[0])), length)
            depth, sigma = rng.uniform(*part["depth_m"]), rng.uniform(*part["sigma_m"])
            grooves.append(Groove(points, deep * depth, sigma))
    return tuple(grooves)
