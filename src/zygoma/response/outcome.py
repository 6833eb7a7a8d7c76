"""What is hoped for: muscle, lift and wrinkles, over all samples."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from zygoma.response import lift, tone, volume
from zygoma.response.amount import course
from zygoma.response.effect import Effect, warning
from zygoma.response.exposure import Exposure
from zygoma.response.nerve_anchor import Nerves
from zygoma.response.reach import Reach
from zygoma.response.response import LEVELS
from zygoma.response.sampling import Draws
from zygoma.response.spot import FACE
from zygoma.response.wrinkle import grade_from_muscle, judged, judged_course, uncontrolled
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
    reach : Reach, optional
        Of the muscles of the face; without it the shift is known at their insertions only.
    """

    exposure: Exposure
    draws: Draws
    nerves: Nerves
    reach: Reach | None = None

    def effects(self) -> list[Effect]:
        """All of them."""
        found = []
        for where in (FACE, *self.nerves.muscles):
            found += self.muscle(where)
        return [*found, *self.lifts(), *self.wrinkles()]

    def trained(self, where: str, sessions: int | Array | None = None) -> Array:
        """Relative change of volume by training alone, (n,) or (sessions, n); 0 below the threshold.

        A steady direct current excites once, when it begins: it trains nothing.
        """
        number = self.exposure.sessions if sessions is None else sessions
        ratio = self.nerves.ratio(where) if self.exposure.pulsed else np.zeros(self.draws.samples)
        return volume.change(ratio, number, self.draws.values)

    def muscle(self, where: str) -> list[Effect]:
        """Volume, tone and shift at the insertion of one muscle, or of the most excited one."""
        values = self.draws.values
        trained = self.trained(where)
        total = trained + volume.residual(values)
        rests_on = ("threshold_source", "dose") if self.nerves.muscles else ()
        twitches = self.exposure.pulsed and self.nerves.expected(where)
        cause, notes = self._causes(where), self._notes
        found = [
            Effect(
                "volume", where, _PERCENT * total, (*rests_on, *(() if twitches else ("musc_sub",))), notes
            ),
            Effect("lift_insertion", where, _MM * self._shift(where), cause, notes),
        ]
        if where == FACE:
            tension = _PERCENT * tone.change(total, values)
            found += [
                Effect("volume_mechanism", where, _PERCENT * trained, rests_on, notes),
                Effect("tone", where, tension, cause, notes),
            ]
        return found

    @cached_property
    def regions(self) -> dict[str, Array]:
        """(n,) mean upward shift of every region by all muscles together [m]; empty without their reach.

        A muscle without fibre model is taken to be trained as the most excited one.
        """
        if self.reach is None:
            return {}
        shifts = {
            name: self._shift(name if name in self.nerves.muscles else FACE) for name in self.reach.muscles
        }
        return self.reach.lift(shifts, lift.decay_length(self.draws.values))

    @property
    def most_lifted(self) -> str | None:
        """Region that moves most at an end of its 90 % interval; None without the reach of the muscles."""
        return max(self.regions, key=lambda name: _largest(self.regions[name]), default=None)

    def lifts(self) -> list[Effect]:
        """Upward shift of every region; of the face that of the region that moves most."""
        cause, notes = self._causes(FACE), self._notes
        where = self.most_lifted
        if where is None:
            lone = (*notes, warning("no_regions"))
            return [Effect("lift", FACE, _MM * self._shift(FACE), cause, lone)]
        places = {FACE: self.regions[where], **self.regions}
        return [Effect("lift", name, _MM * shift, cause, notes) for name, shift in places.items()]

    def _shift(self, where: str) -> Array:
        """(n,) shift of the skin at the insertion of a muscle, or of the most excited one [m]."""
        values = self.draws.values
        total = self.trained(where) + volume.residual(values)
        return lift.shift(tone.change(total, values), values)

    @property
    def _notes(self) -> tuple[str, ...]:
        """How the case leaves the range of what concerns muscles."""
        notes = () if self.nerves.muscles else (warning("no_fibre_model"),)
        return notes if self.exposure.pulsed else (*notes, warning("steady"))

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
        if not judged(e):
            asked = course(e.sessions, e.session)
            notes.append(warning("course", study=course(*judged_course()), course=asked))
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


def _largest(shift: Array) -> float:
    """Largest size at an end of the 90 % interval."""
    return float(np.abs(np.quantile(shift, (LEVELS[0], LEVELS[-1]))).max())
