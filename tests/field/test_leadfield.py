from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from zygoma.errors import InputError, SolverError
from zygoma.field import Contact, LeadField, Target, VolumeConductor
from zygoma.verification.numerics import contact_pair


@pytest.fixture
def nodes(body):
    return body.surface.node_ids[:150]


def test_columns_are_those_of_a_direct_solve(lead, body, nodes):
    rows = lead.matrix(nodes[[3, 90, 3]])
    assert rows.dtype == np.float32
    assert rows.flags.c_contiguous
    assert np.array_equal(rows[0], rows[2])
    for node, row in zip(nodes[[3, 90]], rows, strict=False):
        direct = lead.direct({int(node): 1.0})[lead.target_nodes]
        assert np.abs(row - direct).max() < 1e-6 * np.abs(direct).max()


def test_order_of_elimination_is_that_of_the_mesh_alone(body, nodes, monkeypatch):
    shared = LeadField(body, cache=False, solver="cholesky").elimination
    other = VolumeConductor(body.nodes, body.tets, 3 * body.conductivity, ground=body.ground)
    wanted = LeadField(other, cache=False, solver="cholesky").matrix(nodes)
    monkeypatch.setattr("zygoma.field.cholesky.Elimination.of", lambda *_: pytest.fail("found again"))
    second = LeadField(other, cache=False, solver="cholesky", elimination=shared)
    assert np.array_equal(second.matrix(nodes), wanted)
    assert second.elimination is shared


def test_cache_is_used_and_nothing_is_solved_again(body, nodes, tmp_path):
    first = LeadField(body, cache=tmp_path)
    rows = first.matrix(nodes)
    assert first.solves == 150
    second = LeadField(body, cache=tmp_path)
    assert np.array_equal(second.matrix(nodes[::-1])[::-1], rows)
    assert second.solves == 0
    assert second.residual == first.residual > 0


def test_an_interrupted_run_keeps_its_finished_blocks(body, nodes, tmp_path, monkeypatch):
    monkeypatch.setattr("zygoma.field.leadfield.BLOCK", 64)

    def stop(what: str, done: int, total: int) -> None:
        assert (what, total) == ("lead field", 150)
        if done == 128:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        LeadField(body, cache=tmp_path, progress=stop).solve(nodes)
    again = LeadField(body, cache=tmp_path)
    again.solve(nodes)
    assert again.solves == 150 - 128


def test_an_interrupted_block_is_taken_away(body, nodes, tmp_path, monkeypatch):
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    lead = LeadField(body, cache=tmp_path)
    lead.solve(nodes[:64])
    kept = sorted(lead.folder.iterdir())
    monkeypatch.setattr("zygoma.field.cache.write_record", stop)
    with pytest.raises(KeyboardInterrupt):
        lead.solve(nodes)
    assert sorted(lead.folder.iterdir()) == kept


def test_a_half_written_block_does_not_count(body, nodes, tmp_path, monkeypatch):
    monkeypatch.setattr("zygoma.field.leadfield.BLOCK", 64)
    lead = LeadField(body, cache=tmp_path)
    lead.solve(nodes)
    records = sorted(lead.folder.glob("block-*.json"))
    assert len(records) == 3
    sizes = [len(json.loads(record.read_text())["nodes"]) for record in records]
    records[0].unlink()  # stopped before the record was written
    chunk = records[1].with_suffix("") / "c" / "0" / "0"
    chunk.write_bytes(chunk.read_bytes()[:-100])  # a full disk
    again = LeadField(body, cache=tmp_path)
    again.solve(nodes)
    assert again.solves == sizes[0] + sizes[1]


def spoil(record, change):
    """Change the numbers of a block on disk."""
    chunk = record.with_suffix("") / "c" / "0" / "0"
    numbers = np.frombuffer(chunk.read_bytes(), dtype=np.float32).copy()
    change(numbers)
    chunk.write_bytes(numbers.tobytes())


def zeros(numbers):
    numbers[:] = 0.0


def one_last_digit(numbers):
    numbers[:: len(numbers) // 8] *= np.float32(1 + 1e-6)


def exchanged(numbers):
    numbers[:2] = numbers[1::-1].copy()


@pytest.mark.slow
@pytest.mark.parametrize("change", [zeros, one_last_digit, exchanged])
def test_altered_columns_are_solved_again(body, nodes, tmp_path, monkeypatch, change):
    monkeypatch.setattr("zygoma.field.leadfield.BLOCK", 64)
    lead = LeadField(body, cache=tmp_path)
    rows = lead.matrix(nodes)
    records = sorted(lead.folder.glob("block-*.json"))
    count = len(json.loads(records[1].read_text())["nodes"])
    spoil(records[1], change)
    again = LeadField(body, cache=tmp_path)
    assert again.matrix(nodes) == pytest.approx(rows, rel=1e-5, abs=float(1e-5 * np.abs(rows).max()))
    assert again.solves == count
    third = LeadField(body, cache=tmp_path)
    third.solve(nodes)
    assert third.solves == 0


def test_a_target_never_sees_altered_columns(body, tmp_path):
    lead = LeadField(body, cache=tmp_path)
    sound = Target(lead, "fat").of(*contact_pair(), current="1 mA")
    middle = lead.target_index[Target(lead, "fat").nodes]
    for record in lead.folder.glob("block-*.json"):

        def shift(numbers):
            numbers.reshape(-1, len(lead.target_nodes))[:, middle[::2]] *= np.float32(1.3)

        spoil(record, shift)
    again = Target(LeadField(body, cache=tmp_path), "fat").of(*contact_pair(), current="1 mA")
    assert again.J.mean == pytest.approx(sound.J.mean, rel=1e-6)


@pytest.mark.parametrize(
    "spoilt",
    [
        "", "[]", "{}", "null", "\x00\xff", '{"hash": 1}', "[" * 100_000,
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"nodes": [', '"nodes": [-5, '),
        lambda text: text.replace('"residual": ', '"residual": 1'),
        lambda text: json.dumps({**json.loads(text), "nodes": json.loads(text)["nodes"][::-1]}),
        lambda text: json.dumps({**json.loads(text), "nodes": [json.loads(text)["nodes"][0]] * 10}),
        lambda text: json.dumps({"nodes": json.loads(text)["nodes"], "residual": 0.0}),  # the layout before
    ],
)  # fmt: skip
def test_a_damaged_record_does_not_count(body, nodes, tmp_path, spoilt):
    lead = LeadField(body, cache=tmp_path)
    rows = lead.matrix(nodes[:10])
    (record,) = lead.folder.glob("block-*.json")
    record.write_text(spoilt if isinstance(spoilt, str) else spoilt(record.read_text()))
    again = LeadField(body, cache=tmp_path)
    assert np.array_equal(again.matrix(nodes[:10]), rows)
    assert again.solves == 10


def test_a_renamed_record_does_not_count(body, nodes, tmp_path):
    lead = LeadField(body, cache=tmp_path)
    lead.solve(nodes[:10])
    (record,) = lead.folder.glob("block-*.json")
    other = record.with_name("block-0.json")
    record.with_suffix("").rename(other.with_suffix(""))
    record.rename(other)
    assert nodes[0] not in LeadField(body, cache=tmp_path)._store


def test_wrong_columns_with_right_checksums_are_solved_again(body, tmp_path):
    """What an earlier run stored wrongly shows in the checks; it does not stop every later run."""
    lead = LeadField(body, cache=tmp_path)
    sound = lead.field(*contact_pair(), current=1e-3)
    for name, block in list(lead._store._blocks.items()):
        lead._store.add(np.array(block.nodes), 1.5 * lead.matrix(block.nodes), 0.0)
        assert name in lead._store._blocks
    with pytest.raises(SolverError, match="delivered current"):
        lead.field(*contact_pair(), current=1e-3)  # its own columns are not solved twice
    again = LeadField(body, cache=tmp_path)
    found = again.field(*contact_pair(), current=1e-3)
    assert found.resistance == pytest.approx(sound.resistance, rel=1e-6)
    assert again.solves > 0
    third = LeadField(body, cache=tmp_path)
    assert third.field(*contact_pair(), current=1e-3).resistance == pytest.approx(found.resistance)
    assert third.solves == 0


def test_errors_in_the_body_do_not_drown_in_the_power_of_the_contacts(body):
    """99.9 % of the power is in the sheets; a column that is 1 % off inside the body is found."""
    lead = LeadField(body, cache=False)
    pair = [replace(contact, contact_impedance=30.0) for contact in contact_pair()]
    field = lead.field(*pair, current=1e-3)
    assert field.contact_power > 0.99 * field.power
    assert field.body_power_error < 1e-4
    deep = np.setdiff1d(np.arange(len(body.nodes)), body.stiffness[field.source_nodes].indices)
    wrong = field.potential.copy()
    wrong[deep] += 1e-2 * np.ptp(wrong[deep]) * np.random.default_rng(0).normal(size=len(deep))
    with pytest.raises(SolverError, match="power balance of the body"):
        replace(field, potential=wrong)


def test_store_is_zarr_version_3_in_float32(body, nodes, tmp_path):
    import zarr

    lead = LeadField(body, cache=tmp_path)
    lead.solve(nodes[:10])
    (record,) = lead.folder.glob("block-*.json")
    block = zarr.open_array(str(record.with_suffix("")), mode="r")
    assert (block.metadata.zarr_format, block.dtype, block.shape) == (
        3,
        np.float32,
        (10, len(lead.target_nodes)),
    )


def test_target_keeps_only_the_named_nodes(body, nodes):
    target = np.flatnonzero(body.conducting_nodes)[::3]
    part, whole = LeadField(body, cache=False, target=target), LeadField(body, cache=False)
    assert np.array_equal(part.matrix(nodes[:5]), whole.matrix(nodes[:5])[:, ::3])
    assert part.hash != whole.hash
    with pytest.raises(InputError, match="default target"):
        part.field({int(nodes[0]): 1e-3, int(nodes[1]): -1e-3})


def test_solver_and_tolerance_are_part_of_the_hash(body):
    hashes = {
        LeadField(body, cache=False, solver=solver, tolerance=tolerance).hash
        for solver in ("cholesky", "amg")
        for tolerance in (1e-8, 1e-10)
    }
    assert len(hashes) == 4


def test_column_of_the_ground_is_zero(lead, body):
    assert not lead.matrix([body.ground]).any()


def test_column_of_the_ground_is_kept(body, tmp_path):
    assert not LeadField(body, cache=tmp_path).matrix([body.ground]).any()
    again = LeadField(body, cache=tmp_path)
    assert not again.matrix([body.ground]).any()
    assert again.solves == 0


def test_superposition(lead, nodes):
    a, b, c = (int(node) for node in nodes[[2, 70, 120]])
    both = lead.field({a: 1e-3, b: 2e-3, c: -3e-3}).potential
    parts = lead.field({a: 1e-3, c: -1e-3}).potential + lead.field({b: 2e-3, c: -2e-3}).potential
    assert np.abs(both - parts).max() < 1e-9 * np.abs(both).max()


@pytest.mark.parametrize("node", [-1, 10**6])
def test_unknown_nodes_are_refused(lead, node):
    with pytest.raises(InputError, match="not in the conducting part"):
        lead.matrix([node])


@pytest.mark.parametrize(
    ("current", "words"),
    [
        (None, "no current"),
        (0.0, "not all 0 A"),
        ([1e-3, 1e-3], "sum to"),
        ([1e-3], None),
        ([1e-3, 0, -1e-3], "one value each"),
        (np.nan, "not all 0 A"),
    ],
)
def test_currents(lead, current, words):
    if words is None:
        assert lead.field(*contact_pair(), current=current).delivered_current == pytest.approx(1e-3, rel=1e-4)
        return
    with pytest.raises(InputError, match=words):
        lead.field(*contact_pair(), current=current)


def test_one_contact_is_not_enough(lead):
    with pytest.raises(InputError, match="expected two or more"):
        lead.field(Contact([0.02, 0.015, 0.02], 3e-3), current="1 mA")


@pytest.mark.parametrize("wrong", [[np.nan], [1.7], ["a"], [True, False], [[1, 2], [3]]])
def test_what_are_no_nodes_is_refused(lead, wrong):
    for call in (lead.solve, lead.matrix, lambda nodes: LeadField(lead.conductor, cache=False, target=nodes)):
        with pytest.raises(InputError, match="nodes"):
            call(wrong)


@pytest.mark.parametrize("wrong", [[10**6], [-1], []])
def test_what_are_no_target_nodes_is_refused(body, wrong):
    with pytest.raises(InputError, match="target node"):
        LeadField(body, cache=False, target=wrong)


def test_target_nodes_as_a_mask(body):
    mask = np.zeros(len(body.nodes), dtype=bool)
    mask[[5, 9]] = True
    assert LeadField(body, cache=False, target=mask).target_nodes.tolist() == [5, 9]
