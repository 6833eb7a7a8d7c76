"""Lift of regions: means over their area, muscles that add, and the chain that reports them."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.errors import RangeError, UnknownNameError
from zygoma.evidence import Priors
from zygoma.face import Face
from zygoma.response import lift
from zygoma.response.chain import propagate
from zygoma.response.lift_map import LiftMap
from zygoma.response.pull import UP, Pull, along
from zygoma.response.reach import Reach

DRAWS = Priors.load().draw(lift.PRIORS, 200, 3)


@pytest.fixture(scope="module")
def face() -> Face:
    return Face.average(resolution="coarse")


@pytest.fixture(scope="module")
def reach(face: Face) -> Reach:
    return Reach.of(face)


def _exact(face: Face, muscle: str, region: str, decay: float) -> float:
    """Mean upward shift of a region for a shift of one, triangle by triangle."""
    skin, pull = face.skin, Pull.of(face, muscle)
    own = face.region_triangles(region)
    distance = np.linalg.norm(skin.points[skin.triangles][own].mean(axis=1) - pull.insertion, axis=1)
    normals = skin.area_vectors[own] / skin.areas[own, None]
    upward = np.exp(-distance / decay) * (along(pull.direction, normals) @ UP)
    return float(np.average(upward, weights=skin.areas[own]))


def test_regions_are_means_over_their_area(face: Face, reach: Reach) -> None:
    decay = lift.decay_length(DRAWS)
    found = reach.lift({"zygomaticus_major_r": np.ones(len(decay))}, decay)
    assert set(found) == set(face.regions)
    best = max(found, key=lambda name: found[name].mean())
    assert best.endswith("_r")
    for region in (best, "forehead", "upper_eyelid_r"):
        exact = [_exact(face, "zygomaticus_major_r", region, length) for length in decay]
        # interpolation between inverse decay lengths a ninth apart
        assert found[region] == pytest.approx(exact, rel=3e-3)


def test_from_a_millimetre_to_no_decay_at_all(face: Face, reach: Reach) -> None:
    decay = np.array([1e-3, 0.5, 2.0, 1e4])
    found = reach.lift({"frontalis_l": np.ones(4)}, decay)["forehead"]
    exact = [_exact(face, "frontalis_l", "forehead", length) for length in decay]
    assert found == pytest.approx(exact, rel=3e-3)


def test_muscles_add_and_sides_mirror(reach: Reach) -> None:
    decay = np.full(2, 0.02)
    one, other = {"zygomaticus_major_r": [1e-3, 0]}, {"dao_l": [2e-3, 0]}
    both = reach.lift({**one, **other}, decay)
    parts = reach.lift(one, decay), reach.lift(other, decay)
    for region, shift in both.items():
        assert shift == pytest.approx(parts[0][region] + parts[1][region])
        assert shift[1] == 0
    left = reach.lift({"zygomaticus_major_l": [1e-3, 0]}, decay)
    for region, shift in parts[0].items():
        mirrored = {"r": region[:-1] + "l", "l": region[:-1] + "r"}.get(region[-1]) if "_" in region else None
        if mirrored in left:
            assert shift == pytest.approx(left[mirrored], rel=1e-6)


def test_a_depressor_pulls_down_and_what_does_not_pull_is_refused(reach: Reach) -> None:
    assert min(shift[0] for shift in reach.lift({"dao_r": [1e-3]}, [0.02]).values()) < -1e-5
    with pytest.raises(UnknownNameError, match="masseter_r"):
        reach.lift({"masseter_r": [1e-3]}, [0.02])
    with pytest.raises(RangeError, match="decay length"):
        reach.lift({"dao_r": [1e-3]}, [0.0])


def test_the_chain_tells_the_lift_of_every_region(exposure, reach: Reach, face: Face) -> None:
    chain = propagate(exposure(), reach=reach)
    rows = {row.where: row for row in chain.responses if row.id == "lift"}
    assert set(rows) == {"face", *face.regions}
    most = max(set(rows) - {"face"}, key=lambda name: max(abs(rows[name].p05), abs(rows[name].p95)))
    assert (rows["face"].p05, rows["face"].p95) == (rows[most].p05, rows[most].p95)
    assert "moves most" in chain.verdict[2]
    # the mean of a region is less than the shift of its best point, of which the map shows all
    largest = LiftMap.of(face, chain).largest
    assert rows["face"].p95 * 1e-3 < largest < 5e-3
    alone = propagate(exposure())
    assert any("insertion" in text for text in alone.response("lift").warnings)
    assert "insertion" in alone.verdict[2]
