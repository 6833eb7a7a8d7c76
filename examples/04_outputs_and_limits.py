"""The table of outputs of a device, and the contact that is too small for it.

800 uA r.m.s. on a circle of 3 mm radius is 2.8 mA/cm2, above the 2 mA/cm2 of IEC 60601-2-10.
"""

from zygoma import Device, Electrode, OutputTable
from zygoma.standards import check

device, probe = Device.load("myolift-md"), Electrode.load("generic-probe-light")

published = OutputTable.of(device)
print(published)  # nothing is filled in but the one current that the maker states
assert published.modes[0].row("phase_charge").value is None

assumed = OutputTable.of(device, ["lifting"], probe)
charge = assumed.modes[0].row("phase_charge")
print(charge.shown, "-", charge.status)
assert abs(charge.value - 800e-6 * 0.060) < 1e-15  # 48 uC

report = check(device, device.waveform("lifting"), 800e-6, probe, session=1200.0)
print(report)
density = report["product-j-rms-max"]
assert density.verdict == "exceeded"
assert abs(density.value / 20 - 1.4147) < 1e-4
