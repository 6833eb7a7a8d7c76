"""Courses of nerve fibres in the face."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.face import Face
from zygoma.face.surface import nearest
from zygoma.provenance import load_data
from zygoma.response.branches import Branch, dermal_branches, motor_branches
from zygoma.treatment import Programme

STEP = load_data("innervation.toml")["step_m"]


@pytest.fixture(scope="module")
def face() -> Face:
    return Face.average(resolution="coarse")


@pytest.fixture(scope="module")
def branches(face: Face) -> tuple[Branch, ...]:
    return motor_branches(face)


def test_every_muscle_has_ending_and_passing_fibres(face: Face, branches: tuple[Branch, ...]) -> None:
    for muscle in face.muscles:
        kinds = [branch.kind for branch in branches if branch.where == muscle]
        assert kinds.count("ending") == kinds.count("passing") >= 2, muscle


def test_fibres_end_inside_their_muscle(face: Face, branches: tuple[Branch, ...]) -> None:
    for branch in branches:
        if branch.kind != "ending":
            continue
        corners = face.nodes[face.tets[face.muscle_elements(branch.where)]]
        centres = corners.mean(axis=1)
        size = np.median(np.linalg.norm(corners - centres[:, None], axis=2).max(axis=1))
        away = np.linalg.norm(centres - branch.points[-1], axis=1).min()
        # elements of the coarse mesh are large, and corners of the line are rounded by up to a millimetre
        assert away < size + 1e-3, f"{branch.where} ends {away * 1e3:.1f} mm from its muscle"


def test_steps_are_even_and_lines_turn_once_at_most(branches: tuple[Branch, ...]) -> None:
    for branch in branches:
        steps = np.diff(branch.points, axis=0)
        size = np.linalg.norm(steps, axis=1)
        assert size.max() <= STEP * (1 + 1e-6)
        assert size.min() > 0.2 * STEP  # chords of a corner that was rounded
        turn = np.einsum("ij,ij->i", steps[1:], steps[:-1]) / (size[1:] * size[:-1])
        # one turn is there: from the branch into the muscle's own fibres, of which one way may lead back
        sharp = np.flatnonzero(turn < 0.5)
        assert not len(sharp) or np.ptp(sharp) * STEP < 3e-3, f"{branch.where}, {branch.nerve} {branch.kind}"


def test_branches_of_the_facial_nerve_lie_where_they_are_said_to(
    face: Face, branches: tuple[Branch, ...]
) -> None:
    low, high = (
        1e-3 * mm for mm in load_data("fibres.toml")["human"]["facial_anatomy"]["branch_depth_mm"]["range"]
    )
    for branch in branches:
        if branch.nerve.startswith("facial") and branch.kind == "ending":
            depth = nearest(face.skin, branch.points)[2]
            assert low * 0.7 < np.median(depth) < high, f"{branch.where}: {np.median(depth) * 1e3:.1f} mm"


def test_left_is_the_mirror_of_right(branches: tuple[Branch, ...]) -> None:
    right = [branch for branch in branches if branch.where.endswith("_r")]
    left = [branch for branch in branches if branch.where.endswith("_l")]
    assert len(right) == len(left) > 30
    for one in right:
        mirrored = one.points * [-1, 1, 1]
        same = [b for b in left if b.where[:-1] == one.where[:-1] and b.kind == one.kind]
        away = min(
            np.linalg.norm(b.points[-1] - mirrored[-1]) + np.linalg.norm(b.points[0] - mirrored[0])
            for b in same
        )
        assert away < 2e-3, f"{one.where} {one.kind}"


def test_dermal_fibres_lie_in_the_skin_along_the_strokes(face: Face) -> None:
    table = Programme.load("smile-line").timetable(face, None, False, 60.0, 5e-3)
    found = dermal_branches(face, table)
    assert [branch.where for branch in found] == list(table.labels)
    for branch in found:
        depth = nearest(face.skin, branch.points)[2]
        assert 0.2e-3 < np.median(depth) < 2e-3
        a, b = table.path(branch.where)
        assert branch.length > np.linalg.norm(a[0] - b[0])
