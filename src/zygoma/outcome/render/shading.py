"""How much light falls on skin: source with shadows, occluded ambient light, gloss."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.light import Light
from zygoma.provenance import load_data

Array = NDArray[np.float64]


def normals(height: Array, pitch: float) -> Array:
    """Unit normals (rows, columns, 3) of a relief [m]: x to the right, y down, z out of the skin."""
    slope_y, slope_x = np.gradient(height, pitch)
    length = np.sqrt(1 + slope_x**2 + slope_y**2)
    return np.stack([-slope_x / length, -slope_y / length, 1 / length], axis=-1)


def horizon(height: Array, pitch: float, azimuth: float) -> Array:
    """Angle (rows, columns) to which the relief rises above the plane, seen towards an azimuth [rad]."""
    import cv2

    source: Any = height.astype(np.float32)
    rise = np.zeros_like(source)
    for distance in load_data("skin_render.toml")["horizon"]["distances_m"]["value"]:
        step = distance / pitch
        if step < 0.5:
            continue
        move: Any = np.array(
            [[1, 0, step * math.cos(azimuth)], [0, 1, -step * math.sin(azimuth)]], dtype=np.float64
        )
        there = cv2.warpAffine(
            source,
            move,
            source.shape[::-1],
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        np.maximum(rise, (there - source) / distance, out=rise)
    return np.asarray(np.arctan(rise), dtype=np.float64)


def sky(height: Array, pitch: float) -> Array:
    """Light (rows, columns) from an even sky, 1 on flat skin: tilted and occluded by the relief.

    In each azimuth the radiance above the horizon h counts with the cosine to the normal n:
    ``n_z cos^2(h) / 2 + n_t (pi/2 - h - sin h cos h) / 2``, n_t the component of n towards the azimuth.
    """
    normal = normals(height, pitch)
    count = int(load_data("skin_render.toml")["horizon"]["azimuths"]["value"])
    total = np.zeros(height.shape)
    for azimuth in np.arange(count) * 2 * np.pi / count:
        h = horizon(height, pitch, azimuth)
        towards = normal[..., 0] * math.cos(azimuth) - normal[..., 1] * math.sin(azimuth)
        total += normal[..., 2] * np.cos(h) ** 2 + towards * (np.pi / 2 - h - np.sin(h) * np.cos(h))
    return np.asarray(np.clip(total / count, 0.0, None))


def irradiance(height: Array, pitch: float, light: Light, sky_light: Array | None = None) -> Array:
    """Light (rows, columns) that falls on a relief, 1 on flat skin.

    The soft source is Lambertian; a point is lit by that part of it which stands above the horizon.

    Parameters
    ----------
    height : (rows, columns) array
        [m]
    pitch : float
        [m] a pixel.
    light : Light
    sky_light : (rows, columns) array, optional
        `sky` of the same relief, if it is at hand.
    """
    from scipy.special import ndtr

    facing = np.clip(normals(height, pitch) @ light.direction, 0.0, None) / math.sin(light.elevation)
    above = light.elevation - horizon(height, pitch, light.azimuth)
    seen = ndtr(above / max(light.softness, 1e-3)) / ndtr(light.elevation / max(light.softness, 1e-3))
    around = sky(height, pitch) if sky_light is None else sky_light
    return np.asarray((1 - light.ambient) * facing * seen + light.ambient * around)


def gloss(height: Array, pitch: float, light: Light) -> Array:
    """Light (rows, columns) mirrored towards the camera, in units of a white diffuser on flat skin.

    A Beckmann lobe at its Fresnel reflectance for normal incidence, widened by the softness of the source.
    """
    view = np.array([0.0, 0.0, 1.0])
    return mirrored(normals(height, pitch), light.direction, view, light.softness, light.ambient)


def mirrored(normal: Array, direction: Array, view: Array, softness: float, ambient: float | Array) -> Array:
    """Gloss (rows, columns) as `gloss`, for a light and a camera that may differ from place to place.

    Parameters
    ----------
    normal : (rows, columns, 3) array
        Unit normals.
    direction, view : (3,) or (rows, columns, 3) array
        Unit vectors towards the light and the camera.
    softness : float
        Of the light [rad].
    ambient : float or (rows, columns) array
        Share of the even light.
    """
    data = load_data("skin_render.toml")["gloss"]
    half = direction + view
    half = half / np.linalg.norm(half, axis=-1, keepdims=True)
    cosine = np.clip((normal * half).sum(axis=-1), 1e-3, 1.0)
    rough = data["roughness"]["value"] ** 2 + (0.5 * softness) ** 2
    lobe = np.exp((1 - cosine**-2) / rough) / (np.pi * rough * cosine**4)
    # no lower than a lamp that still counts, for fields of light that go behind the skin
    up = np.maximum(direction[..., 2], 0.05)
    strength = (1 - ambient) * np.pi * data["fresnel"]["value"] / (4 * up)
    return np.asarray(strength * lobe / np.maximum((normal * view).sum(axis=-1), 0.2))
