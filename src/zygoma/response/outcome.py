"""What is hoped for: muscle, lift and wrinkles, over all samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zygoma.response import lift, tone, volume
from zygoma.response.effect import Effect, warning
from zygoma.response.exposure import Exposure, choice
from zygoma.response.nerve_anchor import Nerves
from zygoma.response.sampling import Draws
from zygoma.response.spot import FACE
from zygoma.response.wrinkle import grade_from_muscle, uncontrolled
from zygoma.units import show

Array = NDArray[np.float64]

FOREHEAD = "forehead"

_PERCENT, _MM = 100.0, 1e3


@dataclass(frozen=True, eq=False)
class Outcome:
    """Effects on muscle, skin position and wrinkles.

    Parameters
    ----------
    exposure : Exposure
    draws : Draws
    nerves : Nerves
        Give the current over the threshold of each muscle.
    """

    exposure: Exposure
    draws: Draws
    nerves: Nerves

    def effects(self) -> list[Effect]:
        """All of them."""
        found = []
        for where in (FACE, *self.nerves.muscles):
            found += self.muscle(where)
        return [*found, *self.wrinkles()]

    def trained(self, where: str, sessions: int | Array | None = None) -> Array:
        """Relative change of volume by training alone, (n,) or (sessions, n); 0 below the threshold.

        A steady direct current excites once, when it begins: it trains nothing.
        """
        number = self.exposure.sessions if sessions is None else sessions
        ratio = self.nerves.ratio(where) if self.exposure.pulsed else np.zeros(self.draws.samples)
        return volume.change(ratio, number, self.draws.values)

    def muscle(self, where: str) -> list[Effect]:
        """Volume, tone and lift of one muscle, or of the most excited one."""
        values = self.draws.values
        trained = self.trained(where)
        total = trained + volume.residual(values)
        tension = tone.change(total, values)
        rests_on = ("threshold_source", "dose") if self.nerves.muscles else ()
        twitches = self.exposure.pulsed and self.nerves.expected(where)
        cause = self._causes(where)
        notes = () if self.nerves.muscles else (warning("no_fibre_model"),)
        if not self.exposure.pulsed:
            notes = (*notes, warning("steady"))
        found = [
            Effect(
                "volume", where, _PERCENT * total, (*rests_on, *(() if twitches else ("musc_sub",))), notes
            ),
            Effect("lift", where, _MM * lift.shift(tension, values), cause, notes),
        ]
        if where == FACE:
            found += [
                Effect("volume_mechanism", where, _PERCENT * trained, rests_on, notes),
                Effect("tone", where, _PERCENT * tension, cause, notes),
            ]
        return found

    def _causes(self, where: str) -> tuple[str, ...]:
        """Inputs of the training of a muscle; none where no sample reaches its threshold."""
        if not (self.trained(where) != 0).any():
            return ()
        anchors = ("rheobase_motor", "tau_motor", "musc_face", "musc_sessions")
        return (*anchors, "threshold_source", "dose") if self.nerves.muscles else anchors

    def wrinkles(self) -> list[Effect]:
        """Net improvement, what ratings show without any, both together, and the part through the muscles."""
        d, e = self.draws, self.exposure
        notes = []
        if not e.is_microcurrent:
            notes.append(warning("class_net", current=show(e.amplitude, "A")))
        if e.sessions != choice("wrinkle", "sessions"):
            notes.append(warning("sessions", sessions=e.sessions))
        net = {FACE: "net_improvement", FOREHEAD: "net_improvement_forehead"}
        found = [Effect("wrinkle_placebo", FACE, _PERCENT * d["drift_placebo"])]
        for where, prior in net.items():
            both = uncontrolled(d[prior], d["drift_placebo"])
            found += [
                Effect("wrinkle", where, _PERCENT * d[prior], (prior,), tuple(notes)),
                Effect("wrinkle_uncontrolled", where, _PERCENT * both, (prior,), tuple(notes)),
            ]
        change = self.trained(FACE) + volume.residual(d.values)
        through = grade_from_muscle(change, d["musc_to_grade"])
        return [*found, Effect("wrinkle_muscle", FACE, through, self._causes(FACE))]
