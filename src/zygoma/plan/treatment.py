"""All that a session was found to do: numbers, tables, checks and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from zygoma.plan.frequency import FrequencyCheck
from zygoma.plan.plan import Plan
from zygoma.plan.profile import DepthProfile
from zygoma.units import show

if TYPE_CHECKING:
    from zygoma.device import Device, Electrode, Waveform
    from zygoma.face import Face
    from zygoma.plan.uncertainty import Uncertainty
    from zygoma.response.chain import Chain
    from zygoma.response.innervation import Innervation
    from zygoma.response.response import Response
    from zygoma.standards import LimitReport
    from zygoma.treatment import Dose, SetDose, Timetable

_DEPTHS = (
    ("skin", "Skin"),
    ("fat", "Fat"),
    ("smas", "Facial muscles"),
    ("muscle", "Facial muscles"),
    ("bone", "Bone"),
    ("soft", "Deep soft tissue"),
)
_INNERMOST = ("eye", "tongue", "brain")


def row(dose: SetDose) -> dict[str, Any]:
    """Dose of a muscle, region or tissue with the unit in each key, as in ``result.json``."""
    return {
        "name": dose.name,
        "side": dose.side,
        "J_p95_A_m2": dose.J_p95,
        "J_mean_A_m2": dose.J_mean,
        "E_fibre_p95_V_m": dose.E_fibre_p95,
        "charge_density_C_m2": dose.charge_density,
        "residence_s": dose.residence,
        "volume_m3": dose.volume,
    }


@dataclass(frozen=True, eq=False)
class Treatment:
    """The answer to a plan; each number is defined in ``data/definitions.toml`` and in the report's foot.

    Attributes
    ----------
    plan : Plan
        What was asked.
    device, waveform, electrode, face, timetable, dose
        What the plan's names stand for, and the dose of one session in every element.
    requested_current, delivered_current : float
        Amplitude asked for, and amplitude that passes from probe to probe in the model [A].
    power_balance_error, residual : float
        Largest relative errors over the positions and the linear systems.
    delivered_current_error : float
        Largest relative difference between delivered and set current over the positions.
    nodes, elements, dofs, positions, unique_positions, sessions : int
        Sizes of mesh, system and timetable.
    session : float
        Length of one session [s].
    deep_resistance : float
        Resistance of the face between the contacts without their skin and gel, mean over the session [ohm].
    needed_voltage : tuple of float
        Largest voltage that the set current needs: lowest, as assumed, highest of the unverified skin [V].
    limits : LimitReport
        Every limit that applies to the session, with margin, source and action.
    muscles, regions, tissues : tuple of SetDose
        Dose of one session.
    tissue_power_fraction : mapping
        Share of the tissue power by tissue; sums to 1.
    contact_power_fraction : float
        Share of the whole power that stays in the two contacts.
    current_reaching : mapping
        Share of the current that reaches the level at which a tissue begins, averaged over the positions;
        it counts everything from there inwards, not the tissue alone.
    power_volume_fraction : float
        Smallest share of the modelled volume that holds nine tenths of the tissue power.
    quiet_volume_fraction : float
        Share of the modelled volume with less than a tenth of the muscles' mean |J|.
    profile : DepthProfile
        Current density against depth below the treated skin.
    frequency : FrequencyCheck
        Whether real conductivity is enough for the frequencies of the current.
    fibres : tuple of Innervation
        Thresholds of nerve fibres; none where they were not computed, which a notice then says.
    chain : Chain
        What the course does to nerve, muscle and skin.
    seconds : mapping
        Wall time of each stage [s].
    assumptions : tuple of str
        What had to be assumed, each a sentence.
    notices : tuple of str
        Conflicts and warnings a reader must see, such as that of the neck.
    hashes, versions : mapping
        Content hashes of plan, face, conductor and dose; versions of the packages.
    uncertainty : Uncertainty or None
        The same session over samples of what is not known, if that was asked for.
    """

    plan: Plan
    device: Device
    waveform: Waveform
    electrode: Electrode
    face: Face
    timetable: Timetable
    dose: Dose
    resolution: str
    requested_current: float
    delivered_current: float
    delivered_current_error: float
    power_balance_error: float
    residual: float
    nodes: int
    elements: int
    dofs: int
    positions: int
    unique_positions: int
    session: float
    sessions: int
    muscles: tuple[SetDose, ...]
    regions: tuple[SetDose, ...]
    tissues: tuple[SetDose, ...]
    tissue_power_fraction: Mapping[str, float]
    contact_power_fraction: float
    current_reaching: Mapping[str, float]
    power_volume_fraction: float
    quiet_volume_fraction: float
    profile: DepthProfile
    deep_resistance: float
    needed_voltage: tuple[float, float, float]
    limits: LimitReport
    frequency: FrequencyCheck
    fibres: tuple[Innervation, ...]
    chain: Chain
    assumptions: tuple[str, ...]
    notices: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    uncertainty: Uncertainty | None = None

    def json(self, report: str | None = None) -> dict[str, Any]:
        """Everything except the arrays, in SI, ready for ``json.dumps``.

        Parameters
        ----------
        report : str, optional
            Path of the report that was written from this result.
        """
        chain = self.chain.json()
        return {
            "plan": self.plan.as_dict(),
            "requested_current_A": self.requested_current,
            "electrode": self.electrode.id,
            "contact_area_m2": self.electrode.area,
            "delivered_current_A": self.delivered_current,
            "delivered_current_error": self.delivered_current_error,
            "power_balance_error": self.power_balance_error,
            "residual": self.residual,
            "nodes": self.nodes,
            "elements": self.elements,
            "dofs": self.dofs,
            "resolution": self.resolution,
            "positions": self.positions,
            "unique_positions": self.unique_positions,
            "session_s": self.session,
            "sessions": self.sessions,
            "muscles": [row(dose) for dose in self.muscles],
            "regions": [row(dose) for dose in self.regions],
            "tissues": [row(dose) for dose in self.tissues],
            "tissue_power_fraction": dict(self.tissue_power_fraction),
            "contact_power_fraction": self.contact_power_fraction,
            "current_reaching": dict(self.current_reaching),
            "power_volume_fraction": self.power_volume_fraction,
            "quiet_volume_fraction": self.quiet_volume_fraction,
            "depth_profile": self.profile.json(),
            "deep_resistance_ohm": self.deep_resistance,
            "needed_voltage_V": dict(zip(("low", "value", "high"), self.needed_voltage, strict=True)),
            "limits": [row.to_dict() for row in self.limits.rows],
            "limits_exceeded": [row.limit.id for row in self.limits.exceeded],
            "limits_notices": [row.limit.id for row in self.limits.notices],
            "limits_undecided": [row.limit.id for row in self.limits.undecided],
            "frequency": self.frequency.json(),
            "responses": chain.pop("responses"),
            "chain": chain,
            "fibres": [row.json() for row in self.fibres],
            "seconds": {stage: round(value, 3) for stage, value in self.seconds.items()},
            "uncertainty": None if self.uncertainty is None else self.uncertainty.json(),
            "report": report,
            "assumptions": list(self.assumptions),
            "notices": list(self.notices),
            "hashes": dict(self.hashes),
            "versions": dict(self.versions),
        }

    @property
    def responses(self) -> tuple[Response, ...]:
        """Effects of the course, each with its interval and grade."""
        return self.chain.responses

    @property
    def most_dosed(self) -> SetDose:
        """The muscle with the largest dose."""
        return max(self.muscles, key=lambda muscle: muscle.charge_density)

    @property
    def reaching(self) -> tuple[tuple[str, float], ...]:
        """Heading and share of `current_reaching` by level: tissues of one level have one share."""
        levels = groupby(self.current_reaching.items(), key=lambda item: item[1])
        return tuple((_heading([name for name, _ in tissues]), share) for share, tissues in levels)

    def __str__(self) -> str:
        top = self.most_dosed
        reaching = "; ".join(f"{heading.lower()} {share:.0%}" for heading, share in self.reaching)
        return "\n".join(
            [
                f"{self.device.name}, {show(self.delivered_current, 'A')} through {self.electrode.id}, "
                f"{self.plan.programme.name} {self.session / 60:.4g} min, {self.sessions} sessions",
                f"most dose of the muscles: {top.name}, {top.charge_density:.3g} C/m2 a session, "
                f"|J| up to {top.J_p95:.3g} A/m2 (95 %)",
                f"current reaching each layer: {reaching}",
                f"checks: residual {self.residual:.0e}, delivered current {self.delivered_current_error:.1e}"
                f", power balance {self.power_balance_error:.1e}",
                f"{self.resolution} mesh: {self.nodes:,} nodes; {self.unique_positions:,} positions "
                f"of the probes; {sum(self.seconds.values()):.0f} s; {len(self.assumptions)} assumptions",
            ]
        )


def _heading(names: list[str]) -> str:
    known = next((text for name, text in _DEPTHS if name in names), None)
    inner = ", ".join(name for name in _INNERMOST if name in names)
    return known or (inner or names[0].replace("_", " ")).capitalize()
