"""What the current does in the skin, link by link, over all samples."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from zygoma.provenance import load_data
from zygoma.response.atp import atp_ratio
from zygoma.response.collagen import (
    DAY,
    CollagenCourse,
    Pools,
    collagen_course,
    session_days,
    synthesis_change,
)
from zygoma.response.effect import Effect, warning
from zygoma.response.exposure import FILE, Exposure, choice
from zygoma.response.galvanotaxis import directedness
from zygoma.response.heat import warming_bound
from zygoma.response.nerve_anchor import Anchors
from zygoma.response.perfusion import c_fibre_increase, flow_after, galvanic_increase
from zygoma.response.sampling import Draws
from zygoma.response.skin_battery import (
    dermal_field,
    share_of_a_day,
    transepidermal_potential,
    wound_ratio,
)
from zygoma.response.spot import FACE, Spot
from zygoma.units import show

Array = NDArray[np.float64]

_HOUR = 3600.0


@dataclass(frozen=True, eq=False)
class Skin:
    """Effects in the skin of one exposure.

    Parameters
    ----------
    exposure : Exposure
    draws : Draws
    dose : mapping of str to (n,) array
        Factor on the current density by name of the spot.
    """

    exposure: Exposure
    draws: Draws
    dose: dict[str, Array]

    def effects(self) -> list[Effect]:
        """All of them, place by place."""
        found = []
        for spot in self.exposure.spots.values():
            found += [*self.natural(spot), self.atp(spot), *self.flow(spot), self.heat(spot)]
        return [*found, self.age(), self.fibroblast(), *self.collagen()]

    def density(self, spot: Spot) -> Array:
        """(n,) peak |J| in the skin under the probe [A/m2]; its area is spread about the probe's own."""
        area = self.draws["contact_area"]
        return np.asarray(spot.peak * self.dose[spot.name] * area.mean() / area)

    def field(self, spot: Spot) -> Array:
        """(n,) peak field in the dermis under the probe [V/m]."""
        return dermal_field(self.density(spot), self.draws["sigma_dermis"])

    def natural(self, spot: Spot) -> list[Effect]:
        """Field against that of a wound, at its amplitude and over a day."""
        e = self.exposure
        ratio = wound_ratio(self.field(spot), self.draws["wound_field"])
        notes = [warning("seconds", mean=show(spot.seconds, "s"), longest=show(spot.longest, "s"))]
        if e.net_fraction <= choice("current", "balanced_fraction"):
            notes.append(warning("alternating_field"))
        day = 100 * share_of_a_day(ratio, spot.seconds, e.days_between)
        return [
            Effect("natural_current", spot.name, ratio, warnings=tuple(notes)),
            Effect("natural_current_day", spot.name, day, warnings=tuple(notes)),
        ]

    def age(self) -> Effect:
        """Potential of intact skin at this age."""
        ages, age = load_data(FILE)["natural"]["age"], self.exposure.age
        ratio = transepidermal_potential(age, 1.0, self.draws["tep_age_loss"])
        notes = () if ages["young"] <= age <= ages["old"] else (warning("age", age=age),)
        return Effect("natural_current_age", FACE, ratio, warnings=notes)

    def atp(self, spot: Spot) -> Effect:
        """ATP in living skin."""
        d = self.draws
        ratio = atp_ratio(
            self.density(spot), spot.seconds, d["atp_gain"], d["atp_J50"], d["atp_Ji"], d["atp_tau"],
            d["atp_transfer"],
        )  # fmt: skip
        notes = () if self.exposure.current_class == "direct" else (warning("alternating_atp"),)
        return Effect("atp", spot.name, 100 * (ratio - 1), warnings=notes)

    def flow(self, spot: Spot) -> list[Effect]:
        """Blood flow at the most charged place, at its peak and an hour later."""
        e = self.exposure
        increase = self.flow_increase(spot)
        cathodal, anodal = e.net_charge(spot)
        notes, rests_on = [], ("flow_cfibre", *Anchors.PERCEPTION) if e.pulsed else ()
        charge, tested = max(cathodal, anodal), choice("flow", "least_charge")
        if charge == 0:
            notes.append(warning("flow_balanced"))
        elif not e.held:
            notes.append(warning("flow_moving"))
        if 0 < charge < tested:
            notes.append(warning("flow_below", charge=show(charge, "C"), tested=show(tested, "C")))
        if charge > choice("flow", "largest_charge"):
            notes.append(warning("flow_charge", charge=show(charge, "C")))
        if e.pulsed:
            notes.append(warning("flow_pulses"))
        as_studied = e.current_class == "direct" and e.held and not e.pulsed and charge >= tested
        grade = "B" if as_studied else "C"
        later = flow_after(increase, _HOUR, self.draws["flow_decay"])
        return [
            Effect("flow", spot.name, 1 + increase, rests_on, tuple(notes), grade),
            Effect("flow_hour", spot.name, later, rests_on, tuple(notes), grade),
        ]

    def flow_increase(self, spot: Spot) -> Array:
        """(n,) peak of the flow above its baseline at the most charged place, over the baseline."""
        d, (cathodal, anodal) = self.draws, self.exposure.net_charge(spot)
        # the largest cathodal and the largest anodal charge are at different places: the larger effect counts
        at_cathode, at_anode = (
            galvanic_increase(*charge, d["flow_Emax"], d["flow_Qc"], d["flow_Qa"], d["flow_h"])
            for charge in ((cathodal, 0.0), (0.0, anodal))
        )
        found = np.maximum(at_cathode, at_anode)
        if self.exposure.pulsed:
            threshold = Anchors(self.exposure, d).person_perception
            found = found + c_fibre_increase(self.exposure.amplitude, threshold, d["flow_cfibre"])
        return np.asarray(found)

    def fibroblast(self) -> Effect:
        """Direction of cells where the steady field is longest without interruption."""
        d, e, spot = self.draws, self.exposure, self.exposure.face
        steady = self.field(spot) * abs(e.net_current) / e.amplitude
        found = directedness(steady, spot.longest, d["galv_E50"], d["galv_h"], d["galv_Dmax"])
        notes = []
        if np.median(steady) <= choice("galvanotaxis", "least_field"):
            notes.append(warning("field_small", field=float(np.median(steady))))
        if spot.longest < choice("galvanotaxis", "least_exposure"):
            notes.append(warning("exposure_short", longest=show(spot.longest, "s")))
        return Effect("fibroblast", FACE, found, warnings=tuple(notes))

    @cached_property
    def effect_prior(self) -> str:
        """Prior of the effect on synthesis: its sign depends on the class of current."""
        e = self.exposure
        if e.current_class == "direct" and e.held:
            return "coll_b_dc"
        return "coll_b_ac" if e.current_class == "alternating" else "coll_b"

    @cached_property
    def pools(self) -> Pools:
        """Pools of collagen; one where the priors ask for it."""
        d = self.draws
        if np.median(d["coll_pools"]) < 1.5:
            return Pools.one(d["coll_fsr"])
        return Pools.two(d["coll_fast"], d["coll_fsr"], d["coll_thalf"], d["coll_loss"])

    @cached_property
    def synthesis(self) -> Array:
        """(n,) relative change of synthesis while it lasts; 0 where the field is as small as at random."""
        spot = self.exposure.face
        found = synthesis_change(self.draws[self.effect_prior], spot.seconds, self.draws["coll_exposure"])
        return np.where(self.field(spot) > choice("galvanotaxis", "least_field"), found, 0.0)

    @cached_property
    def collagen_course(self) -> CollagenCourse:
        """Collagen from the first session to the end of the follow-up."""
        e = self.exposure
        lasting = (e.face.seconds + self.draws["coll_carry"]) / DAY
        last = self.end + int(choice("course", "follow_up"))
        return collagen_course(self.pools, self.synthesis, lasting, self.session_days, last)

    @cached_property
    def session_days(self) -> NDArray[np.int64]:
        """(sessions,) days with a session."""
        return session_days(self.exposure.sessions, self.exposure.days_between)

    @property
    def end(self) -> int:
        """Day after the last session."""
        return int(self.session_days[-1]) + 1

    def collagen(self) -> list[Effect]:
        """Synthesis, collagen at the end and a year later, and its bounds."""
        effect = self.draws[self.effect_prior]
        change = self.collagen_course.change
        always, begun = float(self.end), np.array([0])
        bound = collagen_course(self.pools, effect, always, begun, self.end).change[-1]
        single = Pools.one(self.draws["coll_fsr"])
        worst = collagen_course(single, effect, always, begun, self.end).change[-1]
        notes = [warning("collagen_seconds", mean=show(self.exposure.face.seconds, "s"))]
        if self.effect_prior == "coll_b_ac":
            notes.append(warning("collagen_alternating"))
        if (self.pools.slow_rate == 0).all():
            notes.append(warning("one_pool"))
        rows = {
            "collagen_synthesis": self.synthesis,
            "collagen": change[self.end],
            "collagen_year": change[-1],
            "collagen_bound": bound,
            "collagen_worst_case": worst,
        }
        return [
            Effect(id, FACE, 100 * values, (self.effect_prior,), tuple(notes)) for id, values in rows.items()
        ]

    def heat(self, spot: Spot) -> Effect:
        """Warming if no heat leaves."""
        area = self.draws["contact_area"]
        rms = spot.rms * self.dose[spot.name] * area.mean() / area
        rise = warming_bound(rms, self.draws["sigma_dermis"], self.exposure.session)
        return Effect("heat", spot.name, rise)
