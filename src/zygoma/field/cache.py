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
        kept: NDArray[np.int64],
        image: NDArray[np.int64],
        turned: NDArray[np.bool_],
    ) -> None:
        """Copy stored columns into the rows of an array.

        Parameters
        ----------
        nodes : (k,) array
            Whose columns.
        into : (k, t) array
            Written.
        kept, image : (t,) arrays
            Where the numbers stand in a stored column, as it is and for one that is to be mirrored.
        turned : (k,) array
            Which columns are to be mirrored.
        """
        blocks: dict[str, list[tuple[int, int]]] = {}
        for row, node in enumerate(nodes):
            name, source = self.place[int(node)]
            blocks.setdefault(name, []).append((source, row))
        for name, pairs in blocks.items():
            source, row = np.array(pairs).T
            self._fetch(name, source, into, row, kept, image, turned)

    def _fetch(
        self, name: str, source: Any, into: NDArray[Any], rows: Any, kept: Any, image: Any, turned: Any
    ) -> None:
        """Copy columns `source` of a block into rows of an array; see `gather`."""
        block = self._memory[name] if self.folder is None else self._read(name, self.kind, self.width)
        _copy(block, source, into, rows, kept, image, turned)

    def _write(self, name: str, columns: NDArray[Any]) -> None:
        self._write_array(name, columns)

    def _sizes(self, name: str, count: int) -> dict[str, int]:
        """Bytes of each array of a block of so many columns."""
        return {name: np.dtype(self.kind).itemsize * count * self.width}

    def _read(self, name: str, kind: Any, width: int) -> NDArray[Any]:
        """An array (any, width) on disk; only what is touched is read."""
        assert self.folder is not None
        # an uncompressed zarr chunk holds nothing but the numbers
        return np.asarray(np.memmap(_chunk(self.folder / name), kind, "r").reshape(-1, width))

    def _write_array(self, name: str, values: NDArray[Any]) -> None:
        import zarr

        assert self.folder is not None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            array = zarr.create_array(
                str(self.folder / name),
                shape=values.shape,
                chunks=values.shape,
                dtype=values.dtype,
                compressors=None,
                zarr_format=3,
                overwrite=True,
            )
            array[:] = values
        except OSError as error:
            raise InputError(
                f"cannot write the lead field to {self.folder}: {error.strerror}; "
                "set ZYGOMA_CACHE to a folder with space that can be written"
            ) from error

    def _take(self, record: Path) -> None:
        assert self.folder is not None
        found = json.loads(record.read_text(encoding="utf-8"))
        for name, size in self._sizes(record.stem, len(found["nodes"])).items():
            chunk = _chunk(self.folder / name)
            if not chunk.is_file() or chunk.stat().st_size != size:
                return
        self._know(record.stem, found["nodes"], found["residual"])

    def _know(self, name: str, ids: list[int], residual: float) -> None:
        self.place.update({node: (name, row) for row, node in enumerate(ids)})
        self.residual = max(self.residual, residual)


def _chunk(block: Path) -> Path:
    """File of the one chunk of a block."""
    return block / "c" / "0" / "0"


@njit(parallel=True, cache=True)
def _copy(block: Any, source: Any, into: Any, rows: Any, kept: Any, image: Any, turned: Any) -> None:
    for k in prange(len(rows)):
        column, row = block[source[k]], into[rows[k]]
        place = image if turned[rows[k]] else kept
        for i in range(len(row)):
            row[i] = column[place[i]]
