"""The output modes of a device."""

from __future__ import annotations

from dataclasses import dataclass, replace

from zygoma.device import Device, Electrode, PairedMode, Waveform
from zygoma.standards.given import Given, of_fact, of_waveform, worst

_AS_PUBLISHED = "as published"


@dataclass(frozen=True)
class Mode:
    """One output mode with all its settings.

    Parameters
    ----------
    name : str
    waveforms : tuple of Waveform
        One for each setting of the variable parameters; empty where the waveform is unknown.
    given : Given
        Where the waveforms come from.
    own : bool
        The waveform is the device's own and has the amplitude of its output; else it is scaled to the rating.
    pair : PairedMode, optional
        The mode of two channels of which this is one.
    electrode : Electrode, optional
        That of the channel, if it is known.
    """

    name: str
    waveforms: tuple[Waveform, ...]
    given: Given
    own: bool = False
    pair: PairedMode | None = None
    electrode: Electrode | None = None

    @classmethod
    def of_waveform(cls, device: Device, waveform: Waveform) -> Mode:
        """A mode with one setting: the device's own, or of a foreign waveform."""
        return cls(waveform.id, (waveform,), of_waveform(waveform), device.owns(waveform))

    @classmethod
    def of_pair(cls, pair: PairedMode) -> tuple[Mode, Mode]:
        """Both channels of a mode."""
        one, two = (
            cls(
                f"{pair.id} ({pair.timing}), channel {number}: {waveform.id}",
                (waveform,),
                of_waveform(waveform),
                True,
                pair,
                pair.electrodes[number - 1] if pair.electrodes else None,
            )
            for number, waveform in enumerate((pair.channels.first, pair.channels.second), start=1)
        )
        return one, two

    @classmethod
    def all_of(cls, device: Device) -> tuple[Mode, ...]:
        """Modes that are known: the device's own waveforms, or those that its published facts determine.

        A waveform that is a channel of a mode with two stands in that mode.

        A train of rectangular pulses of one polarity follows from its shape, duty and frequencies. What a
        bipolar pulse of half duty looks like does not, so that mode stays without waveform.
        """
        if device.own_waveforms:
            pairs = [channel for pair in device.paired_modes for channel in cls.of_pair(pair)]
            joined = {waveform.id for channel in pairs for waveform in channel.waveforms}
            alone = [waveform for waveform in device.own_waveforms if waveform.id not in joined]
            return (*(cls.of_waveform(device, waveform) for waveform in alone), *pairs)
        facts = device.facts
        needed = ("waveform_shape", "waveform_duty", "f_options_Hz", "polarity_options")
        if all(key in facts for key in needed) and facts["waveform_shape"] == "square":
            return tuple(cls._of_facts(device, polarity) for polarity in facts["polarity_options"])
        return (cls(_AS_PUBLISHED, (), Given("unknown", f"the waveform of {device.name} is not published")),)

    @classmethod
    def _of_facts(cls, device: Device, polarity: str) -> Mode:
        if polarity not in ("positive", "negative"):
            missing = f"the shape of a {polarity} pulse of {device.name} is not published"
            return cls(polarity, (), Given("unknown", missing))
        facts, keys = device.facts, ("waveform_shape", "waveform_duty", "f_options_Hz", "polarity_options")
        sign = 1.0 if polarity == "positive" else -1.0
        waveforms = tuple(
            replace(
                Waveform.square(sign, frequency, kind="monophasic", duty=facts["waveform_duty"]),
                id=f"{polarity} {frequency:g} Hz",
                status="computed",
                source="from the published shape, duty, frequency and polarity",
            )
            for frequency in facts["f_options_Hz"]
        )
        return cls(polarity, waveforms, worst(of_fact(device, key) for key in keys))
