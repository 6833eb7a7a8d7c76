"""Made-up comparisons of real devices, so that guide, page and command can be tested without a solver."""

from __future__ import annotations

from typing import Any

import pytest


def compared(device: Any, lent: Any, session: float = 1200.0) -> Any:
    """One device with a dose of 1 C/m2 per 1 uA in one muscle and half of it in the other."""
    from zygoma.plan.compare import Compared
    from zygoma.plan.contender import Contender
    from zygoma.plan.exposure import Exposure
    from zygoma.plan.limits import limits_of
    from zygoma.standards import OutputTable, check

    one = Contender.of(device, lent)
    size = one.drive.waveform.mean_abs * 1e6
    muscles = tuple(
        Exposure(f"zygomaticus_major_{side}", side, part * size, part, 2 * part, None)
        for side, part in (("r", 1.0), ("l", 0.5))
    )
    own = (one.own_waveform, one.own_current, one.own_electrode)
    limits = limits_of(one.drive, 900.0, session, None, lent="current" in one.lent)
    alone = check(device, *own, session)
    current, needed = one.drive.waveform.amplitude, one.drive.needed(900.0)
    least = one.drive.least_area(900.0)
    return Compared(one, OutputTable.of(device), muscles, current, needed, limits, alone, least)


@pytest.fixture(scope="session")
def make_comparison() -> Any:
    """A comparison of devices of the catalogue, of files or of tables of facts."""

    def make(*devices: Any) -> Any:
        from zygoma.device import Device
        from zygoma.plan import Comparison, Plan
        from zygoma.plan.contender import reference
        from zygoma.plan.guide import guide

        plan = Plan()
        lent = reference(plan.device)
        made = {dict: Device.from_dict, Device: lambda device: device}
        loaded = [made.get(type(device), Device.load)(device) for device in devices]
        found = tuple(compared(device, lent) for device in loaded)
        shared = ("Something is assumed.",)
        return Comparison(plan, found, guide(found), "coarse", 1200.0, 1, shared, {}, {"zygoma": "0.1.0"})

    return make
