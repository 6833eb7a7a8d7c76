"""One session on a body: contacts placed, lead field solved, dose accumulated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import SolverError
from zygoma.field.field import DELIVERED_GOAL, POWER_GOAL
from zygoma.field.leadfield import BLOCK
from zygoma.provenance import content_hash, versions
from zygoma.treatment import kernel
from zygoma.treatment.body import BodyLike, Deeper, Elements, tissue_ranks
from zygoma.treatment.dose import THRESHOLD, Dose
from zygoma.treatment.montage import Montage, Pair, Window
from zygoma.treatment.timetable import Timetable

Progress = Callable[[str, int, int], None]

_BINS = 4096


class Session:
    """What a timetable of contacts does to a body, for any waveform.

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
    """

    def __init__(
        self,
        lead: Any,
        body: BodyLike,
        timetable: Timetable,
        electrode: Any,
        contact_impedance: float | None = None,
    ) -> None:
        self.lead = lead
        self.body = body
        self.timetable = timetable
        self.electrode = electrode
        self.contact_impedance = contact_impedance

    def hash(self, waveform: Any) -> str:
        """Content hash of everything that the dose depends on; nothing is solved for it."""
        electrode = self.electrode.to_dict() if hasattr(self.electrode, "to_dict") else float(self.electrode)
        names = [list(self.body.tissues), THRESHOLD, versions()["zygoma"]]
        return content_hash(
            self.lead.hash, self.timetable.hash, electrode, self.contact_impedance, waveform.to_dict(), names,
            np.asarray(self.body.tissue), np.asarray(self.body.depth_rank), np.asarray(self.body.fibre),
        )  # fmt: skip

    @cached_property
    def montage(self) -> Montage:
        """Patches of both contacts at every unique position."""
        return Montage(self.lead.conductor, self.timetable, self.electrode, self.contact_impedance)

    def solve(self, progress: Progress | None = None) -> None:
        """Solve the columns that are not there yet, along the strokes: neighbours are stored together."""
        missing = self.lead.missing(np.concatenate([window.nodes for window in self.montage.windows]))
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
            Delivered current (0.1 %) or power balance (0.5 %) miss their goal at a position.
        """
        run = _Accumulator(self, waveform, limit)
        for window in self.montage.windows:
            run.window(window, progress)
        return run.result()


@dataclass(frozen=True, eq=False)
class _Shape:
    """What the kernel needs of a waveform."""

    amplitude: float
    mean: float
    square: float
    net: float
    on_fraction: float
    shares: NDArray[np.float32]

    @classmethod
    def of(cls, waveform: Any) -> _Shape:
        amplitude = waveform.amplitude
        middles = (np.arange(_BINS) + 0.5) / _BINS
        return cls(
            amplitude,
            waveform.mean_abs / amplitude,
            (waveform.rms / amplitude) ** 2,
            waveform.pattern_net_charge / waveform.pattern_period / amplitude,
            waveform.on_fraction,
            np.asarray(waveform.time_fraction_above(middles), dtype=np.float32),
        )


class _Accumulator:
    """Runs the kernel over the windows of a session and collects what it finds."""

    def __init__(self, session: Session, waveform: Any, limit: Callable[[float], float] | None) -> None:
        lead, body = session.lead, session.body
        self.session = session
        self.lead, self.limit, self.shape = lead, limit, _Shape.of(waveform)
        self.index = lead.target_index
        size = len(lead.target_nodes)
        self.elements = Elements.of(lead.conductor, body, self.index)
        ranks = tissue_ranks(body, lead.conductor.conducting)
        self.names = tuple(ranks)
        self.deeper = [
            Deeper.of(self.elements, lead.conductor.gradients, body.depth_rank, rank, size)
            for rank in sorted(set(ranks.values()))
        ]
        self.columns_of = [[part.rank for part in self.deeper].index(ranks[name]) for name in self.names]
        count, positions = len(self.elements.ids), session.timetable.unique_positions
        self.charge, self.square, self.residence = (np.zeros(count) for _ in range(3))
        self.peak, self.along = (np.zeros(count, np.float32) for _ in range(2))
        self.weighted = np.zeros(size)
        self.potential = np.empty((size, kernel.WIDTH), np.float32)
        self.watts = np.empty((kernel.chunks(count), len(body.tissues), kernel.WIDTH))
        self.current, self.resistance, self.contact_power, self.balance = (
            np.zeros(positions) for _ in range(4)
        )
        self.delivered = np.zeros((positions, 2))
        self.tissue_power = np.zeros((positions, len(body.tissues)))
        self.reaching = np.zeros((positions, len(self.deeper)))

    def window(self, window: Window, progress: Progress | None) -> None:
        columns = self.lead.matrix(window.nodes)
        rows = np.full(len(self.index), -1, dtype=np.int64)
        rows[window.nodes] = np.arange(len(window.nodes))
        resistance = columns[:, self.index[window.nodes]]
        stiffness = self.lead.conductor.stiffness[window.nodes]
        touched = np.unique(stiffness.indices)
        stiffness, reached = stiffness[:, touched], self.index[touched]
        montage = self.session.montage
        for first, last in window.batches():
            pairs = [montage.pair(position, rows, resistance) for position in range(first, last)]
            weights = self._weights(pairs, first, len(window.nodes))
            self._batch(columns, weights, first, last)
            drawn = stiffness @ self.potential[reached].astype(np.float64)
            self._check(pairs, weights, drawn, first)
            if progress is not None:
                progress("dose", last, len(self.current))

    def _weights(self, pairs: list[Pair], first: int, size: int) -> NDArray[np.float64]:
        """(nodes of the window, WIDTH) nodal currents at the amplitude [A]."""
        weights = np.zeros((size, kernel.WIDTH))
        for p, pair in enumerate(pairs):
            deep = pair.resistance - pair.contact_power  # of 1 A: watts of the sheets are their ohms
            amplitude = self.shape.amplitude if self.limit is None else self.limit(deep)
            weights[pair.rows, p] = amplitude * pair.currents.sum(axis=0)
            self.current[first + p] = amplitude
            self.resistance[first + p] = pair.resistance
            self.contact_power[first + p] = amplitude**2 * pair.contact_power
        return weights

    def _batch(
        self, columns: NDArray[np.float32], weights: NDArray[np.float64], first: int, last: int
    ) -> None:
        used = np.flatnonzero(weights.any(axis=1))
        spare = -len(used) % kernel.UNROLL
        rows = np.concatenate([used, np.zeros(spare, dtype=used.dtype)])
        mixed = np.concatenate([weights[used], np.zeros((spare, kernel.WIDTH))]).astype(np.float32)
        seconds = np.zeros(kernel.WIDTH)
        seconds[: last - first] = self.session.timetable.seconds[first:last]
        shape, e = self.shape, self.elements
        kernel.mix(columns, rows, mixed, seconds * shape.mean, self.potential, self.weighted)
        kernel.accumulate(
            e.tets, e.gradient, e.sigma, e.fibre, e.volume, e.tissue, self.potential,
            (seconds * shape.mean).astype(np.float32), (seconds * shape.square).astype(np.float32),
            seconds.astype(np.float32), THRESHOLD, shape.shares,
            self.charge, self.square, self.peak, self.along, self.residence, self.watts,
        )  # fmt: skip
        self.tissue_power[first:last] = self.watts.sum(axis=0).T[: last - first]
        injected = self.current[first:last]
        for k, part in enumerate(self.deeper):
            if part.rank == self.deeper[0].rank:
                total = np.abs(weights).sum(axis=0)
            else:
                sums = np.zeros((kernel.row_chunks(len(part.nodes)), kernel.WIDTH))
                kernel.drawn(part.nodes, part.starts, part.neighbours, part.values, self.potential, sums)
                total = sums.sum(axis=0)
            self.reaching[first:last, k] = total[: last - first] / 2 / injected

    def _check(
        self, pairs: list[Pair], weights: NDArray[np.float64], drawn: NDArray[Any], first: int
    ) -> None:
        """Delivered current by the variational reaction, and the power balance."""
        for p, pair in enumerate(pairs):
            position = first + p
            amplitude = self.current[position]
            for contact in (0, 1):
                own, other = amplitude * pair.currents[contact], amplitude * pair.currents[1 - contact]
                found = float((drawn[pair.rows, p] - other)[own != 0].sum())
                self.delivered[position, contact] = found if contact == 0 else -found
            put_in = amplitude**2 * pair.resistance
            lost = put_in - self.contact_power[position] - self.tissue_power[position].sum()
            self.balance[position] = abs(lost) / put_in
            wrong = np.abs(self.delivered[position] - amplitude).max() / amplitude
            if wrong > DELIVERED_GOAL or self.balance[position] > POWER_GOAL:
                raise SolverError(
                    f"at position {position} the delivered current is off by {wrong:.2%} "
                    f"(goal {DELIVERED_GOAL:.1%}) and "
                    f"the power balance by {self.balance[position]:.2%} (goal {POWER_GOAL:.1%}); "
                    "clear the cache and solve again"
                )

    def result(self) -> Dose:
        session, e, shape = self.session, self.elements, self.shape
        count, length = len(session.body.tissue), session.timetable.session
        vector = self._current_density()
        return Dose(
            charge=_spread(self.charge, e.ids, count),
            peak=_spread(self.peak, e.ids, count),
            rms=_spread(np.sqrt(self.square / length), e.ids, count),
            vector=_spread(vector, e.ids, count),
            net=_spread(vector * (shape.net / shape.mean), e.ids, count),
            along=_spread(self.along, e.ids, count),
            residence=_spread(self.residence, e.ids, count),
            current=self.current,
            delivered=self.delivered,
            power_balance_error=self.balance,
            resistance=self.resistance,
            contact_power=self.contact_power,
            tissue_power=self.tissue_power,
            reaching=self.reaching[:, self.columns_of],
            seconds=session.timetable.seconds,
            tissues=tuple(session.body.tissues),
            reaching_names=self.names,
            session=length,
            sessions=1,
            on_fraction=float(shape.on_fraction),
            residual=float(self.lead.residual),
            body=session.body,
            volumes=session.lead.conductor.volumes,
        )

    def _current_density(self) -> NDArray[np.float64]:
        """(c, 3) sigma times minus the gradient of the time-weighted potential [C/m2]."""
        e = self.elements
        drops = self.weighted[e.tets[:, :1]] - self.weighted[e.tets[:, 1:]]
        field = np.einsum("eb,ebi->ei", drops, e.gradient.reshape(-1, 3, 3))
        xx, yy, zz, xy, xz, yz = e.sigma.T
        ex, ey, ez = field.T
        return np.column_stack(
            [xx * ex + xy * ey + xz * ez, xy * ex + yy * ey + yz * ez, xz * ex + yz * ey + zz * ez]
        )


def _spread(values: NDArray[Any], ids: NDArray[np.int64], count: int) -> NDArray[np.float32]:
    """Values of the conducting elements as float32 among all elements, 0 elsewhere."""
    whole = np.zeros((count, *values.shape[1:]), np.float32)
    whole[ids] = values
    return whole
