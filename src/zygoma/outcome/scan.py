"""A three-dimensional scan of a face or of a piece of skin."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import FaceError, InputError, UnknownNameError
from zygoma.face.surface import Surface
from zygoma.outcome.scan_setting import setting
from zygoma.provenance import content_hash

Array = NDArray[np.float64]

UNITS = {"m": 1.0, "cm": 1e-2, "mm": 1e-3}
"""Units of length of a scan [m]."""


@dataclass(frozen=True, eq=False)
class Scan:
    """A triangulated surface of skin, seen from outside; in metres.

    Make one with `Scan.load` or `Scan.of`, which check it.

    Attributes
    ----------
    points : (n, 3) array
        Vertices, in the frame of the file [m].
    triangles : (m, 3) int array
        Vertex numbers, counter-clockwise seen from outside.
    name : str
        Where it comes from, for messages.
    unit : str
        Unit of the file.
    notes : tuple of str
        What had to be guessed or made: the unit, the triangles of a cloud, the outside.
    """

    points: Array
    triangles: NDArray[np.int32]
    name: str
    unit: str
    notes: tuple[str, ...] = ()

    @staticmethod
    def load(path: str | os.PathLike[str], unit: str | None = None) -> Scan:
        """Read a scan from a PLY, OBJ, STL or GLB file.

        Parameters
        ----------
        path : path
            A triangulated surface, or a cloud of points seen from one side.
        unit : str, optional
            ``"m"``, ``"cm"`` or ``"mm"``; without it the unit in which the scan has the size of a face. A
            piece of skin smaller than a face needs it.

        Raises
        ------
        InputError
            There is no such file, it is damaged or empty, or of another kind.
        FaceError
            It does not have the size of a face.
        """
        from zygoma.outcome.scan_file import read

        path = Path(path)
        points, triangles = read(path)
        return Scan.of(points, triangles, unit, path.name)

    @staticmethod
    def of(
        points: ArrayLike, triangles: ArrayLike | None = None, unit: str | None = None, name: str = "scan"
    ) -> Scan:
        """A scan from arrays.

        Parameters
        ----------
        points : (n, 3) array
            Vertices in `unit`.
        triangles : (m, 3) int array, optional
            Without them the points are taken as seen from one side and joined.
        unit : str, optional
            As in `load`.
        name : str
            For messages.

        Raises
        ------
        InputError
            Arrays of another shape, values that are not finite, or too few points.
        FaceError
            It does not have the size of a face.
        """
        from zygoma.outcome import scan_mesh

        where = np.asarray(points, dtype=np.float64)
        if where.ndim != 2 or where.shape[1] != 3:
            raise InputError(f"{name}: points of shape {where.shape}; expected (n, 3)")
        least = int(setting("size.least_points"))
        if len(where) < least:
            raise InputError(f"{name}: {len(where)} points; a scan needs at least {least}")
        if not np.isfinite(where).all():
            raise InputError(f"{name}: some coordinates are not finite numbers; export the scan again")
        metre, notes = _unit_of(where, unit, name)
        where = where * UNITS[metre]
        if triangles is None or np.size(triangles) == 0:
            where, corners = scan_mesh.joined(where, name)
            notes += ("a cloud without triangles: taken as seen from one side, and its points joined",)
        else:
            where, corners = scan_mesh.cleaned(where, np.asarray(triangles), name)
        corners, turned = scan_mesh.outward(where, corners)
        if turned:
            notes += ("its triangles were inside out, and were turned",)
        scan = Scan(where, corners, name, metre, notes)
        coarsest = float(setting("size.greatest_spacing"))
        if scan.spacing > coarsest:
            raise InputError(
                f"{name}: its points lie {scan.spacing * 1e3:.1f} mm apart; expected at most "
                f"{coarsest * 1e3:g} mm: "
                "export the scan at full resolution"
            )
        return scan

    def __str__(self) -> str:
        text = (
            f"Scan {self.name}: {len(self.points)} points, {self.spacing * 1e3:.2g} mm apart, "
            f"{self.extent * 1e3:.0f} mm across; unit of the file: {self.unit}"
        )
        return "\n".join([text, *(f"  {note}" for note in self.notes)])

    @cached_property
    def surface(self) -> Surface:
        """The triangles with their normals and areas."""
        return Surface(self.points, self.triangles)

    @cached_property
    def spacing(self) -> float:
        """Side of the square that belongs to a point: of a grid, its step [m]."""
        return float(np.sqrt(2 * np.median(self.surface.areas)))

    @cached_property
    def extent(self) -> float:
        """Greatest extent, a few stray points left out [m]."""
        return extent(self.points)

    @cached_property
    def hash(self) -> str:
        """Hash of points and triangles."""
        return content_hash(self.points, self.triangles)

    @property
    def is_face(self) -> bool:
        """Whether it has the size of a face rather than of a piece of skin."""
        low, high = setting("size.face")
        return bool(low <= self.extent <= high)

    def moved(self, rotation: ArrayLike, translation: ArrayLike) -> Scan:
        """The same scan elsewhere: rotated (3, 3), then translated (3,) [m]."""
        points = self.points @ np.asarray(rotation).T + np.asarray(translation)
        return Scan(points, self.triangles, self.name, self.unit, self.notes)


def extent(points: Array) -> float:
    """Greatest extent of points (n, 3) along their principal axes, 0.5 % left out at either end."""
    off = points - points.mean(axis=0)
    along = off @ np.linalg.eigh(off.T @ off)[1]
    low, high = np.percentile(along, (0.5, 99.5), axis=0)
    return float((high - low).max())


def _unit_of(points: Array, unit: str | None, name: str) -> tuple[str, tuple[str, ...]]:
    """Unit, and what was guessed."""
    if unit is not None and unit not in UNITS:
        raise UnknownNameError("unit of a scan", unit, UNITS)
    size = extent(points)
    if unit is not None:
        low, high = setting("size.any")
        if not low <= size * UNITS[unit] <= high:
            raise FaceError(
                f"{name}: {size:.4g} {unit} across; expected {low * 1e3:g} to {high * 1e3:g} mm: check the "
                "unit"
            )
        return unit, ()
    low, high = setting("size.face")
    for known, metres in UNITS.items():
        if low <= size * metres <= high:
            return known, (
                f"unit not given: taken as {known}, for then it is {size * metres * 1e2:.0f} cm across",
            )
    raise FaceError(
        f"{name}: {size:.4g} across, which is the size of a face ({low * 1e2:g} to {high * 1e2:g} cm) in "
        "none of "
        f"{', '.join(UNITS)}; give the unit, or cut the scan down to the face"
    )
