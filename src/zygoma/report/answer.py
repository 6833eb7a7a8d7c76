"""The answer in plain words: every sentence follows from the numbers of the treatment."""

from __future__ import annotations

import math
from dataclasses import dataclass

from zygoma.device.source import KIND_OF_STATUS
from zygoma.device.source import KnownKind as Kind
from zygoma.face.atlas import title
from zygoma.plan import Treatment
from zygoma.report.words import number, percent, phrase
from zygoma.treatment import SetDose
from zygoma.units import show

_MUSCLES = ("muscle", "smas")
_ORGANS = {"brain": "in the brain", "eye": "in the eyes"}
_INNER = {"eye": "eyes", "tongue": "tongue", "cartilage": "cartilage", "brain": "brain"}
_ALIKE = 0.01  # largest relative difference between right and left of which the side is not told


@dataclass(frozen=True)
class Fact:
    """One number with its heading and where it comes from."""

    what: str
    value: str
    kind: Kind
    note: str = ""


def headline(treatment: Treatment) -> str:
    """Title of the page."""
    return f"Where {show(treatment.requested_current, 'A')} goes on a face, and what it does there"


def subject(treatment: Treatment) -> str:
    """Device, programme and face in one line."""
    face, programme = treatment.plan.face, treatment.plan.programme
    who = {"female": "woman", "male": "man"}[face.sex]
    return (
        f"{treatment.device.name}, programme {programme.name}, {number(treatment.session / 60)} minutes, "
        f"{treatment.sessions} sessions; average {who} of {number(face.age)} years, "
        f"body mass index {number(face.bmi)}"
    )


def reaching_muscle(treatment: Treatment) -> float:
    """Share of the current that reaches the shallowest layer with muscles."""
    return next(
        (treatment.current_reaching[name] for name in _MUSCLES if name in treatment.current_reaching),
        0.0,
    )


def sentences(treatment: Treatment) -> list[str]:
    """The answer, a few sentences long."""
    muscle, bone = reaching_muscle(treatment), treatment.current_reaching.get("bone")
    deep = f" and {percent(bone)} reaches bone or deeper" if bone is not None else ""
    top, least = treatment.most_dosed, min(treatment.muscles, key=lambda row: row.charge_density)
    less = _times(top.charge_density, least.charge_density)
    organs = {row.name: number(row.J_mean) for row in treatment.tissues if row.name in ("brain", "eye")}
    inner = [f"{organs[name]} A/m² {words}" for name, words in _ORGANS.items() if name in organs]
    return [
        f"The model delivers {show(treatment.delivered_current, 'A')} from probe to probe. On average "
        f"{percent(muscle)} of it reaches the layer of the facial muscles{deep}; "
        f"{percent(1 - muscle)} stays in skin and fat.",
        f"Of the muscles, {_muscle(treatment, top)} gets the most: {number(top.charge_density)} C/m² "
        f"a session; at the peak of the current 95 % of it carries less than {number(top.J_p95)} A/m². "
        f"{_muscle(treatment, least).capitalize()} gets {less} less."
        + (f" The mean over the session is {' and '.join(inner)}." if inner else ""),
        f"{percent(treatment.contact_power_fraction)} of the electrical power is spent in the outermost skin "
        "and the gel, right under the probes; this share follows from their assumed resistance.",
    ]


def key_facts(treatment: Treatment) -> list[Fact]:
    """The numbers that stand out beside the answer."""
    top = treatment.most_dosed
    contact = treatment.delivered_current / treatment.electrode.area
    return [
        Fact(
            "of the current",
            percent(reaching_muscle(treatment)),
            "computed",
            "reaches the layer of the facial muscles",
        ),
        Fact(
            "95 % of it carries less, at the peak",
            f"{number(top.J_p95)} A/m²",
            "computed",
            f"in {_muscle(treatment, top)}",
        ),
        Fact(
            "under each probe",
            f"{number(contact / 10, 2)} mA/cm²",
            "computed",
            "mean over an assumed contact",
        ),
        Fact(
            "of the head and neck",
            percent(treatment.power_volume_fraction),
            "computed",
            "takes nine tenths of the power in tissue",
        ),
    ]


def freeways(treatment: Treatment) -> list[str]:
    """What the numbers say to the claim of current for "every cell in the body"."""
    mean = {row.name: row.J_mean for row in treatment.tissues}
    muscle = next((mean[name] for name in _MUSCLES if mean.get(name)), 0.0)
    found = [
        "Computed here: the current takes the short way between the two probes. Nine tenths of the power in "
        f"tissue are spent in {percent(treatment.power_volume_fraction)} of the modelled head and neck; "
        f"{percent(treatment.quiet_volume_fraction)} of it carries less than a tenth of the current density "
        "in the muscles."
    ]
    inner = [f"{number(mean[name])} A/m² in the {text}" for name, text in _INNER.items() if mean.get(name)]
    if muscle and inner:
        told = f"The mean current density is {number(muscle)} A/m² in the muscles, {_listed(inner)}"
        found.append(
            f"{told}, {_times(muscle, brain)} less than in the muscles."
            if (brain := mean.get("brain")) and brain < muscle
            else f"{told}."
        )
    found.append(
        "The model ends below the neck, and the cut there is insulated by assumption: no net current leaves "
        "through it, and what flows in the rest of the body is not computed. "
        "These numbers do not support the claim."
    )
    return found


def reaching(treatment: Treatment) -> list[tuple[str, float, str]]:
    """Heading, share and text for each depth; tissues that begin at the same depth stand together."""
    return [(heading, share, percent(share)) for heading, share in treatment.reaching]


def power(treatment: Treatment) -> list[tuple[str, float, str]]:
    """Heading, share and text of the tissue power, largest first, tiny ones left out."""
    ordered = sorted(treatment.tissue_power_fraction.items(), key=lambda item: -item[1])
    return [(title(name), share, percent(share)) for name, share in ordered if share >= 5e-4]


def current_facts(treatment: Treatment) -> list[Fact]:
    """The waveform and the contact in numbers."""
    waveform, electrode = treatment.waveform, treatment.electrode
    needed = treatment.needed_voltage
    compliance = treatment.device.compliance
    held = "compliance not known" if compliance is None else f"the device has {show(compliance, 'V')}"
    known: Kind = KIND_OF_STATUS[waveform.status]
    probe: Kind = KIND_OF_STATUS[electrode.status]
    return [
        Fact("amplitude", show(waveform.amplitude, "A"), "assumed", "as set in the plan"),
        Fact(
            "delivered",
            show(treatment.delivered_current, "A"),
            "computed" if compliance is not None else "assumed",
            "mean over the session" if compliance is not None else "taken as set",
        ),
        Fact("deep resistance of the face", show(treatment.deep_resistance, "ohm"), "computed"),
        Fact(
            "voltage the current needs",
            f"{number(needed[0], 2)} to {number(needed[2], 2)} V",
            "assumed",
            f"skin under the probes unverified; {held}",
        ),
        Fact("frequency", show(waveform.frequency, "Hz"), known),
        Fact("charge of one phase", show(waveform.phase_charge, "C"), "computed"),
        Fact("net charge of the whole pattern", show(waveform.pattern_net_charge, "C"), "computed"),
        Fact("root mean square", show(waveform.rms, "A"), "computed"),
        Fact("time with current", percent(waveform.on_fraction), "computed"),
        Fact(
            "probe",
            f"{electrode.shape}, {number(electrode.area * 1e4)} cm²",
            probe,
            electrode.medium.replace("_", " "),
        ),
    ]


def checks(treatment: Treatment) -> list[tuple[str, str, str, bool]]:
    """Name, value, goal and whether it is met, for the credibility block."""
    shares = sum(treatment.tissue_power_fraction.values())
    delivered, balance = treatment.delivered_current_error, treatment.power_balance_error
    return [
        (
            "Residual of the linear systems",
            number(treatment.residual, 2),
            "≤ 10⁻⁶",
            treatment.residual <= 1e-6,
        ),
        ("Delivered against set current", number(delivered, 2), "≤ 0.001", delivered <= 1e-3),
        ("Power balance", number(balance, 2), "≤ 0.005", balance <= 5e-3),
        ("Sum of the tissues’ shares of power", f"{shares:.6f}", "1", abs(shares - 1) < 1e-6),
    ]


def _muscle(treatment: Treatment, dose: SetDose) -> str:
    """Name inside a sentence, without the side where right and left agree."""
    alike = any(
        (title(other.name), other.side) == (title(dose.name), {"r": "l", "l": "r"}.get(dose.side))
        and math.isclose(other.charge_density, dose.charge_density, rel_tol=_ALIKE)
        and math.isclose(other.J_p95, dose.J_p95, rel_tol=_ALIKE)
        for other in treatment.muscles
    )
    return phrase(dose.name, "mid" if alike else dose.side)


def _listed(texts: list[str]) -> str:
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else f"and {last}"


def _times(large: float, small: float) -> str:
    return f"{number(large / small, 2)} times" if small > 0 else "infinitely many times"
