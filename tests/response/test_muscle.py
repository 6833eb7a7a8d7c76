"""Training dose of a course, fatigue in a session, comparison with motor-level stimulation."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.device import Waveform
from zygoma.errors import RangeError
from zygoma.evidence import Ledger
from zygoma.provenance import load_data
from zygoma.response.force import ForceModel, share_of_tetanus
from zygoma.response.muscle import comparison_dose, session_force, training_dose
from zygoma.response.pulses import pulses

MODEL = ForceModel.load()
EIGHT = Waveform.square("400 uA", 1 / 0.12)


def test_rested_fibres_give_the_force_of_their_frequency():
    found = session_force(MODEL.rested, pulses(EIGHT), 60.0)
    expected = share_of_tetanus(MODEL, 2 / 0.12)
    assert found.last == pytest.approx(expected, rel=1e-3)
    assert found.left == pytest.approx(1, abs=1e-3)
    assert found.mean == pytest.approx(expected, rel=0.01), (
        "the rise takes a fraction of a second of the minute"
    )


def test_a_session_tires_the_fibres():
    found = session_force(MODEL, pulses(EIGHT), 1200.0)
    assert found.first > found.mean > found.last > 0
    assert found.left < 0.5
    slow = session_force(MODEL, pulses(Waveform.square("400 uA", "0.25 Hz")), 1200.0)
    assert slow.left > found.left, "isolated twitches tire less"


def test_dose_is_share_times_force_times_time():
    dose = training_dose([0.0, 0.1, 1.0], pulses(EIGHT), 30.0, 30, MODEL.rested)
    assert dose.seconds[0] == 0
    assert dose.seconds[2] == pytest.approx(900 * dose.force_share)
    assert dose.seconds[1] == pytest.approx(0.1 * dose.seconds[2])
    low, high = dose.over()
    assert (low <= high).all()
    assert high[2] == pytest.approx(dose.seconds[2] / comparison_dose()[0])


def test_comparison_is_the_time_of_the_study_times_what_it_leaves_open():
    low, high = comparison_dose()
    assert low == pytest.approx(72_000 * 0.1 * 0.1)
    assert high == pytest.approx(72_000 * 1.0 * 0.9)


def test_no_time_gives_no_dose():
    assert not training_dose([0.5], pulses(EIGHT), 0.0, 30).seconds.any()
    direct = pulses(Waveform.square("1 mA", "1 Hz", kind="monophasic"))
    assert not training_dose(np.ones(3), direct, 60.0, 30).seconds.any()


@pytest.mark.parametrize(
    ("share", "time", "sessions"), [(1.1, 1, 1), (-0.1, 1, 1), (0.5, -1, 1), (0.5, 1, -1)]
)
def test_bad_doses_are_refused(share, time, sessions):
    with pytest.raises(RangeError, match="expected"):
        training_dose(share, pulses(EIGHT), time, sessions)


def test_a_session_without_time_is_refused():
    with pytest.raises(RangeError, match="above zero"):
        session_force(MODEL, pulses(EIGHT), 0.0)


def test_what_is_compared_with_stands_in_the_ledger():
    entry = load_data("force.toml")["comparison"]["kavanagh2012"]
    (claim,) = [Ledger.load()[id] for id in entry["evidence"]]
    assert "Kavanagh" in str(claim)
    assert entry["thickness_change"]["value"] == 0.186
