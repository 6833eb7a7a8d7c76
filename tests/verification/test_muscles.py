"""Muscles held at their ends on the average head: left against right, convergence of the mean |J|."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.face import Face
from zygoma.treatment.stroke import generic_radius, least_spacing
from zygoma.verification.muscles import convergence, held_ends, held_means, mirror, muscles_with_ends


def test_contacts_rest_on_the_ends_and_never_too_near():
    face = Face.average(resolution="coarse")
    names = muscles_with_ends(face, ["r"])
    assert "procerus" in names
    assert "orbicularis_oris" not in names
    assert not any(name.endswith("_l") for name in names)
    moved = []
    for name, (a, b) in zip(names, held_ends(face, names), strict=True):
        assert np.linalg.norm(a - b) > 0.95 * least_spacing(generic_radius())
        origin, insertion = face.muscle_ends(name)
        moved.append(max(np.linalg.norm(a - origin), np.linalg.norm(b - insertion)))
    assert np.median(moved) < 1e-6


@pytest.mark.slow
def test_left_and_right_muscles_get_the_same_on_the_coarse_head():
    (record,) = mirror("coarse")
    assert record.goal == 0.02
    assert record.passed, record
    means = held_means("coarse", ("r", "l"))
    assert len(means) > 30
    assert all(0.1 < mean < 10 for mean in means.values())


@pytest.mark.slow
def test_left_and_right_muscles_get_the_same_on_the_standard_head():
    (record,) = mirror("standard")
    assert record.passed, record


@pytest.mark.slow
def test_mean_current_density_of_every_muscle_converges():
    records = convergence()
    failed = [record for record in records if not record.passed]
    assert not failed, failed
    assert all(record.goal == 0.05 for record in records)
    coarse, standard, fine = (held_means(resolution) for resolution in ("coarse", "standard", "fine"))
    off = [np.median([abs(means[name] / fine[name] - 1) for name in fine]) for means in (coarse, standard)]
    assert off[1] < 0.7 * off[0]
