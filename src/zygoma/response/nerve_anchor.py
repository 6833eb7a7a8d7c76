"""Thresholds of feeling and of a twitch over all samples: human anchors, and fibre models beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from zygoma.provenance import load_data
from zygoma.response.effect import Effect, warning
from zygoma.response.excitation import Excitation
from zygoma.response.exposure import FILE, Exposure, choice
from zygoma.response.perception import feeling_probability, perception_threshold
from zygoma.response.sampling import Draws
from zygoma.response.spot import FACE
from zygoma.response.twitch import conditional_rheobase, twitch_probability, twitch_threshold
from zygoma.units import show

Array = NDArray[np.float64]

EXPECTED = 0.5
"""Share of people from which the human anchor expects a twitch."""

_FAR, _POINTS = 5.0, 81  # standard errors, points between which the logarithm of a share is straight


@dataclass(frozen=True, eq=False)
class Anchors:
    """Thresholds that were found in people, for the longest phase of a waveform.

    Parameters
    ----------
    exposure : Exposure
    draws : Draws
    """

    exposure: Exposure
    draws: Draws

    PERCEPTION: ClassVar[tuple[str, ...]] = (
        "perception_I50", "perception_slope", "tau_sensory", "perception_study_pulse", "person_perception",
    )  # fmt: skip

    @cached_property
    def perception(self) -> Array:
        """(n,) current that half of the people feel [A]."""
        d = self.draws
        return perception_threshold(
            d["perception_I50"], d["tau_sensory"], d["perception_study_pulse"], self.exposure.phase
        )

    @cached_property
    def person_perception(self) -> Array:
        """(n,) threshold of feeling of one person in each sample [A]."""
        z = self.draws.normal("person_perception")
        return np.asarray(self.perception * np.exp(self.draws["perception_slope"] * z))

    @cached_property
    def _twitch(self) -> tuple[Array, float]:
        study = load_data(FILE)["twitch"]["study"]
        d = self.draws
        median, spread = conditional_rheobase(d["rheobase_motor"], d["tau_motor"], study["duration"])
        return twitch_threshold(median, d["tau_motor"], self.exposure.phase), spread

    @cached_property
    def person_twitch(self) -> Array:
        """(n,) threshold of a twitch of one person in each sample [A]."""
        median, spread = self._twitch
        logs = np.log(self.draws["rheobase_motor"])
        sd = logs.std()
        z = (logs - logs.mean()) / sd if sd > 0 else np.zeros_like(logs)
        return np.asarray(median * np.exp(spread * z))

    @cached_property
    def twitch_probability(self) -> Array:
        """(n,) share of people who twitch; the median threshold is known as well as the study's size tells.

        Thresholds and time constants both differ between people, so the share is the mean over all of them.
        """
        study = load_data(FILE)["twitch"]["study"]
        error = np.sqrt(np.log1p((study["sd"] / study["mean"]) ** 2) / study["n"])
        median, spread = self._twitch
        off = np.linspace(-_FAR, _FAR, _POINTS)
        current = self.exposure.amplitude * np.exp(-error * off)
        share = twitch_probability(current[:, None], median, spread).mean(axis=1)
        logs = np.log(np.maximum(share, np.finfo(float).tiny))
        return np.asarray(np.exp(np.interp(self.draws.normal("study_size"), off, logs)))


@dataclass(frozen=True, eq=False)
class Nerves:
    """What is felt and what twitches.

    Parameters
    ----------
    exposure : Exposure
    draws : Draws
    excitation : Excitation or None
        Thresholds by the fibre models; without them all rests on the human anchors.
    dose : mapping of str to (n,) array
        Factor on the field by muscle, and by ``"face"``.
    """

    exposure: Exposure
    draws: Draws
    excitation: Excitation | None
    dose: Mapping[str, Array]

    @cached_property
    def anchors(self) -> Anchors:
        """Thresholds found in people."""
        return Anchors(self.exposure, self.draws)

    @property
    def muscles(self) -> tuple[str, ...]:
        """Muscles with thresholds by a fibre model."""
        return () if self.excitation is None else tuple(self.excitation.muscles)

    def effects(self) -> list[Effect]:
        """All of them."""
        return [*self.feeling(), *self.twitching()]

    def feeling(self) -> list[Effect]:
        """Probability of feeling the current, by both readings, and its ratio to a person's threshold."""
        d, current = self.draws, self.exposure.amplitude
        notes: tuple[str, ...] = ()
        models: list[Effect] = []
        if self.excitation is not None and self.excitation.skin:
            found = self.excitation.skin.values()
            low, high = (
                show(value, "A") if np.isfinite(value) else "none" for value in (min(found), max(found))
            )
            notes = (warning("dermal_models", low=low, high=high),)
            models = [Effect("perception_fibre", FACE, self.skin_ratio)]
        slope = d["perception_slope"]
        divided = feeling_probability(current, self.anchors.perception, slope)
        measured = feeling_probability(current, d["perception_I50"], slope)
        return [
            Effect("perception", FACE, divided, warnings=notes),
            Effect("perception_as_measured", FACE, measured),
            Effect("perception_ratio", FACE, current / self.anchors.person_perception),
            *models,
        ]

    def twitching(self) -> list[Effect]:
        """Ratio to the threshold and probability of a twitch: for the face, and by muscle."""
        anchor = self.anchors.twitch_probability
        found = [
            Effect("motor_probability", FACE, anchor),
            Effect("motor_anchor_ratio", FACE, self.exposure.amplitude / self.anchors.person_twitch),
        ]
        if self.excitation is None or self.excitation.most_excited is None:
            notes = (warning("no_fibre_model"),)
            return [
                *found,
                Effect("motor_ratio", FACE, self.ratio(FACE), warnings=notes),
                Effect("twitch", FACE, anchor, warnings=notes),
            ]
        rests_on = ("threshold_source", "dose")
        for where in (FACE, *self.muscles):
            found += [
                Effect("motor_ratio", where, self.ratio(where), rests_on),
                Effect("twitch", where, self.probability(where), rests_on, mean=True),
            ]
        return found

    @property
    def skin_ratio(self) -> Array:
        """(n,) current over the threshold of fibres in the dermis by the model that is drawn."""
        assert self.excitation is not None
        ratios = [self.excitation.amplitude / threshold for threshold in self.excitation.skin.values()]
        model = np.floor(self.draws.places["threshold_source"] * len(ratios)).astype(np.intp)
        return np.asarray(np.array(ratios)[model] * self.dose[FACE])

    def expected(self, where: str) -> bool:
        """Whether the human anchor and all fibre models expect a twitch."""
        models, _ = self._models(where)
        share = float(np.median(self.anchors.twitch_probability))
        return twitch_expected(share, (float(np.median(ratio)) for ratio in models))

    def ratio(self, where: str) -> Array:
        """(n,) current over the threshold of a muscle, or of the most excited one (``"face"``)."""
        anchor = self.exposure.amplitude / self.anchors.person_twitch
        models, source = self._models(where)
        return np.asarray(np.choose(source, [anchor, *models])) if models else anchor

    def probability(self, where: str) -> Array:
        """(n,) probability of a twitch by the source that is drawn: the anchor, or a model (0 or 1)."""
        models, source = self._models(where)
        if not models:
            return self.anchors.twitch_probability
        return np.asarray(
            np.choose(source, [self.anchors.twitch_probability, *((ratio >= 1) * 1.0 for ratio in models)])
        )

    def _models(self, where: str) -> tuple[list[Array], NDArray[np.intp]]:
        """Ratios by each fibre model, and which source each sample takes: 0 the anchor, k the k-th model."""
        muscle = None
        if self.excitation is not None:
            muscle = self.excitation.most_excited if where == FACE else where
        if self.excitation is None or muscle is None or not self.excitation.muscles[muscle]:
            return [], np.zeros(self.draws.samples, dtype=np.intp)
        ratios = [ratio * self.dose[where] for ratio in self.excitation.ratios(muscle).values()]
        weight, place = choice("twitch", "anchor_weight"), self.draws.places["threshold_source"]
        model = 1 + np.floor((place - weight) / (1 - weight) * len(ratios)).astype(np.intp)
        return ratios, np.where(place < weight, 0, np.minimum(model, len(ratios)))


def twitch_expected(share: float, ratios: Iterable[float]) -> bool:
    """Whether all sources expect a twitch.

    Parameters
    ----------
    share : float
        Of people who twitch, by the human anchor.
    ratios : iterable of float
        Current over threshold by each fibre model; none where no model was computed.
    """
    return share >= EXPECTED and all(ratio >= 1 for ratio in ratios)
