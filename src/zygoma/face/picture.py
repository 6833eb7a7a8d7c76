"""Pictures of a face without any 3D library: painted from back to front, and cut by planes."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import UnknownNameError
from zygoma.face.surface import Array, Index, Surface
from zygoma.face.tissue import TISSUES
from zygoma.provenance import atomic_path

if TYPE_CHECKING:
    from zygoma.face.face import Face

_LIGHT = np.array([-0.25, 0.35, 0.9]) / np.linalg.norm([-0.25, 0.35, 0.9])
_SKIN = (0.87, 0.74, 0.65)
_TISSUE_COLOURS = {
    "skin": "#e8b998",
    "fat": "#f3dc8c",
    "smas": "#d8a6a0",
    "muscle": "#b5443c",
    "soft": "#cf8a80",
    "bone": "#efeade",
    "facial_bone": "#dcd3bf",
    "tooth": "#ffffff",
    "cartilage": "#bcd3dd",
    "tongue": "#d0707c",
    "brain": "#c9b3c4",
    "eye": "#8fb7d9",
    "air": "#30343c",
}


@dataclass(frozen=True)
class View:
    """A direction to look from.

    The axes of the body (x to its left, y up, z forward) that point right, up and to the viewer.
    """

    name: str
    right: tuple[float, float, float]
    up: tuple[float, float, float]
    toward: tuple[float, float, float]

    def project(self, points: Array) -> Array:
        """(n, 3) picture coordinates and nearness of points (n, 3) [m]."""
        return np.asarray(points @ np.array([self.right, self.up, self.toward]).T)


FRONT = View("front", (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
RIGHT = View("right", (0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (-1.0, 0.0, 0.0))
THREE_QUARTER = View("three-quarter", (0.6, 0.0, 0.8), (0.0, 1.0, 0.0), (-0.8, 0.0, 0.6))


def paint(axis: Any, surface: Surface, colours: Array, view: View) -> None:
    """Paint a shaded surface on a matplotlib axis.

    Parameters
    ----------
    axis : matplotlib Axes
    surface : Surface
    colours : (m, 3) array
        Colour of each triangle, 0 to 1.
    view : View
    """
    from matplotlib.collections import PolyCollection

    corners = view.project(surface.points)[surface.triangles]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-30)
    seen = np.flatnonzero(normal[:, 2] > 0)
    seen = seen[np.argsort(corners[seen, :, 2].mean(axis=1))]
    light = 0.62 + 0.38 * np.clip(normal[seen] @ _LIGHT, 0, 1)
    shaded = np.clip(colours[seen] * light[:, None], 0, 1)
    axis.add_collection(
        PolyCollection(
            list(corners[seen, :, :2]), facecolors=list(shaded), edgecolors=shaded, linewidths=0.25
        )
    )
    axis.autoscale_view()
    axis.set_aspect("equal")
    axis.set_axis_off()
    axis.set_title(view.name, fontsize=9, color="0.35")


def section(axis: Any, nodes: Array, tets: Index, colours: Array, normal_axis: int, at: float) -> None:
    """Paint the cut of tetrahedra by a plane.

    Parameters
    ----------
    axis : matplotlib Axes
    nodes, tets : arrays
        Mesh [m].
    colours : (m, 3) array
        Colour of each element.
    normal_axis : int
        0: x = `at` (seen from the left), 1: y = `at` (seen from above).
    at : float
        Place of the plane [m].
    """
    from matplotlib.collections import PolyCollection

    height = nodes[:, normal_axis][tets] - at
    cut = np.flatnonzero((height.min(axis=1) < 0) & (height.max(axis=1) >= 0))
    keep = [2, 1] if normal_axis == 0 else [0, 2]
    polygons = []
    for points, above in zip(nodes[tets[cut]], height[cut], strict=True):
        low, high = np.flatnonzero(above < 0), np.flatnonzero(above >= 0)
        pairs = [(i, j) for i in low for j in high]
        if len(pairs) == 4:
            pairs = [pairs[0], pairs[1], pairs[3], pairs[2]]
        share = np.array([above[i] / (above[i] - above[j]) for i, j in pairs])
        corners = (
            np.array([points[i] for i, _ in pairs]) * (1 - share)[:, None]
            + np.array([points[j] for _, j in pairs]) * share[:, None]
        )
        polygons.append(corners[:, keep])
    axis.add_collection(PolyCollection(polygons, facecolors=colours[cut], edgecolors="0.25", linewidths=0.08))
    axis.autoscale_view()
    axis.set_aspect("equal")
    axis.set_axis_off()
    axis.set_title(f"{'xy'[normal_axis]} = {at * 1e3:.0f} mm", fontsize=9, color="0.35")


def check(path: str | os.PathLike[str], what: str) -> None:
    """Refuse a picture that `draw` cannot make, before a face is built for it; raises as `draw` does."""
    if what not in _PICTURES:
        raise UnknownNameError("picture", what, _PICTURES)
    suffix = Path(path).suffix
    if suffix.lower() not in _ENDINGS:
        raise UnknownNameError(f"picture format of {str(path)!r}", suffix, _ENDINGS)


def draw(face: Face, path: str | os.PathLike[str], what: str = "muscles") -> None:
    """Draw a face to a picture file.

    Parameters
    ----------
    face : Face
    path : path
        The ending decides the format (png, svg, pdf).
    what : str
        ``muscles``, ``fibres``, ``regions``, ``skin`` or ``section``.

    Raises
    ------
    UnknownNameError
        There is no such picture, or the ending is another one.
    """
    check(path, what)
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 6.4), dpi=110, layout="constrained")
    figure.suptitle(
        f"{what}: {face.person.sex}, {face.person.age:g} years, BMI {face.person.bmi:g}, {face.resolution}",
        fontsize=11,
    )
    _PICTURES[what](figure, face)
    with atomic_path(path) as temporary:
        figure.savefig(temporary)


def _three_views(figure: Any, surface: Surface, colours: Array) -> list[Any]:
    axes = list(figure.subplots(1, 3))
    for axis, view in zip(axes, (FRONT, THREE_QUARTER, RIGHT), strict=True):
        paint(axis, surface, colours, view)
    return axes


def _skin(figure: Any, face: Face) -> None:
    _three_views(figure, face.skin, np.tile(_SKIN, (len(face.skin.triangles), 1)))


def _by_name(names: tuple[str, ...]) -> Array:
    """(n, 3) colours: the same for both sides of a name, as far apart as may be from one name to the next."""
    from matplotlib import colormaps

    stems = sorted({n.removesuffix("_r").removesuffix("_l") for n in names})
    hue = {s: colormaps["hsv"]((7 * k % len(stems)) / len(stems))[:3] for k, s in enumerate(stems)}
    return np.array([hue[n.removesuffix("_r").removesuffix("_l")] for n in names]) * 0.75 + 0.12


def _slot_surface(face: Face, deep: bool) -> tuple[Surface, NDArray[np.int8]]:
    """Upper face of the SMAS or the deep layer, and the uppermost muscle in it under each triangle."""
    sheets = face.template.sheets
    level = sheets.slot("deep_upper" if deep else "smas_upper")
    n = len(face.skin.points)
    upper, lower = face.template.slots[2:] if deep else face.template.slots[:2]
    return Surface(face.nodes[level * n : (level + 1) * n], face.skin.triangles), np.where(
        upper >= 0, upper, lower
    )


def _muscles(figure: Any, face: Face, fibres: bool = False) -> None:
    colours = _by_name(face.muscles)
    top, bottom = figure.subfigures(1, 2)
    for part, deep in ((top, False), (bottom, True)):
        surface, muscle = _slot_surface(face, deep)
        shown = np.where((muscle >= 0)[:, None], colours[muscle], np.array([0.93, 0.9, 0.84]))
        axes = part.subplots(1, 2)
        for axis, view in zip(axes, (FRONT, RIGHT), strict=True):
            paint(axis, surface, shown, view)
            _label_muscles(axis, face, surface, muscle, view)
            if fibres:
                _fibre_strokes(axis, face, surface, deep, muscle, view)
        part.suptitle("deep layer" if deep else "SMAS layer", fontsize=9)


def _label_muscles(axis: Any, face: Face, surface: Surface, muscle: NDArray[np.int8], view: View) -> None:
    middles = view.project(surface.points[surface.triangles].mean(axis=1))
    facing = view.project(surface.area_vectors)[:, 2] > 0
    for number in np.unique(muscle[(muscle >= 0) & facing]):
        name = face.muscles[number]
        if not name.endswith("_l"):
            x, y, _ = middles[(muscle == number) & facing].mean(axis=0)
            axis.text(x, y, name.removesuffix("_r"), fontsize=4.5, ha="center", color="0.05")


def _fibre_strokes(
    axis: Any, face: Face, surface: Surface, deep: bool, muscle: NDArray[np.int8], view: View
) -> None:
    from matplotlib.collections import LineCollection

    m = len(surface.triangles)
    slots = ("deep_upper", "deep_lower") if deep else ("smas_upper", "smas_lower")
    first, second = (face.fibre[3 * m * face.template.sheets.slot(s) :][: 3 * m : 3] for s in slots)
    along = np.where((first != 0).any(axis=1)[:, None], first, second)
    seen = np.flatnonzero((muscle >= 0) & (view.project(surface.area_vectors)[:, 2] > 0))
    seen = seen[:: max(len(seen) // 2500, 1)]
    middle = surface.points[surface.triangles[seen]].mean(axis=1)
    ends = np.stack([middle - 2.2e-3 * along[seen], middle + 2.2e-3 * along[seen]], axis=1)
    flat = view.project(ends.reshape(-1, 3)).reshape(-1, 2, 3)[:, :, :2]
    axis.add_collection(LineCollection(list(flat), colors="black", linewidths=0.35))


def _fibres(figure: Any, face: Face) -> None:
    _muscles(figure, face, fibres=True)


def _regions(figure: Any, face: Face) -> None:
    region = face.template.region
    colours = np.where((region >= 0)[:, None], _by_name(face.regions)[region], np.array(_SKIN))
    axes = _three_views(figure, face.skin, colours)
    for axis, view in zip(axes, (FRONT, THREE_QUARTER, RIGHT), strict=True):
        dots = view.project(np.array([face.landmark(name) for name in face.landmarks]))
        axis.plot(dots[:, 0], dots[:, 1], ".", color="black", markersize=2)


def _section(figure: Any, face: Face) -> None:
    from matplotlib.colors import to_rgb
    from matplotlib.patches import Patch

    table = np.array([to_rgb(_TISSUE_COLOURS[name]) for name in TISSUES])
    colours = table[face.tissue]
    mouth = float(face.landmark("labrale_superius")[1])
    eye = float(face.landmark("exocanthion_r")[1])
    axes = figure.subplots(1, 4)
    section(axes[0], face.nodes, face.tets, colours, 0, 0.5e-3)
    section(axes[1], face.nodes, face.tets, colours, 0, float(face.landmark("modiolus_r")[0]))
    section(axes[2], face.nodes, face.tets, colours, 1, mouth)
    section(axes[3], face.nodes, face.tets, colours, 1, eye)
    figure.legend(
        handles=[Patch(color=_TISSUE_COLOURS[name], label=name) for name in TISSUES], ncols=len(TISSUES),
        loc="outside lower center", fontsize=7, frameon=False,
    )  # fmt: skip


_ENDINGS = (".pdf", ".png", ".svg")
_PICTURES: dict[str, Callable[[Any, Face], None]] = {
    "muscles": _muscles,
    "fibres": _fibres,
    "regions": _regions,
    "section": _section,
    "skin": _skin,
}
