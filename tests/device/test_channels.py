"""Two channels: beat, overlap and sum."""

import tomllib

import numpy as np
import pytest

from zygoma.device import Burst, Channels, Device, Electrode, PairedMode, Waveform
from zygoma.device.schema import file_model
from zygoma.errors import InputError, RangeError, UnknownNameError


def test_channels_in_opposition_cancel_and_in_step_add():
    wave = Waveform.square(300e-6, 10.0)
    step = Channels(wave, wave).sum()
    assert step.rms == pytest.approx(600e-6, rel=1e-12)
    with pytest.raises(RangeError, match="no current"):
        Channels(wave, wave, 0.05).sum()
    quarter = Channels(wave, wave, 0.025).sum()
    assert quarter.rms == pytest.approx(600e-6 / np.sqrt(2), rel=1e-9)
    assert quarter.net_charge == 0


def test_alternating_channels_do_not_overlap():
    wave = Waveform.square(1.0, 10.0, burst=Burst(1.0, 1.0))
    assert Channels(wave, wave, 1.0).overlap == pytest.approx(0.0, abs=1e-12)
    assert Channels(wave, wave).overlap == pytest.approx(0.5)
    assert Channels(wave, wave, 0.25).overlap == pytest.approx(0.375)


def test_sum_against_samples():
    pair = Channels(
        Waveform.trapezoid(1.0, 10.0, slope=0.2, duty=0.8),
        Waveform.triangle(0.7, 4.0, kind="monophasic", swap_every=0.5),
        0.013,
    )
    assert pair.beat_frequency == pytest.approx(6.0)
    assert pair.period == pytest.approx(1.0)
    time = (np.arange(100_003) + 0.5) / 100_003
    total = pair.samples(time).sum(axis=0)
    wave = pair.sum()
    assert wave.period == pytest.approx(1.0)
    assert wave.samples(time) == pytest.approx(total, abs=1e-9)
    assert wave.rms == pytest.approx(np.sqrt((total**2).mean()), rel=1e-6)
    assert wave.status == "computed"


def test_what_cannot_be_summed():
    square = Waveform.square(1.0, 10.0)
    for make, message in (
        (lambda: Channels(square, Waveform.sine(1.0, 10.0)).sum(), "straight segments"),
        (lambda: Channels(square, Waveform.square(1.0, 10.0 * np.sqrt(2))).sum(), "simple ratio"),
        (lambda: Channels(square, square, -1.0), "0 or more"),
    ):
        with pytest.raises(RangeError, match=message):
            make()


def test_a_channel_is_a_waveform():
    with pytest.raises(InputError, match="channel 'lifting'; expected a Waveform"):
        Channels("lifting", "stretching")


FILE = """
[device]
id = "pair"
name = "Pair"
kind = "microcurrent"
[[waveform]]
id = "left"
name = "left"
kind = "biphasic"
status = "read"
source = "manual"
burst = { on_s = 1, off_s = 1 }
segments = [
  { i_start_A = 4e-4, i_end_A = 4e-4, duration_s = 0.05, shape = "const" },
  { i_start_A = -4e-4, i_end_A = -4e-4, duration_s = 0.05, shape = "const" },
]
[[waveform]]
id = "right"
name = "right"
kind = "monophasic"
status = "read"
source = "manual"
burst = { on_s = 1, off_s = 1 }
segments = [{ i_start_A = 2e-4, i_end_A = 2e-4, duration_s = 0.05, shape = "const" }]
[[mode]]
id = "both"
channels = ["left", "right"]
timing = "alternating"
delay_s = "1 s"
electrodes = ["generic-probe", "generic-probe-light"]
"""


def test_two_channels_of_a_file(tmp_path):
    path = tmp_path / "pair.toml"
    path.write_text(FILE)
    device = Device.load(path)
    (mode,) = device.paired_modes
    assert mode.channels == Channels(device.waveform("left"), device.waveform("right"), 1.0)
    assert [electrode.id for electrode in mode.electrodes] == ["generic-probe", "generic-probe-light"]
    file_model().model_validate(tomllib.loads(FILE))
    device.save(tmp_path / "again.json")
    assert Device.load(tmp_path / "again.json") == device


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        ('delay_s = "1 s"', "", InputError, "flow at once during 0.5"),
        ('["left", "right"]', '["left", "rihgt"]', UnknownNameError, "did you mean 'right'"),
        ('["left", "right"]', '["left"]', InputError, "1 channels; expected the ids of two"),
        ('"alternating"', '"in turn"', UnknownNameError, "timing"),
        (', "generic-probe-light"', "", InputError, "1 electrodes"),
        ('timing = "alternating"', "", InputError, "lacks 'timing'"),
    ],
)
def test_bad_modes_are_refused(tmp_path, old, new, error, message):
    path = tmp_path / "pair.toml"
    assert old in FILE
    path.write_text(FILE.replace(old, new, 1))
    with pytest.raises(error, match=message):
        Device.load(path)


def test_an_electrode_of_a_file_cannot_be_saved_by_its_id():
    wave = Waveform.square(1e-4, 10.0)
    probe = Electrode("mine", "disc", "3 mm")
    with pytest.raises(UnknownNameError, match="electrode"):
        PairedMode("two", Channels(wave, wave), "synchronous", (probe, probe)).to_table()
