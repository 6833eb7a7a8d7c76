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
from zygoma.response.path import Array, arc_length, below_skin, prolonged, resampled, rounded
from zygoma.response.ring import Ring

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
    """Fibres of all muscles: along the atlas's lines below the SMAS, then along the muscle.

    From the entry into the muscle a fibre goes each of the two ways, towards the ends of the muscle or round
    its ring; one kind ends on the way, the other passes. Nothing of it depends on the mesh but the depth.
    Muscles for which the atlas draws no branch (those of chewing and of the neck's side) have fibres along
    the muscle only, from one end of it. See ``data/innervation.toml``: all of it is assumption.

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
    below = face.template.sheets.slot("deep_upper") + choice["nerve_depth"]
    on_skin = resampled(line, choice["step_m"])
    left = arc_length(on_skin)[-1] - arc_length(on_skin)
    inside = _level(face, muscle)
    rise = np.clip(1 - left / choice["entry_m"], 0.0, 1.0)
    course = below_skin(face, on_skin, below + (inside - below) * rise)
    for way in _ways(face, muscle, on_skin[-1]):
        yield from _fibres(face, muscle, nerve, course, way)


def _alone(face: Face, muscle: str) -> Iterator[Branch]:
    """Fibres of a muscle without a drawn branch: along it, from either of its ends."""
    origin, insertion = face.muscle_ends(muscle)
    step, level = load_data("innervation.toml")["step_m"], _level(face, muscle)
    middle = (origin + insertion) / 2
    for begin, end in ((origin, insertion), (insertion, origin)):
        course = below_skin(face, resampled([begin, middle], step), level)
        yield from _fibres(face, muscle, "of its own", course, resampled([middle, end], step))


def _ways(face: Face, muscle: str, entry: Array) -> list[Array]:
    """Lines (k, 3) over the two ways of a muscle from an entry: to its ends, or round its ring."""
    choice = load_data("innervation.toml")
    if muscle not in face.ringed:
        return [resampled([entry, end], choice["step_m"]) for end in face.muscle_ends(muscle)]
    elements = face.muscle_elements(muscle)
    centres = face.nodes[face.tets[elements]].mean(axis=1)
    ring = Ring.of(centres, face.volumes[elements])
    return [ring.along(entry, sign * choice["ring_m"], choice["step_m"]) for sign in (1, -1)]


def _fibres(face: Face, muscle: str, nerve: str, course: Array, way: Array) -> Iterator[Branch]:
    """The ending and the passing fibre of a course (n, 3) that goes on below a line on the skin."""
    choice = load_data("innervation.toml")
    level = _level(face, muscle)
    stop = max(2, round(len(way) * choice["ending_share"]))
    kinds: tuple[tuple[Kind, Array], ...] = (
        ("ending", way[:stop]),
        ("passing", prolonged(way, choice["past_m"])),
    )
    for kind, ahead in kinds:
        within = below_skin(face, resampled(ahead, choice["step_m"]), level)
        yield _branch(muscle, nerve, kind, np.vstack([course, within]))


def _branch(where: str, nerve: str, kind: Kind, points: Array) -> Branch:
    """A branch whose line is rounded: nearest points on triangles make corners that no fibre has."""
    choice = load_data("innervation.toml")
    line = rounded(resampled(_distinct(points), choice["step_m"]), choice["step_m"], choice["rounding_m"])
    return Branch(where, nerve, kind, resampled(line, choice["step_m"]))


def _level(face: Face, muscle: str) -> float:
    """Level in the middle of the slot that a muscle fills for the most part."""
    number = face.muscles.index(muscle)
    slot = int(np.argmax((face.template.slots == number).sum(axis=1)))
    return face.template.sheets.slot(SLOTS[slot]) + 0.5


def _distinct(points: Array) -> Array:
    """A polyline without points that repeat the one before."""
    away = np.linalg.norm(np.diff(points, axis=0), axis=1)
    return np.asarray(points[np.concatenate([[True], away > 1e-9])])
