"""Fourier integrals of segments in closed form."""

from __future__ import annotations

import numpy as np

from zygoma.device.rows import BLOCK, EXPONENTIAL, HALFSINE, ComplexArray, FloatArray, Rows

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)
_NODES, _WEIGHTS = 0.5 * (_NODES + 1), 0.5 * _WEIGHTS


def transform(rows: Rows, begin: FloatArray, omega: FloatArray) -> ComplexArray:
    """Integral of ``i(t) exp(-j omega t)`` over all rows [A s].

    Parameters
    ----------
    rows : Rows
    begin : ndarray, shape (n,)
        Start of each row [s].
    omega : ndarray, shape (m,)
        [rad/s].

    Returns
    -------
    ndarray of complex, shape (m,)
    """
    total = np.zeros(omega.shape, dtype=np.complex128)
    size = max(1, BLOCK // max(1, omega.size))
    for first in range(0, len(rows), size):
        block = slice(first, first + size)
        part = rows.take(block)
        half = 0.5 * part.duration[:, None] * omega
        means = _mean(part, half) * np.exp(-1j * (omega * begin[block, None] + half))
        total += part.duration @ means
    return total


def _mean(rows: Rows, half: FloatArray) -> ComplexArray:
    """Mean of ``i exp(-j omega t)``, t from the middle of each row; `half` is half the turn of the phase.

    A straight row has the spherical Bessel functions j0 (its mean) and j1 (its slope), which stay exact at
    low frequency where the textbook quotients lose their digits.
    """
    from scipy.special import spherical_jn

    tilt = np.sign(half) * spherical_jn(1, np.abs(half))
    level, step = 0.5 * (rows.start + rows.end), rows.end - rows.start
    mean = level[:, None] * np.sinc(half / np.pi) - 0.5j * step[:, None] * tilt
    if (bent := rows.shape == EXPONENTIAL).any():
        mean[bent] = _exponential(rows.take(bent), half[bent])
    if (sine := rows.shape == HALFSINE).any():
        part = rows.take(sine)
        turn = 0.5 * np.pi * (part.last - part.first)[:, None]
        middle = np.exp(0.5j * np.pi * (part.first + part.last))[:, None]
        up, down = np.sinc((turn - half[sine]) / np.pi), np.sinc((turn + half[sine]) / np.pi)
        mean[sine] = part.peak[:, None] * (middle * up - middle.conj() * down) / 2j
    return np.asarray(mean, dtype=np.complex128)


def _exponential(rows: Rows, half: FloatArray) -> ComplexArray:
    """As `_mean`, for exponentials ``low + step * (1 - exp(-y s)) / (1 - exp(-y))`` with s in (0, 1)."""
    low, high, steep = rows.rising(np.arange(len(rows)))
    turned = (rows.bend < 0)[:, None]
    angle = 2j * np.where(turned, -half, half)  # a row turned in time has the phase of the opposite sense
    y = steep[:, None]
    far = _decay(angle) - _decay(angle + y)
    near = np.zeros_like(far)
    if (steep < 1).any():  # the difference loses its digits: integrate its derivative instead
        for node, weight in zip(_NODES, _WEIGHTS, strict=True):
            near -= weight * y * _decay_slope(angle + node * np.minimum(y, 1.0))
    rise = np.where(y < 1, near, far) / -np.expm1(-y)
    mean = low[:, None] * _decay(angle) + (high - low)[:, None] * rise
    return np.asarray(mean * np.exp(0.5 * angle), dtype=np.complex128)


def _decay(z: ComplexArray) -> ComplexArray:
    """Mean of ``exp(-z s)`` over s in (0, 1)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(z == 0, 1.0, -np.expm1(-z) / z))


def _decay_slope(z: ComplexArray) -> ComplexArray:
    """Derivative of `_decay`: minus the mean of ``s exp(-z s)``."""
    near = np.zeros_like(z)
    small = np.where(np.abs(z) < 1, z, 0.0)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        near -= weight * node * np.exp(-small * node)
    with np.errstate(divide="ignore", invalid="ignore"):
        far = (np.exp(-z) * (1 + z) - 1) / z**2
    return np.asarray(np.where(np.abs(z) < 1, near, far))
