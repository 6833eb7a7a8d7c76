"""Lead field and session against what others do, on the same mesh in one run.

    python benchmarks/peers.py [--resolution coarse|standard|fine] [--columns 1000] [--peers a b c d e]
    python benchmarks/peers.py --roofline [--resolution ...]

    a  CG + hypre BoomerAMG, one right-hand side after another, SimNIBS's default (Debian's python3-petsc4py)
    b  PARDISO in SimNIBS's unsymmetric mode, one right-hand side after another (pip install "zygoma[peers]")
    c  CG + pyamg, one right-hand side after another
    d  a session: dose from the lead field, against solving with (a) at each position
    e  what was tried and lost: PARDISO Cholesky in blocks of 64, single precision, one thread

Ours solves all columns. The others solve a sample, from which their time for all columns is extrapolated;
what it would take them to keep their solutions is not counted. Prints ratios; says nothing about pass or
fail, for a time depends on the machine.
"""

from __future__ import annotations

import argparse
import glob
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from body import Body
from peer_solvers import PEERS, SIMNIBS, Array, Clock, peak

PETSC_PYTHON = "/usr/bin/python3"
PAIRS = 6  # right-hand sides of the sample that are pairs of contacts; the others are single nodes
PACKAGES = ("zygoma", "numpy", "scipy", "numba", "pymetis", "pyamg", "pypardiso", "mkl")


def session(resolution: str, runs: int) -> dict[str, Any]:
    """In a process of its own: the built-in session, its lead field on disk as `zygoma treat` keeps it."""
    from zygoma.field import LeadField
    from zygoma.treatment.session import Session

    body = Body.of(resolution)
    with tempfile.TemporaryDirectory() as folder:
        lead = LeadField(body.conductor, cache=folder)
        whole = Session(lead, body.face, body.timetable, body.probe)
        clock = Clock()
        _ = whole.montage
        report: dict[str, Any] = {"contacts": clock.lap()}
        whole.solve()
        report["lead_field"] = clock.lap()
        lead.close()
        doses = []
        for _ in range(runs + 1):
            clock.lap()
            whole.dose(body.waveform)
            doses.append(clock.lap())
    report |= {"positions": body.timetable.positions, "unique": body.timetable.unique_positions}
    report |= {"columns": lead.solves, "elements": int(body.conductor.conducting.sum()), "peak": peak()}
    return {**report, "dose": doses[1:]}  # in the first, compiled code is loaded


def problem(body: Body, columns: int, sample: int, folder: Path) -> tuple[Any, Array, Array]:
    """Grounded matrix of a body, sources of its columns, sampled right-hand sides; written too."""
    from zygoma.field import Contact

    conductor, table, free = body.conductor, body.timetable, body.conductor.free
    matrix = conductor.stiffness[free][:, free].tocsr()
    matrix.sort_indices()
    draw = np.random.default_rng(1)
    skin = draw.permutation(np.setdiff1d(np.unique(conductor.surface.triangles), [conductor.ground]))
    sources = np.searchsorted(free, skin[:columns])
    rhs = np.zeros((sample + PAIRS, len(conductor.nodes)))
    rhs[np.arange(sample), skin[:sample]] = 1
    for row in range(PAIRS):
        at = table.unique_positions * (2 * row + 1) // (2 * PAIRS)
        for point, sign in ((table.points_a[at], 1.0), (table.points_b[at], -1.0)):
            patch = Contact(point, body.probe).on(conductor.surface)
            rhs[sample + row, patch.nodes] += sign * patch.weights / patch.area
    rhs = np.ascontiguousarray(rhs[:, free])
    arrays = {"indptr": matrix.indptr, "indices": matrix.indices, "data": matrix.data, "sources": sources}
    np.savez(folder / "matrix.npz", **arrays)
    np.save(folder / "rhs.npy", rhs)
    return matrix, sources, rhs


def surroundings() -> dict[str, str]:
    """Environment of the workers: PETSc found where Debian puts it, and let run by any user."""
    builds = sorted(glob.glob("/usr/lib/petscdir/petsc*/*-real"))
    found = {"PETSC_DIR": builds[-1]} if builds and not Path("/usr/lib/petsc").exists() else {}
    allowed = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    return {**found, **allowed, **os.environ}


def missing(name: str) -> str:
    """Why a peer cannot run here; empty if it can."""
    if name.startswith("hypre"):
        command = [PETSC_PYTHON, "-c", "import petsc4py, numpy"]
        absent = (
            not Path(PETSC_PYTHON).exists()
            or subprocess.run(command, env=surroundings(), capture_output=True, check=False).returncode
        )
        if absent:
            return f"{PETSC_PYTHON} has no petsc4py (Debian: apt install python3-petsc4py)"
        return "" if PEERS[name].processes == 1 or shutil.which("mpiexec") else "there is no mpiexec"
    if name.startswith("pardiso") and importlib.util.find_spec("pypardiso") is None:
        return 'pypardiso is not installed (pip install "zygoma[peers]")'
    return ""


def measure(name: str, folder: Path, take: list[int], matrix: Any, rhs: Array) -> dict[str, Any]:
    """One run of a peer: slowest process, CPU and memory of all; true residuals, the same way for all."""
    from zygoma.field.residual import column_squares

    python = PETSC_PYTHON if name.startswith("hypre") else sys.executable
    script = str(Path(__file__).with_name("peer_solvers.py"))
    command = [python, script, name, str(folder), *map(str, take)]
    count = PEERS[name].processes
    if count > 1:
        command = ["mpiexec", "-n", str(count), *command]
    threads = {"OMP_NUM_THREADS": "1"} if python == PETSC_PYTHON else {}
    done = subprocess.run(
        command, env={**surroundings(), **threads}, stdout=subprocess.PIPE, text=True, check=True
    )
    parts = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    report: dict[str, Any] = next(part for part in parts if part.get("rank", 0) == 0)
    for key in ("set_up", "one"):
        times = np.array([part[key] for part in parts])
        report[key] = np.stack([times[..., 0].max(axis=0), times[..., 1].sum(axis=0)], axis=-1).tolist()
    report["peak"] = sum(part["peak"] for part in parts)
    x, b = np.load(folder / "found.npy").T, rhs[take].T
    report["residuals"] = np.sqrt(np.divide(*column_squares(matrix, x, b))).tolist()
    return report


def summary(name: str, runs: list[dict[str, Any]], sample: int, columns: int) -> dict[str, Any]:
    """Medians of the runs of a peer, wall and CPU seconds."""
    singles, pairs = (
        [t for run in runs for k, t in zip(run["take"], run["one"], strict=True) if (k >= sample) == pair]
        for pair in (False, True)
    )
    set_up = np.median([run["set_up"] for run in runs], axis=0)
    alone = np.median(singles, axis=0)
    many = [np.array(run["many"][1:]) / run["many"][0] for run in runs if "many" in run]
    column = np.median(many, axis=0) if many else alone
    return {
        "title": PEERS[name].title,
        "group": PEERS[name].group,
        "set_up": set_up.tolist(),
        "column": column.tolist(),
        "alone": alone.tolist(),
        "pair": np.median(pairs, axis=0).tolist(),
        "whole": (set_up + columns * column).tolist(),
        "residual": max(max(*run["residuals"], run.get("residual", 0.0)) for run in runs),
        "peak": max(run["peak"] for run in runs),
        "runs": runs,
    }


def lead_field_table(found: dict[str, Any], columns: int) -> None:
    """Print every peer beside ours."""
    base = found["ours"]["whole"]
    print(f"\nlead field of {columns} columns, seconds wall / CPU; ours in full, the others extrapolated")
    print(f"{'':45} {'set-up':>13} {'a column':>15} {'all':>15} {'ratio':>13} {'residual':>8} {'GB':>5}")
    for peer in found.values():
        ratio = [whole / own for whole, own in zip(peer["whole"], base, strict=True)]
        (a, b), (c, d), (e, f) = peer["set_up"], peer["column"], peer["whole"]
        print(
            f"{peer['title']:45} {a:6.2f}/{b:6.2f} {c:7.4f}/{d:7.4f} {e:7.1f}/{f:7.1f} "
            f"{ratio[0]:6.1f}/{ratio[1]:6.1f} {peer['residual']:8.0e} {peer['peak']:5.2f}"
        )
    print(f"one column alone by zygoma: {found['ours']['alone'][0]:.4f} s")


def session_table(run: dict[str, Any], peer: dict[str, Any] | None) -> None:
    """Print the session beside one solve by (a) at each position."""
    dose, cpu = np.median(run["dose"], axis=0)
    unique, positions = run["unique"], run["positions"]
    print(f"\nsession of {positions} positions, {unique} of them different, {run['elements']} elements")
    before = (run["contacts"][0], run["lead_field"][0])
    print(f"contacts {before[0]:.1f} s; lead field of {run['columns']} columns {before[1]:.1f} s; ", end="")
    print(
        f"dose {dose:.1f} s wall, {cpu:.1f} s CPU, {1e3 * dose / unique:.2f} ms a different position; ",
        end="",
    )
    print(f"peak {run['peak']:.2f} GB")
    if peer is None:
        print("no ratio: (a) was not run")
        return
    solve, whole = peer["pair"][0], dose + sum(before)
    print(f"(a) solves a pair of contacts in {solve:.2f} s; extrapolated, its gradients not counted:")
    for words, count in (("every position solved again", positions), ("every different one once", unique)):
        again = count * solve
        print(f"  {words:28} {again:9.0f} s, {again / dose:7.0f}x the dose alone, ", end="")
        print(f"{again / whole:6.0f}x with contacts and lead field counted")


def machine() -> dict[str, Any]:
    """Processor, versions and the kernel of the dense products."""
    import scipy.linalg.blas  # noqa: F401
    from threadpoolctl import threadpool_info

    names = Path("/proc/cpuinfo")
    lines = names.read_text().splitlines() if names.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if "model name" in line), platform.machine())
    kernels = sorted({f"{p['internal_api']} {p.get('architecture')}" for p in threadpool_info()})
    present = {package.name.lower() for package in metadata.distributions() if package.name}
    versions = {name: metadata.version(name) for name in PACKAGES if name in present}
    return {
        "cpu": f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "load": [round(value, 1) for value in os.getloadavg()] if hasattr(os, "getloadavg") else [],
        "kernel": ", ".join(kernels),
        "versions": versions,
        "command": " ".join(sys.argv),
        "hypre": SIMNIBS,
    }


def compare(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All peers in turn, in rounds, so that other work on the machine hits all alike."""
    matrix, _, rhs = problem(Body.of(options.resolution), options.columns, options.sample, folder)
    print(f"{options.resolution}: {matrix.shape[0]} unknowns, {matrix.nnz} entries", flush=True)
    names = []
    for name, peer in PEERS.items():
        if peer.group and peer.group not in options.peers:
            continue
        if reason := missing(name):
            print(f"left out: {peer.title}: {reason}")
        else:
            names.append(name)
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for turn in range(options.rounds):
        take = list(range(turn, len(rhs), options.rounds))
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            runs[name].append(measure(name, folder, take, matrix, rhs))
            print(f"round {turn + 1} of {options.rounds}: {PEERS[name].title}", file=sys.stderr)
    return {name: summary(name, runs[name], options.sample, options.columns) for name in names}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--resolution", default="coarse", choices=["coarse", "standard", "fine"])
    parser.add_argument("--columns", type=int, default=1000)
    parser.add_argument("--peers", nargs="+", default=list("abcde"), choices=list("abcde"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sample", type=int, default=12, help="single columns that the others solve")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--roofline", action="store_true", help="how far ours is from this machine's limits")
    parser.add_argument("--only-session", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only_session:
        print(json.dumps(session(options.resolution, options.rounds)))
        return
    result: dict[str, Any] = {"machine": machine()}
    for key, value in result["machine"].items():
        print(f"{key}: {value}")
    with tempfile.TemporaryDirectory() as folder:
        if options.roofline:
            from roofline import roofline

            body = Body.of(options.resolution)
            matrix, sources, _ = problem(body, options.columns, 1, Path(folder))
            result["roofline"] = roofline(matrix, sources, body)
        else:
            result["peers"] = compare(options, Path(folder))
            lead_field_table(result["peers"], options.columns)
            if "d" in options.peers:
                command = [sys.executable, __file__, "--only-session", "--resolution", options.resolution]
                command += ["--rounds", str(options.rounds)]
                done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
                result["session"] = json.loads(done.stdout.splitlines()[-1])
                session_table(result["session"], result["peers"].get("hypre"))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
