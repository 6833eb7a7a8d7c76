"""Thresholds of nerve fibres under given potentials."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from zygoma.device.rows import FloatArray, IntArray
from zygoma.errors import InputError, RangeError
from zygoma.response.fibre import Fibre
from zygoma.response.stimulus import Stimulus
from zygoma.units import show, si

TOLERANCE = 2e-3


@dataclass(frozen=True)
class Thresholds:
    """What excites a fibre, case by case.

    Attributes
    ----------
    current : ndarray, shape (n,)
        Smallest peak current that is seen to send an action potential along the fibre [A]; infinite where
        none does.
    node : ndarray of int, shape (n,)
        The node where it begins; -1 where there is none.
    reason : tuple of str
        Why there is none, or what makes the number doubtful; empty where there is nothing to say.
    runs : int
        Simulations in all.
    """

    current: FloatArray
    node: IntArray
    reason: tuple[str, ...]
    runs: int

    def __str__(self) -> str:
        found = self.current[np.isfinite(self.current)]
        text = f"{len(found)} of {len(self.current)} cases excited"
        return text if not len(found) else f"{text}, from {show(float(found.min()), 'A')} peak"


def thresholds(
    fibre: Fibre,
    potentials: npt.ArrayLike,
    stimulus: Stimulus,
    *,
    highest: float | str = 1.0,
    start: float | str | None = None,
    tolerance: float = TOLERANCE,
) -> Thresholds:
    """Smallest peak currents that send an action potential along a fibre.

    A run counts as excited when a node far from the excitation is passed: in each half of the fibre the one
    around which the lasting response to the potentials is smallest. The current rises by factors of 1.3 from
    a value that cannot excite, and the last interval is halved: from above, currents at which the surround
    blocks would be taken for "not excited". Both ends of a fibre are sealed; whether it passes by or
    terminates in the field is a matter of the potentials. Each case takes one thread.

    Parameters
    ----------
    fibre : Fibre
        Long enough to leave the field.
    potentials : array_like, shape (n, fibre.samples)
        Outside the fibre, at `fibre.offsets`, per ampere of the peak current [V/A].
    stimulus : Stimulus
    highest : float or str
        Largest current that is tried [A].
    start : float or str, optional
        Where the search may begin at the latest [A]; by itself it begins where a membrane depolarised in
        proportion would have moved by 8 mV.
    tolerance : float
        Of the thresholds, relative; they lie above the true one by no more than this.

    Raises
    ------
    InputError
        Potentials of another shape, or not finite.
    RangeError
        A current or a tolerance outside its range.
    """
    from zygoma.response.search import FOUND, HIGHEST_TRIED
    from zygoma.response.trials import Found, Searches, Trial

    volts = _checked(fibre, potentials)
    most = _current(highest, "the highest current")
    first = most if start is None else _current(start, "the first current")
    if not 1e-6 <= tolerance <= 0.1:
        raise RangeError(f"tolerance {tolerance!r} of a threshold; expected 1e-6 to 0.1, such as 0.002")
    found: list[Found | None] = [None] * len(volts)
    for place, one in Searches(stimulus, first, most, tolerance).run([Trial(fibre, own) for own in volts]):
        found[place] = one
    cases = [one for one in found if one is not None]
    none = {
        HIGHEST_TRIED: f"no action potential up to {show(most, 'A')}",
        FOUND: "",
    }
    flat = "the potential is the same along the whole fibre"
    near = "the whole fibre lies in the field; lengthen it"
    reason = tuple(none.get(one.outcome, flat) or ("" if one.clear else near) for one in cases)
    current = np.array([one.current for one in cases])
    node = np.array([one.node for one in cases], dtype=np.int64)
    return Thresholds(current, node, reason, sum(one.runs for one in cases))


def limit_thresholds(
    fibre: Fibre, potentials: npt.ArrayLike, stimulus: Stimulus, *, highest: float | str = 1.0
) -> Thresholds:
    """Thresholds in the limit of short time steps, from two step lengths.

    The error of the time step falls with its length for "mrg" and with the square of it for "senn"; the
    thresholds of a step and of its half tell what remains without it. Both are found ten times as finely as
    by `thresholds`, which raises the same errors.
    """
    fine = TOLERANCE / 10
    coarse = thresholds(fibre, potentials, stimulus, highest=highest, tolerance=fine)
    half = thresholds(fibre, potentials, stimulus.refined(), highest=highest, tolerance=fine)
    known = np.isfinite(coarse.current) & np.isfinite(half.current)
    current = np.full(len(known), math.inf)
    gain = 1.0 if fibre.cable.implicit == 1.0 else 1.0 / 3.0  # 1 / (2^order - 1)
    current[known] = half.current[known] + gain * (half.current[known] - coarse.current[known])
    return replace(half, current=current, runs=coarse.runs + half.runs)


def arrivals(fibre: Fibre, potential: npt.ArrayLike, stimulus: Stimulus, current: float | str) -> FloatArray:
    """When an action potential reaches each node under a given current.

    Parameters
    ----------
    fibre : Fibre
    potential : array_like, shape (fibre.samples,)
        Outside the fibre, at `fibre.offsets`, per ampere of the peak current [V/A].
    stimulus : Stimulus
    current : float or str
        Peak [A].

    Returns
    -------
    ndarray, shape (nodes,)
        Times from the beginning of the stimulus [s]; infinite where none comes.

    Raises
    ------
    InputError, RangeError
        As for `thresholds`.
    """
    from zygoma.response.stepping import force, run, settle
    from zygoma.response.trials import TAIL

    volts = _checked(fibre, np.asarray(potential)[None])[0]
    rest, _ = settle(fibre.cable, fibre.membrane, fibre.nodes)
    source, forcing = np.empty(fibre.nodes), np.empty((len(fibre.cable.decay), fibre.nodes - 1))
    force(fibre.cable, volts, source, forcing)
    steps, arrival = stimulus.steps(TAIL + fibre.travel_time), np.empty(fibre.nodes)
    nowhere = np.zeros(0, dtype=np.int64)
    amperes = _current(current, "the current")
    run(fibre.cable, fibre.membrane, rest, steps, source, forcing, amperes, nowhere, arrival)
    return arrival


def _checked(fibre: Fibre, potentials: npt.ArrayLike) -> FloatArray:
    try:
        volts = np.ascontiguousarray(potentials, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"potentials that are not numbers ({error}); expected V/A at fibre.offsets"
        ) from error
    if volts.ndim != 2 or volts.shape[1] != fibre.samples or not len(volts):
        raise InputError(
            f"potentials of shape {volts.shape}; expected (n, {fibre.samples}), one row a case and one column"
            " for each of fibre.offsets"
        )
    if not np.isfinite(volts).all():
        case, sample = np.argwhere(~np.isfinite(volts))[0]
        raise InputError(
            f"the potential of case {case} at {fibre.offsets[sample]:g} m along the fibre is"
            f" {volts[case, sample]}; expected finite numbers: does the fibre leave the conductor?"
        )
    return volts


def _current(given: float | str, what: str) -> float:
    amperes = si(given, "A", what)
    if not (math.isfinite(amperes) and amperes > 0):
        raise RangeError(f"{what} is {amperes!r} A; expected above zero")
    return amperes
