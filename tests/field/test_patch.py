from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zygoma.field import Contact, Surface
from zygoma.field.patch import disc_moments
from zygoma.verification.meshes import ball


def sheet(step: float = 2e-3, half: int = 10) -> Surface:
    """Flat sheet with a skewed, uneven triangulation."""
    rng = np.random.default_rng(2)
    size = 2 * half + 1
    x, y = np.meshgrid(np.arange(size) - half, np.arange(size) - half, indexing="ij")
    points = np.stack([x + 0.3 * y, y, 0 * x], axis=-1).reshape(-1, 3) * step
    points[:, :2] += rng.uniform(-0.2, 0.2, (size**2, 2)) * step
    i = (np.arange(size - 1)[:, None] * size + np.arange(size - 1)).ravel()
    corner = np.stack([i, i + size, i + size + 1], axis=1), np.stack([i, i + size + 1, i + 1], axis=1)
    return Surface(points, np.concatenate(corner))


SHEET = sheet()
WHERE = st.floats(-7e-3, 7e-3)


@settings(max_examples=60, deadline=None)
@given(x=WHERE, y=WHERE, radius=st.floats(2e-4, 6e-3))
def test_integrals_over_a_disc_on_a_plane_are_exact(x, y, radius):
    patch = Contact([x, y, 1e-3], radius).on(SHEET)
    p = SHEET.points[patch.nodes]
    area = math.pi * radius**2
    assert patch.area == pytest.approx(area, rel=1e-9)
    assert patch.coverage == pytest.approx(1, rel=1e-9)
    assert patch.weights.min() > -1e-12 * area
    assert patch.weights @ p / area == pytest.approx([x, y, 0], abs=1e-9)
    assert patch.mass.sum(axis=1) == pytest.approx(patch.weights, abs=1e-9 * area)
    # integral of x squared: that of the disc, by products of linear functions
    offset = p[:, 0] - x
    assert offset @ patch.mass @ offset == pytest.approx(math.pi * radius**4 / 4, rel=1e-7)


@settings(max_examples=60, deadline=None)
@given(corners=st.lists(st.floats(-2, 2), min_size=6, max_size=6))
def test_moments_of_a_cut_triangle_against_fine_cells(corners):
    x, y = np.array(corners[:3]), np.array(corners[3:])
    n = 60
    i, j = (a.ravel() for a in np.meshgrid(np.arange(n), np.arange(n), indexing="ij"))
    up, down = i + j < n, i + j < n - 1
    s = np.concatenate([(i[up] + 1 / 3), (i[down] + 2 / 3)]) / n
    t = np.concatenate([(j[up] + 1 / 3), (j[down] + 2 / 3)]) / n
    px, py = x[0] + s * (x[1] - x[0]) + t * (x[2] - x[0]), y[0] + s * (y[1] - y[0]) + t * (y[2] - y[0])
    signed = 0.5 * ((x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0]))
    inside = (px**2 + py**2 < 1) * signed / n**2
    cells = [float((f * inside).sum()) for f in (1, px, py, px * px, px * py, py * py)]
    assert disc_moments(x, y, 1.0) == pytest.approx(cells, abs=0.02)


def test_weights_change_smoothly_while_sliding():
    step = 5e-5
    weights = np.zeros((200, len(SHEET.points)))
    for row in range(200):
        patch = Contact([-4e-3 + row * step, 1.3e-3 + 0.4 * row * step, 0], 3e-3).on(SHEET)
        weights[row, patch.nodes] = patch.weights
    first = np.abs(np.diff(weights, axis=0)).max()
    second = np.abs(np.diff(weights, 2, axis=0)).max()
    assert first < 0.02 * math.pi * 9e-6
    assert second < 0.1 * first  # no node jumps in or out


def test_on_a_sphere_the_patch_is_the_cap():
    nodes, tets = ball(0.03 * np.linspace(0, 1, 17)[1:])
    from zygoma.field import VolumeConductor

    surface = VolumeConductor(nodes, tets, 1.0).surface
    direction = np.array([0.3, -0.5, 0.81])
    direction /= np.linalg.norm(direction)
    patch = Contact(0.03 * direction, 6e-3).on(surface)
    cap = 2 * math.pi * 0.03**2 * (1 - math.sqrt(1 - 0.2**2))
    assert patch.area == pytest.approx(cap, rel=0.01)
    assert patch.normal @ direction > 0.9995


def test_the_far_side_of_a_thin_sheet_is_not_touched():
    upper = sheet()
    flipped = upper.triangles[:, ::-1] + len(upper.points)
    both = Surface(
        np.concatenate([upper.points, upper.points - [0, 0, 5e-4]]),
        np.concatenate([upper.triangles, flipped]),
    )
    patch = Contact([1e-3, 0.5e-3, 2e-4], 4e-3).on(both)
    assert patch.nodes.max() < len(upper.points)
    assert patch.area == pytest.approx(math.pi * 16e-6, rel=1e-9)
