"""What is not known of the face, carried to every number of its dose: intervals, and what they come from."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import RangeError
from zygoma.plan.chaos import Array, Shares, least_samples, sobol
from zygoma.plan.plan import Plan
from zygoma.plan.prior import Prior, draw, priors
from zygoma.plan.sample import QUANTITIES, UNITS, Sample, ground_of
from zygoma.plan.scheduler import Scheduler
from zygoma.plan.stages import Progress, Stages
from zygoma.provenance import content_hash

LEAST = 16
"""Samples below which no interval from 5 to 95 % is told."""

MOST = 100_000
"""Samples above which a number was mistyped: as many take days."""

_LEVELS = (0.05, 0.5, 0.95)
_RESAMPLES = 400


@dataclass(frozen=True)
class Interval:
    """5, 50 and 95 % of a number over the samples, each with its standard error, beside its nominal value."""

    nominal: float
    low: float
    median: float
    high: float
    low_error: float
    median_error: float
    high_error: float

    def about(self, nominal: float) -> Interval:
        """The same, relative to another nominal value: that of a finer mesh."""
        ratio = nominal / self.nominal if self.nominal else 1.0
        return Interval(nominal, *(ratio * value for value in self.json_values()[1:]))

    def json_values(self) -> tuple[float, ...]:
        """All seven values in order."""
        return (
            self.nominal, self.low, self.median, self.high,
            self.low_error, self.median_error, self.high_error,
        )  # fmt: skip

    def json(self) -> dict[str, float]:
        """Values by name."""
        names = ("nominal", "p05", "median", "p95", "p05_error", "median_error", "p95_error")
        return dict(zip(names, self.json_values(), strict=True))


@dataclass(frozen=True)
class Share:
    """Sobol indices of one property, mean over the dose of the muscles or of one of them.

    Attributes
    ----------
    prior : Prior
        The property.
    first, total : float
        Share of the variance of the dose's logarithm that it explains alone, and with its interactions.
    first_error, total_error : float
        Standard errors.
    """

    prior: Prior
    first: float
    first_error: float
    total: float
    total_error: float

    def json(self) -> dict[str, Any]:
        """In plain values."""
        return {
            "property": self.prior.name,
            "first": self.first,
            "first_error": self.first_error,
            "total": self.total,
            "total_error": self.total_error,
        }


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Numbers of a session over samples of what is not known.

    Attributes
    ----------
    plan : Plan
        Whose face and session.
    resolution : str
        Of the samples' meshes.
    seed : int
        Of the draw.
    priors : tuple of Prior
        What was varied.
    germ : (n, d) array
        Standardised logarithm of every property in every sample.
    names : tuple of str
        ``kind/name/quantity`` of each number; kind is ``muscles``, ``regions`` or ``face``.
    values : (n, m) array
        Every number in every sample [SI].
    nominal : (m,) array
        The same with all properties nominal, on the samples' mesh.
    quantiles, quantile_errors : (3, m) arrays
        5, 50 and 95 %, and their standard errors (bootstrap).
    shares : Shares or None
        Sobol indices of the logarithm of every number; None with too few samples.
    seconds : float
        Wall time; that of samples kept from before is not in it.
    """

    plan: Plan
    resolution: str
    seed: int
    priors: tuple[Prior, ...]
    germ: Array
    names: tuple[str, ...]
    values: Array
    nominal: Array
    quantiles: Array
    quantile_errors: Array
    shares: Shares | None
    seconds: float

    @property
    def samples(self) -> int:
        """How many."""
        return len(self.values)

    def interval(self, kind: str, name: str, quantity: str) -> Interval | None:
        """Interval of a number; None where the set has none, such as a field along fibres without fibres."""
        key = f"{kind}/{name}/{quantity}"
        if key not in self.names:
            return None
        k = self.names.index(key)
        return Interval(
            *(float(v) for v in (self.nominal[k], *self.quantiles[:, k], *self.quantile_errors[:, k]))
        )

    def importance(self, kind: str = "muscles", name: str | None = None) -> tuple[Share, ...]:
        """Sobol indices of the dose, largest first; the mean over all muscles (or regions), or of one."""
        if self.shares is None:
            return ()
        ends = f"{name}/charge_density" if name else "/charge_density"
        own = [k for k, key in enumerate(self.names) if key.startswith(f"{kind}/") and key.endswith(ends)]
        columns = self.shares.mean(np.array(own, dtype=np.int64))
        rows = zip(*columns, strict=True)
        found = [Share(p, *map(float, row)) for p, row in zip(self.priors, rows, strict=True)]
        return tuple(sorted(found, key=lambda share: -share.total))

    @property
    def explained(self) -> float | None:
        """Smallest share of the dose's variance, over muscles and regions, that the polynomials predict."""
        if self.shares is None:
            return None
        own = [k for k, key in enumerate(self.names) if key.endswith("/charge_density")]
        return float(np.nanmin(self.shares.explained[own]))

    def spread(self, kind: str = "muscles") -> tuple[float, float]:
        """5 and 95 % of the dose over its nominal value, as the medians over the muscles (or regions)."""
        own = [k for k, n in enumerate(self.names) if n.startswith(kind) and n.endswith("/charge_density")]
        ratio = self.quantiles[:, own] / self.nominal[own]
        return float(np.median(ratio[0])), float(np.median(ratio[2]))

    def json(self) -> dict[str, Any]:
        """Everything except the samples, ready for ``json.dumps``."""

        def rows(kind: str) -> list[dict[str, Any]]:
            sets = dict.fromkeys(key.split("/")[1] for key in self.names if key.startswith(f"{kind}/"))
            found = []
            for name in sets:
                given = {q: self.interval(kind, name, q) for q in QUANTITIES}
                row = {f"{q}_{UNITS[q]}": None if i is None else i.json() for q, i in given.items()}
                shares = [share.json() for share in self.importance(kind, name)]
                found.append({"name": name, **row, "shares": shares})
            return found

        face = [key.split("/")[2] for key in self.names if key.startswith("face/")]
        whole = {name: self.interval("face", "whole", name) for name in face}
        return {
            "samples": self.samples,
            "seed": self.seed,
            "resolution": self.resolution,
            "priors": [prior.json() for prior in self.priors],
            "muscles": rows("muscles"),
            "regions": rows("regions"),
            "face": {name: None if i is None else i.json() for name, i in whole.items()},
            "shares_muscles": [share.json() for share in self.importance("muscles")],
            "shares_regions": [share.json() for share in self.importance("regions")],
            "explained": self.explained,
            "seconds": round(self.seconds, 3),
            "hash": content_hash(self.values),
        }

    def __str__(self) -> str:
        low, high = self.spread()
        lines = [
            f"{self.samples} samples of {len(self.priors)} uncertain properties, {self.resolution} mesh, "
            f"seed {self.seed}, {self.seconds:.0f} s",
            f"dose of a muscle: {low:.2f} to {high:.2f} times the nominal one in 9 cases of 10 "
            "(median over the muscles)",
        ]
        shares = self.importance()
        if not shares:
            needed = least_samples(len(self.priors))
            return "\n".join([*lines, f"what matters is not told below {needed} samples"])
        top = ", ".join(f"{s.prior.what.lower()} {s.total:.0%} ± {s.total_error:.0%}" for s in shares[:3])
        return "\n".join([*lines, f"what matters most (share of the variance): {top}"])


def propagate(
    plan: Plan | None = None,
    samples: int = 200,
    seed: int | None = None,
    progress: Progress | None = None,
    scheduler: Scheduler | None = None,
    resolution: str = "coarse",
) -> Uncertainty:
    """Compute a session on faces that differ in what is not known.

    Every sample is a face with its own layers and conductivities, its own lead field and its own session.
    Finished samples are kept, so that a run that was interrupted goes on where it ended and one with more
    samples computes only these.

    Parameters
    ----------
    plan : Plan, optional
        The question; without it the built-in plan.
    samples : int
        How many, 16 to 100,000.
    seed : int, optional
        Of the draw; that of the plan by default. The same seed gives the same numbers.
    progress : callable, optional
        Called with ("samples", done, total).
    scheduler : Scheduler, optional
        Where they are computed; here by default.
    resolution : str
        Of the meshes.

    Raises
    ------
    InputError, MeshError, SolverError, SchedulerError
        As `zygoma.plan.treat` and `Scheduler.run`; fewer than 16 samples.
    """
    check_samples(samples)
    plan = plan or Plan()
    seed = plan.options.seed if seed is None else seed
    stage = Stages(progress)
    known = priors()
    started = perf_counter()
    with stage("samples") as tell:
        ground = ground_of(plan, resolution)
        germ = draw(known, samples, seed)
        drawn = [{p.name: float(x) for p, x in zip(known, row, strict=True)} for row in germ]
        tasks = [Sample(plan, resolution, one, ground) for one in ({}, *drawn)]
        found = (scheduler or Scheduler()).run(tasks, tell)
    with stage("intervals"):
        names = tuple(name for name in found[0] if all(name in numbers for numbers in found))
        values = np.array([[numbers[name] for name in names] for numbers in found])
        nominal, values = values[0], values[1:]
        quantiles, errors = quantiles_of(values, seed)
    with stage("shares"):
        shares = _shares(known, germ, values, seed)
    seconds = perf_counter() - started
    return Uncertainty(
        plan, resolution, seed, known, germ, names, values, nominal, quantiles, errors, shares, seconds
    )


def check_samples(samples: int) -> None:
    """Refuse fewer samples than an interval needs, and more than anyone can compute.

    Raises
    ------
    RangeError
        Fewer than 16 or more than 100,000.
    """
    if samples > MOST:
        raise RangeError(
            f"{samples} samples were asked for; expected at most {MOST:,}. A sample takes seconds; "
            "200 tell intervals well"
        )
    if samples < LEAST:
        raise RangeError(
            f"{samples} samples were asked for; expected at least {LEAST}: with fewer, not one sample lies "
            "beyond the ends of an interval from 5 to 95 %. 200 tell them well"
        )


def quantiles_of(values: Array, seed: int, resamples: int = _RESAMPLES) -> tuple[Array, Array]:
    """5, 50 and 95 % (3, m) of values (n, m), and their standard errors from draws with replacement.

    The draws take the samples for independent ones; quasi-random samples lie more evenly, so the errors
    are not too small.
    """
    rows = np.random.default_rng(seed).integers(0, len(values), (resamples, len(values)))
    again = np.stack([np.quantile(values[one], _LEVELS, axis=0) for one in rows])
    return np.quantile(values, _LEVELS, axis=0), np.asarray(again.std(axis=0))


def _shares(known: tuple[Prior, ...], germ: Array, values: NDArray[Any], seed: int) -> Shares | None:
    """Sobol indices of the logarithms: the properties act as factors, so do they on the dose."""
    if len(values) < least_samples(len(known)):
        return None
    positive = (values > 0).all(axis=0)
    logarithm = np.log(np.where(positive, values, 1.0))
    return sobol(germ, logarithm, [prior.distribution for prior in known], seed)
