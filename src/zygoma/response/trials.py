"""Fibres in given potentials, whose thresholds are found by all cores at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import NamedTuple

import numba
import numpy as np

from zygoma.device.rows import FloatArray, IntArray
from zygoma.response.cable import steady_response
from zygoma.response.fibre import Fibre
from zygoma.response.search import search
from zygoma.response.state import Rest, Steps
from zygoma.response.stepping import settle
from zygoma.response.stimulus import Stimulus

TAIL = 3e-3
"""Time after the current in which an action potential may begin [s]; its way along the fibre comes on top."""
_NEIGHBOURS = 2
_CLEAR = 0.5  # of the largest response of a fibre


class Trial(NamedTuple):
    """One fibre, and the potential outside at its offsets per ampere of the peak current [V/A]."""

    fibre: Fibre
    potential: FloatArray


class Found(NamedTuple):
    """What the search for one threshold gave.

    Attributes
    ----------
    current : float
        Smallest peak current that excites [A]; infinite where none does.
    node, outcome, runs : int
        Node where the action potential begins or -1, see `search`, simulations.
    clear : bool
        Whether the fibre leaves the field.
    """

    current: float
    node: int
    outcome: int
    runs: int
    clear: bool


class Searches:
    """Searches under one stimulus, longest first, each on one thread; so many at a time as numba may use.

    Parameters
    ----------
    stimulus : Stimulus
    first, highest : float
        Current at which a search begins at the latest, and the largest that is tried [A].
    tolerance : float
        Of the thresholds, relative.
    """

    def __init__(self, stimulus: Stimulus, first: float, highest: float, tolerance: float) -> None:
        self.stimulus, self.first, self.highest, self.tolerance = stimulus, first, highest, tolerance
        self._rest: dict[Fibre, tuple[Rest, float]] = {}
        self._steps: dict[float, Steps] = {}

    def run(self, trials: Sequence[Trial]) -> Iterator[tuple[int, Found]]:
        """Place of each trial and what was found, as it is found.

        Leaving the iteration early, also by an interruption, waits for the searches that are running and
        leaves the others out.
        """
        order = sorted(range(len(trials)), key=lambda k: -trials[k].fibre.nodes)
        pool = ThreadPoolExecutor(numba.get_num_threads())
        try:
            places: dict[Future[Found], int] = {}
            for k in order:
                places[pool.submit(self._one, *self._given(trials[k]))] = k
            for future in as_completed(places):
                yield places[future], future.result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _given(self, trial: Trial) -> tuple[Fibre, Rest, Steps, FloatArray, IntArray, bool]:
        """What a search needs; what fibres share is made once."""
        fibre = trial.fibre
        if fibre not in self._rest:
            self._rest[fibre] = settle(fibre.cable, fibre.membrane, fibre.nodes)
        rest, conductance = self._rest[fibre]
        tail = TAIL + fibre.travel_time
        if tail not in self._steps:
            self._steps[tail] = self.stimulus.steps(tail)
        remote, clear = _remote(np.abs(steady_response(fibre.cable, conductance, trial.potential[None])[0]))
        return fibre, rest, self._steps[tail], trial.potential, remote, clear

    def _one(
        self, fibre: Fibre, rest: Rest, steps: Steps, potential: FloatArray, remote: IntArray, clear: bool
    ) -> Found:
        current, node, outcome, runs = search(
            fibre.cable,
            fibre.membrane,
            rest,
            steps,
            potential,
            remote,
            self.first,
            self.highest,
            self.tolerance,
        )
        return Found(float(current), int(node), int(outcome), int(runs), clear)


def _remote(response: FloatArray) -> tuple[IntArray, bool]:
    """In each half the node with the smallest response around it (2,), and whether it is small enough."""
    padded = np.pad(response, _NEIGHBOURS)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _NEIGHBOURS + 1).max(axis=1)
    half = len(response) // 2
    nodes = np.array([around[: half + 1].argmin(), half + around[half:].argmin()], dtype=np.int64)
    return nodes, bool(around[nodes].max() <= _CLEAR * response.max())
