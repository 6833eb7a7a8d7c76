"""Potential along nerve fibres at those positions of a session that act most on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zygoma.provenance import load_data
from zygoma.response.branches import Branch
from zygoma.response.interpolation import interpolation, located
from zygoma.response.path import arc_length

if TYPE_CHECKING:
    from scipy import sparse

    from zygoma.field import VolumeConductor
    from zygoma.treatment.session import Progress, Session

Array = NDArray[np.float64]

_LEAST = 10  # points of a branch
_SAME = 1e-3  # difference of two potentials over their range that no threshold shows


@dataclass(frozen=True, eq=False)
class Along:
    """Potential along a branch for 1 A from probe A to probe B.

    Attributes
    ----------
    branch : Branch
        The fibre's course.
    positions : (m,) int array
        Positions of the timetable, of one step each, the one that acts most first.
    acts : (m,) array
        Largest polarisation of a passive cable in it there [V/A].
    distance : (k,) array
        Of the points from the branch's first one, along it, as far as the potential acts [m].
    potential : (m, k) array
        Potential there [V/A], smoothed along the branch.
    """

    branch: Branch
    positions: NDArray[np.int64]
    acts: Array
    distance: Array
    potential: Array

    @property
    def group(self) -> tuple[str, str]:
        """Branches that serve the same: a muscle's of one kind, or all of the skin."""
        return ("" if self.branch.kind == "dermal" else self.branch.where, self.branch.kind)

    def above(self, acts: float) -> Along:
        """Only the positions that act so much [V/A] or more."""
        own = self.acts >= acts
        return replace(
            self, positions=self.positions[own], acts=self.acts[own], potential=self.potential[own]
        )

    def same_as(self, other: Along) -> bool:
        """Whether the potentials are those along another line, as for a mirror image."""
        if self.potential.shape != other.potential.shape:
            return False
        step, own = self.distance[1] - self.distance[0], other.distance[1] - other.distance[0]
        apart = np.abs(self.potential - other.potential).max()
        return bool(abs(step - own) < _SAME * step and apart < _SAME * np.ptp(self.potential))

    def at(self, distance: Array) -> Array:
        """Potential (m, n) at other distances along the branch [V/A], by cubic interpolation."""
        from scipy.interpolate import CubicSpline

        return np.asarray(CubicSpline(self.distance, self.potential, axis=1)(distance))


def strongest(
    session: Session, branches: Sequence[Branch], progress: Progress | None = None
) -> tuple[Along, ...]:
    """Where along a session the probes act most, and the potential along the branches there.

    All positions are evaluated on all branches, and ordered by the largest polarisation that a passive cable
    with sealed ends would take. Of each step of the session the strongest position is taken; of these, those
    are kept that act nearly as much as the strongest on any branch of the same muscle and kind, or on any of
    the skin. What is near, and the cable's length constant, stand in ``data/innervation.toml``: thresholds
    do not follow the order exactly.

    Parameters
    ----------
    session : Session
        Its lead field holds, or solves, the columns of all contacts.
    branches : sequence of Branch
    progress : callable, optional
        Called with ("paths", positions done, positions).

    Raises
    ------
    InputError
        A fibre that ends in its muscle lies outside the conducting part of the body.
    """
    choice = load_data("innervation.toml")["reading"]
    conductor, montage, table = session.lead.conductor, session.montage, session.timetable
    branches, matrix = _inside(conductor, branches)
    bounds = np.cumsum([0, *(len(branch.points) for branch in branches)])
    positions = np.arange(table.unique_positions)
    at = np.union1d(np.unique(matrix.indices), montage.nodes(positions))
    place = np.full(len(conductor.nodes), -1, dtype=np.int64)
    place[at] = np.arange(len(at))
    matrix = matrix[:, at].astype(np.float32)
    found = np.empty((matrix.shape[0], len(positions)), dtype=np.float32)
    for window in montage.windows(positions):
        columns = session.lead.matrix(window.nodes, at)
        rows = np.full(len(conductor.nodes), -1, dtype=np.int64)
        rows[window.nodes] = np.arange(len(window.nodes))
        resistance = columns[:, place[window.nodes]]
        currents = np.zeros((len(window.nodes), window.last - window.first), dtype=np.float32)
        for k, position in enumerate(positions[window.first : window.last]):
            pair = montage.pair(int(position), rows, resistance)
            currents[pair.rows, k] = pair.currents.sum(axis=0)
        # the currents sum to 0: what all columns share may be taken away, which keeps the digits
        found[:, window.first : window.last] = matrix @ ((columns - columns[:1]).T @ currents)
        if progress is not None:
            progress("paths", window.last, len(positions))
    steps = _steps(table.index, table.step, len(positions))
    lines = [
        _along(branch, found[low:high].T.astype(np.float64), steps, choice)
        for branch, low, high in zip(branches, bounds[:-1], bounds[1:], strict=True)
    ]
    most: dict[tuple[str, str], float] = {}
    for line in lines:
        most[line.group] = max(most.get(line.group, 0.0), float(line.acts[0]))
    kept = (line.above(choice["near"] * most[line.group]) for line in lines)
    return tuple(line for line in kept if len(line.positions))


def _inside(conductor: VolumeConductor, branches: Sequence[Branch]) -> tuple[list[Branch], sparse.csr_matrix]:
    """A stretch of each branch inside the conducting part, and the matrix of their points.

    Courses take no account of mouth, nose, lids and folds. Of a fibre that ends in its muscle the stretch
    towards the end is kept, of the others the longest.
    """
    points = np.vstack([branch.points for branch in branches])
    matrix, inside = located(conductor, points)
    kept, rows, first = [], [], 0
    for branch in branches:
        own = inside[first : first + len(branch.points)]
        begin, end = _stretch(own, branch.kind == "ending")
        if end - begin >= _LEAST:
            kept.append(replace(branch, points=branch.points[begin:end]))
            rows.append(np.arange(first + begin, first + end))
        elif branch.kind == "ending":
            interpolation(conductor, branch.points)  # says where it is outside
        first += len(own)
    return kept, matrix[np.concatenate(rows)]


def _stretch(inside: NDArray[np.bool_], last: bool) -> tuple[int, int]:
    """Beginning and end of the longest run of points inside, or of the last that is long enough."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(np.int8), [0]])))
    begin, end = edges[::2], edges[1::2]
    if not len(begin):
        return 0, 0
    long = np.flatnonzero(end - begin >= _LEAST)
    run = long[-1] if last and len(long) else np.argmax(end - begin)
    return int(begin[run]), int(end[run])


def smoothed(potential: Array, step: float, length: float) -> Array:
    """Potentials (m, k) at equal steps along a line, smoothed over a length by polynomials of degree 3.

    Linear elements give a potential with kinks at their faces, which a fibre would take for sources; a
    polynomial over the length of about two elements keeps slope and curvature.
    """
    from scipy.signal import savgol_filter

    window = 2 * round(length / step / 2) + 1
    points = potential.shape[1]
    window = min(window, points if points % 2 else points - 1)
    return potential if window < 5 else np.asarray(savgol_filter(potential, window, 3, axis=1, mode="interp"))


def polarisation(potential: Array, step: float, length: float) -> Array:
    """Polarisation (m, k) that a passive cable takes in a steady potential (m, k) along it [V].

    ``length^2 V'' - V = -length^2 phi''`` with sealed ends, ``V' = -phi'``, in differences of second order.

    Parameters
    ----------
    potential : (m, k) array
        At equal steps [V].
    step, length : float
        Step and length constant [m].
    """
    from scipy.linalg import solve_banded

    count, ratio = potential.shape[1], (length / step) ** 2
    drops = np.diff(potential, axis=1)
    source = np.zeros_like(potential)  # discrete second difference, the ends sealed
    source[:, :-1] += drops
    source[:, 1:] -= drops
    bands = np.full((3, count), -ratio)
    bands[1] = 1 + 2 * ratio
    bands[1, [0, -1]] = 1 + ratio
    return np.asarray(solve_banded((1, 1), bands, ratio * source.T).T)


def _along(branch: Branch, potential: Array, steps: NDArray[np.int64], choice: dict[str, float]) -> Along:
    distance = arc_length(branch.points)
    step = float(distance[1] - distance[0])
    smooth = smoothed(potential - potential.mean(axis=1, keepdims=True), step, choice["smoothing_m"])
    polarised = np.abs(polarisation(smooth, step, choice["length_constant_m"]))
    acts = polarised.max(axis=1)
    order = np.argsort(-acts, kind="stable")
    _, first = np.unique(steps[order], return_index=True)
    chosen = order[np.sort(first)][: int(choice["steps"])]
    # the rest of the line, mostly that near the trunk, takes no part
    loud = np.flatnonzero((polarised[chosen] > choice["quiet"] * acts[chosen, None]).any(axis=0))
    margin = round(choice["margin_m"] / step)
    part = slice(max(0, loud[0] - margin), loud[-1] + margin + 1)
    return Along(branch, chosen, acts[chosen], distance[part], smooth[chosen, part])


def _steps(index: NDArray[np.int32], step: NDArray[np.int32], count: int) -> NDArray[np.int64]:
    """Step of the session in which each unique position is used first."""
    found = np.zeros(count, dtype=np.int64)
    positions, first = np.unique(index, return_index=True)
    found[positions] = step[first]
    return found
