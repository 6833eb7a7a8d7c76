"""A wrinkle of a person: a line on the skin laid flat that is kept, edited and followed."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.provenance import write_text

Array = NDArray[np.float64]

_SCHEMA = 1
_EXPECTED = '{"schema": 1, "wrinkles": [{"id", "region", "points_mm"}, ...]}'
_FARTHEST = 1e6  # [mm]; NaN and infinity are not nearer


@dataclass(frozen=True, eq=False)
class Wrinkle:
    """A line along a wrinkle.

    Attributes
    ----------
    id : str
        Kept from visit to visit.
    region : str
        Of the face; empty if in none.
    points : (n, 2) array
        (x, y) on the texture [m], n at least 2.

    Raises
    ------
    InputError
        The points are not such rows, or all of them are one place.
    """

    id: str
    region: str
    points: Array

    def __post_init__(self) -> None:
        points = np.asarray(self.points, dtype=np.float64)
        if points.ndim != 2 or points.shape[1] != 2 or len(points) < 2 or not np.isfinite(points).all():
            raise InputError(
                f"wrinkle {self.id!r} has points of shape {points.shape}; it needs two or more finite rows of"
                " (x, y) in metres"
            )
        object.__setattr__(self, "points", points)
        if not self.length > 0:
            raise InputError(
                f"wrinkle {self.id!r} has no length: its points are all one place; it needs two apart"
            )

    @property
    def length(self) -> float:
        """[m]"""
        return float(np.hypot(*np.diff(self.points, axis=0).T).sum())

    def stations(self, step: float) -> tuple[Array, Array]:
        """Points (m, 2) at equal steps along the line [m], and the unit normals (m, 2) there.

        The normal is the direction of the line turned by a quarter from x towards y.

        Parameters
        ----------
        step : float
            [m]; the steps are a little longer so that they fill the line.
        """
        arc = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(self.points, axis=0).T))])
        keep = np.concatenate([[True], np.diff(arc) > 0])
        place = np.linspace(0.0, arc[-1], max(2, int(arc[-1] / step) + 1))
        points = np.column_stack([np.interp(place, arc[keep], self.points[keep, axis]) for axis in (0, 1)])
        along = np.gradient(points, axis=0)
        along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-30)
        return points, np.column_stack([-along[:, 1], along[:, 0]])


def record(wrinkles: Sequence[Wrinkle]) -> dict[str, Any]:
    """Plain values that `load` reads: points in millimetres on the texture."""
    return {
        "schema": _SCHEMA,
        "wrinkles": [
            {
                "id": wrinkle.id,
                "region": wrinkle.region,
                "points_mm": np.round(1e3 * wrinkle.points, 4).tolist(),
            }
            for wrinkle in wrinkles
        ],
    }


def save(path: str | os.PathLike[str], wrinkles: Sequence[Wrinkle]) -> Path:
    """Write wrinkles as JSON that a person can edit: points in millimetres on the texture."""
    lines = ",\n".join("  " + json.dumps(row) for row in record(wrinkles)["wrinkles"])
    write_text(path, f'{{"schema": {_SCHEMA}, "wrinkles": [\n{lines}\n]}}\n')
    return Path(path)


def load(path: str | os.PathLike[str]) -> tuple[Wrinkle, ...]:
    """Wrinkles from such a file.

    Raises
    ------
    InputError
        The file cannot be read, is no such file, names a wrinkle twice, or has a line that is none.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")  # some editors put a mark before the text
    except OSError as error:
        why = (error.strerror or "cannot be read").lower()
        raise InputError(
            f"{path}: {why}; give the wrinkles.json of a report or of zygoma outcome wrinkles"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is no text; give a wrinkles.json") from error
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not a file of wrinkles; expected {_EXPECTED}") from error
    try:
        return of_record(content)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def of_record(content: Any) -> tuple[Wrinkle, ...]:
    """Wrinkles from such plain values as `record` gives.

    Raises
    ------
    InputError
        They are none, name a wrinkle twice, or have a line that is none.
    """
    try:
        schema, rows = content["schema"], list(content["wrinkles"])
    except (KeyError, TypeError) as error:
        raise InputError(f"not a file of wrinkles; expected {_EXPECTED}") from error
    if schema != _SCHEMA:
        raise InputError(f"wrinkles of schema {schema!r}; this version reads {_SCHEMA}")
    found = tuple(_of_row(row, number) for number, row in enumerate(rows, 1))
    names = [wrinkle.id for wrinkle in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"wrinkle {twice[0]!r} stands twice; give each its own id")
    return found


def _of_row(row: Any, number: int) -> Wrinkle:
    if not isinstance(row, dict) or not {"id", "region", "points_mm"} <= row.keys():
        raise InputError(f'row {number} of the wrinkles is no {{"id", "region", "points_mm"}}')
    name, region, points = row["id"], row["region"], row["points_mm"]
    if not isinstance(name, str) or not name.strip() or not isinstance(region, str):
        raise InputError(
            f"row {number} of the wrinkles has the id {name!r} and the region {region!r}; expected texts, the"
            ' id not empty, the region "" where there is none'
        )
    if not (isinstance(points, list) and all(map(_is_point, points))):
        raise InputError(f"wrinkle {name!r} has points that are not all [x, y], two numbers in millimetres")
    return Wrinkle(name, region, 1e-3 * np.array(points, dtype=np.float64).reshape(-1, 2))


def _is_point(point: Any) -> bool:
    return (
        isinstance(point, list)
        and len(point) == 2
        and all(type(value) in (int, float) and abs(value) < _FARTHEST for value in point)
    )
