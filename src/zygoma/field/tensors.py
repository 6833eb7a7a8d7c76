"""Conductivity or admittivity tensors in the compact form that the field package uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import InputError
from zygoma.units import parse

_ROUNDING = 1e-9  # of the largest eigenvalue: how far below 0 the least of an imaginary part may come


def compact_tensors(
    conductivity: ArrayLike, count: int, place: Callable[[NDArray[np.int64]], str]
) -> NDArray[Any]:
    """Conductivity of `count` elements as (m,) values or (m, 6) tensors [S/m], real or complex as given.

    Parameters
    ----------
    conductivity : float, text, (m,), (m, 3, 3) or (m, 6) array
        What the user gave, such as 0.3, ``"0.3 S/m"`` or arrays; the six are ``[xx, yy, zz, xy, xz, yz]``.
        Complex numbers are an admittivity ``sigma + j omega eps``.
    count : int
        Number of elements m.
    place : callable
        Says where some elements are, for the message.

    Raises
    ------
    InputError
        The shape does not fit, or a tensor is not symmetric, not finite or not positive (0 is allowed); of an
        admittivity the real part is positive and the imaginary part not negative.
    UnitError
        Text is not a conductivity.
    """
    if isinstance(conductivity, str):
        conductivity = parse(conductivity, "S/m")
    try:
        given = np.asarray(conductivity)
        if given.dtype == np.bool_:
            raise TypeError
        given = given.astype(np.complex128 if np.iscomplexobj(given) else np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            "a conductivity is not a number; expected numbers in S/m, equally many each"
        ) from error
    if given.ndim == 0:
        given = np.full(count, given)
    if given.shape == (count, 3, 3):
        if not np.allclose(given, given.transpose(0, 2, 1), rtol=1e-9, atol=0):
            raise InputError(
                "a conductivity tensor is not symmetric; expected symmetric 3 x 3 tensors in S/m"
            )
        given = given[:, [0, 1, 2, 0, 0, 1], [0, 1, 2, 1, 2, 2]]
    if given.shape not in ((count,), (count, 6)):
        raise InputError(
            f"conductivity has shape {given.shape}; "
            f"expected a number, ({count},), ({count}, 6) or ({count}, 3, 3)"
        )
    bad = ~np.isfinite(given if given.ndim == 1 else given.sum(axis=1))
    if bad.any():
        raise InputError(
            f"{int(bad.sum())} conductivities are not finite, most of them in set "
            f"{place(np.flatnonzero(bad))}; expected values in S/m"
        )
    real = given.real
    if given.ndim == 1:
        bad = real < 0
    else:
        xx, yy, zz, xy, xz, yz = real.T
        minor = xx * yy - xy**2
        full = xx * (yy * zz - yz**2) - xy * (xy * zz - yz * xz) + xz * (xy * yz - yy * xz)
        bad = real.any(axis=1) & ~((xx > 0) & (minor > 0) & (full > 0))
    if bad.any():
        raise InputError(
            f"{int(bad.sum())} conductivities are not positive, most of them in set "
            f"{place(np.flatnonzero(bad))}; expected values in S/m, or 0 for an element to leave out"
        )
    if np.iscomplexobj(given):
        _check_imaginary(given)
    return np.ascontiguousarray(given)


def _check_imaginary(given: NDArray[np.complex128]) -> None:
    """Refuse an imaginary part that is negative, or that stands where nothing conducts."""
    rows = given[:, None] if given.ndim == 1 else given
    idle = rows.imag.any(axis=1) & ~rows.real.any(axis=1)
    if idle.any():
        raise InputError(
            f"{int(idle.sum())} elements have displacement current and no conductivity (first: element "
            f"{int(idle.argmax())}); expected a real part above 0 S/m, or 0 for an element to leave out"
        )
    bad = np.asarray((rows[:, :3].imag < 0).any(axis=1))
    if given.ndim == 2:
        skew = np.flatnonzero(rows[:, 3:].imag.any(axis=1))
        least = np.linalg.eigvalsh(rows[skew][:, [[0, 3, 4], [3, 1, 5], [4, 5, 2]]].imag)
        bad[skew] |= least[:, 0] < -_ROUNDING * np.abs(least).max(axis=1)
    if bad.any():
        raise InputError(
            f"{int(bad.sum())} admittivities have a negative imaginary part (first: element "
            f"{int(bad.argmax())}); expected sigma + j omega eps with eps of at least 0"
        )


def apply(conductivity: NDArray[Any], vectors: NDArray[Any]) -> NDArray[Any]:
    """Tensor times vector for each element, ``J = sigma E``.

    Parameters
    ----------
    conductivity : (m,) or (m, 6) array
        Compact conductivity [S/m].
    vectors : (m, 3) array
        One vector an element.
    """
    if conductivity.ndim == 1:
        return np.asarray(conductivity[:, None] * vectors)
    xx, yy, zz, xy, xz, yz = conductivity.T
    x, y, z = vectors.T
    return np.stack([xx * x + xy * y + xz * z, xy * x + yy * y + yz * z, xz * x + yz * y + zz * z], axis=1)
