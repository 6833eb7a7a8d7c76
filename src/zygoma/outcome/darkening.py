"""Fractional darkening of skin against its surroundings, free of exposure."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.outcome.texture import Texture
from zygoma.provenance import load_data

Array = NDArray[Any]


def darkening(texture: Texture) -> Array:
    """``D = log(background) - log(light)`` (rows, columns) as float32: 0.1 is about 10 % darker; 0 off skin.

    The background is the mean of the log light over the skin around each pixel, with a Gaussian window
    whose standard deviation stands in ``data/wrinkle_index.toml`` (4 mm). A factor on the light falls out.

    Raises
    ------
    InputError
        The texture shows no skin.
    """
    if not texture.skin.any():
        raise InputError("the texture shows no skin: nothing can be measured on it")
    width = load_data("wrinkle_index.toml")["background"]["sigma_m"]["value"]
    log = np.log(np.where(texture.skin, texture.light, 1.0)).astype(np.float32)
    level = np.float32(log[texture.skin].mean())  # near 0, so that float32 keeps its digits
    log = np.where(texture.skin, log - level, np.float32(0.0))
    return np.where(
        texture.skin, masked_mean(log, texture.skin, width / texture.pitch) - log, np.float32(0.0)
    )


def masked_mean(values: Array, mask: Array, sigma: float) -> Array:
    """Gaussian mean (rows, columns) of values over a mask, of standard deviation `sigma` [pixels].

    A wide window is taken from a coarser grid.
    """
    import cv2

    shape = values.shape
    coarse = max(1, int(sigma / 6))
    small = (math.ceil(shape[1] / coarse), math.ceil(shape[0] / coarse))
    size = (small[0] * coarse, small[1] * coarse)
    means = []
    for picture in (values * mask, mask):
        padded: Any = np.zeros(size[::-1], dtype=np.float32)
        padded[: shape[0], : shape[1]] = picture
        padded = cv2.resize(padded, small, interpolation=cv2.INTER_AREA)
        padded = cv2.GaussianBlur(padded, (0, 0), sigma / coarse, borderType=cv2.BORDER_CONSTANT)
        means.append(cv2.resize(padded, size, interpolation=cv2.INTER_LINEAR)[: shape[0], : shape[1]])
    return np.asarray(means[0] / np.maximum(means[1], 1e-6))
