"""How far the pulls of all muscles reach over the regions of a face."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import RangeError, UnknownNameError
from zygoma.provenance import load_data
from zygoma.response.detectable import FILE
from zygoma.response.pull import UP, Pull, along

if TYPE_CHECKING:
    from zygoma.face import Face

Array = NDArray[np.float64]

# inverse decay lengths at which regions are summed [1/m]; a step of a ninth between them leaves an error of
# at most 0.1 %, because the logarithm of a sum of exponentials is nearly straight
_RATES = np.concatenate([[0.0], np.geomspace(1.0, 1000.0, 64)])


@dataclass(frozen=True, eq=False)
class Reach:
    """Mean upward shift of every region for a shift of one at the insertion of every muscle.

    Attributes
    ----------
    muscles : tuple of str
        Those that pull at skin and have two ends.
    regions : tuple of str
    nearest : (m, r) array
        From the insertion to the nearest triangle of the region [m].
    log_mean : (m, r, k) array
        Logarithm of the region's mean decay beyond the nearest triangle, at `k` inverse decay lengths.
    up : (m, r, k) array
        Share of that shift which points up; below zero it points down.
    """

    muscles: tuple[str, ...]
    regions: tuple[str, ...]
    nearest: Array
    log_mean: Array
    up: Array

    @classmethod
    def of(cls, face: Face) -> Reach:
        """Reach of all muscles of a face."""
        muscles = tuple(name for name in face.muscles if _pulls_at_skin(face, name))
        skin, names = face.skin, tuple(face.regions)
        middle = skin.points[skin.triangles].mean(axis=1)
        normals = skin.area_vectors / np.maximum(skin.areas, 1e-30)[:, None]
        own = [face.region_triangles(name) for name in names]
        nearest = np.empty((len(muscles), len(names)))
        log_mean = np.empty((*nearest.shape, len(_RATES)))
        up = np.empty_like(log_mean)
        for m, muscle in enumerate(muscles):
            pull = Pull.of(face, muscle)
            distance = np.linalg.norm(middle - pull.insertion, axis=1)
            upward = along(pull.direction, normals) @ UP
            for r, triangles in enumerate(own):
                near, areas = distance[triangles].min(), skin.areas[triangles]
                weight = np.exp(-_RATES[:, None] * (distance[triangles] - near)) * areas
                total = weight.sum(axis=1)
                nearest[m, r], log_mean[m, r] = near, np.log(total / areas.sum())
                up[m, r] = weight @ upward[triangles] / total
        return cls(muscles, names, nearest, log_mean, up)

    def lift(self, shifts: Mapping[str, ArrayLike], decay: ArrayLike) -> dict[str, Array]:
        """Mean upward shift of every region, all muscles together: the model is linear [m].

        Parameters
        ----------
        shifts : mapping of str to array_like (n,)
            Shift at the insertion towards the origin, by muscle [m]; a muscle left out does not pull.
        decay : array_like (n,)
            Decay length [m].

        Returns
        -------
        dict of str to ndarray (n,)
            Below zero where the region moves down.

        Raises
        ------
        RangeError
            A decay length that is not above zero.
        UnknownNameError
            A muscle that does not pull at skin.
        """
        length = np.atleast_1d(np.asarray(decay, dtype=float))
        if not (np.isfinite(length).all() and (length > 0).all()):
            raise RangeError("decay length; expected metres above zero")
        rate = 1 / length
        found = {name: np.zeros(len(rate)) for name in self.regions}
        for muscle, shift in shifts.items():
            if muscle not in self.muscles:
                raise UnknownNameError("muscle that pulls at skin", muscle, self.muscles)
            m, moved = self.muscles.index(muscle), np.asarray(shift, dtype=float)
            for r, region in enumerate(self.regions):
                log = np.interp(rate, _RATES, self.log_mean[m, r]) - rate * self.nearest[m, r]
                found[region] += moved * np.exp(log) * np.interp(rate, _RATES, self.up[m, r])
        return found


def _pulls_at_skin(face: Face, muscle: str) -> bool:
    if any(muscle.startswith(name) for name in load_data(FILE)["bone_to_bone"]["muscles"]):
        return False
    try:
        face.muscle_ends(muscle)
    except UnknownNameError:  # a ring
        return False
    return True
