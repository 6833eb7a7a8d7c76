"""From where the light comes, told by how the brightness of a face changes with the way its skin looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from zygoma.errors import InputError
from zygoma.outcome.canonical_mesh import canonical_mesh
from zygoma.outcome.pose import Pose
from zygoma.outcome.skin_contrast import FILE
from zygoma.outcome.texture import Texture
from zygoma.outcome.texture_grid import TextureGrid
from zygoma.provenance import load_data

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Shading:
    """Slow brightness of a face and the way its skin looks, on a coarse raster.

    Parameters
    ----------
    log_light : (rows, columns) array
        Logarithm of light, averaged over skin; NaN where there is too little skin.
    normals : (rows, columns, 3) array
        Outward unit normals in the axes of the head: x to its left, y up, z forward.
    rotation : (3, 3) array
        From the axes of the head to those of the picture: x to the right, y up, z toward the camera.
    """

    log_light: Array
    normals: Array
    rotation: Array

    @property
    def seen_normals(self) -> Array:
        """(rows, columns, 3) normals in the axes of the picture."""
        return np.asarray(self.normals @ self.rotation.T)

    def ahead(self) -> Shading:
        """The same as if the head looked straight ahead: lights are then told in the axes of the head."""
        return replace(self, rotation=np.eye(3))


@dataclass(frozen=True, eq=False)
class FaceLight:
    """Light on a face, even and directed: skin of normal n gets ``1 + vector @ n``, or nothing below 0.

    Parameters
    ----------
    vector : (3,) array
        Toward the source, in the picture's axes; its length is the directed light over the even one.
    """

    vector: Array

    @property
    def elevation(self) -> float:
        """Height of the source over the line to the camera [deg]; 90 is from straight above."""
        return float(np.degrees(np.arctan2(self.vector[1], np.hypot(self.vector[0], self.vector[2]))))

    @property
    def azimuth(self) -> float:
        """How far the source stands to the right of the camera, as seen by it [deg]."""
        return float(np.degrees(np.arctan2(self.vector[0], self.vector[2])))

    @property
    def strength(self) -> float:
        """Directed light over the even light."""
        return float(np.linalg.norm(self.vector))

    @property
    def contrast(self) -> float:
        """Logarithm of the light on skin that faces the source over that on skin turned 60 degrees from it.

        Skin turned further is hardly seen, so that more would not be known of a light that is all directed.
        """
        return float(np.log1p(self.strength) - np.log1p(self.strength / 2.0))

    def turned_from(self, other: FaceLight) -> float:
        """How far a light has turned against another [deg].

        The angle between them; less where the directed light is weaker than the even one, because the
        direction then says little.
        """
        both = self.vector, other.vector
        weaker = min(self.strength, other.strength)
        ways = [weaker * vector / max(float(np.linalg.norm(vector)), 1e-12) for vector in both]
        apart, along = (float(np.linalg.norm(part)) for part in (ways[0] - ways[1], ways[0] + ways[1]))
        return float(np.degrees(2.0 * np.arctan2(apart, max(along, 2.0))))

    def log_on(self, normals: Array) -> Array:
        """Logarithm of the light on skin of normals (n, 3)."""
        return np.asarray(np.log(_soft_positive(1.0 + normals @ self.vector)))


def shading(texture: Texture, pose: Pose, grid: TextureGrid) -> Shading:
    """Slow brightness and normals of a face laid flat.

    Parameters
    ----------
    texture : Texture
        On the grid.
    pose : Pose
    grid : TextureGrid
    """
    import cv2

    coarse = TextureGrid(max(grid.pitch, load_data(FILE)["light"]["pitch"]))
    size = (coarse.shape[1], coarse.shape[0])
    log = np.zeros(texture.light.shape, np.float32)
    log[texture.skin] = np.log(texture.light[texture.skin])
    weight = texture.skin.astype(np.float32)
    total = cv2.resize(log, size, interpolation=cv2.INTER_AREA)
    share = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
    mean = np.where(share > 0.5, total / np.maximum(share, 1e-6), np.nan)
    normals = coarse.interpolated(canonical_mesh().normals)
    length = np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-9)
    return Shading(mean.astype(float), normals / length, pose.rotation)


def mean_shading(photos: Sequence[Shading]) -> Shading:
    """Mean of repeats on one grid, each first freed of its exposure."""
    logs = []
    for photo in photos:
        seen = photo.log_light[np.isfinite(photo.log_light)]
        logs.append(photo.log_light - (np.median(seen) if seen.size else 0.0))
    u, _, vt = np.linalg.svd(np.mean([photo.rotation for photo in photos], axis=0))
    return Shading(np.mean(logs, axis=0), photos[0].normals, u @ vt)


def face_light(found: Shading) -> FaceLight:
    """Light from one photograph, as if the skin were of one colour.

    Skin is not: cheeks are darker than foreheads, so that the elevation may be off by many degrees, in all
    photographs of a person alike. Compare photographs with `light_change`.

    Raises
    ------
    InputError
        Too little skin is seen.
    """
    inside = _inside(np.isfinite(found.log_light))
    normals, log = found.seen_normals[inside], found.log_light[inside]

    def residual(parameters: Array) -> Array:
        return np.asarray(FaceLight(parameters[:3]).log_on(normals) + parameters[3] - log)

    start = np.array([0.0, 0.3, 1.0, np.median(log)])
    return FaceLight(_fitted(residual, start)[:3])


def light_change(
    before: Shading, after: Shading, light: FaceLight | None = None
) -> tuple[FaceLight, FaceLight]:
    """Lights of two photographs of one person, whose difference does not depend on the colour of the skin.

    The ratio of the two pictures has no colour of skin in it: it is fitted by the ratio of two lights, of
    which the first is that of `face_light`.

    Parameters
    ----------
    before, after : Shading
    light : FaceLight, optional
        Of the first, if it is known.

    Returns
    -------
    FaceLight, FaceLight

    Raises
    ------
    InputError
        Too little skin is seen in both.
    """
    first = light or face_light(before)
    inside = _inside(np.isfinite(before.log_light) & np.isfinite(after.log_light))
    ratio = after.log_light[inside] - before.log_light[inside]
    known = first.log_on(before.seen_normals[inside])
    normals = after.seen_normals[inside]

    def residual(parameters: Array) -> Array:
        return np.asarray(FaceLight(parameters[:3]).log_on(normals) - known + parameters[3] - ratio)

    start = np.append(first.vector, np.median(ratio))
    return first, FaceLight(_fitted(residual, start)[:3])


def _inside(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    least = load_data(FILE)["light"]["least_pixels"]
    if (seen := int(mask.sum())) < least:
        pitch = load_data(FILE)["light"]["pitch"]
        raise InputError(
            f"{seen * pitch**2 * 1e4:.0f} cm2 of skin are seen in both photographs, expected at least "
            f"{least * pitch**2 * 1e4:.0f} cm2; take them from the front, with hair and spectacles away"
        )
    return mask


def _fitted(residual: object, start: Array) -> Array:
    """Robust least squares: cast shadows and highlights count less."""
    scale = load_data(FILE)["light"]["outlier"]
    spread = 1.0
    found = start
    for _ in range(load_data(FILE)["light"]["rounds"]):
        # where all light is directed its strength hardly matters: no need to follow that valley to its end
        fit = least_squares(residual, found, loss="soft_l1", f_scale=scale * spread, ftol=1e-6)
        moved = float(np.abs(fit.x - found).max())
        found = fit.x
        values = np.asarray(residual(found))  # type: ignore[operator]
        spread = max(1.4826 * float(np.median(np.abs(values - np.median(values)))), 1e-4)
        if moved < 1e-5:
            break
    return np.asarray(found)


def _soft_positive(values: Array) -> Array:
    """Values above 0 as they are, those below bent to a small light: no skin is quite black."""
    soft = 0.1
    return np.asarray(0.5 * (values + np.sqrt(values**2 + soft**2)))
