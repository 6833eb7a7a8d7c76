"""A rendered photograph and the truth behind it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.light import Light
from zygoma.outcome.render.camera import developed
from zygoma.outcome.render.relief import Groove
from zygoma.outcome.texture import Texture
from zygoma.provenance import atomic_path, load_data

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Photograph:
    """A JPEG file of rendered skin with its truth.

    Attributes
    ----------
    file : uint8 array
        The bytes of the JPEG file.
    pitch : float
        [m] of skin a pixel.
    light : Light
    height : (rows, columns) array
        Relief of the skin [m], before it was placed before the camera.
    grooves : tuple of Groove
    regions : mapping of str to (rows, columns) bool array
    placement : (2, 3) array
        Affine from the skin to the picture, in pixels (x, y).
    """

    file: NDArray[np.uint8]
    pitch: float
    light: Light
    height: Array
    grooves: tuple[Groove, ...]
    regions: Mapping[str, Array]
    placement: Array

    def texture(self) -> Texture:
        """The photograph as skin laid flat: its luminance in linear light, all of it skin."""
        weights = np.array(load_data("skin_render.toml")["channel"]["luminance"]["value"], dtype=np.float32)
        light = np.clip(developed(self.file) @ weights, 1e-4, None).astype(np.float32)
        return Texture(light, np.ones(light.shape, dtype=bool), self.pitch, self.regions)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture (.jpg) and, beside it, its truth (.npz); the latter's path is returned.

        The truth holds ``depth_um`` (rows, columns; above 0 in a wrinkle), ``pitch_m``, for each wrinkle k
        ``wrinkle_k`` (points (x, y) [m]), ``wrinkle_depth_um`` and ``wrinkle_sigma_um``, the light
        (``elevation_rad``, ``azimuth_rad``, ``softness_rad``, ``ambient``), ``placement`` (affine in pixels
        from the depth map to the picture) and a mask ``region_NAME`` for each region.
        """
        picture = Path(path).with_suffix(".jpg")
        truth = picture.with_suffix(".npz")
        light = asdict(self.light)
        arrays = {
            "depth_um": (-1e6 * self.height).astype(np.float32),
            "pitch_m": np.array(self.pitch),
            "placement": self.placement,
            "wrinkle_depth_um": np.array([1e6 * groove.depth for groove in self.grooves]),
            "wrinkle_sigma_um": np.array([1e6 * groove.sigma for groove in self.grooves]),
            "ambient": np.array(light.pop("ambient")),
        }
        arrays |= {f"{name}_rad": np.array(value) for name, value in light.items()}
        arrays |= {f"wrinkle_{k}": groove.points for k, groove in enumerate(self.grooves)}
        arrays |= {f"region_{name}": mask for name, mask in self.regions.items()}
        with atomic_path(picture) as temporary:
            temporary.write_bytes(self.file.tobytes())
        with atomic_path(truth) as temporary:
            np.savez_compressed(temporary, allow_pickle=False, **arrays)
        return truth
