"""Where contacts may not be: the front of the neck, the closed eyes, the rim of the modelled skin."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import ContactError
from zygoma.face.surface import closest_barycentric
from zygoma.provenance import load_data
from zygoma.treatment.geodesic import Array, Path, SkinSurface

_STEP = 2.5e-4
"""Spacing of the places of a line that are tested [m]."""

_NAMES = {"neck_front": "the front of the neck"}


class FaceLike(Protocol):
    """What a timetable needs of a face; ids as in the data files, lengths in metres."""

    @property
    def skin(self) -> Any:
        """The skin, a surface."""

    @property
    def muscles(self) -> Collection[str]:
        """Ids of the muscles."""

    @property
    def landmarks(self) -> Collection[str]:
        """Ids of the landmarks."""

    @property
    def regions(self) -> Collection[str]:
        """Ids of the regions."""

    @property
    def contact_ok(self) -> NDArray[np.bool_]:
        """(m,) whether a contact may rest on each skin triangle."""

    def landmark(self, name: str) -> Array:
        """(3,) position of a landmark [m]."""

    def muscle_ends(self, name: str) -> tuple[Array, Array]:
        """Middles of the origin and the insertion edge on the skin [m]."""

    def region_triangles(self, name: str) -> NDArray[np.int64]:
        """Skin triangles of a region."""


class Clearance:
    """The places of a skin that a contact of a given radius must not touch.

    Parameters
    ----------
    face : FaceLike
        Its skin, regions, landmarks and the triangles on which contacts may rest.
    contact_radius : float
        Radius of the contacts [m].
    """

    def __init__(self, face: FaceLike, contact_radius: float) -> None:
        rules = load_data("programmes.toml")["clearance"]
        skin: SkinSurface = face.skin
        self._zones: list[tuple[str, Array, float]] = []
        for region in rules["forbidden_regions"]:
            ids = [name for name in (region, f"{region}_r", f"{region}_l") if name in face.regions]
            triangles = [np.asarray(face.region_triangles(name), dtype=np.int64) for name in ids]
            if triangles:
                corners = skin.points[skin.triangles[np.concatenate(triangles)]]
                self._zones.append((_NAMES.get(region, region), corners, contact_radius))
        for side in ("r", "l"):
            corner_ids = [f"exocanthion_{side}", f"endocanthion_{side}"]
            if all(name in face.landmarks for name in corner_ids):
                outer, inner = (np.asarray(face.landmark(name)) for name in corner_ids)
                self._zones.append(
                    ("the eye", np.array([[outer, inner, inner]]), contact_radius + rules["eye_m"])
                )
        closed = np.flatnonzero(~np.asarray(face.contact_ok))
        if len(closed):
            self._zones.append(
                ("the rim of the modelled skin", skin.points[skin.triangles[closed]], contact_radius)
            )

    def touched(self, points: Array) -> list[str | None]:
        """For each of (k, 3) centres [m] the forbidden place that a contact there would touch, or None."""
        points = np.atleast_2d(points)
        found: list[str | None] = [None] * len(points)
        for name, corners, radius in self._zones:
            for i in np.flatnonzero(within(corners, points, radius)):
                found[i] = found[i] or name
        return found

    def check(self, points: Array) -> None:
        """Refuse contacts over forbidden places.

        Raises
        ------
        ContactError
            A contact at one of the points [m] would touch one; the front of the neck above all.
        """
        points = np.atleast_2d(points)
        for point, place in zip(points, self.touched(points), strict=True):
            if place is not None:
                shown = ", ".join(f"{x * 1e3:.1f}" for x in point)
                raise ContactError(
                    f"a contact at ({shown}) mm would lie over {place}; it is refused, move it away"
                )

    def clear_part(self, line: Path) -> tuple[Path | None, str | None]:
        """The longest piece of a line on which contacts may rest, and what lies on the rest of it."""
        s = np.linspace(0.0, line.length, max(2, int(np.ceil(line.length / _STEP)) + 1))
        touched = self.touched(line.at(s))
        if not any(touched):
            return line, None
        names = " and ".join(dict.fromkeys(name for name in touched if name))
        free = np.array([name is None for name in touched])
        if not free.any():
            return None, names
        edges = np.flatnonzero(np.diff(np.concatenate([[0], free.astype(int), [0]])))
        starts, stops = edges[::2], edges[1::2] - 1
        best = int(np.argmax(stops - starts))
        if starts[best] == stops[best]:
            return None, names
        return line.part(float(s[starts[best]]), float(s[stops[best]])), names


def within(corners: Array, points: Array, radius: float) -> NDArray[np.bool_]:
    """(k,) whether each of (k, 3) points is nearer than `radius` [m] to any of (m, 3, 3) triangles."""
    centre = corners.mean(axis=1)
    reach = float(np.linalg.norm(corners - centre[:, None], axis=2).max()) + radius
    box = (centre > points.min(axis=0) - reach) & (centre < points.max(axis=0) + reach)
    corners, centre = corners[box.all(axis=1)], centre[box.all(axis=1)]
    found = np.zeros(len(points), dtype=bool)
    if not len(corners):
        return found
    for i, point in enumerate(points):
        near = corners[np.linalg.norm(centre - point, axis=1) < reach]
        if len(near):
            place = np.einsum("mk,mkj->mj", closest_barycentric(near, point), near)
            found[i] = bool((np.linalg.norm(place - point, axis=1) < radius).any())
    return found
