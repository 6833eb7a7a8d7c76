"""What a person may ask before buying a device, and which devices meet it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from zygoma.device.record import unit_of
from zygoma.device.source import KIND_OF_STATUS
from zygoma.plan.stated import said
from zygoma.provenance import load_data
from zygoma.standards.given import of_fact, of_waveform
from zygoma.standards.limit_report import GATES, rank
from zygoma.standards.limit_sheet import bound_text, value_text
from zygoma.units import show

if TYPE_CHECKING:
    from zygoma.plan.compare import Compared

_FILE = "choosing.toml"
_INPUTS = {"area": "contact area"}
Verdict = Literal["meets", "does not meet", "unknown", "not judged"]


@dataclass(frozen=True)
class Answer:
    """How one device answers a question.

    Attributes
    ----------
    device : str
        Id.
    verdict : {"meets", "does not meet", "unknown", "not judged"}
        On what is known of the device alone; what the plan lends decides nothing.
    value : str
        What was found, in words.
    basis : str
        Begins with published, computed, assumed or unknown, and says from where, or what would answer it.
    """

    device: str
    verdict: Verdict
    value: str
    basis: str


@dataclass(frozen=True)
class Criterion:
    """A question with the answers of all devices.

    Attributes
    ----------
    id, question, why, meets, measure : str
        The question, why it matters, what "meets" means, and what would answer it where it is unknown.
    source, status : str
        Where the yardstick comes from; product is a choice of this toolkit.
    answers : tuple of Answer
        In the order of the devices.
    """

    id: str
    question: str
    why: str
    meets: str
    measure: str
    source: str
    status: str
    answers: tuple[Answer, ...]

    def meeting(self) -> tuple[str, ...]:
        """Ids of the devices that meet it."""
        return tuple(answer.device for answer in self.answers if answer.verdict == "meets")

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {**asdict(self), "meeting": list(self.meeting())}


def guide(devices: Sequence[Compared]) -> tuple[Criterion, ...]:
    """All criteria of the data file, answered for each device."""
    keys = ("id", "question", "why", "meets", "measure", "source", "status")
    return tuple(
        Criterion(
            **{key: entry[key] for key in keys},
            answers=tuple(_KINDS[entry["kind"]](entry, one) for one in devices),
        )
        for entry in load_data(_FILE)["criterion"]
    )


def _unknown(entry: Mapping[str, Any], one: Compared, value: str = "not known") -> Answer:
    return Answer(one.device.id, "unknown", value, f"unknown: {entry['measure']}")


def _fact(entry: Mapping[str, Any], one: Compared) -> Answer:
    device = one.device
    found = {key: said(key, device.facts.get(key), entry.get("form")) for key in entry["fields"]}
    found = {key: word for key, word in found.items() if word != "nothing"}
    if not found:
        return _unknown(entry, one)
    key = next((key for key, word in found.items() if word == "yes"), next(iter(found)))
    given, value = of_fact(device, key), _in_words(key, device.facts[key])
    if given.kind == "assumed":
        return Answer(device.id, "unknown", f"{value}, not published", str(given))
    return Answer(device.id, "meets" if found[key] == "yes" else "does not meet", value, str(given))


def _waveform(entry: Mapping[str, Any], one: Compared) -> Answer:
    own = one.contender.own_waveform
    if own is None:
        told = one.device.facts.get("waveform_text") or one.device.facts.get("polarity")
        return _unknown(entry, one, f"only “{told}”" if told else "not known")
    basis = str(of_waveform(own))
    if KIND_OF_STATUS[own.status] == "assumed":
        return Answer(one.device.id, "unknown", f"{own.name}, not published", basis)
    return Answer(one.device.id, "meets", own.name, basis)


def _voltage(entry: Mapping[str, Any], one: Compared) -> Answer:
    device, (low, _, high) = one.device, one.needed_voltage
    if device.regulation == "voltage":
        says = "it regulates voltage: the current falls as the skin dries"
        return Answer(device.id, "does not meet", says, str(of_fact(device, "regulation")))
    compliance = device.compliance
    if one.contender.own_current is None or compliance is None:
        missing = "compliance" if one.contender.own_current is not None else "current"
        value = f"{missing} not known"
        if missing == "compliance":
            contact = "" if one.contender.own_electrode else " with the plan's contact"
            value += f"; its current needs {low:.2g} to {high:.2g} V here{contact}"
        return _unknown(entry, one, value)
    basis = "assumed: skin under the probes unverified"
    if one.contender.own_electrode is None:
        value = f"has {show(compliance, 'V')}; its contact is not known"
        if one.least_area is not None:
            value += f", met from a contact area of {one.least_area * 1e4:.2g} cm² on"
        return Answer(device.id, "unknown", value, f"unknown: measure the contact area; {basis}")
    value = f"has {show(compliance, 'V')}, needs {low:.2g} to {high:.2g} V here"
    if low < compliance < high:
        return Answer(device.id, "unknown", value, basis + "; the compliance lies within its band")
    return Answer(device.id, "meets" if compliance >= high else "does not meet", value, basis)


def _limits(entry: Mapping[str, Any], one: Compared) -> Answer:
    rows = [row for row in one.alone.rows if row.limit.id in entry["limits"]]
    worst = max(rows, key=lambda row: rank(row)[0])
    value = f"{value_text(worst)} ({bound_text(worst)})"
    needs = load_data("limits.toml")["quantity"][worst.limit.quantity]["needs"]
    basis, others = worst.basis, ""
    if "waveform" in needs:
        basis, others = _of_waveform(worst.basis, one), _other_settings(one)
    if worst.verdict == "exceeded":
        return Answer(one.device.id, "does not meet", value + others, basis)
    if worst.verdict != "met":
        missing = [_INPUTS.get(name, name) for name in needs if not one.alone.use.known[name]]
        value = f"not known: {', '.join(missing)}" if missing else "not known"
        return _unknown(entry, one, worst.hint or value)
    if one.contender.own_waveform is None and "waveform" in worst.basis:
        value = f"at most {value}"
    return Answer(one.device.id, "meets", value + others, basis)


def _gates(entry: Mapping[str, Any], one: Compared) -> Answer:
    gates = [r for r in one.alone.rows if r.limit.action in GATES and r.verdict != "not applicable"]
    kept, over = sum(row.verdict == "met" for row in gates), len(one.alone.exceeded)
    value = f"{kept} of {len(gates)} kept, {over} exceeded, {len(one.alone.undecided)} undecided"
    value += _other_settings(one)
    if over:
        names = "; ".join(dict.fromkeys(row.label for row in one.alone.exceeded))
        return Answer(
            one.device.id, "does not meet", value, _of_waveform(f"computed: exceeded: {names}", one)
        )
    if one.alone.undecided:
        return _unknown(entry, one, value)
    return Answer(one.device.id, "meets", value, "computed: with what is known of the device alone")


def _unknowns(entry: Mapping[str, Any], one: Compared) -> Answer:
    missing = one.device.unknown
    needed = len(load_data("devices.toml")["needed"])
    value = f"{len(missing)} of {needed}" + (f": {', '.join(missing)}" if missing else "")
    return Answer(one.device.id, "does not meet" if missing else "meets", value, "computed: counted")


def _dose(entry: Mapping[str, Any], one: Compared) -> Answer:
    lent = [name for name in one.contender.lent if name != "electrode"]
    if "current" in lent:
        return _unknown(entry, one, "its current is not known")
    top = max(one.muscles, key=lambda muscle: muscle.charge_density)
    total = f"{top.charge_density:,.0f}" if top.charge_density >= 100 else f"{top.charge_density:.3g}"
    value = f"{total} C/m², 95 % of it below {top.J_p95:.2g} A/m² at the peak"
    assumed = one.contender.lent
    basis = f"assumed: with the plan's {' and '.join(assumed)}" if assumed else "computed: its own figures"
    return Answer(one.device.id, "not judged", value, basis)


def _other_settings(one: Compared) -> str:
    """That a device has settings of unknown waveform besides the one that is judged."""
    names = one.contender.unknown_modes
    return f"; in its {' and '.join(names)} setting: unknown" if names else ""


def _of_waveform(basis: str, one: Compared) -> str:
    """The basis with the waveform that was judged, where the device has settings of its own."""
    own = one.contender.own_waveform
    return basis if own is None else f"{basis}{'; ' if ': ' in basis else ': '}{own.name}"


def _in_words(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if key.endswith("_m2"):
        return f"{value * 1e4:.3g} cm²"
    unit = unit_of(key)
    if unit == "s" and value >= 60:
        return f"{value / 60:.3g} min"
    return show(float(value), unit) if unit else str(value)


_KINDS: Mapping[str, Callable[[Mapping[str, Any], Compared], Answer]] = {
    "fact": _fact,
    "waveform": _waveform,
    "voltage": _voltage,
    "limits": _limits,
    "gates": _gates,
    "unknowns": _unknowns,
    "dose": _dose,
}
"""How a criterion of each kind is answered."""
