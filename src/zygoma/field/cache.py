"""Store of solved columns: in memory, or in a zarr folder that survives an interruption."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from zygoma.errors import InputError
from zygoma.provenance import content_hash, write_text


@dataclass
class ColumnStore:
    """Columns of one lead field in blocks, each finished or absent.

    A block on disk is a zarr array (one uncompressed chunk) and a small record. The record is
    written last and atomically, so a block that was interrupted has none and does not count.

    Parameters
    ----------
    width : int
        Number of target nodes, the length of a column.
    folder : Path or None
        Folder of the blocks; None keeps them in memory.
    kind : {"float32", "complex64"}
        Type of the numbers.
    """

    width: int
    folder: Path | None = None
    kind: str = "float32"
    place: dict[int, tuple[str, int]] = field(default_factory=dict, init=False)
    residual: float = field(default=0.0, init=False)
    _memory: dict[str, NDArray[Any]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        if self.folder is not None and self.folder.is_dir():
            for record in sorted(self.folder.glob("block-*.json")):
                self._take(record)

    def __contains__(self, node: int) -> bool:
        return node in self.place

    def add(self, nodes: NDArray[Any], columns: NDArray[Any], residual: float) -> None:
        """Keep a finished block of columns (k, width) for nodes (k,).

        Raises
        ------
        InputError
            The folder cannot be written.
        """
        ids = [int(node) for node in nodes]
        name = f"block-{content_hash(ids)}"
        if self.folder is None:
            self._memory[name] = columns
        else:
            try:
                self._write(name, columns)
                write_text(self.folder / f"{name}.json", json.dumps({"nodes": ids, "residual": residual}))
            except BaseException:  # Ctrl-C above all: a block without its record would never be found again
                shutil.rmtree(self.folder / name, ignore_errors=True)
                raise
        self._know(name, ids, residual)

    def gather(
        self,
        nodes: NDArray[Any],
        into: NDArray[Any],
        image: NDArray[np.int64],
        turned: NDArray[np.bool_],
    ) -> None:
        """Copy stored columns into the rows of an array.

        Parameters
        ----------
        nodes : (k,) array
            Whose columns.
        into : (k, width) array
            Written.
        image : (width,) array
            Where each number of a mirrored column stands in the stored one.
        turned : (k,) array
            Which columns are to be mirrored.
        """
        blocks: dict[str, list[tuple[int, int]]] = {}
        for row, node in enumerate(nodes):
            name, source = self.place[int(node)]
            blocks.setdefault(name, []).append((source, row))
        for name, pairs in blocks.items():
            source, row = np.array(pairs).T
            _copy(self._block(name), source, into, row, image, turned)

    def _block(self, name: str) -> NDArray[Any]:
        """Columns (k, width) of a finished block; of one on disk only what is touched is read."""
        if self.folder is None:
            return self._memory[name]
        # an uncompressed zarr chunk holds nothing but the numbers
        return np.asarray(np.memmap(_chunk(self.folder / name), self.kind, "r").reshape(-1, self.width))

    def _write(self, name: str, columns: NDArray[Any]) -> None:
        import zarr

        assert self.folder is not None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            block = zarr.create_array(
                str(self.folder / name),
                shape=columns.shape,
                chunks=columns.shape,
                dtype=self.kind,
                compressors=None,
                zarr_format=3,
                overwrite=True,
            )
            block[:] = columns
        except OSError as error:
            raise InputError(
                f"cannot write the lead field to {self.folder}: {error.strerror}; "
                "set ZYGOMA_CACHE to a folder with space that can be written"
            ) from error

    def _take(self, record: Path) -> None:
        found = json.loads(record.read_text(encoding="utf-8"))
        chunk = _chunk(record.with_suffix(""))
        size = np.dtype(self.kind).itemsize * self.width * len(found["nodes"])
        if chunk.is_file() and chunk.stat().st_size == size:
            self._know(record.stem, found["nodes"], found["residual"])

    def _know(self, name: str, ids: list[int], residual: float) -> None:
        self.place.update({node: (name, row) for row, node in enumerate(ids)})
        self.residual = max(self.residual, residual)


def _chunk(block: Path) -> Path:
    """File of the one chunk of a block."""
    return block / "c" / "0" / "0"


@njit(parallel=True, cache=True)
def _copy(block: Any, source: Any, into: Any, rows: Any, image: Any, turned: Any) -> None:
    for k in prange(len(rows)):
        column, row = block[source[k]], into[rows[k]]
        if turned[rows[k]]:
            for i in range(len(row)):
                row[i] = column[image[i]]
        else:
            row[:] = column
