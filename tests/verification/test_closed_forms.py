"""The closed forms agree with each other and with independent quadrature where they meet."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate

from zygoma.verification.layered import (
    Layers,
    equipotential_disc,
    pair_resistance,
    point_on_half_space,
    share_reaching,
    slab_mode,
    two_layer_point,
    uniform_disc,
)
from zygoma.verification.sphere import mag, rdm, shells

HALF = Layers((1.0,), (0.3,), (0.3,))
CHEEK = Layers((1.6e-3, 4e-3, 4e-3, 8e-3), (0.3, 0.05, 0.4, 0.008), (0.3, 0.05, 0.12, 0.008))


def test_far_discs_are_two_single_discs():
    R = pair_resistance(HALF, 1e-3, 0.5)
    assert pytest.approx(2 * uniform_disc(1e-3, 0.3) - 2 / (2 * math.pi * 0.3 * 0.5), rel=1e-6) == R


def test_uniform_disc_by_monte_carlo():
    rng = np.random.default_rng(3)
    points = rng.uniform(-1, 1, (2, 400_000, 2))
    points = points[:, (np.linalg.norm(points, axis=2) < 1).all(axis=0)]
    mean = (1 / np.linalg.norm(points[0] - points[1], axis=1)).mean()
    assert mean / (2 * math.pi) == pytest.approx(uniform_disc(1.0, 1.0), rel=5e-3)
    assert equipotential_disc(1.0, 1.0) < uniform_disc(1.0, 1.0)


def test_layers_of_one_conductivity_are_a_half_space():
    split = Layers((2e-3, 3e-3, 1.0), (0.3, 0.3, 0.3), (0.3, 0.3, 0.3))
    assert pair_resistance(split, 4e-3, 10e-3) == pytest.approx(pair_resistance(HALF, 4e-3, 10e-3), rel=1e-12)


def test_anisotropic_half_space_is_the_geometric_mean():
    R = pair_resistance(Layers((1.0,), (0.4,), (0.1,)), 4e-3, 10e-3)
    assert pytest.approx(pair_resistance(Layers((1.0,), (0.2,), (0.2,)), 4e-3, 10e-3), rel=1e-12) == R


@pytest.mark.parametrize("sigma", [(0.3, 0.05), (0.05, 0.3)])
def test_hankel_transform_and_image_series_agree(sigma):
    layers = Layers((3e-3, 1.0), sigma, sigma)
    a = 2e-4
    mutual = [0.5 * (pair_resistance(layers, a, 0.05) - pair_resistance(layers, a, d)) for d in (4e-3, 20e-3)]
    images = two_layer_point([4e-3, 20e-3, 0.05], sigma, 3e-3)
    assert mutual == pytest.approx(images[:2] - images[2], rel=2e-3)


def test_image_series_tends_to_the_half_spaces():
    near, far = two_layer_point([1e-5, 1.0], (0.3, 0.05), 3e-3)
    assert near == pytest.approx(point_on_half_space(1e-5, 0, 0.3), rel=0.02)
    assert far == pytest.approx(point_on_half_space(1.0, 0, 0.05), rel=0.02)


def test_share_by_integration_in_space():
    """Half the integral of |J_z| of two point sources over a plane at depth h, by plain quadrature."""
    h, d = 5e-3, 10e-3

    def across(x: float) -> float:  # J_z of one source integrated along y
        return h / (math.pi * (x**2 + h**2))

    exact = (
        integrate.quad(lambda x: abs(across(x) - across(x - d)), -5, 5, points=[0, d / 2, d], limit=500)[0]
        / 2
    )
    layers = Layers((h, 1.0), (0.3, 0.3), (0.3, 0.3))
    assert share_reaching(layers, 1e-5, d, 1) == pytest.approx(exact, rel=1e-3)


def test_share_falls_with_depth_and_stops_at_an_insulator():
    shares = [share_reaching(CHEEK, 4e-3, 10e-3, layer) for layer in range(1, 4)]
    assert 1 > shares[0] > shares[1] > shares[2] > 0
    slab = Layers(CHEEK.thickness, CHEEK.horizontal, CHEEK.vertical, "insulated")
    assert share_reaching(slab, 4e-3, 10e-3, 3) < shares[2]
    bottom = pair_resistance(slab, 4e-3, 10e-3), pair_resistance(CHEEK, 4e-3, 10e-3)
    grounded = Layers(CHEEK.thickness, CHEEK.horizontal, CHEEK.vertical, "grounded")
    assert pair_resistance(grounded, 4e-3, 10e-3) < bottom[1] < bottom[0]


def test_slab_mode_is_continuous_and_free_of_sources():
    k, h, upper, lower = 3.0, 0.5, 1.0, (0.02, 0.01)
    x, e = np.array([0.3]), 1e-6
    (below, flow), (above, flow_above) = (
        slab_mode(x, np.array([z]), k, h, upper, lower) for z in (h - e, h + e)
    )
    assert below == pytest.approx(above, rel=1e-3)
    assert flow[:, 2] == pytest.approx(flow_above[:, 2], rel=1e-3)
    for z in (0.2, 0.8):
        step = 1e-5

        def J(dx: float, dz: float, z: float = z) -> np.ndarray:
            return slab_mode(x + dx, np.array([z + dz]), k, h, upper, lower)[1][0]

        divergence = (J(step, 0)[0] - J(-step, 0)[0] + J(0, step)[2] - J(0, -step)[2]) / (2 * step)
        assert abs(divergence) < 1e-6 * np.abs(J(0, 0)).max()


def test_shells_of_one_conductivity_are_a_homogeneous_sphere():
    rng = np.random.default_rng(4)
    points = rng.normal(size=(50, 3)) * 0.03
    ends = np.array([[0, 0, 1.0], [1.0, 0.2, -0.3]])
    one = shells(points, [0.092], [0.33], ends, [1, -1], 0.13)
    three = shells(points, [0.08, 0.086, 0.092], [0.33, 0.33, 0.33], ends, [1, -1], 0.13)
    assert three == pytest.approx(one, rel=1e-9)


def test_homogeneous_sphere_against_its_closed_sum():
    """Along the axis of a point source: sum (2n+1)/n t^n = 2 t/(1-t) - ln(1-t)."""
    t = np.array([0.2, 0.5, 0.8])
    axis = np.array([[0, 0, 1.0]])
    found = shells(np.outer(t, axis[0]), [1.0], [1.0], axis, [1.0])
    assert found == pytest.approx((2 * t / (1 - t) - np.log(1 - t)) / (4 * math.pi), rel=1e-9)


def test_cap_factor_by_averaging_points_over_the_cap():
    rng = np.random.default_rng(5)
    half = 0.4
    c = rng.uniform(math.cos(half), 1, 4000)
    a = rng.uniform(0, 2 * math.pi, 4000)
    s = np.sqrt(1 - c**2)
    spots = np.stack([s * np.cos(a), s * np.sin(a), c], axis=1)
    point = np.array([[0.1, 0.3, 0.2]])
    mean = shells(point, [1.0], [1.0], spots, np.full(4000, 1 / 4000))
    assert shells(point, [1.0], [1.0], [[0, 0, 1]], [1.0], half) == pytest.approx(mean, rel=0.02)


def test_metrics():
    a = np.array([1.0, -2.0, 0.5])
    assert rdm(a, 3 * a) == pytest.approx(0)
    assert mag(a, 3 * a) == pytest.approx(math.log(3))
    assert rdm(a, -a) == pytest.approx(2)
