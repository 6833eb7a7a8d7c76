"""The limits that a session keeps or exceeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zygoma.standards import LimitReport, check

if TYPE_CHECKING:
    from zygoma.plan.drive import Drive


def limits_of(
    drive: Drive, deep: float, session: float, density: float | None, *, lent: bool = False
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
        The current is not that of the device or its user; what rests on it is as sure as the waveform.
    """
    waveform, current = drive.waveform, None if lent else drive.waveform.amplitude
    if drive.known and drive.regulator.quantity == "voltage":
        waveform = drive.delivery(deep).waveform(drive.waveform)
        current = waveform.amplitude
    return check(
        drive.device,
        waveform,
        current,
        drive.electrode,
        session,
        measured={} if density is None else {"j_p95": density},
        measured_from="from the field on the face, at the delivered current",
    )
