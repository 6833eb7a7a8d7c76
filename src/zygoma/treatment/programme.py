"""Programmes: which strokes are made, in which order and for how long."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError, RangeError, UnknownNameError
from zygoma.provenance import load_data
from zygoma.treatment.clearance import FaceLike
from zygoma.treatment.placement import Placed, Placement
from zygoma.treatment.stroke import Technique
from zygoma.treatment.timetable import Timetable

_SIDES = {"r": "right", "l": "left"}


@dataclass(frozen=True)
class Step:
    """One muscle and what is done on it.

    Attributes
    ----------
    muscle : str
        Id without side, such as ``"masseter"``.
    technique : str
        What the probes do.
    fixed : bool
        Whether the plan's technique leaves that of the step alone.
    speed, hold, gap : float
        [m/s], [s], [m].
    passes : int
        Repetitions before the next step.
    """

    muscle: str
    technique: Technique
    fixed: bool
    speed: float
    hold: float
    gap: float
    passes: int

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Step:
        """Step from an entry of ``programmes.toml``; what it leaves out is taken from ``stroke_defaults``."""
        full = {**load_data("programmes.toml")["stroke_defaults"], **table}
        return cls(
            full["muscle"], _technique(full["technique"]), full.get("fixed", False),
            full["speed_m_s"], full["hold_s"], full["gap_m"], full["passes"],
        )  # fmt: skip


@dataclass(frozen=True)
class Programme:
    """A list of steps, made on one side and then on the other.

    Attributes
    ----------
    id : str
        Name in the data files.
    sides : tuple of str
        ``"r"`` and ``"l"`` in the order in which they are treated; unpaired muscles belong to the first.
    session : float
        Length of one session [s].
    sessions : int
        Sessions of a course.
    steps, neck_steps : tuple of Step
        What is done; `neck_steps` only when the neck is asked for.
    rate : float
        Positions a second [Hz].
    status, source : str
        Where it comes from.
    """

    id: str
    sides: tuple[str, ...]
    session: float
    sessions: int
    steps: tuple[Step, ...]
    neck_steps: tuple[Step, ...]
    rate: float
    status: str
    source: str

    @classmethod
    def load(cls, name: str) -> Programme:
        """Programme of ``data/programmes.toml``.

        Raises
        ------
        UnknownNameError
            No programme has this name.
        """
        data = load_data("programmes.toml")
        known = {table["id"]: table for table in data["programme"]}
        if name not in known:
            raise UnknownNameError("programme", name, known)
        table = known[name]
        return cls(
            id=name,
            sides=tuple(table["sides"]),
            session=float(table["session_s"]),
            sessions=table["sessions"],
            steps=tuple(Step.of(entry) for entry in table["steps"]),
            neck_steps=tuple(Step.of(entry) for entry in table.get("neck_steps", ())),
            rate=float(data["stroke_defaults"]["rate_hz"]),
            status=table.get("status", data["status"]),
            source=table.get("source", data["source"]),
        )

    @classmethod
    def catalogue(cls) -> list[Programme]:
        """All programmes that ship."""
        return [cls.load(table["id"]) for table in load_data("programmes.toml")["programme"]]

    def timetable(
        self,
        face: FaceLike,
        technique: str | None = None,
        neck: bool = False,
        session: float | None = None,
        contact_radius: float | None = None,
    ) -> Timetable:
        """Positions of both probes at every tick of one session on a face.

        Muscles without a side are treated once, in the first round of the first side. Of the other time each
        side gets an equal share; its list of steps is repeated until the share is full and cut at its end, so
        one side is finished before the other and both get the same.

        Parameters
        ----------
        face : FaceLike
            Whose muscles, landmarks and regions.
        technique : str, optional
            Replaces that of every step that does not fix its own.
        neck : bool
            Whether the neck steps are made too; then the conflict of the sources stands in the messages.
        session : float, optional
            Length [s], that of the programme by default.
        contact_radius : float, optional
            Radius of the contacts [m], that of the generic probe by default.

        Raises
        ------
        UnknownNameError
            No such technique; the face has no such muscle or landmark.
        RangeError
            The session is not longer than one tick.
        InputError
            No step can be made.
        """
        chosen = None if technique is None else _technique(technique)
        session = self.session if session is None else session
        if not (math.isfinite(session) and session * self.rate >= 1):
            raise RangeError(
                f"the session is {session:g} s; expected at least one position, {1 / self.rate:g} s"
            )
        steps = [
            step if step.fixed or chosen is None else replace(step, technique=chosen)
            for step in self._all(neck)
        ]
        place = Placement(face, steps, self.sides, self.rate, contact_radius)
        share = _Positions(round(session * self.rate))
        sides = [side for side in self.sides if place.strokes[side]]
        if not sides:
            raise InputError(f"no step of programme {self.id!r} can be made: {' '.join(place.messages)}")
        once = _once(place.strokes[sides[0]], share.ticks, len(sides))
        for k, side in enumerate(sides):
            share.fill(place.strokes[side], once + round((k + 1) * (share.ticks - once) / len(sides)))
        messages = [*([load_data("programmes.toml")["neck"]["warning"]] if neck and self.neck_steps else [])]
        messages += [*place.messages, *share.unreached()]
        points_a, points_b = (np.concatenate(parts) for parts in (share.a, share.b))
        return Timetable(
            points_a, points_b, share.index, share.step, tuple(share.labels), 1 / self.rate,
            place.contact_radius, tuple(messages), (*self._assumptions(sides), *place.assumptions),
        )  # fmt: skip

    def _all(self, neck: bool) -> tuple[Step, ...]:
        return (*self.steps, *self.neck_steps) if neck else self.steps

    def _assumptions(self, sides: list[str]) -> list[str]:
        order = " then ".join(_SIDES.get(side, side) for side in sides)
        return [
            f"Programme {self.id}: {len(self.steps)} steps, speed, hold, gap and passes are {self.source}.",
            "Muscles without a side are treated once, in the first round. Of the other time each side gets "
            f"an equal share ({order}); its steps are repeated until the share is full and cut at its end.",
            "Between two passes and between two steps the probes are lifted and set down again in no time.",
        ]


class _Positions:
    """Fills the ticks of a session with strokes, each position stored once."""

    def __init__(self, ticks: int) -> None:
        self.ticks = ticks
        self.index: NDArray[np.int32] = np.zeros(ticks, dtype=np.int32)
        self.step: NDArray[np.int32] = np.zeros(ticks, dtype=np.int32)
        self.labels: list[str] = []
        self.a: list[NDArray[np.float64]] = []
        self.b: list[NDArray[np.float64]] = []
        self._done = 0
        self._stored = 0
        self._missed: list[str] = []

    def fill(self, strokes: list[Placed], until: int) -> None:
        """Repeat the strokes up to the tick `until`; those without a side in the first round only."""
        begun: dict[str, tuple[int, NDArray[np.int32]]] = {}
        again = [stroke for stroke in strokes if stroke.paired] or strokes
        todo = strokes
        while self._done < until:
            for stroke in todo:
                if self._done >= until:
                    break
                if stroke.label not in begun:
                    begun[stroke.label] = (len(self.labels), self._store(stroke))
                number, ids = begun[stroke.label]
                ticks = np.tile(ids, stroke.passes)[: until - self._done]
                self.index[self._done : self._done + len(ticks)] = ticks
                self.step[self._done : self._done + len(ticks)] = number
                self._done += len(ticks)
            todo = again
        self._missed += [stroke.label for stroke in strokes if stroke.label not in begun]

    def unreached(self) -> list[str]:
        """What the session is too short for."""
        if not self._missed:
            return []
        return [f"The session ends before these steps are reached: {', '.join(self._missed)}."]

    def _store(self, stroke: Placed) -> NDArray[np.int32]:
        both = np.hstack([stroke.a, stroke.b])
        rows, first, back = np.unique(both, axis=0, return_index=True, return_inverse=True)
        order = np.argsort(first)
        place = np.empty(len(rows), dtype=np.int32)
        place[order] = np.arange(len(rows))
        self.labels.append(stroke.label)
        self.a.append(rows[order, :3])
        self.b.append(rows[order, 3:])
        ids = place[back.ravel()] + self._stored
        self._stored += len(rows)
        return cast("NDArray[np.int32]", ids.astype(np.int32))


def _once(strokes: list[Placed], ticks: int, sides: int) -> int:
    """Ticks of those without a side that the first side reaches before its share of the others is full."""
    once = before = 0
    for stroke in strokes:
        if stroke.paired:
            before += stroke.ticks
        elif before < (ticks - once - stroke.ticks) / sides:
            once += stroke.ticks
    return once if before else 0


def _technique(name: str) -> Technique:
    if name not in get_args(Technique):
        raise UnknownNameError("technique", name, get_args(Technique))
    return cast(Technique, name)
