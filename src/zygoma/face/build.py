"""From a person to the face: skin, layer stack, levels, core, fibres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import MeshError
from zygoma.face.binding import SkinBinding, is_symmetric, template_skin
from zygoma.face.face import Face
from zygoma.face.fibre import fibres
from zygoma.face.layers import layer_stack, tet_volumes, uniform_layers, warp_core
from zygoma.face.morph import Person
from zygoma.face.shell import SLOTS, build_levels
from zygoma.face.source import HeadSource
from zygoma.face.surface import Array, Surface
from zygoma.face.template import HeadTemplate, LayerFields


def build(
    person: Person, resolution: str, layers: Mapping[str, float] | Sequence[float] | None = None
) -> Face:
    """The face of a person; see `Face.of`."""
    template, source, binding = HeadTemplate.load(resolution), HeadSource.load(), SkinBinding.load()
    source_vertices = person.vertices()
    fine_template = template_skin("fine")
    moved = binding.displacement("fine", source_vertices - source.morph())
    fine = Surface(fine_template.points + moved, fine_template.triangles)
    uniform = None if layers is None else uniform_layers(layers)
    stack = layer_stack(fine, LayerFields.load(), person.age, person.bmi, person.factors, uniform)

    def at(field: Array) -> Array:
        return binding.sample(resolution, field)

    skin = Surface(template.skin.points + at(moved), template.skin.triangles)
    levels, thickness = build_levels(
        skin, at(stack.directions), at(stack.thickness), at(stack.upper_share), template.sheets
    )
    inside = warp_core(template.core_nodes, template.core_tets, template.core_inner, levels[-1])
    nodes = np.concatenate([levels.reshape(-1, 3), inside])
    if is_symmetric(source_vertices, source.mirror):
        nodes = _symmetrised(nodes, template.mirror_node)
        levels = nodes[: levels[..., 0].size].reshape(levels.shape)
    inverted = int((tet_volumes(nodes, template.tets) <= 0).sum())
    if inverted:
        raise MeshError(f"{inverted} elements of the face are inverted; use milder morphs or another seed")
    tissue, rank = template.tags
    fibre = np.zeros((len(template.tets), 3), dtype=np.float32)
    for slot, direction in zip(SLOTS, fibres(template, levels), strict=True):
        fibre[template.sheet_elements(template.sheets.slot(slot))] = np.repeat(direction, 3, axis=0)
    return Face(
        person=person,
        template=template,
        nodes=nodes,
        tets=template.tets,
        tissue=tissue,
        depth_rank=rank,
        fibre=fibre,
        thickness=thickness,
        target_thickness=at(stack.targets),
        source_vertices=source_vertices,
        fine_points=fine.points,
    )


def _symmetrised(nodes: Array, mirror: NDArray[np.int64]) -> Array:
    """Nodes of a symmetric face without the rounding of its solvers: an exact mirror image of themselves."""
    even = (nodes + nodes[mirror] * [-1, 1, 1]) / 2
    left = mirror < np.arange(len(mirror))
    even[left] = even[mirror[left]] * [-1, 1, 1]
    even[mirror == np.arange(len(mirror)), 0] = 0.0
    return even
