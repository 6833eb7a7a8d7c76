from __future__ import annotations

import numpy as np
import pytest

from zygoma.field import VolumeConductor
from zygoma.field.surface import Faces
from zygoma.verification.meshes import ball, box, graded_axis


def test_box_fills_its_volume_without_gaps():
    nodes, tets = box([0, 1, 3], [0, 2], [0, 0.5, 1])
    assert VolumeConductor(nodes, tets, 1.0).volumes.sum() == pytest.approx(6)
    assert len(Faces.of(tets).triangles) == 2 * (2 * 1 + 2 * 2 + 1 * 2) * 2


def test_ball_is_closed_and_nearly_a_ball():
    nodes, tets = ball(np.linspace(0, 1, 13)[1:])
    body = VolumeConductor(nodes, tets, 1.0)
    assert body.volumes.sum() == pytest.approx(4 / 3 * np.pi, rel=0.01)
    assert len(body.surface.triangles) == 20 * 12**2
    assert np.linalg.norm(nodes[body.surface.node_ids], axis=1) == pytest.approx(1)
    edges = np.linalg.norm(nodes[tets[:, [0, 0, 0, 1, 1, 2]]] - nodes[tets[:, [1, 2, 3, 2, 3, 3]]], axis=2)
    assert edges.max() / edges.min() < 2.5


def test_graded_axis_is_even_inside_and_symmetric():
    axis = graded_axis(0.01, 0.001, 0.2)
    assert axis == pytest.approx(-axis[::-1])
    assert axis[[0, -1]] == pytest.approx([-0.2, 0.2])
    inside = np.abs(axis) < 0.0101
    assert np.diff(axis[inside]) == pytest.approx(0.001)
    assert (np.diff(axis) > 0).all()
