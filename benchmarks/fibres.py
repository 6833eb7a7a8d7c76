"""Time of a thousand thresholds of nerve fibres on all cores.

    python benchmarks/fibres.py [--cases 1000]

Prints seconds and milliseconds a threshold; says nothing about pass or fail, for a time depends on the
machine.
"""

from __future__ import annotations

import argparse
import platform
import time

import numba
import numpy as np

from zygoma.device import Waveform
from zygoma.response import Fibre, Stimulus, thresholds


def main() -> None:
    """Time all waveforms for both models."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cases", type=int, default=1000)
    options = parser.parse_args()
    threads = numba.get_num_threads()
    print(f"{platform.processor() or platform.machine()}, {threads} threads, {options.cases} thresholds each")
    direct, rng = Waveform.square(1.0, 1.0, kind="monophasic"), np.random.default_rng(1)
    waveforms = {
        "0.2 ms pulse": Stimulus.of(direct, length=0.2e-3),
        "10 Hz biphasic cycle": Stimulus.of(Waveform.square(1.0, 10.0)),
        "slow ramps (stretching)": Stimulus.of(Waveform.load("stretching")),
        "100 kHz sine": Stimulus.of(Waveform.sine(1.0, 100e3)),
    }
    for model, micron, nodes in (("mrg", 5.7, 21), ("mrg", 10.0, 21), ("mrg", 10.0, 45), ("senn", 10.0, 51)):
        fibre = Fibre(model, micron * 1e-6, nodes)
        place = 0.5 * fibre.length + rng.uniform(-1e-3, 1e-3, options.cases)
        depth = rng.uniform(0.5e-3, 6e-3, options.cases)
        away = np.hypot(fibre.offsets - place[:, None], depth[:, None])
        potentials = -1.0 / (4 * np.pi * 0.3 * away)
        for name, stimulus in waveforms.items():
            thresholds(fibre, potentials[:1], stimulus, highest=10.0)  # compiled, loaded
            start = time.perf_counter()
            found = thresholds(fibre, potentials, stimulus, highest=10.0)
            seconds = time.perf_counter() - start
            each = 1e3 * seconds * threads / options.cases
            print(
                f"{model} {micron:g} um, {nodes} nodes, {name}: {seconds:.1f} s,"
                f" {each:.1f} ms of one core and {found.runs / options.cases:.1f} runs a threshold"
            )


if __name__ == "__main__":
    main()
