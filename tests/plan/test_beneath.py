"""Only skin under a contact counts."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from zygoma.plan.beneath import density_under_contacts


def column(x: float) -> np.ndarray:
    return np.array([[x, 0, 0], [x + 1e-4, 0, 0], [x, 1e-4, 0], [x, 0, 1e-4]])


def test_only_skin_within_a_contact_counts() -> None:
    places = (0.0, 0.004, 0.02, 0.0)
    face = SimpleNamespace(
        nodes=np.concatenate([column(x) for x in places]),
        tets=np.arange(16).reshape(4, 4),
        tissue=np.array([0, 0, 0, 1]),
        tissues=("skin", "fat"),
    )
    dose = SimpleNamespace(peak=np.array([3.0, 5.0, 90.0, 70.0]), volumes=np.ones(4))
    here = np.zeros((1, 3))
    table = SimpleNamespace(points_a=here, points_b=here)
    assert density_under_contacts(face, dose, table, 5e-3) == 5.0
    assert density_under_contacts(face, dose, table, 3e-3) == 3.0
    away = SimpleNamespace(points_a=here + 1.0, points_b=here + 1.0)
    assert density_under_contacts(face, dose, away, 5e-3) is None
