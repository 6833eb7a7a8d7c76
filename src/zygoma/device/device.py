"""The apparatus: what is known of its output, and what is not."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from zygoma.device.catalogue import find_waveform, waveform_from_table, waveform_tables
from zygoma.device.channels import PairedMode
from zygoma.device.facts import FILE, NEEDS, check_plausible, read_facts
from zygoma.device.record import check, is_file, read_file, single, tables, titled
from zygoma.device.source import KIND_OF_STATUS, STATED, Source, read_sources
from zygoma.device.waveform import Waveform
from zygoma.errors import InputError, RangeError, UnknownNameError
from zygoma.provenance import load_data
from zygoma.units import show

SOURCE = {"v_open_V": "open-circuit voltage", "r_out_ohm": "output resistance"}
"""Facts that make the source of a voltage regulator known, in words."""
_SECTIONS = {"schema": "count", "device": "any", "waveform": "any", "mode": "any"}


@dataclass(frozen=True)
class Device:
    """A stimulator with the facts that are known; what is not among them is unknown.

    Parameters
    ----------
    id, name : str
    kind : str
        A class of the catalogue: microcurrent or nmes.
    facts : mapping
        Known fields under the names of the catalogue, SI units, such as ``i_max_A``.
    sources : tuple of Source
    own_waveforms : tuple of Waveform
        Waveforms that came in the device's own file, at the amplitude that the device puts out.
    notes : str
    paired_modes : tuple of PairedMode
        Modes with two channels that came in the device's own file.

    Raises
    ------
    InputError
        Two waveforms of one id.
    RangeError
        A waveform above the largest current, a measured one above it by more than noise.
    """

    id: str
    name: str
    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    own_waveforms: tuple[Waveform, ...] = ()
    notes: str = ""
    paired_modes: tuple[PairedMode, ...] = ()

    def __post_init__(self) -> None:
        if len({waveform.id for waveform in self.own_waveforms}) < len(self.own_waveforms):
            raise InputError("two waveforms of one id; give each its own")
        if self.regulation == "voltage":  # whose waveforms are only shapes
            return
        for waveform in self.own_waveforms:
            check_plausible(waveform.amplitude, self.kind, f"waveform {waveform.id!r} has a peak of")
        if self.current_max is None:
            return
        for waveform in self.own_waveforms:
            share = (
                load_data(FILE)["tolerance"]["measured"]["value"] if waveform.status == "measured" else 1e-9
            )
            if waveform.amplitude > self.current_max * (1 + share):
                raise RangeError(
                    f"waveform {waveform.id!r} has a peak of {show(waveform.amplitude, 'A')} and i_max_A is"
                    f" {show(self.current_max, 'A')}; they contradict each other: correct one of them"
                    + (f" (up to {share:.0%} above counts as noise)" if share > 1e-3 else "")
                )

    @classmethod
    def load(cls, name: str | os.PathLike[str]) -> Device:
        """Device of the catalogue by id, or of a file that ends in ``.toml`` or ``.json``.

        A file holds one ``[device]`` with the fields of the catalogue, ``[[waveform]]`` tables if its
        waveforms are known, and ``[[mode]]`` tables that join two of them as channels.

        Raises
        ------
        UnknownNameError
            No such device, or a key that does not exist; the nearest is offered.
        InputError
            The file cannot be read or a value in it cannot be used; file and key are named.
        """
        if is_file(name):
            where = Path(name).name
            content = read_file(name)
            check(content, _SECTIONS, where)
            waveforms = tuple(
                waveform_from_table(table, titled("waveform", table, where), Path(name).parent)
                for table in tables(content, "waveform", where)
            )
            device = cls.from_dict(single(content, "device", where), f"{where} [device]", waveforms)
            own = {waveform.id: waveform for waveform in waveforms}
            modes = tuple(
                PairedMode.from_table(table, own, titled("mode", table, where), Path(name).parent)
                for table in tables(content, "mode", where)
            )
            return replace(device, paired_modes=modes)
        known = {table["id"]: table for table in load_data(FILE)["device"]}
        if str(name) not in known and str(name) and Path(name).exists():
            raise InputError(
                f"{name} is not a device file; expected an id of the catalogue, or a file that ends in"
                " .toml or .json"
            )
        if str(name) not in known:
            raise UnknownNameError("device", str(name), known)
        return cls.from_dict(known[str(name)], f"{FILE} [device {name}]")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a file that ends in ``.toml`` or ``.json``, from which `load` reads the same device."""
        from zygoma.device.document import write_device

        write_device(self, path)

    @classmethod
    def catalogue(cls) -> list[Device]:
        """All devices of the catalogue, in its order."""
        return [cls.load(table["id"]) for table in load_data(FILE)["device"]]

    @classmethod
    def from_dict(
        cls, table: Mapping[str, Any], where: str = "device", waveforms: tuple[Waveform, ...] = ()
    ) -> Device:
        """Device from a table with the keys of a TOML file; `where` stands in the messages."""
        facts = read_facts(table, where)
        identity = {key: facts.pop(key) for key in NEEDS}
        notes, sources = facts.pop("notes", ""), read_sources(facts.pop("source", []), facts, where)
        try:
            return cls(**identity, facts=facts, sources=sources, own_waveforms=waveforms, notes=notes)
        except InputError as error:
            raise type(error)(f"{where}: {error}") from error

    @property
    def maker(self) -> str | None:
        """Maker, if known."""
        return self.facts.get("maker")

    @property
    def current_min(self) -> float | None:
        """Smallest current that can be set [A], if known."""
        return self.facts.get("i_min_A")

    @property
    def current_max(self) -> float | None:
        """Largest current that can be set [A], if known."""
        return self.facts.get("i_max_A")

    @property
    def regulation(self) -> str | None:
        """The quantity that is regulated, current or voltage, if known."""
        return self.facts.get("regulation")

    @property
    def compliance(self) -> float | None:
        """Largest voltage at which a set current is kept [V], if known."""
        return self.facts.get("v_compliance_V")

    @property
    def unknown(self) -> tuple[str, ...]:
        """What a computation would need and nobody has published, in words."""
        known = set(self.facts) | ({"waveform"} if self.own_waveforms else set())
        return tuple(words for words, keys in load_data(FILE)["needed"].items() if not known & set(keys))

    @property
    def waveforms(self) -> tuple[str, ...]:
        """Ids of the waveforms that can be used: the device's own, or the assumed ones of the catalogue."""
        if self.own_waveforms:
            return tuple(waveform.id for waveform in self.own_waveforms)
        return tuple(waveform_tables())

    def waveform(self, name: str) -> Waveform:
        """Waveform by id: one of the device's own or one of the catalogue.

        Raises
        ------
        UnknownNameError
            Neither has it.
        """
        own = {waveform.id: waveform for waveform in self.own_waveforms}
        if name not in own and name not in waveform_tables():
            raise UnknownNameError("waveform", name, {*own, *waveform_tables()})
        return own[name] if name in own else find_waveform(name)

    def status(self, key: str) -> str:
        """What a fact is: read, measured, computed, unverified, assumption, or ``no source``."""
        return next((source.status for source in self.sources if key in source.fields), STATED)

    def owns(self, waveform: Waveform) -> bool:
        """Whether a waveform is one of the device's own, whose amplitude is that of its output."""
        return any(own is waveform or own == waveform for own in self.own_waveforms)

    def within_range(self, waveform: Waveform) -> Waveform:
        """A waveform whose noise above the largest current is cut; it is not scaled."""
        return waveform if self.current_max is None else waveform.clipped(self.current_max)

    @property
    def source_known(self) -> bool:
        """Whether it regulates voltage with a known open-circuit voltage and output resistance."""
        return self.regulation == "voltage" and SOURCE.keys() <= self.facts.keys()

    def check_current(self, current: float) -> None:
        """Refuse an amplitude that the device cannot give or that its class excludes.

        Parameters
        ----------
        current : float
            Amplitude [A].

        Raises
        ------
        RangeError
            Not above zero; below the smallest or above the largest current of the device; above 1 mA for a
            microcurrent device.
        """
        if not (math.isfinite(current) and current > 0):
            raise RangeError(f"current {current!r} A; expected an amplitude above zero")
        given = f"current {show(current, 'A')}"
        tolerance = 1e-9 * current  # 400 uA read as 0.39999... mA is 400 uA
        if self.current_max is not None and current - tolerance > self.current_max:
            raise RangeError(
                f"{given}; {self.name} gives at most {show(self.current_max, 'A')}: lower the current"
            )
        cap = load_data(FILE)["class"][self.kind].get("i_max_A")
        if cap is not None and current - tolerance > cap:
            raise RangeError(
                f"{given}; a {self.kind} device gives at most {show(cap, 'A')}: lower the current"
            )
        if self.current_min is not None and current + tolerance < self.current_min:
            raise RangeError(
                f"{given}; {self.name} gives at least {show(self.current_min, 'A')}: raise the current"
            )

    def delivered(self, current: float, load: float) -> tuple[float, str | None]:
        """Current that flows into a resistive load when `current` is set.

        Parameters
        ----------
        current : float
            Set amplitude [A].
        load : float
            Resistance between the probes [ohm].

        Returns
        -------
        amperes : float
            The set current, cut at compliance / load for a current regulator. A voltage regulator gives
            ``v_open / (r_out + load)`` whatever is set.
        assumption : str or None
            The sentence that a result must carry, where it rests on something unknown.

        Raises
        ------
        RangeError
            A negative load, or 0 ohm on a voltage regulator without output resistance.
        """
        self.check_current(current)
        if not (math.isfinite(load) and load >= 0):
            raise RangeError(f"load {load!r} ohm; expected 0 or more")
        if self.source_known:
            if self.facts["r_out_ohm"] + load == 0:
                raise RangeError("a voltage into 0 ohm; give the output resistance or a load above zero")
            return self.facts["v_open_V"] / (self.facts["r_out_ohm"] + load), None
        if self.regulation != "voltage" and self.compliance is not None and load > 0:
            current = min(current, self.compliance / load)
        return current, self.delivery_assumption

    @property
    def delivery_assumption(self) -> str | None:
        """The sentence on the delivered current that a result must carry, if it rests on an unknown."""
        if self.regulation == "voltage":
            if self.source_known:
                return None
            missing = [words for key, words in SOURCE.items() if key not in self.facts]
            return (
                f"{self.name} regulates voltage, its {' and '.join(missing)}"
                f" {'is' if len(missing) == 1 else 'are'} unknown: the delivered current is assumed to be the"
                " set current."
            )
        if self.compliance is None:
            return (
                f"The compliance voltage of {self.name} is unknown: the delivered current is assumed to be"
                " the set current."
            )
        if self.regulation is None or KIND_OF_STATUS[self.status("regulation")] == "assumed":
            return f"{self.name} is assumed to regulate current up to its compliance, {self.compliance:g} V."
        return None

    @property
    def stands_in(self) -> str | None:
        """The sentence that a waveform of the catalogue stands in, if the device's file has none."""
        if self.own_waveforms:
            return None
        return f"The waveform of {self.name} is not known exactly: a waveform of the catalogue stands in."

    @property
    def assumptions(self) -> list[str]:
        """What a result with this device assumes, in sentences."""
        sentences = [self.delivery_assumption] if self.delivery_assumption else []
        if self.current_max is None:
            sentences.append(
                f"The largest current of {self.name} is unknown: the set current is assumed to be possible."
            )
        if self.stands_in:
            sentences.append(self.stands_in)
        data = load_data(FILE)["field"]
        for key in self.facts:
            status = self.status(key)
            if KIND_OF_STATUS[status] == "assumed" and key != "regulation":
                label = data[key]["label"]
                sentences.append(f"{label[0].upper()}{label[1:]} of {self.name}: {status}.")
        return sentences

    def to_table(self) -> dict[str, Any]:
        """The ``[device]`` table from which `from_dict` makes the same device, but for its waveforms."""
        table: dict[str, Any] = {"id": self.id, "name": self.name, "kind": self.kind}
        if self.notes:
            table["notes"] = self.notes
        sources = [asdict(source) | {"fields": list(source.fields)} for source in self.sources]
        return table | dict(self.facts) | ({"source": sources} if sources else {})

    def to_dict(self) -> dict[str, Any]:
        """Facts, sources, unknowns and assumptions, ready for JSON."""
        labels = load_data(FILE)["field"]
        facts = {
            key: {
                "label": labels[key]["label"],
                "value": value.isoformat() if hasattr(value, "isoformat") else value,
                "status": self.status(key),
            }
            for key, value in self.facts.items()
        }
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "facts": facts,
            "unknown": list(self.unknown),
            "assumptions": self.assumptions,
            "waveforms": list(self.waveforms),
            "notes": self.notes,
            "sources": [asdict(source) for source in self.sources],
        }

    def __str__(self) -> str:
        limits = [
            show(value, "A") if value is not None else "unknown"
            for value in (self.current_min, self.current_max)
        ]
        compliance = "unknown" if self.compliance is None else show(self.compliance, "V")
        return (
            f"{self.name} ({self.kind})\n"
            f"current from {limits[0]} to {limits[1]}\n"
            f"regulates {self.regulation or 'unknown'}, compliance {compliance}\n"
            f"unknown: {', '.join(self.unknown) or 'nothing that is needed'}"
        )
