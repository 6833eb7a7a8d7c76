"""Runs the compiled loops over the positions of a session and collects what they find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import SolverError
from zygoma.field.field import DELIVERED_GOAL, POWER_GOAL
from zygoma.treatment import kernel
from zygoma.treatment.body import Deeper, Elements, tissue_ranks
from zygoma.treatment.dose import THRESHOLD, Dose
from zygoma.treatment.mirror import Share
from zygoma.treatment.montage import Pair, Window

if TYPE_CHECKING:
    from zygoma.treatment.session import Progress, Session

_BINS = 4096


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


class Accumulator:
    """Runs the kernel over the windows of a session and collects what it finds."""

    def __init__(self, session: Session, waveform: Any, limit: Callable[[float], float] | None) -> None:
        lead, body = session.lead, session.body
        conductor = lead.conductor
        self.session, self.lead, self.limit, self.shape = session, lead, limit, _Shape.of(waveform)
        self.kept = self._kept_nodes()
        self.index = np.full(len(conductor.nodes), -1, dtype=np.int64)
        self.index[self.kept] = np.arange(len(self.kept))
        self.elements = Elements.of(conductor, body, self.index, session.conducting)
        ranks = tissue_ranks(body, conductor.conducting) if session.elements is None else {}
        self.names = tuple(ranks)
        self.deeper = [
            Deeper.of(self.elements, conductor.gradients, body.depth_rank, rank, len(self.kept))
            for rank in sorted(set(ranks.values()))
        ]
        self.columns_of = [[part.rank for part in self.deeper].index(ranks[name]) for name in self.names]
        count, positions = len(self.elements.ids), session.timetable.unique_positions
        self.charge, self.square, self.residence = (np.zeros(count) for _ in range(3))
        self.peak, self.along = (np.zeros(count, np.float32) for _ in range(2))
        self.weighted = np.zeros(len(self.kept))
        self.potential = np.empty((len(self.kept), kernel.WIDTH), np.float32)
        self.watts = np.empty((kernel.chunks(count), len(body.tissues), kernel.WIDTH))
        self.current, self.resistance, self.contact_power, self.balance = (
            np.zeros(positions) for _ in range(4)
        )
        self.delivered = np.zeros((positions, 2))
        self.tissue_power = np.zeros((positions, len(body.tissues)))
        self.reaching = np.zeros((positions, len(self.deeper)))
        self.done = 0

    def _kept_nodes(self) -> NDArray[np.int64]:
        """Nodes whose potential is needed: those of the elements, and those next to a contact."""
        if self.session.elements is None:
            return np.asarray(self.lead.target_nodes)
        conductor, montage = self.lead.conductor, self.session.montage
        own = conductor.tets[self.session.conducting].ravel()
        if self.session.image is not None:
            own = np.concatenate([own, conductor.mirror[own]])
        under = montage.nodes(np.arange(self.session.timetable.unique_positions))
        return np.unique(np.concatenate([own, conductor.stiffness[under].indices]))

    def window(self, window: Window, share: Share, progress: Progress | None) -> None:
        """Add the positions of a window."""
        columns = self.lead.matrix(window.nodes, None if self.session.elements is None else self.kept)
        rows = np.full(len(self.index), -1, dtype=np.int64)
        rows[window.nodes] = np.arange(len(window.nodes))
        resistance = columns[:, self.index[window.nodes]]
        stiffness = self.lead.conductor.stiffness[window.nodes]
        touched = np.unique(stiffness.indices)
        stiffness, reached = stiffness[:, touched], self.index[touched]
        montage = self.session.montage
        for batch in window.batches():
            positions = share.positions[batch]
            pairs = [montage.pair(int(position), rows, resistance) for position in positions]
            weights = self._weights(pairs, positions, len(window.nodes))
            self._batch(columns, weights, positions, share.seconds[batch])
            drawn = stiffness @ self.potential[reached].astype(np.float64)
            self._check(pairs, weights, drawn, positions)
            self.done += len(positions) * (1 if share.partner is None else 2)
            if progress is not None:
                progress("dose", min(self.done, len(self.current)), len(self.current))

    def mirror(self, share: Share) -> None:
        """Add what the mirror images of all positions added so far do: the same in the mirrored elements."""
        image = self.session.image
        assert image is not None
        assert share.partner is not None
        for sums in (self.charge, self.square, self.residence):
            sums += sums[image]
        for most in (self.peak, self.along):
            np.maximum(most, most[image], out=most)
        self.weighted += self.weighted[self.index[self.lead.conductor.mirror[self.kept]]]
        for found in (
            self.current, self.resistance, self.contact_power, self.balance, self.delivered,
            self.tissue_power, self.reaching,
        ):  # fmt: skip
            found[share.partner] = found[share.positions]

    def _weights(self, pairs: list[Pair], positions: NDArray[np.int64], size: int) -> NDArray[np.float64]:
        """(nodes of the window, WIDTH) nodal currents at the amplitude [A]."""
        weights = np.zeros((size, kernel.WIDTH))
        for p, (pair, position) in enumerate(zip(pairs, positions, strict=True)):
            deep = pair.resistance - pair.contact_power  # of 1 A: watts of the sheets are their ohms
            amplitude = self.shape.amplitude if self.limit is None else self.limit(deep)
            weights[pair.rows, p] = amplitude * pair.currents.sum(axis=0)
            self.current[position] = amplitude
            self.resistance[position] = pair.resistance
            self.contact_power[position] = amplitude**2 * pair.contact_power
        return weights

    def _batch(
        self,
        columns: NDArray[np.float32],
        weights: NDArray[np.float64],
        positions: NDArray[np.int64],
        held: NDArray[np.float64],
    ) -> None:
        used = np.flatnonzero(weights.any(axis=1))
        spare = -len(used) % kernel.UNROLL
        rows = np.concatenate([used, np.zeros(spare, dtype=used.dtype)])
        mixed = np.concatenate([weights[used], np.zeros((spare, kernel.WIDTH))]).astype(np.float32)
        count = len(positions)
        seconds = np.zeros(kernel.WIDTH)
        seconds[:count] = held
        shape, e = self.shape, self.elements
        kernel.mix(columns, rows, mixed, seconds * shape.mean, self.potential, self.weighted)
        kernel.accumulate(
            e.tets, e.gradient, e.sigma, e.fibre, e.volume, e.tissue, self.potential,
            (seconds * shape.mean).astype(np.float32), (seconds * shape.square).astype(np.float32),
            seconds.astype(np.float32), THRESHOLD, shape.shares,
            self.charge, self.square, self.peak, self.along, self.residence, self.watts,
        )  # fmt: skip
        self.tissue_power[positions] = self.watts.sum(axis=0).T[:count]
        injected = self.current[positions]
        for k, part in enumerate(self.deeper):
            if part.rank == self.deeper[0].rank:
                total = np.abs(weights).sum(axis=0)
            else:
                sums = np.zeros((kernel.row_chunks(len(part.nodes)), kernel.WIDTH))
                kernel.drawn(part.nodes, part.starts, part.neighbours, part.values, self.potential, sums)
                total = sums.sum(axis=0)
            self.reaching[positions, k] = total[:count] / 2 / injected

    def _check(
        self,
        pairs: list[Pair],
        weights: NDArray[np.float64],
        drawn: NDArray[Any],
        positions: NDArray[np.int64],
    ) -> None:
        """Delivered current by the variational reaction, and the power balance."""
        for p, (pair, position) in enumerate(zip(pairs, positions, strict=True)):
            amplitude = self.current[position]
            for contact in (0, 1):
                own, other = amplitude * pair.currents[contact], amplitude * pair.currents[1 - contact]
                found = float((drawn[pair.rows, p] - other)[own != 0].sum())
                self.delivered[position, contact] = found if contact == 0 else -found
            wrong = np.abs(self.delivered[position] - amplitude).max() / amplitude
            self.balance[position], in_tissue = self._balance(int(position))
            if not wrong <= DELIVERED_GOAL or in_tissue > POWER_GOAL:
                raise SolverError(
                    f"at position {position} the delivered current is off by {wrong:.2%} "
                    f"(goal {DELIVERED_GOAL:.1%}) and the power in the body by {in_tissue:.2%} "
                    f"(goal {POWER_GOAL:.1%}) with columns solved now; check conductivities and contacts"
                )

    def _balance(self, position: int) -> tuple[float, float]:
        """Power put in less that dissipated, over that put in and over that which is left for the body.

        The sheets under the contacts take nearly all power, so only the latter shows an error in the body.
        Not a number where elements are left out.
        """
        if self.session.elements is not None:
            return np.nan, np.nan
        put_in = self.current[position] ** 2 * self.resistance[position]
        body = put_in - self.contact_power[position]
        lost = abs(body - self.tissue_power[position].sum())
        return float(lost / put_in), float(lost / body)

    def result(self) -> Dose:
        session, e, shape = self.session, self.elements, self.shape
        count, length = len(session.body.tissue), session.timetable.session
        vector = self._current_density()
        asked, tissue_power = session.elements, self.tissue_power
        if asked is not None:  # the other elements, and what all have together, were not computed
            tissue_power = np.full_like(tissue_power, np.nan)

        def spread(values: NDArray[Any]) -> NDArray[np.float32]:
            return _spread(values, e.ids, asked, count)

        return Dose(
            charge=spread(self.charge),
            peak=spread(self.peak),
            rms=spread(np.sqrt(self.square / length)),
            vector=spread(vector),
            net=spread(vector * (shape.net / shape.mean)),
            along=spread(self.along),
            residence=spread(self.residence),
            current=self.current,
            delivered=self.delivered,
            power_balance_error=self.balance,
            resistance=self.resistance,
            contact_power=self.contact_power,
            tissue_power=tissue_power,
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


def _spread(
    values: NDArray[Any], ids: NDArray[np.int64], asked: NDArray[np.int64] | None, count: int
) -> NDArray[np.float32]:
    """Values of some elements as float32 among all: 0 in those that do not conduct, NaN if not asked for."""
    whole = np.zeros((count, *values.shape[1:]), np.float32)
    if asked is not None:
        whole[:] = np.nan
        whole[asked] = 0.0
    whole[ids] = values
    return whole
