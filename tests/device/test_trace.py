"""Measured traces: CSV and WAV against the waveform they were taken of."""

import numpy as np
import pytest
from scipy.io import wavfile

from zygoma.device import Burst, Calibration, Device, Polyline, Segment, Waveform, read_csv, read_wav
from zygoma.device.trace import trace_from_table
from zygoma.errors import InputError, RangeError, UnitError, UnknownNameError

WAVES = {
    "square": Waveform.square(400e-6, 1 / 0.12),
    "monophasic": Waveform.square(400e-6, 1 / 0.12, kind="monophasic", duty=0.5),
    "stretching": Waveform.load("stretching"),
    "sine": Waveform.sine(300e-6, 8.3),
    "burst": Waveform.triangle(1e-3, 5.0, burst=Burst(1.0, 0.6, rise=0.4)),
    "decay": Waveform(
        "decay",
        "decay",
        "biphasic",
        (Segment(4e-4, 1e-4, 0.05, "exponential", time_constant=0.02), Segment(-2e-4, -2e-4, 0.1)),
        "assumption",
        "test",
    ),
}
RATE = 100_000.0


def recorded(wave):
    """Samples of one pattern, as an oscilloscope takes them."""
    clock = np.arange(round(wave.pattern_period * RATE) + 1) / RATE
    return clock, wave.samples(clock)


def same(trace, wave):
    """Every integral of the trace within 0.1 % of the waveform's."""
    found = Waveform.from_trace(trace)
    assert found.rms == pytest.approx(wave.rms, rel=1e-3)
    assert found.mean_abs == pytest.approx(wave.mean_abs, rel=1e-3)
    assert found.phase_charge == pytest.approx(wave.phase_charge, rel=1e-3)
    scale = wave.mean_abs * wave.pattern_period
    assert found.net_charge == pytest.approx(wave.pattern_net_charge, abs=1e-3 * scale)
    levels = np.array([0.0, 0.31, 0.77])
    assert found.time_fraction_above(levels) == pytest.approx(wave.time_fraction_above(levels), abs=1e-3)
    for length in (0.4, 1.0):
        one, two = wave.window(length), found.window(length)
        assert two.rms == pytest.approx(one.rms, rel=1e-3)
        assert two.mean_abs == pytest.approx(one.mean_abs, rel=1e-3)
    assert found.amplitude == pytest.approx(wave.amplitude, rel=1e-3)
    assert found.status == "measured"


@pytest.mark.parametrize("name", WAVES)
def test_csv_gives_the_integrals_of_the_waveform(name, tmp_path):
    clock, current = recorded(WAVES[name])
    path = tmp_path / "trace.csv"
    columns = np.column_stack([clock * 1e3, current * 1e6])
    np.savetxt(path, columns, delimiter=",", header="time [ms],current [uA]", comments="", fmt="%.9g")
    same(read_csv(path), WAVES[name])


@pytest.mark.parametrize("name", WAVES)
def test_wav_gives_the_integrals_of_the_waveform(name, tmp_path):
    _, current = recorded(WAVES[name])
    path = tmp_path / "trace.wav"
    samples = np.column_stack([np.zeros(len(current)), current * 500 / 0.6 * 2**31])  # 0.6 V over 500 ohm
    wavfile.write(path, int(RATE), samples.round().clip(-(2**31), 2**31 - 1).astype(np.int32))
    same(read_wav(path, channel=2, calibration=Calibration("0.6 V", "500 ohm")), WAVES[name])


@pytest.mark.parametrize(
    ("kind", "scale", "zero"), [("uint8", 127, 128), ("int16", 32768 / 2, 0), ("float32", 0.5, 0)]
)
def test_wav_of_every_width(kind, scale, zero, tmp_path):
    path = tmp_path / "trace.wav"
    current = np.array([0.0, 1.0, -1.0, 0.5])
    wavfile.write(path, 1000, (current * scale * (64 / 127 if kind == "uint8" else 1) + zero).astype(kind))
    trace = read_wav(path, calibration=Calibration("2 mA"))
    assert trace.current == pytest.approx([*current * 1e-3, 0.0], rel=1e-6)  # and back to the first
    assert trace.time == pytest.approx([0, 1e-3, 2e-3, 3e-3, 4e-3])


TABLES = {
    "comma": "time [s],current [mA]\n0,1\n0.5,-1\n1.0,1\n",
    "comma and space": "time [s], current [mA]\n0, 1\n0.5, -1\n1.0, 1\n",
    "semicolon, header lines": "scope model X\n\nTime (ms);CH1 (uA)\n0;1e3\n500; -1e3\n1000;1e3\n",
    "tab, CRLF": "time_s\tcurrent_mA\r\n0\t1\r\n0.5\t-1\r\n1\t+1.0\r\n",
    "spaces": "# time/s  i/mA\n 0   1 \n 0.5  -1\n1 1",
    "decimal comma": "Zeit [s];Strom [mA]\n0;1\n0,5;-1,0\n1;1\n",
    "decimal comma, tab": "time [s]\ti [uA]\n0,0\t1e3\n0,5\t-1000,\n1,0\t1000\n",
    "decimal comma, spaces": "time/s i/mA\n0,0 1,0\n0,5 -1,0\n1,0 1\n",
    "quotes, comma at the end": '"Time (ms)","Ch1 (mA)",\n"0","1",\n"500","-1",\n"1000","1",\n',
    "words as units, CR": "Second,Current in mA\r0,1\r0.5,-1\r1,1\r",
    "names and then units": "TIME,CH1,\nms,mA,\n0,1,\n500,-1,\n1000,1,\n",
    "names and then units in brackets": "Time;Channel A\n(ms);(mA)\n\n0,0;1\n500,0;-1,0\n1000;1\n",
    "spaces, units apart": "time [s] i [mA]\n0 1\n0.5 -1\n1 1\n",
    "more columns": "n,i_mA,ch_K,time_us\n1,1,7,0\n2,-1,8,500000\n\n3,1,.5,1e6\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_dialects(name, tmp_path):
    path = tmp_path / "trace.csv"
    path.write_text(TABLES[name], newline="")
    assert read_csv(path) == Polyline([0.0, 0.5, 1.0], [1e-3, -1e-3, 1e-3])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_micro_in_every_encoding(encoding, tmp_path):
    path = tmp_path / "trace.csv"
    path.write_bytes("time [ms],i [µA]\n0,1000\n500,-1000\n1000,1000\n".encode(encoding))
    assert read_csv(path) == Polyline([0.0, 0.5, 1.0], [1e-3, -1e-3, 1e-3])


def test_columns_by_name_and_number_and_rate(tmp_path):
    path = tmp_path / "trace.csv"
    path.write_text("time [s],ch1 [V],ch2 [V]\n0,1,3\n0.5,-1,0\n1.0,1,4\n")
    shunt = Calibration(shunt="1 kohm")
    assert read_csv(path, current="ch2", calibration=shunt).current == pytest.approx([3e-3, 0, 4e-3])
    assert read_csv(path, current="ch1 [V]", calibration=shunt).current == pytest.approx([1e-3, -1e-3, 1e-3])
    with pytest.raises(InputError, match="keep one of them"):
        read_csv(path, current=3, rate="4 Hz", calibration=shunt)
    path.write_text("Model,X\nTIME,CH1\nSecond,Volt\n0,1\n0.5,-1\n1.0,1\n")
    assert read_csv(path, current="CH1", calibration=shunt).current == pytest.approx([1e-3, -1e-3, 1e-3])
    path.write_text("0,1\n500,-1\n1000,1\n")
    trace = read_csv(path, time=1, time_unit="ms", current=2, calibration=Calibration("1 mA"))
    assert trace == Polyline([0.0, 0.5, 1.0], [1e-3, -1e-3, 1e-3])
    path.write_text("1\n2\n3\n")
    trace = read_csv(path, current=1, rate="1 kHz", calibration=Calibration("10 uA"))
    assert trace.time == pytest.approx([0, 1e-3, 2e-3, 3e-3])
    assert trace.current == pytest.approx([1e-5, 2e-5, 3e-5, 1e-5])


@pytest.mark.parametrize(
    ("text", "options", "error", "message"),
    [
        ("time [s],i [A]\n0,1\n1,nan\n2,1\n", {}, InputError, "line 3: column 2 is nan, not a finite"),
        ("time [s],i [A]\n0,1\n1,1e999\n2,1\n", {}, InputError, "line 3: column 2 is 1e999, not a finite"),
        ("time [s],i [A]\n0,1\n2,1\n1,1\n", {}, RangeError, "sample 3 at .* does not come after"),
        ("time [s],i [A]\n0,1\n1,1\n1,1\n", {}, RangeError, "expected times that rise"),
        ("time [s],i [A]\n0,0\n1,0\n", {}, RangeError, "all 2 samples are 0"),
        ("time [s],i [A]\n0,1\n", {}, RangeError, "at least two"),
        ("time [s],i [A]\n0,1\n1,x\n2,1\n", {}, InputError, "line 3: column 2 is 'x', not a number"),
        ("time [s],i [A]\n0,1\n1\n2,1\n", {}, InputError, "line 3: too few columns, expected 2"),
        ("time [s];i [A]\n0;1\n1;0,5\n2;1.5\n", {}, InputError, "'0,5', not a number with a decimal point"),
        ("time [s];i [A]\n0;1,5\n1;0,5\n2;x\n", {}, InputError, "'x', not a number with a decimal comma"),
        ("i_uA\n350,5\n-350,5\n", {"current": 1, "rate": "1 kHz"}, InputError, "a decimal comma may be"),
        ("t_ms,i_uA\n0,350,5\n1,-350,5\n", {"current": 2}, InputError, "line 2 has 3 columns and the titles"),
        ("t_ms,i_uA\n0,350\n1,350,5\n", {}, InputError, "line 3 has more than the 2 columns of line 2"),
        ("t_ms,i_uA\n0,350,\n\n1,-350,5\n", {}, InputError, "line 4 has more than the 2 columns"),
        ("t_ms,i_uA,ch_V\n0,350\n1,350\n", {}, InputError, "line 2 has 2 columns"),
        ("t_ms;i_uA;j_uA\n0;350\n1;350\n", {}, InputError, "give each column a title"),
        ("t,i_A\n0,1\n1,1\n", {"time": 1}, UnitError, "give time_unit = 'ms'"),
        ("time [s],i [A]\n0,1\n1,1\n", {"time_unit": "ms"}, UnitError, "keep one of them"),
        ("t,i_A\n0,1\n1,1\n", {"time": 1, "time_unit": "mA"}, UnitError, "expected a unit such"),
        ("0,1\n1,1\n", {"current": 2, "rate": "1 Hz", "time_unit": "s"}, InputError, "keep one of them"),
        ("time [s],i [A]\nno,numbers\n", {}, InputError, "no line of numbers"),
        ("time [s],i [A]\n0,1\n1,1\n", {"current": "j"}, UnknownNameError, "column in"),
        ("time [s],i [A]\n0,1\n1,1\n", {"current": 3}, InputError, "has 2 columns"),
        ("time [s],i [A]\n0,1\n1,1\n", {"current": "time"}, InputError, "both column 1"),
        ("time [s],i [A],j [A]\n0,1,1\n1,1,1\n", {}, InputError, "2 columns in a unit of current"),
        ("time,i [A]\n0,1\n1,1\n", {}, InputError, "no column in a unit of time"),
        ("time,i [A]\n0,1\n1,1\n", {"time": "time"}, UnitError, "column 1 states no unit"),
        ("time [s],i\n0,1\n1,1\n", {"current": 2}, UnitError, "per_unit = '1 mA'"),
        ("time [s],i [V]\n0,1\n1,1\n", {}, UnitError, "give the shunt"),
        ("time [s],i [A]\n0,1\n1,1\n", {"calibration": Calibration("1 V")}, UnitError, "keep one of them"),
        (
            "time [s],i [A]\n0,1\n1,1\n",
            {"calibration": Calibration(shunt="1 ohm")},
            UnitError,
            "is a current and has a shunt",
        ),
        (
            "time [s],i\n0,1\n1,1\n",
            {"current": "i", "calibration": Calibration("1 ohm")},
            UnitError,
            "neither a current nor a voltage",
        ),
        ("time [s],i [A]\n0,1\n1,1\n", {"time": 1, "rate": "1 kHz"}, InputError, "keep one of them"),
        ("n,i [A]\n0,1\n1,1\n", {"rate": "1 s"}, UnitError, "not a quantity in Hz"),
        ("n,i [A]\n0,1\n1,1\n", {"rate": "0 Hz"}, RangeError, "above zero"),
    ],
)
def test_bad_csv_is_refused(text, options, error, message, tmp_path):
    path = tmp_path / "trace.csv"
    path.write_text(text)
    with pytest.raises(error, match=message) as caught:
        read_csv(path, **options)
    assert "trace.csv" in str(caught.value) or "rate" in options
    assert "\n" not in str(caught.value)


def test_bad_wav_is_refused(tmp_path):
    path = tmp_path / "trace.wav"
    path.write_bytes(b"RIFFnothing of a sound")
    with pytest.raises(InputError, match="not a whole WAV file"):
        read_wav(path, calibration=Calibration("1 mA"))
    wavfile.write(path, 1000, np.arange(1, 1000, dtype=np.int16))
    whole = path.read_bytes()
    for length in (500, 30, 10, 0):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError, match="not a whole WAV file"):
            read_wav(path, calibration=Calibration("1 mA"))
    wavfile.write(path, 1000, np.array([0.0, np.nan, 1.0]))
    with pytest.raises(RangeError, match="sample 2 has a current of nan"):
        read_wav(path, calibration=Calibration("1 mA"))
    with pytest.raises(UnitError, match=r"full scale of trace\.wav states no unit"):
        read_wav(path)
    with pytest.raises(InputError, match="has 1 channels"):
        read_wav(path, channel=2, calibration=Calibration("1 mA"))
    with pytest.raises(InputError, match="cannot read"):
        read_wav(tmp_path / "none.wav", calibration=Calibration("1 mA"))
    with pytest.raises(InputError, match="cannot read"):
        read_csv(tmp_path / "none.csv")


def test_ten_noisy_pulses_are_folded_to_one(tmp_path):
    wave, noise = Waveform.square(400e-6, 10.0, kind="monophasic", duty=0.4), np.random.default_rng(3)
    samples = np.tile(wave.samples((np.arange(4800) + 0.5) / 48_000), 10)
    samples += noise.normal(size=len(samples)) * 1e-6
    wavfile.write(tmp_path / "trace.wav", 48_000, (samples / 1e-3).astype(np.float32))
    table = {"file": "trace.wav", "per_unit": "1 mA", "periods": 10, "zero_below": "10 uA"}
    found = Waveform.from_trace(trace_from_table(table, "waveform", tmp_path))
    assert found.kind == "monophasic"
    assert found.frequency == pytest.approx(10.0, rel=1e-12)
    assert found.net_charge == pytest.approx(wave.net_charge, rel=1e-3)
    assert found.rms == pytest.approx(wave.rms, rel=1e-3)
    for key, value in (("periods", 0), ("periods", 10**6), ("zero_below", "1 A")):
        with pytest.raises(RangeError, match=r"periods|all"):
            trace_from_table({**table, key: value}, "waveform", tmp_path)


def test_part_of_a_trace_is_cut_exactly():
    trace = Polyline([0.0, 1.0, 2.0, 4.0], [0.0, 2.0, -2.0, 0.0])
    part = trace.between(0.5, 3.0)
    assert part == Polyline([0.5, 1.0, 2.0, 3.0], [1.0, 2.0, -2.0, -1.0])
    with pytest.raises(RangeError, match="inside the trace"):
        trace.between(-1.0, 3.0)


FILE = """
[device]
id = "mine"
name = "Mine"
kind = "microcurrent"
[[waveform]]
id = "measured"
name = "one period at 500 ohm"
status = "measured"
source = "own oscilloscope"
trace = { file = "scope.csv", current = "ch1", shunt = "500 ohm", start_s = 0.03, stop_s = "150 ms" }
"""


def test_trace_in_a_device_file(tmp_path):
    wave = WAVES["square"]
    clock = np.arange(40001) / RATE
    columns = np.column_stack([clock, 500 * wave.samples(clock)])
    np.savetxt(tmp_path / "scope.csv", columns, delimiter=",", header="t [s],ch1 [V]", comments="")
    path = tmp_path / "mine.toml"
    path.write_text(FILE)
    found = Device.load(path).waveform("measured")
    assert found.period == pytest.approx(0.12)
    assert found.kind == "biphasic"
    assert found.rms == pytest.approx(wave.rms, rel=1e-3)
    assert Waveform.from_dict(found.to_dict()) == found
    for old, new, message in (
        ('"ch1"', '"ch2"', "unknown column"),
        ("status", "segments = []\nstatus", "segments and trace"),
        ("status", "period_s = 1.0\nstatus", "leave out 'period_s'"),
        ("scope.csv", "none.csv", "cannot read"),
        ('shunt = "500 ohm", ', "channel = 1, ", "no channels"),
        ("scope.csv", "scope.wav", "has no 'current'"),
    ):
        path.write_text(FILE.replace(old, new, 1))
        with pytest.raises(InputError, match=message):
            Device.load(path)


@pytest.mark.slow
def test_ten_million_samples_are_read(tmp_path):
    count = 10_000_000
    path = tmp_path / "trace.csv"
    clock = np.arange(count) * 1e-5
    current = 0.4 * np.sin(2 * np.pi * 8.3 * clock)
    with path.open("w") as file:
        file.write("time [s],current [mA]\n")
        for k in range(0, count, 1_000_000):
            block = slice(k, k + 1_000_000)
            rows = zip(clock[block].tolist(), current[block].tolist(), strict=True)
            file.write("".join(map("%.5f,%.6f\n".__mod__, rows)))
    wave = Waveform.from_trace(read_csv(path))
    assert wave.rms == pytest.approx(0.4e-3 / np.sqrt(2), rel=1e-3)
