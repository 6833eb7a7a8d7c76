"""The page: facts, tables and pictures poured into the template."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from zygoma.face.atlas import title
from zygoma.plan import Treatment
from zygoma.provenance import load_data
from zygoma.report import answer, charts, picture, response_charts, scene
from zygoma.report.alternatives_table import AlternativesTable
from zygoma.report.claims_table import ClaimsTable
from zygoma.report.lift_picture import LiftSection
from zygoma.report.limits import LimitSection
from zygoma.report.nerve_table import NerveTable
from zygoma.report.palette import Scale
from zygoma.report.paths import probe_paths
from zygoma.report.responses import ResponseSection, spread
from zygoma.report.surfaces import layers_below
from zygoma.report.uncertain import UncertaintySection, intervals
from zygoma.report.words import number, percent, sided
from zygoma.treatment import SetDose

if TYPE_CHECKING:
    from jinja2 import Template

_LAYERS = {
    0: "Skin",
    1: "Fat, skin taken off",
    2: "Facial muscles and SMAS",
    3: "Deep fat and chewing muscles",
    4: "Bone",
}
_BELOW = 0.07  # pictures end this far below the lowest position of a probe [m]


def render(treatment: Treatment) -> str:
    """Self-contained HTML of a treatment."""
    return template("report.html.j2").render(**_content(treatment), **_pictures(treatment))


def template(name: str) -> Template:
    """A template of this package, with the filters for names and numbers."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, percent=percent, title=title, ratio=spread)
    return environment.get_template(name)


def _source(name: str) -> str:
    return resources.files("zygoma.report").joinpath(name).read_text(encoding="utf-8")


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
        "limits": LimitSection.of(treatment),
        "definitions": definitions,
        "muscles": _table(treatment, "muscles", treatment.muscles),
        "regions": _table(treatment, "regions", treatment.regions),
        "tissues": _table(treatment, "tissues", treatment.tissues),
        "uncertain": UncertaintySection.of(treatment),
        "responses": ResponseSection.of(treatment),
        "compare": AlternativesTable.of(treatment),
        "claims": ClaimsTable.of(treatment.chain),
        "course": treatment.chain.course,
        **_nerve(treatment),
    }


def _nerve(treatment: Treatment) -> dict[str, Any]:
    table = NerveTable.of(treatment)
    return {"nerve": table, "nerve_chart": response_charts.nerve_chart(table) if table.rows else ""}


def _table(treatment: Treatment, kind: str, rows: Sequence[SetDose]) -> list[dict[str, Any]]:
    ordered = sorted(rows, key=lambda row: -row.charge_density)
    largest = max((row.charge_density for row in rows), default=0.0) or 1.0
    return [
        {
            "heading": sided(row.name, row.side),
            "row": row,
            "share": 100 * row.charge_density / largest,
            "band": intervals(treatment, kind, row),
        }
        for row in ordered
    ]


def _uncertainty(treatment: Treatment) -> dict[str, Any]:
    found = treatment.uncertainty
    if found is None:
        return {}
    shares = found.importance()
    return {
        "shares_chart": charts.shares_chart(shares) if shares else "",
        "interval_chart": charts.interval_chart(treatment, found),
    }


def _course(treatment: Treatment) -> dict[str, Any]:
    course = treatment.chain.course
    return {
        "collagen_chart": response_charts.collagen_chart(course),
        "flow_chart": response_charts.flow_chart(course),
        "volume_chart": response_charts.volume_chart(course),
        "wrinkle_chart": response_charts.wrinkle_chart(treatment.chain.response("wrinkle")),
    }


def _pictures(treatment: Treatment) -> dict[str, Any]:
    face, dose = treatment.face, treatment.dose
    layers = layers_below(face.nodes, face.tets, face.depth_rank, len(face.skin.points))
    skin = layers[0]
    charge = np.asarray(dose.charge, dtype=np.float64)
    scale = Scale.of(charge[skin.elements], "C/m²")
    paths = probe_paths(treatment, skin)
    table = treatment.timetable
    low = float(min(table.points_a[:, 1].min(), table.points_b[:, 1].min())) - _BELOW
    both = (picture.FRONT, picture.RIGHT)
    views = (picture.RIGHT, picture.FRONT, picture.LEFT)
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
    return {
        "scale": scale,
        "still": picture.paint(skin, charge, scale, views, paths, low, height=720),
        "scene": scene.packed(scene.standalone(skin, charge, scale, paths, low)),
        "layers": sets,
        "quantities": others,
        "depth_chart": charts.depth_chart(treatment),
        "waveform_chart": charts.waveform_chart(treatment),
        **_uncertainty(treatment),
        **_course(treatment),
        "lift": LiftSection.of(treatment, low),
        "paths": tuple(zip("AB", paths, strict=True)),
    }
