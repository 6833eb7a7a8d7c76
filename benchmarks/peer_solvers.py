"""Solvers that `peers.py` compares, each run in a process of its own.

    python benchmarks/peer_solvers.py NAME FOLDER COLUMN [COLUMN ...]

reads ``matrix.npz`` and ``rhs.npy`` from the folder, writes ``found.npy`` there and prints one JSON object.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np  # PETSc's interpreter may have nothing else

Array = np.ndarray[Any, Any]
Solve = Callable[[Array], Array]

SIMNIBS = (
    "-ksp_type cg -ksp_rtol 1e-10 "
    "-pc_type hypre -pc_hypre_type boomeramg -pc_hypre_boomeramg_coarsen_type HMIS"
)
SYMMETRIC = {1: 1, 2: 2, 8: 0, 10: 8, 11: 0, 13: 0}  # PARDISO's iparm for mtype 2


@dataclass
class Ready:
    """A matrix made ready: a solve of one right-hand side, and of many columns if that is another thing."""

    one: Solve
    many: Callable[[], int] | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Peer:
    """A way of solving, by its name in `PEERS`."""

    group: str
    title: str
    prepare: Callable[[Any, Array], Ready]
    processes: int = 1


def petsc(matrix: Any, sources: Array) -> Ready:
    """SimNIBS's default; the matrix is its three arrays."""
    import petsc4py

    petsc4py.init(SIMNIBS.split())
    from petsc4py import PETSc

    starts, columns, values = matrix
    size, rank, n = PETSc.COMM_WORLD.size, PETSc.COMM_WORLD.rank, len(starts) - 1
    low, high = n * rank // size, n * (rank + 1) // size
    part = slice(starts[low], starts[high])
    rows = (starts[low : high + 1] - starts[low], columns[part], values[part])
    a = PETSc.Mat().createAIJ(size=((high - low, n), (high - low, n)), csr=rows)
    solver = PETSc.KSP().create()
    solver.setOperators(a)
    solver.setFromOptions()
    solver.setUp()
    x, b = a.createVecs()
    scatter, whole = PETSc.Scatter.toZero(x)
    version = ".".join(map(str, PETSc.Sys.getVersion()))
    ready = Ready(lambda rhs: rhs, facts={"PETSc": version, "rank": rank, "iterations": []})

    def one(rhs: Array) -> Array:
        b.setArray(rhs[low:high])
        solver.solve(b, x)
        ready.facts["iterations"].append(solver.getIterationNumber())
        scatter.scatter(x, whole, False, PETSc.Scatter.Mode.FORWARD)
        return np.array(whole.getArray())

    ready.one = one
    return ready


def pardiso(mtype: int, block: int, kind: type) -> Callable[[Any, Array], Ready]:
    """MKL's direct solver, right-hand sides in blocks."""

    def prepare(matrix: Any, sources: Array) -> Ready:
        from pypardiso import PyPardisoSolver
        from scipy import sparse

        a, n = matrix.astype(kind), matrix.shape[0]
        solver = PyPardisoSolver(mtype=mtype)
        if mtype == 2:
            a = sparse.triu(a, format="csr")  # of the whole matrix this mode crashes the interpreter
            for place, value in SYMMETRIC.items():
                solver.set_iparm(place, value)
        solver.set_iparm(28, int(kind is np.float32))
        solver.set_phase(12)
        solver._call_pardiso(a, np.zeros((n, 1), dtype=kind))
        solver.set_phase(33)  # its own `solve` would also compare the whole matrix at every call

        def one(rhs: Array) -> Array:
            return np.asarray(solver._call_pardiso(a, rhs.astype(kind)))

        def many() -> int:
            done = sources[: 2 * block]
            for first in range(0, len(done), block):
                part = done[first : first + block]
                rhs = np.zeros((n, len(part)), dtype=kind, order="F")
                rhs[part, np.arange(len(part))] = 1
                solver._call_pardiso(a, rhs)
            return len(done)

        return Ready(one, many if block > 1 else None)

    return prepare


def multigrid(matrix: Any, sources: Array) -> Ready:
    """Smoothed aggregation with conjugate gradients: also what zygoma does where nothing else runs."""
    from zygoma.field.amg import Multigrid

    return Ready(Multigrid(matrix, 1e-10).solve)


def ours(kind: type, threads: int | None, share: int) -> Callable[[Any, Array], Ready]:
    """The factorisation of zygoma, for one in `share` columns."""

    def prepare(matrix: Any, sources: Array) -> Ready:
        from zygoma.field.cholesky import Cholesky

        n = matrix.shape[0]
        engine = Cholesky(matrix.astype(kind), 1e-10 if kind is np.float64 else 1.0, threads=threads)
        ready = Ready(engine.solve, facts={"factor": engine.bytes, "nnz": engine.bytes // kind().itemsize})

        def many() -> int:
            done = sources[: max(256, len(sources) // share)]
            ready.facts["columns"] = engine.columns(done, np.arange(n))  # kept: its memory counts
            del ready.facts["columns"]
            ready.facts["residual"] = engine.residual
            return len(done)

        ready.many = many
        return ready

    return prepare


PEERS = {
    "ours": Peer("", "zygoma, blocks of 128", ours(np.float64, None, 1)),
    "hypre": Peer("a", "PETSc CG + hypre, 1 process (SimNIBS default)", petsc),
    "hypre-2": Peer("a", "PETSc CG + hypre, 2 processes", petsc, processes=2),
    "pardiso-lu": Peer("b", "PARDISO LU, mtype 11 (SimNIBS option)", pardiso(11, 1, np.float64)),
    "pyamg": Peer("c", "pyamg + CG", multigrid),
    "pardiso-64": Peer("e", "PARDISO Cholesky, blocks of 64", pardiso(2, 64, np.float64)),
    "pardiso-single": Peer("e", "the same in float32", pardiso(2, 64, np.float32)),
    "ours-single": Peer("e", "zygoma in float32", ours(np.float32, None, 4)),
    "ours-1": Peer("e", "zygoma, 1 thread", ours(np.float64, 1, 4)),
}


class Clock:
    """Wall and CPU seconds since it was last asked."""

    def __init__(self) -> None:
        self._last = (time.perf_counter(), time.process_time())

    def lap(self) -> tuple[float, float]:
        """Wall and CPU seconds of this process."""
        last, self._last = self._last, (time.perf_counter(), time.process_time())
        return self._last[0] - last[0], self._last[1] - last[1]


def peak() -> float:
    """Largest memory of this process so far [GB]; of its own, not what its parent had."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def small() -> Any:
    """A little matrix, for which compiled code is loaded before time is taken."""
    from scipy import sparse

    side, middle = np.full(299, -1.0), np.full(300, 2.0)
    return sparse.diags([side, middle, side], [-1, 0, 1]).tocsr()


def work(name: str, folder: Path, take: list[int]) -> dict[str, Any]:
    """In a process of its own: set up, solve a sample, then many columns."""
    given = np.load(folder / "matrix.npz")
    matrix: Any = (given["indptr"], given["indices"], given["data"])
    rhs = np.load(folder / "rhs.npy", mmap_mode="r")
    peer = PEERS[name]
    if peer.prepare is not petsc:
        from scipy import sparse

        matrix = sparse.csr_matrix((matrix[2], matrix[1], matrix[0]))
        if "pardiso" not in name:  # compiled code is loaded first
            loaded = peer.prepare(small(), np.arange(3))
            loaded.one(np.eye(small().shape[0])[0])
            if loaded.many:
                loaded.many()
    clock = Clock()
    ready = peer.prepare(matrix, given["sources"])
    report: dict[str, Any] = {"set_up": clock.lap(), "take": take, "one": []}
    found = np.empty((len(take), rhs.shape[1]))
    for row, column in enumerate(take):
        b = np.array(rhs[column])
        clock.lap()
        x = ready.one(b)
        report["one"].append(clock.lap())
        if ready.facts.get("rank", 0) == 0:
            found[row] = x
    if ready.many:
        clock.lap()
        count = ready.many()
        report["many"] = (count, *clock.lap())
    if ready.facts.get("rank", 0) == 0:
        np.save(folder / "found.npy", found)
    return {**report, **ready.facts, "peak": peak()}


if __name__ == "__main__":
    print(json.dumps(work(sys.argv[1], Path(sys.argv[2]), [int(k) for k in sys.argv[3:]])), flush=True)
