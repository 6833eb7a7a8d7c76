"""Conductivity tensors in the compact form that the field package uses."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import InputError
from zygoma.units import parse


def compact_tensors(conductivity: ArrayLike, count: int) -> NDArray[np.float64]:
    """Conductivity of `count` elements as (m,) values or (m, 6) tensors [S/m].

    Parameters
    ----------
    conductivity : float, text, (m,), (m, 3, 3) or (m, 6) array
        What the user gave, such as 0.3, ``"0.3 S/m"`` or arrays; the six are ``[xx, yy, zz, xy, xz, yz]``.
    count : int
        Number of elements m.

    Raises
    ------
    InputError
        The shape does not fit, or a tensor is not symmetric, not finite or not positive (0 is allowed).
    UnitError
        Text is not a conductivity.
    """
    if isinstance(conductivity, str):
        conductivity = parse(conductivity, "S/m")
    try:
        given = np.asarray(conductivity, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            "a conductivity is not a number; expected numbers in S/m, equally many each"
        ) from error
    if given.ndim == 0:
        given = np.full(count, float(given))
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
    if not np.isfinite(given).all():
        raise InputError("a conductivity is not a finite number; expected values in S/m")
    if given.ndim == 1:
        bad = given < 0
    else:
        xx, yy, zz, xy, xz, yz = given.T
        minor = xx * yy - xy**2
        full = xx * (yy * zz - yz**2) - xy * (xy * zz - yz * xz) + xz * (xy * yz - yy * xz)
        bad = given.any(axis=1) & ~((xx > 0) & (minor > 0) & (full > 0))
    if bad.any():
        raise InputError(
            f"{int(bad.sum())} conductivities are not positive (first: element {int(bad.argmax())})"
        )
    return np.ascontiguousarray(given)


def apply(conductivity: NDArray[np.float64], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
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
