"""What the apparatus puts out: waveforms, electrodes, devices."""

from zygoma.device.burst import Burst
from zygoma.device.calibration import Calibration
from zygoma.device.device import Device
from zygoma.device.electrode import Electrode
from zygoma.device.polyline import Polyline
from zygoma.device.segment import Segment
from zygoma.device.trace import read_csv, read_wav
from zygoma.device.waveform import Waveform
from zygoma.device.window import Window

__all__ = [
    "Burst",
    "Calibration",
    "Device",
    "Electrode",
    "Polyline",
    "Segment",
    "Waveform",
    "Window",
    "read_csv",
    "read_wav",
]
