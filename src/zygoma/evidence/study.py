"""A published study as far as it was read: what it states, what it leaves open, and both ways to read it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from zygoma.errors import UnknownNameError
from zygoma.evidence.proportion import wilson
from zygoma.provenance import load_data

STUDIES = {"saniee-2012": "saniee_2012.toml"}
_NULL = "not_available"


@dataclass(frozen=True)
class Region:
    """Improvement of one part of the face.

    Attributes
    ----------
    id, name, note : str
    first_step, second_step : float or None
        Improvement [%], as the study prints it; None where it does not.
    """

    id: str
    name: str
    note: str
    first_step: float | None
    second_step: float | None

    @property
    def reading_a(self) -> float | None:
        """Improvement [%] from baseline to one month after, if the second step is counted from baseline."""
        return self.second_step

    @property
    def reading_b(self) -> float | None:
        """The same if the second step is counted from the end of the course: both steps compound."""
        if self.first_step is None or self.second_step is None:
            return None
        return 100 * (1 - (1 - self.first_step / 100) * (1 - self.second_step / 100))


@dataclass(frozen=True)
class Satisfaction:
    """How many satisfied patients a statement may mean.

    Attributes
    ----------
    satisfied, asked : int
    what : str
        How the statement is taken.
    """

    satisfied: int
    asked: int
    what: str

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the proportion, after Wilson."""
        return wilson(self.satisfied, self.asked)


@dataclass(frozen=True)
class Study:
    """What a study states; what it does not is None, and stays so.

    Attributes
    ----------
    facts : mapping
        Tables of the file with every fact that is not available as None.
    """

    facts: Mapping[str, Any]

    @classmethod
    def load(cls, name: str = "saniee-2012") -> Study:
        """A shipped study.

        Raises
        ------
        UnknownNameError
            There is no such study.
        """
        if name not in STUDIES:
            raise UnknownNameError("study", name, STUDIES)
        return cls(_with_nulls(load_data(STUDIES[name])))

    @property
    def regions(self) -> tuple[Region, ...]:
        """Parts of the face that were rated."""
        keys = ("id", "name", "note", "first_step", "second_step")
        return tuple(Region(**{key: entry[key] for key in keys}) for entry in self.facts["region"])

    @property
    def satisfaction(self) -> tuple[Satisfaction, ...]:
        """Ways to take the statement on satisfied patients."""
        return tuple(Satisfaction(**case) for case in self.facts["satisfaction"]["case"])

    @property
    def not_available(self) -> tuple[str, ...]:
        """Facts that are not known, as ``table.name``."""
        tables = ((name, table) for name, table in self.facts.items() if isinstance(table, Mapping))
        named = [(f"region.{entry['id']}", entry) for entry in self.facts["region"]]
        return tuple(
            f"{name}.{key}"
            for name, table in [*tables, *named]
            for key, value in table.items()
            if value is None
        )

    def grades(self, improvement: float) -> tuple[float, float]:
        """Size of an improvement [%] in grades of a wrinkle scale, from the lowest to the highest baseline.

        The baseline of the study is not available; that of `facts` ``["size"]`` is an assumption.
        """
        size = self.facts["size"]
        return improvement / 100 * size["baseline_low"], improvement / 100 * size["baseline_high"]

    def json(self) -> dict[str, Any]:
        """Facts, both readings, sizes and intervals in plain values, None where nothing is known."""
        answer: dict[str, Any] = deepcopy(dict(self.facts))
        for entry, region in zip(answer["region"], self.regions, strict=True):
            step = region.first_step
            entry |= {
                "reading_a": region.reading_a,
                "reading_b": region.reading_b,
                "first_step_grades": None if step is None else list(self.grades(step)),
                "second_step_grades": (
                    None if region.second_step is None else list(self.grades(region.second_step))
                ),
            }
        for entry, case in zip(answer["satisfaction"]["case"], self.satisfaction, strict=True):
            entry["interval"] = list(case.interval)
        return answer | {"not_available": list(self.not_available)}


def _with_nulls(value: Any) -> Any:
    """A table in which each name of ``not_available`` is a key with None."""
    if isinstance(value, list):
        return [_with_nulls(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    known = {key: _with_nulls(item) for key, item in value.items() if key != _NULL}
    return known | dict.fromkeys(value.get(_NULL, ()))
