"""What a device drives through skin and face: the delivered current, not the set one."""

from __future__ import annotations

import math
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING

from zygoma.device import Delivery, Regulator, SkinLoad, deliver
from zygoma.plan.contact import contact_of
from zygoma.provenance import content_hash
from zygoma.units import show

if TYPE_CHECKING:
    from zygoma.device import Device, Electrode, Waveform
    from zygoma.plan.plan import DevicePlan

_STEPS = 120  # of each segment: the share differs by 1e-4 from that of 400
_RATIO = 1.25  # between the deep resistances at which the current is computed; straight between
_LEAST = 10.0  # smallest of them [ohm]
_SMALLEST_CONTACT, _LARGEST_CONTACT = 1e-8, 1e-2  # between which a least area is searched [m2]
_TWO_SKINS = (
    "The outermost skin under the probes has two models: a linear sheet in the field on the face, whose "
    "solutions can so be scaled and added, and for the voltage that the current needs, where a linear sheet "
    "would give too much, a layer whose resistance falls with the voltage; neither is measured."
)


class Drive:
    """A device with a waveform and two equal electrodes on a face.

    The load is the deep resistance of the face, from its lead field, and skin under both electrodes
    (`SkinLoad`), whose resistance falls with the voltage.

    Parameters
    ----------
    device : Device
    waveform : Waveform
        At the set amplitude.
    electrode : Electrode
    """

    def __init__(self, device: Device, waveform: Waveform, electrode: Electrode) -> None:
        self.device, self.waveform, self.electrode = device, waveform, electrode
        self.regulator, self.remark = Regulator.of(device)
        self._found: dict[int, float] = {}

    @classmethod
    def of(cls, asked: DevicePlan) -> Drive:
        """Device with its waveform at the current of a plan, and the probes.

        Raises
        ------
        InputError
            A name does not exist, or the current is outside the device's range.
        """
        from zygoma.device import Device

        device = Device.load(asked.name)
        device.check_current(asked.current)
        waveform = device.waveform(asked.waveform).scaled(asked.current)
        return cls(device, waveform, contact_of(device, asked))

    @property
    def known(self) -> bool:
        """Whether the compliance, or the source of a voltage regulator, is known."""
        return math.isfinite(self.regulator.volts)

    def load(self, deep: float) -> SkinLoad:
        """Skin under both electrodes in series with a deep resistance [ohm]."""
        return SkinLoad.under(self.electrode, self.electrode, deep)

    def delivery(self, deep: float) -> Delivery:
        """Settled period of current and voltage with a deep resistance [ohm]."""
        return deliver(self.waveform, self.load(deep), self.regulator, steps=_STEPS)

    def keeps(self, deep: float) -> bool:
        """Whether the set current flows in full through a deep resistance [ohm].

        A layer of skin takes no more voltage than it does from a direct current of the same peak, so a
        compliance above that voltage is never reached.
        """
        if self.regulator.quantity == "voltage":
            return not self.known
        return float(self.load(deep).voltage(self.waveform.amplitude)) <= self.regulator.volts

    def amplitude(self, deep: float) -> float:
        """Amplitude of a current of the set shape with the delivered mean of |i| [A].

        Parameters
        ----------
        deep : float
            Deep resistance of the face between the contacts [ohm].

        Returns
        -------
        float
            The set amplitude where it flows in full or where nothing is known of the compliance.
        """
        if self.keeps(deep):
            return self.waveform.amplitude
        place = math.log(max(deep, _LEAST) / _LEAST, _RATIO)
        below = math.floor(place)
        low, high = (_LEAST * _RATIO**k for k in (below, below + 1))
        share = (max(deep, _LEAST) - low) / (high - low)
        return (1 - share) * self._at(below) + share * self._at(below + 1)

    def needed(self, deep: float) -> tuple[float, float, float]:
        """Voltage that the set current needs at most [V]: lowest, as assumed, highest of the load's band."""
        load = self.load(deep)
        low, high = load.band()
        current = self.waveform.amplitude
        return float(low.voltage(current)), float(load.voltage(current)), float(high.voltage(current))

    def least_area(self, deep: float) -> float | None:
        """Contact area from which the compliance exceeds what the set current needs in the whole band [m2].

        Parameters
        ----------
        deep : float
            Deep resistance with the present electrode [ohm]. Below its area it is taken to rise like that of
            a disc on a half-space, with one over the radius, the most that it can; above it, to stay.

        Returns
        -------
        float or None
            None where the compliance is unknown, where voltage is regulated, or where no contact up to
            `_LARGEST_CONTACT` is enough.
        """
        if not self.known or self.regulator.quantity == "voltage":
            return None

        def kept(area: float) -> bool:
            rise = max(1.0, math.sqrt(self.electrode.area / area))
            _, high = SkinLoad.of(self.electrode.surface, area, deep * rise).band()
            return float(high.voltage(self.waveform.amplitude)) <= self.regulator.volts

        low, high = _SMALLEST_CONTACT, _LARGEST_CONTACT
        if not kept(high):
            return None
        while high / low > 1.001:
            middle = math.sqrt(low * high)
            low, high = (low, middle) if kept(middle) else (middle, high)
        return high

    @cached_property
    def hash(self) -> str:
        """Content hash of what the delivered current depends on besides the waveform and the face."""
        if not self.known:
            return content_hash("set current")
        return content_hash(asdict(self.regulator), asdict(self.load(0.0)), _STEPS, _RATIO, _LEAST)

    @property
    def assumptions(self) -> list[str]:
        """What the delivered current and the voltage it needs rest on, in sentences."""
        skin = [_TWO_SKINS, *self.load(0.0).assumptions]
        if not self.known:
            return skin
        held = "compliance" if self.regulator.quantity == "current" else "open-circuit voltage"
        return [
            f"The delivered current is computed from the {held} of {self.device.name}, "
            f"{show(self.regulator.volts, 'V')}, into the deep resistance of the face and the skin under "
            "both electrodes; it keeps the shape of the set current and has the delivered mean of |i|.",
            *skin,
        ]

    def _at(self, step: int) -> float:
        if step not in self._found:
            deep = _LEAST * _RATIO**step
            asked = self.waveform.amplitude
            if self.regulator.quantity == "voltage":
                asked = self.regulator.volts / (self.regulator.ohms + self.load(deep).ohmic)
            self._found[step] = asked if self.keeps(deep) else asked * self.delivery(deep).share
        return self._found[step]
