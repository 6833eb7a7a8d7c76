"""The template skins and how they follow the source head."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from zygoma.errors import UnknownNameError
from zygoma.face.source import HeadSource
from zygoma.provenance import data_file

Array = NDArray[np.float64]

RESOLUTIONS = ("coarse", "standard", "fine")
TRUST_DISTANCE = 0.7e-3
"""Binding distance at which a template vertex trusts its neighbours as much as its bound point [m]."""
SWEEPS, FINAL_SWEEPS = 80, 3


@dataclass(frozen=True, eq=False)
class TemplateSkin:
    """A closed skin of the reference shape, female, 25 years, average; mirror-symmetric about x = 0.

    Attributes
    ----------
    points : (n, 3) float
        Vertices [m].
    triangles : (m, 3) int32
        Vertex numbers, counter-clockwise seen from outside.
    mirror : (n,) int64
        Partner of each vertex on the other side.
    cut : (m,) bool
        Triangles on the planes that cut off neck and shoulders: not skin.
    """

    points: Array
    triangles: NDArray[np.int32]
    mirror: NDArray[np.int64]
    cut: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class SkinBinding:
    """Carries displacements of the source head to the template skins.

    Every vertex of the fine skin is bound to a point of a triangle of the source skin, every vertex of the
    other skins to a point of a triangle of the fine skin, so that all resolutions get the same body.

    Attributes
    ----------
    distance : (n_fine,) float
        From the vertices of the fine skin to their bound points [m]; large where pits were filled, at the
        ears and on the cut planes.
    to_source : (n_fine, n_source) sparse
        Values at the bound points from values at the source vertices; on the midline the mean of both sides.
    """

    distance: Array
    to_source: sparse.csr_matrix
    _to_fine: dict[str, sparse.csr_matrix]
    _neighbours: sparse.csr_matrix

    @staticmethod
    @cache
    def load() -> SkinBinding:
        """The binding that ships with the package, read once."""
        with np.load(data_file("head_skin.npz")) as stored:
            data = {name: stored[name] for name in stored.files if "bound" in name}
        fine = template_skin("fine")
        count = len(fine.points)
        source = HeadSource.load()

        def bound(name: str, mirror: NDArray[np.int64], target: NDArray[np.int64]) -> sparse.csr_matrix:
            one = interpolation(data[f"{name}_bound_vertices"], data[f"{name}_bound_weights"], len(target))
            return ((one + one[mirror][:, target]) / 2).tocsr()  # midline vertices: both sides count alike

        edge = np.unique(
            np.concatenate([fine.triangles[:, [i, j]] for i in range(3) for j in range(3) if i != j]), axis=0
        )
        degree = np.bincount(edge[:, 0], minlength=count)
        mean = sparse.csr_matrix((1 / degree[edge[:, 0]], (edge[:, 0], edge[:, 1])), shape=(count, count))
        return SkinBinding(
            distance=data["fine_bound_distance"].astype(float),
            to_source=bound("fine", fine.mirror, source.mirror),
            _to_fine={
                name: bound(name, template_skin(name).mirror, fine.mirror) for name in ("coarse", "standard")
            },
            _neighbours=mean,
        )

    def displacement(self, resolution: str, moved: Array) -> Array:
        """Displacements (n, 3) [m] of a template skin.

        Parameters
        ----------
        resolution : str
            ``coarse``, ``standard`` or ``fine``.
        moved : (n_source, 3) float
            Displacements of the source vertices from the reference shape [m].

        Raises
        ------
        UnknownNameError
            There is no such resolution.
        """
        if resolution not in RESOLUTIONS:
            raise UnknownNameError("resolution", resolution, RESOLUTIONS)
        bound = self.to_source @ moved
        trust = 1 / (1 + (self.distance / TRUST_DISTANCE) ** 4)[:, None]
        held, free = trust * bound, 1 - trust
        u = bound
        for _ in range(SWEEPS):
            u = held + free * (self._neighbours @ u)
        for _ in range(FINAL_SWEEPS):
            u = (u + self._neighbours @ u) / 2
        if is_symmetric(moved, HeadSource.load().mirror):
            u = (u + reflected(u, template_skin("fine").mirror)) / 2
        return self.sample(resolution, u)

    def sample(self, resolution: str, field: Array) -> Array:
        """A field of the fine skin (n_fine,) or (n_fine, k) at the vertices of a template skin."""
        return np.asarray(field if resolution == "fine" else self._to_fine[resolution] @ field)

    def morphed(self, resolution: str, vertices: Array) -> Array:
        """Vertices (n, 3) [m] of a template skin carried to morphed source vertices (n_source, 3) [m].

        Raises
        ------
        UnknownNameError
            There is no such resolution.
        """
        moved = self.displacement(resolution, vertices - HeadSource.load().morph())
        return template_skin(resolution).points + moved


@cache
def template_skin(resolution: str) -> TemplateSkin:
    """The template skin ``coarse``, ``standard`` or ``fine``; read once, do not write to it.

    Raises
    ------
    UnknownNameError
        There is no such resolution.
    """
    if resolution not in RESOLUTIONS:
        raise UnknownNameError("resolution", resolution, RESOLUTIONS)
    with np.load(data_file("head_skin.npz")) as stored:
        return TemplateSkin(
            points=stored[f"{resolution}_points"].astype(float),
            triangles=stored[f"{resolution}_triangles"],
            mirror=stored[f"{resolution}_mirror"].astype(np.int64),
            cut=stored[f"{resolution}_cut"],
        )


def interpolation(
    vertices: NDArray[np.integer], weights: NDArray[np.floating], count: int
) -> sparse.csr_matrix:
    """Matrix (n, count) of weighted sums over three vertices, (n, 3) each; weights are scaled to sum 1."""
    rows = np.repeat(np.arange(len(vertices)), 3)
    share = weights.astype(float) / weights.astype(float).sum(axis=1, keepdims=True)
    return sparse.csr_matrix(
        (share.ravel(), (rows, vertices.ravel().astype(np.int64))), shape=(len(vertices), count)
    )


def reflected(vectors: Array, mirror: NDArray[np.int64]) -> Array:
    """The mirror image of a vector field (n, 3) about x = 0."""
    return np.asarray(vectors[mirror] * np.array([-1.0, 1.0, 1.0]))


def is_symmetric(vectors: Array, mirror: NDArray[np.int64]) -> bool:
    """Whether a vector field (n, 3) is its own mirror image, to rounding."""
    return bool(np.abs(vectors - reflected(vectors, mirror)).max() < 1e-12)
