"""A piece of skin laid flat: what every measurement of wrinkles starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError

Array = NDArray[Any]


@dataclass(frozen=True)
class Texture:
    """A piece of skin laid flat.

    Attributes
    ----------
    light : (rows, columns) float32 array
        Linear light [arbitrary gain], above 0 where there is skin; no NaN.
    skin : (rows, columns) bool array
        Skin that was seen well enough.
    pitch : float
        [m] a pixel. Points of the texture are (x, y) in metres: x to the right, y down, from the centre of
        the first pixel.
    regions : mapping of str to (rows, columns) bool array

    Raises
    ------
    InputError
        Shapes differ, the pitch is not above 0, or the light is not finite, or not above 0 on skin.
    """

    light: Array
    skin: Array
    pitch: float
    regions: Mapping[str, Array]

    def __post_init__(self) -> None:
        if self.light.ndim != 2 or any(
            mask.shape != self.light.shape for mask in (self.skin, *self.regions.values())
        ):
            shapes = {name: mask.shape for name, mask in self.regions.items()}
            raise InputError(
                f"light {self.light.shape}, skin {self.skin.shape} and regions {shapes} of a texture must be"
                " arrays of the same rows and columns"
            )
        if not self.pitch > 0:
            raise InputError(f"pitch {self.pitch!r} of a texture must be above 0 m a pixel")
        if not np.isfinite(self.light).all() or (self.skin & (self.light <= 0)).any():
            raise InputError(
                "the light of a texture must be finite, and above 0 on skin: leave unseen pixels out of"
                " `skin` and fill them with 0"
            )
