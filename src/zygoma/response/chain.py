"""The whole chain from dose to outcome, by Monte Carlo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import RangeError, UnknownNameError
from zygoma.evidence import Priors
from zygoma.provenance import load_data
from zygoma.response.course import TimeCourse
from zygoma.response.effect import warning
from zygoma.response.excitation import Excitation
from zygoma.response.exposure import FILE, Exposure, choice
from zygoma.response.measure import Measurement, measurements
from zygoma.response.nerve_anchor import Nerves
from zygoma.response.outcome import Outcome
from zygoma.response.reach import Reach
from zygoma.response.response import Response
from zygoma.response.sampling import Draws
from zygoma.response.skin import Skin
from zygoma.response.spot import FACE
from zygoma.response.verdict import ChainLink, chain_links, verdict
from zygoma.units import show

Array = NDArray[np.float64]

SAMPLES = 4096
"""Samples of a chain unless others are asked for."""


@dataclass(frozen=True, eq=False)
class Chain:
    """Everything that a course does, as far as it can be computed.

    Attributes
    ----------
    exposure : Exposure
    excitation : Excitation or None
    responses : tuple of Response
    links : tuple of ChainLink
        The chain in its order, each link with its grade, its number and a sentence.
    verdict : tuple of str
        Three sentences: nerve, skin, outcome.
    measure_first : tuple of Measurement
        What would make the answers surer, that of the outcome first.
    course : TimeCourse
    warnings : tuple of str
        What concerns all of it, such as a current of another class.
    assumptions : tuple of str
        What had to be assumed, each a sentence.
    samples, seed : int
    reach : Reach or None
        How far the muscles of the face pull.
    """

    exposure: Exposure
    excitation: Excitation | None
    responses: tuple[Response, ...]
    links: tuple[ChainLink, ...]
    verdict: tuple[str, ...]
    measure_first: tuple[Measurement, ...]
    course: TimeCourse
    warnings: tuple[str, ...]
    assumptions: tuple[str, ...]
    samples: int
    seed: int
    reach: Reach | None = None

    def response(self, id: str, where: str = FACE) -> Response:
        """One of the responses.

        Raises
        ------
        UnknownNameError
            There is none of this name, or none there.
        """
        places = {response.where: response for response in self.responses if response.id == id}
        if not places:
            raise UnknownNameError("response", id, {response.id for response in self.responses})
        if where not in places:
            raise UnknownNameError(f"place of response {id!r}", where, places)
        return places[where]

    def json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "exposure": self.exposure.json(),
            "responses": [response.json() for response in self.responses],
            "links": [link.json() for link in self.links],
            "verdict": list(self.verdict),
            "measure_first": [one.json() for one in self.measure_first],
            "course": self.course.json(),
            "warnings": list(self.warnings),
            "assumptions": list(self.assumptions),
            "samples": self.samples,
            "seed": self.seed,
        }

    def __str__(self) -> str:
        first = self.measure_first[0] if self.measure_first else None
        return "\n".join([*self.warnings, *self.verdict, *([f"To measure first: {first}"] if first else [])])


def propagate(
    exposure: Exposure,
    excitation: Excitation | None = None,
    priors: Priors | None = None,
    dose_spread: Mapping[str, float] | float | None = None,
    samples: int = SAMPLES,
    seed: int = 1,
    reach: Reach | None = None,
) -> Chain:
    """Carry what is not known through the whole chain.

    Parameters
    ----------
    exposure : Exposure
        What the skin gets.
    excitation : Excitation, optional
        Thresholds by fibre models; without them all that concerns muscles rests on the human anchors.
    priors : Priors, optional
        Those of the toolkit by default.
    dose_spread : float or mapping of str to float, optional
        Standard deviation of the logarithm of the dose: of all, or by region and muscle, with ``"face"`` for
        the rest. By default 0.2, from samples of an average face.
    samples : int
        At least 64; powers of two fill the space of the priors evenly.
    seed : int
        Of the draws: equal seeds give equal numbers, so two exposures can be compared.
    reach : Reach, optional
        Of the muscles of the face, for the lift of every region; without it the lift is known at the
        insertions only.

    Returns
    -------
    Chain

    Raises
    ------
    RangeError
        Too few samples, a spread below zero, or an excitation that is of another current.
    """
    draws = Draws.of(priors or Priors.load(), samples, seed)
    if excitation is not None and abs(excitation.amplitude / exposure.amplitude - 1) > 0.01:
        raise RangeError(
            f"the excitation is of {show(excitation.amplitude, 'A')}, the exposure of "
            f"{show(exposure.amplitude, 'A')}; give thresholds with the current that is used"
        )
    places = (*exposure.spots, *(() if excitation is None else excitation.muscles))
    dose = _dose(draws, places, dose_spread)
    nerves = Nerves(exposure, draws, excitation, dose)
    skin, outcome = Skin(exposure, draws, dose), Outcome(exposure, draws, nerves, reach)
    effects = [*nerves.effects(), *skin.effects(), *outcome.effects()]
    notes = () if exposure.is_microcurrent else (warning("class", current=show(exposure.amplitude, "A")),)
    found = [effect.response(draws) for effect in effects]
    responses = tuple(replace(one, warnings=(*notes, *one.warnings)) for one in found)
    return Chain(
        exposure=exposure,
        excitation=excitation,
        responses=responses,
        links=chain_links(responses, exposure, excitation),
        verdict=verdict(responses, exposure, excitation, outcome.most_lifted),
        measure_first=measurements(responses, draws),
        course=TimeCourse.of(skin, outcome),
        warnings=notes,
        assumptions=_assumptions(exposure, draws),
        samples=samples,
        seed=seed,
        reach=reach,
    )


def _assumptions(exposure: Exposure, draws: Draws) -> tuple[str, ...]:
    """Sentences on what had to be assumed."""
    low, high = draws.priors["coll_exposure"].quantile([0.05, 0.95])
    values = {
        "days_between": exposure.days_between,
        "study_pulse": "{:.2g} to {:.2g}".format(
            *draws.priors["perception_study_pulse"].quantile([0.05, 0.95])
        ),
        "anchor": choice("twitch", "anchor_weight"),
        "exposure_low": float(f"{low:.1g}"),
        "exposure_high": float(f"{high:.2g}"),
    }
    return tuple(text.format(**values) for text in load_data(FILE)["assumed"]["sentences"])


def _dose(
    draws: Draws, places: tuple[str, ...], spread: Mapping[str, float] | float | None
) -> dict[str, Array]:
    """Factor on the dose of every place, with one deviation for all of a face."""
    standard = choice("dose", "spread") if spread is None or isinstance(spread, Mapping) else float(spread)
    by_place = spread if isinstance(spread, Mapping) else {}
    wide = {place: by_place.get(place, by_place.get(FACE, standard)) for place in places}
    for place, value in wide.items():
        if not (np.isfinite(value) and value >= 0):
            raise RangeError(f"spread of the dose of {place} is {value}; expected a number of at least 0")
    deviation = draws.normal("dose")
    return {place: np.exp(value * deviation) for place, value in wide.items()}
