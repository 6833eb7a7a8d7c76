"""The table of outputs that a submission to the FDA asks for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zygoma.device import Device, Electrode, PairedMode, Waveform
from zygoma.device.record import is_file
from zygoma.errors import InputError, UnknownNameError
from zygoma.standards.facts import basic_unit, of_facts
from zygoma.standards.given import Given, of_fact, of_waveform, worst
from zygoma.standards.mode import Mode
from zygoma.standards.rating import Rating
from zygoma.standards.row import Row, row_specs
from zygoma.standards.setting import FIGURES, LOAD, Setting

_NOT_APPLICABLE = {
    "beat_frequency": "not an interferential mode",
    "symmetrical_phases": "one phase only",
    "phase_duration_positive": "no positive phase",
    "phase_duration_negative": "no negative phase",
    "net_charge_both_polarities": "the polarity does not change",
    "zero_charge_method": "the net charge is not zero",
}
_OF_PULSES = (
    "pulse_width",
    "frequency",
    "phase_duration_positive",
    "phase_duration_negative",
    "net_charge_per_pulse",
    "net_charge_one_polarity",
    "net_charge_per_pattern",
    "phase_charge",
    "phase_energy",
)


@dataclass(frozen=True)
class ModeTable:
    """Rows of one output mode, what they rest on, and its waveforms at the amplitude into 500 ohm."""

    mode: str
    rows: tuple[Row, ...]
    inputs: tuple[Given, ...]
    settings: tuple[Setting, ...] = ()

    def row(self, id: str, load: float | None = None) -> Row:
        """Row by id, and by load where it stands at several.

        Raises
        ------
        UnknownNameError
            No such row; the nearest is offered.
        InputError
            The row stands at other loads.
        """
        for row in self.rows:
            if row.id == id and load in (None, row.load):
                return row
        loads = [row.at for row in self.rows if row.id == id]
        if not loads:
            raise UnknownNameError("row", str(id), {row.id for row in self.rows})
        raise InputError(f"row {id!r} at {load!r} ohm; it stands at {', '.join(loads) or 'no load'}")


@dataclass(frozen=True)
class OutputTable:
    """Every row of the FDA guidance of 1999 and of 21 CFR 882.5891(b)(3) for a device.

    Parameters
    ----------
    device : Device
    basic_unit : tuple of Row
        Section 2 of the guidance.
    modes : tuple of ModeTable
        Section 3 and the rows of the CFR, for each output mode.
    """

    device: Device
    basic_unit: tuple[Row, ...]
    modes: tuple[ModeTable, ...]

    @classmethod
    def of(
        cls,
        device: Device,
        waveforms: str | Waveform | Iterable[str | Waveform] = (),
        electrode: Electrode | None = None,
        current: float | None = None,
    ) -> OutputTable:
        """Table of a device.

        Parameters
        ----------
        device : Device
        waveforms : str, Waveform, or iterable of both, optional
            One mode for each; ids, or files that end in ``.toml`` or ``.json``. One that is not the device's
            own is scaled to its largest current. Without them the modes are
            those that are known: the device's own waveforms, or what its published facts determine; nothing
            is assumed, and what is missing stays unknown. With them a missing regulation or compliance is
            assumed too, and every figure that rests on it says so.
        electrode : Electrode, optional
            The smallest electrode; without it that of the device, if known.
        current : float, optional
            Set current [A]; without it the amplitude of the device's own waveform, for a foreign one the
            largest of the device.

        Raises
        ------
        UnknownNameError
            No such waveform.
        RangeError
            The device cannot give the current.
        InputError
            A current for a device that regulates voltage, or something that is no waveform.
        """
        given = [waveforms] if isinstance(waveforms, str | Waveform) else waveforms
        asked = [find_waveform(device, waveform) for waveform in given]
        modes = tuple(Mode.of_waveform(device, waveform) for waveform in asked) or Mode.all_of(device)
        area = smallest_area(device, electrode)
        tables = tuple(_mode_table(device, mode, current, area) for mode in modes)
        return cls(device, basic_unit(device), tables)

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "device": self.device.id,
            "name": self.device.name,
            "basic_unit": [row.to_dict() for row in self.basic_unit],
            "modes": [
                {
                    "mode": table.mode,
                    "rows": [row.to_dict() for row in table.rows],
                    "inputs": [str(given) for given in table.inputs],
                }
                for table in self.modes
            ],
        }

    def __str__(self) -> str:
        kinds = [row.kind for table in self.modes for row in table.rows]
        counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
        return (
            f"Outputs of {self.device.name}: {', '.join(table.mode for table in self.modes)}\ncells: {counts}"
        )


def find_waveform(device: Device, name: str | Waveform) -> Waveform:
    """Waveform of a device or of the catalogue by id, or of a file; a waveform is returned as it is.

    Raises
    ------
    UnknownNameError
        No such waveform; the nearest id is offered.
    InputError
        The file cannot be read or a value in it cannot be used, or what is given is no waveform.
    """
    if isinstance(name, Waveform):
        return name
    if not isinstance(name, str):
        raise InputError(f"waveform {name!r}; expected an id, a file or a Waveform")
    return Waveform.load(name) if is_file(name) else device.waveform(name)


def smallest_area(device: Device, electrode: Electrode | None) -> tuple[float | None, Given]:
    """Area of the smallest electrode [m2], and where it comes from."""
    if electrode is not None:
        size = f"electrode {electrode.id!r}, {electrode.area * 1e4:.4g} cm²"
        says = f"{size} ({electrode.status}: {electrode.source})"
        assumed = electrode.status in ("assumption", "unverified")
        return electrode.area, Given("assumed" if assumed else "computed", says)
    if (area := device.facts.get("electrode_area_min_m2")) is not None:
        return area, of_fact(device, "electrode_area_min_m2")
    if (radius := device.facts.get("electrode_radius_m")) is not None:
        given = worst(
            [
                of_fact(device, "electrode_radius_m"),
                Given("assumed", "the electrode touches with a circle of its radius"),
            ]
        )
        return math.pi * radius**2, given
    return None, Given("unknown", f"no size of an electrode of {device.name} is published")


def _mode_table(
    device: Device, mode: Mode, current: float | None, area: tuple[float | None, Given]
) -> ModeTable:
    if mode.electrode is not None:
        area = smallest_area(device, mode.electrode)
    rating = Rating.of(device, current, mode.waveforms[0] if mode.own else None, assume=bool(mode.waveforms))
    amplitude, rated = rating.into(LOAD)
    inputs = {"rating": rated, "waveform": mode.given, "area": area[1]}
    wanted = rating.set_current if device.regulation != "voltage" else None  # a voltage keeps its shape
    settings = [Setting(_flowing(waveform, wanted, amplitude), area[0]) for waveform in mode.waveforms]
    rows = []
    for spec in row_specs():
        if spec["id"] in ("max_output_voltage", "max_output_current"):
            rows += _outputs(spec, rating)
        elif spec["id"] == "current_density_peak":
            rows.append(_peak_density(spec, amplitude, area[0], worst([rated, area[1]])))
        elif spec["id"] == "beat_frequency" and mode.pair is not None:
            rows.append(_beat(spec, mode.pair, device))
        else:
            load = spec.get("load_ohm", [None])[0]
            rows.append(_row(spec, load, device, settings, inputs))
    return ModeTable(mode.name, tuple(rows), (rating.given, *inputs.values()), tuple(settings))


def _flowing(waveform: Waveform, wanted: float | None, flows: float | None) -> Waveform:
    """The waveform at the amplitude that flows, cut flat where the compliance keeps it below the set one."""
    if flows is None:
        return waveform
    return waveform.scaled(flows) if wanted is None else waveform.scaled(wanted).clipped(flows)


def _outputs(spec: Mapping[str, Any], rating: Rating) -> list[Row]:
    """Peak voltage or current at each load; a published maximum without a load has a row of its own."""
    rows = []
    current = spec["unit"] == "mA"
    for load in spec["load_ohm"]:
        amplitude, given = rating.into(load)
        if amplitude is None:
            rows.append(Row(spec, load, None, None, f"{given}; {spec['measure']}"))
        else:
            rows.append(Row(spec, load, amplitude if current else amplitude * load, None, str(given)))
    known = rating.set_current is not None and rating.given.kind != "unknown"
    if current and known and all(row.value is None for row in rows):
        status = f"{rating.given}; the load is not stated, so it fills none of the loads below"
        rows.insert(0, Row(spec, None, rating.set_current, None, status))
    return rows


def _peak_density(spec: Mapping[str, Any], amplitude: float | None, area: float | None, given: Given) -> Row:
    """Peak current density, which needs no waveform."""
    if amplitude is None or area is None:
        return Row(spec, LOAD, None, None, f"{given}; {spec['measure']}")
    return Row(spec, LOAD, amplitude / area, None, str(given))


def _beat(spec: Mapping[str, Any], pair: PairedMode, device: Device) -> Row:
    """Beat of both channels; what the device states comes first."""
    if any(key in device.facts for key in spec["facts"]):
        return of_facts(spec, device)
    if pair.timing == "alternating" or not (beat := pair.channels.beat_frequency):
        return Row(spec, None, None, None, f"not applicable: {_NOT_APPLICABLE['beat_frequency']}")
    both = (of_waveform(pair.channels.first), of_waveform(pair.channels.second))
    return Row(spec, None, beat, None, str(worst(both)))


def _row(
    spec: Mapping[str, Any],
    load: float | None,
    device: Device,
    settings: Sequence[Setting],
    inputs: Mapping[str, Given],
) -> Row:
    given = worst(inputs[need] for need in spec["needs"])
    if given.kind == "unknown" or not spec["needs"]:
        if any(key in device.facts for key in spec.get("facts", ())):
            return of_facts(spec, device)
        if given.kind != "unknown":
            given = Given("unknown", "not published")
        return Row(spec, load, None, None, f"{given}; {spec['measure']}")
    found = [FIGURES[spec["id"]](setting) for setting in settings]
    values = [value for value in found if value is not None]
    if not values and any(key in device.facts for key in spec.get("facts", ())):
        return of_facts(spec, device)
    if not values:
        return Row(spec, load, None, None, _without_value(spec, settings))
    if isinstance(values[0], str):
        return Row(spec, load, "; ".join(dict.fromkeys(map(str, values))), None, str(given))
    numbers = sorted((float(value) for value in values), key=abs)
    low = None if math.isclose(numbers[0], numbers[-1], rel_tol=1e-9) else numbers[0]
    return Row(spec, load, numbers[-1], low, str(given))


def _without_value(spec: Mapping[str, Any], settings: Sequence[Setting]) -> str:
    if spec["id"] in _OF_PULSES and all(setting.phases.endless for setting in settings):
        return "not applicable: a direct current has no pulse"
    if spec["id"] == "zero_charge_method" and not settings[0].waveform.pattern_net_charge:
        return f"unknown: the waveform does not state it; {spec['measure']}"
    return f"not applicable: {_NOT_APPLICABLE.get(spec['id'], 'a train without rests')}"
