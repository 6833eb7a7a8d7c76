"""What every element of a body got over one session."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError, RangeError
from zygoma.face.tissue import RANK
from zygoma.field.sets import indices
from zygoma.provenance import atomic_path
from zygoma.treatment.summary import SetDose, summarise, weighted_percentile
from zygoma.units import show

if TYPE_CHECKING:
    from zygoma.treatment.session import Progress

Single = NDArray[np.float32]
Double = NDArray[np.float64]

THRESHOLD = 0.1
"""Level of the residence time [A/m2]."""


@dataclass(frozen=True, eq=False)
class Dose:
    """Dose of one session (or of a course of them), per element (m) and per unique position (u).

    Peaks are taken at the amplitude of the current, sums over time with its waveform. Elements that do not
    conduct have 0; in the dose of some elements only (`Session`) the others are not a number.

    Attributes
    ----------
    charge : (m,) array
        Integral of |J| over time [C/m2].
    peak : (m,) array
        Largest |J| [A/m2].
    rms : (m,) array
        Root of the mean of J^2 over the session [A/m2].
    vector : (m, 3) array
        Integral of J over time with the current's sign left out (rectified) [C/m2].
    net : (m, 3) array
        Integral of J over time with its sign: the net charge density, 0 for balanced waveforms [C/m2].
    along : (m,) array
        Largest |E| along the muscle fibres [V/m]; 0 without fibres.
    residence : (m,) array
        Time with |J| above 0.1 A/m2 [s].
    current : (u,) array
        Amplitude of the current [A].
    delivered : (u, 2) array
        Amplitude found at A and at B by the variational reaction (rows of the stiffness matrix) [A].
    power_balance_error : (u,) array
        |power put in - power dissipated in tissue and contacts| / power put in; not a number where the dose
        is that of a part of the elements.
    resistance : (u,) array
        Voltage between the contacts over the current [ohm].
    contact_power : (u,) array
        Dissipated in both contacts at the amplitude [W].
    tissue_power : (u, tissues) array
        Dissipated in every tissue at the amplitude [W], in the order of `tissues`; not a number where the
        dose is that of a part of the elements.
    reaching : (u, k) array
        Half the sum of the absolute nodal currents that everything deeper than the upper face of a tissue
        draws, over the injected current; one column for each name of `reaching_names`.
    seconds : (u,) array
        Time at every position [s].
    tissues, reaching_names : tuple of str
        Names.
    session : float
        Length of one session [s].
    sessions : int
        How many sessions the sums over time are of.
    on_fraction : float
        Share of time in which current flows.
    residual : float
        Largest relative residual of the linear systems.
    body : face or similar
        Whose elements; gives the muscles, regions and layers.
    volumes : (m,) array
        Volume of each element [m3].
    """

    charge: Single
    peak: Single
    rms: Single
    vector: Single
    net: Single
    along: Single
    residence: Single
    current: Double
    delivered: Double
    power_balance_error: Double
    resistance: Double
    contact_power: Double
    tissue_power: Double
    reaching: Double
    seconds: Double
    tissues: tuple[str, ...]
    reaching_names: tuple[str, ...]
    session: float
    sessions: int
    on_fraction: float
    residual: float
    body: Any
    volumes: Double

    @classmethod
    def of(
        cls,
        lead: Any,
        body: Any,
        timetable: Any,
        electrode: Any,
        waveform: Any,
        progress: Progress | None = None,
    ) -> Dose:
        """Place the contacts, solve the lead field where they rest and accumulate one session.

        Parameters
        ----------
        lead : LeadField
            Of the body's conductor.
        body : Face
            Tissues, depth ranks and fibres of the elements.
        timetable : Timetable
            Where the probes are when.
        electrode : Electrode or float
            The probes, or their radius [m].
        waveform : Waveform
            Its amplitude is the current.
        progress : callable, optional
            Called with (stage, done, total).
        """
        from zygoma.treatment.session import Session

        session = Session(lead, body, timetable, electrode)
        session.solve(progress)
        return session.dose(waveform, progress)

    @cached_property
    def computed(self) -> NDArray[np.bool_]:
        """(m,) whether each element was asked for: all of them but in the dose of a part."""
        return np.asarray(~np.isnan(self.peak))

    @cached_property
    def is_whole(self) -> bool:
        """Whether it is the dose of all elements."""
        return bool(self.computed.all())

    @cached_property
    def mean(self) -> Double:
        """(m,) time mean of |J| while current flows [A/m2]."""
        flowing = self.session * self.sessions * self.on_fraction
        return np.asarray(self.charge / flowing if flowing else np.zeros_like(self.charge), dtype=np.float64)

    @property
    def delivered_current(self) -> float:
        """Mean over the session of the amplitude found in the model [A]."""
        return float(np.average(self.delivered.mean(axis=1), weights=self.seconds))

    @property
    def delivered_current_error(self) -> float:
        """Largest relative difference between delivered and set current over the positions."""
        return float(np.max(np.abs(self.delivered - self.current[:, None]) / self.current[:, None]))

    @property
    def deep_resistance(self) -> Double:
        """(u,) resistance of the body between the contacts, without their sheets [ohm]."""
        return np.asarray(self.resistance - self.contact_power / self.current**2)

    @property
    def tissue_power_fraction(self) -> dict[str, float]:
        """Share of the energy dissipated in tissue, by tissue; the contacts apart; sums to 1.

        Empty where the dose is that of a part of the elements.
        """
        energy = self.seconds @ self.tissue_power
        return {
            name: float(share)
            for name, share in zip(self.tissues, energy / energy.sum(), strict=True)
            if share > 0
        }

    @property
    def contact_power_fraction(self) -> float:
        """Share of the whole energy that both contacts dissipate; not a number for a part of the elements."""
        contacts = float(self.seconds @ self.contact_power)
        return contacts / (contacts + float((self.seconds @ self.tissue_power).sum()))

    @property
    def current_reaching(self) -> dict[str, float]:
        """Share of the current that reaches the upper face of each tissue, averaged over the positions."""
        mean = np.average(self.reaching, axis=0, weights=self.seconds)
        return {name: float(value) for name, value in zip(self.reaching_names, mean, strict=True)}

    def inside(self, elements: NDArray[Any], name: str = "set", side: str = "mid") -> SetDose:
        """Dose of any set of elements; conducting ones count.

        Raises
        ------
        InputError
            The dose is that of a part of the elements, and some of these are not among them.
        """
        chosen = indices(elements, len(self.peak), f"elements of {name!r}")
        absent = np.count_nonzero(~self.computed[chosen])
        if absent:
            raise InputError(
                f"{absent} of the {len(chosen)} elements of {name!r} are not among the elements of this "
                "dose; give them to the session too"
            )
        return summarise(self, chosen, name, side)

    def by_muscle(self) -> dict[str, SetDose]:
        """Dose of every muscle; in the dose of some elements, of those that lie within them."""
        return self._each({name: self.body.muscle_elements(name) for name in self.body.muscles})

    def by_region(self) -> dict[str, SetDose]:
        """Dose of all layers under every region of the skin; see `by_muscle`."""
        return self._each({name: self.body.region_elements(name) for name in self.body.regions})

    def by_layer(self) -> dict[str, SetDose]:
        """Dose of every layer, from the skin inwards; see `by_muscle`."""
        ranks = np.asarray(self.body.depth_rank)
        sets = {name: np.flatnonzero(ranks == rank) for name, rank in RANK.items()}
        return self._each({name: own for name, own in sets.items() if len(own)})

    def by_tissue(self) -> dict[str, SetDose]:
        """Dose of every tissue that conducts; see `by_muscle`."""
        codes = np.asarray(self.body.tissue)
        sets = {name: np.flatnonzero(codes == code) for code, name in enumerate(self.tissues)}
        return self._each({name: own for name, own in sets.items() if (self.peak[own] > 0).any()})

    def _each(self, sets: dict[str, NDArray[Any]]) -> dict[str, SetDose]:
        return {
            name: self.inside(own, *_sided(name))
            for name, own in sets.items()
            if self.is_whole or self.computed[own].all()
        }

    def percentile(self, values: NDArray[Any], elements: NDArray[Any], share: float = 0.95) -> float:
        """Volume-weighted percentile of a quantity per element over a set."""
        return weighted_percentile(values[elements], self.volumes[elements], share)

    def course(self, sessions: int) -> Dose:
        """Dose of a number of equal sessions: sums over time add up, peaks and rms stay.

        Raises
        ------
        RangeError
            Fewer than one session.
        """
        if sessions < 1:
            raise RangeError(f"a course of {sessions} sessions; expected at least 1")
        factor = sessions / self.sessions
        sums = {
            name: (getattr(self, name) * factor).astype(np.float32)
            for name in ("charge", "vector", "net", "residence")
        }
        return replace(self, sessions=sessions, seconds=self.seconds * factor, **sums)

    def save(self, path: str | PathLike[str]) -> None:
        """Write all numbers to an ``.npz`` file, atomically; the body is not in it."""
        arrays = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in (*_PLAIN, "body")}
        plain = json.dumps({name: getattr(self, name) for name in _PLAIN})
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            np.savez(file, plain=np.array(plain), **arrays)

    @classmethod
    def load(cls, path: str | PathLike[str], body: Any) -> Dose:
        """Read what `save` wrote, for the same body.

        Raises
        ------
        InputError
            The file cannot be read or is of another body.
        """
        try:
            with np.load(path, allow_pickle=False) as data:
                plain = json.loads(str(data["plain"]))
                arrays = {name: data[name] for name in data.files if name != "plain"}
            found = cls(
                **arrays,
                **{**plain, **{n: tuple(plain[n]) for n in ("tissues", "reaching_names")}},
                body=body,
            )
        except (OSError, KeyError, ValueError, TypeError, EOFError, BadZipFile) as error:
            raise InputError(f"cannot read the dose {path}: {error}; compute it again") from error
        if len(found.charge) != len(body.tissue):
            raise InputError(f"the dose {path} has {len(found.charge)} elements, the body {len(body.tissue)}")
        return found

    def __str__(self) -> str:
        size, load, power, balance = f"{len(self.charge):,} elements", "", "", "not told of a part"
        if self.is_whole:
            powers = [
                f"{name} {share:.0%}" for name, share in self.tissue_power_fraction.items() if share >= 0.005
            ]
            load = f", {self.contact_power_fraction:.0%} of the power in the contacts"
            power = f"tissue power: {', '.join(powers)}\n"
            balance = f"{self.power_balance_error.max():.1e}"
        else:
            size = f"{np.count_nonzero(self.computed):,} of {size} asked for"
        return (
            f"dose of {self.sessions} x {self.session / 60:g} min at {show(float(self.current.max()), 'A')}: "
            f"{len(self.current):,} positions, {size}\n"
            f"load {show(float(self.resistance.min()), 'ohm')} to "
            f"{show(float(self.resistance.max()), 'ohm')}{load}\n{power}"
            f"checks: delivered current {self.delivered_current_error:.1e}, power balance {balance}, "
            f"residual {self.residual:.1e}"
        )


_PLAIN = ("tissues", "reaching_names", "session", "sessions", "on_fraction", "residual")


def _sided(name: str) -> tuple[str, str]:
    return name, name[-1] if name.endswith(("_r", "_l")) else "mid"
