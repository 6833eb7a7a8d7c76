"""Collagen of the dermis: synthesis under current (link L8) and two pools that turn over (L9)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import RangeError
from zygoma.response.exposure import choice

Array = NDArray[np.float64]

DAY, YEAR = 86400.0, 365.25
"""Seconds of a day; days of a year."""


def synthesis_change(effect: ArrayLike, seconds: ArrayLike, exposure: ArrayLike) -> Array:
    """Relative change of collagen synthesis while it lasts, ``b * (1 - exp(-T / t_c))``, never below -1.

    Parameters
    ----------
    effect : array_like
        b, after hours of exposure; its sign is not known.
    seconds : array_like
        Time under a contact in a session [s].
    exposure : array_like
        t_c, exposure after which the effect is nearly full [s]; the form is an assumption.

    References
    ----------
    Science 1987;236:1465 (alternating fields reduce synthesis); Rouabhia 2013 (direct fields for hours).
    """
    given = -np.expm1(-np.asarray(seconds, dtype=float) / np.asarray(exposure))
    return np.asarray(np.maximum(np.asarray(effect) * given, -1.0))


@dataclass(frozen=True, eq=False)
class Pools:
    """A fast pool of new collagen that is lost or matures into a slow one; shares of all at the start.

    ``dCf/dt = s - (kf + km) Cf``, ``dCs/dt = km Cf - ks Cs``; arrays over samples, rates in 1/day.

    Attributes
    ----------
    fast : (n,) array
        Share of the fast pool at the start; the slow one holds the rest.
    loss_rate, maturation, slow_rate : (n,) array
        kf, km, ks [1/day].
    synthesis : (n,) array
        s without treatment [1/day]: it keeps the fast pool as it is.
    """

    fast: Array
    loss_rate: Array
    maturation: Array
    slow_rate: Array

    @classmethod
    def two(cls, fast: ArrayLike, rate: ArrayLike, half_life: ArrayLike, loss: ArrayLike) -> Pools:
        """Two pools; maturation follows from the net loss of collagen with age.

        Parameters
        ----------
        fast : array_like
            Share of the fast pool, above 0 and at most 1.
        rate : array_like
            Fractional synthesis rate of skin collagen, taken as loss rate of the fast pool [1/day].
        half_life : array_like
            Of the slow pool [day].
        loss : array_like
            Of all collagen at the start [1/day]. Where it exceeds the decay of the slow pool nothing matures.

        References
        ----------
        Babraj 2005 (0.037 %/h); Miyahara 1982 (fast share); Verzijl 2000 (15 years, unverified).
        """
        fast, slow_rate = np.asarray(fast, dtype=float), np.log(2) / np.asarray(half_life, dtype=float)
        if not ((fast > 0) & (fast <= 1)).all():
            raise RangeError(f"fast pool of {fast.min():g} to {fast.max():g}; expected above 0 and at most 1")
        maturation = np.maximum(slow_rate * (1 - fast) - np.asarray(loss), 0.0) / fast
        parts = np.broadcast_arrays(fast, np.asarray(rate, dtype=float), maturation, slow_rate)
        return cls(*(np.atleast_1d(part) for part in parts))

    @classmethod
    def one(cls, rate: ArrayLike) -> Pools:
        """The worst case: all collagen turns over at the fractional synthesis rate [1/day]."""
        rate = np.atleast_1d(np.asarray(rate, dtype=float))
        return cls(np.ones_like(rate), rate, np.zeros_like(rate), np.zeros_like(rate))

    @property
    def turnover(self) -> Array:
        """(n,) rate at which the fast pool empties [1/day]."""
        return self.loss_rate + self.maturation

    @property
    def synthesis(self) -> Array:
        """(n,) s without treatment [1/day]."""
        return self.turnover * self.fast

    def advance(
        self, fast: ArrayLike, slow: ArrayLike, source: ArrayLike, days: ArrayLike
    ) -> tuple[Array, Array]:
        """Both pools after some days of constant synthesis, exactly.

        Parameters
        ----------
        fast, slow, source, days : array_like
            Contents at the start, synthesis [1/day], time [day].
        """
        from scipy.special import exprel

        K, ks, t = self.turnover, self.slow_rate, np.asarray(days, dtype=float)
        level = np.asarray(source) / K
        over = np.asarray(fast) - level
        mixed = np.exp(-np.minimum(K, ks) * t) * t * exprel(-np.abs(K - ks) * t)
        # 1 - exp(-ks t), over ks, without a division by zero
        new_slow = slow * np.exp(-ks * t) + self.maturation * (level * t * exprel(-ks * t) + over * mixed)
        return np.asarray(fast * np.exp(-K * t) - level * np.expm1(-K * t)), np.asarray(new_slow)


@dataclass(frozen=True, eq=False)
class CollagenCourse:
    """Collagen day by day, with and without treatment.

    Attributes
    ----------
    day : (k,) array
        Days since the first session.
    untreated : (k, n) array
        All collagen without treatment, over that of the start.
    fast, slow : (k, n) array
        What treatment adds to the two pools, over all collagen of the start.
    """

    day: Array
    untreated: Array
    fast: Array
    slow: Array

    @property
    def total(self) -> Array:
        """(k, n) all collagen with treatment, over that of the start."""
        return self.untreated + self.fast + self.slow

    @property
    def change(self) -> Array:
        """(k, n) collagen with treatment over that without, less one."""
        return np.asarray((self.fast + self.slow) / self.untreated)

    @property
    def types(self) -> dict[str, Array]:
        """(k, n) types I and III over all collagen of the start; a change of their ratio is not known."""
        return {name: choice("collagen", f"type_{name}") * self.total for name in ("I", "III")}


def collagen_course(
    pools: Pools, change: ArrayLike, lasting: ArrayLike, session_days: ArrayLike, last_day: int
) -> CollagenCourse:
    """Follow the pools from the first session on.

    Synthesis is changed from the beginning of each session for a time, at most until the next one.

    Parameters
    ----------
    pools : Pools
    change : array_like
        Relative change of synthesis while it lasts, at least -1.
    lasting : array_like
        How long it lasts: exposure and carry-over [day].
    session_days : array_like of int
        Days with a session, ascending, the first is 0.
    last_day : int
        Where it ends.

    Raises
    ------
    RangeError
        A change below -1: synthesis cannot be negative.
    """
    change, lasting = np.asarray(change, dtype=float), np.asarray(lasting, dtype=float)
    if (change < -1).any():
        raise RangeError(f"change of synthesis of {change.min():g}; expected at least -1")
    days = np.arange(last_day + 1)
    begun = np.asarray(session_days)
    n = len(np.broadcast_arrays(pools.fast, change, lasting)[0])
    fast, slow = (np.zeros((len(days), n)) for _ in range(2))
    source = pools.synthesis * change
    for day in days[:-1]:
        f, s = fast[day], slow[day]
        since = day - begun[np.searchsorted(begun, day, side="right") - 1]
        raised = np.clip(lasting - since, 0.0, 1.0)
        if raised.any():
            f, s = pools.advance(f, s, source, raised)
        fast[day + 1], slow[day + 1] = pools.advance(f, s, 0.0, 1.0 - raised)
    start = (pools.fast, 1 - pools.fast)
    untreated = [np.sum(pools.advance(*start, pools.synthesis, float(day)), axis=0) for day in days]
    return CollagenCourse(days.astype(float), np.broadcast_to(np.array(untreated), fast.shape), fast, slow)


def session_days(sessions: int, days_between: float) -> NDArray[np.int64]:
    """(sessions,) whole days since the first on which the sessions of a course are held."""
    return np.asarray(np.floor(np.arange(sessions) * days_between + 1e-9), dtype=np.int64)
