"""How far the lead field is from what the machine can do: flops and bytes of every stage against its limits.

    python benchmarks/peers.py --roofline [--resolution coarse|standard|fine] [--columns 1000]

The limit of a stage is the longer of its flops at the rate of large dense products and of its least traffic
(what it must read and write once) at the rate of copying.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from body import Body
from peer_solvers import small

Array = np.ndarray[Any, Any]

EDGE = 3072  # of the dense products
COPIED = 1 << 25  # numbers, far more than any cache holds
_FLOPS = 58  # of an element at a position in `kernel.accumulate`: E 18, J 15, |J| 6, along 6, watts 7, sums 6
BLOCKS = 4  # of columns that are taken apart into stages, one thread


@dataclass(frozen=True)
class Stage:
    """Flops, least bytes and seconds of a piece of work."""

    name: str
    threads: int
    flops: float
    bytes: float
    seconds: float


def best(task: Callable[[], Any], times: int = 5) -> float:
    """Seconds of a task, the least of some runs: the machine's limit is asked for."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        task()
        found.append(time.perf_counter() - start)
    return min(found)


def product_rate(kind: type, threads: int, columns: int = EDGE, inner: int = EDGE) -> float:
    """Flops a second of scipy's dense product, whose library the compiled code uses."""
    from scipy.linalg import blas
    from threadpoolctl import threadpool_limits

    gemm = blas.dgemm if kind is np.float64 else blas.sgemm
    draw = np.random.default_rng(1)
    a: Array = np.asfortranarray(draw.normal(size=(EDGE, inner)), dtype=kind)
    b: Array = np.asfortranarray(draw.normal(size=(inner, columns)), dtype=kind)
    with threadpool_limits(threads):
        return 2.0 * EDGE * inner * columns / best(lambda: gemm(1.0, a, b))


def copy_rate(threads: int) -> float:
    """Bytes a second, read and written, of copying an array."""
    source, target = np.ones(COPIED), np.zeros(COPIED)
    parts = list(zip(np.array_split(target, threads), np.array_split(source, threads), strict=True))
    with ThreadPoolExecutor(threads) as pool:
        return 16.0 * COPIED / best(lambda: list(pool.map(lambda pair: np.copyto(*pair), parts)))


def limits() -> dict[str, dict[int, float]]:
    """Rates of this machine with one thread and with all."""
    counts = sorted({1, os.cpu_count() or 1})
    return {
        "float64 products [flop/s]": {t: product_rate(np.float64, t) for t in counts},
        "float32 products [flop/s]": {t: product_rate(np.float32, t) for t in counts},
        "float64, 256 times 128 columns [flop/s]": {t: product_rate(np.float64, t, 128, 256) for t in counts},
        "copy [byte/s]": {t: copy_rate(t) for t in counts},
    }


def whole(matrix: Any, sources: Array, threads: int) -> tuple[Any, list[Stage]]:
    """The factor, and its stages as they run: all threads, all columns."""
    from zygoma.field.cholesky import Cholesky
    from zygoma.field.elimination import Elimination
    from zygoma.field.solver import BLOCK

    Cholesky(small(), 1e-10).columns(np.arange(3), np.arange(3))  # compiled code is loaded first
    elimination = Elimination.of(matrix)
    start = time.perf_counter()
    engine = Cholesky(matrix, 1e-10, elimination)
    seconds = time.perf_counter() - start
    e, n, k = elimination, matrix.shape[0], len(sources)
    stored = float(e.block_start[-1])
    stages = [Stage("factorise", threads, 2 * e.work.sum(), 8 * stored, seconds)]
    start = time.perf_counter()
    engine.columns(sources, np.arange(n))
    seconds = time.perf_counter() - start
    entries = float((e.columns * (e.columns + 1) / 2 + e.columns * e.below).sum())
    print(f"factor: {entries / 1e6:.0f} M entries, {stored / 1e6:.0f} M stored ({8 * stored / 1e9:.2f} GB)")
    blocks = -(-k // BLOCK)
    traffic = blocks * (16 * stored + 12 * matrix.nnz) + k * n * (8 + 16 + 16 + 8 + 12)
    stages.append(Stage("columns, 4 nnz(L) flop each", threads, 4 * entries * k, traffic, seconds))
    return engine, stages


def taken_apart(matrix: Any, engine: Any, sources: Array) -> list[Stage]:
    """What blocks of columns go through in turn, one thread."""
    from threadpoolctl import threadpool_limits

    from zygoma.field import front
    from zygoma.field.cholesky import _Room
    from zygoma.field.residual import source_squares, turn
    from zygoma.field.solver import BLOCK

    e, n = engine.elimination, matrix.shape[0]
    permuted, blocks = e.permuted(matrix), (e.start, e.row_start, e.rows, e.block_start, engine._factor)
    places, stored, room = np.sort(e.place[sources]), np.diff(e.block_start), _Room(e, np.dtype(float))
    firsts = list(range(0, len(places), BLOCK))[:: max(1, len(places) // BLOCK // BLOCKS)][:BLOCKS]
    found = np.empty((BLOCK, n), dtype=np.float32)
    work = np.zeros((4, 3))  # forward, backward, residual, turned: flops, bytes, seconds
    with threadpool_limits(1):
        for first in firsts:
            part = places[first : first + BLOCK]
            k = len(part)
            touched = e.path(part)
            x = np.zeros((n, k))
            x[part, np.arange(k)] = 1
            entries, rows = stored[touched].sum(), (e.columns + e.below)[touched].sum()
            tasks: list[tuple[Callable[[], Any], float, float]] = [
                (partial(front.forward, x, touched, *blocks, room.front),
                 2.0 * k * entries, 8.0 * entries + 16.0 * k * min(rows, n)),
                (partial(front.backward, x, *blocks, room.front), 2.0 * k * stored.sum(),
                 8.0 * stored.sum() + 16.0 * k * n),
                (partial(source_squares, permuted, x, part),
                 2.0 * k * matrix.nnz, 12.0 * matrix.nnz + 8.0 * k * n),
                (partial(turn, x, np.arange(n), np.arange(k), found), 0.0, 12.0 * k * n),
            ]  # fmt: skip
            for row, (task, flops, traffic) in enumerate(tasks):
                start = time.perf_counter()
                task()
                work[row] += flops, traffic, time.perf_counter() - start
    names = ("  forward", "  backward", "  residual", "  kept as float32")
    return [Stage(name, 1, *row.tolist()) for name, row in zip(names, work, strict=True)]


def session_batch(body: Body, threads: int) -> list[Stage]:
    """One batch of positions of the dose: columns mixed, then current densities; the columns are made up."""
    from zygoma.field import Contact
    from zygoma.treatment import kernel
    from zygoma.treatment.body import Elements
    from zygoma.treatment.dose import THRESHOLD

    conductor, table, width = body.conductor, body.timetable, kernel.WIDTH
    middle = table.unique_positions // 2
    points = np.concatenate([p[middle : middle + width] for p in (table.points_a, table.points_b)])
    nodes = np.unique(np.concatenate([Contact(p, body.probe).on(conductor.surface).nodes for p in points]))
    used = len(nodes) + -len(nodes) % kernel.UNROLL
    index = np.cumsum(conductor.conducting_nodes) - 1
    n = int(conductor.conducting_nodes.sum())
    e = Elements.of(conductor, body.face, index, np.flatnonzero(conductor.conducting))
    m, tissues = len(e.ids), len(body.face.tissues)
    draw = np.random.default_rng(1)
    columns = draw.normal(size=(used, n)).astype(np.float32)
    weights = draw.normal(size=(used, width)).astype(np.float32)
    potential, charge = np.empty((n, width), np.float32), np.zeros(n)
    seconds, single = np.ones(width), np.ones(width, np.float32)
    sums: list[Array] = [
        np.zeros(m),
        np.zeros(m),
        np.zeros(m, np.float32),
        np.zeros(m, np.float32),
        np.zeros(m),
    ]
    watts = np.empty((kernel.chunks(m), tissues, width))

    def accumulate() -> None:
        kernel.accumulate(  # type: ignore[call-arg]
            e.tets, e.gradient, e.sigma, e.fibre, e.volume, e.tissue, potential, single, single, single,
            THRESHOLD, np.ones(4096, np.float32), *sums, watts,
        )  # fmt: skip

    mixed = best(lambda: kernel.mix(columns, np.arange(used), weights, seconds, potential, charge))
    potential *= np.float32(1e-9)  # as almost everywhere, below the threshold
    dosed = best(accumulate)
    given: tuple[Array, ...] = (e.tets, e.gradient, e.sigma, e.fibre, e.volume, e.tissue)
    own = sum(a.nbytes for a in given)
    changed = 2 * sum(a.nbytes for a in sums[:2]) + sum(a.nbytes for a in sums[2:4])
    name = f"dose, {width} positions: mix {used} columns"
    return [
        Stage(name, threads, 2.0 * used * n * width, 4.0 * used * n + 4.0 * n * width + 16.0 * n, mixed),
        Stage("dose, the same: J of all elements", threads, _FLOPS * m * width,
              own + changed + 4.0 * n * width, dosed),
    ]  # fmt: skip


def roofline(matrix: Any, sources: Array, body: Body) -> dict[str, Any]:
    """Measure and print rates of the machine and every stage beside its limit."""
    threads = os.cpu_count() or 1
    found = limits()
    for name, rates in found.items():
        shown = ", ".join(f"{t} thread{'s' * (t > 1)} {rate / 1e9:.1f}" for t, rate in rates.items())
        print(f"{name.replace('[', '[G')}: {shown}")
    engine, stages = whole(matrix, sources, threads)
    stages += taken_apart(matrix, engine, sources) + session_batch(body, threads)
    print(f"{'':36} threads  Gflop     GB  seconds  limit by flops  by traffic  reached")
    rows = []
    for stage in stages:
        single = stage.name.startswith("dose")
        kind = "float32 products [flop/s]" if single else "float64 products [flop/s]"
        flops = stage.flops / found[kind][stage.threads]
        traffic = stage.bytes / found["copy [byte/s]"][stage.threads]
        reached = max(flops, traffic) / stage.seconds
        rows.append({**asdict(stage), "flops_limit": flops, "traffic_limit": traffic, "reached": reached})
        print(
            f"{stage.name:36} {stage.threads:7d} {stage.flops / 1e9:6.1f} {stage.bytes / 1e9:6.2f} "
            f"{stage.seconds:8.4f} {flops:15.4f} {traffic:11.4f} {reached:8.0%}"
        )
    return {"limits": found, "stages": rows}
