"""Named sets of elements: tissues, muscles, regions; looked up when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import InputError, UnknownNameError

Members = NDArray[Any] | Callable[[], NDArray[Any]]


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
            indices = np.asarray(given() if callable(given) else given)
            if indices.dtype == np.bool_:
                indices = np.flatnonzero(indices)
            indices = indices.astype(np.int64)
            if indices.size and (indices.min() < 0 or indices.max() >= self._size):
                raise InputError(
                    f"element set {name!r} holds indices from {indices.min()} to {indices.max()}; "
                    f"expected 0 to {self._size - 1}"
                )
            self._found[name] = indices
        return self._found[name]

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)
