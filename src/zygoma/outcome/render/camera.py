"""A camera: lens blur, sensor noise, tone curve, JPEG; and the way back to linear light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError, RangeError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Camera:
    """What a camera does to the light it receives.

    Attributes
    ----------
    exposure : float
        Mean of the picture's linear green on a scale where 1 clips.
    blur : float
        Standard deviation of the point spread function on the skin [m].
    noise : float
        Standard deviation of the sensor's noise at half of full scale, full scale 1; it follows the square
        root of the light, with a tenth of it left in the dark.
    gamma : float
        Exponent on the linear light before the sRGB curve: 1 for a camera that keeps its tone curve.
    quality : int
        Of the JPEG file, 1 to 100.
    """

    exposure: float = 0.35
    blur: float = 0.08e-3
    noise: float = 1.5 / 255
    gamma: float = 1.0
    quality: int = 92

    def __post_init__(self) -> None:
        if not (self.exposure > 0 and self.blur >= 0 and self.noise >= 0 and self.gamma > 0):
            raise RangeError(
                f"a camera has exposure and gamma above 0, blur and noise not below it; given {self}"
            )
        if not 1 <= self.quality <= 100:
            raise RangeError(f"JPEG quality {self.quality} must be within 1 to 100")

    def photograph(self, rng: np.random.Generator, scene: Array, pitch: float) -> NDArray[np.uint8]:
        """JPEG file (bytes as uint8 array) of a linear scene (rows, columns, 3: red, green, blue).

        Parameters
        ----------
        rng : numpy Generator
            Of the noise.
        scene : (rows, columns, 3) array
            Linear light, any gain.
        pitch : float
            [m] of skin a pixel.
        """
        import cv2

        light: Any = (scene * (self.exposure / scene[..., 1].mean())).astype(np.float32)
        if self.blur > 0:
            light = cv2.GaussianBlur(light, (0, 0), self.blur / pitch, borderType=cv2.BORDER_REFLECT)
        grain = rng.standard_normal(light.shape, dtype=np.float32)
        light = light + self.noise * np.sqrt(2 * np.clip(light, 0.0, None) + 0.01) * grain
        light = np.clip(light, 0.0, 1.0) ** self.gamma
        picture: Any = np.round(255 * encoded(light)).astype(np.uint8)
        done, file = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, self.quality])
        if not done:
            raise InputError(f"a picture of {scene.shape} pixels cannot be written as JPEG")
        return np.asarray(file).ravel()


def developed(file: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Linear light (rows, columns, 3: red, green, blue) of a JPEG or PNG file held in memory, 0 to 1."""
    import cv2

    picture = cv2.imdecode(file, cv2.IMREAD_COLOR)
    if picture is None:
        raise InputError(f"{len(file)} bytes are no JPEG or PNG picture")
    return np.asarray(decoded(np.arange(256, dtype=np.float32) / 255)[picture[..., ::-1]])


def encoded(light: NDArray[Any]) -> NDArray[np.float32]:
    """sRGB values of linear light, both 0 to 1 (IEC 61966-2-1)."""
    low = light <= 0.0031308
    return np.where(low, 12.92 * light, 1.055 * np.maximum(light, 0.0031308) ** (1 / 2.4) - 0.055).astype(
        np.float32
    )


def decoded(value: NDArray[Any]) -> NDArray[np.float32]:
    """Linear light of sRGB values, both 0 to 1 (IEC 61966-2-1)."""
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)
