"""Case of a contact pair on a cheek whose layers are uniform, against the closed form of flat layers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from zygoma.face import Face, Person
from zygoma.face.binding import template_skin
from zygoma.face.template import SHEETS
from zygoma.field.conductor import VolumeConductor
from zygoma.field.surface import Faces
from zygoma.verification.layered import Layers, pair_resistance, share_reaching
from zygoma.verification.meshes import box, centroids, graded_axis
from zygoma.verification.pairs import Pairs
from zygoma.verification.record import Record

RADIUS, DISTANCE = 4e-3, 10e-3

# average woman of 45 years: between the masseter and the corner of the mouth the cheek is nearly flat
# (radii of curvature 200 mm and more) and the stack is uncapped for 20 mm around
MIDDLE = np.array([-55.0e-3, 619.0e-3, 102.5e-3])
ALONG = np.array([0.0, 1.0, 0.0])

THICKNESS = {"skin": 1.6e-3, "fat": 4e-3, "smas": 2e-3, "deep": 4e-3}

# skin, fat, muscle (SMAS and deep layer), all below [S/m];
# what lies below conducts well, so that the current stays where the layers are uniform
SIGMA = (0.3, 0.05, 0.3, 0.25)
_NEAR, _WALL = 12e-3, 0.1  # where the edges of a head are measured; size of the flat body [m]
_OF_RANK = np.array([SIGMA[0], SIGMA[1], SIGMA[2], SIGMA[2], SIGMA[3], SIGMA[3]])


def cheek(resolutions: Sequence[str] = ("standard",)) -> list[Record]:
    """Two contacts of 4 mm radius, 10 mm apart, on a cheek with uniform layers: resistance and share."""
    records = []
    for resolution in resolutions:
        resistance, share = cheek_errors(resolution)
        key, source = f"cheek-{resolution}", "Hankel transform"
        problem = f"pair on a cheek with uniform layers, {resolution}"
        records += [
            Record(
                f"{key}-resistance", problem, "relative error of resistance", abs(resistance), 0.08, source
            ),
            Record(
                f"{key}-share", problem, "share of current reaching muscle, error", abs(share), 0.03, source
            ),
        ]
    return records


@cache
def cheek_errors(resolution: str) -> tuple[float, float]:
    """Relative error of the resistance and error of the share that reaches muscle, with their signs."""
    found = cheek_pair(Face.of(Person("female", 45.0, 23.0), resolution, THICKNESS))
    exact = cheek_exact()
    return found[0] / exact[0] - 1, found[1] - exact[1]


def cheek_exact() -> tuple[float, float]:
    """Closed form: resistance [ohm] and share of the current that reaches muscle."""
    layers = _flat_layers()
    return pair_resistance(layers, RADIUS, DISTANCE), share_reaching(layers, RADIUS, DISTANCE, 2)


def cheek_pair(face: Face) -> tuple[float, float]:
    """Resistance [ohm] and share of the current that reaches muscle on a face."""
    body = VolumeConductor(
        face.nodes,
        face.tets,
        _OF_RANK[face.depth_rank],
        surface=face.skin.triangles[face.contact_ok],
    )
    a, b = MIDDLE - 0.5 * DISTANCE * ALONG, MIDDLE + 0.5 * DISTANCE * ALONG
    pairs = Pairs.solve(body, [(a, b)], RADIUS, 400e-6)
    return pairs.resistance(0), pairs.share_reaching(0, np.flatnonzero(face.depth_rank >= 2))


def uncapped_radius(face: Face) -> float:
    """Distance [m] from the middle of the pair to the nearest skin vertex with a layer off its thickness."""
    off = (np.abs(face.thickness - face.target_thickness) > 1e-6).any(axis=1)
    return float(np.linalg.norm(face.skin.points[off] - MIDDLE, axis=1).min())


def edge_near(resolution: str) -> float:
    """Mean edge [m] of the skin of a head under the pair."""
    skin = template_skin(resolution)
    corners = skin.points[skin.triangles]
    near = np.linalg.norm(corners.mean(axis=1) - MIDDLE, axis=1) < _NEAR
    return float(np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2)[near].mean())


def flat_errors(resolution: str) -> tuple[float, float]:
    """Errors as of `cheek_errors` on a flat body with the edges and sheets of a head: the mesh alone.

    Square cells with as many nodes to the area as triangles of the mean edge under the pair; mean of three
    places of the pair on the grid.
    """
    step = edge_near(resolution) * float(np.sqrt(np.sqrt(3) / 2))
    axis = graded_axis(20e-3, step, _WALL, growth=1.25)
    depth = [0.0]
    for thick, count in zip(THICKNESS.values(), SHEETS[resolution].count, strict=True):
        depth += (depth[-1] + thick * np.arange(1, count + 1) / count).tolist()
    below = step
    while depth[-1] < _WALL:
        depth.append(depth[-1] + below)
        below *= 1.25
    nodes, tets = box(axis, axis, -np.array(depth[::-1]))
    layer = np.searchsorted(np.cumsum(_flat_layers().thickness[:3]), -centroids(nodes, tets)[:, 2])
    triangles = Faces.of(tets).triangles
    top = triangles[(nodes[triangles, 2] == 0).all(axis=1)]
    body = VolumeConductor(nodes, tets, np.array(SIGMA)[layer], surface=top)
    half = np.array([DISTANCE / 2, 0.0, 0.0])
    middles = step * np.array([[0.0, 0.0, 0.0], [0.25, 0.5, 0.0], [0.5, 0.25, 0.0]])
    pairs = Pairs.solve(body, [(m - half, m + half) for m in middles], RADIUS, 400e-6)
    resistance = float(np.mean([pairs.resistance(k) for k in range(len(middles))]))
    share = float(np.mean([pairs.share_reaching(k, np.flatnonzero(layer >= 2)) for k in range(len(middles))]))
    exact = cheek_exact()
    return resistance / exact[0] - 1, share - exact[1]


def _flat_layers() -> Layers:
    thick = (THICKNESS["skin"], THICKNESS["fat"], THICKNESS["smas"] + THICKNESS["deep"], 1.0)
    return Layers(thick, SIGMA, SIGMA)
