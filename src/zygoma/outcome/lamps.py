"""Which lamp lit which photograph, and where the lamps stand before the face."""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError, RangeError, UnknownNameError
from zygoma.provenance import load_data

Array = NDArray[np.float64]

FILE = "face_depth.toml"
SIDES = {"right": 0.0, "above": 90.0, "left": 180.0, "below": 270.0}
EXAMPLE = """\
ambient = 0.1           # share of even light on skin that faces the camera, 0 to 1
phototype = "III"       # I to VI, for the gloss; or polarised = true behind crossed polarisers
uncertainty_deg = 2     # how well the lamps' places are known

[lamp.right]            # to the right in the picture
from_camera_deg = 45    # angle at the face between the way to the camera and the way to the lamp
azimuth_deg = 0         # in the picture: 0 right, 90 above, 180 left, 270 below

[lamp.above]            # or a place: metres to the right, up and towards the camera from between the eyes
position_m = [0.0, 0.6, 0.6]

[lamp.left]
from_camera_deg = 45
azimuth_deg = 180

[photographs]
"1.jpg" = "right"
"2.jpg" = "above"
"3.jpg" = "left"
"""


@dataclass(frozen=True, eq=False)
class Lamp:
    """A lamp before a face; x to the right in the picture, y up, z towards the camera.

    Attributes
    ----------
    name : str
    place : (3,) array
        From the middle between the eyes [m], or a unit vector if `far`.
    far : bool
        Whether only the direction is known: it is the same for all of the face.
    """

    name: str
    place: Array
    far: bool = True

    @classmethod
    def towards(cls, name: str, from_camera: float, azimuth: float) -> Lamp:
        """A lamp by its angles [rad]: off the way to the camera, and round it from the right over above."""
        side = math.sin(from_camera)
        place = np.array([side * math.cos(azimuth), side * math.sin(azimuth), math.cos(from_camera)])
        return cls(name, place)

    def vectors(self, places: Array) -> Array:
        """Ways (..., 3) to the lamp from places (..., 3) [m], of length 1 between the eyes."""
        if self.far:
            return np.broadcast_to(self.place, places.shape)
        way = self.place - places
        far = np.linalg.norm(way, axis=-1, keepdims=True)
        # light falls off with the square of the distance, the unit vector takes one power more
        return np.asarray(way * (self.place @ self.place) / far**3)


@dataclass(frozen=True, eq=False)
class Lamps:
    """The lamps of a set of photographs.

    Attributes
    ----------
    lamps : tuple of Lamp
        Of each photograph, in their order.
    ambient : float
        Share of the light on skin between the eyes that faces the camera, even from all around.
    softness, uncertainty : float
        Standard deviations of the directions of a lamp about its middle, and of what is known of it [rad].
    reflectance : float or None
        Of the skin in luminance, for its gloss; None behind crossed polarisers.
    assumed : tuple of str
        What no file told.
    """

    lamps: tuple[Lamp, ...]
    ambient: float
    softness: float
    uncertainty: float
    reflectance: float | None
    assumed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.lamps) < 3:
            raise InputError(
                f"{len(self.lamps)} photographs: depth needs at least three of one face in one pose, best"
                " four, each lit by another lamp"
            )
        sides = np.array([lamp.place[:2] / lamp.place[2] for lamp in self.lamps])
        if np.linalg.cond(np.column_stack([np.ones(len(sides)), sides])) > 20:
            names = ", ".join(lamp.name for lamp in self.lamps)
            raise InputError(
                f"the lamps {names} stand in one line, or too near to each other: slopes across it cannot be"
                " told; put them on different sides of the camera, best 90 degrees apart"
            )


def read_lamps(path: str | os.PathLike[str], names: Sequence[str]) -> Lamps:
    """Lamps of photographs with these names, from a file as `EXAMPLE`.

    Raises
    ------
    InputError
        The file cannot be read, has an unknown or a missing key, leaves out a photograph, or its lamps cannot
        tell a depth.
    """
    try:
        record = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}; expected a file such as\n{EXAMPLE}") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not TOML ({error}); expected a file such as\n{EXAMPLE}") from error
    _known(record, _KEYS, "key of the lights file")
    lamps = {name: _lamp(name, entry) for name, entry in _table(record, "lamp").items()}
    lit = _table(record, "photographs")
    for name in lit:
        if name not in names:
            raise UnknownNameError(f"photograph in {path}", name, names)
    if left := [name for name in names if name not in lit]:
        raise InputError(
            f"{path}: [photographs] does not tell which lamp lit {left[0]}; add a line for it, or take"
            " the file out of the folder"
        )
    for name in lit.values():
        if name not in lamps:
            raise UnknownNameError(f"lamp in {path}", str(name), lamps)
    if len(set(lit.values())) < len(lit):
        raise InputError(f"{path}: two photographs have the same lamp; give each a lamp of its own")
    return _lamps([lamps[lit[name]] for name in names], record)


def usual_lamps(count: int) -> Lamps:
    """The four of the capture guide, at 45 degrees: right, above, left, below in the order of the files.

    Raises
    ------
    InputError
        There are not four photographs.
    """
    if count != len(SIDES):
        raise InputError(
            f"{count} photographs without a lights file: the usual four lamps light four, right, above, left"
            f" and below in the order of the files; give --lights with a file such as\n{EXAMPLE}"
            if count >= 3
            else f"{count} photograph{'s' * (count != 1)}: depth needs at least three of one face in one"
            " pose, best four, each lit by another lamp"
        )
    off = math.radians(load_data(FILE)["lamps"]["from_camera_deg"]["value"])
    lamps = [Lamp.towards(name, off, math.radians(turn)) for name, turn in SIDES.items()]
    told = f"lamps {', '.join(SIDES)} at {math.degrees(off):g} degrees, in the order of the files"
    return _lamps(lamps, {}, (told,))


_KEYS = (
    "ambient",
    "softness_deg",
    "uncertainty_deg",
    "phototype",
    "reflectance",
    "polarised",
    "lamp",
    "photographs",
)


def _lamps(lamps: Sequence[Lamp], record: Mapping[str, Any], assumed: tuple[str, ...] = ()) -> Lamps:
    usual = load_data(FILE)["lamps"]
    told, notes = {}, list(assumed)
    for key, low, high in (
        ("ambient", 0.0, 0.9),
        ("softness_deg", 0.0, 45.0),
        ("uncertainty_deg", 0.0, 20.0),
    ):
        if key not in record:
            notes.append(f"{key} = {usual[key]['value']:g}")
        told[key] = _number(record.get(key, usual[key]["value"]), key, low, high)
    reflectance = _reflectance(record)
    if not any(key in record for key in ("phototype", "reflectance", "polarised")):
        notes.append('phototype = "III", not polarised')
    return Lamps(
        tuple(lamps),
        told["ambient"],
        math.radians(told["softness_deg"]),
        math.radians(told["uncertainty_deg"]),
        reflectance,
        tuple(notes),
    )


def _reflectance(record: Mapping[str, Any]) -> float | None:
    if record.get("polarised", False) is True:
        return None
    if "reflectance" in record:
        return _number(record["reflectance"], "reflectance", 0.02, 0.9)
    known = {key: value for key, value in load_data(FILE)["phototype"].items() if isinstance(value, float)}
    name = record.get("phototype", "III")
    if name not in known:
        raise UnknownNameError("phototype", str(name), known)
    return float(known[name])


def _lamp(name: str, entry: Any) -> Lamp:
    if not isinstance(entry, dict):
        raise InputError(f"lamp {name!r} is {entry!r}; expected a table such as\n{EXAMPLE}")
    _known(entry, ("from_camera_deg", "azimuth_deg", "position_m"), f"key of lamp {name}")
    if "position_m" in entry:
        place = entry["position_m"]
        if len(entry) > 1 or not isinstance(place, list) or len(place) != 3:
            raise InputError(f"lamp {name!r}: give position_m = [right, up, towards the camera] alone")
        at = np.array([_number(value, "position_m", -20.0, 20.0) for value in place])
        if at[2] <= 0.05 or np.linalg.norm(at) < 0.2:
            raise RangeError(
                f"lamp {name!r} at {place} m: it must stand before the face, at least 0.2 m away, with its"
                " third number, towards the camera, above 0.05"
            )
        return Lamp(name, at, far=False)
    if set(entry) != {"from_camera_deg", "azimuth_deg"}:
        raise InputError(
            f"lamp {name!r} needs from_camera_deg and azimuth_deg, or position_m; as in\n{EXAMPLE}"
        )
    off = _number(entry["from_camera_deg"], f"from_camera_deg of lamp {name!r}", 0.0, 80.0)
    turn = _number(entry["azimuth_deg"], f"azimuth_deg of lamp {name!r}", -360.0, 360.0)
    return Lamp.towards(name, math.radians(off), math.radians(turn))


def _number(value: Any, what: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise RangeError(f"{what} = {value!r} in the lights file; expected a number from {low:g} to {high:g}")
    return float(value)


def _table(record: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = record.get(key)
    if not isinstance(found, dict) or not found:
        raise InputError(f"the lights file has no table [{key}]; expected a file such as\n{EXAMPLE}")
    return found


def _known(record: Mapping[str, Any], keys: Sequence[str], kind: str) -> None:
    for key in record:
        if key not in keys:
            raise UnknownNameError(kind, key, keys)
