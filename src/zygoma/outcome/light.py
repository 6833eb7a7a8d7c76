"""The light in which skin is seen: one soft source and the ambient light around it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import RangeError


@dataclass(frozen=True)
class Light:
    """A soft source with ambient light, relative to a flat piece of skin.

    Attributes
    ----------
    elevation : float
        Of the source above the plane of the skin [rad]; pi/2 is along the normal, as from a ring flash.
    azimuth : float
        From where the source shines, in the plane of the picture [rad]: 0 from the right, pi/2 from above.
    softness : float
        Standard deviation of the directions of the source about its centre [rad].
    ambient : float
        Share of the light on flat skin that comes evenly from all around, 0 to 1.

    Raises
    ------
    RangeError
        The source is not above the skin, or the ambient share not within 0 to 1.
    """

    elevation: float
    azimuth: float = math.pi / 2
    softness: float = math.radians(10.0)
    ambient: float = 0.25

    def __post_init__(self) -> None:
        if not 0 < self.elevation <= math.pi / 2:
            raise RangeError(
                f"elevation {self.elevation:g} rad: a light stands above the skin, 0 < elevation <= pi/2"
            )
        if not 0 <= self.ambient <= 1 or self.softness < 0:
            raise RangeError(
                f"ambient share {self.ambient:g} and softness {self.softness:g} rad of a light: the share"
                " is within 0 to 1, the softness not below 0"
            )

    @classmethod
    def on(
        cls,
        vector: ArrayLike,
        normal: ArrayLike,
        right: ArrayLike,
        softness: float = math.radians(10.0),
    ) -> Light:
        """The light on a piece of skin that turns its own way.

        Parameters
        ----------
        vector : (3,) array_like
            Towards the source; its length is the directed light over the even light around.
        normal : (3,) array_like
            Out of the skin, in the same axes.
        right : (3,) array_like
            What is to the right where the skin is laid flat; its part along the normal is taken away.
        softness : float
            [rad]

        Raises
        ------
        RangeError
            The source is behind the skin.
        """
        source, out = np.asarray(vector, dtype=float), np.asarray(normal, dtype=float)
        out = out / np.linalg.norm(out)
        x = np.asarray(right, dtype=float) - (np.asarray(right) @ out) * out
        x = x / np.linalg.norm(x)
        up = float(source @ out)
        if up <= 0:
            raise RangeError(
                f"the source {source} is behind the skin, whose normal is {out}: it is in shadow"
            )
        elevation = math.asin(min(1.0, up / float(np.linalg.norm(source))))
        # turned from x by a quarter, against the clock for who looks at the skin
        azimuth = math.atan2(float(source @ np.cross(out, x)), float(source @ x))
        return cls(elevation, azimuth, softness, 1 / (1 + up))

    @property
    def direction(self) -> NDArray[np.float64]:
        """Unit vector (x to the right, y down, z out of the skin) towards the source."""
        flat = math.cos(self.elevation)
        return np.array(
            [flat * math.cos(self.azimuth), -flat * math.sin(self.azimuth), math.sin(self.elevation)]
        )
