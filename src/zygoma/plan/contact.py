"""The electrode of a session: that of the plan, or the device's own as far as its size is known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from zygoma.device import Device, Electrode
from zygoma.device.source import STATED
from zygoma.standards.given import of_fact

if TYPE_CHECKING:
    from zygoma.plan.plan import DevicePlan


def contact_of(device: Device, asked: DevicePlan) -> Electrode:
    """The electrode that a plan names; where it names none the device's own, if its size is known.

    The medium of an own electrode is that of the plan's.
    """
    lent = Electrode.load(asked.electrode)
    if "electrode" in asked.model_fields_set:
        return lent
    return own_electrode(device, lent.medium) or lent


def own_electrode(device: Device, medium: str) -> Electrode | None:
    """A circle of the size that is known of the device's electrode, under a medium; None without a size."""
    facts = device.facts
    key = next((key for key in ("electrode_area_min_m2", "electrode_radius_m") if key in facts), None)
    if key is None:
        return None
    radius = math.sqrt(facts[key] / math.pi) if key == "electrode_area_min_m2" else facts[key]
    status, says = device.status(key), of_fact(device, key).says
    known = "computed" if status == STATED else status
    name = f"{device.id}-electrode"
    return Electrode(name, "disc", radius, medium, known, says, f"electrode of {device.name}")
