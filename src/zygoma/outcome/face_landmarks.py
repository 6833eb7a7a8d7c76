"""Landmarks of one face in a photograph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# numbers of landmarks, sides the face's own
EYE_OUTER_R, EYE_INNER_R, EYE_INNER_L, EYE_OUTER_L = 33, 133, 362, 263
CHIN = 152
MESH = 468  # so many are vertices of the canonical mesh, in its order; the rest are the irises
IRIS_R = (468, 469, 470, 471, 472)  # middle, then four points of the rim, in order round it
IRIS_L = (473, 474, 475, 476, 477)


@dataclass(frozen=True, eq=False)
class FaceLandmarks:
    """478 points of a face: those of the canonical mesh, then five of each iris.

    Parameters
    ----------
    points : (478, 3) array
        x to the right and y down from the photograph's upper left corner, z away from the camera about
        an arbitrary zero [px]. A point (0, 0) is the middle of the first pixel.
    score : float
        Confidence of the detector that this is a face, 0 to 1.
    presence : float
        Confidence of the landmark network that a face fills its crop, 0 to 1.
    spread : float
        Standard deviation of a landmark over the crops that were averaged, root mean square of x and
        y [px]; the standard error of the mean is smaller. NaN where one crop was used.
    """

    points: Array
    score: float
    presence: float
    spread: float

    @property
    def eye_distance(self) -> float:
        """Distance of the outer eye corners in the picture [px]."""
        ends = self.points[[EYE_OUTER_R, EYE_OUTER_L], :2]
        return float(np.linalg.norm(ends[1] - ends[0]))

    @property
    def upright(self) -> Array:
        """(478, 3) the points with y up and z toward the camera [px]: the axes of the canonical mesh."""
        return np.asarray(self.points * np.array([1.0, -1.0, -1.0]))

    def __str__(self) -> str:
        return (
            f"face with {self.eye_distance:.0f} px between the outer eye corners "
            f"(detector {self.score:.3f}, presence {self.presence:.4f}, spread {self.spread:.2f} px)"
        )
