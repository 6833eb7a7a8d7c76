"""The lift of all muscles on a coarse face."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from zygoma.errors import UnknownNameError
from zygoma.face import Face
from zygoma.response.lift_map import LiftMap
from zygoma.response.pull import Pull


class _Chain:
    """Lifts by muscle in mm; a muscle without one takes that of the face."""

    reach = None

    def __init__(self, face: float, **muscles: float) -> None:
        self.lifts = {"face": face, **muscles}

    def response(self, id: str, where: str) -> SimpleNamespace:
        if where not in self.lifts:
            raise UnknownNameError("place", where, self.lifts)
        lift = self.lifts[where]
        return SimpleNamespace(p05=-lift, median=lift, p95=2 * lift)


@pytest.fixture(scope="module")
def face() -> Face:
    return Face.average(resolution="coarse")


def test_one_muscle_moves_its_insertion_by_its_lift(face: Face) -> None:
    found = LiftMap.of(face, _Chain(0.0, zygomaticus_major_r=0.1))  # type: ignore[arg-type]
    pull = Pull.of(face, "zygomaticus_major_r")
    nearest = np.argmin(np.linalg.norm(face.skin.points - pull.insertion, axis=1))
    # the nearest vertex lies within a few mm of the insertion, over which little is lost at 21 mm
    assert np.linalg.norm(found.median[nearest]) == pytest.approx(1e-4, rel=0.15)
    assert np.allclose(found.high, 2 * found.median, atol=0)
    assert np.allclose(found.low, -found.median, atol=0)


def test_muscles_between_bones_and_rings_do_not_pull(face: Face) -> None:
    found = LiftMap.of(face, _Chain(0.01))  # type: ignore[arg-type]
    assert "zygomaticus_major_l" in found.muscles
    for name in ("masseter_r", "temporalis_l", "orbicularis_oris", "sternocleidomastoid_r"):
        assert name not in found.muscles
