"""Thresholds of the nerve fibres of a face under the probes of a session."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zygoma.provenance import load_data
from zygoma.response.along import Along, strongest
from zygoma.response.branches import dermal_branches, motor_branches
from zygoma.response.excitation import Excitation
from zygoma.response.fibre import Fibre
from zygoma.response.nerve import thresholds
from zygoma.response.stimulus import Stimulus

if TYPE_CHECKING:
    from zygoma.device import Waveform
    from zygoma.treatment.session import Progress, Session


TOLERANCE = 5e-3
"""Of a threshold, relative; what a model of the nerve leaves open is larger by far."""


_SHARED = 16  # fibres have a multiple of so many nodes


@dataclass(frozen=True)
class Innervation:
    """Lowest threshold of one fibre model on one course over a session.

    Attributes
    ----------
    where : str
        Muscle, or step of the session under which the skin's fibre lies.
    nerve, kind : str
        See `Branch`.
    model : str
        Fibre model and diameter, such as ``"MRG 10 um"``.
    ratio : float
        Largest ratio of the current that is used to the threshold; 0 where nothing excites.
    threshold : float
        Peak current that excites at that position [A]; infinite where none was found.
    position : int
        Position of the timetable.
    from_end : float
        Where the action potential begins: distance from the fibre's end, along it [m]; not a number without.
    """

    where: str
    nerve: str
    kind: str
    model: str
    ratio: float
    threshold: float
    position: int
    from_end: float

    def scaled(self, factor: float) -> Innervation:
        """The same threshold under so many times the current."""
        return replace(self, ratio=factor * self.ratio)

    def json(self) -> dict[str, Any]:
        """Plain values, the unit in each key; without a threshold None."""
        row = asdict(self)
        row["threshold_A"] = self.threshold if math.isfinite(self.threshold) else None
        row["from_end_m"] = self.from_end if math.isfinite(self.from_end) else None
        return {key: value for key, value in row.items() if key not in ("threshold", "from_end")}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Innervation:
        """From what `json` gave."""
        given = dict(row)
        threshold, from_end = given.pop("threshold_A"), given.pop("from_end_m")
        return cls(
            **given,
            threshold=math.inf if threshold is None else threshold,
            from_end=math.nan if from_end is None else from_end,
        )


def innervate(
    session: Session, waveform: Waveform, current: NDArray[np.float64], progress: Progress | None = None
) -> tuple[Innervation, ...]:
    """Thresholds of the fibres of a face, each at those positions of the session that act most on it.

    Parameters
    ----------
    session : Session
        Of a face; its lead field gives the potentials.
    waveform : Waveform
        Its shape; a direct current is taken to flow for the time that ``data/innervation.toml`` says.
    current : (u,) array
        Amplitude at every position [A].
    progress : callable, optional
        Called with ("paths" or "fibres", done, total).

    Returns
    -------
    tuple of Innervation
        One for every fibre model on every branch that may be the most sensitive of its muscle and kind.

    Raises
    ------
    InputError, RangeError
        A fibre leaves the conductor; the waveform has a frequency outside 0.5 Hz to 100 kHz.
    """
    choice = load_data("innervation.toml")["reading"]
    face = session.body
    branches = (*motor_branches(face), *dermal_branches(face, session.timetable))  # type: ignore[arg-type]
    lines = strongest(session, branches, progress)
    length = choice["direct_s"] if waveform.stretches().endless else None
    return along_lines(lines, Stimulus.of(waveform, length=length), current, progress)


def along_lines(
    lines: Sequence[Along], stimulus: Stimulus, current: NDArray[np.float64], progress: Progress | None = None
) -> tuple[Innervation, ...]:
    """Lowest threshold of every fibre model along each line; alike lines are computed once."""
    own = [
        next(k for k, other in enumerate(lines[: i + 1]) if line.same_as(other))
        for i, line in enumerate(lines)
    ]
    models = load_data("innervation.toml")["model"]
    tasks = [(k, model, _nodes(lines[k], model)) for model in models for k in sorted(set(own))]
    found: dict[tuple[int, str], Innervation] = {}
    for (_, nodes), group in groupby(sorted(tasks, key=_order), key=_order):
        alike = list(group)
        model = alike[0][1]
        fibre = Fibre(model["model"], model["diameter_m"], nodes)
        rows = _lowest(fibre, model["name"], [lines[k] for k, _, _ in alike], stimulus, current)
        found.update({(k, model["name"]): row for (k, _, _), row in zip(alike, rows, strict=True)})
        if progress is not None:
            progress("fibres", len(found), len(tasks))
    return tuple(
        replace(found[own[i], model["name"]], where=line.branch.where, nerve=line.branch.nerve)
        for i, line in enumerate(lines)
        for model in models
    )


def excitation(rows: Sequence[Innervation], amplitude: float) -> Excitation:
    """Thresholds by muscle and of the skin, as currents of the whole session's amplitude [A]."""

    def lowest(kinds: Sequence[str]) -> dict[str, dict[str, float]]:
        table: dict[str, dict[str, float]] = {}
        for row in rows:
            if row.kind in kinds:
                own = table.setdefault(row.where, {})
                threshold = amplitude / row.ratio if row.ratio else math.inf
                own[row.model] = min(own.get(row.model, math.inf), threshold)
        return table

    skin: dict[str, float] = {}
    for own in lowest(["dermal"]).values():
        for model, threshold in own.items():
            skin[model] = min(skin.get(model, math.inf), threshold)
    return Excitation(amplitude, lowest(["ending", "passing"]), skin)


def _lowest(
    fibre: Fibre, model: str, lines: Sequence[Along], stimulus: Stimulus, current: NDArray[np.float64]
) -> Iterator[Innervation]:
    """Threshold of a fibre along each line, where the current that is used exceeds it most."""
    volts = [line.at(np.maximum(_start(fibre, line) + fibre.offsets, line.distance[0])) for line in lines]
    highest = load_data("innervation.toml")["reading"]["highest_A"]
    result = thresholds(fibre, np.vstack(volts), stimulus, tolerance=TOLERANCE, highest=highest)
    first = 0
    for line in lines:
        cases = slice(first, first + len(line.positions))
        first = cases.stop
        ratio = current[line.positions] / result.current[cases]
        best = int(np.argmax(ratio))
        node, branch = int(result.node[cases][best]), line.branch
        at = _start(fibre, line) + fibre.node_offsets[node] if node >= 0 else math.nan
        yield Innervation(
            branch.where, branch.nerve, branch.kind, model, float(ratio[best]),
            float(result.current[cases][best]), int(line.positions[best]), float(branch.length - at),
        )  # fmt: skip


def _start(fibre: Fibre, line: Along) -> float:
    """Where the first node lies on a line [m]: the last is at its end, what is too long at the trunk."""
    return float(line.distance[-1]) - fibre.length


def _nodes(line: Along, model: Mapping[str, Any]) -> int:
    """Nodes of a fibre that covers a line, rounded up so that many lines share one."""
    length = float(line.distance[-1] - line.distance[0])
    nodes = Fibre.of(model["model"], model["diameter_m"], length=length).nodes
    return -(-nodes // _SHARED) * _SHARED


def _order(task: tuple[int, Mapping[str, Any], int]) -> tuple[str, int]:
    return task[1]["name"], task[2]
