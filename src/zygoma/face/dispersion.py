"""Admittivity of the tissues from 1 Hz to 10 MHz: conduction and displacement current.

The low-frequency conductivities hold up to 1 kHz. Above it they are multiplied by ``sigma(f) / sigma(1 kHz)``
of Gabriel's parametric tissues, so that there is no jump. Which of these stands for which tissue of the model
is data, ``[dispersion]`` in ``tissues.toml``, each with a reason: all of it is assumed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import RangeError, UnknownNameError
from zygoma.face.surface import Array
from zygoma.face.tissue import TISSUES, Tissue, conductivity
from zygoma.provenance import load_data
from zygoma.units import show, si

Complex = NDArray[np.complex128]

_FILE = "tissues.toml"


@dataclass(frozen=True)
class ColeCole:
    """Parametric tissue: up to four relaxations and an ionic conductivity.

    ``eps* = e_inf + sum delta / (1 + (j w tau)^(1 - alpha)) + sigma_i / (j w eps0)``

    Parameters
    ----------
    name : str
    e_inf : float
        Relative permittivity far above the highest relaxation.
    sigma_i : float
        Ionic conductivity [S/m].
    terms : tuple of (delta, tau, alpha)
        Step of relative permittivity, relaxation time [s], spread.
    eps0 : float
        Permittivity of free space [F/m].

    References
    ----------
    Gabriel, Lau and Gabriel, Phys Med Biol 41 (1996), 2271-2293. Status of each set in ``tissues.toml``.
    """

    name: str
    e_inf: float
    sigma_i: float
    terms: tuple[tuple[float, float, float], ...]
    eps0: float

    @staticmethod
    def load(name: str) -> ColeCole:
        """A parametric tissue of ``tissues.toml`` by name.

        Raises
        ------
        UnknownNameError
            There is none of this name.
        """
        table = load_data(_FILE)["cole_cole"]
        known = [key for key, row in table.items() if isinstance(row, Mapping)]
        if name not in known:
            raise UnknownNameError("parametric tissue", name, known)
        row = table[name]
        terms = tuple((delta, tau, alpha) for delta, tau, alpha in row["terms"])
        return ColeCole(name, row["e_inf"], row["sigma_i"], terms, table["eps0"])

    def admittivity(self, frequency: ArrayLike) -> Complex:
        """Complex conductivity ``j w eps0 eps*`` [S/m] at frequencies [Hz], any shape."""
        turn = 2j * np.pi * np.asarray(frequency, dtype=np.float64)
        relative = np.full(turn.shape, self.e_inf, dtype=np.complex128)
        for delta, tau, alpha in self.terms:
            relative += delta / (1.0 + (turn * tau) ** (1.0 - alpha))
        return np.asarray(turn * self.eps0 * relative + self.sigma_i)

    def sigma(self, frequency: ArrayLike) -> Array:
        """Conductivity [S/m]."""
        return np.asarray(self.admittivity(frequency).real)

    def permittivity(self, frequency: ArrayLike) -> Array:
        """Relative permittivity."""
        omega = 2 * np.pi * np.asarray(frequency, dtype=np.float64)
        return np.asarray(self.admittivity(frequency).imag / (omega * self.eps0))


@dataclass(frozen=True)
class Dispersion:
    """How a tissue of the model changes with frequency.

    Parameters
    ----------
    tissue : str
        One of `zygoma.face.tissue.TISSUES`.
    conduction, displacement : tuple of ColeCole
        Whose conductivity scales that of the tissue, and whose permittivity it has; of several the geometric
        mean, of none a constant conductivity and no displacement current.
    status, reason : str
        What the choice is and why it was made.
    """

    tissue: str
    conduction: tuple[ColeCole, ...]
    displacement: tuple[ColeCole, ...]
    status: str
    reason: str

    @staticmethod
    def load(tissue: str) -> Dispersion:
        """Dispersion of a tissue by name.

        Raises
        ------
        UnknownNameError
            There is no such tissue.
        """
        if tissue not in TISSUES:
            raise UnknownNameError("tissue", tissue, TISSUES)
        row = load_data(_FILE)["dispersion"]["tissue"][tissue]
        sigma, eps = (tuple(map(ColeCole.load, row[key])) for key in ("sigma", "permittivity"))
        return Dispersion(tissue, sigma, eps, row["status"], row["reason"])

    def rise(self, frequency: ArrayLike) -> Array:
        """Conductivity over that at low frequency; 1 up to 1 kHz."""
        f = np.asarray(frequency, dtype=np.float64)
        reference = load_data(_FILE)["dispersion"]["reference_hz"]
        above = np.maximum(f, reference)
        return _mean([part.sigma(above) / part.sigma(reference) for part in self.conduction], f.shape, 1.0)

    def susceptance(self, frequency: ArrayLike) -> Array:
        """Displacement current over the field, ``w eps0 eps_r`` [S/m]."""
        f = np.asarray(frequency, dtype=np.float64)
        return _mean([part.admittivity(f).imag for part in self.displacement], f.shape, 0.0)


def admittivity(tissue: str, frequency: ArrayLike | str) -> Complex:
    """Admittivity of a tissue of the model ``sigma + j w eps0 eps_r`` [S/m]; of muscle, across its fibres.

    Parameters
    ----------
    tissue : str
        One of `zygoma.face.tissue.TISSUES`.
    frequency : array_like or str
        [Hz], or text such as ``"100 kHz"``; 1 Hz to 10 MHz.

    Raises
    ------
    RangeError
        A frequency is out of range.
    UnknownNameError
        There is no such tissue.

    Examples
    --------
    >>> f"{admittivity('fat', '100 kHz'):.2g}"
    '0.055+0.00052j'
    """
    f, own = checked(frequency), Dispersion.load(tissue)
    return np.asarray(Tissue.load(tissue).sigma * own.rise(f) + 1j * own.susceptance(f))[()]


def displacement_ratio(tissue: str, frequency: ArrayLike | str) -> Array:
    """Displacement current over conduction current, ``w eps / sigma``, at frequencies as in `admittivity`.

    Of muscle across its fibres, where it is largest; 0 in air.
    """
    kappa = np.asarray(admittivity(tissue, frequency))
    return np.asarray(kappa.imag / np.where(kappa.real > 0, kappa.real, 1.0))[()]


def admittivity_tensors(
    tissue: NDArray[np.integer],
    fibre: NDArray[np.floating],
    changes: Mapping[str, float] | None,
    frequency: float | str,
) -> Complex:
    """Admittivity tensors of elements at one frequency.

    Parameters
    ----------
    tissue, fibre, changes
        As for `zygoma.face.tissue.conductivity`; changes are low-frequency conductivities [S/m].
    frequency : float or str
        [Hz], or text such as ``"100 kHz"``; 1 Hz to 10 MHz.

    Returns
    -------
    (m, 6) array of complex
        xx, yy, zz, xy, xz, yz [S/m]; zero where nothing conducts.

    Raises
    ------
    RangeError
        The frequency is out of range.
    """
    f = float(checked(frequency))
    every = [Dispersion.load(name) for name in TISSUES]
    low = conductivity(tissue, fibre, changes)
    found = low * np.array([one.rise(f) for one in every])[tissue][:, None] + 0j
    own = np.array([one.susceptance(f) for one in every])[tissue]
    found[:, :3] += 1j * np.where(low[:, :3].any(axis=1), own, 0.0)[:, None]
    return np.asarray(found)


def checked(frequency: ArrayLike | str) -> Array:
    """Frequencies [Hz] in the range of the model.

    Raises
    ------
    RangeError
        One is below 1 Hz, above 10 MHz or not a number.
    UnitError
        Text is not a frequency.
    """
    f = np.asarray(si(frequency, "Hz", "a frequency") if isinstance(frequency, str) else frequency, float)
    low, high = load_data(_FILE)["dispersion"]["range_hz"]
    outside = ~((f >= low) & (f <= high))
    if outside.any():
        first = float(f[outside][0]) if f.ndim else float(f)
        raise RangeError(
            f"a frequency of {show(first, 'Hz', 9)} is outside the range of the tissue model; expected "
            f"{show(low, 'Hz')} to {show(high, 'Hz')}, or no frequency for a direct current"
        )
    return f


def _mean(parts: list[Array], shape: tuple[int, ...], empty: float) -> Array:
    """Geometric mean of numbers above zero; `empty` of no parts."""
    if not parts:
        return np.full(shape, empty)
    return np.asarray(math.prod(parts) ** (1.0 / len(parts)))
