"""Samples of an effect on their way to a response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.provenance import load_data
from zygoma.response.exposure import FILE
from zygoma.response.response import Response, interval
from zygoma.response.sampling import Draws

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Effect:
    """Samples of one effect at one place, in the unit of its response.

    Attributes
    ----------
    id, where : str
        Response and place.
    samples : (n,) array
    rests_on : tuple of str
        Inputs that are added to those of the response in this case.
    warnings : tuple of str
    grade : str
        Weakest grade that stands in this case whatever the inputs.
    mean : bool
        Whether the mean stands in the middle: the median of a mixture of few values jumps between them.
    """

    id: str
    where: str
    samples: Array
    rests_on: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    grade: str = "A"
    mean: bool = False

    def response(self, draws: Draws) -> Response:
        """Interval, grade and dominant uncertainty of the samples."""
        words = load_data(FILE)["response"][self.id]
        inputs = (*words["rests_on"], *self.rests_on)
        largest, share = draws.dominant(self.samples, inputs)
        return Response(
            id=self.id,
            what=words["what"],
            where=self.where,
            **interval(self.samples, self.id, self.mean),
            unit=words["unit"],
            grade=max(draws.grade(inputs), words.get("grade", "A"), self.grade),
            dominant_uncertainty=draws.words(largest) if largest else "none: nothing in it is varied",
            dominant_share=share,
            evidence=draws.evidence(inputs),
            validity=words["validity"],
            warnings=self.warnings,
        )


def warning(name: str, **values: Any) -> str:
    """A sentence of ``data/tissue_response.toml`` with its values."""
    text: str = load_data(FILE)["warning"][name]
    return text.format(**values)
