"""Whether real conductivity is enough, decided from waveform and tissues."""

from __future__ import annotations

import numpy as np
import pytest

from zygoma.device import Waveform
from zygoma.face.dispersion import Dispersion, displacement_ratio
from zygoma.face.tissue import TISSUES
from zygoma.plan.frequency import frequency_check


def test_the_built_in_waveform_needs_no_admittivity():
    found = frequency_check(Waveform.load("lifting"), TISSUES)
    assert found.band == pytest.approx(41 / 0.12)
    assert found.real_is_enough
    assert found.tissue == "muscle"
    f = np.linspace(1, found.band, 4000)
    assert found.ratio == pytest.approx(displacement_ratio("muscle", f).max(), rel=1e-3)
    assert found.change == pytest.approx(np.hypot(1, found.ratio) - 1)
    assert found.assumptions == (found.sentence,)
    assert found.notices == ()
    assert "342 Hz" in found.sentence
    assert "44 % of conduction (muscle across its fibres)" in found.sentence
    assert "real conductivity is enough" in found.sentence


def test_short_pulses_need_it():
    found = frequency_check(Waveform.square("1 mA", "20 kHz"), TISSUES)
    assert not found.real_is_enough
    assert found.assumptions == ()
    assert "not enough, use the admittivity" in found.notices[0]


def test_the_rise_of_the_conductivity_counts_too():
    found = frequency_check(Waveform.sine("1 mA", "20 kHz"), ["brain"])
    assert found.ratio < 0.2
    assert found.change > float(Dispersion.load("brain").rise(2e4)) - 1 > found.goal
    assert not found.real_is_enough


def test_slow_and_too_fast_currents():
    slow = frequency_check(Waveform.square("1 mA", "8 Hz", kind="monophasic"), TISSUES)
    assert slow.band == 0
    assert slow.ratio == max(float(displacement_ratio(name, 1.0)) for name in TISSUES)
    assert "up to 1 Hz" in slow.sentence
    fast = frequency_check(Waveform.sine("1 mA", "20 MHz"), ["eye"])
    assert not fast.real_is_enough
    assert "up to 10 MHz where the tissue model ends" in fast.sentence


def test_json():
    found = frequency_check(Waveform.load("lifting"), ["fat"]).json()
    assert set(found) == {
        "band_99_Hz",
        "displacement_ratio_max",
        "tissue",
        "admittivity_change_max",
        "real_is_enough",
    }
    assert found["tissue"] == "fat"
    assert found["real_is_enough"] is True
