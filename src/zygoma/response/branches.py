"""Motor and sensory fibres of a face as lines: from the trunk into each muscle, and along the skin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from zygoma.face import atlas
from zygoma.face.shell import SLOTS
from zygoma.face.source import HeadSource
from zygoma.provenance import content_hash, load_data
from zygoma.response.path import Array, along_muscle, arc_length, below_skin, prolonged, resampled, rounded

if TYPE_CHECKING:
    from zygoma.face import Face
    from zygoma.treatment import Timetable

Kind = Literal["ending", "passing", "dermal"]
_TRUNK = "trunk"


@dataclass(frozen=True, eq=False)
class Branch:
    """The course of a fibre.

    Attributes
    ----------
    where : str
        Muscle that it serves, or stroke of the probes under which it runs.
    nerve : str
        The nerve, such as ``"facial, zygomatic"``.
    kind : {"ending", "passing", "dermal"}
        A motor fibre that ends inside its muscle, one that goes on beyond it, or a fibre of the skin.
    points : (k, 3) array
        Its line at equal steps, from the trunk to the end [m].
    """

    where: str
    nerve: str
    kind: Kind
    points: Array

    @property
    def length(self) -> float:
        """Of the line [m]."""
        return float(arc_length(self.points)[-1])


def motor_branches(face: Face) -> tuple[Branch, ...]:
    """Fibres of all muscles: along the atlas's lines below the SMAS, then along the muscle's own fibres.

    From the entry into the muscle a fibre goes each of the two ways along the muscle's fibres; one kind ends
    on the way, the other passes. Muscles for which the atlas draws no branch (those of chewing and of the
    neck's side) have fibres along the muscle only, from one end of it. See ``data/innervation.toml``: all of
    it is assumption.

    Parameters
    ----------
    face : Face
        Whose muscles; side by side mirror images in a symmetric face.
    """
    found = [branch for muscle in face.muscles for branch in _of_muscle(face, muscle)]
    return tuple(found)


def dermal_branches(face: Face, timetable: Timetable) -> tuple[Branch, ...]:
    """A fibre of the skin along every step of a session, reaching beyond it on both sides.

    Parameters
    ----------
    face : Face
        Whose skin.
    timetable : Timetable
        The steps of the session.
    """
    choice = load_data("innervation.toml")
    skin, step = choice["dermal"], choice["step_m"]
    depth = skin["depth"] * face.template.sheets.count[0]
    found = []
    for label in timetable.labels:
        a, b = timetable.path(label)
        # from where B begins to where it ends, then to the farthest place of A
        farthest = a[np.argmax(np.linalg.norm(a - b[0], axis=1))]
        line = _distinct(np.vstack([b[np.linspace(0, len(b) - 1, min(len(b), 12)).astype(int)], farthest]))
        line = prolonged(prolonged(line, skin["beyond_m"])[::-1], skin["beyond_m"])[::-1]
        found.append(_branch(label, "skin", "dermal", below_skin(face, resampled(line, step), depth)))
    return tuple(found)


def branches_hash(branches: tuple[Branch, ...]) -> str:
    """Content hash of all lines."""
    return content_hash(*((b.where, b.kind, b.points) for b in branches))


def _of_muscle(face: Face, muscle: str) -> Iterator[Branch]:
    lines = list(_lines(face, muscle))
    if not lines:
        yield from _alone(face, muscle)
    for nerve, line in lines:
        yield from _into(face, muscle, nerve, line)


def _lines(face: Face, muscle: str) -> Iterator[tuple[str, Array]]:
    """Nerve and line on the skin (k, 3) of each branch to a muscle, from the trunk on."""
    nerves = load_data("atlas.toml")["nerve"]
    known = [(name, b["to"], b["line"]) for name, nerve in nerves.items() for b in nerve["branch"]]
    source = HeadSource.load()
    side = atlas.side_of(muscle)
    for name, to, line in known:
        if to != atlas.stem(muscle) or name == _TRUNK:
            continue
        whole = _from_trunk([own for _, _, own in known], line)
        for one in (side,) if side != "mid" else ("r", "l"):
            yield (
                f"facial, {name.replace('_', ' ')}",
                atlas.positions(source, face.source_vertices, whole, one),
            )


def _from_trunk(lines: list[list[int]], line: list[int]) -> list[int]:
    """A line with what comes before it: where it begins, another one passes."""
    whole = list(line)
    while True:
        before = next((own for own in lines if whole[0] in own[1:]), None)
        if before is None:
            return whole
        whole = before[: before.index(whole[0])] + whole


def _into(face: Face, muscle: str, nerve: str, line: Array) -> Iterator[Branch]:
    """Fibres of one branch: below the SMAS to the muscle, up into it, and along it both ways."""
    choice = load_data("innervation.toml")
    step = choice["step_m"]
    below = face.template.sheets.slot("deep_upper") + choice["nerve_depth"]
    on_skin = resampled(line, step)
    left = arc_length(on_skin)[-1] - arc_length(on_skin)
    inside = _level(face, muscle)
    rise = np.clip(1 - left / choice["entry_m"], 0.0, 1.0)
    course = below_skin(face, on_skin, below + (inside - below) * rise)
    yield from _both_ways(face, muscle, nerve, course)


def _alone(face: Face, muscle: str) -> Iterator[Branch]:
    """Fibres of a muscle without a drawn branch: along it from either end of it, or round it."""
    centres = face.nodes[face.tets[face.muscle_elements(muscle)]].mean(axis=1)
    middle = centres[np.argmin(np.linalg.norm(centres - centres.mean(axis=0), axis=1))]
    ways = [_within(face, muscle, middle, way) for way in _ways(face, muscle, middle)]
    for first, second in (ways, ways[::-1]):
        yield from _cut(face, muscle, "of its own", np.vstack([first[::-1], second[1:]]), len(first))


def _both_ways(face: Face, muscle: str, nerve: str, course: Array) -> Iterator[Branch]:
    for way in _ways(face, muscle, course[-1]):
        within = _within(face, muscle, course[-1], way)
        yield from _cut(face, muscle, nerve, np.vstack([course, within]), len(course))


def _within(face: Face, muscle: str, start: Array, way: Array) -> Array:
    choice = load_data("innervation.toml")
    return along_muscle(face, muscle, start, way, choice["step_m"], choice["off_m"])


def _cut(face: Face, muscle: str, nerve: str, whole: Array, entry: int) -> Iterator[Branch]:
    """The ending and the passing fibre of a line whose part from `entry` on lies in the muscle."""
    choice = load_data("innervation.toml")
    step = choice["step_m"]
    stop = entry + max(2, round((len(whole) - entry) * choice["ending_share"]))
    yield _branch(muscle, nerve, "ending", whole[:stop])
    whole = _distinct(whole)
    ahead = resampled(prolonged(whole, choice["past_m"])[-2:], step)[1:]
    beyond = below_skin(face, ahead, _level(face, muscle))
    yield _branch(muscle, nerve, "passing", np.vstack([whole, beyond]))


def _branch(where: str, nerve: str, kind: Kind, points: Array) -> Branch:
    """A branch whose line is rounded: nearest points on triangles make corners that no fibre has."""
    choice = load_data("innervation.toml")
    line = rounded(resampled(_distinct(points), choice["step_m"]), choice["step_m"], choice["rounding_m"])
    return Branch(where, nerve, kind, resampled(line, choice["step_m"]))


def _ways(face: Face, muscle: str, start: Array) -> tuple[Array, Array]:
    """The two directions along the fibres of a muscle next to a point."""
    elements = face.muscle_elements(muscle)
    centres = face.nodes[face.tets[elements]].mean(axis=1)
    fibre = np.asarray(face.fibre[elements[np.argmin(np.linalg.norm(centres - start, axis=1))]], dtype=float)
    return fibre, -fibre


def _level(face: Face, muscle: str) -> float:
    """Level in the middle of the slot that a muscle fills for the most part."""
    number = face.muscles.index(muscle)
    slot = int(np.argmax((face.template.slots == number).sum(axis=1)))
    return face.template.sheets.slot(SLOTS[slot]) + 0.5


def _distinct(points: Array) -> Array:
    """A polyline without points that repeat the one before."""
    away = np.linalg.norm(np.diff(points, axis=0), axis=1)
    return np.asarray(points[np.concatenate([[True], away > 1e-9])])
