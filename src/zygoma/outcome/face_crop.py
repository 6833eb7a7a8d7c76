"""The square of a photograph that a face network looks at, turned with the face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zygoma.outcome.blazeface import Detection
from zygoma.outcome.face_landmarks import EYE_OUTER_L, EYE_OUTER_R
from zygoma.outcome.face_model import FILE
from zygoma.provenance import load_data

Array = NDArray[np.float64]

# a half factorial: every pair of the four columns is balanced, so that no shift leans on a turn
_EIGHT = np.array([(a, b, c, a * b * c) for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)], dtype=float)


@dataclass(frozen=True, eq=False)
class FaceCrop:
    """A turned square.

    Parameters
    ----------
    centre : (2,) array
        Its middle [px].
    side : float
        Length of its side [px].
    turn : float
        Angle of its upper edge, clockwise in the picture [rad].
    """

    centre: Array
    side: float
    turn: float

    def matrix(self, pixels: int) -> Array:
        """(2, 3) map from the picture's points to those of the crop drawn with so many pixels a side."""
        linear = _turn(-self.turn) * (pixels / self.side)
        middle = (pixels - 1) / 2.0
        return np.column_stack([linear, middle - linear @ self.centre])

    def points(self, drawn: Array, pixels: int) -> Array:
        """Points (n, 3) of the drawn crop, in the picture; z grows with it."""
        scale = self.side / pixels
        flat = (drawn[:, :2] - (pixels - 1) / 2.0) @ (_turn(self.turn) * scale).T + self.centre
        return np.column_stack([flat, drawn[:, 2] * scale])

    def scaled(self, factor: Array) -> FaceCrop:
        """The same square in a picture drawn `factor` (x and y) times as large."""
        return FaceCrop((self.centre + 0.5) * factor - 0.5, self.side * float(factor.mean()), self.turn)

    def jittered(self) -> list[FaceCrop]:
        """Eight squares about this one, whose mean is this one."""
        jitter = load_data(FILE)["jitter"]
        return [
            FaceCrop(
                self.centre + jitter["shift"] * self.side * np.array([right, down]),
                self.side * (1.0 + jitter["size"] * larger),
                self.turn + np.radians(jitter["turn"]) * turned,
            )
            for right, down, larger, turned in _EIGHT
        ]


def crop_of_detection(face: Detection) -> FaceCrop:
    """The square about a detected face, turned so that the eyes are level."""
    across = face.points[1] - face.points[0]
    side = load_data(FILE)["landmarks"]["margin"] * float(face.size.max())
    return FaceCrop(face.centre, side, float(np.arctan2(across[1], across[0])))


def crop_of_points(points: Array) -> FaceCrop:
    """The square about landmarks (478, 3), turned so that the eyes are level."""
    across = points[EYE_OUTER_L, :2] - points[EYE_OUTER_R, :2]
    turn = float(np.arctan2(across[1], across[0]))
    level = points[:, :2] @ _turn(turn)
    low, high = level.min(axis=0), level.max(axis=0)
    side = load_data(FILE)["landmarks"]["margin"] * float((high - low).max())
    return FaceCrop(_turn(turn) @ ((low + high) / 2.0), side, turn)


def _turn(angle: float) -> Array:
    """(2, 2) rotation, clockwise in a picture whose y runs down."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])
