"""One session on a body: contacts placed, lead field solved, dose accumulated."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import InputError
from zygoma.field.leadfield import BLOCK
from zygoma.field.sets import indices
from zygoma.provenance import content_hash, versions
from zygoma.treatment.accumulator import Accumulator
from zygoma.treatment.body import BodyLike
from zygoma.treatment.dose import THRESHOLD, Dose
from zygoma.treatment.mirror import Share, element_image, shares
from zygoma.treatment.montage import Montage
from zygoma.treatment.timetable import Timetable

Progress = Callable[[str, int, int], None]


class Session:
    """What a timetable of contacts does to a body, for any waveform.

    Of two positions that mirror each other in a mirror-symmetric body one is computed.

    Parameters
    ----------
    lead : LeadField
        Of the body's volume conductor, kept at all its conducting nodes.
    body : Face
        Tissues, depth ranks and fibres of the elements.
    timetable : Timetable
        Where the probes are when.
    electrode : Electrode or float
        The probes, or their radius [m].
    contact_impedance : float, optional
        Of the sheet under a contact [ohm m2]; that of the electrode by default.
    elements : str, (k,) array of int or (m,) mask, optional
        The elements that are of interest, such as those of a muscle, or the name of a set of the conductor;
        nothing else is touched. The dose of the others is not a number, and without them there is neither a
        power balance nor the current that reaches each level.

    Raises
    ------
    InputError
        There are no such elements, none of them conducts, or the conductivity is complex.
    UnknownNameError
        The conductor has no such set.
    """

    def __init__(
        self,
        lead: Any,
        body: BodyLike,
        timetable: Timetable,
        electrode: Any,
        contact_impedance: float | None = None,
        elements: str | ArrayLike | None = None,
    ) -> None:
        if getattr(lead.conductor, "is_complex", False):
            raise InputError(
                "the dose of a session takes real conductivity; use LeadField.field for an admittivity"
            )
        self.lead = lead
        self.body = body
        self.timetable = timetable
        self.electrode = electrode
        self.contact_impedance = contact_impedance
        self.elements: NDArray[np.int64] | None = None
        if elements is not None:
            count, what = len(body.tissue), "elements of interest"
            sets = lead.conductor.sets
            chosen = sets[elements] if isinstance(elements, str) else indices(elements, count, what)
            self.elements = np.unique(chosen)
            if not lead.conductor.conducting[self.elements].any():
                raise InputError(f"none of the {len(self.elements)} {what} conducts; name others")

    def hash(self, waveform: Any) -> str:
        """Content hash of everything that the dose depends on; nothing is solved for it."""
        electrode = self.electrode.to_dict() if hasattr(self.electrode, "to_dict") else float(self.electrode)
        names = [list(self.body.tissues), THRESHOLD, versions()["zygoma"]]
        return content_hash(
            self.lead.hash, self.timetable.hash, electrode, self.contact_impedance, waveform.to_dict(), names,
            np.asarray(self.body.tissue), np.asarray(self.body.depth_rank), np.asarray(self.body.fibre),
            "all" if self.elements is None else self.elements,
        )  # fmt: skip

    @cached_property
    def montage(self) -> Montage:
        """Patches of both contacts at every unique position."""
        return Montage(self.lead.conductor, self.timetable, self.electrode, self.contact_impedance)

    @cached_property
    def conducting(self) -> NDArray[np.int64]:
        """Conducting elements of interest."""
        conducting = np.asarray(self.lead.conductor.conducting)
        return (
            np.flatnonzero(conducting) if self.elements is None else self.elements[conducting[self.elements]]
        )

    @cached_property
    def image(self) -> NDArray[np.int64] | None:
        """Place among `conducting` of the mirror image of each; None without a symmetry."""
        if len(self.body.tissue) != len(self.lead.conductor.tets):
            return None  # refused when the dose is computed
        return element_image(self.lead.conductor, self.body, self.conducting)

    @cached_property
    def shares(self) -> tuple[Share, ...]:
        """Positions in the parts in which they are computed."""
        return shares(self.timetable, self.image is not None)

    def solve(self, progress: Progress | None = None) -> None:
        """Solve the columns that are not there yet, along the strokes: neighbours are stored together."""
        windows = [window for share in self.shares for window in self.montage.windows(share.positions)]
        missing = self.lead.missing(np.concatenate([window.nodes for window in windows]))
        for start in range(0, len(missing), BLOCK):
            self.lead.solve(missing[start : start + BLOCK])
            if progress is not None:
                progress("lead field", min(start + BLOCK, len(missing)), len(missing))

    def dose(
        self, waveform: Any, progress: Progress | None = None, limit: Callable[[float], float] | None = None
    ) -> Dose:
        """Accumulate one session.

        Parameters
        ----------
        waveform : Waveform
            Its amplitude is the current.
        progress : callable, optional
            Called with ("dose", positions done, positions).
        limit : callable, optional
            Amplitude [A] that the device delivers through a deep resistance [ohm], that of the body between
            the contacts without their sheets; without it that of the waveform.

        Raises
        ------
        SolverError
            Delivered current (0.1 %) or power balance (0.5 % of the power in the body) miss their goal at a
            position, with columns that were solved now.
        """
        return self.lead.checked(lambda: self._accumulated(waveform, progress, limit))  # type: ignore[no-any-return]

    def _accumulated(
        self, waveform: Any, progress: Progress | None, limit: Callable[[float], float] | None
    ) -> Dose:
        from threadpoolctl import threadpool_limits

        run = Accumulator(self, waveform, limit)
        with threadpool_limits(1):  # systems of contacts are small; the loops have threads of their own
            for share in self.shares:
                for window in self.montage.windows(share.positions):
                    run.window(window, share, progress)
                if share.partner is not None:
                    run.mirror(share)
        return run.result()
