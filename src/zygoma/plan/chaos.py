"""Which input matters: Sobol indices from given samples, by regression on orthogonal polynomials.

The response is expanded in polynomials that are orthonormal under the distributions of the inputs (polynomial
chaos, by chaospy). The variance then is the sum of the squared coefficients, and the part of an input is the
sum over the terms in which it occurs.

References
----------
Sudret 2008, Global sensitivity analysis using polynomial chaos expansions, Reliab Eng Syst Saf 93:964.
Blatman and Sudret 2010, Prob Eng Mech 25:183 (hyperbolic truncation, leave-one-out error).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError

Array = NDArray[np.float64]

_ORDER = 10  # largest degree of a polynomial
_TRUNCATION = (1e-3, 0.75, 1.0)  # additive, few mixed terms, all terms up to the degree
_RESAMPLES = 200
_CONSTANT = 1e-8  # relative spread below which a response does not vary


@dataclass(frozen=True, eq=False)
class Shares:
    """Sobol indices of m responses to d inputs.

    Attributes
    ----------
    first : (d, m) array
        Share of the variance that an input explains alone; not a number where a response does not vary.
    total : (d, m) array
        Share with all its interactions.
    first_resampled, total_resampled : (b, d, m) arrays
        The same from samples drawn with replacement (bootstrap).
    explained : (m,) array
        Share of the variance that the polynomial predicts at samples left out of its fit.
    terms : (m,) int array
        Terms of the polynomial.
    """

    first: Array
    total: Array
    first_resampled: Array
    total_resampled: Array
    explained: Array
    terms: NDArray[np.int64]

    @property
    def first_error(self) -> Array:
        """(d, m) standard error of `first`."""
        return np.asarray(self.first_resampled.std(axis=0))

    @property
    def total_error(self) -> Array:
        """(d, m) standard error of `total`."""
        return np.asarray(self.total_resampled.std(axis=0))

    def mean(self, columns: NDArray[np.int64]) -> tuple[Array, Array, Array, Array]:
        """First and total indices (d,), each with its standard error, averaged over some responses."""
        own = columns[np.isfinite(self.total[:, columns]).all(axis=0)]
        first, total = (
            self.first_resampled[:, :, own].mean(axis=2),
            self.total_resampled[:, :, own].mean(axis=2),
        )
        return (
            self.first[:, own].mean(axis=1),
            first.std(axis=0),
            self.total[:, own].mean(axis=1),
            total.std(axis=0),
        )


def least_samples(inputs: int) -> int:
    """Samples below which no polynomial is fitted: twice the terms of a linear one."""
    return 2 * (inputs + 1)


def sobol(
    inputs: Array, responses: Array, distributions: Sequence[Any], seed: int, resamples: int = _RESAMPLES
) -> Shares:
    """Sobol indices from samples that are given.

    Of polynomials with at most half as many terms as samples, each response takes the one that predicts best
    what was left out of its fit.

    Parameters
    ----------
    inputs : (n, d) array
        Independent draws, by any design that follows the distributions.
    responses : (n, m) array
        What was found for them.
    distributions : sequence of d chaospy distributions
        Of the inputs.
    seed : int
        Of the resampling.
    resamples : int
        Draws with replacement for the errors.

    Raises
    ------
    InputError
        Fewer samples than `least_samples`.
    """
    n, d = inputs.shape
    m = responses.shape[1]
    if n < least_samples(d):
        raise InputError(f"{n} samples of {d} inputs; Sobol indices need at least {least_samples(d)}")
    centre, spread = responses.mean(axis=0), responses.std(axis=0)
    varies = spread > _CONSTANT * np.maximum(np.abs(centre), 1e-300)
    scaled = (responses - centre) / np.where(varies, spread, 1.0)
    best = np.full(m, np.inf)
    chosen = np.full(m, -1)
    bases = _bases(inputs, distributions)
    for k, (_, design) in enumerate(bases):
        error = _left_out(design, scaled)
        better = varies & (error < best)
        best[better], chosen[better] = error[better], k
    draws = np.random.default_rng(seed).integers(0, n, (resamples, n))
    first, total = np.full((d, m), np.nan), np.full((d, m), np.nan)
    firsts, totals = np.full((resamples, d, m), np.nan), np.full((resamples, d, m), np.nan)
    terms = np.zeros(m, dtype=np.int64)
    for k, (powers, design) in enumerate(bases):
        own = np.flatnonzero(chosen == k)
        if not len(own):
            continue
        terms[own] = len(powers)
        first[:, own], total[:, own] = _indices(powers, design, scaled[:, own])
        for b, rows in enumerate(draws):
            firsts[b][:, own], totals[b][:, own] = _indices(powers, design[rows], scaled[rows][:, own])
    return Shares(first, total, firsts, totals, np.where(varies, 1 - best, np.nan), terms)


def _bases(inputs: Array, distributions: Sequence[Any]) -> list[tuple[NDArray[np.int64], Array]]:
    """Powers (t, d) and values (n, t) of the terms of each polynomial that may be fitted."""
    import chaospy
    import numpoly

    n, d = inputs.shape
    single = []
    for k, one in enumerate(distributions):
        values = chaospy.generate_expansion(_ORDER, one, normed=True)(inputs[:, k])
        single.append(np.asarray(values, dtype=np.float64).T)
    found: list[tuple[NDArray[np.int64], Array]] = []
    for truncation in _TRUNCATION:
        for order in range(1, _ORDER + 1):
            if truncation < 0.5 and 2 * (1 + order * d) > n:
                break
            powers = np.asarray(
                numpoly.glexindex(0, order + 1, dimensions=d, graded=True, cross_truncation=truncation)
            )
            if 2 * len(powers) > n:
                break
            if any(np.array_equal(powers, known) for known, _ in found):
                continue
            design = np.ones((n, len(powers)))
            for k in range(d):
                design *= single[k][:, powers[:, k]]
            found.append((powers, design))
    return found


def _left_out(design: Array, responses: Array) -> Array:
    """(m,) mean square error of each response at samples left out one by one."""
    q, _ = np.linalg.qr(design)
    leverage = (q**2).sum(axis=1)
    rest = responses - q @ (q.T @ responses)
    return np.asarray(((rest / np.maximum(1 - leverage, 1e-9)[:, None]) ** 2).mean(axis=0))


def _indices(powers: NDArray[np.int64], design: Array, responses: Array) -> tuple[Array, Array]:
    """First and total indices (d, m) by least squares."""
    coefficient, *_ = np.linalg.lstsq(design, responses, rcond=None)
    part = coefficient**2 * (powers.sum(axis=1) > 0)[:, None]
    alone = (powers > 0).sum(axis=1) == 1
    variance = part.sum(axis=0)
    involved = (powers > 0).astype(np.float64)
    return (involved * alone[:, None]).T @ part / variance, involved.T @ part / variance
