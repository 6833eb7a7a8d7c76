"""From textures of two visits to a verdict."""

from __future__ import annotations

import math

import numpy as np
import pytest

from zygoma.errors import InputError
from zygoma.outcome.comparison import compared
from zygoma.outcome.light import Light
from zygoma.outcome.nuisance import Nuisance
from zygoma.outcome.profile import Profiles, Tiles
from zygoma.outcome.render import Camera, Patch, Placement, phototypes
from zygoma.outcome.wrinkle import Wrinkle

LIGHT = Light(math.radians(45))


def visit(rng, skin, count=3):
    """Photographs of one visit, each with its own exposure and place."""
    return [
        skin.photograph(
            rng,
            LIGHT,
            Camera(exposure=rng.normal(0.35, 0.007)),
            Placement.random(rng, 0.2e-3, math.radians(0.2), 0.001),
        ).texture()
        for _ in range(count)
    ]


def test_a_fade_is_seen_with_its_size():
    rng = np.random.default_rng(727)
    patch = Patch.random(rng, pitch=0.125e-3, size=(60e-3, 50e-3), depth=(0.15e-3, 0.35e-3))
    found = compared(visit(rng, patch), visit(rng, patch.faded(0.2118)), light=LIGHT)
    assert found.verdict == "improved"
    # measured with a standard deviation of 1.3 %
    assert found.overall.change_pct == pytest.approx(-21.18, abs=4)
    assert [region.name for region in found.regions] == ["patch"]
    assert found.overall.sdc_pct < 10  # 2.6 % on average, more where six photographs happen to scatter
    assert "all: improved; depth -" in str(found)


def test_nothing_to_compare():
    rng = np.random.default_rng(728)
    patch = Patch.random(rng, pitch=0.125e-3, size=(30e-3, 30e-3), depth=0.2e-3, count=1)
    photos = visit(rng, patch, 1)
    with pytest.raises(InputError, match="each visit needs"):
        compared(photos, [])
    with pytest.raises(InputError, match="no wrinkle"):
        compared(photos, photos, wrinkles=[])


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_coverage_on_rendered_pairs():
    """Pairs of visits that differ by the budget, all skin tones, faded by 0 to 40 %."""
    from zygoma.outcome.change import change
    from zygoma.outcome.follow import combined
    from zygoma.outcome.groove_depth import depths

    rng, budget = np.random.default_rng(729), Nuisance.same_rig()
    total, covered, improved = 100, {"depth": 0, "contrast": 0}, {"depth": 0, "contrast": 0}
    for k in range(total):
        fade = 0.0 if k % 2 else rng.uniform(0, 0.4)
        nominal = Light(math.radians(rng.uniform(35, 60)))
        tone = str(rng.choice(phototypes()))
        patch = Patch.random(
            rng,
            pitch=0.125e-3,
            size=(44e-3, 24e-3),
            depth=(0.08e-3, 0.3e-3),
            sigma=(0.3e-3, 0.6e-3),
            phototype=tone,
        )
        tiles = Tiles.of([Wrinkle(f"w{i}", "patch", groove.points) for i, groove in enumerate(patch.grooves)])
        measured = []
        for skin in (patch, patch.faded(fade)):
            elevation = nominal.elevation + rng.normal(0, budget.elevation)
            ambient = 0.25 + rng.normal(0, budget.ambient)
            blur = 0.1e-3 + rng.normal(0, budget.blur)
            size = 1 + rng.normal(0, budget.scale)
            for _ in range(3):
                light = Light(elevation + rng.normal(0, 0.5 * budget.elevation), ambient=ambient)
                camera = Camera(exposure=rng.normal(0.35, 0.007), blur=max(blur, 0.0))
                photo = skin.photograph(rng, light, camera, Placement(stretch=(size, size)))
                measured.append(Profiles.of(tiles, photo.texture()))
        followed = combined(measured, [0, 0, 0, 1, 1, 1])
        for index, grooves in (("depth", depths(followed, nominal)), ("contrast", None)):
            found = change(followed, grooves=grooves)
            covered[index] += found.low <= math.log(1 - fade) <= found.high
            improved[index] += fade == 0 and found.verdict == "improved"
    # binomial standard deviations of 2.2 and 2.2 %: two and a half of them below 93 % and above 2.5 %
    assert min(covered.values()) / total >= 0.93 - 0.055
    assert max(improved.values()) / (total / 2) <= 0.025 + 0.055
