"""Who the face is: sex, age, body-mass index and named morphs, and the source head that follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from numbers import Integral, Real
from types import MappingProxyType

import numpy as np

from zygoma.errors import RangeError, UnknownNameError
from zygoma.face.layers import Factors
from zygoma.face.source import RACES, HeadSource, age_coefficient
from zygoma.face.surface import Array
from zygoma.face.thickness import check_person, choice
from zygoma.provenance import load_data

_OPPOSITES = (
    ("decr", "incr"),
    ("down", "up"),
    ("in", "out"),
    ("backward", "forward"),
    ("concave", "convex"),
    ("compress", "uncompress"),
)
FACTORS = ("skin_factor", "fat_factor", "muscle_factor")
FACTOR_RANGE = (0.2, 3.0)
_MACROS = ("macrodetails", "expression", "faceunits")


@cache
def sliders() -> Mapping[str, tuple[str | None, str]]:
    """Named morphs: target at -1 (``None``: the morph starts at 0) and target at +1.

    ``nose_volume`` stands for the targets ``nose/nose-volume-decr`` and ``nose/nose-volume-incr``; ``_r``
    and ``_l`` mark the side where a target has one.
    """
    names = [t for t in HeadSource.load().targets if not t.startswith(_MACROS)]
    known = set(names)
    found: dict[str, tuple[str | None, str]] = {}
    for target in names:
        stem, _, end = target.rpartition("-")
        low = next((a for a, b in _OPPOSITES if b == end and f"{stem}-{a}" in known), None)
        if any(a == end and f"{stem}-{b}" in known for a, b in _OPPOSITES):
            continue
        short = (stem if low else target).partition("/")[2].replace("-", "_")
        side = short[:1] if short.startswith(("l_", "r_")) else ""
        key = f"{short[2:]}_{side}" if side else short
        found[key] = (f"{stem}-{low}" if low else None, target)
    return MappingProxyType(found)


def morph_names() -> tuple[str, ...]:
    """Every morph that a face takes: sliders by side, sliders for both sides, races, weight and muscle."""
    both = {name[:-2] for name in sliders() if name.endswith(("_r", "_l"))}
    return tuple(sorted({*sliders(), *both, *RACES, "weight", "muscle", *FACTORS}))


@dataclass(frozen=True)
class Person:
    """A person as the model knows one.

    Parameters
    ----------
    sex : str
        ``"female"`` or ``"male"``.
    age : float
        Years, 18 to 95.
    bmi : float
        Body-mass index, 16 to 45 kg/m2; moves the fat of the layers and the shape of head, cheek and neck.
    morphs : mapping of str to float
        Coefficients by `morph_names`: sliders from -1 to 1, races as shares, ``weight`` and ``muscle`` from
        0 to 1, ``skin_factor``, ``fat_factor`` and ``muscle_factor`` as the person's thickness of skin,
        superficial fat and muscles over the average.

    Raises
    ------
    RangeError, UnknownNameError
        A value is out of range or a morph is not known.
    """

    sex: str = "female"
    age: float = 45.0
    bmi: float = 23.0
    morphs: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_person(self.sex, self.age, self.bmi)
        object.__setattr__(self, "age", float(self.age))
        object.__setattr__(self, "bmi", float(self.bmi))
        known = morph_names()
        for name, value in self.morphs.items():
            if name not in known:
                raise UnknownNameError("morph", name, known)
            low, high = (
                FACTOR_RANGE
                if name in FACTORS
                else (0.0 if name in (*RACES, "weight", "muscle") else -1.0, 1.0)
            )
            if not (isinstance(value, Real) and low <= value <= high):
                raise RangeError(f"morph {name} is {value!r}; give a number from {low:g} to {high:g}")

    @property
    def factors(self) -> Factors:
        """Thickness of skin, superficial fat and muscles over the average of this age and index."""
        return Factors(*(float(self.morphs.get(name, 1.0)) for name in FACTORS))

    def vertices(self) -> Array:
        """(n, 3) vertices of the source head in the shape of this person [m]."""
        given = {k: v for k, v in self.morphs.items() if k not in FACTORS}
        race = {name: given.pop(name) for name in RACES if name in given}
        weight, muscle = given.pop("weight", 0.5), given.pop("muscle", 0.5)
        coefficient = {**_shape_of_bmi(self.bmi)}
        for name, value in given.items():
            for key in (name,) if name in sliders() else (f"{name}_r", f"{name}_l"):
                coefficient[key] = coefficient.get(key, 0.0) + value
        targets: dict[str, float] = {}
        for key, value in coefficient.items():
            low, high = sliders()[key]
            if value < 0 and low is None:
                raise RangeError(f"morph {key} is {value:g}; give a number from 0 to 1")
            targets[str(high if value >= 0 else low)] = abs(value)
        return HeadSource.load().morph(
            female=float(self.sex == "female"),
            age=age_coefficient(self.age),
            weight=weight,
            muscle=muscle,
            race=race or None,
            targets=targets,
        )

    @staticmethod
    def random(seed: int) -> Person:
        """A person drawn from broad ranges: sex, age 18-85, body-mass index, races, local morphs, fat.

        Raises
        ------
        RangeError
            The seed is negative or not a whole number.
        """
        if not isinstance(seed, Integral) or seed < 0:
            raise RangeError(f"seed is {seed!r}; give a whole number from 0 up")
        draw = np.random.default_rng(seed)
        race = draw.dirichlet(np.ones(3))
        morphs = dict(zip(RACES, race.tolist(), strict=True))
        pairs = sorted(
            {
                name[:-2] if name.endswith(("_r", "_l")) else name
                for name, (low, _) in sliders().items()
                if low
            }
        )
        for name in draw.choice(pairs, size=draw.integers(4, 9), replace=False):
            value = float(np.clip(draw.normal(0, 0.3), -0.8, 0.8))
            if name in sliders():
                morphs[str(name)] = value
            else:
                for side in ("r", "l"):
                    morphs[f"{name}_{side}"] = float(np.clip(value + draw.normal(0, 0.05), -0.8, 0.8))
        spread = load_data("anatomy.toml")["fat"]["model"]["relative_sd"]
        morphs["fat_factor"] = float(np.clip(np.exp(draw.normal(0, spread)), 0.4, 2.5))
        return Person(
            sex=str(draw.choice(["female", "male"])),
            age=float(draw.uniform(18, 85)),
            bmi=float(np.clip(draw.normal(24, 4), 17, 40)),
            morphs=morphs,
        )


def _shape_of_bmi(bmi: float) -> dict[str, float]:
    """Sliders that a body-mass index moves; none at the reference index."""
    reference = load_data("anatomy.toml")["fat"]["model"]["bmi_reference"]
    full = choice("bmi_of_full_morph") - reference
    share = float(np.clip((bmi - reference) / full, -1, 1))
    return {
        name: share * part for name, part in load_data("layers.toml")["bmi_shape"].items() if part is not None
    }
