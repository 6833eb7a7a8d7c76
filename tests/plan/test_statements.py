"""What a result says besides its numbers."""

from __future__ import annotations

import pytest

from zygoma.face import Face
from zygoma.plan.statements import notices
from zygoma.treatment import Programme


@pytest.mark.slow
@pytest.mark.parametrize("neck", [False, True])
def test_a_contact_on_the_side_of_the_neck_is_said(neck: bool) -> None:
    face = Face.average(resolution="coarse")
    timetable = Programme.load("full-face").timetable(face, "toward", neck, None, 5e-3)
    said = [text for text in notices(face, timetable, None) if text.startswith("A contact comes over")]
    assert len(said) == neck
    if neck:
        assert "neck side" in said[0]
        assert "carotid" in said[0]
