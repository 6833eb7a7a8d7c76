"""Threshold currents of nerve fibres in the face, as the models of nerve give them for a session."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from zygoma.errors import RangeError


@dataclass(frozen=True)
class Excitation:
    """Smallest current of a session that excites, by fibre model.

    Attributes
    ----------
    amplitude : float
        Current that is used [A].
    muscles : mapping of str to mapping of str to float
        For every muscle and fibre model, such as ``"MRG 10 um"``, the threshold of its motor fibres at the
        session's waveform and places [A]; infinite where none was found up to the highest current tried.
    skin : mapping of str to float
        The same of fibres in the dermis.

    Raises
    ------
    RangeError
        A current or threshold that is not above zero.
    """

    amplitude: float
    muscles: Mapping[str, Mapping[str, float]]
    skin: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (math.isfinite(self.amplitude) and self.amplitude > 0):
            raise RangeError(f"amplitude of the excitation is {self.amplitude} A; expected a current above 0")
        for name, thresholds in {**self.muscles, "skin": self.skin}.items():
            for model, threshold in thresholds.items():
                if not threshold > 0:
                    raise RangeError(f"threshold of {name} by {model} is {threshold} A; expected above 0")

    def ratios(self, muscle: str) -> dict[str, float]:
        """Current over threshold by model; 0 where nothing excites."""
        return {model: self.amplitude / threshold for model, threshold in self.muscles[muscle].items()}

    @property
    def most_excited(self) -> str | None:
        """Muscle with the lowest threshold by any model; None without muscles."""
        lowest = {name: min(own.values(), default=math.inf) for name, own in self.muscles.items()}
        return min(lowest, key=lambda name: lowest[name]) if lowest else None
