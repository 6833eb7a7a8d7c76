"""A mirror-symmetric body needs half of its columns, and only if it is truly symmetric."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.field import LeadField, VolumeConductor


def halves(conductivity: float = 0.3) -> VolumeConductor:
    """A block of two mirrored halves about x = 0; the left one with a conductivity of its own."""
    right = np.stack(np.meshgrid(*[np.arange(5)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    corner = right[(right < 4).all(axis=1)]
    tets = []
    for path in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        steps = np.cumsum([np.zeros(3, int), *np.eye(3, dtype=int)[list(path)]], axis=0)
        ids = [(corner + s) @ [25, 5, 1] for s in steps]
        even = np.linalg.det(np.eye(3)[list(path)]) > 0
        tets.append(np.stack(ids if even else [ids[0], ids[2], ids[1], ids[3]], axis=1))
    half = np.concatenate(tets)
    nodes = right * 2e-3
    outside = np.flatnonzero(right[:, 0] > 0)
    twin = np.arange(len(nodes))
    twin[outside] = len(nodes) + np.arange(len(outside))
    everything = np.concatenate([nodes, nodes[outside] * [-1, 1, 1]])
    mirror = np.concatenate([twin, outside])
    both = np.concatenate([half, twin[half][:, [0, 2, 1, 3]]])
    sigma = np.repeat([0.3, conductivity], len(half))
    return VolumeConductor(everything, both, sigma, mirror=mirror)


def test_a_mirrored_column_is_that_of_a_direct_solve():
    body = halves()
    assert body.is_mirrored
    lead = LeadField(body, cache=False)
    node = int(np.argmax(body.nodes @ [1, 2, 3]))
    partner = int(body.mirror[node])
    rows = lead.matrix([node, partner])
    assert lead.solves == 1
    for k, source in enumerate((node, partner)):
        direct = lead.direct({source: 1.0})[lead.target_nodes]
        assert rows[k] == pytest.approx(direct, rel=1e-6, abs=1e-6 * np.abs(direct).max())


def test_partners_are_not_solved_again_from_the_cache(tmp_path):
    body = halves()
    right = body.surface.node_ids[:40]
    nodes = np.unique([right, body.mirror[right]])
    first = LeadField(body, cache=tmp_path)
    rows = first.matrix(nodes)
    assert first.solves == 40 < len(nodes)
    second = LeadField(body, cache=tmp_path)
    assert not len(second.missing(body.mirror[nodes]))
    assert np.array_equal(second.matrix(nodes), rows)
    assert second.solves == 0


def test_an_altered_side_is_found():
    body = halves(conductivity=0.31)
    assert not body.is_mirrored
    lead = LeadField(body, cache=False)
    node = int(np.argmax(body.nodes[:, 0]))
    lead.solve([node, int(body.mirror[node])])
    assert lead.solves == 2
