"""Compressed columns: half the space, an error that is measured and kept."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.errors import InputError
from zygoma.field import LeadField
from zygoma.field.compression import DensityError, Packed, along_a_curve
from zygoma.verification.numerics import block, contact_pair


@pytest.fixture(scope="module")
def body():
    return block()


def test_a_morton_curve_keeps_neighbours_together():
    points = np.stack(np.meshgrid(*[np.arange(8.0)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    order = along_a_curve(np.random.default_rng(0).permutation(points))
    assert sorted(order) == list(range(512))
    order = along_a_curve(points)
    for k in range(0, 512, 64):  # every 64 of a full grid fill a cube of 4
        assert np.ptp(points[order[k : k + 64]], axis=0).tolist() == [3, 3, 3]
    assert along_a_curve(np.zeros((3, 3))).tolist() == [0, 1, 2]


def test_every_number_is_within_half_a_step():
    rng = np.random.default_rng(1)
    columns = (rng.normal(size=(5, 1000)).cumsum(axis=1) + 300).astype(np.float32)
    columns[:, 64:128] = 7.0  # a cluster without a range
    order = rng.permutation(1000)
    packed = Packed.of(columns, order)
    rank = np.argsort(order)
    step = np.repeat(packed.step, 64, axis=1)[:, rank]
    assert (np.abs(packed.columns(np.arange(5), rank) - columns) <= 0.51 * step + 1e-4).all()
    assert packed.columns(np.array([3]), rank)[0] == pytest.approx(columns[3], abs=float(step.max()))
    stored = sum(part.nbytes for part in (packed.mean, packed.low, packed.step, packed.codes))
    assert stored < 0.75 * columns.nbytes  # of 5 columns; of many 0.53


def test_a_compressed_lead_field_has_the_field_within_its_goal(body, tmp_path):
    plain = LeadField(body, cache=tmp_path)
    packed = LeadField(body, cache=tmp_path, compression=1e-3)
    one, other = (lead.field(*contact_pair(), current="1 mA") for lead in (plain, packed))
    assert packed.solves > 0
    for name in ("skin", "fat", "bone"):
        assert other.inside(name).J.mean == pytest.approx(one.inside(name).J.mean, rel=1e-3)
        assert other.inside(name).J.p95 == pytest.approx(one.inside(name).J.p95, rel=1e-3)
    assert other.delivered_error < 1e-3
    size = sum(file.stat().st_size for file in packed.folder.rglob("0") if file.is_file())
    assert size < 0.6 * 4 * packed.solves * len(packed.target_nodes)
    again = LeadField(body, cache=tmp_path, compression=1e-3)
    assert again.field(*contact_pair(), current="1 mA").resistance == pytest.approx(
        other.resistance, rel=1e-12
    )
    assert again.solves == 0
    codes = next(again.folder.glob("*/codes/c/0/0"))
    codes.write_bytes(codes.read_bytes()[:-2])
    cut = LeadField(body, cache=tmp_path, compression=1e-3)
    cut.field(*contact_pair(), current="1 mA")
    assert cut.solves > 0


def test_the_error_of_the_current_density_is_measured(body):
    lead = LeadField(body, cache=False)
    columns = lead.matrix([3, 900, 1500])
    error = DensityError(body, lead.target_index)
    assert error(columns, columns) == 0
    assert error(columns, columns * np.float32(1.01)) == pytest.approx(0.01, rel=1e-2)
    rough = columns.astype(np.float16).astype(np.float32)
    assert error(columns, rough) > 1e-2  # what single values in half precision would do


def test_what_cannot_be_compressed_is_refused(body, tmp_path):
    with pytest.raises(InputError, match="on disk only"):
        LeadField(body, cache=False, compression=1e-3)
    for goal in (0.0, 1.0, -1e-3):
        with pytest.raises(InputError, match="expected a share"):
            LeadField(body, cache=tmp_path, compression=goal)
    with pytest.raises(InputError, match="the goal is 1e-09"):
        LeadField(body, cache=tmp_path, compression=1e-9).solve([3, 900])
    with pytest.raises(InputError, match="all corners"):
        LeadField(body, cache=tmp_path, target=[3, 900], compression=1e-3)
