"""Reciprocity, lead field and solvers on the average head."""

from __future__ import annotations

import pytest

from zygoma.face import Face
from zygoma.verification.head import head_identities, head_solvers, skin_nodes


@pytest.mark.slow
def test_reciprocity_and_lead_field_on_the_coarse_head():
    reciprocity, stored = head_identities("coarse")
    assert reciprocity.goal == 1e-8
    assert reciprocity.passed, reciprocity
    assert stored.goal == 1e-6
    assert stored.passed, stored


def test_nodes_are_far_from_each_other():
    face = Face.average(resolution="coarse")
    points = face.skin.points[skin_nodes(face)]
    for i, p in enumerate(points):
        for q in points[:i]:
            assert ((p - q) ** 2).sum() ** 0.5 > 30e-3


@pytest.mark.slow
def test_multigrid_agrees_with_cholesky_on_the_coarse_head():
    pytest.importorskip("pymetis")
    (record,) = head_solvers("coarse")
    assert 0 < record.measured <= record.goal == 1e-6
