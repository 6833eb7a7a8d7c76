"""Stage 3: layer fields, muscle and region sets, core tetrahedra of every resolution."""

from __future__ import annotations

import numpy as np
from head_atlas import Tracer, muscle_outline
from head_core import mesh_core, tag_core
from head_fields import layer_fields, region_distances, region_weights, triangle_sets

from zygoma.face.atlas import entry, muscle_names, side_of, stem
from zygoma.face.binding import RESOLUTIONS, SkinBinding, template_skin
from zygoma.face.layers import layer_stack
from zygoma.face.shell import SLOTS, build_levels
from zygoma.face.source import HeadSource
from zygoma.face.surface import Surface, nearest
from zygoma.face.template import SHEETS, LayerFields
from zygoma.provenance import load_data

AGE, BMI = 25.0, 23.0  # the reference shape
LARGEST = {"coarse": 8.0, "standard": 7.0, "fine": 5.0}  # core elements [mm]


def build() -> dict[str, np.ndarray]:
    """All arrays of ``head_template.npz``."""
    source = HeadSource.load()
    vertices = source.morph()
    template = template_skin("fine")
    fine = Surface(template.points, template.triangles)
    tracer = Tracer(fine, template.mirror, source, vertices)
    atlas = load_data("atlas.toml")
    landmarks = {
        name: vertices[source.index(np.array([e["id"]]))[0]] for name, e in atlas["landmark"].items()
    }
    distances = region_distances(tracer)
    outlines = {name: muscle_outline(tracer, stem(name)) for name in muscle_names() if side_of(name) != "l"}
    weights = region_weights(fine, distances, landmarks)
    weights = (weights + weights[template.mirror]) / 2
    fields = layer_fields(outlines, len(fine.points))
    for name, field in fields.items():
        fields[name] = np.maximum(field, field[template.mirror])
    stored = {"fine.region_weights": np.round(weights * 255).astype(np.uint8)}
    stored |= {f"fine.{name}": field.astype(np.float32) for name, field in fields.items()}
    stored |= muscle_ends(fine, template.mirror, outlines)
    exact = {k: v.astype(np.float64) for k, v in stored.items() if k.startswith("fine.")}
    rounded = exact.pop("fine.region_weights")
    layer = LayerFields(
        region_weights=rounded / rounded.sum(axis=1, keepdims=True),
        muscle_ends={},
        **{slot: exact[f"fine.{slot}"] for slot in SLOTS},
    )
    stack = layer_stack(fine, layer, AGE, BMI)
    binding = SkinBinding.load()
    for resolution in RESOLUTIONS:
        own = template_skin(resolution)
        skin = Surface(own.points, own.triangles)

        def at(field: np.ndarray, resolution: str = resolution) -> np.ndarray:
            return binding.sample(resolution, field)

        parts = triangle_sets(
            fine, skin, own.mirror, own.cut, distances, outlines, stack.thickness[:, 3], weights
        )
        levels, thickness = build_levels(
            skin, at(stack.directions), at(stack.thickness), at(stack.upper_share), SHEETS[resolution]
        )
        inner = Surface(levels[-1], skin.triangles)
        nodes, tets, partner = mesh_core(
            inner, at(stack.directions), thickness.sum(axis=1), own.mirror, LARGEST[resolution]
        )
        everything = np.concatenate([inner.points, nodes])
        tissue, rank = tag_core(everything[tets].mean(axis=1), fine, stack.bone_depth)
        parts |= {
            "core_nodes": nodes.astype(np.float32),
            "core_inner": inner.points.astype(np.float32),
            "core_tets": tets.astype(np.int32),
            "core_tissue": tissue,
            "core_rank": rank,
            "core_mirror": partner.astype(np.int32),
        }
        stored |= {f"{resolution}.{name}": value for name, value in parts.items()}
        print(f"{resolution}: {len(nodes)} core nodes, {len(tets)} core tetrahedra", flush=True)
    return stored


def muscle_ends(fine: Surface, mirror: np.ndarray, outlines: dict) -> dict[str, np.ndarray]:
    """Corners and weights on the fine skin of the ends of every muscle that has two."""
    names, values = [], []
    for name, outline in outlines.items():
        if outline.ring:
            continue
        middles = np.array([outline.origin, outline.insertion])
        if not entry("muscle", name)["paired"]:
            middles[:, 0] = 0.0  # a muscle without a side ends on the midline
        triangle, weights, _ = nearest(fine, middles)
        corners = fine.triangles[triangle].astype(np.float64)
        names.append(name)
        values.append(np.stack([corners, weights], axis=1))
        if entry("muscle", name)["paired"]:
            names.append(f"{stem(name)}_l")
            values.append(np.stack([mirror[fine.triangles[triangle]].astype(np.float64), weights], axis=1))
    return {"ends.name": np.array(names), "ends.value": np.array(values)}
