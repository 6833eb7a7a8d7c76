"""Published scales on which people rate photographs of a face."""

from __future__ import annotations

from dataclasses import dataclass

from zygoma.errors import RangeError, UnknownNameError
from zygoma.provenance import load_data

FILE = "scales.toml"


@dataclass(frozen=True)
class RatingScale:
    """Grades that a rater can give.

    Attributes
    ----------
    id, name : str
    low, high : int
        Lowest and highest grade; all whole numbers between are grades too.
    better : str
        ``"low"`` or ``"high"``: which end is the better one.
    of : str
        What is rated: the face or one region of it.
    meaningful : int or None
        Change that its authors call clinically meaningful.
    agreement : dict of str to float
        Published weighted kappa ``within`` and ``between`` raters, where there is one.
    source, status : str
    """

    id: str
    name: str
    low: int
    high: int
    better: str
    of: str
    meaningful: int | None
    agreement: dict[str, float]
    source: str
    status: str

    @classmethod
    def load(cls, id: str) -> RatingScale:
        """A scale of ``data/scales.toml``.

        Raises
        ------
        UnknownNameError
            There is none of this name.
        """
        known = load_data(FILE)["scale"]
        if id not in known:
            raise UnknownNameError("rating scale", id, known)
        entry = {"meaningful": None, "agreement": {}, **known[id]}
        return cls(id, **entry)

    @property
    def grades(self) -> range:
        """All grades, in order."""
        return range(self.low, self.high + 1)

    def grade(self, given: str) -> int:
        """A grade that was written down.

        Raises
        ------
        RangeError
            It is not a grade of this scale.
        """
        try:
            value = int(given)
        except ValueError:
            value = self.low - 1
        if value not in self.grades:
            raise RangeError(
                f"grade {given!r} on the {self.name}; expected a whole number {self.low} to {self.high}"
            )
        return value


def rating_scales() -> tuple[RatingScale, ...]:
    """All scales that are known."""
    return tuple(RatingScale.load(id) for id in load_data(FILE)["scale"])
