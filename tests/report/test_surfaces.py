"""Layer surfaces are closed, turned outward and lie where the layers are."""

from __future__ import annotations

import numpy as np

from zygoma.plan import Treatment
from zygoma.report.palette import DECADES, Scale
from zygoma.report.surfaces import layers_below


def enclosed(points: np.ndarray, triangles: np.ndarray) -> float:
    """Volume inside a closed surface, positive when its triangles are turned outward."""
    a, b, c = points[triangles].transpose(1, 0, 2)
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def test_each_layer_encloses_all_that_is_deeper(treatment: Treatment) -> None:
    face = treatment.face
    layers = layers_below(face.nodes, face.tets, face.depth_rank, len(face.skin.points))
    corners = face.nodes[face.tets]
    volumes = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / 6
    assert sorted(layers) == [0, 1, 2, 3, 4, 5]
    for depth, surface in layers.items():
        below = volumes[face.depth_rank >= depth].sum()
        assert np.isclose(enclosed(surface.points, surface.triangles), below, rtol=1e-9)
        assert (face.depth_rank[surface.elements] == depth).all()


def test_corner_values_of_a_constant_are_that_constant(treatment: Treatment) -> None:
    face = treatment.face
    skin = layers_below(face.nodes, face.tets, face.depth_rank, len(face.skin.points))[0]
    assert np.allclose(skin.at_corners(np.full(len(face.tets), 3.5)), 3.5)


def test_scale_ends_above_the_largest_values_and_spans_its_decades() -> None:
    scale = Scale.of(np.linspace(0.0, 730.0, 1000), "C/m²")
    assert scale.high == 1000.0
    assert np.isclose(scale.low, 1000.0 / 10**DECADES)
    assert [mark for _, mark in scale.ticks] == ["1", "10", "100", "1000"]
    low, high = scale.colours(np.array([0.0, 1e9])).sum(axis=1)
    assert low > high  # pale to dark
