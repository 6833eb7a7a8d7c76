"""A wrinkle of a person: a line on the skin laid flat that is kept, edited and followed."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import InputError
from zygoma.provenance import write_text

Array = NDArray[np.float64]

_SCHEMA = 1


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
        The points are not such rows.
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


def save(path: str | os.PathLike[str], wrinkles: Sequence[Wrinkle]) -> Path:
    """Write wrinkles as JSON that a person can edit: points in millimetres on the texture."""
    lines = ",\n".join(
        "  "
        + json.dumps(
            {
                "id": wrinkle.id,
                "region": wrinkle.region,
                "points_mm": np.round(1e3 * wrinkle.points, 4).tolist(),
            }
        )
        for wrinkle in wrinkles
    )
    write_text(path, f'{{"schema": {_SCHEMA}, "wrinkles": [\n{lines}\n]}}\n')
    return Path(path)


def load(path: str | os.PathLike[str]) -> tuple[Wrinkle, ...]:
    """Wrinkles from such a file.

    Raises
    ------
    InputError
        The file cannot be read, is no such file, or names a wrinkle twice.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
        record: dict[str, Any] = json.loads(text)
        if record["schema"] != _SCHEMA:
            raise InputError(f"{path}: wrinkles of schema {record['schema']!r}; this version reads {_SCHEMA}")
        found = tuple(
            Wrinkle(str(row["id"]), str(row["region"]), 1e-3 * _numbers(row["points_mm"]))
            for row in record["wrinkles"]
        )
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: not a file of wrinkles ({error!r}); expected"
            ' {"schema": 1, "wrinkles": [{"id", "region", "points_mm"}, ...]}'
        ) from error
    names = [wrinkle.id for wrinkle in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"{path}: wrinkle {twice[0]!r} stands twice; give each its own id")
    return found


def _numbers(value: ArrayLike) -> Array:
    return np.asarray(value, dtype=np.float64)
