"""Closed forms of layered half-spaces and slabs.

Each layer has a horizontal conductivity ``s_r`` and a vertical one ``s_z``. For the radial mode
``J0(k r)`` a layer has the characteristic impedance ``zeta = 1 / (k sqrt(s_r s_z))`` and the
vertical wave number ``kappa = k sqrt(s_r / s_z)``; impedances combine downwards as on a
transmission line (Koefoed 1979, Geosounding Principles, 1, for the isotropic case).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

_CUT = 1000.0  # k times radius at which the integrals end; what is left is added in closed form or below 1e-9


@dataclass(frozen=True)
class Layers:
    """Flat layers, the first on top.

    Parameters
    ----------
    thickness : sequence of float
        Thickness of each layer [m]; that of the last is ignored below an infinite bottom.
    horizontal, vertical : sequence of float
        Conductivities [S/m].
    bottom : {"infinite", "insulated", "grounded"}
        What lies below: the last layer without end, nothing, or a plane at 0 V.
    """

    thickness: tuple[float, ...]
    horizontal: tuple[float, ...]
    vertical: tuple[float, ...]
    bottom: Literal["infinite", "insulated", "grounded"] = "infinite"

    def impedance(self, k: ArrayLike) -> list[NDArray[np.float64]]:
        """Impedance looking down from the top of each layer at wave numbers k [1/m] [ohm m2]."""
        k = np.asarray(k, dtype=np.float64)
        found: list[NDArray[np.float64]] = []
        below: NDArray[np.float64] | None = None
        for i in reversed(range(len(self.thickness))):
            zeta = 1.0 / (k * math.sqrt(self.horizontal[i] * self.vertical[i]))
            t = np.tanh(k * math.sqrt(self.horizontal[i] / self.vertical[i]) * self.thickness[i])
            if below is None:
                below = {"infinite": zeta, "insulated": zeta / t, "grounded": zeta * t}[self.bottom]
            else:
                below = zeta * (below + zeta * t) / (zeta + below * t)
            found.insert(0, below)
        return found

    def transmission(self, k: ArrayLike, layer: int) -> NDArray[np.float64]:
        """Vertical current density at the top of a layer over that at the surface, mode by mode."""
        k = np.asarray(k, dtype=np.float64)
        down = self.impedance(k)
        share = np.ones_like(k)
        for i in range(layer):
            zeta = 1.0 / (k * math.sqrt(self.horizontal[i] * self.vertical[i]))
            x = np.minimum(k * math.sqrt(self.horizontal[i] / self.vertical[i]) * self.thickness[i], 700.0)
            share = share / (np.cosh(x) + down[i + 1] / zeta * np.sinh(x))
        return share


def pair_resistance(layers: Layers, radius: float, distance: float) -> float:
    """Resistance of two discs of uniform current density on the surface.

    ``R = 4/(pi a2) integral J1(k a)^2 (1 - J0(k d)) Z(k) / k dk``: power put in over the squared
    current. For one disc on a half-space the same integral gives 8 / (3 pi2 sigma a).

    Parameters
    ----------
    layers : Layers
        The body.
    radius, distance : float
        Radius a of the discs and distance d of their centres [m].

    Returns
    -------
    float
        Resistance [ohm].
    """
    k, weight = _wave_numbers(radius, distance)
    j1 = special.j1(k * radius)
    kernel = j1**2 * (1.0 - special.j0(k * distance)) * layers.impedance(k)[0] / k
    tail = 1.0 / math.sqrt(layers.horizontal[0] * layers.vertical[0]) / (2 * math.pi * radius * k[-1] ** 2)
    return float(4.0 / (math.pi * radius**2) * (weight @ kernel + tail))


def share_reaching(layers: Layers, radius: float, distance: float, layer: int) -> float:
    """Share of the current of a disc pair that crosses the top of a layer.

    Half the integral of |J_z| over the plane, over the current:
    ``2/pi integral (2 J1(k a)/(k a)) t(k) sin(k d/2)/k dk`` with the transmission t of the layers above.
    """
    k, weight = _wave_numbers(radius, distance)
    kernel = (
        2
        * special.j1(k * radius)
        / (k * radius)
        * layers.transmission(k, layer)
        * np.sin(k * distance / 2)
        / k
    )
    return float(2.0 / math.pi * (weight @ kernel))


def two_layer_point(
    r: ArrayLike, sigma: tuple[float, float], depth: float, terms: int = 4000
) -> NDArray[np.float64]:
    """Surface potential [V] at distance r [m] of 1 A put in at a point of a two-layer half-space.

    Image series ``1/(2 pi s1) [1/r + 2 sum k^n / sqrt(r2 + (2 n h)2)]``, ``k = (s1 - s2)/(s1 + s2)``
    (Koefoed 1979, Geosounding Principles, 1).
    """
    r = np.asarray(r, dtype=np.float64)
    upper, lower = sigma
    k = (upper - lower) / (upper + lower)
    n = np.arange(1, terms)
    series = (k**n / np.sqrt(r[..., None] ** 2 + (2 * n * depth) ** 2)).sum(axis=-1)
    return np.asarray((1.0 / r + 2.0 * series) / (2 * math.pi * upper))


def slab_mode(
    x: NDArray[np.float64],
    z: NDArray[np.float64],
    k: float,
    interface: float,
    upper: complex,
    lower: tuple[complex, complex],
) -> tuple[NDArray[Any], NDArray[Any]]:
    """One Fourier mode over a plane at 0 V: anisotropic lower layer, isotropic upper one.

    Lower: ``cos(kx) sinh(l z)``, ``l = k sqrt(s_r/s_z)``; upper: continued with continuous potential
    and vertical current density.

    Parameters
    ----------
    x, z : arrays
        Coordinates [m]; z up from the grounded plane.
    k : float
        Wave number [1/m].
    interface : float
        Height of the interface [m].
    upper : float
        Conductivity or admittivity of the upper layer [S/m].
    lower : (float, float)
        Horizontal and vertical one of the lower layer [S/m].

    Returns
    -------
    phi : array
        Potential [V].
    J : (..., 3) array
        Current density [A/m2].
    """
    s_r, s_z = lower
    rate = k * np.sqrt(s_r / s_z)
    c = np.sinh(rate * interface)
    b = s_z * rate / (upper * k) * np.cosh(rate * interface)
    below = z <= interface
    up = z - interface
    shape = np.where(below, np.sinh(rate * z), c * np.cosh(k * up) + b * np.sinh(k * up))
    slope = np.where(below, rate * np.cosh(rate * z), k * (c * np.sinh(k * up) + b * np.cosh(k * up)))
    along, across = np.where(below, s_r, upper), np.where(below, s_z, upper)
    phi = np.cos(k * x) * shape
    J = np.stack(
        [along * k * np.sin(k * x) * shape, np.zeros_like(phi), -across * np.cos(k * x) * slope], axis=-1
    )
    return phi, J


def point_on_half_space(
    r: ArrayLike, z: ArrayLike, horizontal: float, vertical: float | None = None
) -> NDArray[np.float64]:
    """Potential [V] of 1 A put in at a point of the surface, at distance r along it and depth z [m].

    ``1 / (2 pi sqrt(s_r s_z) sqrt(r2 + (s_r/s_z) z2))``; isotropic: ``1 / (2 pi sigma R)``.
    """
    s_z = horizontal if vertical is None else vertical
    distance = np.sqrt(np.square(r) + horizontal / s_z * np.square(z))
    return np.asarray(1.0 / (2 * math.pi * math.sqrt(horizontal * s_z) * distance))


def equipotential_disc(radius: float, horizontal: float, vertical: float | None = None) -> float:
    """Resistance [ohm] of an equipotential disc to infinity, ``1/(4 a sqrt(s_r s_z))`` (Newman 1966)."""
    return 1.0 / (4 * radius * math.sqrt(horizontal * (horizontal if vertical is None else vertical)))


def uniform_disc(radius: float, horizontal: float, vertical: float | None = None) -> float:
    """Resistance [ohm] of a disc of uniform current density, ``8/(3 pi2 a sqrt(s_r s_z))``."""
    mean = math.sqrt(horizontal * (horizontal if vertical is None else vertical))
    return 8.0 / (3 * math.pi**2 * mean * radius)


def _wave_numbers(radius: float, distance: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gauss points and weights on panels that resolve every oscillation."""
    panel = math.pi / max(distance, 2 * radius)
    x, w = np.polynomial.legendre.leggauss(8)
    fine = np.geomspace(1e-6 * panel, panel, 40)
    edges = np.concatenate([[0.0], fine, panel * np.arange(2, math.ceil(_CUT / (radius * panel)))])
    half = 0.5 * np.diff(edges)
    middle = 0.5 * (edges[1:] + edges[:-1])
    return (middle[:, None] + half[:, None] * x).ravel(), (half[:, None] * w).ravel()
