"""Sobol indices from given samples, against closed forms."""

from __future__ import annotations

from typing import Any

import chaospy
import numpy as np
import pytest
from scipy.stats import norm, qmc

from zygoma.errors import InputError
from zygoma.plan.chaos import least_samples, sobol


def points(samples: int, inputs: int, seed: int = 1) -> Any:
    """Scrambled Sobol points in the unit cube; `samples` a power of two."""
    return qmc.Sobol(inputs, seed=np.random.default_rng(seed)).random(samples)


@pytest.mark.slow
def test_ishigami_within_its_own_error() -> None:
    a, b = 7.0, 0.1
    x = np.pi * (2 * points(512, 3) - 1)
    y = np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])
    one, two, both = 0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8, 8 * b**2 * np.pi**8 / 225
    first = np.array([one, two, 0.0]) / (one + two + both)
    total = np.array([one + both, two, both]) / (one + two + both)
    found = sobol(x, y[:, None], [chaospy.Uniform(-np.pi, np.pi) for _ in range(3)], seed=1)
    assert np.abs(found.first[:, 0] - first).max() < 0.01
    assert np.abs(found.total[:, 0] - total).max() < 0.01
    assert found.explained[0] > 0.98
    assert found.total_error[:, 0].max() < 0.02


@pytest.mark.parametrize("samples", [32, 256])
def test_log_normal_model_in_its_logarithm(samples: int) -> None:
    """ln y is linear in the standardised logarithms: shares are its squared slopes, from few samples."""
    slope = np.array([0.8, 0.5, 0.3, 0.2, 0.1, 0.1, 0.05, 0.05, 0.0, 0.0, 0.0])
    z = norm.ppf(points(samples, 11))
    found = sobol(z, (z @ slope)[:, None], [chaospy.Normal(0, 1) for _ in slope], seed=1, resamples=20)
    assert np.allclose(found.first[:, 0], slope**2 / (slope**2).sum(), atol=1e-10)
    assert found.terms[0] == 12


@pytest.mark.slow
def test_log_normal_model_itself() -> None:
    slope = np.array([0.5, 0.3, 0.2])
    z = norm.ppf(points(256, 3))
    found = sobol(z, np.exp(z @ slope)[:, None], [chaospy.Normal(0, 1) for _ in slope], seed=1)
    whole = np.expm1((slope**2).sum())
    first = np.expm1(slope**2) / whole
    total = np.exp((slope**2).sum()) * (1 - np.exp(-(slope**2))) / whole
    assert np.abs(found.first[:, 0] - first).max() < 0.01
    assert np.abs(found.total[:, 0] - total).max() < 0.01


def test_same_as_chaospy_on_its_own_expansion() -> None:
    x = 2 * points(128, 2) - 1
    y = x[:, 0] + x[:, 0] * x[:, 1] ** 2
    kinds = [chaospy.Uniform(-1, 1) for _ in range(2)]
    joint = chaospy.J(*kinds)
    fitted = chaospy.fit_regression(chaospy.generate_expansion(3, joint), x.T, y)
    found = sobol(x, y[:, None], kinds, seed=1, resamples=2)
    assert np.allclose(found.first[:, 0], chaospy.Sens_m(fitted, joint), atol=1e-8)
    assert np.allclose(found.total[:, 0], chaospy.Sens_t(fitted, joint), atol=1e-8)


@pytest.mark.slow
def test_error_is_that_of_repeated_draws() -> None:
    """The bootstrap's standard error against the scatter over independent draws of a noisy response."""
    kinds = [chaospy.Uniform(-1, 1) for _ in range(3)]
    found = []
    for seed in range(40):
        draw = np.random.default_rng(seed)
        x = draw.uniform(-1, 1, (64, 3))
        y = x[:, 0] + 0.5 * x[:, 1] + 0.3 * draw.normal(size=64)
        one = sobol(x, y[:, None], kinds, seed=seed, resamples=100)
        found.append((one.first[0, 0], one.first_error[0, 0]))
    scatter, told = np.std([f for f, _ in found]), np.mean([e for _, e in found])
    assert 0.5 < told / scatter < 2.0


def test_constant_response_has_no_shares() -> None:
    x = 2 * points(64, 2) - 1
    kinds = [chaospy.Uniform(-1, 1) for _ in range(2)]
    found = sobol(x, np.column_stack([np.full(64, 3.0), x[:, 0]]), kinds, seed=1, resamples=5)
    assert np.isnan(found.total[:, 0]).all()
    assert found.total[0, 1] == pytest.approx(1.0)
    first, _, total, _ = found.mean(np.arange(2))
    assert first[0] == pytest.approx(1.0)
    assert total[1] == pytest.approx(0.0, abs=1e-12)


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(InputError, match=str(least_samples(11))):
        sobol(np.zeros((20, 11)), np.zeros((20, 1)), [chaospy.Normal(0, 1) for _ in range(11)], seed=1)
