"""Interval and verdict of a change."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from zygoma.errors import RangeError
from zygoma.outcome.change import _over_the_skin, change
from zygoma.outcome.comparability import Comparability
from zygoma.outcome.follow import Followed, combined
from zygoma.outcome.light import Light
from zygoma.outcome.nuisance import Nuisance
from zygoma.outcome.profile import Profiles, Tiles
from zygoma.outcome.render import Camera, Patch, Placement
from zygoma.outcome.texture_transfer import Transfer
from zygoma.outcome.wrinkle import Wrinkle

NONE = Nuisance(0.0, 0.0, 0.0, 0.0)


def made_up(rng, fade, scatter, count=3, texture=0.0):
    """Powers of 24 tiles that fade alike, photographs that scatter, and texture that does not fade."""
    line = np.column_stack([np.linspace(0, 0.12, 200), np.zeros(200)])
    tiles = Tiles.of([Wrinkle("a", "forehead", line)])
    power = rng.uniform(0.5e-2, 2e-2, len(tiles.length))
    own = rng.normal(0, texture, len(power)) * power.mean()
    gain = np.exp(rng.normal(0, scatter, 2 * count))[:, None]
    visit = np.repeat([0, 1], count)
    share = np.where(visit == 0, 1.0, 1 - fade)[:, None]
    template = np.tile(
        np.sin(tiles.offsets / 0.5e-3) * np.exp(-0.5 * (tiles.offsets / 0.5e-3) ** 2), (len(power), 1)
    )
    return Followed(tiles, visit, template, gain * (share * power + own), np.zeros(2 * count))


@pytest.mark.slow
def test_interval_covers_and_null_pairs_do_not_improve():
    """Photographs that scatter by 1 % and texture of 20 % of a tile: 95 % of the intervals hold the truth."""
    rng, covered, improved, total = np.random.default_rng(258), 0, 0, 1500
    for k in range(total):
        fade = 0.0 if k % 2 else rng.uniform(0.0, 0.4)
        found = change(made_up(rng, fade, 0.01, texture=0.2), nuisance=NONE)
        truth = math.log(1 - fade)
        covered += found.low <= truth <= found.high
        improved += k % 2 and found.verdict == "improved"
    # binomial standard deviation 0.6 %, three of them to each side of 93 to 97 %
    assert 0.93 - 0.017 <= covered / total <= 0.97 + 0.017
    assert improved / (total / 2) <= 0.025 + 0.017


def test_verdicts():
    rng = np.random.default_rng(259)
    fallen = change(made_up(rng, 0.3, 0.005), nuisance=NONE)
    assert fallen.verdict == "improved"
    assert fallen.change_pct == pytest.approx(-30, abs=2)
    assert fallen.sdc_pct < 5  # 1.1 % on average, up to three times that of six photographs
    assert "all: improved; contrast -" in str(fallen)
    assert change(made_up(rng, -0.3, 0.005), nuisance=NONE).verdict == "worse"
    # one null pair in twenty is told from none: this one is not
    null = made_up(np.random.default_rng(1), 0.0, 0.3)
    assert change(null, nuisance=NONE).verdict == "not distinguishable"


def test_budget_widens_the_interval():
    rng = np.random.default_rng(260)
    followed = made_up(rng, 0.1, 0.001)
    narrow, wide = (change(followed, nuisance=n) for n in (NONE, Nuisance(0.02, 0.0, 0.0, 0.0)))
    # 0.9 * 2 / sin(90 degrees) * 0.02 * sqrt(2) for the light, 0.1 * 0.105 for the calibration of contrast
    assert wide.high - wide.log_ratio == pytest.approx(1.96 * math.hypot(0.0509, 0.0105), rel=0.05)
    assert narrow.smallest < wide.smallest


def test_not_comparable():
    rng = np.random.default_rng(261)
    few = change(made_up(rng, 0.3, 0.005, count=2))
    assert few.verdict == "not comparable"
    assert "3 of each of two visits" in few.reasons[0]
    refused = Comparability(Transfer(0.0, 0.0, 0.2, 0.0, 0.0, 0.0), ("the light moved",))
    found = change(made_up(rng, 0.3, 0.005), comparability=refused)
    assert found.verdict == "not comparable"
    assert found.reasons == ("the light moved",)
    assert found.json()["change_pct"] is None
    assert found.json()["verdict"] == "not comparable"
    faint = change(made_up(rng, 1.0, 0.005))
    assert "hardly stand out" in faint.reasons[-1]


@pytest.mark.parametrize("tiles", [3, 4, 8])
def test_few_tiles_are_covered_and_two_say_nothing(tiles):
    rng, held, beyond, total = np.random.default_rng(264 + tiles), 0, 0, 400
    for _ in range(total):
        every = made_up(rng, 0.3, 0.01, texture=0.2)
        found = change(_cut(every, tiles), nuisance=NONE)
        held += found.low <= math.log(0.7) <= found.high
        beyond += found.log_ratio < -1.0001 * found.smallest and found.verdict != "improved"
    assert held / total >= 0.92
    assert beyond == 0, "a fall beyond the smallest that could be told was not told"
    two = change(_cut(every, 2), nuisance=NONE)
    assert two.verdict == "not comparable"
    assert "10 mm of its wrinkles were seen in every photograph, 15 mm are needed" in two.reasons[-1]


def _cut(followed, tiles):
    """The same photographs with fewer tiles seen."""
    power = followed.power.copy()
    power[:, tiles:] = np.nan
    return replace(followed, power=power)


def test_texture_that_does_not_fade_is_seen_over_tiles():
    """The bootstrap finds what no repeat shows; without a change it finds nothing."""
    rng = np.random.default_rng(262)
    before, after = np.arange(6) < 3, np.arange(6) >= 3
    every = np.ones(24, dtype=bool)
    null, fade = (
        np.mean([_over_the_skin(made_up(rng, f, 0.01, texture=0.3), every, before, after) for _ in range(40)])
        for f in (0.0, 0.4)
    )
    assert null < 1e-9  # common gains fall out
    assert fade > 1e-4


def test_nuisances_are_those_of_rendered_skin():
    """Each sensitivity of the budget against a picture of the same skin in that light, focus and size."""
    rng = np.random.default_rng(263)
    patch = Patch.random(rng, pitch=0.125e-3, size=(50e-3, 20e-3), depth=0.2e-3, sigma=0.45e-3)
    tiles = Tiles.of([Wrinkle(f"w{k}", "patch", groove.points) for k, groove in enumerate(patch.grooves)])

    def measured(elevation=45.0, ambient=0.25, blur=0.1e-3, scale=1.0):
        light = Light(math.radians(elevation), ambient=ambient)
        placed = Placement(stretch=(scale, scale))
        return Profiles.of(tiles, patch.photograph(rng, light, Camera(blur=blur), placed).texture())

    base, light = measured(), Light(math.radians(45))
    for kind, other in {
        (math.radians(2), 0.0, 0.0, 0.0): measured(elevation=43),
        (0.0, 0.02, 0.0, 0.0): measured(ambient=0.23),
        (0.0, 0.0, 0.03e-3, 0.0): measured(blur=0.13e-3),
    }.items():
        both = combined([base, other], [0, 1])
        contrast = both.contrast(both.group())
        expected = Nuisance(*kind).log_index(light, both.width(both.group()), 0.115e-3) / math.sqrt(2)
        # gloss takes some of the light's part, interpolation adds some blur
        assert abs(math.log(contrast[1] / contrast[0])) == pytest.approx(expected, rel=0.45, abs=0.005)
    with pytest.raises(RangeError, match="not below 0"):
        Nuisance(-1.0, 0.0, 0.0, 0.0)
