"""What is uncertain: the shipped priors and their draws."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.errors import InputError
from zygoma.face.tissue import Tissue
from zygoma.plan.prior import Prior, draw, priors
from zygoma.provenance import load_data


def test_medians_are_the_nominal_values() -> None:
    for prior in priors():
        if prior.unit == "1":
            assert prior.middle == 1.0
        elif not prior.uniform:
            (name,) = prior.acts_on
            tissue = Tissue.load("muscle" if name == "muscle_along" else name)
            assert prior.middle == (tissue.sigma_along if name == "muscle_along" else tissue.sigma)


def test_ranges_are_those_of_the_tissues() -> None:
    for name in ("fat", "smas"):
        prior = next(p for p in priors() if p.acts_on == (name,))
        low, high = Tissue.load(name).range
        assert prior.value(np.array([-1.0, 1.0])) == pytest.approx([low, high])


def test_spreads_are_those_of_the_anatomy() -> None:
    spread = {p.name: p.spread for p in priors()}
    defaults = load_data("anatomy.toml")["defaults"]
    for name, key in (("skin", "dermis"), ("fat", "fat"), ("muscle", "muscle")):
        cv = defaults[f"{key}_relative_sd"]
        assert spread[f"{name}_thickness"] == pytest.approx(np.sqrt(np.log1p(cv**2)), abs=1e-3)
    cv = load_data("tissues.toml")["sampling"]["bulk"]["cv"]
    assert spread["skin_conductivity"] == pytest.approx(np.sqrt(np.log1p(cv**2)), abs=1e-3)


def test_contact_varies_by_a_factor_of_three() -> None:
    low, high = next(p for p in priors() if p.target == "contact").band
    assert low == pytest.approx(1 / 3, rel=0.05)
    assert high == pytest.approx(3, rel=0.05)


def test_draw_follows_the_distributions() -> None:
    germ = draw(priors(), 1024, 3)
    for k, prior in enumerate(priors()):
        share = (np.argsort(np.argsort(germ[:, k])) + 0.5) / 1024
        assert np.abs(germ[:, k] - prior.germ(share)).max() < 0.3
        assert abs(germ[:, k].mean()) < 0.01
        assert np.abs(germ[:, k]).max() <= prior.cut
    assert np.abs(np.corrcoef(germ.T) - np.eye(len(priors()))).max() < 2 / np.sqrt(1024)


def test_more_samples_begin_with_the_same() -> None:
    assert np.array_equal(draw(priors(), 100, 5)[:20], draw(priors(), 20, 5))
    assert not np.array_equal(draw(priors(), 20, 5), draw(priors(), 20, 6))


def test_unknown_distribution_is_refused() -> None:
    with pytest.raises(InputError, match="lognormal"):
        Prior.of("x", {"distribution": "normal", "target": "contact"}, 2.5)
