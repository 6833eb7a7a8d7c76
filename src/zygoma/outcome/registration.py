"""Where each point of the skin lies in another texture: dense flow with its own check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.outcome.darkening import darkening, masked_mean
from zygoma.outcome.sampling import sampled
from zygoma.outcome.texture import Texture
from zygoma.provenance import load_data

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Registration:
    """The way from a texture to another one of the same skin.

    Attributes
    ----------
    flow : (rows, columns, 2) float32 array
        What to add to a point (x, y) of the first texture to come to the same skin in the second [m].
    pitch : float
        Of the first texture [m].
    trusted : (rows, columns) bool array
        Where the way there and back comes home.
    residual : float
        Median distance [m] by which it misses, over the skin.
    """

    flow: Array
    pitch: float
    trusted: Array
    residual: float

    def points(self, points: Array) -> Array:
        """Points (n, 2) of the first texture [m] carried to the second."""
        return np.asarray(points + sampled(self.flow, np.asarray(points) / self.pitch))


def registered(first: Texture, second: Texture) -> Registration:
    """Find the flow from a texture to another of the same skin.

    Dense inverse search on the darkening, which knows neither exposure nor slow shade, smoothed over a few
    millimetres: skin does not fold between two visits, and a wrinkle that fades must not pull the flow.

    Raises
    ------
    InputError
        The textures differ in rows, columns or pitch, or do not show the same skin: there and back misses
        by more than the limit in ``data/wrinkle_index.toml``.
    """
    import cv2

    if first.light.shape != second.light.shape or abs(first.pitch / second.pitch - 1) > 1e-6:
        raise InputError(
            f"textures of {first.light.shape} pixels of {1e3 * first.pitch:g} mm and {second.light.shape} of"
            f" {1e3 * second.pitch:g} mm cannot be laid upon each other: lay both flat in the same way"
        )
    limits = {key: entry["value"] for key, entry in load_data("wrinkle_index.toml")["registration"].items()}
    pictures = [_picture(texture, limits["contrast"]) for texture in (first, second)]
    search: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    sigma = limits["smooth_m"] / first.pitch
    ways = []
    for (one, two), texture in ((pictures, first), (pictures[::-1], second)):
        raw = search.calc(one, two, None)
        ways.append(
            np.stack([masked_mean(raw[..., axis], texture.skin, sigma) for axis in (0, 1)], axis=-1).astype(
                np.float32
            )
        )
    there, back = ways
    rows, columns = first.light.shape
    grid = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).reshape(-1, 2)
    way_back = sampled(back, grid + there.reshape(-1, 2)).reshape(there.shape)
    skin = first.skin & second.skin
    if not skin.any():
        raise InputError("the two textures have no skin in common")
    miss = np.linalg.norm(there + way_back, axis=-1) * first.pitch
    missed = float(np.median(miss[skin]))
    if missed > limits["residual_m"]:
        raise InputError(
            f"the two textures do not show the same skin: there and back misses by {1e3 * missed:.2g} mm,"
            f" {1e3 * limits['residual_m']:g} mm are allowed; compare photographs of one person and one view"
        )
    trusted = miss < limits["residual_m"]
    return Registration(there * np.float32(first.pitch), first.pitch, trusted, missed)


def refined(first: Texture, second: Texture, way: Registration) -> Registration:
    """The way after a second search, over what the first one left.

    A search favours small shifts where the skin has little detail: of 1.5 mm the first one leaves 3 to 12 %
    away on enlarged portraits, the second 0 to 9 %.

    Raises
    ------
    InputError
        As `registered`.
    """
    rows, columns = first.light.shape
    grid = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).reshape(-1, 2)
    there = grid + way.flow.reshape(-1, 2) / first.pitch
    light = np.clip(sampled(second.light, there, cubic=True), 1e-6, None).reshape(first.light.shape)
    skin = sampled(second.skin.astype(np.float32), there, outside=0.0).reshape(first.light.shape) > 0.99
    rest = registered(first, replace(second, light=light.astype(np.float32), skin=skin))
    left = rest.flow.reshape(-1, 2)
    flow = left + sampled(way.flow, grid + left / first.pitch)
    return replace(rest, flow=flow.reshape(way.flow.shape).astype(np.float32))


def ways_from(textures: Sequence[Texture]) -> list[Registration | None]:
    """Registrations from the first texture to each; None for itself."""
    return [registered(textures[0], texture) if k else None for k, texture in enumerate(textures)]


def _picture(texture: Texture, contrast: float) -> NDArray[np.uint8]:
    """Darkening in 8 bits, plus and minus `contrast` to its ends."""
    dark = darkening(texture) / contrast
    return np.asarray(np.clip(127.5 * (1 - dark), 0, 255).astype(np.uint8))
