"""Checksums of stored columns: fast enough to be made anew whenever columns are read."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray


def checksums(values: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Fletcher's checksum of some rows of an array.

    Sums modulo 2^64 of the words of a row, plain and times their place: every change of one word is found,
    and of several all but those that make up for each other in both sums.

    Parameters
    ----------
    values : (k, n) array
        Contiguous rows of numbers of 2, 4 or 8 bytes.
    rows : (r,) array
        Which rows.

    Returns
    -------
    (r, 2) array

    References
    ----------
    J. G. Fletcher, An arithmetic checksum for serial transmissions, IEEE Trans. Commun. 30 (1982) 247-252.
    """
    word = np.uint16 if values.dtype.itemsize == 2 else np.uint32
    sums = np.empty((len(rows), 2), dtype=np.uint64)
    _sum(values.view(word), rows, sums)
    return sums


@njit(parallel=True, cache=True)
def _sum(words: Any, rows: Any, sums: Any) -> None:
    for k in prange(len(rows)):
        row = words[rows[k]]
        plain, placed = np.uint64(0), np.uint64(0)
        for i in range(len(row)):
            word = np.uint64(row[i])
            plain += word
            placed += word * np.uint64(i + 1)
        sums[k, 0], sums[k, 1] = plain, placed
