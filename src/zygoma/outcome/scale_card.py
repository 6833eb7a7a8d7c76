"""A printed card of known size in the photograph: a ChArUco board."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.outcome.photo import Photo
from zygoma.outcome.scale import FILE, Scale
from zygoma.provenance import load_data


def card_picture(pixels_per_square: int) -> NDArray[np.uint8]:
    """(rows, columns) the card to print, without a margin: one square is as large as ``scale.toml`` says.

    Parameters
    ----------
    pixels_per_square : int
        [px]
    """
    entry = load_data(FILE)["card"]
    size = (entry["columns"] * pixels_per_square, entry["rows"] * pixels_per_square)
    return np.asarray(_board().generateImage(size, marginSize=0), dtype=np.uint8)


def card_scale(photo: Photo) -> Scale:
    """Scale from a card that is held flat beside the face, at the depth of the eyes.

    A card that leans is foreshortened in one direction only: the other gives the scale.

    Raises
    ------
    InputError
        The card is not in the photograph, or too little of it.
    """
    import cv2

    entry = load_data(FILE)["card"]
    found, numbers, *_ = cv2.aruco.CharucoDetector(_board()).detectBoard(photo.display)
    seen = 0 if numbers is None else len(numbers)
    if seen < entry["least_corners"]:
        raise InputError(
            f"{seen} corners of the scale card were found in the photograph, expected at least "
            f"{entry['least_corners']}: hold the printed card flat, whole and sharp beside the face, "
            "or leave it out and the width of the irises is taken"
        )
    places = np.asarray(_board().getChessboardCorners())[numbers.ravel(), :2].astype(float)
    design = np.column_stack([places, np.ones(seen)])
    linear, *_ = np.linalg.lstsq(design, found.reshape(-1, 2).astype(float), rcond=None)
    return Scale(float(np.linalg.svd(linear[:2], compute_uv=False)[0]), entry["relative_sd"], "scale card")


def _board() -> Any:
    import cv2

    entry = load_data(FILE)["card"]
    dictionary = cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, entry["dictionary"]))
    shape = (entry["columns"], entry["rows"])
    return cv2.aruco.CharucoBoard(shape, entry["square"], entry["marker"], dictionary)
