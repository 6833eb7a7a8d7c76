"""The page: facts, tables and pictures poured into the template."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.plan import Treatment
from zygoma.provenance import load_data
from zygoma.report import answer, charts, picture, scene
from zygoma.report.palette import Scale
from zygoma.report.surfaces import LayerSurface, layers_below
from zygoma.report.words import number, percent, sided, title
from zygoma.treatment import SetDose

A_COLOUR, B_COLOUR = "#19b5d8", "#7ad151"  # seen on the dark end of the scale, where the probes pass
_LAYERS = {
    0: "Skin",
    1: "Fat, skin taken off",
    2: "Facial muscles and SMAS",
    3: "Deep fat and chewing muscles",
    4: "Bone",
}
_JUMP = 0.012  # probes that move further than this between two moments were lifted [m]
_BELOW = 0.07  # pictures end this far below the lowest position of a probe [m]
_LIFT = 0.0012  # paths are drawn this far above the skin [m]


def render(treatment: Treatment) -> str:
    """Self-contained HTML of a treatment."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(number=number, percent=percent, title=title)
    source = resources.files("zygoma.report").joinpath("report.html.j2").read_text(encoding="utf-8")
    return environment.from_string(source).render(**_content(treatment), **_pictures(treatment))


def _content(treatment: Treatment) -> dict[str, Any]:
    definitions = {
        key: entry for key, entry in load_data("definitions.toml").items() if isinstance(entry, dict)
    }
    return {
        "t": treatment,
        "headline": answer.headline(treatment),
        "subject": answer.subject(treatment),
        "sentences": answer.sentences(treatment),
        "facts": answer.key_facts(treatment),
        "freeways": answer.freeways(treatment),
        "reaching": answer.reaching(treatment),
        "power": answer.power(treatment),
        "current": answer.current_facts(treatment),
        "checks": answer.checks(treatment),
        "definitions": definitions,
        "muscles": _table(treatment.muscles),
        "regions": _table(treatment.regions),
        "tissues": _table(treatment.tissues),
    }


def _table(rows: Sequence[SetDose]) -> list[dict[str, Any]]:
    ordered = sorted(rows, key=lambda row: -row.charge_density)
    largest = max((row.charge_density for row in rows), default=0.0) or 1.0
    return [
        {"heading": sided(row.name, row.side), "row": row, "share": 100 * row.charge_density / largest}
        for row in ordered
    ]


def _pictures(treatment: Treatment) -> dict[str, Any]:
    face, dose = treatment.face, treatment.dose
    layers = layers_below(face.nodes, face.tets, face.depth_rank, len(face.skin.points))
    skin = layers[0]
    charge = np.asarray(dose.charge, dtype=np.float64)
    scale = Scale.of(charge[skin.elements], "C/m²")
    paths = _paths(treatment)
    low = (
        float(min(treatment.timetable.points_a[:, 1].min(), treatment.timetable.points_b[:, 1].min()))
        - _BELOW
    )
    both = (picture.FRONT, picture.RIGHT)
    views = (picture.RIGHT, picture.FRONT, picture.LEFT)
    coloured = tuple(zip((_segments_above(skin, line) for line in paths), (A_COLOUR, B_COLOUR), strict=True))
    sets = [
        (_LAYERS[depth], picture.paint(surface, charge, scale, both, above=low))
        for depth, surface in layers.items()
        if depth in _LAYERS and depth > 0
    ]
    others = []
    if (muscles := layers.get(2)) is not None:
        for heading, values, unit in (
            ("Largest current density of the session", dose.peak, "A/m²"),
            ("Time with more than 0.1 A/m²", dose.residence, "s"),
        ):
            quantity = np.asarray(values, dtype=np.float64)
            own = Scale.of(quantity[muscles.elements], unit)
            others.append((heading, own, picture.paint(muscles, quantity, own, both, above=low)))
    lines = tuple((segments, _rgb(colour)) for segments, colour in coloured)
    return {
        "scale": scale,
        "still": picture.paint(skin, charge, scale, views, coloured, low, height=4.2),
        "scene": scene.packed(scene.standalone(skin, charge, scale, lines)),
        "layers": sets,
        "quantities": others,
        "depth_chart": charts.depth_chart(treatment),
        "waveform_chart": charts.waveform_chart(treatment),
        "a_colour": A_COLOUR,
        "b_colour": B_COLOUR,
    }


def _paths(treatment: Treatment) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distinct line segments (k, 2, 3) [m] that each probe drew on the skin."""
    table = treatment.timetable
    steps = np.unique(np.c_[table.index[:-1], table.index[1:]], axis=0)
    steps = steps[steps[:, 0] != steps[:, 1]]
    drawn = []
    for points in (table.points_a, table.points_b):
        lines = points[steps]
        length = np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1)
        drawn.append(lines[(length > 0) & (length < _JUMP)])
    return drawn[0], drawn[1]


def _segments_above(skin: LayerSurface, segments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Segments lifted off the skin along its normal, so that they are not drawn inside it."""
    from scipy.spatial import cKDTree

    if len(segments) == 0:
        return segments
    corners = skin.points[skin.triangles]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    ends = segments.reshape(-1, 3)
    _, nearest = cKDTree(corners.mean(axis=1)).query(ends)
    return np.asarray((ends + _LIFT * normal[nearest]).reshape(-1, 2, 3))


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
