"""Wall time and peak memory of whole `zygoma treat` runs, without and with a cache.

    python benchmarks/treat.py [--runs 3] [--resolution coarse standard]

Prints the median of each; says nothing about pass or fail, for a time depends on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def timed(command: list[str], cache: Path) -> tuple[float, dict[str, float]]:
    """Wall seconds of a run, and the seconds of its stages."""
    start = time.perf_counter()
    done = subprocess.run(
        command, env={**os.environ, "ZYGOMA_CACHE": str(cache)}, check=True, capture_output=True, text=True
    )
    return time.perf_counter() - start, json.loads(done.stdout)["seconds"]


def main() -> None:
    """Time the runs and print their medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--resolution", nargs="+", default=["coarse", "standard"])
    options = parser.parse_args()
    machine = platform.processor() or platform.machine()
    print(f"{machine}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for resolution in options.resolution:
        without, with_cache = [], []
        for _ in range(options.runs):
            with tempfile.TemporaryDirectory() as folder:
                command = [
                    sys.executable,
                    "-m",
                    "zygoma",
                    "treat",
                    "--resolution",
                    resolution,
                    "--json",
                ]
                command += ["--out", str(Path(folder) / "report")]
                for times in (without, with_cache):
                    times.append(timed(command, Path(folder) / "cache"))
        for name, times in (("no cache", without), ("with cache", with_cache)):
            stages = {stage: statistics.median(t[1][stage] for t in times) for stage in times[0][1]}
            shown = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in stages.items() if seconds >= 0.1)
            print(f"{resolution}, {name}: {statistics.median(t[0] for t in times):.1f} s ({shown})")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    print(f"largest peak memory {peak:.2f} GB")


if __name__ == "__main__":
    main()
