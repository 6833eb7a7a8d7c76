"""Shortest lines: closed forms, and no trace of the mesh."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull, Delaunay

from zygoma.errors import ContactError
from zygoma.treatment import Geodesics
from zygoma.treatment.geodesic import longest_edge, nearest

RADIUS = 0.09


def sphere(count: int) -> SimpleNamespace:
    k = np.arange(count) + 0.5
    polar, turn = np.arccos(1 - 2 * k / count), np.pi * (1 + 5**0.5) * k
    points = np.column_stack([np.cos(turn) * np.sin(polar), np.sin(turn) * np.sin(polar), np.cos(polar)])
    triangles = ConvexHull(points).simplices
    a, b, c = (points[triangles[:, i]] for i in range(3))
    inward = np.einsum("ij,ij->i", np.cross(b - a, c - a), a) < 0
    triangles[inward] = triangles[inward][:, ::-1]
    return SimpleNamespace(points=points * RADIUS, triangles=triangles.astype(np.int32))


def plane(seed: int, count: int = 300) -> SimpleNamespace:
    xy = np.random.default_rng(seed).uniform(-0.05, 0.05, (count, 2))
    xy = np.vstack([xy, [[x, y] for x in (-0.06, 0.06) for y in (-0.06, 0.06)]])
    triangles = Delaunay(xy).simplices
    return SimpleNamespace(
        points=np.column_stack([xy, np.zeros(len(xy))]), triangles=triangles.astype(np.int32)
    )


def test_great_circle_on_a_sphere() -> None:
    turn = 0.7
    start = np.array([RADIUS, 0, 0])
    end = RADIUS * np.array([np.cos(turn), 0.6 * np.sin(turn), 0.8 * np.sin(turn)])
    lengths = [Geodesics(sphere(count), [start, end]).path(0, 1).length for count in (500, 8000)]
    assert lengths[0] == pytest.approx(RADIUS * turn, rel=5e-3)
    assert lengths[1] == pytest.approx(RADIUS * turn, rel=5e-4)
    assert abs(lengths[1] - RADIUS * turn) < abs(lengths[0] - RADIUS * turn)


@given(st.integers(0, 10_000), st.tuples(*[st.floats(-0.04, 0.04)] * 4))
@settings(max_examples=30, deadline=None)
def test_straight_on_any_flat_mesh(seed: int, ends: tuple[float, float, float, float]) -> None:
    a, b = np.array([*ends[:2], 0.0]), np.array([*ends[2:], 0.0])
    if np.linalg.norm(a - b) < 1e-3:
        return
    line = Geodesics(plane(seed), [a, b]).path(0, 1)
    s = np.linspace(0, 1, 7)
    assert line.length == pytest.approx(np.linalg.norm(b - a), rel=1e-6)
    assert np.allclose(line.at(s * line.length), a + s[:, None] * (b - a), atol=1e-7)


def test_other_mesh_of_the_same_skin_gives_the_same_line(make_slab) -> None:
    a, b = np.array([-0.03, -0.02, 0.0]), np.array([0.02, 0.031, 0.0])
    lines = [Geodesics(make_slab(edge, layers=1).skin, [a, b]).path(0, 1) for edge in (2e-3, 1.5e-3)]
    s = np.linspace(0, min(line.length for line in lines), 20)
    assert np.abs(lines[0].at(s) - lines[1].at(s)).max() < 2e-4


def test_ends_at_vertices_edges_and_in_one_triangle() -> None:
    mesh = plane(3)
    corners = mesh.points[mesh.triangles[40]]
    places = [corners[0], corners[:2].mean(axis=0), corners.mean(axis=0), corners.T @ [0.6, 0.3, 0.1]]
    lines = Geodesics(mesh, places)
    for i in range(4):
        for j in range(i):
            assert lines.path(i, j).length == pytest.approx(np.linalg.norm(places[i] - places[j]), rel=1e-9)


def test_line_goes_straight_on_past_its_ends() -> None:
    a, b = np.array([-0.01, 0.0, 0.0]), np.array([0.012, 0.004, 0.0])
    line = Geodesics(plane(5), [a, b]).extended(0, 1, 5e-3)
    way = (b - a) / np.linalg.norm(b - a)
    assert line.length == pytest.approx(np.linalg.norm(b - a))
    assert np.allclose(line.at(-5e-3), a - 5e-3 * way, atol=1e-8)
    assert np.allclose(line.at(line.length + 5e-3), b + 5e-3 * way, atol=1e-8)


def test_part_of_a_line() -> None:
    a, b = np.array([-0.01, 0.0, 0.0]), np.array([0.02, 0.0, 0.0])
    part = Geodesics(plane(5), [a, b]).path(0, 1).part(4e-3, 10e-3)
    assert part.length == pytest.approx(6e-3)
    assert np.allclose(part.at([0, 6e-3]), [[-6e-3, 0, 0], [0, 0, 0]], atol=1e-9)


def test_nearest_place_against_dense_sampling() -> None:
    mesh = sphere(60)
    longest = longest_edge(mesh.points, mesh.triangles)
    rng = np.random.default_rng(2)
    for point in rng.normal(size=(20, 3)) * 0.06:
        triangle, weights, distance = nearest(mesh.points, mesh.triangles, point, longest)
        mix = rng.dirichlet([0.5, 0.5, 0.5], (len(mesh.triangles), 400))
        sampled = np.linalg.norm(
            np.einsum("tsk,tkj->tsj", mix, mesh.points[mesh.triangles]) - point, axis=2
        ).min()
        assert distance <= sampled + 1e-12
        found = weights @ mesh.points[mesh.triangles[triangle]]
        assert np.linalg.norm(found - point) == pytest.approx(distance)
        assert weights.min() >= 0


def test_refusals() -> None:
    mesh = plane(1)
    with pytest.raises(ContactError, match="mm off the skin"):
        Geodesics(mesh, [np.array([0, 0, 4e-3])])
    place = np.array([0.01, 0.01, 0.0])
    with pytest.raises(ContactError, match="two different points"):
        Geodesics(mesh, [place, place]).path(0, 1)
    with pytest.raises(ContactError, match="skin ends"):
        Geodesics(mesh, [np.array([0.0, 0, 0]), np.array([0.058, 0, 0])]).extended(0, 1, 0.01)
