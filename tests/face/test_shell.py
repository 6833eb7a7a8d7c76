"""Layer stacks and wedges on shapes whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zygoma.face.layers import tet_gradients, warp_core
from zygoma.face.shell import (
    Sheets,
    build_levels,
    fit_layers,
    limit_slope,
    medial_radius,
    wedge_jacobian,
    wedge_tetrahedra,
)
from zygoma.face.surface import Surface, closest_barycentric, nearest
from zygoma.face.untangle import untangle

SHEETS = Sheets((2, 3, 2, 2))


def ball(radius: float, rounds: int) -> Surface:
    """A sphere of triangles, by splitting an octahedron."""
    points = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], dtype=float)
    triangles = np.array(
        [[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]]
    )
    for _ in range(rounds):
        edges = np.sort(triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
        pairs, number = np.unique(edges, axis=0, return_inverse=True)
        middle = len(points) + number.reshape(-1, 3)
        points = np.concatenate([points, points[pairs].mean(axis=1)])
        a, b, c = triangles.T
        x, y, z = middle.T
        triangles = np.concatenate(
            [np.stack(t, axis=1) for t in ((a, x, z), (x, b, y), (z, y, c), (x, y, z))]
        )
    points *= radius / np.linalg.norm(points, axis=1, keepdims=True)
    return Surface(points, triangles.astype(np.int32))


def test_medial_radius_of_a_sphere_is_its_radius():
    sphere = ball(0.02, 5)
    found = medial_radius(sphere, sphere.normals, 0.05)
    assert found == pytest.approx(0.02, rel=0.01)
    assert medial_radius(sphere, sphere.normals, 0.01) == pytest.approx(0.01)


def test_slope_is_limited_and_nothing_else_changes():
    sphere = ball(0.05, 4)
    values = np.full(len(sphere.points), 0.02)
    values[0] = 0.001
    out = limit_slope(values, sphere, 0.5)
    i, j = sphere.edges.T
    assert np.all(np.abs(out[i] - out[j]) <= 0.5 * sphere.edge_lengths + 2e-9)
    assert out[0] == 0.001
    assert np.all(out <= values)
    assert out.max() == 0.02


@given(
    targets=st.lists(st.floats(1e-4, 2e-2), min_size=4, max_size=4),
    cap=st.floats(5e-4, 4e-2),
)
@settings(deadline=None)
def test_fitted_layers_stay_under_the_cap_and_shrink_deep_first(targets, cap):
    floors = np.array([4e-4, 3e-4, 3e-4, 3e-4])
    asked = np.maximum(np.array([targets]), floors)
    fitted = fit_layers(np.array([targets]), np.array([cap]), floors)[0]
    assert fitted.sum() <= cap * (1 + 1e-12) or np.allclose(fitted, asked[0])
    assert np.all(fitted > 0)
    assert np.all(fitted <= asked[0] + 1e-15)
    if cap >= floors.sum():
        assert np.all(fitted >= floors - 1e-15)
        for shallow in range(3):
            if fitted[shallow] < asked[0, shallow] - 1e-12:
                assert fitted[3] == pytest.approx(floors[3])


def shell(radius: float = 0.05, rounds: int = 3):
    sphere = ball(radius, rounds)
    thickness = np.tile([1e-3, 3e-3, 2e-3, 4e-3], (len(sphere.points), 1))
    levels, real = build_levels(
        sphere, sphere.points / radius, thickness, np.tile([0.4, 0.7], (len(thickness), 1)), SHEETS
    )
    return sphere, levels, real, thickness


def test_wedges_fill_the_shell_exactly():
    sphere, levels, real, thickness = shell()
    assert np.array_equal(real, thickness)
    tets = wedge_tetrahedra(sphere.triangles, np.arange(len(sphere.points)), len(sphere.points), SHEETS.total)
    volume = tet_gradients(levels.reshape(-1, 3), tets)[1]
    assert volume.min() > 0
    between = sphere.volume - Surface(levels[-1], sphere.triangles).volume
    assert volume.sum() == pytest.approx(between, rel=1e-12)


def test_wedges_share_their_faces():
    sphere, _, _, _ = shell()
    n = len(sphere.points)
    tets = wedge_tetrahedra(sphere.triangles, np.random.default_rng(1).permutation(n), n, SHEETS.total)
    faces = np.sort(tets[:, [1, 2, 3, 0, 2, 3, 0, 1, 3, 0, 1, 2]].reshape(-1, 3), axis=1)
    _, count = np.unique(faces, axis=0, return_counts=True)
    assert count.max() == 2
    assert (count == 1).sum() == 2 * len(sphere.triangles)  # only the outside and the inside are free


def test_levels_lie_at_the_layer_depths():
    sphere, levels, _, _ = shell()
    depth = 0.05 - np.linalg.norm(levels, axis=2)[:, 0]
    expected = [0, 0.5, 1, 2, 3, 4, 4 + 0.4 * 2, 6, 6 + 0.7 * 4, 10]
    assert depth * 1e3 == pytest.approx(expected, abs=1e-9)
    assert wedge_jacobian(levels, sphere.triangles).min() > 0.5


def test_flat_wedges_are_mended_by_thinner_stacks_and_calmer_directions():
    sphere = ball(0.03, 4)
    thickness = np.tile([1e-3, 3e-3, 2e-3, 6e-3], (len(sphere.points), 1))
    noise = np.random.default_rng(4).normal(scale=0.25, size=sphere.points.shape)
    rough = sphere.points / 0.03 + noise
    rough /= np.linalg.norm(rough, axis=1, keepdims=True)
    share = np.full((len(thickness), 2), 0.5)
    before = sphere.points - SHEETS.depths(thickness, share).T[:, :, None] * rough
    assert wedge_jacobian(before, sphere.triangles).min() < 0
    levels, real = build_levels(sphere, rough, thickness, share, SHEETS)
    assert wedge_jacobian(levels, sphere.triangles).min() >= 0.1
    assert real.min() > 0
    assert (real < thickness).any()


def test_smoothing_keeps_the_mean_and_does_not_depend_on_the_mesh():
    widths = []
    for rounds in (4, 5):
        sphere = ball(0.05, rounds)
        mass = sphere.laplacian[1]
        spot = (sphere.points[:, 2] > 0.04).astype(float)
        out = sphere.smooth(spot, 6e-3)
        assert mass @ out == pytest.approx(mass @ spot, rel=1e-4)
        widths.append(out[np.argmax(sphere.points[:, 2])])
    assert widths[0] == pytest.approx(widths[1], rel=0.03)


def test_nearest_point_agrees_with_a_search_over_all_triangles():
    sphere = ball(0.05, 3)
    points = np.random.default_rng(2).normal(scale=0.05, size=(40, 3))
    triangle, weights, distance = nearest(sphere, points)
    foot = np.einsum("ij,ijk->ik", weights, sphere.points[sphere.triangles[triangle]])
    assert np.linalg.norm(points - foot, axis=1) == pytest.approx(distance)
    corners = sphere.points[sphere.triangles]
    for k, point in enumerate(points):
        bary = closest_barycentric(corners, point)
        every = np.linalg.norm(np.einsum("ij,ijk->ik", bary, corners) - point, axis=1)
        assert distance[k] == pytest.approx(every.min(), rel=1e-9)


def block() -> tuple[np.ndarray, np.ndarray, int]:
    """A cube of tetrahedra, surface nodes first."""
    grid = np.stack(np.meshgrid(*[np.arange(6)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    outside = ((grid == 0) | (grid == 5)).any(axis=1)
    order = np.concatenate([np.flatnonzero(outside), np.flatnonzero(~outside)])
    number = np.empty(len(grid), dtype=int)
    number[order] = np.arange(len(grid))
    corner = grid[(grid < 5).all(axis=1)]
    tets = []
    for path in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        steps = np.cumsum([np.zeros(3, int), *np.eye(3, dtype=int)[list(path)]], axis=0)
        ids = [number[(corner + s) @ [36, 6, 1]] for s in steps]
        tets.append(
            np.stack(ids if np.linalg.det(np.eye(3)[list(path)]) > 0 else ids[:2] + ids[3:1:-1], axis=1)
        )
    return grid[order] * 1e-3, np.concatenate(tets).astype(np.int32), int(outside.sum())


def test_the_core_follows_a_linear_map_exactly():
    nodes, tets, n = block()
    matrix = np.array([[1.2, 0.1, 0], [0, 0.9, 0.2], [0.1, 0, 1.1]])
    inside = warp_core(nodes[n:], tets, nodes[:n], nodes[:n] @ matrix.T)
    assert inside == pytest.approx(nodes[n:] @ matrix.T, abs=1e-8)


def test_inverted_elements_are_turned_round():
    nodes, tets, n = block()
    tangled = nodes.copy()
    tangled[n:] += np.random.default_rng(3).normal(scale=8e-4, size=tangled[n:].shape)
    assert (tet_gradients(tangled, tets)[1] < 0).sum() > 20
    mended = untangle(tangled, nodes, tets, n)
    assert np.array_equal(mended[:n], nodes[:n])
    assert tet_gradients(mended, tets)[1].min() > 0
