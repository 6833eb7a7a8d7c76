"""The relief of skin: wrinkles as curved grooves, pores and fine roughness."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import RangeError
from zygoma.provenance import load_data

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Groove:
    """A wrinkle: ``z = -depth exp(-s^2 / 2 sigma^2)`` at the distance s from a curve.

    Attributes
    ----------
    points : (n, 2) array
        Curve (x, y) [m].
    depth : float
        [m]; it ends softly at both ends.
    sigma : float
        Half width [m].
    """

    points: Array
    depth: float
    sigma: float

    def __post_init__(self) -> None:
        if self.points.ndim != 2 or self.points.shape[1] != 2 or len(self.points) < 2:
            raise RangeError(
                f"points {self.points.shape} of a groove must be at least two rows of (x, y) [m]"
            )
        if self.depth < 0 or self.sigma <= 0:
            raise RangeError(
                f"depth {self.depth:g} m and sigma {self.sigma:g} m of a groove: the depth is not below 0,"
                " the sigma above it"
            )


def curve(rng: np.random.Generator, start: Sequence[float], heading: float, length: float) -> Array:
    """A gently winding curve (n, 2) [m].

    Parameters
    ----------
    rng : numpy Generator
    start : (x, y) [m]
    heading : float
        Mean direction [rad], from the x axis towards the y axis.
    length : float
        [m]
    """
    count = max(8, round(length / 0.5e-3))
    along = np.linspace(0.0, length, count)
    bend = np.zeros(count)
    for wave in (1.0, 2.0, 3.0):
        bend += rng.normal(0.0, 0.12 / wave) * np.sin(
            2 * np.pi * (wave * along / max(length, 30e-3) + rng.uniform())
        )
    bend += heading - bend.mean()
    steps = np.column_stack([np.cos(bend), np.sin(bend)]) * (along[1] - along[0])
    return np.asarray(np.asarray(start) + np.vstack([np.zeros(2), np.cumsum(steps[:-1], axis=0)]))


def carved(shape: tuple[int, int], pitch: float, grooves: Sequence[Groove]) -> Array:
    """Height (rows, columns) of flat skin with grooves [m], 0 on the surface and below 0 in a groove."""
    height = np.zeros(shape)
    for groove in grooves:
        _carve(height, pitch, groove)
    return height


def _carve(height: Array, pitch: float, groove: Groove) -> None:
    """Carve one groove into the height; its ends run out over the length of the data file."""
    from scipy.spatial import cKDTree

    taper = load_data("skin_render.toml")["groove"]["taper_m"]["value"]
    arc = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(groove.points, axis=0).T))])
    fine = np.linspace(0.0, arc[-1], max(2, math.ceil(arc[-1] / (0.25 * pitch))))
    points = np.column_stack([np.interp(fine, arc, groove.points[:, axis]) for axis in (0, 1)])
    reach = 4.5 * groove.sigma
    low = np.maximum(np.floor((points.min(axis=0) - reach) / pitch).astype(int), 0)
    high = np.minimum(np.ceil((points.max(axis=0) + reach) / pitch).astype(int) + 1, height.shape[::-1])
    if (high <= low).any():
        return
    x, y = np.meshgrid(np.arange(low[0], high[0]) * pitch, np.arange(low[1], high[1]) * pitch)
    near, index = cKDTree(points).query(np.column_stack([x.ravel(), y.ravel()]), distance_upper_bound=reach)
    hit = np.isfinite(near)
    place = fine[index[hit]]
    end = np.minimum(place, arc[-1] - place) / min(taper, 0.5 * arc[-1])
    soft = np.sin(0.5 * np.pi * np.clip(end, 0.0, 1.0)) ** 2
    part = np.zeros(x.size)
    part[hit] = groove.depth * soft * np.exp(-0.5 * (near[hit] / groove.sigma) ** 2)
    height[low[1] : high[1], low[0] : high[0]] -= part.reshape(x.shape)


def roughness(rng: np.random.Generator, shape: tuple[int, int], pitch: float) -> Array:
    """Height (rows, columns) of skin without wrinkles [m]: pores and the fine relief between them."""
    from scipy.ndimage import gaussian_filter

    data = load_data("skin_render.toml")
    pore, fine = data["pore"], data["fine_relief"]
    seeds = np.zeros(shape)
    count = rng.poisson(pore["density_per_m2"]["value"] * seeds.size * pitch**2)
    spots = rng.integers(0, seeds.size, count)
    np.add.at(seeds.ravel(), spots, rng.uniform(0.5, 1.5, count))
    sigma = pore["sigma_m"]["value"] / pitch
    height = -pore["depth_m"]["value"] * 2 * np.pi * sigma**2 * gaussian_filter(seeds, sigma, mode="wrap")
    grain = gaussian_filter(rng.standard_normal(shape), fine["sigma_m"]["value"] / pitch, mode="wrap")
    grain -= gaussian_filter(grain, 3 * fine["sigma_m"]["value"] / pitch, mode="wrap")
    return np.asarray(height + fine["rms_m"]["value"] * grain / grain.std())
