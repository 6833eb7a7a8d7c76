"""A muscle's pull drawn on the skin of a face: how far each point moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zygoma.face import Face
from zygoma.response.lift import at_distance

Array = NDArray[np.float64]

UP = np.array([0.0, 1.0, 0.0])  # frame of the head: x to the subject's left, y up, z forward


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
        return along(self.direction, skin.normals) * at_distance(shift, distance, decay)[:, None]


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


def along(direction: Array, normals: Array) -> Array:
    """(n, 3) unit vectors of a direction turned into the skin; zero where it stands upright on the skin.

    Parameters
    ----------
    direction : (3,) array
    normals : (n, 3) array
        Unit vectors out of the skin.
    """
    flat = direction - (normals @ direction)[:, None] * normals
    size = np.linalg.norm(flat, axis=1)[:, None]
    return np.asarray(np.where(size > 1e-9, flat / np.maximum(size, 1e-300), 0.0))
