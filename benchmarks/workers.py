"""Samples of the built-in plan on one and on two worker processes of this machine: wall time and efficiency.

    python benchmarks/workers.py [SAMPLES]

Prints one line for each and the efficiency, time with one over twice the time with two. The first sample of
every process also compiles and loads; `warm` leaves the first one of each worker out.
"""

from __future__ import annotations

import os
import sys
import tempfile
from time import perf_counter

from zygoma.plan import Plan
from zygoma.plan.prior import draw, priors
from zygoma.plan.sample import Sample, ground_of
from zygoma.plan.scheduler import Scheduler


def main(count: int) -> None:
    plan = Plan()
    ground, names = ground_of(plan, "coarse"), [prior.name for prior in priors()]
    germ = draw(priors(), count, 1)
    samples = [Sample(plan, "coarse", dict(zip(names, map(float, row), strict=True)), ground) for row in germ]
    whole, warm = {}, {}
    for workers in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["ZYGOMA_CACHE"] = folder
            times: list[float] = []
            started = perf_counter()
            Scheduler(workers=workers).run(samples, lambda done, total, t=times: t.append(perf_counter()))
            whole[workers] = perf_counter() - started
            warm[workers] = (times[-1] - times[workers]) / (count - workers)
        load = os.getloadavg()[0]
        print(
            f"{workers} workers: {count} samples in {whole[workers]:.0f} s, warm {warm[workers]:.1f} s each, "
            f"load {load:.1f}",
            flush=True,
        )
    print(f"efficiency {whole[1] / (2 * whole[2]):.2f}, warm {warm[1] / (2 * warm[2]):.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8)
