"""Darkening across wrinkles, straightened and averaged over short tiles along them, and beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.outcome.darkening import darkening
from zygoma.outcome.registration import Registration
from zygoma.outcome.sampling import sampled
from zygoma.outcome.texture import Texture
from zygoma.outcome.wrinkle import Wrinkle
from zygoma.provenance import load_data

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Tiles:
    """Short pieces of wrinkles and the same pieces moved aside to skin without wrinkles.

    Attributes
    ----------
    wrinkles : tuple of Wrinkle
    owner : (t,) int array
        Wrinkle of each tile.
    length : (t,) array
        [m]
    middle : (t, 2) array
        (x, y) [m].
    normal : (t, 2) array
        Mean unit normal.
    offsets : (k,) array
        Distances from the line along the normal [m].
    points : tuple of (m, 2) arrays
        Stations of each tile [m].
    normals : tuple of (m, 2) arrays
    beside : (t, b) array
        Offsets of the bands beside the line [m]; NaN where a wrinkle is too near.
    """

    wrinkles: tuple[Wrinkle, ...]
    owner: NDArray[np.int64]
    length: Array
    middle: Array
    normal: Array
    offsets: Array
    points: tuple[Array, ...]
    normals: tuple[Array, ...]
    beside: Array

    @classmethod
    def of(cls, wrinkles: Sequence[Wrinkle]) -> Tiles:
        """Cut wrinkles into tiles; length, window and bands stand in ``data/wrinkle_index.toml``.

        Raises
        ------
        InputError
            There is no wrinkle.
        """
        from scipy.spatial import cKDTree

        if not wrinkles:
            raise InputError("no wrinkle is given: draw one, or let them be detected")
        choice = {key: entry["value"] for key, entry in load_data("wrinkle_index.toml")["profile"].items()}
        step, half = choice["step_m"], choice["half_width_m"]
        offsets = np.linspace(-half, half, 2 * round(half / step) + 1)
        owner, length, points, normals = [], [], [], []
        for number, wrinkle in enumerate(wrinkles):
            stations, across = wrinkle.stations(2 * step)
            across = _smoothed(across, choice["smooth_m"] / (2 * step))
            parts = max(1, round(wrinkle.length / choice["tile_m"]))
            for own in np.array_split(np.arange(len(stations)), parts):
                owner.append(number)
                length.append(wrinkle.length / parts)
                points.append(stations[own])
                normals.append(across[own])
        tree = cKDTree(np.vstack(points))
        bands = np.array([sign * band for band in choice["beside_m"] for sign in (1, -1)])
        beside = np.full((len(points), len(bands)), np.nan)
        for tile, (stations, across) in enumerate(zip(points, normals, strict=True)):
            for k, band in enumerate(bands):
                near, _ = tree.query(stations + band * across)
                if near.min() > choice["clear_m"]:
                    beside[tile, k] = band
        middle = np.array([stations.mean(axis=0) for stations in points])
        normal = np.array([across.mean(axis=0) for across in normals])
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        return cls(
            tuple(wrinkles),
            np.array(owner),
            np.array(length),
            middle,
            normal,
            offsets,
            tuple(points),
            tuple(normals),
            beside,
        )


@dataclass(frozen=True, eq=False)
class Profiles:
    """Darkening of one photograph across the tiles.

    Attributes
    ----------
    tiles : Tiles
    on : (t, k) array
        Across the wrinkle, mean along the tile, less its straight line of least squares; NaN where less than
        the share of ``data/wrinkle_index.toml`` was seen.
    beside : (t, b, k) array
        The same beside it; NaN where there is no such band.
    """

    tiles: Tiles
    on: Array
    beside: Array

    @classmethod
    def of(cls, tiles: Tiles, texture: Texture, registration: Registration | None = None) -> Profiles:
        """Measure a texture; a registration leads from the texture of the wrinkles to this one."""
        share = load_data("wrinkle_index.toml")["profile"]["seen"]["value"]
        shifts = np.concatenate([np.zeros((len(tiles.length), 1)), tiles.beside], axis=1)
        places, starts = [], [0]
        for tile, (points, normals) in enumerate(zip(tiles.points, tiles.normals, strict=True)):
            for shift in shifts[tile]:
                if np.isfinite(shift):
                    across = (shift + tiles.offsets)[None, :, None] * normals[:, None, :]
                    places.append((points[:, None, :] + across).reshape(-1, 2))
                    starts.append(starts[-1] + len(places[-1]))
        place = np.vstack(places)
        trusted = np.ones(len(place), dtype=bool)
        if registration is not None:
            trusted = sampled(registration.trusted, place / registration.pitch, outside=0.0) > 0.99
            place = registration.points(place)
        values = sampled(darkening(texture), place / texture.pitch, cubic=True, outside=0.0)
        weight = sampled(texture.skin, place / texture.pitch, outside=0.0) > 0.99
        weight &= trusted
        found = np.full((*shifts.shape, len(tiles.offsets)), np.nan)
        slots = np.argwhere(np.isfinite(shifts))
        for (tile, band), first, last in zip(slots, starts[:-1], starts[1:], strict=True):
            strip = values[first:last].reshape(-1, len(tiles.offsets))
            own = weight[first:last].reshape(strip.shape)
            if own.mean() >= share and own.any(axis=0).all():
                found[tile, band] = (strip * own).sum(axis=0) / own.sum(axis=0)
        line = np.column_stack([np.ones(len(tiles.offsets)), tiles.offsets])
        found -= found @ np.linalg.pinv(line).T @ line.T
        return cls(tiles, found[:, 0], found[:, 1:])


def _smoothed(normals: Array, sigma: float) -> Array:
    """Unit normals smoothed along the line: a traced line is a little ragged."""
    from scipy.ndimage import gaussian_filter1d

    smooth = gaussian_filter1d(normals, sigma, axis=0, mode="nearest")
    return np.asarray(smooth / np.linalg.norm(smooth, axis=1, keepdims=True))
