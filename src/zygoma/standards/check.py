"""Which limits a use of a device keeps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from zygoma.device import Device, Electrode, Waveform
from zygoma.errors import RangeError, UnknownNameError
from zygoma.provenance import load_data
from zygoma.standards.given import Given, of_fact, of_waveform, worst
from zygoma.standards.limit import FILE, Limit, Verdict, limits, profiles
from zygoma.standards.limit_report import LimitReport, LimitRow
from zygoma.standards.quantity import LOAD, QUANTITIES, Use
from zygoma.standards.rating import Rating
from zygoma.standards.table import find_waveform, smallest_area
from zygoma.units import show

POLARITIES = ("positive", "negative")
_TOO_LONG = "bursts and swaps of polarity repeat too late to be searched"
_ENDLESS = "a direct current lasts as long as the session, whose length is not given"
_SLOPES = "the waveform is a measured trace or has slopes, and a stage is a constant current"
_WITHOUT_VALUE = {
    "pulse_time": _ENDLESS,
    "e_pulse_above": _ENDLESS,
    "stage_time": _SLOPES,
    "stage_count": _SLOPES,
    "i_dc_abs": _TOO_LONG,
    "q_net_session_abs": _TOO_LONG,
    "n_ion_session": _TOO_LONG,
    "n_ion_area": _TOO_LONG,
}
_OF_PULSE = ("e_pulse", "shannon_k", "stage_time", "stage_count")
"""Quantities that a direct current does not have."""


def check(
    device: Device,
    waveform: Waveform | str | None = None,
    current: float | None = None,
    electrode: Electrode | None = None,
    session: float | None = None,
    *,
    area: float | None = None,
    load: float | None = None,
    galvanic: str | bool = False,
    profile: Sequence[str] = (),
    measured: Mapping[str, float] | None = None,
    measured_from: str | Mapping[str, Given] = "given by the caller",
    current_from: Given | None = None,
) -> LimitReport:
    """Compare a use of a device with every limit that applies to it.

    Nothing is assumed: what is not given and not published is unknown, and a limit that needs it has the
    verdict ``unknown``. Where only the waveform is unknown a limit can still be met, because no waveform has
    an average above its peak.

    Parameters
    ----------
    device : Device
    waveform : Waveform or str, optional
        Or its id, or a file. Of any amplitude; it is scaled to `current`.
    current : float, optional
        Peak current that flows [A]; without it that of an own waveform of the device, else the largest of the
        device, of a voltage regulator that into `load` or 500 ohm.
    electrode : Electrode, optional
        The smallest that touches; without it that of the device, if known.
    session : float, optional
        Length of a session [s].
    area : float, optional
        Real contact area [m2], if it differs from that of the electrode.
    load : float, optional
        Resistance between the probes [ohm].
    galvanic : {"positive", "negative"} or bool
        A direct current is wanted, with this polarity of the active electrode; waives the limits on it where
        the contact area is known.
    profile : sequence of str
        Sets of limits beyond those that always apply: ``ds5``, ``tes``, or the hardware that drives.
    measured : mapping, optional
        Values in SI by the name of their quantity, measured or computed elsewhere; they replace those
        computed here.
    measured_from : str or mapping
        Where they come from, in words, or for each quantity what it rests on.
    current_from : Given, optional
        What `current` rests on, where the caller does not simply set it.

    Returns
    -------
    LimitReport

    Raises
    ------
    UnknownNameError
        No such waveform, profile, quantity or polarity.
    RangeError
        A current, session, area or load that is not above zero.
    """
    for name, value in {"current": current, "session": session, "area": area, "load": load}.items():
        if value is not None and not (math.isfinite(value) and value > 0):
            raise RangeError(f"{name} {value!r}; expected a number above zero in SI units")
    chosen = profiles(tuple(profile))
    entries = [limit for limit in limits() if limit.profile in chosen]
    known = {limit.quantity for limit in limits()}
    for name in measured or ():
        if name not in known:
            raise UnknownNameError("quantity", name, known)
    if isinstance(galvanic, str) and galvanic not in POLARITIES:
        raise UnknownNameError("polarity of galvanic:", galvanic, POLARITIES)
    if isinstance(waveform, str):
        waveform = find_waveform(device, waveform)
    set_by_caller = Given("computed", "")
    if waveform and current is None and device.regulation != "voltage" and device.owns(waveform):
        waveform = device.within_range(waveform)
        current = waveform.amplitude
        doubt = device.delivery_assumption
        current_from = worst([of_waveform(waveform), *([Given("assumed", doubt)] if doubt else [])])
    into_load = _into_load(device, current)
    doubt = device.delivery_assumption
    set_current = Given("assumed", doubt) if doubt else set_by_caller
    given: dict[str, Given] = {"current": current_from or set_current, "session": set_by_caller}
    if current is None:
        current, given["current"] = _largest_current(device, load)
    if area is None:
        area, given["area"] = smallest_area(device, electrode)
    else:
        given["area"] = Given("computed", f"contact area {area * 1e4:.4g} cm², given by the caller")
    if waveform is not None:
        given["waveform"] = of_waveform(waveform)
        if current is None:
            current, given["current"] = waveform.amplitude, given["waveform"]
            into_load = _into_load(device, current)
        waveform = waveform.scaled(current)
    use = Use(device, waveform, current, into_load, area, session, load)
    waived = bool(galvanic) and area is not None
    rows = [
        _row(limit, use, given, waived, dict(measured or {}), measured_from)
        for limit in entries
        if limit.applies(device.kind, use.frequency)
    ]
    if device.kind == "microcurrent" and device.current_max is not None:
        rows.insert(0, _row(_own_limit(device, device.current_max), use, given, waived, {}, ""))
    return LimitReport(use, chosen, tuple(rows), tuple(given.values()))


def _largest_current(device: Device, load: float | None) -> tuple[float | None, Given]:
    """Largest current of the device [A]; that of a voltage regulator into the load, else into 500 ohm."""
    if device.regulation == "voltage":
        return Rating.of(device).into(LOAD if load is None else load)
    if device.current_max is None:
        return None, Given("unknown", "no current is given or published")
    return device.current_max, of_fact(device, "i_max_A")


def _into_load(device: Device, current: float | None) -> float | None:
    """Peak current into 500 ohm [A] where `current` [A] is set, None for the largest of the device."""
    if current is None and device.regulation == "voltage":
        return Rating.of(device).into(LOAD)[0]
    current = device.current_max if current is None else current
    if current is None or device.compliance is None or device.regulation == "voltage":
        return current
    return min(current, device.compliance / LOAD)


def _row(
    limit: Limit,
    use: Use,
    given: Mapping[str, Given],
    galvanic: bool,
    measured: Mapping[str, float],
    origin: str | Mapping[str, Given],
) -> LimitRow:
    quantity: Mapping[str, Any] = load_data(FILE)["quantity"].get(limit.quantity, {})
    if limit.quantity in measured:
        rests_on = Given("computed", origin) if isinstance(origin, str) else origin[limit.quantity]
        return _judged(limit, measured[limit.quantity], rests_on, galvanic)
    if limit.quantity not in QUANTITIES:
        says = quantity.get("measure", "measured while the device is driven")
        return LimitRow(limit, None, None, "unknown", f"unknown: {says}")
    needs = [name for name in quantity["needs"] if name != "load"]
    missing = [name for name in needs if not use.known[name]]
    bound = missing == ["waveform"] and quantity.get("bound", False)
    if missing and not bound:
        words = "the contact area" if missing == ["area"] else " and ".join(missing)
        return LimitRow(
            limit, None, None, "unknown", f"unknown: needs {words}; {quantity['measure']}", _hint(limit, use)
        )
    found = QUANTITIES[limit.quantity](use)
    value = (min(found) if limit.op == ">=" else max(found)) if isinstance(found, tuple) else found
    if value is None and use.direct and limit.quantity in _OF_PULSE:
        says = "not applicable: a direct current has no pulse"
        return LimitRow(limit, None, None, "not applicable", says)
    if value is None:
        says = _WITHOUT_VALUE.get(limit.quantity, "not published")
        return LimitRow(limit, None, None, "unknown", f"unknown: {says}; {quantity['measure']}")
    rests_on = worst(given[name] for name in needs if name in given)
    if not bound:
        row = _judged(limit, value, rests_on, galvanic, _hint(limit, use))
        return row if use.load is not None else replace(row, wording=quantity.get("label_without_load", ""))
    if limit.value is None or not limit.met(value):
        most = f"at most {value:.4g} {limit.unit}, as no average exceeds the peak"
        return LimitRow(
            limit, None, None, "unknown", f"unknown: {most}; {quantity['measure']}", _hint(limit, use)
        )
    says = "computed: the waveform is unknown, and no waveform of this peak gives more"
    return LimitRow(limit, value, limit.margin(value), "met", says, _hint(limit, use))


def _judged(limit: Limit, value: float, given: Given, galvanic: bool, hint: str = "") -> LimitRow:
    if limit.value is None or limit.profile == "report":
        return LimitRow(limit, value, None, "reported", str(given), hint)
    if limit.met(value):
        return LimitRow(limit, value, limit.margin(value), "met", str(given), hint)
    verdict: Verdict = "waived" if galvanic and limit.waiver == "galvanic" else "exceeded"
    return LimitRow(limit, value, limit.margin(value), verdict, str(given), hint)


def _hint(limit: Limit, use: Use) -> str:
    """The contact area at which a density stands at its limit."""
    if limit.quantity != "j_rms" or use.current is None or limit.value is None:
        return ""
    least = f"met from a contact area of {use.second / limit.value * 1e4:.3g} cm²"
    return least if use.waveform else f"{least}, whatever the waveform"


def _own_limit(device: Device, current: float) -> Limit:
    source = of_fact(device, "i_max_A")
    status = device.status("i_max_A")
    return Limit(
        "device-current",
        "product",
        device.name,
        "largest current",
        "i_peak",
        "A",
        "refuse",
        source.says,
        "read" if status == "read" else status,
        current,
        as_published=f"up to {show(current, 'A')}",
    )
