"""The source head: a CC0 base mesh of head, neck and shoulders with its morph targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import RangeError, UnknownNameError
from zygoma.provenance import data_file

STEP = 1e-5
"""Length of one integer step in ``head_source.npz`` [m]."""
RACES = ("african", "asian", "caucasian")


@dataclass(frozen=True, eq=False)
class HeadSource:
    """Vertices, faces and morph targets of the head part of the base mesh "hm08".

    Frame: x to the subject's left, y up, z forward. Vertices are numbered locally; `base_id` gives the
    number in the base mesh, the number that atlases and landmarks use.

    Attributes
    ----------
    base_id : (n,) int
        Base-mesh number of each vertex, ascending.
    vertices : (n, 3) float
        Unmorphed base mesh [m]. It is not a person: use `morph`.
    mirror : (n,) int
        Partner of each vertex on the other side of the midplane x = 0.
    parts : mapping of str to (m, 4) int
        Quads of ``body``, ``r-eye``, ``l-eye``, ``upper-teeth``, ``lower-teeth``, ``tongue``.
    skin_triangles : (k, 3) int
        Outer skin with the cavities of mouth and eyes left out and their rims zipped; open at the shoulders.
    rims : mapping of str to (r,) int
        Rim of ``right_eye``, ``left_eye`` and ``mouth``, in order.
    joint_vertices : mapping of str to (8,) int
        Corners of the cube whose middle is the joint.
    """

    base_id: NDArray[np.int64]
    vertices: NDArray[np.float64]
    mirror: NDArray[np.int64]
    parts: Mapping[str, NDArray[np.int64]]
    skin_triangles: NDArray[np.int64]
    rims: Mapping[str, NDArray[np.int64]]
    joint_vertices: Mapping[str, NDArray[np.int64]]
    _targets: Mapping[str, tuple[NDArray[np.int64], NDArray[np.float64]]]

    @staticmethod
    @cache
    def load() -> HeadSource:
        """The source head that ships with the package, read once."""
        with np.load(data_file("head_source.npz")) as stored:
            data = {name: stored[name] for name in stored.files}
        wide = {name: data[name].astype(np.int64) for name in data if data[name].dtype.kind in "iu"}
        delta = np.ascontiguousarray(data["target_deltas"].T) * STEP
        targets = {
            str(name): (wide["target_vertices"][first:last], delta[first:last])
            for name, first, last in zip(
                data["target_names"], wide["target_offsets"][:-1], wide["target_offsets"][1:], strict=True
            )
        }
        part = {
            str(name): wide["quads"][wide["quad_part"] == code]
            for code, name in enumerate(data["part_names"])
        }
        rims = np.split(wide["rim_vertices"], wide["rim_offsets"][1:-1])
        joints = zip(data["joint_names"], wide["joint_vertices"], strict=True)
        return HeadSource(
            base_id=wide["base_id"],
            vertices=data["vertices"] * STEP,
            mirror=wide["mirror"],
            parts=MappingProxyType(part),
            skin_triangles=wide["skin_triangles"],
            rims=MappingProxyType({str(n): rim for n, rim in zip(data["rim_names"], rims, strict=True)}),
            joint_vertices=MappingProxyType({str(name): corners for name, corners in joints}),
            _targets=MappingProxyType(targets),
        )

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of all morph targets: macro, local, expression and face units."""
        return tuple(self._targets)

    def index(self, base_id: int | NDArray[np.integer]) -> NDArray[np.int64]:
        """Local vertex numbers of base-mesh numbers, of the same shape.

        Raises
        ------
        UnknownNameError
            A number does not belong to the head part.
        """
        wanted = np.asarray(base_id, np.int64)
        place = np.minimum(np.searchsorted(self.base_id, wanted), len(self.base_id) - 1)
        if (missing := np.atleast_1d(wanted)[np.atleast_1d(self.base_id[place] != wanted)]).size:
            raise UnknownNameError("base-mesh vertex of the head", str(missing[0]), ())
        return np.asarray(place, np.int64)

    def joint(self, name: str, vertices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Position (3,) [m] of a joint (``l-eye``, ``jaw``, ...) on morphed vertices (n, 3) [m].

        Raises
        ------
        UnknownNameError
            There is no such joint.
        """
        if name not in self.joint_vertices:
            raise UnknownNameError("joint", name, self.joint_vertices)
        return np.asarray(vertices[self.joint_vertices[name]].mean(axis=0))

    def target(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Vertices (k,) that a target moves and their displacements (k, 3) [m] at coefficient 1.

        Raises
        ------
        UnknownNameError
            There is no such target.
        """
        if name not in self._targets:
            raise UnknownNameError("morph target", name, self._targets)
        return self._targets[name]

    def morph(
        self,
        *,
        female: float = 1.0,
        age: float = 0.5,
        weight: float = 0.5,
        muscle: float = 0.5,
        race: Mapping[str, float] | None = None,
        targets: Mapping[str, float] | None = None,
    ) -> NDArray[np.float64]:
        """Vertices (n, 3) [m] of one person; the defaults are the reference shape of the template.

        V = base + sum w_gender w_age w_race T + sum w_gender w_age w_muscle w_weight T + sum c_k T_k

        Parameters
        ----------
        female : float
            1 female, 0 male, between: a blend.
        age : float
            Age coefficient from 0.5 (25 years) to 1 (90 years); see `age_coefficient`.
        weight, muscle : float
            0 least, 0.5 average, 1 most.
        race : mapping of str to float, optional
            Non-negative weights of ``african``, ``asian``, ``caucasian``; scaled to sum 1. Default caucasian.
        targets : mapping of str to float, optional
            Coefficients of further targets by name.

        Raises
        ------
        RangeError
            A macro parameter lies outside its range.
        UnknownNameError
            A race or target does not exist.
        """
        moved = self.vertices.copy()
        for name, coefficient in macro_weights(female, age, weight, muscle, race).items():
            if coefficient and name in self._targets:  # the average-average targets are zero and not stored
                vertex, delta = self._targets[name]
                moved[vertex] += coefficient * delta
        for name, coefficient in sorted((targets or {}).items()):
            vertex, delta = self.target(name)
            moved[vertex] += coefficient * delta
        return moved


def age_coefficient(years: float) -> float:
    """Age coefficient of an age in years: 0.5 at 25, 1 at 90 (the upper anchor is an assumption), clipped."""
    return min(max(0.5 + (years - 25.0) / 130.0, 0.5), 1.0)


def macro_weights(
    female: float, age: float, weight: float, muscle: float, race: Mapping[str, float] | None
) -> dict[str, float]:
    """Coefficients of the macro targets by name; see `HeadSource.morph` for parameters and errors."""
    for name, value, low in (
        ("female", female, 0),
        ("age", age, 0.5),
        ("weight", weight, 0),
        ("muscle", muscle, 0),
    ):
        if not low <= value <= 1:
            raise RangeError(f"{name} is {value}; give a number from {low} to 1")
    races = dict(race) if race else {"caucasian": 1.0}
    for name, share in races.items():
        if name not in RACES:
            raise UnknownNameError("race", name, RACES)
        if share < 0:
            raise RangeError(f"race weight of {name} is {share}; give a number of at least 0")
    total = sum(races.values())
    if not total > 0:
        raise RangeError("the race weights are all 0; give at least one above 0")
    young = min(max(2 - 2 * age, 0.0), 1.0)
    result = {}
    for gender, w_gender in (("female", female), ("male", 1 - female)):
        for stage, w_stage in (("young", young), ("old", 1 - young)):
            for name, share in races.items():
                result[f"macrodetails/{name}-{gender}-{stage}"] = w_gender * w_stage * share / total
            for tone, w_tone in levels(muscle).items():
                for size, w_size in levels(weight).items():
                    key = f"macrodetails/universal-{gender}-{stage}-{tone}muscle-{size}weight"
                    result[key] = w_gender * w_stage * w_tone * w_size
    return result


def levels(value: float) -> dict[str, float]:
    """Shares of the targets ``min``, ``average`` and ``max`` at a value in [0, 1]."""
    low, high = max(0.0, 1 - 2 * value), max(0.0, 2 * value - 1)
    return {"min": low, "average": 1 - low - high, "max": high}
