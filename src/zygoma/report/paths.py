"""What the probes drew on the skin, for pictures and scene."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zygoma.plan import Treatment
from zygoma.report.surfaces import LayerSurface

COLOURS = ("#19b5d8", "#7ad151")  # of A and B, seen on the dark end of the scale, where the probes pass
_JUMP = 0.012  # a probe that moves further than this between two moments was lifted [m]
_REST = 5.0  # where a probe stays at least this long in a session it rests [s]
_LIFT = 0.0012  # paths are drawn this far above the skin [m]


@dataclass(frozen=True, eq=False)
class ProbePath:
    """One probe over a session.

    Attributes
    ----------
    lines : array (k, 2, 3)
        Distinct segments along which it glides, a little above the skin [m].
    rests : array (r, 3)
        Places where it rests [m].
    colour : str
        Of both, such as ``"#19b5d8"``.
    """

    lines: NDArray[np.float64]
    rests: NDArray[np.float64]
    colour: str

    @property
    def rgb(self) -> tuple[int, int, int]:
        """Red, green and blue, 0 to 255."""
        red, green, blue = (int(self.colour[place : place + 2], 16) for place in (1, 3, 5))
        return red, green, blue


def probe_paths(treatment: Treatment, skin: LayerSurface) -> tuple[ProbePath, ...]:
    """Paths of probe A and probe B over the skin."""
    table = treatment.timetable
    steps = np.unique(np.c_[table.index[:-1], table.index[1:]], axis=0)
    steps = steps[steps[:, 0] != steps[:, 1]]
    drawn = []
    for points, colour in zip((table.points_a, table.points_b), COLOURS, strict=True):
        lines = points[steps]
        length = np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1)
        lines = lines[(length > 0) & (length < _JUMP)]
        places, place = np.unique(points, axis=0, return_inverse=True)
        seconds = np.bincount(place.ravel()[table.index], minlength=len(places)) * table.dt
        lifted = _lift(skin, lines.reshape(-1, 3)).reshape(-1, 2, 3)
        drawn.append(ProbePath(lifted, _lift(skin, places[seconds >= _REST]), colour))
    return tuple(drawn)


def _lift(skin: LayerSurface, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points moved off the skin along its normal, so that they are not drawn inside it."""
    from scipy.spatial import cKDTree

    corners = skin.points[skin.triangles]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    _, nearest = cKDTree(corners.mean(axis=1)).query(points)
    return np.asarray(points + _LIFT * normal[nearest])
