"""Whether wrinkles that were given lie on the face at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zygoma.errors import InputError
from zygoma.outcome.face_texture import FaceTexture
from zygoma.outcome.wrinkle import Wrinkle


def check_places(wrinkles: Sequence[Wrinkle], face: FaceTexture) -> None:
    """Refuse lines that cannot be of this face; a line may run a little over its edge.

    Parameters
    ----------
    wrinkles : sequence of Wrinkle
    face : FaceTexture
        First photograph laid flat.

    Raises
    ------
    InputError
        A line leaves the texture, or no point of it lies on the face.
    """
    pitch = face.texture.pitch
    last = np.array(face.texture.light.shape[::-1]) - 1
    on_face = face.grid.triangles() >= 0
    for wrinkle in wrinkles:
        places = np.rint(wrinkle.points / pitch).astype(np.int64)
        outside = ((places < 0) | (places > last)).any(axis=1)
        columns, rows = places[~outside].T
        if outside.any() or not on_face[rows, columns].any():
            x, y = 1e3 * wrinkle.points[outside.argmax()]
            wide, high = 1e3 * pitch * last
            raise InputError(
                f"wrinkle {wrinkle.id!r} does not lie on the face: ({x:g}, {y:g}) mm, the face laid flat is 0"
                f" to {wide:.0f} mm wide and 0 to {high:.0f} mm high; give millimetres, and the wrinkles of"
                " this person's first photograph"
            )
