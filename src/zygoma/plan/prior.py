"""What is uncertain: properties with their distributions, and quasi-random draws of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.provenance import load_data

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Prior:
    """An uncertain property, positive, known by the distribution of its logarithm.

    Attributes
    ----------
    name, what : str
        Id in ``data/uncertainty.toml`` and heading.
    target : str
        ``"conductivity"``, ``"contact"`` or ``"thickness"``.
    acts_on : tuple of str
        Tissues whose conductivity it sets, or the factor of `zygoma.face.Person` that it is.
    unit : str
        ``"S/m"``, or ``"1"`` for a factor on the nominal value.
    middle : float
        Median.
    spread : float
        Of the logarithm: its standard deviation before truncation, or half its range where it is uniform.
    uniform : bool
        Whether the logarithm is uniform; else it is normal.
    cut : float
        Largest distance of the logarithm from the median, in `spread`.
    source, status : str
        Where it comes from.
    """

    name: str
    what: str
    target: str
    acts_on: tuple[str, ...]
    unit: str
    middle: float
    spread: float
    uniform: bool
    cut: float
    source: str
    status: str = field(default="unverified")

    @classmethod
    def of(cls, name: str, entry: dict[str, Any], truncation: float) -> Prior:
        """Prior from an entry of ``uncertainty.toml``.

        Raises
        ------
        InputError
            The distribution or the target is not known.
        """
        kind, target = entry["distribution"], entry["target"]
        if kind not in ("lognormal", "loguniform"):
            raise InputError(f"prior {name} is {kind!r}; expected 'lognormal' or 'loguniform'")
        if target not in ("conductivity", "contact", "thickness"):
            raise InputError(
                f"prior {name} acts on {target!r}; expected 'conductivity', 'contact' or 'thickness'"
            )
        uniform = kind == "loguniform"
        low, high = (math.log(entry[end]) for end in ("low", "high")) if uniform else (0.0, 0.0)
        return cls(
            name=name,
            what=entry["what"],
            target=target,
            acts_on=tuple(entry.get("tissues", (entry["layer"],) if "layer" in entry else ())),
            unit=entry["unit"],
            middle=math.exp((low + high) / 2) if uniform else entry["median"],
            spread=(high - low) / 2 if uniform else entry["sd_ln"],
            uniform=uniform,
            cut=1.0 if uniform else truncation,
            source=entry["source"],
            status=entry["status"],
        )

    def germ(self, share: Array) -> Array:
        """Standardised logarithm, (ln x - ln middle) / spread, at probabilities (n,) in (0, 1)."""
        from scipy.stats import truncnorm

        return np.asarray(2 * share - 1 if self.uniform else truncnorm.ppf(share, -self.cut, self.cut))

    def value(self, germ: Array | float) -> Any:
        """The property at a standardised logarithm."""
        return self.middle * np.exp(self.spread * np.asarray(germ))

    @property
    def distribution(self) -> Any:
        """That of the standardised logarithm, for chaospy."""
        import chaospy

        return chaospy.Uniform(-1, 1) if self.uniform else chaospy.TruncNormal(-self.cut, self.cut)

    @property
    def band(self) -> tuple[float, float]:
        """Values below which 5 and 95 % of the probability lie."""
        low, high = self.value(self.germ(np.array([0.05, 0.95])))
        return float(low), float(high)

    def json(self) -> dict[str, Any]:
        """What it is, in plain values."""
        low, high = self.band
        return {
            "name": self.name,
            "what": self.what,
            "distribution": "loguniform" if self.uniform else "lognormal",
            "unit": self.unit,
            "p05": low,
            "median": self.middle,
            "p95": high,
            "source": self.source,
            "status": self.status,
        }


@cache
def priors() -> tuple[Prior, ...]:
    """All uncertain properties of ``data/uncertainty.toml``."""
    data = load_data("uncertainty.toml")
    return tuple(Prior.of(name, entry, data["truncation"]) for name, entry in data["prior"].items())


def draw(known: tuple[Prior, ...], samples: int, seed: int) -> Array:
    """Standardised logarithms (samples, properties), quasi-random: scrambled Sobol points.

    The first points of a longer draw with the same seed are those of a shorter one, so samples can be
    added later.

    References
    ----------
    Owen 1998, Scrambling Sobol' and Niederreiter-Xing points, J Complexity 14:466; `scipy.stats.qmc`.
    """
    from scipy.stats import qmc

    points = qmc.Sobol(len(known), scramble=True, seed=np.random.default_rng(seed))
    power = max(1, math.ceil(math.log2(samples)))
    shares = np.clip(points.random_base2(power)[:samples], 1e-12, 1 - 1e-12)
    return np.column_stack([prior.germ(shares[:, k]) for k, prior in enumerate(known)])
