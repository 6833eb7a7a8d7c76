"""Closed form of concentric shells with electrodes on the outside (Rush and Driscoll 1969)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special


def shells(
    points: NDArray[Any],
    radii: ArrayLike,
    sigma: ArrayLike,
    electrodes: ArrayLike,
    currents: ArrayLike,
    half_angle: float = 0.0,
    terms: int = 120,
) -> NDArray[np.float64]:
    """Potential [V] in a sphere of shells with spherical-cap electrodes of uniform current density.

    In each shell the n-th term is ``(A r^n + B r^-(n+1)) P_n(cos g)``; potential and radial current
    density are continuous, nothing is singular at the centre, and the outside carries
    ``(2n+1) I P_n / (4 pi R2)``. A cap of half-angle t multiplies the term by
    ``(P_{n-1}(c) - P_{n+1}(c)) / ((2n+1)(1-c))``, ``c = cos t``.

    Parameters
    ----------
    points : (p, 3) array
        Where [m], inside the sphere.
    radii, sigma : (s,) arrays
        Outer radius [m] and conductivity [S/m] of each shell, from the inside out.
    electrodes : (e, 3) array
        Directions of the electrodes from the centre.
    currents : (e,) array
        Currents into the sphere [A], sum 0.
    half_angle : float
        Half-angle of the caps [rad]; 0 for points.
    terms : int
        Terms of the series.

    Returns
    -------
    (p,) array
        Potential with mean 0 over the sphere's surface.
    """
    radii, sigma = np.asarray(radii, float), np.asarray(sigma, float)
    outer = radii[-1]
    r = np.maximum(np.linalg.norm(points, axis=1), 1e-12 * outer)
    shell = np.minimum(np.searchsorted(radii * (1 + 1e-9), r), len(radii) - 1)
    away = np.maximum(r, radii[0])  # the innermost shell has no falling terms
    toward = np.asarray(electrodes, float)
    toward = toward / np.linalg.norm(toward, axis=1, keepdims=True)
    cosine = np.clip((points / r[:, None]) @ toward.T, -1.0, 1.0)
    amperes = np.asarray(currents, float)
    c = math.cos(half_angle)
    before, legendre = np.ones_like(cosine), cosine.copy()
    potential = np.zeros(len(points))
    for n in range(1, terms + 1):
        grow, fall = _coefficients(n, radii / outer, sigma)
        radial = grow[shell] * (r / outer) ** n + fall[shell] * (away / outer) ** -(n + 1.0)
        cap = 1.0
        if half_angle > 0:
            cap = float(
                (special.eval_legendre(n - 1, c) - special.eval_legendre(n + 1, c)) / ((2 * n + 1) * (1 - c))
            )
        potential += radial * cap * (2 * n + 1) / (4 * math.pi * outer) * (legendre @ amperes)
        before, legendre = legendre, ((2 * n + 1) * cosine * legendre - n * before) / (n + 1)
    return potential


def rdm(found: NDArray[Any], exact: NDArray[Any]) -> float:
    """Relative difference measure ``| a/|a| - b/|b| |``: topography, 0 to 2."""
    return float(np.linalg.norm(found / np.linalg.norm(found) - exact / np.linalg.norm(exact)))


def mag(found: NDArray[Any], exact: NDArray[Any]) -> float:
    """Magnitude error ``| ln(|a|/|b|) |``."""
    return abs(math.log(float(np.linalg.norm(found) / np.linalg.norm(exact))))


def _coefficients(
    n: int, radii: NDArray[np.float64], sigma: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Factors of r^n and r^-(n+1) in each shell for unit radial current density outside (R = 1)."""
    grow, fall = np.ones(len(radii)), np.zeros(len(radii))
    for i in range(1, len(radii)):
        r = radii[i - 1]
        value = grow[i - 1] * r**n + fall[i - 1] * r ** -(n + 1.0)
        flux = sigma[i - 1] * (n * grow[i - 1] * r ** (n - 1) - (n + 1) * fall[i - 1] * r ** -(n + 2.0))
        slope = flux / sigma[i]
        grow[i] = ((n + 1) * value / r + slope) / ((2 * n + 1) * r ** (n - 1))
        fall[i] = (n * value / r - slope) * r ** (n + 2) / (2 * n + 1)
    outside = sigma[-1] * (n * grow[-1] - (n + 1) * fall[-1])
    return grow / outside, fall / outside
