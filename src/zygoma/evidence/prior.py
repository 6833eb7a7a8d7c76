"""What a quantity of the causal chain may be before anything is measured: distributions, draws."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from zygoma.errors import PriorError, RangeError, UnknownNameError
from zygoma.evidence.distribution import ABOVE_ZERO, PARAMETERS, Array, quantile, reach
from zygoma.provenance import load_data

FILE = "priors.toml"
_EDGE = 1e-12  # Sobol points can be 0, where an unbounded distribution has no quantile


@dataclass(frozen=True)
class Prior:
    """A quantity with its distribution and what it rests on.

    Attributes
    ----------
    id, link, symbol, description : str
        Name in ``data/priors.toml``, link of the chain, symbol of the model, what it is.
    distribution : str
        One of `PARAMETERS`.
    parameters : mapping of str to float
        Of the distribution, in `unit`.
    unit : str
        Unit of the values, as the file writes it: ``"mV/mm"``, ``"%"``, ``"1"``.
    source : str
        Where the distribution comes from.
    grade : str
        ``A`` well supported, ``B`` plausible with data, ``C`` weak or indirect, ``D`` contradicted or
        unsupported.
    basis : str
        ``data``: fitted to the source; ``judgement``: chosen by hand; ``unverified``: not checked in a
        source.
    evidence : tuple of str
        Rows of the ledger about it.
    note : str
    low, high : float
        What the quantity can be at all, in `unit`. A normal or lognormal distribution is truncated there;
        one of the others must lie within.
    positive : bool
        `low` is zero, and zero itself has no meaning.
    whole : bool
        Only fixed whole numbers have a meaning: a switch.

    Raises
    ------
    PriorError
        Parameters that the distribution does not have, or values that the quantity cannot take.
    """

    id: str
    link: str
    symbol: str
    description: str
    distribution: str
    parameters: Mapping[str, float]
    unit: str
    source: str
    grade: str
    basis: str
    evidence: tuple[str, ...] = ()
    note: str = ""
    low: float = -math.inf
    high: float = math.inf
    positive: bool = False
    whole: bool = False

    def __post_init__(self) -> None:
        names = PARAMETERS.get(self.distribution)
        if names is None:
            known = ", ".join(PARAMETERS)
            raise self._error(
                f"has distribution {self.distribution!r}", f"one of {known}", "choose one of them"
            )
        if set(self.parameters) != set(names):
            given = ", ".join(self.parameters) or "no parameters"
            raise self._error(
                f"is {self.distribution} and has {given}", " and ".join(names), "give just these"
            )
        for name, value in self.parameters.items():
            number = isinstance(value, Real) and not isinstance(value, bool)
            if not number or not math.isfinite(value):
                raise self._error(f"has {name} = {value!r}", self.amount, "give it without unit")
            if name in ABOVE_ZERO.get(self.distribution, ()) and value <= 0:
                raise self._error(
                    f"is {self} and has {name} = {value:g}", "a number above zero", f"raise {name}"
                )
        if (
            self.distribution in ("uniform", "loguniform")
            and self.parameters["low"] >= self.parameters["high"]
        ):
            raise self._error(f"is {self}", "low below high", "exchange them, or give one number to fix it")
        self._check_support()

    def _check_support(self) -> None:
        if self.distribution == "none":
            return
        low, high = reach(self.distribution, self.parameters)
        if self.whole and not (low == high == round(low)):
            raise self._error(f"is {self}", f"a whole number {self._support}", "give one number")
        fixed_at_zero = self.positive and self.distribution == "fixed" and low == 0
        if low < self.low or high > self.high or fixed_at_zero:
            raise self._error(f"is {self}", f"values {self._support}", "keep the distribution within them")

    @property
    def _support(self) -> str:
        lower = "above 0" if self.positive else f"from {self.low:g}" if math.isfinite(self.low) else ""
        upper = f"up to {self.high:g}" if math.isfinite(self.high) else ""
        return f"{lower} {upper}".strip() + (f" {self.unit}" if self.unit not in ("1", "-") else "")

    @property
    def amount(self) -> str:
        """What a value of it is, in words."""
        return "a pure number" if self.unit in ("1", "-") else f"a number in {self.unit}"

    def _error(self, given: str, expected: str, action: str) -> PriorError:
        return PriorError(f"prior {self.id!r} {given}; expected {expected}; {action}")

    def __str__(self) -> str:
        """Distribution with its parameters: ``normal(mean 140, sd 30) mV/mm``."""
        if not self.parameters:
            return self.distribution
        inside = ", ".join(f"{name} {value:g}" for name, value in self.parameters.items())
        return f"{self.distribution}({inside})" + (f" {self.unit}" if self.unit not in ("1", "-") else "")

    def quantile(self, share: ArrayLike) -> Array:
        """Value below which a share of the probability lies: the inverse of the distribution function.

        Parameters
        ----------
        share : array_like (...)
            Probabilities in (0, 1).

        Returns
        -------
        ndarray (...)
            In `unit`.

        Raises
        ------
        RangeError
            A share outside (0, 1).
        PriorError
            The prior has no distribution.
        """
        shares = np.asarray(share, dtype=float)
        if not ((shares > 0) & (shares < 1)).all():
            raise RangeError(f"prior {self.id!r}: share {share!r}; expected probabilities between 0 and 1")
        if self.distribution == "none":
            raise self._error("has no distribution", "one that can be drawn", f"override it: {self.source}")
        return quantile(self.distribution, self.parameters, shares, self.low, self.high)

    def json(self) -> dict[str, Any]:
        """What it is, in plain values, with its median and 90 % interval (null without a distribution)."""
        band = [None] * 3 if self.distribution == "none" else self.quantile([0.05, 0.5, 0.95]).tolist()
        keys = ("id", "link", "symbol", "description", "distribution")
        return {
            **{key: getattr(self, key) for key in keys},
            "parameters": dict(self.parameters),
            **dict(zip(("p05", "median", "p95"), band, strict=True)),
            **{key: getattr(self, key) for key in ("unit", "source", "grade", "basis", "note")},
            "evidence": list(self.evidence),
        }


@dataclass(frozen=True)
class Priors(Mapping[str, Prior]):
    """All priors of the chain by id, in the order of ``data/priors.toml``."""

    entries: Mapping[str, Prior]

    @classmethod
    def load(cls, overrides: Mapping[str, Any] | None = None) -> Priors:
        """The shipped priors, with a user's own in place of some.

        Parameters
        ----------
        overrides : mapping of str to number or mapping, optional
            By id: a number fixes the quantity; a table of some parameters keeps the others; a table with
            ``distribution`` and its parameters replaces the distribution.

        Raises
        ------
        UnknownNameError
            There is no such prior, or its distribution has no such parameter; the nearest is offered.
        PriorError
            The distribution or its parameters cannot be used for this quantity.

        Examples
        --------
        >>> Priors.load({"wound_field": {"mean": 100}, "flow_Emax": 4.0})["flow_Emax"].distribution
        'fixed'
        """
        entries = dict(_shipped())
        for name, given in (overrides or {}).items():
            if name not in entries:
                raise UnknownNameError("prior", name, entries)
            entries[name] = _overridden(entries[name], given)
        return cls(entries)

    def __getitem__(self, id: str) -> Prior:
        if id not in self.entries:
            raise UnknownNameError("prior", id, self.entries)
        return self.entries[id]

    def __contains__(self, id: object) -> bool:
        return id in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def draw(self, ids: Iterable[str], samples: int, seed: int) -> dict[str, Array]:
        """Quasi-random values: scrambled Sobol points, one dimension for each prior of the file.

        The values of an id depend on `seed` alone, not on what else is drawn or overridden, and the first
        ones of a longer draw are those of a shorter.

        Parameters
        ----------
        ids : iterable of str
        samples : int
            At least 1; powers of two fill the space evenly.
        seed : int

        Returns
        -------
        dict of str to ndarray (samples,)
            In the unit of each prior.

        Raises
        ------
        UnknownNameError
            There is no such prior.
        PriorError
            A prior has no distribution.
        RangeError
            No samples are asked for.

        References
        ----------
        Owen 1998, Scrambling Sobol' and Niederreiter-Xing points, J Complexity 14:466; `scipy.stats.qmc`.
        """
        from scipy.stats import qmc

        if samples < 1:
            raise RangeError(f"{samples} samples; expected at least 1")
        asked = {id: self[id] for id in ids}
        columns = {id: number for number, id in enumerate(self)}
        points = qmc.Sobol(len(self), scramble=True, seed=np.random.default_rng(seed))
        shares = points.random_base2(math.ceil(math.log2(samples)))[:samples]
        shares = np.clip(shares, _EDGE, 1 - _EDGE)
        return {id: prior.quantile(shares[:, columns[id]]) for id, prior in asked.items()}


@cache
def _shipped() -> Mapping[str, Prior]:
    """The shipped priors by id: they are asked for many times in one propagation."""
    return {entry["id"]: _prior(entry) for entry in load_data(FILE)["prior"]}


def _prior(entry: Mapping[str, Any]) -> Prior:
    """Prior from an entry of the file."""
    values = dict(entry)
    if values.get("positive"):
        values["low"] = 0.0
    return Prior(**values | {"evidence": tuple(values["evidence"])})


def _overridden(prior: Prior, given: Any) -> Prior:
    """A prior with a user's distribution; grade and evidence stay those of the link."""
    source = f"given in place of {prior} ({prior.source})"
    if isinstance(given, Mapping):
        parameters: dict[str, Any] = dict(given)
        distribution = parameters.pop("distribution", prior.distribution)
        names = PARAMETERS.get(distribution, tuple(parameters))
        for name in parameters:
            if name not in names:
                raise UnknownNameError(f"parameter of prior {prior.id!r} ({distribution}):", name, names)
        if "distribution" not in given:
            parameters = {**prior.parameters, **parameters}
    elif isinstance(given, Real) and not isinstance(given, bool):
        distribution, parameters = "fixed", {"value": given}
    else:
        inside = ", ".join(f"{name} = {value:g}" for name, value in prior.parameters.items())
        raise PriorError(
            f"prior {prior.id!r} is given as {given!r}; expected {prior.amount} or a table such as "
            f'{{distribution = "{prior.distribution}", {inside}}}; write one of these'
        )
    return replace(prior, distribution=distribution, parameters=parameters, source=source, basis="judgement")
