"""Volume, displacement and lift of known size between visits, and pairs that say nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from zygoma.errors import InputError
from zygoma.face import Surface
from zygoma.outcome.region_measure import volume
from zygoma.outcome.scan import Scan
from zygoma.outcome.scan_comparison import compare_scans
from zygoma.outcome.scan_nodes import ScanNodes
from zygoma.outcome.scan_picture import save_picture
from zygoma.outcome.scan_truth import forehead, head, moved_up, scanned, swollen

pytest.importorskip("trimesh")

CHEEK = (0.045, 0.635, 0.125)


def patch(surface: Surface, rng: np.random.Generator) -> Scan:
    return scanned(surface, 1e-3, 2e-5, rng, turn=1.0, shift=0.002, unit="m")


def test_volume_of_a_shell() -> None:
    """A ball of 50 mm raised by 3 mm: the volume of the shell, within the area that its triangles lack."""
    import trimesh

    ball = trimesh.creation.icosphere(5, radius=0.05)
    nodes = ScanNodes.of(Scan.of(ball.vertices, ball.faces, "m"))
    found = volume(nodes, np.ones(len(nodes.points), bool), np.full(len(nodes.points), 3e-3))
    assert found == pytest.approx(4 / 3 * np.pi * (0.053**3 - 0.05**3), rel=0.005)


@pytest.mark.slow
def test_patch_that_swells() -> None:
    """1.5 mm over a patch of skin, its rim held still: volume within 5 %, and inside the interval."""
    rng = np.random.default_rng(1)
    skin = forehead(0.1, 0.08, 1e-3)
    raised, truth = swollen(skin, (0, 0, 0), 1.5e-3, 0.01)
    before, after = ([patch(surface, rng) for _ in range(3)] for surface in (skin, raised))
    far = np.hypot(*(before[0].points - before[0].points.mean(axis=0))[:, :2].T)
    change = compare_scans(before, after, regions={"middle": far < 0.03}, stable=(far > 0.031), up=(0, 1, 0))
    middle = change.regions[0]
    assert middle.volume == pytest.approx(truth, rel=0.05)
    assert middle.volume_difference is not None
    assert middle.volume_difference.is_distinguishable
    # a patch this smooth has no shape to hold on to: what slid cannot be told
    assert middle.verdict == "not distinguishable"
    assert change.verdict in ("not distinguishable", "not comparable")


def test_fewer_than_three_scans_give_no_verdict_and_no_number_in_files(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    skin = forehead(0.1, 0.08, 1e-3)
    one, two = patch(skin, rng), patch(skin, rng)
    change = compare_scans([one], [two], regions={"all": np.ones(len(one.points), bool)}, up=(0, 1, 0))
    assert change.verdict == "not comparable"
    assert "take 3 at each visit" in change.reasons[0]
    values = change.json()
    assert set(values["regions"][0]["displacement_mm"].values()) == {None}
    assert abs(change.regions[0].displacement) < 0.01e-3
    json.dumps(values, allow_nan=False)
    assert len(str(change).splitlines()) <= 5
    save_picture(change, tmp_path / "change.png")
    assert (tmp_path / "change.png").read_bytes()[1:4] == b"PNG"


def test_bad_calls() -> None:
    rng, skin = np.random.default_rng(3), forehead(0.1, 0.08, 1e-3)
    one, two = patch(skin, rng), patch(skin, rng)
    with pytest.raises(InputError, match="at least one"):
        compare_scans([one], [])
    with pytest.raises(InputError, match="truth value"):
        compare_scans([one], [two], regions={"a": np.ones(3, bool)})
    with pytest.raises(InputError, match="upward"):
        compare_scans([one], [two], up=(0, 0, 0))
    with pytest.raises(InputError, match="of the first visit and scan of the second visit are the same"):
        compare_scans([one], [two, one])
    with pytest.raises(InputError, match="the same scan"):
        compare_scans([one, one], [two])


@pytest.mark.slow
def test_whole_face() -> None:
    """A cheek that gains 2.5 ml, which is no lift, among regions where nothing happens."""
    rng, skin = np.random.default_rng(4), head()
    raised, _ = swollen(skin, CHEEK, 2e-3, 0.014)
    before = [scanned(skin, 1e-3, 1e-4, rng, radius=0.08) for _ in range(3)]
    after = [scanned(raised, 1e-3, 1e-4, rng, radius=0.08) for _ in range(3)]
    change = compare_scans(before, after)
    found = {region.name: region for region in change.regions}
    malar = found["malar_cheek_l"]
    assert malar.volume_difference is not None
    assert malar.volume_difference.low > 0
    # on the other side nothing is claimed; swelling is not taken for a lift anywhere
    assert not any(
        region.volume_difference is not None and region.volume_difference.is_distinguishable
        for name, region in found.items()
        if name.endswith("_r")
    )
    assert change.verdict == "not distinguishable"
    assert {region.verdict for region in change.regions} == {"not distinguishable"}


@pytest.mark.slow
def test_lift_is_told_and_null_is_not() -> None:
    rng, skin = np.random.default_rng(5), head()
    lifted = moved_up(skin, (-0.033, 0.622, 0.139), 3e-3, 0.02)  # the nasolabial fold and beside it
    before = [scanned(skin, 1e-3, 1e-4, rng, radius=0.08) for _ in range(3)]
    after = [scanned(lifted, 1e-3, 1e-4, rng, radius=0.08) for _ in range(3)]
    again = [scanned(skin, 1e-3, 1e-4, rng, radius=0.08) for _ in range(3)]
    change = compare_scans(before, after)
    told = {region.name for region in change.regions if region.verdict == "improved"}
    assert change.verdict == "improved"
    assert "nasolabial_r" in told
    assert not {name for name in told if name.endswith("_l")}
    null = compare_scans(before, again)
    assert null.verdict == "not distinguishable"
    assert all(region.verdict == "not distinguishable" for region in null.regions)
