"""What the dose needs of a body, prepared for the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from zygoma.errors import InputError
from zygoma.treatment.geodesic import Array

Single = NDArray[np.float32]


class BodyLike(Protocol):
    """A face, or any body with tissues: arrays per element (m)."""

    @property
    def tissue(self) -> NDArray[np.uint8]:
        """(m,) tissue codes."""

    @property
    def tissues(self) -> Sequence[str]:
        """Name of each code."""

    @property
    def depth_rank(self) -> NDArray[np.uint8]:
        """(m,) 0 skin, 1 superficial fat, 2 SMAS, 3 deep fat and muscle, 4 bone, 5 inside."""

    @property
    def fibre(self) -> Single:
        """(m, 3) unit vectors along the fibres, 0 where there are none."""


@dataclass(frozen=True, eq=False)
class Elements:
    """Conducting elements of a body as the kernel takes them.

    Attributes
    ----------
    ids : (c,) int array
        Their numbers in the body.
    tets : (c, 4) int32 array
        Their nodes, as places in a column of the lead field.
    gradient, sigma, fibre, volume, tissue
        See `zygoma.treatment.kernel.accumulate`.
    """

    ids: NDArray[np.int64]
    tets: NDArray[np.int32]
    gradient: Single
    sigma: Single
    fibre: Single
    volume: Single
    tissue: NDArray[np.uint8]

    @classmethod
    def of(cls, conductor: Any, body: BodyLike, index: NDArray[np.int64], ids: NDArray[np.int64]) -> Elements:
        """Some conducting elements of a volume conductor; `index` (n,) is the place of each node.

        Raises
        ------
        InputError
            Body and conductor have different elements, or the lead field lacks some of the nodes.
        """
        if len(body.tissue) != len(conductor.tets):
            raise InputError(
                f"the body has {len(body.tissue)} elements and its conductor {len(conductor.tets)}; "
                "give the two of one mesh"
            )
        tets = index[conductor.tets[ids]]
        if (tets < 0).any():
            raise InputError(
                "the lead field keeps only a part of the body; the dose needs all conducting nodes"
            )
        sigma = np.asarray(conductor.conductivity)[ids]
        if sigma.ndim == 1:
            sigma = np.column_stack([sigma] * 3 + [np.zeros((len(ids), 3))])
        return cls(
            ids, tets.astype(np.int32), _single(conductor.gradients[ids, 1:].reshape(-1, 9)), _single(sigma),
            _single(np.asarray(body.fibre)[ids]), _single(conductor.volumes[ids]),
            np.ascontiguousarray(body.tissue[ids], dtype=np.uint8),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Deeper:
    """The part of a body from a depth rank on: its stiffness rows at the nodes of its outer face.

    The other nodes of the part draw nothing, because its rows are there those of the whole body.

    Attributes
    ----------
    rank : int
        Elements of this depth rank and deeper.
    nodes, starts, neighbours, values
        See `zygoma.treatment.kernel.drawn`.
    """

    rank: int
    nodes: NDArray[np.int32]
    starts: NDArray[np.int64]
    neighbours: NDArray[np.int32]
    values: Single

    @classmethod
    def of(
        cls, elements: Elements, gradients: Array, depth_rank: NDArray[Any], rank: int, size: int
    ) -> Deeper:
        """Part of the conducting elements; `gradients` (m, 4, 3) [1/m], `depth_rank` (m,) of all elements."""
        deep = np.asarray(depth_rank)[elements.ids] >= rank
        inside, outside = np.zeros(size, bool), np.zeros(size, bool)
        inside[elements.tets[deep]] = True
        outside[elements.tets[~deep]] = True
        face = inside & outside
        touching = np.flatnonzero(deep & face[elements.tets].any(axis=1))
        tets = elements.tets[touching]
        g = gradients[elements.ids[touching]]
        xx, yy, zz, xy, xz, yz = elements.sigma[touching].astype(float).T
        sigma = np.stack([np.stack(row, -1) for row in ((xx, xy, xz), (xy, yy, yz), (xz, yz, zz))], axis=1)
        local = (
            np.einsum("eia,eab,ejb->eij", g, sigma, g, optimize=True) * elements.volume[touching, None, None]
        )
        rows, columns = np.repeat(tets, 4, axis=1), np.tile(tets, (1, 4))
        keep = face[rows]
        entries = (local.reshape(-1, 16)[keep], (rows[keep], columns[keep]))
        matrix = sparse.csr_matrix(entries, shape=(size, size))
        nodes = np.flatnonzero(face)
        matrix = matrix[nodes]
        return cls(
            rank, nodes.astype(np.int32), matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32),
            _single(matrix.data),
        )  # fmt: skip


def tissue_ranks(body: BodyLike, conducting: NDArray[np.bool_]) -> dict[str, int]:
    """Depth rank at which each conducting tissue begins, by name."""
    return {
        name: int(body.depth_rank[own].min())
        for code, name in enumerate(body.tissues)
        if (own := (np.asarray(body.tissue) == code) & conducting).any()
    }


def _single(values: Any) -> Single:
    return np.ascontiguousarray(values, dtype=np.float32)
