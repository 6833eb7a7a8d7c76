"""A device in a comparison: what it brings itself, and what the plan lends it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from zygoma.device import Device, Electrode, Waveform
from zygoma.plan.contact import own_electrode
from zygoma.plan.drive import Drive
from zygoma.standards.mode import Mode
from zygoma.standards.rating import Rating
from zygoma.standards.setting import LOAD
from zygoma.units import show

if TYPE_CHECKING:
    from zygoma.plan.plan import DevicePlan


@dataclass(frozen=True, eq=False)
class Contender:
    """A device with the waveform, current and electrode that are used for it.

    Attributes
    ----------
    drive : Drive
        The device as it is used.
    own_waveform : Waveform or None
        Known of the device itself, at the current that is used; None where that of the plan stands in.
    own_current : float or None
        Amplitude of its own waveform, else the largest current of the device; of a voltage regulator what its
        open-circuit voltage drives through 500 ohm [A].
    own_electrode : Electrode or None
        Made of the size that is known of the device.
    remarks : tuple of str
        What is its own and what is lent, in sentences.
    """

    drive: Drive
    own_waveform: Waveform | None
    own_current: float | None
    own_electrode: Electrode | None
    remarks: tuple[str, ...]

    @property
    def device(self) -> Device:
        """The device."""
        return self.drive.device

    @property
    def lent(self) -> tuple[str, ...]:
        """What the plan lends: any of waveform, current and electrode."""
        own = {
            "waveform": self.own_waveform,
            "current": self.own_current,
            "electrode": self.own_electrode,
        }
        return tuple(name for name, value in own.items() if value is None)

    @property
    def unknown_modes(self) -> tuple[str, ...]:
        """Settings of the device whose waveform is not known, besides the one that is used."""
        if self.own_waveform is None:
            return ()
        return tuple(mode.name for mode in Mode.all_of(self.device) if not mode.waveforms)

    @property
    def assumptions(self) -> list[str]:
        """What is assumed of the device besides what is lent, in sentences."""
        known = self.own_waveform is not None
        return [text for text in self.device.assumptions if not (known and text == self.device.stands_in)]

    @classmethod
    def of(cls, device: Device, lent: Drive) -> Contender:
        """What a device brings; what it leaves open is taken from the plan.

        Parameters
        ----------
        device : Device
        lent : Drive
            Waveform at the plan's current, and electrode.

        Raises
        ------
        RangeError
            The device cannot give the plan's current.
        """
        own, shape = _waveform(device, lent.waveform)
        current, whose = _current(device, own)
        electrode = own_electrode(device, lent.electrode.medium)
        used = lent.waveform.amplitude if current is None else current
        if not device.source_known:
            device.check_current(used)
        touching = electrode or lent.electrode
        area = f"{touching.area * 1e4:.3g} cm²"
        remarks = (
            shape,
            f"Current: {show(used, 'A')}, {whose}.",
            f"Contact: {area}, " + ("its own." if electrode else "the plan's; its own is not known."),
        )
        drive = Drive(device, (own or lent.waveform).scaled(used), touching)
        return cls(drive, None if own is None else own.scaled(used), current, electrode, remarks)


def reference(plan: DevicePlan) -> Drive:
    """What the plan lends: its waveform and electrode, and its current, which is kept into any load."""
    named = Device.load(plan.name)
    waveform = named.waveform(plan.waveform).scaled(plan.current)
    kept = Device("plan", "the plan's current", named.kind)
    return Drive(kept, waveform, Electrode.load(plan.electrode))


def _current(device: Device, own: Waveform | None) -> tuple[float | None, str]:
    """The device's own current [A], if it is known, and whose it is in words."""
    if device.source_known:
        flows, _ = Rating.of(device).into(LOAD)
        return flows, f"what its {show(device.facts['v_open_V'], 'V')} drive through {LOAD:g} Ω; skin decides"
    if own is not None and device.own_waveforms and device.regulation != "voltage":
        return own.amplitude, "that of its waveform"
    if device.current_max is not None:
        status = device.status("i_max_A")
        return (
            device.current_max,
            "the largest that is published" if status == "read" else f"its largest ({status})",
        )
    return None, "the plan's; its own is not known"


def _waveform(device: Device, lent: Waveform) -> tuple[Waveform | None, str]:
    """The device's own waveform, if it is known, and the sentence on it."""
    every = Mode.all_of(device)
    modes = [mode for mode in every if mode.waveforms]
    if not modes:
        return None, f"Waveform: the plan's {lent.id!r} stands in; its own is not known."
    mode = next((mode for mode in modes if mode.name == lent.id), modes[0])
    found = min(mode.waveforms, key=lambda wave: abs(math.log(wave.frequency / lent.frequency)))
    if mode.own and device.regulation != "voltage":
        found = device.within_range(found)
    rate = show(found.frequency, "Hz")
    if not device.own_waveforms:  # made of published figures, not by a caller
        found = replace(
            found,
            id=mode.name,
            name=f"{mode.name} {device.facts['waveform_shape']} pulses, {rate}",
            status="assumption" if mode.given.kind == "assumed" else "computed",
            source=mode.given.says or "follows from published shape, duty, rates and polarity",
        )
    rates = f", one of {len(mode.waveforms)} published rates" if len(mode.waveforms) > 1 else ""
    others = [other.name for other in every if not other.waveforms]
    open_ = f" In its {' and '.join(others)} setting: unknown." if others else ""
    return found, f"Waveform: its own, {mode.name}, {rate}{rates}.{open_}"
