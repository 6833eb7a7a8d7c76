"""Tables of outputs, imports and judgement of measured traces: seconds.

    python benchmarks/devices.py [--samples 10_000_000] [--runs 3]

Prints the median of each; says nothing about pass or fail, for a time depends on the machine.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.io import wavfile

from zygoma.device import Burst, Calibration, Device, Polyline, Waveform, read_csv, read_wav
from zygoma.standards import OutputTable, check

RATE = 100_000


def median(task: Callable[[], Any], runs: int) -> float:
    """Seconds of a task, the median of some runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def six_modes() -> list[Waveform]:
    """Waveforms of all shapes, with bursts and swaps."""
    return [
        Waveform.square("400 uA", 8.3),
        Waveform.square("400 uA", 0.5, kind="monophasic", duty=0.5, swap_every="2.5 s"),
        Waveform.trapezoid("300 uA", 80.0, slope=0.2, burst=Burst("2 s", "1 s", "0.5 s", "0.5 s")),
        Waveform.triangle("200 uA", 500.0),
        Waveform.sine("100 uA", 40.0, burst=Burst("1 s", "1 s"), swap_every="2 s"),
        Waveform.load("stretching"),
    ]


def main() -> None:
    """Time the tasks and print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--samples", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    device = Device.load("myolift-mini")
    OutputTable.of(device, six_modes())  # imports and compiled code
    seconds = median(lambda: OutputTable.of(device, six_modes()), options.runs)
    print(f"table of six modes: {seconds:.3f} s")
    clock = np.arange(options.samples) / RATE
    noise = 5e-6 * np.random.default_rng(1).normal(size=options.samples)
    current = Waveform.square(400e-6, 8.3).samples(clock) + noise
    with tempfile.TemporaryDirectory() as folder:
        text, sound = Path(folder) / "trace.csv", Path(folder) / "trace.wav"
        block = 500_000
        with text.open("w") as file:
            file.write("time [s],current [uA]\n")
            for first in range(0, options.samples, block):
                part = slice(first, first + block)
                np.savetxt(file, np.column_stack([clock[part], current[part] * 1e6]), "%.6f", delimiter=",")
        wavfile.write(sound, RATE, (current / 1e-3 * 2**31).astype(np.int32))
        lines = median(lambda: read_csv(text), options.runs)
        frames = median(lambda: read_wav(sound, calibration=Calibration("1 mA")), options.runs)
    print(f"import of {options.samples:,} samples: CSV {lines:.2f} s, WAV {frames:.2f} s")
    trace = Waveform.from_trace(Polyline(clock[:2_000_000], current[:2_000_000]))
    seconds = median(lambda: OutputTable.of(device, [trace]), options.runs)
    print(f"table of a trace of {len(trace.segments) + 1:,} samples: {seconds:.2f} s")
    seconds = median(lambda: check(device, trace.scaled(400e-6)), options.runs)
    print(f"check of it: {seconds:.2f} s")


if __name__ == "__main__":
    main()
