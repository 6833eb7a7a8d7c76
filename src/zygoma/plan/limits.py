"""The limits that a session keeps or exceeds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zygoma.standards import LimitReport, check
from zygoma.standards.given import Given

if TYPE_CHECKING:
    from zygoma.plan.drive import Drive

_DENSITY = Given("computed", "from the field on the face, at the delivered current")
LENT = "the current of the plan; that of the device is not known"


def limits_of(
    drive: Drive,
    deep: float,
    session: float,
    density: float | None,
    *,
    lent: bool = False,
    highest: float | None = None,
) -> LimitReport:
    """Every limit that applies to a session.

    A current regulator is judged at the set current: the load is not verified, and no skin lets more pass. Of
    a voltage regulator whose source is known the current through the smallest deep resistance is judged.

    Parameters
    ----------
    drive : Drive
    deep : float
        Smallest deep resistance of the session [ohm].
    session : float
        Length [s].
    density : float or None
        95th percentile of |J| in the skin under the contacts [A/m2].
    lent : bool
        The current is that of the plan because that of the device is not known: an assumption.
    highest : float, optional
        Largest deep resistance of the session [ohm]. With it the peak voltage is what the set current needs
        there, at most the compliance; without it, or where voltage is regulated, the largest possible.
    """
    waveform, rests_on = drive.waveform, Given("assumed", LENT) if lent else None
    if drive.known and drive.regulator.quantity == "voltage":
        waveform = replace(drive.delivery(deep).waveform(drive.waveform), status="unverified")
        rests_on = Given("assumed", waveform.source)
    measured: dict[str, tuple[float, Given]] = {}
    if density is not None:
        measured["j_p95"] = density, _DENSITY
    if highest is not None and drive.device.regulation != "voltage":
        low, volts, high = drive.needed(highest)
        says = f"what the set current needs on this face; skin not verified, {low:.2g} to {high:.2g} V"
        measured["v_peak"] = min(volts, drive.regulator.volts), Given("assumed", says)
    return check(
        drive.device,
        waveform,
        waveform.amplitude,
        drive.electrode,
        session,
        measured={name: value for name, (value, _) in measured.items()},
        measured_from={name: given for name, (_, given) in measured.items()},
        current_from=rests_on,
    )
