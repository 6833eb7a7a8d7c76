"""What the apparatus puts out: waveforms, electrodes, devices."""

from zygoma.device.burst import Burst
from zygoma.device.device import Device
from zygoma.device.electrode import Electrode
from zygoma.device.segment import Segment
from zygoma.device.waveform import Waveform

__all__ = ["Burst", "Device", "Electrode", "Segment", "Waveform"]
