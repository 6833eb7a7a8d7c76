"""A muscle's pull drawn on the skin of a face: how far each point and each region moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import RangeError
from zygoma.face import Face
from zygoma.response.lift import at_distance

Array = NDArray[np.float64]

UP = np.array([0.0, 1.0, 0.0])  # frame of the head: x to the subject's left, y up, z forward
_RATES = 65  # decay lengths at which regions are summed exactly; between them by interpolation


@dataclass(frozen=True, eq=False)
class Pull:
    """Where and which way a muscle pulls at the skin of a face.

    Attributes
    ----------
    muscle : str
    face : Face
    insertion : (3,) array
        Middle of the insertion on the skin [m].
    direction : (3,) array
        Unit vector from there to the middle of the origin, along the chord.
    """

    muscle: str
    face: Face
    insertion: Array
    direction: Array

    @classmethod
    def of(cls, face: Face, muscle: str) -> Pull:
        """Pull of a muscle that has two ends.

        Raises
        ------
        UnknownNameError
            There is no such muscle, or it is a ring, which has no ends and no direction of pull.
        """
        origin, insertion = face.muscle_ends(muscle)
        chord = origin - insertion
        return cls(muscle, face, insertion, chord / np.linalg.norm(chord))

    def vectors(self, shift: float, decay: float) -> Array:
        """(v, 3) displacement of every skin vertex, along the skin [m].

        Parameters
        ----------
        shift, decay : float
            Shift at the insertion, and decay length [m].
        """
        skin = self.face.skin
        distance = np.linalg.norm(skin.points - self.insertion, axis=1)
        return _along(self.direction, skin.normals) * at_distance(shift, distance, decay)[:, None]

    def by_region(self, shift: ArrayLike, decay: ArrayLike) -> dict[str, Array]:
        """Mean shift along the skin of every region, weighted with area [m].

        Parameters
        ----------
        shift, decay : array_like (n,)
            Shift at the insertion, and decay length [m].

        Returns
        -------
        dict of str to ndarray (n,)
            Positive where the skin moves towards the muscle's origin.

        Raises
        ------
        RangeError
            A decay length that is not above zero.
        """
        return {name: mean for name, (mean, _) in self._regions(shift, decay).items()}

    def lift_by_region(self, shift: ArrayLike, decay: ArrayLike) -> dict[str, Array]:
        """As `by_region`, but only the part that points up; negative where the skin moves down [m]."""
        return {name: mean * up for name, (mean, up) in self._regions(shift, decay).items()}

    def _regions(self, shift: ArrayLike, decay: ArrayLike) -> dict[str, tuple[Array, Array]]:
        """By region, mean shift (n,) [m], and the mean of its upward part over that."""
        moved, length = np.broadcast_arrays(
            np.atleast_1d(np.asarray(shift, dtype=float)), np.asarray(decay, dtype=float)
        )
        if not (np.isfinite(length).all() and (length > 0).all()):
            raise RangeError("decay length; expected metres above zero")
        skin, rate = self.face.skin, 1 / length
        middle = skin.points[skin.triangles].mean(axis=1)
        distance = np.linalg.norm(middle - self.insertion, axis=1)
        normals = skin.area_vectors / np.maximum(skin.areas, 1e-30)[:, None]
        up = _along(self.direction, normals) @ UP
        rates = np.linspace(rate.min(), rate.max(), _RATES)
        found = {}
        for name in self.face.regions:
            own = self.face.region_triangles(name)
            nearest = distance[own].min()
            weight = np.exp(-rates[:, None] * (distance[own] - nearest)) * skin.areas[own]
            total = weight.sum(axis=1)
            # for a single distance the logarithm is linear in the rate, so little is left to interpolate
            log = np.interp(rate, rates, np.log(total / skin.areas[own].sum()))
            share = np.interp(rate, rates, weight @ up[own] / total)
            found[name] = (moved * np.exp(log - rate * nearest), share)
        return found


def face_vectors(face: Face, shifts: Mapping[str, float], decay: float) -> Array:
    """(v, 3) displacement of every skin vertex when several muscles pull: their sum, the model is linear [m].

    Parameters
    ----------
    face : Face
    shifts : mapping of str to float
        Shift at the insertion by muscle [m].
    decay : float
        Decay length [m].

    Raises
    ------
    UnknownNameError
        As `Pull.of`.
    """
    total = np.zeros_like(face.skin.points)
    for muscle, shift in shifts.items():
        total += Pull.of(face, muscle).vectors(shift, decay)
    return total


def _along(direction: Array, normals: Array) -> Array:
    """(n, 3) unit vectors of a direction turned into the skin; zero where it stands upright on the skin."""
    flat = direction - (normals @ direction)[:, None] * normals
    size = np.linalg.norm(flat, axis=1)[:, None]
    return np.asarray(np.where(size > 1e-9, flat / np.maximum(size, 1e-300), 0.0))
