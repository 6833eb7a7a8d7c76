"""Thresholds of the nerve fibres of a face under the probes of a session."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from zygoma.provenance import load_data
from zygoma.response.along import Along, strongest
from zygoma.response.branches import dermal_branches, motor_branches
from zygoma.response.excitation import Excitation
from zygoma.response.fibre import Fibre
from zygoma.response.stimulus import Stimulus

if TYPE_CHECKING:
    from zygoma.device import Waveform
    from zygoma.response.trials import Found
    from zygoma.treatment.session import Progress, Session

Task = tuple[int, str]
"""Number of a line and name of a fibre model."""

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


class KeptRows(Protocol):
    """Rows of a computation that was interrupted, by the number of the line and the fibre model."""

    def get(self, task: Task) -> Innervation | None:
        """What was kept, if anything."""

    def keep(self, task: Task, row: Innervation) -> None:
        """Keep a row."""


def innervate(
    session: Session,
    waveform: Waveform,
    current: NDArray[np.float64],
    progress: Progress | None = None,
    kept: KeptRows | None = None,
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
    kept : KeptRows, optional
        Rows of the same computation, begun earlier; receives each new one.

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
    return along_lines(lines, Stimulus.of(waveform, length=length), current, progress, kept)


def along_lines(
    lines: Sequence[Along],
    stimulus: Stimulus,
    current: NDArray[np.float64],
    progress: Progress | None = None,
    kept: KeptRows | None = None,
) -> tuple[Innervation, ...]:
    """Lowest threshold of every fibre model along each line; alike lines are computed once.

    What `kept` has is not computed again, and every row is given to it as soon as it is there.
    """
    own = [
        next(k for k, other in enumerate(lines[: i + 1]) if line.same_as(other))
        for i, line in enumerate(lines)
    ]
    models = load_data("innervation.toml")["model"]
    tasks = [(k, model["name"]) for model in models for k in sorted(set(own))]
    found = {task: row for task in tasks if kept is not None and (row := kept.get(task)) is not None}
    fibres = _fibres(lines, models, [task for task in tasks if task not in found])
    work = {task: fibres[task].nodes * len(lines[task[0]].positions) for task in fibres}
    done, whole = 0, sum(work.values())
    for task, row in _computed(lines, fibres, stimulus, current):
        found[task] = row
        if kept is not None:
            kept.keep(task, row)
        done += work[task]
        if progress is not None:
            progress("fibres", done, whole)
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


def _fibres(
    lines: Sequence[Along], models: Sequence[Mapping[str, Any]], tasks: Sequence[Task]
) -> dict[Task, Fibre]:
    """Fibre of each task, one for all that are alike."""
    by_name = {model["name"]: model for model in models}
    made: dict[tuple[str, int], Fibre] = {}
    found = {}
    for task in tasks:
        model = by_name[task[1]]
        nodes = _nodes(lines[task[0]], model)
        found[task] = made.setdefault((task[1], nodes), Fibre(model["model"], model["diameter_m"], nodes))
    return found


def _computed(
    lines: Sequence[Along], fibres: Mapping[Task, Fibre], stimulus: Stimulus, current: NDArray[np.float64]
) -> Iterator[tuple[Task, Innervation]]:
    """Each task as soon as it is done, where the current that is used exceeds the threshold most."""
    from zygoma.response.trials import Searches, Trial

    trials, owner = [], []
    for task, fibre in fibres.items():
        line = lines[task[0]]
        for volts in line.at(np.maximum(_start(fibre, line) + fibre.offsets, line.distance[0])):
            trials.append(Trial(fibre, np.ascontiguousarray(volts)))
            owner.append(task)
    highest = load_data("innervation.toml")["reading"]["highest_A"]
    first = {task: owner.index(task) for task in fibres}
    found: dict[Task, dict[int, Found]] = {task: {} for task in fibres}
    for place, one in Searches(stimulus, highest, highest, TOLERANCE).run(trials):
        task = owner[place]
        line, own = lines[task[0]], found[task]
        own[place - first[task]] = one
        if len(own) == len(line.positions):
            yield task, _row(task[1], fibres[task], line, [own[k] for k in range(len(own))], current)


def _row(
    model: str, fibre: Fibre, line: Along, found: Sequence[Found], current: NDArray[np.float64]
) -> Innervation:
    """Threshold along a line at that of its positions where the current that is used exceeds it most."""
    ratio = [current[at] / one.current for at, one in zip(line.positions, found, strict=True)]
    best = int(np.argmax(ratio))
    node, branch = found[best].node, line.branch
    at = _start(fibre, line) + fibre.node_offsets[node] if node >= 0 else math.nan
    return Innervation(
        branch.where, branch.nerve, branch.kind, model, float(ratio[best]), found[best].current,
        int(line.positions[best]), float(branch.length - at),
    )  # fmt: skip


def _start(fibre: Fibre, line: Along) -> float:
    """Where the first node lies on a line [m]: the last is at its end, what is too long at the trunk."""
    return float(line.distance[-1]) - fibre.length


def _nodes(line: Along, model: Mapping[str, Any]) -> int:
    """Nodes of a fibre that covers a line, rounded up so that many lines share one."""
    length = float(line.distance[-1] - line.distance[0])
    nodes = Fibre.of(model["model"], model["diameter_m"], length=length).nodes
    return -(-nodes // _SHARED) * _SHARED
