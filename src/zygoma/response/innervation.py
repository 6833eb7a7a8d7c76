"""Thresholds of the nerve fibres of a face under the probes of a session."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zygoma.provenance import load_data
from zygoma.response.along import Along, strongest
from zygoma.response.branches import Branch, dermal_branches, motor_branches
from zygoma.response.excitation import Excitation
from zygoma.response.fibre import Fibre
from zygoma.response.nerve import thresholds
from zygoma.response.stimulus import Stimulus

if TYPE_CHECKING:
    from zygoma.device import Waveform
    from zygoma.treatment.session import Progress, Session


TOLERANCE = 5e-3
"""Of a threshold, relative; what a model of the nerve leaves open is larger by far."""


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
    return tuple(along_lines(lines, Stimulus.of(waveform, length=length), current, progress))


def along_lines(
    lines: Sequence[Along], stimulus: Stimulus, current: NDArray[np.float64], progress: Progress | None = None
) -> Iterator[Innervation]:
    """Lowest threshold of every fibre model along each line."""
    models = load_data("innervation.toml")["model"]
    for done, line in enumerate(lines, 1):
        for model in models:
            yield _lowest(line, model, stimulus, current)
        if progress is not None:
            progress("fibres", done, len(lines))


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
    line: Along, model: Mapping[str, Any], stimulus: Stimulus, current: NDArray[np.float64]
) -> Innervation:
    """Threshold at the position where the current that is used exceeds it most."""
    fibre = _fitted(line.branch, model)
    # the last node lies at the end of the branch; what the fibre lacks, it lacks at the trunk
    distance = line.distance[-1] - fibre.length + fibre.offsets
    result = thresholds(fibre, line.at(np.maximum(distance, line.distance[0])), stimulus, tolerance=TOLERANCE)
    ratio = current[line.positions] / result.current
    best = int(np.argmax(ratio))
    node = int(result.node[best])
    from_end = fibre.length - fibre.node_offsets[node] if node >= 0 else math.nan
    branch = line.branch
    return Innervation(
        branch.where, branch.nerve, branch.kind, model["name"], float(ratio[best]),
        float(result.current[best]), int(line.positions[best]), float(from_end),
    )  # fmt: skip


def _fitted(branch: Branch, model: Mapping[str, Any]) -> Fibre:
    """The longest fibre of a model that a branch holds, of three nodes at least."""
    spacing = Fibre(model["model"], model["diameter_m"], 3).spacing
    nodes = max(3, int(branch.length / spacing + 1e-9) + 1)
    return Fibre(model["model"], model["diameter_m"], nodes)
