"""Which measurement would make the answers surer, and by how much."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from zygoma.provenance import load_data
from zygoma.response.amount import LEAST
from zygoma.response.exposure import FILE
from zygoma.response.response import Response
from zygoma.response.sampling import Draws
from zygoma.response.spot import FACE


@dataclass(frozen=True)
class Measurement:
    """What to measure for a response.

    Attributes
    ----------
    response, where : str
        Whose interval it narrows.
    text : str
        What to measure.
    input : str
        The uncertain quantity, in words.
    width : float
        The 90 % interval now, from end to end [unit of the response].
    reduction : float
        Share by which it would narrow, 0 to 1: with the quantity known, or known as well as the trial tells.
    unit : str
    """

    response: str
    where: str
    text: str
    input: str
    width: float
    reduction: float
    unit: str

    def json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.text}; it would narrow the interval of {self.response} by {self.reduction:.0%}"


def measurements(responses: Sequence[Response], draws: Draws) -> tuple[Measurement, ...]:
    """For the main responses, the measurement of their dominant uncertainty; the outcome first.

    A quantity that explains the share S of the variance leaves ``sqrt(1 - S)`` of the spread once it is
    known. A trial of standard error se leaves ``se / sqrt(sd^2 + se^2)`` of a normal spread sd.
    """
    data = load_data(FILE)
    found = {response.id: response for response in responses if response.where == FACE}
    rows = []
    for id in data["measured"]["responses"]:
        response = found[id]
        name = next((n for n in data["measure"] if draws.words(n) == response.dominant_uncertainty), None)
        width = response.p95 - response.p05
        if name is None or width < LEAST:  # nothing to narrow, or nothing that means anything
            continue
        entry, left = data["measure"][name], math.sqrt(1 - min(response.dominant_share, 1.0))
        if "standard_error" in entry:
            error, spread = entry["standard_error"], float(draws[name].std())
            left = error / math.hypot(error, spread)
        rows.append(
            Measurement(
                response=id,
                where=response.where,
                text=entry["text"],
                input=response.dominant_uncertainty,
                width=width,
                reduction=1 - left,
                unit=response.unit,
            )
        )
    return tuple(rows)
