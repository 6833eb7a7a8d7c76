"""Named sets of elements: tissues, muscles, regions; looked up when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import InputError, UnknownNameError

_EXPECTED = "expected whole numbers, or a mask of one value each"

Members = NDArray[Any] | Callable[[], NDArray[Any]]


def whole_numbers(given: ArrayLike, size: int, what: str) -> NDArray[Any]:
    """Numbers that are given as whole ones or as a mask (size,); others are refused, not cut off.

    Parameters
    ----------
    given : array
        Whole numbers of any type, or a mask.
    size : int
        How many there are to choose from.
    what : str
        What they number, for the message: ``"nodes"``.

    Raises
    ------
    InputError
        They are not whole numbers, or a mask of another length.
    """
    try:
        found = np.asarray(given)
    except ValueError as error:
        raise InputError(f"{what} are rows of different lengths; {_EXPECTED}") from error
    if found.dtype == np.bool_:
        if found.shape != (size,):
            raise InputError(f"{what} are a mask of shape {found.shape}; expected ({size},)")
        return np.flatnonzero(found)
    if found.dtype.kind == "f" and (np.abs(found) < 2**53).all() and (found == np.floor(found)).all():
        found = found.astype(np.int64)
    if found.dtype.kind not in "iu":
        given = (
            found[~(found == np.floor(found))][:1].tolist() if found.dtype.kind == "f" else found.dtype.name
        )
        raise InputError(f"{what} hold {given}; {_EXPECTED}")
    return found


def indices(given: ArrayLike, size: int, what: str) -> NDArray[np.int64]:
    """Numbers (k,) from 0 to below `size`; see `whole_numbers`.

    Raises
    ------
    InputError
        As `whole_numbers`, or a number is out of range.
    """
    found = whole_numbers(given, size, what).astype(np.int64, copy=False).ravel()
    if found.size and not 0 <= found.min() <= found.max() < size:
        raise InputError(f"{what} run from {found.min()} to {found.max()}; expected 0 to {size - 1}")
    return found


class ElementSets(Mapping[str, NDArray[np.int64]]):
    """Element indices by name.

    Parameters
    ----------
    members : mapping of str to array or callable
        Indices (k,), a mask (m,), or a function that returns one of these when the set is first used.
    size : int
        Number of elements of the body.
    """

    def __init__(self, members: Mapping[str, Members], size: int) -> None:
        self._members = dict(members)
        self._found: dict[str, NDArray[np.int64]] = {}
        self._size = size

    def __getitem__(self, name: str) -> NDArray[np.int64]:
        if name not in self._members:
            raise UnknownNameError("element set", name, self._members)
        if name not in self._found:
            given = self._members[name]
            members = given() if callable(given) else given
            self._found[name] = indices(members, self._size, f"the members of element set {name!r}")
        return self._found[name]

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)
