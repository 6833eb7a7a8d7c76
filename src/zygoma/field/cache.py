"""Store of solved columns: in memory, or in a zarr folder that survives an interruption."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from zygoma.field.checksum import checksums
from zygoma.provenance import content_hash, read_record, write_record, writing

FORMAT = 2
"""Layout of a stored block; blocks of another one are removed and solved again."""


@dataclass(eq=False)
class Block:
    """What is known of the arrays of a block.

    Attributes
    ----------
    nodes : list of int
        Whose columns.
    sums : dict of str to (k, 2) array
        Checksums of the rows of each array; empty for a block in memory.
    sound : (k,) array of bool
        Columns whose checksums were found right, or that this process wrote.
    inherited : bool
        Whether it is from an earlier process.
    told : dict
        What the record tells besides.
    """

    nodes: list[int]
    sums: dict[str, NDArray[np.uint64]]
    sound: NDArray[np.bool_]
    inherited: bool
    told: dict[str, Any]


@dataclass
class ColumnStore:
    """Columns of one lead field in blocks, each finished or absent.

    A block on disk is one or more zarr arrays (each one uncompressed chunk) and a small record with the
    checksum of each row. The record is written last and atomically, so a block that was interrupted has none
    and does not count; nor does one whose record or numbers are not those that were written.

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
    _blocks: dict[str, Block] = field(default_factory=dict, init=False)
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
        sums: dict[str, NDArray[np.uint64]] = {}
        told: dict[str, Any] = {}
        if self.folder is None:
            self._memory[name] = columns
        else:
            parts, told = self._encode(ids, columns)
            sums = {part: checksums(values, np.arange(len(values))) for part, values in parts.items()}
            record = {"format": FORMAT, "nodes": ids, "width": self.width, "residual": residual, **told}
            try:
                for part, values in parts.items():
                    self._write(name, part, values)
                texts = {part: found.astype("<u8").tobytes().hex() for part, found in sums.items()}
                write_record(self.folder / f"{name}.json", {**record, "sums": texts})
            except BaseException:  # Ctrl-C above all: a block without its record would never be found again
                shutil.rmtree(self.folder / name, ignore_errors=True)
                raise
        self._know(name, Block(ids, sums, np.ones(len(ids), dtype=bool), False, told), residual)

    def verify(self, nodes: Iterable[int]) -> bool:
        """Whether the stored columns of these nodes are those that were written; others are forgotten.

        Every column is looked at once in a process, when it is first asked for.
        """
        rows: dict[str, list[int]] = {}
        for node in nodes:
            if (found := self.place.get(int(node))) and not self._blocks[found[0]].sound[found[1]]:
                rows.setdefault(found[0], []).append(found[1])
        damaged = [name for name, own in rows.items() if not self._is_sound(name, np.unique(own))]
        for name in damaged:
            self._forget(name)
        return not damaged

    def forget_inherited(self) -> bool:
        """Forget all blocks of earlier processes that were used here; whether there were any."""
        names = [name for name, block in self._blocks.items() if block.inherited and block.sound.any()]
        for name in names:
            self._forget(name)
        return bool(names)

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
        block = self._memory[name] if self.folder is None else self._read(name, "", self.kind, self.width)
        _copy(block, source, into, rows, kept, image, turned)

    def _encode(
        self, nodes: list[int], columns: NDArray[Any]
    ) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Arrays of a block by name, and what its record tells besides."""
        return {"": np.ascontiguousarray(columns)}, {}

    def _parts(self, count: int, told: dict[str, Any]) -> dict[str, tuple[str, int, int]]:
        """Type, rows and width of each array of a block of so many columns."""
        return {"": (self.kind, count, self.width)}

    def _fits(self, record: dict[str, Any]) -> bool:
        """Whether a sound block is good enough."""
        return True

    def _read(self, name: str, part: str, kind: Any, width: int) -> NDArray[Any]:
        """An array (any, width) on disk; only what is touched is read."""
        assert self.folder is not None
        # an uncompressed zarr chunk holds nothing but the numbers
        return np.asarray(np.memmap(_chunk(self.folder / name / part), kind, "r").reshape(-1, width))

    def _write(self, name: str, part: str, values: NDArray[Any]) -> None:
        import zarr

        assert self.folder is not None
        with writing(self.folder / name):
            self.folder.mkdir(parents=True, exist_ok=True)
            array = zarr.create_array(
                str(self.folder / name / part),
                shape=values.shape,
                chunks=values.shape,
                dtype=values.dtype,
                compressors=None,
                zarr_format=3,
                overwrite=True,
                config={"write_empty_chunks": True},  # the column of the ground is 0 all over
            )
            array[:] = values

    def _take(self, place: Path) -> None:
        """Know a block by its record; what is damaged or of another layout is removed."""
        found, name = read_record(place), place.stem
        if (
            found is None
            or (found.get("format"), found.get("width")) != (FORMAT, self.width)
            or name != f"block-{content_hash(found['nodes'])}"
            or not self._is_complete(name, found)
        ):
            self._remove(name)
        elif self._fits(found):
            sums = {
                part: np.frombuffer(bytes.fromhex(text), dtype="<u8").reshape(-1, 2)
                for part, text in found["sums"].items()
            }
            nodes = found["nodes"]
            self._know(name, Block(nodes, sums, np.zeros(len(nodes), bool), True, found), found["residual"])

    def _is_complete(self, name: str, record: dict[str, Any]) -> bool:
        assert self.folder is not None
        for part, (kind, rows, width) in self._parts(len(record["nodes"]), record).items():
            chunk = _chunk(self.folder / name / part)
            if not chunk.is_file() or chunk.stat().st_size != np.dtype(kind).itemsize * rows * width:
                return False
        return True

    def _is_sound(self, name: str, rows: NDArray[np.int64]) -> bool:
        """Compare checksums of some columns, and of what they share, with those of the record."""
        block = self._blocks[name]
        count = len(block.nodes)
        for part, (kind, lines, width) in self._parts(count, block.told).items():
            own = rows if lines == count else np.arange(lines)
            try:
                values = self._read(name, part, kind, width)
            except (OSError, ValueError):  # cleared or cut since its record was read
                return False
            if len(values) != lines or not np.array_equal(checksums(values, own), block.sums[part][own]):
                return False
        block.sound[rows] = True
        return True

    def _know(self, name: str, block: Block, residual: float) -> None:
        self._blocks[name] = block
        self.place.update({node: (name, row) for row, node in enumerate(block.nodes)})
        self.residual = max(self.residual, residual)

    def _forget(self, name: str) -> None:
        for node in self._blocks.pop(name).nodes:
            if self.place.get(node, ("", 0))[0] == name:
                del self.place[node]
        self._remove(name)

    def _remove(self, name: str) -> None:
        """Take the files of a block away, where that is allowed."""
        assert self.folder is not None
        with suppress(OSError):
            (self.folder / f"{name}.json").unlink(missing_ok=True)
        shutil.rmtree(self.folder / name, ignore_errors=True)


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
