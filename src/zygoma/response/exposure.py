"""What the skin gets in a course of sessions, in plain numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from zygoma.errors import InputError, RangeError
from zygoma.provenance import load_data
from zygoma.response.contact_time import contact_time, rest_fraction
from zygoma.response.spot import FACE, Spot, spot_of

if TYPE_CHECKING:
    from zygoma.device import Waveform
    from zygoma.treatment import Dose, Timetable

CurrentClass = Literal["direct", "alternating", "mixed"]

FILE = "tissue_response.toml"
_SKIN = "skin"


@dataclass(frozen=True)
class Exposure:
    """What the tissue gets: current, probes, time, and the skin under the contacts.

    Attributes
    ----------
    amplitude, mean_abs, rms : float
        Largest |i|, mean of |i|, root mean square of i [A].
    net_current : float
        Mean of i with its sign, positive from probe A into the body [A]; 0 for balanced waveforms.
    phase : float
        Longest stretch of one sign above half the amplitude [s]; infinite for a direct current.
    frequency : float
        Pulses a second [Hz]; 0 for a direct current.
    rest_fraction : float
        Share of the session in which both probes rest.
    session, days_between : float
        Length of a session [s]; days from one to the next.
    sessions : int
    age : float
        [years].
    contact_area : float
        Of one probe [m2].
    face : Spot
        The whole treated skin.
    regions : tuple of Spot
        Every region with skin under a contact.

    Raises
    ------
    RangeError
        A current, time, area or number that is not above zero, or less than a day between sessions.
    """

    amplitude: float
    mean_abs: float
    rms: float
    net_current: float
    phase: float
    frequency: float
    rest_fraction: float
    session: float
    sessions: int
    days_between: float
    age: float
    contact_area: float
    face: Spot
    regions: tuple[Spot, ...] = ()

    def __post_init__(self) -> None:
        for name in ("amplitude", "mean_abs", "rms", "session", "contact_area", "age"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise RangeError(f"{name} of the exposure is {value}; expected a number above 0")
        if not self.phase > 0:
            raise RangeError(f"the longest phase is {self.phase} s; expected a time above 0")
        if self.sessions < 1:
            raise RangeError(f"a course of {self.sessions} sessions; expected at least 1")
        if not (math.isfinite(self.days_between) and self.days_between >= 1):
            raise RangeError(f"{self.days_between} days between sessions; expected at least 1")

    @classmethod
    def of(
        cls,
        dose: Dose,
        timetable: Timetable,
        waveform: Waveform,
        electrode: Any,
        *,
        age: float,
        sessions: int,
        days_between: float | None = None,
    ) -> Exposure:
        """Exposure from the dose of one session.

        Parameters
        ----------
        dose : Dose
            Of a body with tissues and regions.
        timetable : Timetable
            Where the probes are when.
        waveform : Waveform
            That of the dose.
        electrode : Electrode
            The probes.
        age : float
            [years].
        sessions : int
            Of the course.
        days_between : float, optional
            From one session to the next; one day by default, an assumption.

        Raises
        ------
        InputError
            No skin lies under a contact.
        RangeError
            A number that cannot be.
        """
        body = dose.body
        skin = np.flatnonzero(np.asarray(body.tissue) == list(body.tissues).index(_SKIN))
        centres = np.asarray(body.nodes)[np.asarray(body.tets)[skin]].mean(axis=1)
        time = contact_time(centres, timetable, electrode.contact_radius)
        under = time.total > 0
        if not under.any():
            raise InputError(
                f"no skin has its centre within {electrode.contact_radius * 1e3:g} mm of a contact; "
                "use a finer mesh or a larger contact"
            )
        skin, a, b = skin[under], time.a[under], time.b[under]
        longest = time.longest[under]
        face = spot_of(FACE, dose, skin, a, b, longest)
        regions = []
        for name in body.regions:
            own = np.isin(skin, body.region_elements(name))
            if own.any():
                regions.append(spot_of(name, dose, skin[own], a[own], b[own], longest[own]))
        delivered = float(np.average(dose.current, weights=dose.seconds))
        return cls(
            **_current(waveform.scaled(delivered)),
            session=dose.session,
            sessions=sessions,
            days_between=choice("course", "days_between") if days_between is None else days_between,
            age=age,
            contact_area=electrode.area,
            rest_fraction=rest_fraction(timetable),
            face=face,
            regions=tuple(regions),
        )

    def driven_by(self, waveform: Waveform) -> Exposure:
        """The same places, probes and times under another waveform; tissue conducts linearly."""
        current = _current(waveform)
        factor = {
            "peak": current["amplitude"] / self.amplitude,
            "rms": current["rms"] / self.rms,
            **dict.fromkeys(
                ("charge_density", "rectified_a", "rectified_b"), current["mean_abs"] / self.mean_abs
            ),
        }

        def scaled(spot: Spot) -> Spot:
            return replace(spot, **{name: by * getattr(spot, name) for name, by in factor.items()})

        return replace(
            self, face=scaled(self.face), regions=tuple(scaled(spot) for spot in self.regions), **current
        )

    def held_still(self) -> Exposure:
        """The same current with both probes at rest for the whole session, at the most exposed place.

        The place is one where |J| peaks at its 95th percentile over the treated skin. The current of all the
        session passes there: rms and integrals follow from the peak and the waveform. Regions are left out.
        """
        integral = self.face.peak * self.mean_abs / self.amplitude * self.session
        place = replace(
            self.face,
            rms=self.face.peak * self.rms / self.amplitude,
            charge_density=integral,
            rectified_a=integral,
            rectified_b=integral,
            seconds=self.session,
            longest=self.session,
            seconds_a=self.session,
            seconds_b=self.session,
        )
        return replace(self, rest_fraction=1.0, face=place, regions=())

    @property
    def spots(self) -> dict[str, Spot]:
        """The whole treated skin and every region, by name."""
        return {spot.name: spot for spot in (self.face, *self.regions)}

    @property
    def net_fraction(self) -> float:
        """Net charge over the integral of |i|: 0 for a balanced current, 1 for one of a single sign."""
        return min(1.0, abs(self.net_current) / self.mean_abs)

    @property
    def current_class(self) -> CurrentClass:
        """``"direct"`` with net charge, ``"alternating"`` balanced at 0.1 to 1000 Hz, else ``"mixed"``."""
        band = load_data(FILE)["current"]["alternating_hz"]
        if self.net_fraction >= choice("current", "direct_fraction"):
            return "direct"
        balanced = self.net_fraction <= choice("current", "balanced_fraction")
        return "alternating" if balanced and band["low"] <= self.frequency <= band["high"] else "mixed"

    @property
    def held(self) -> bool:
        """Whether both probes rest for nearly the whole session."""
        return self.rest_fraction >= choice("current", "rest_fraction")

    @property
    def pulsed(self) -> bool:
        """Whether the current begins again and again; a steady direct current does not."""
        return math.isfinite(self.phase)

    @property
    def is_microcurrent(self) -> bool:
        """Whether the amplitude is at most 1 mA."""
        return self.amplitude <= choice("current", "microcurrent") * (1 + 1e-9)

    def net_charge(self, spot: Spot) -> tuple[float, float]:
        """Largest net charge that passes a contact at one place in a session [C]: as cathode, as anode."""
        at_a, at_b = abs(self.net_current) * spot.seconds_a, abs(self.net_current) * spot.seconds_b
        return (at_b, at_a) if self.net_current >= 0 else (at_a, at_b)

    def net_density(self, spot: Spot) -> tuple[float, float]:
        """Net charge density of a session in the skin [C/m2], 95th percentiles: at cathode, at anode."""
        at_a, at_b = self.net_fraction * spot.rectified_a, self.net_fraction * spot.rectified_b
        return (at_b, at_a) if self.net_current >= 0 else (at_a, at_b)

    def json(self) -> dict[str, Any]:
        """Everything in plain values, the unit in each key."""
        return {
            "amplitude_A": self.amplitude,
            "mean_abs_A": self.mean_abs,
            "net_current_A": self.net_current,
            "phase_s": self.phase if self.pulsed else None,
            "frequency_Hz": self.frequency,
            "current_class": self.current_class,
            "held": self.held,
            "rest_fraction": self.rest_fraction,
            "session_s": self.session,
            "sessions": self.sessions,
            "days_between": self.days_between,
            "age": self.age,
            "contact_area_m2": self.contact_area,
            "spots": [self._row(spot) for spot in self.spots.values()],
        }

    def _row(self, spot: Spot) -> dict[str, Any]:
        cathode, anode = self.net_charge(spot)
        cathodal, anodal = self.net_density(spot)
        return {
            "name": spot.name,
            "J_peak_A_m2": spot.peak,
            "J_rms_A_m2": spot.rms,
            "charge_density_C_m2": spot.charge_density,
            "cathodal_charge_density_C_m2": cathodal,
            "anodal_charge_density_C_m2": anodal,
            "cathodal_charge_C": cathode,
            "anodal_charge_C": anode,
            "residence_s": spot.seconds,
            "longest_residence_s": spot.longest,
        }


def choice(table: str, key: str) -> float:
    """A single value of ``data/tissue_response.toml``."""
    return float(load_data(FILE)[table][key]["value"])


def _current(waveform: Waveform) -> dict[str, Any]:
    """Fields of an exposure that are the waveform's alone."""
    found = waveform.stretches(choice("current", "phase_level") * waveform.amplitude)
    return {
        "amplitude": waveform.amplitude,
        "mean_abs": waveform.mean_abs,
        "rms": waveform.rms,
        "net_current": waveform.pattern_net_charge / waveform.pattern_period,
        "phase": math.inf if found.endless else found.duration,
        "frequency": 0.0 if found.endless else waveform.pulse_frequency,
    }
