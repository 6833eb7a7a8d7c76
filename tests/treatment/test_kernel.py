"""The compiled loops against plain numpy."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.treatment import kernel
from zygoma.treatment.body import Deeper, Elements

RNG = np.random.default_rng(7)
W = kernel.WIDTH


@pytest.fixture(scope="module")
def elements(lead, body) -> Elements:
    return Elements.of(lead.conductor, body, lead.target_index, np.flatnonzero(lead.conductor.conducting))


@pytest.fixture(scope="module")
def potential(lead) -> np.ndarray:
    return RNG.normal(size=(len(lead.target_nodes), W)).astype(np.float32) * 1e-3


def test_mix_is_a_matrix_product() -> None:
    columns = RNG.normal(size=(40, 3001)).astype(np.float32)
    rows = np.array([3, 5, 8, 13, 21, 34, 1, 0])
    weights = RNG.normal(size=(8, W)).astype(np.float32)
    weights[-1] = 0
    weights -= weights.mean(axis=0)
    seconds = RNG.uniform(size=W)
    potential, charge = np.full((3001, W), np.nan, np.float32), np.ones(3001)
    kernel.mix(columns, rows, weights, seconds, potential, charge)
    expected = columns[rows].T.astype(float) @ weights.astype(float)
    assert np.allclose(potential, expected, atol=1e-5)
    assert np.allclose(charge, 1 + expected @ seconds, atol=1e-4)


def test_accumulate_against_numpy(elements, potential, body) -> None:
    e, count = elements, len(elements.ids)
    seconds, squares, held = (RNG.uniform(size=W).astype(np.float32) for _ in range(3))
    shares = np.linspace(1, 0.2, 64).astype(np.float32)
    charge, square, residence = (np.zeros(count) for _ in range(3))
    peak, along = (np.zeros(count, np.float32) for _ in range(2))
    power = np.empty((kernel.chunks(count), len(body.tissues), W))
    for _ in range(2):
        kernel.accumulate(
            e.tets, e.gradient, e.sigma, e.fibre, e.volume, e.tissue, potential, seconds, squares, held,
            0.1, shares, charge, square, peak, along, residence, power,
        )  # fmt: skip
    gradient = e.gradient.reshape(-1, 3, 3).astype(float)
    drops = potential[e.tets[:, :1]].astype(float) - potential[e.tets[:, 1:]]
    field = np.einsum("ebw,ebi->eiw", drops, gradient)
    s = e.sigma.astype(float)
    tensor = s[:, [0, 3, 4, 3, 1, 5, 4, 5, 2]].reshape(-1, 3, 3)
    current = np.einsum("eij,ejw->eiw", tensor, field)
    size = np.linalg.norm(current, axis=1)
    assert np.allclose(charge, 2 * size @ seconds, rtol=1e-5)
    assert np.allclose(square, 2 * size**2 @ squares, rtol=1e-5)
    assert np.allclose(peak, size.max(axis=1), rtol=1e-5)
    assert np.allclose(
        along, np.abs(np.einsum("ei,eiw->ew", e.fibre, field)).max(axis=1), rtol=1e-4, atol=1e-6
    )
    ratio = 0.1 / size
    above = np.where(size > 0.1, shares[np.minimum(ratio * 64, 63).astype(int)], 0.0)
    assert np.isclose(residence, 2 * above @ held, rtol=1e-4).mean() > 0.999  # a bin may flip in float32
    assert 0 < np.mean(residence > 0) < 1
    dissipated = np.einsum("eiw,eiw->ew", current, field) * e.volume[:, None]
    for code in range(len(body.tissues)):
        expected = dissipated[e.tissue == code].sum(axis=0)
        assert np.allclose(power.sum(axis=0)[code], expected, rtol=1e-4)


@pytest.mark.parametrize("rank", [1, 2, 4])
def test_current_drawn_by_the_deeper_part_against_its_whole_stiffness(
    elements, potential, lead, body, rank
) -> None:
    from zygoma.field import VolumeConductor

    part = Deeper.of(elements, lead.conductor.gradients, body.depth_rank, rank, len(lead.target_nodes))
    total = np.zeros((kernel.row_chunks(len(part.nodes)), W))
    kernel.drawn(part.nodes, part.starts, part.neighbours, part.values, potential, total)
    conductivity = lead.conductor.conductivity.copy()
    conductivity[body.depth_rank < rank] = 0
    alone = VolumeConductor(body.nodes, body.tets, conductivity).stiffness
    face = np.unique(body.tets[body.depth_rank == rank])
    face = face[np.isin(face, body.tets[body.depth_rank == rank - 1])]
    expected = np.abs((alone @ potential.astype(float))[face]).sum(axis=0)
    assert np.allclose(total.sum(axis=0), expected, rtol=1e-4)
