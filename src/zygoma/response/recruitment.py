"""Which share of a muscle's motor fibres a current excites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import InputError, RangeError

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Recruitment:
    """Fibres of one muscle, lowest threshold first.

    Electric current takes large and near fibres first, the reverse of the order of a willed movement.

    Attributes
    ----------
    thresholds : (n,) array
        Peak currents that excite, rising; infinite for a fibre that none of those tried excites [A].
    diameters : (n,) array
        Outer diameters of the fibres [m].
    weights : (n,) array
        Share of the muscle's fibres that each stands for; they sum to 1.
    """

    thresholds: Array
    diameters: Array
    weights: Array

    @classmethod
    def of(cls, diameters: ArrayLike, thresholds: ArrayLike, weights: ArrayLike | None = None) -> Recruitment:
        """Recruitment of a sample of fibres over diameters and positions.

        Parameters
        ----------
        diameters : array_like (n,)
            [m].
        thresholds : array_like (n,)
            [A], above zero or infinite.
        weights : array_like (n,), optional
            How many fibres each stands for, in any scale; equal otherwise, which is an assumption: the
            diameters of facial motor fibres are not known.

        Raises
        ------
        InputError
            No fibres, or columns of different length.
        RangeError
            A diameter or threshold that is not above zero, or weights that are negative or all zero.
        """
        d, t = np.asarray(diameters, dtype=float), np.asarray(thresholds, dtype=float)
        w = np.ones(t.shape) if weights is None else np.asarray(weights, dtype=float)
        if d.ndim != 1 or not len(d) or not d.shape == t.shape == w.shape:
            raise InputError(
                f"diameters {d.shape}, thresholds {t.shape}, weights {w.shape}; expected one row each of the"
                " same length, with a fibre at least"
            )
        if not (np.isfinite(d).all() and (d > 0).all() and (t > 0).all()):
            raise RangeError("a diameter or threshold is not above zero; expected metres and amperes above 0")
        if not (np.isfinite(w).all() and (w >= 0).all() and w.sum() > 0):
            raise RangeError("weights of fibres; expected numbers of 0 or more, one above 0 at least")
        order = np.lexsort((-d, t))
        return cls(t[order], d[order], w[order] / w.sum())

    @classmethod
    def by_model(
        cls, rows: Iterable[tuple[str, float, float]], weights: Mapping[float, float] | None = None
    ) -> dict[str, Recruitment]:
        """Recruitment by nerve model from rows (model, diameter [m], threshold [A]).

        Parameters
        ----------
        rows : iterable of tuple
        weights : mapping of float to float, optional
            How many fibres of each diameter [m] the muscle has; shared equally among its rows.

        Raises
        ------
        InputError
            No rows, or a diameter without a weight.
        RangeError
            As `of`.
        """
        columns: dict[str, tuple[list[float], list[float]]] = {}
        for model, diameter, threshold in rows:
            diameters, thresholds = columns.setdefault(model, ([], []))
            diameters.append(diameter)
            thresholds.append(threshold)
        if not columns:
            raise InputError("no rows of fibres; expected (model, diameter, threshold)")
        return {model: cls.of(d, t, _shared(d, weights)) for model, (d, t) in columns.items()}

    def share(self, current: ArrayLike) -> Array:
        """Share of the fibres with a threshold of at most a peak current (...) [A].

        Raises
        ------
        RangeError
            A negative current.
        """
        found = np.asarray(current, dtype=float)
        if not (found >= 0).all():
            raise RangeError(f"current {current!r} A; expected a peak of 0 or more")
        upto = np.concatenate([[0.0], np.cumsum(self.weights)])
        return np.asarray(np.minimum(upto[np.searchsorted(self.thresholds, found, side="right")], 1.0))

    def curve(self) -> tuple[Array, Array]:
        """Recruitment curve: the currents at which it rises [A], and the share from each on."""
        currents = np.unique(self.thresholds[np.isfinite(self.thresholds)])
        return currents, self.share(currents)

    def mean_diameter(self, current: float) -> float:
        """Mean diameter of the fibres that a current excites [m]; NaN where it excites none."""
        weights = np.where(self.thresholds <= current, self.weights, 0.0)
        return float(weights @ self.diameters / weights.sum()) if weights.sum() > 0 else float("nan")


def _shared(diameters: list[float], weights: Mapping[float, float] | None) -> Array | None:
    """Weight of each row: that of its diameter, divided among the rows of that diameter."""
    if weights is None:
        return None
    if missing := sorted(set(diameters) - set(weights)):
        raise InputError(f"no weight for diameters {missing} m; expected one for each diameter of the rows")
    return np.array([weights[d] / diameters.count(d) for d in diameters])
