"""A plan, its current and the exact charge of one phase.

A phase of a square wave of amplitude I and length T carries the charge Q = I T.
"""

from zygoma import Device, Plan

plan = Plan.load(overrides=['device.current="300 uA"'])
device = Device.load(plan.device.name)
device.check_current(plan.device.current)
waveform = device.waveform(plan.device.waveform).scaled(plan.device.current)

print(waveform)
assert abs(waveform.phase_charge - 300e-6 * 0.060) < 1e-15  # 18 uC
assert waveform.pattern_net_charge == 0.0
