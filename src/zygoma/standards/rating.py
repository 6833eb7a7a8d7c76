"""The largest output of a device into a resistor."""

from __future__ import annotations

from dataclasses import dataclass

from zygoma.device import Device, Waveform
from zygoma.device.device import SOURCE
from zygoma.errors import InputError
from zygoma.standards.given import Given, Kind, of_fact, of_waveform, worst
from zygoma.units import show


@dataclass(frozen=True)
class Rating:
    """How much current a device drives through a load at its largest setting.

    Parameters
    ----------
    device : Device
    set_current : float or None
        The amplitude that is set [A]; None where it is unknown or where voltage is regulated.
    given : Given
        Where the amplitude comes from.
    assume : bool
        Whether a missing regulation or compliance may be assumed (a current that is kept); else what rests on
        it is unknown.
    """

    device: Device
    set_current: float | None
    given: Given
    assume: bool

    @classmethod
    def of(
        cls,
        device: Device,
        current: float | None = None,
        own: Waveform | None = None,
        *,
        assume: bool = False,
    ) -> Rating:
        """Rating at `current` [A], else at the amplitude of its own waveform, else at its largest current.

        Raises
        ------
        InputError
            A current for a device that regulates voltage.
        RangeError
            The device cannot give the current.
        """
        if current is not None and device.regulation == "voltage":
            raise InputError(
                f"current {show(current, 'A')} for {device.name}, which regulates voltage: the load decides"
                " its current; leave the current out, and give v_open_V and r_out_ohm in the device file"
            )
        if current is not None:
            device.check_current(current)
            given = Given("computed", f"set current {show(current, 'A')}, given by the caller")
        elif own is not None and device.regulation != "voltage":
            current, given = own.amplitude, of_waveform(own)
        elif (current := device.current_max) is not None:
            given = of_fact(device, "i_max_A")
        else:
            given = Given("unknown", f"the largest current of {device.name} is not published")
        return cls(device, current, given, assume)

    def into(self, load: float) -> tuple[float | None, Given]:
        """Amplitude [A] through a resistor [ohm], and what it rests on.

        Current regulated: ``min(I_set, V_c / R)``. Voltage regulated: ``V_oc / (R + R_out)``.
        """
        inputs = self._inputs()
        given = worst(inputs)
        if given.kind == "unknown":
            return None, given
        facts = self.device.facts
        if self.device.regulation == "voltage":
            return facts["v_open_V"] / (facts["r_out_ohm"] + load), given
        assert self.set_current is not None
        compliance = self.device.compliance
        return min(self.set_current, self.set_current if compliance is None else compliance / load), given

    def _inputs(self) -> list[Given]:
        device = self.device
        missing: Kind = "assumed" if self.assume else "unknown"
        if device.regulation == "voltage":
            return [
                of_fact(device, key)
                if key in device.facts
                else Given("unknown", f"{device.name} regulates voltage and its {words} is not published")
                for key, words in SOURCE.items()
            ]
        inputs = [self.given]
        if device.regulation is None:
            says = (
                "the current is regulated, which is"
                if self.assume
                else "whether current or voltage is regulated is"
            )
            inputs.append(Given(missing, f"{says} not published"))
        else:
            inputs.append(of_fact(device, "regulation"))
        if device.compliance is None:
            says = "the current is kept into this load; " if self.assume else ""
            inputs.append(Given(missing, f"{says}the compliance voltage is not published"))
        else:
            inputs.append(of_fact(device, "v_compliance_V"))
        return inputs
