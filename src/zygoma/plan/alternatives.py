"""The same places of a face under other currents, waveforms and ways of holding the probes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zygoma.device import Waveform
from zygoma.evidence import Priors
from zygoma.plan.responses import spread_of
from zygoma.response.chain import Chain
from zygoma.response.comparison import compare
from zygoma.response.excitation import Excitation
from zygoma.units import show

if TYPE_CHECKING:
    from zygoma.plan.treatment import Treatment
    from zygoma.response.exposure import Exposure

LEVELS = (100e-6, 200e-6, 400e-6, 600e-6, 800e-6)
"""Currents that are compared [A]; makers name 400 to 800 uA."""

SAMPLES = 2048
"""Draws of the cases beside the plan, the first ones of its own: half of them, so that it takes seconds."""

DIRECT = "direct"

WAVEFORMS = ("lifting", "stretching", DIRECT)
"""Waveforms of the catalogue: two under names of the trade, and direct current."""


@dataclass(frozen=True, eq=False)
class Alternative:
    """One case beside the plan.

    Attributes
    ----------
    group, name : str
        What differs, such as ``"Current"``, and the case, such as ``"200 µA"``.
    is_plan : bool
        Whether this is the plan itself.
    chain : Chain
        That of the plan itself; in the other cases of the most excited muscle only, with its first draws.
    """

    group: str
    name: str
    is_plan: bool
    chain: Chain

    @property
    def net_charge(self) -> float:
        """Largest net charge that passes one place of the skin in a session [C]."""
        exposure = self.chain.exposure
        return max(exposure.net_charge(exposure.face))

    @property
    def model_ratios(self) -> tuple[float, float] | None:
        """Lowest and highest ratio of the current to the threshold by a fibre model, if they are known."""
        found = self.chain.excitation
        if found is None or found.most_excited is None:
            return None
        ratios = found.ratios(found.most_excited).values()
        return min(ratios), max(ratios)


def alternatives(treatment: Treatment) -> tuple[Alternative, ...]:
    """Currents of 100 to 800 uA, the waveforms of the trade, direct current, and probes held still.

    Places, probes and times are those of the plan, with the draws of its chain. Thresholds of nerve fibres
    scale with the current but belong to the plan's waveform: other waveforms rest on the human anchor.

    Parameters
    ----------
    treatment : Treatment
        The plan's answer.
    """
    chain, uncertainty = treatment.chain, treatment.uncertainty
    cases = list(_cases(treatment))
    others = [case for case in cases if case[2] is not chain.exposure]
    known = _most_excited(chain.excitation)
    found = compare(
        {f"{group}/{name}": exposure for group, name, exposure, _ in others},
        {
            f"{group}/{name}": Excitation(exposure.amplitude, known.muscles, known.skin)
            for group, name, exposure, same in others
            if known is not None and same
        },
        priors=Priors.load(treatment.plan.priors),
        dose_spread=None if uncertainty is None else spread_of(uncertainty),
        samples=min(SAMPLES, chain.samples),
        seed=chain.seed,
    )
    return tuple(
        Alternative(group, name, exposure is chain.exposure, found.chains.get(f"{group}/{name}", chain))
        for group, name, exposure, _ in cases
    )


def _cases(treatment: Treatment) -> Iterator[tuple[str, str, Exposure, bool]]:
    """Group, name, exposure, and whether the waveform is the plan's."""
    own, waveform = treatment.chain.exposure, treatment.waveform
    amplitude = own.amplitude

    def at(level: float) -> Exposure:
        return own if math.isclose(level, amplitude, rel_tol=1e-3) else own.driven_by(waveform.scaled(level))

    near = any(math.isclose(level, amplitude, rel_tol=1e-3) for level in LEVELS)
    for level in sorted(LEVELS if near else (*LEVELS, amplitude)):
        yield "Current", show(level, "A"), at(level), True
    shown = [
        (name, own.driven_by(Waveform.load(name).scaled(amplitude)))
        for name in WAVEFORMS
        if name != waveform.id and (name != DIRECT or own.is_microcurrent)  # more would burn skin: no case
    ]
    for name, exposure in shown:
        yield f"Waveform, {show(amplitude, 'A')}", name, exposure, False
    held = f"Held still, {show(amplitude, 'A')}"
    yield held, "same waveform", own.held_still(), True
    for name, exposure in shown:
        if name == DIRECT:
            yield held, name, exposure.held_still(), False


def _most_excited(found: Excitation | None) -> Excitation | None:
    """Thresholds of the most excited muscle alone: what a face has of all muscles rests on it."""
    if found is None or found.most_excited is None:
        return None
    return Excitation(found.amplitude, {found.most_excited: found.muscles[found.most_excited]}, found.skin)
