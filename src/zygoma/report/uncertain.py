"""What the report says of uncertainty: intervals beside the numbers, what matters, what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from zygoma.device.source import KIND_OF_STATUS
from zygoma.device.source import KnownKind as Kind
from zygoma.plan import Treatment, Uncertainty
from zygoma.plan.chaos import least_samples
from zygoma.plan.sample import QUANTITIES
from zygoma.report.words import number, percent
from zygoma.treatment import SetDose


@dataclass(frozen=True)
class Row:
    """An uncertain property with its range, what it rests on and what it matters for muscles and regions."""

    what: str
    band: str
    muscles: str
    regions: str
    source: str
    kind: Kind


@dataclass(frozen=True)
class UncertaintySection:
    """Content of the section; its pictures are drawn apart."""

    sentences: tuple[str, ...]
    rows: tuple[Row, ...]
    error: str
    has_shares: bool

    @classmethod
    def of(cls, treatment: Treatment) -> UncertaintySection | None:
        """Content for a treatment; None where no uncertainty was asked for."""
        found = treatment.uncertainty
        if found is None:
            return None
        return cls(
            _sentences(treatment, found), _rows(found), _error(treatment, found), bool(found.importance())
        )


def intervals(treatment: Treatment, kind: str, dose: SetDose) -> dict[str, str]:
    """Text of the interval of every quantity of a muscle or region, about its nominal number."""
    found = treatment.uncertainty
    texts: dict[str, str] = {}
    for quantity in QUANTITIES if found is not None else ():
        assert found is not None
        nominal, one = getattr(dose, quantity), found.interval(kind, dose.name, quantity)
        if nominal is not None and one is not None:
            about = one.about(nominal)
            texts[quantity] = f"{number(about.low, 2)} to {number(about.high, 2)}"
    return texts


def _sentences(treatment: Treatment, found: Uncertainty) -> tuple[str, ...]:
    low, high = found.spread("muscles")
    texts = [
        f"Nobody has measured this face. {found.samples} faces were computed, each with other "
        "conductivities, layers and skin under the probes. In nine of ten of them the dose of a "
        f"muscle lies between {number(low, 2)} and {number(high, 2)} times the number in this report.",
    ]
    shares = found.importance()
    if not shares:
        needed = least_samples(len(found.priors))
        texts.append(f"Which property matters is not told: that takes at least {needed} samples.")
        return tuple(texts)
    top, second, *_ = shares
    texts.append(
        f"For the muscles, {_inside(top.prior.what)} matters most: {_share(top.total, top.total_error)} of "
        f"what their doses vary, then {_inside(second.prior.what)} with "
        f"{_share(second.total, second.total_error)}."
    )
    least = [s.prior.what for s in shares if s.total + 2 * s.total_error < 0.05]
    if least:
        listed = ", ".join(_inside(what) for what in least)
        texts.append(f"Below one part in twenty each: {listed}.")
    return tuple(texts)


def _error(treatment: Treatment, found: Uncertainty) -> str:
    """What the intervals themselves are uncertain by."""
    errors = [
        max(one.low_error / one.low, one.high_error / one.high)
        for dose in treatment.muscles
        if (one := found.interval("muscles", dose.name, "charge_density")) is not None
    ]
    text = (
        f"With {found.samples} samples the ends of an interval are known to {percent(max(errors))} (one "
        "standard error, the worst muscle)"
    )
    if found.explained is not None:
        text += (
            f"; the polynomials behind the shares predict at least {percent(found.explained)} of the variance"
        )
    if found.shares is not None and found.shares.terms.max() <= len(found.priors) + 1:
        text += ". So few samples carry straight lines only: what properties do together is not seen"
    mesh = (
        ""
        if found.resolution == treatment.resolution
        else f" The samples have the {found.resolution} mesh: their spread, relative to their own nominal "
        f"face, is set about the numbers of the {treatment.resolution} mesh."
    )
    return f"{text}. Seed {found.seed}.{mesh}"


def _rows(found: Uncertainty) -> tuple[Row, ...]:
    muscles = {share.prior.name: share for share in found.importance("muscles")}
    regions = {share.prior.name: share for share in found.importance("regions")}
    rows = []
    for prior in sorted(found.priors, key=lambda p: -muscles[p.name].total if muscles else 0.0):
        low, high = prior.band
        unit = " S/m" if prior.unit == "S/m" else " times the nominal"
        texts = [
            _share(s.total, s.total_error) if s else "–"
            for s in (muscles.get(prior.name), regions.get(prior.name))
        ]
        band = f"{number(low, 2)} to {number(high, 2)}{unit}"
        rows.append(Row(prior.what, band, texts[0], texts[1], prior.source, KIND_OF_STATUS[prior.status]))
    return tuple(rows)


def _share(share: float, error: float) -> str:
    return (
        f"{100 * share:.0f} ± {max(100 * error, 0.5):.0f} %"
        if error >= 0.005
        else f"{100 * share:.1f} ± {100 * error:.1f} %"
    )


def _inside(what: str) -> str:
    """Heading of a property inside a sentence."""
    return f"the {what[0].lower()}{what[1:]}"
