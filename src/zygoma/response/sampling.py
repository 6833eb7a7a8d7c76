"""Draws of everything that is uncertain in the chain, in SI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import RangeError
from zygoma.evidence import Priors
from zygoma.provenance import load_data
from zygoma.response.exposure import FILE

Array = NDArray[np.float64]

LEAST = 64
"""Samples below which no share of an uncertainty is told."""

_CLEAR = 0.05  # share above which an input has an effect of its own


@dataclass(frozen=True, eq=False)
class Draws:
    """Samples of the priors and of what differs between persons, doses and models.

    Attributes
    ----------
    priors : Priors
    values : mapping of str to (n,) array
        Priors by id, each in its own unit.
    places : mapping of str to (n,) array
        Of what has no prior of its own a place in (0, 1): a person among all, a dose in its spread.
    """

    priors: Priors
    values: Mapping[str, Array]
    places: Mapping[str, Array]

    @classmethod
    def of(cls, priors: Priors, samples: int, seed: int) -> Draws:
        """Draw everything.

        Priors take scrambled Sobol points. The other places are evenly spread in random order (Latin
        hypercube): points of a second Sobol sequence would follow those of the first.

        Raises
        ------
        RangeError
            Fewer than 64 samples.
        """
        if samples < LEAST:
            raise RangeError(
                f"{samples} samples; expected at least {LEAST}, better a power of two from 1024 on"
            )
        ids = [id for id, prior in priors.items() if prior.distribution != "none"]
        random = np.random.default_rng([seed, 1])
        names = load_data(FILE)["place"]
        places = {name: (random.permutation(samples) + 0.5) / samples for name in names}
        return cls(priors, priors.draw(ids, samples, seed), places)

    @property
    def samples(self) -> int:
        """How many."""
        return len(next(iter(self.places.values())))

    def __getitem__(self, id: str) -> Array:
        """(n,) samples of a prior in SI; times of turnover in days."""
        return np.asarray(self.values[id] * load_data(FILE)["unit"][self.priors[id].unit])

    def normal(self, place: str) -> Array:
        """(n,) standard normal numbers of a place."""
        from scipy.special import ndtri

        return np.asarray(ndtri(self.places[place]))

    @cached_property
    def _orders(self) -> dict[str, NDArray[np.int64]]:
        """Order of the samples by each input that varies."""
        every = {**self.values, **self.places}
        return {name: np.argsort(x, kind="stable") for name, x in every.items() if np.ptp(x) > 0}

    def shares(self, samples: Array, among: Iterable[str]) -> dict[str, float]:
        """Share of the variance of the ranks of samples (n,) that each input explains alone, largest first.

        Only the inputs that enter the samples must be named: in a Sobol sequence the product of two inputs
        can follow a third one that has nothing to do with it.

        The samples are sorted by the input and cut into groups; the variance of the groups' means over that
        of all is corrected for chance (epsilon squared). It needs no form of the dependence. Empty without
        variance.

        References
        ----------
        Plischke, Borgonovo, Smith 2013, Eur J Oper Res 226:536 (indices from given data).
        """
        from scipy.stats import rankdata

        ranks = rankdata(samples)
        total = ranks.var()
        if total == 0:
            return {}
        groups = min(32, len(ranks) // 16)
        used = len(ranks) // groups * groups
        found = {}
        for name in dict.fromkeys(among):
            if name in self._orders:
                means = ranks[self._orders[name][:used]].reshape(groups, -1).mean(axis=1)
                left = (1 - means.var() / total) * (used - 1) / (used - groups)
                found[name] = max(0.0, 1 - float(left))
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def dominant(self, samples: Array, among: Iterable[str]) -> tuple[str, float]:
        """Input with the largest share, and this share; ``("", 0)`` where nothing varies.

        Where no input moves the samples up or down by itself, as in a product of two that have either sign,
        the one that explains most of their distance from the median counts.
        """
        inputs = tuple(among)
        shares = self.shares(samples, inputs)
        if shares and max(shares.values()) < _CLEAR:
            shares = self.shares(np.abs(samples - np.median(samples)), inputs)
        return next(iter(shares.items()), ("", 0.0))

    def words(self, name: str) -> str:
        """What an input is."""
        return self.priors[name].description if name in self.priors else str(_place(name)["what"])

    def grade(self, names: Iterable[str]) -> str:
        """The weakest grade among inputs."""
        grades = (self.priors[name].grade if name in self.priors else _place(name)["grade"] for name in names)
        return max(grades, default="A")

    def evidence(self, names: Iterable[str]) -> tuple[str, ...]:
        """Rows of the ledger that inputs rest on, each once."""
        found = (
            row
            for name in names
            for row in (self.priors[name].evidence if name in self.priors else _place(name)["evidence"])
        )
        return tuple(dict.fromkeys(found))


def _place(name: str) -> Mapping[str, str]:
    return load_data(FILE)["place"][name]  # type: ignore[no-any-return]
