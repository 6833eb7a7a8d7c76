"""How large a face is: metres from something of known size in the photograph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zygoma.errors import InputError, RangeError
from zygoma.outcome.face_landmarks import IRIS_L, IRIS_R, FaceLandmarks
from zygoma.provenance import load_data

FILE = "scale.toml"


@dataclass(frozen=True)
class Scale:
    """Pixels of a photograph to a metre, at the depth of the eyes.

    Parameters
    ----------
    pixels_per_metre : float
        [px/m].
    relative_sd : float
        Standard deviation of it over its value.
    source : str
        What it was read from.

    Raises
    ------
    RangeError
        It would make the pixels of a face absurdly small or large.
    """

    pixels_per_metre: float
    relative_sd: float
    source: str

    def __post_init__(self) -> None:
        low, high = load_data(FILE)["sane"]["low"], load_data(FILE)["sane"]["high"]
        if not low <= self.pixels_per_metre <= high:
            raise RangeError(
                f"scale of {self.pixels_per_metre / 1e3:g} px/mm by {self.source}, expected "
                f"{low / 1e3:g} to {high / 1e3:g} px/mm; check the size that was given"
            )

    def __str__(self) -> str:
        return f"{self.pixels_per_metre / 1e3:.2f} px/mm +- {self.relative_sd:.1%} by {self.source}"


def iris_scale(landmarks: FaceLandmarks) -> Scale:
    """Scale from the width of the irises, which differs little between adults.

    Says nothing below the spread of irises in people, however good the photograph; between visits of one
    person that part of the error is the same.
    """
    entry = load_data(FILE)["iris"]
    points = landmarks.points[:, :2]
    # each rim is four points in order round it: two diameters, of which the lids cover the upright one
    widths = [
        max(np.linalg.norm(points[rim[1]] - points[rim[3]]), np.linalg.norm(points[rim[2]] - points[rim[4]]))
        for rim in (IRIS_R, IRIS_L)
    ]
    return Scale(float(np.mean(widths)) / entry["diameter"], entry["relative_sd"], "iris width")


def given_scale(pixels_per_millimetre: float) -> Scale:
    """Scale that a person has measured in the photograph, at the depth of the eyes."""
    return Scale(1e3 * pixels_per_millimetre, load_data(FILE)["given"]["relative_sd"], "value given")


def check_scale(scale: Scale, landmarks: FaceLandmarks) -> None:
    """Refuse a scale that no face has, judged by its irises: all lengths would be wrong by that much.

    Parameters
    ----------
    scale : Scale
        Of the photograph in which `landmarks` were found.
    landmarks : FaceLandmarks

    Raises
    ------
    InputError
        It is further from the scale of the irises than they differ between people.
    """
    irises = iris_scale(landmarks)
    most = load_data(FILE)["agreement"]["apart"]
    if abs(scale.pixels_per_metre / irises.pixels_per_metre - 1) <= most:
        return
    width = 1e3 * load_data(FILE)["iris"]["diameter"]
    raise InputError(
        f"scale of {scale.pixels_per_metre / 1e3:.2f} px/mm by {scale.source}, but "
        f"{irises.pixels_per_metre / 1e3:.2f} px/mm by the irises, which are {width:g} mm wide in nearly all "
        f"adults; expected at most {most:.0%} between them: measure at the depth of the eyes in the first "
        "photograph, or leave the scale out"
    )
