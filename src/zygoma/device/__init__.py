"""What the apparatus puts out: waveforms, electrodes, devices."""

from zygoma.device.burst import Burst
from zygoma.device.calibration import Calibration
from zygoma.device.channels import Channels, PairedMode
from zygoma.device.delivery import Delivery, deliver
from zygoma.device.device import Device
from zygoma.device.electrode import Electrode
from zygoma.device.load import SkinLoad
from zygoma.device.polyline import Polyline
from zygoma.device.regulator import Regulator
from zygoma.device.segment import Segment
from zygoma.device.trace import read_csv, read_wav
from zygoma.device.waveform import Waveform
from zygoma.device.window import Window

__all__ = [
    "Burst",
    "Calibration",
    "Channels",
    "Delivery",
    "Device",
    "Electrode",
    "PairedMode",
    "Polyline",
    "Regulator",
    "Segment",
    "SkinLoad",
    "Waveform",
    "Window",
    "deliver",
    "read_csv",
    "read_wav",
]
