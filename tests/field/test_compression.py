"""Compressed columns: half the space, an error that is measured and kept."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.errors import InputError
from zygoma.field import LeadField
from zygoma.field.compression import APART, DensityError, Packed, along_a_curve, pairs_apart
from zygoma.provenance import read_record
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


@pytest.mark.slow
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
    packed = LeadField(body, cache=tmp_path, compression=3e-3)
    one, other = (lead.field(*contact_pair(), current="1 mA") for lead in (plain, packed))
    assert packed.solves > 0
    for name in ("skin", "fat", "bone"):
        assert other.inside(name).J.mean == pytest.approx(one.inside(name).J.mean, rel=1e-3)
        assert other.inside(name).J.p95 == pytest.approx(one.inside(name).J.p95, rel=1e-3)
    assert other.delivered_error < 1e-3
    size = sum(file.stat().st_size for file in packed.folder.rglob("0") if file.is_file())
    assert size < 0.7 * 4 * packed.solves * len(packed.target_nodes)
    again = LeadField(body, cache=tmp_path, compression=3e-3)
    assert again.field(*contact_pair(), current="1 mA").resistance == pytest.approx(
        other.resistance, rel=1e-12
    )
    assert again.solves == 0
    codes = next(again.folder.glob("*/codes/c/0/0"))
    codes.write_bytes(codes.read_bytes()[:-2])
    cut = LeadField(body, cache=tmp_path, compression=3e-3)
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


def pair_errors(lead, columns, again, pairs):
    error = DensityError(lead.conductor, lead.target_index)
    return np.array([error(columns[pair], again[pair]) for pair in pairs])


@pytest.mark.parametrize("goal", [3e-2, 1e-2, 1e-9])
def test_every_pair_of_contacts_holds_the_goal(body, tmp_path, goal):
    """Pairs of nodes that were not tried when the block was stored, all of them apart."""
    nodes = body.surface.node_ids[:150]
    plain = LeadField(body, cache=False)
    packed = LeadField(body, cache=tmp_path, compression=goal)
    columns, again = plain.matrix(nodes), packed.matrix(nodes)
    pairs = np.random.default_rng(0).integers(0, len(nodes), (200, 2))
    apart = np.linalg.norm(np.diff(body.nodes[nodes[pairs]], axis=1)[:, 0], axis=1) >= APART
    found = pair_errors(plain, columns, again, pairs[apart])
    assert apart.sum() > 100
    assert np.mean(found > goal) < 0.01  # a sixteenth of a block is tried: a pair in a hundred may be worse
    assert found.max() < 1.5 * goal
    (record,) = packed.folder.glob("block-*.json")
    told = read_record(record)
    assert told["goal"] == goal
    assert told["error"] <= goal
    assert (told["bits"] > 0) == (goal > 1e-9)
    tried = pairs_apart(body.nodes[nodes])
    assert pair_errors(plain, columns, again, tried).max() == pytest.approx(told["error"], rel=1e-6, abs=0)


def test_a_goal_that_no_steps_hold_leaves_the_columns_as_they_are(body, tmp_path):
    nodes = body.surface.node_ids[:40]
    lead = LeadField(body, cache=tmp_path, compression=1e-9)
    assert np.array_equal(lead.matrix(nodes), LeadField(body, cache=False).matrix(nodes))
    again = LeadField(body, cache=tmp_path, compression=1e-9)
    assert np.array_equal(again.matrix(nodes), lead.matrix(nodes))
    assert again.solves == 0


def test_pairs_that_are_tried_are_near_and_far(body):
    points = body.nodes[body.surface.node_ids[:150]]
    pairs = pairs_apart(points)
    away = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    assert APART <= away.min() < 1.7 * APART
    assert away.max() > 4 * APART
    assert len(pairs) >= 12
    assert pairs_apart(points[:1]).tolist() == [[0, 0]]
    assert pairs_apart(1e-3 * points[:2]).tolist() == [[0, 1], [1, 0]]  # nothing is apart: the farthest


def test_a_block_with_a_larger_error_is_not_taken(body, tmp_path):
    nodes = body.surface.node_ids[:40]
    LeadField(body, cache=tmp_path, compression=0.5).solve(nodes)
    tighter = LeadField(body, cache=tmp_path, compression=3e-3)
    tighter.solve(nodes)
    assert tighter.solves == 40
    looser = LeadField(body, cache=tmp_path, compression=1e-2)
    looser.solve(nodes)
    assert looser.solves == 0


def test_the_column_of_the_ground_is_compressed_too(body, tmp_path):
    lead = LeadField(body, cache=tmp_path, compression=3e-3)
    assert not lead.matrix([body.ground]).any()
    assert not lead.matrix([3, body.ground])[1].any()


@pytest.mark.slow
@pytest.mark.parametrize("part", ["mean", "low", "step", "codes"])
def test_altered_compressed_columns_are_solved_again(body, tmp_path, part):
    nodes = body.surface.node_ids[:40]
    rows = LeadField(body, cache=tmp_path, compression=3e-3).matrix(nodes)
    lead = LeadField(body, cache=tmp_path, compression=3e-3)
    chunk = next(lead.folder.glob(f"*/{part}/c/0/0"))
    spoilt = bytearray(chunk.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    chunk.write_bytes(spoilt)
    assert lead.matrix(nodes) == pytest.approx(rows, rel=1e-5, abs=float(1e-5 * np.abs(rows).max()))
    assert lead.solves == 40


def test_what_cannot_be_compressed_is_refused(body, tmp_path):
    with pytest.raises(InputError, match="on disk only"):
        LeadField(body, cache=False, compression=1e-3)
    for goal in (0.0, 1.0, -1e-3, "a", True, float("nan")):
        with pytest.raises(InputError, match="expected a share"):
            LeadField(body, cache=tmp_path, compression=goal)
    with pytest.raises(InputError, match="all corners"):
        LeadField(body, cache=tmp_path, target=[3, 900], compression=1e-3)
