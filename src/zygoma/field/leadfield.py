"""Lead field: potentials of the whole body for unit current into each node that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zygoma.errors import InputError, SolverError
from zygoma.field.cache import ColumnStore
from zygoma.field.conductor import VolumeConductor
from zygoma.field.sets import indices, whole_numbers
from zygoma.field.solver import TOLERANCE, Choice, Solver, choose, factorise
from zygoma.provenance import cache_dir, content_hash, versions

if TYPE_CHECKING:
    from zygoma.field.contact import Contact
    from zygoma.field.elimination import Elimination
    from zygoma.field.field import Field

BLOCK = 256
"""Columns that are solved and kept together: an interruption loses one block at most."""

Progress = Callable[[str, int, int], None]
Result = TypeVar("Result")


class LeadField:
    """Solution columns of a conductor, solved on demand in blocks and kept.

    Column k is the potential [V] for 1 A into node k, out at the ground node; it grows without
    bound at its own node as the mesh is refined, so only sums over a contact carry meaning.

    Parameters
    ----------
    conductor : VolumeConductor
        The body.
    cache : Path, False or None
        Folder for finished blocks; None takes the user's cache folder, False keeps them in memory.
    target : (t,) array of int, optional
        Nodes at which the potential is kept; by default all conducting nodes. Fields need them all.
    solver : {"auto", "cholesky", "amg"}
        See `zygoma.field.solver.factorise`.
    tolerance : float
        Largest relative residual of a column.
    progress : callable, optional
        Called as ``progress("lead field", columns done, columns to solve)``.
    compression : float, optional
        Columns on disk take half the space where this relative change of the current density is allowed, such
        as 1e-3. It bounds the 95th percentile over the volume of the local change, for current between two
        single nodes of a block that are 5 mm apart or more; the worst of up to 16 pairs of each block, near
        and far, is measured and counts. Pairs that are nearer, whose columns nearly cancel, may change more.
        Blocks that would miss the goal are stored as they are.
    elimination : Elimination, optional
        That of a body with the same mesh and ground, as its `elimination` says, for "cholesky"; it saves
        finding it again.
    """

    def __init__(
        self,
        conductor: VolumeConductor,
        *,
        cache: Path | str | Literal[False] | None = None,
        target: ArrayLike | None = None,
        solver: Choice = "auto",
        tolerance: float = TOLERANCE,
        progress: Progress | None = None,
        compression: float | None = None,
        elimination: Elimination | None = None,
    ) -> None:
        self.conductor = conductor
        self.solver = choose(solver)
        self.tolerance = tolerance
        self.progress = progress
        self.solves = 0
        if target is None:
            target = np.flatnonzero(conductor.conducting_nodes)
        self.target_nodes = np.unique(indices(target, len(conductor.nodes), "target nodes"))
        if not self.target_nodes.size or not conductor.conducting_nodes[self.target_nodes].all():
            raise InputError(
                "no target node, or one outside the conducting part, was given; name conducting nodes only"
            )
        if cache is None:
            cache = cache_dir() / "leadfield"
        folder = None if cache is False else Path(cache) / self.hash
        self._store = ColumnStore(len(self.target_nodes), folder, self.kind)
        if compression is not None:
            self._store = self._packed(None if folder is None else folder / "packed", compression)
        self._engine: Solver | None = None
        self._elimination = elimination

    @property
    def kind(self) -> Literal["float32", "complex64"]:
        """Type of the numbers in a column: complex for a body with an admittivity."""
        return "complex64" if self.conductor.is_complex else "float32"

    @cached_property
    def hash(self) -> str:
        """Content hash of all that a column depends on."""
        kind = ["P1", self.solver, self.tolerance, versions()["zygoma"]]
        return content_hash(self.conductor.hash, self.target_nodes, kind)

    @cached_property
    def _image(self) -> NDArray[np.int64] | None:
        """Place in a column of the mirror partner of each target node; None without a usable mirror."""
        if not self.conductor.is_mirrored:
            return None
        assert self.conductor.mirror is not None
        place = self.target_index[self.conductor.mirror[self.target_nodes]]
        return place if (place >= 0).all() else None

    @property
    def elimination(self) -> Elimination | None:
        """Order of the elimination, found now if need be; None where the solver has none."""
        return getattr(self._solver(), "elimination", None)

    @property
    def residual(self) -> float:
        """Largest relative residual of all columns solved so far, in this process or before."""
        return self._store.residual

    @property
    def folder(self) -> Path | None:
        """Folder of the stored blocks; None in memory."""
        return self._store.folder

    @cached_property
    def target_index(self) -> NDArray[np.int64]:
        """Place of each node in a column (n,); -1 where the potential is not kept."""
        index = np.full(len(self.conductor.nodes), -1, dtype=np.int64)
        index[self.target_nodes] = np.arange(len(self.target_nodes))
        return index

    def missing(self, nodes: ArrayLike) -> NDArray[np.int64]:
        """Nodes whose columns have to be solved before those of `nodes` are known, in the order given.

        Of two mirror partners in a mirror-symmetric body one is enough.

        Raises
        ------
        InputError
            A node is not part of the conducting body.
        """
        wanted = self._checked(nodes)
        source = self._sources(wanted)
        while not self._store.verify(source):  # a damaged column may have a sound mirror partner
            source = self._sources(wanted)
        source = source[[int(node) not in self._store for node in source]]
        # the caller's order is kept: what is asked for together lies together in the cache
        return np.asarray(source[np.sort(np.unique(source, return_index=True)[1])])

    def solve(self, nodes: ArrayLike) -> None:
        """Solve and keep the columns of these nodes that are not there yet.

        Each block is kept as soon as it is solved: an interruption loses one at most.

        Raises
        ------
        InputError
            A node is not part of the conducting body.
        SolverError
            A residual is above the tolerance.
        """
        missing = self.missing(nodes)
        for start in range(0, len(missing), BLOCK):
            part = missing[start : start + BLOCK]
            columns, residual = self._columns(part)
            self._store.add(part, columns, residual)
            self.solves += len(part)
            if self.progress is not None:
                self.progress("lead field", start + len(part), len(missing))

    def matrix(self, nodes: ArrayLike, at: ArrayLike | None = None) -> NDArray[Any]:
        """Columns of these nodes as rows (k, t) of `kind` in C order; solved if they are missing.

        Parameters
        ----------
        nodes : (k,) array of int
            Where unit current enters.
        at : (t,) array of int, optional
            Nodes at which the potential is wanted; by default all target nodes.

        Raises
        ------
        InputError
            A node is not part of the conducting body.
        SolverError
            A residual is above the tolerance.
        """
        wanted = self._checked(nodes)
        self.solve(wanted)
        kept = np.arange(len(self.target_nodes))
        if at is not None:
            kept = self.target_index[self._checked(at)]
            if (kept < 0).any():
                raise InputError(
                    "the lead field does not keep the potential there; make one with these nodes"
                )
        source = self._sources(wanted)
        image = kept if self._image is None else self._image[kept]
        rows = np.empty((len(wanted), len(kept)), dtype=self.kind)
        self._store.gather(source, rows, kept, image, source != wanted)
        return rows

    columns = matrix

    def direct(self, sources: Mapping[int, float]) -> NDArray[Any]:
        """Potential (n,) [V] of nodal currents [A] by one solve in double precision, nothing stored."""
        rhs = np.zeros((len(self.conductor.nodes), 1))
        for node, amperes in sources.items():
            rhs[self._checked(np.array([node])), 0] += amperes
        free = self.conductor.free
        potential = np.zeros(len(self.conductor.nodes), self.conductor.conductivity.dtype)
        potential[free] = self._solver().solve(rhs[free])[:, 0]
        return potential

    def field(
        self,
        *contacts: Contact | Mapping[int, float | str],
        current: float | str | Sequence[float | str] | None = None,
    ) -> Field:
        """Field of contacts, or of nodal currents.

        Parameters
        ----------
        *contacts : Contact, or one mapping of node to amperes (or text such as ``"1 mA"``)
            Contacts on the skin; of two, the current enters at the first and leaves at the second.
            Currents into nodes sum to 0.
        current : float, str or sequence of float
            Current [A] or text such as ``"400 uA"``; for more than two contacts one value each, sum 0.

        Raises
        ------
        InputError
            A current or node is none, the currents do not sum to 0, or contacts and nodes are mixed.
        ContactError
            A contact is off the body, overlaps another or cannot be resolved.
        SolverError
            Delivered current or power balance misses its goal.

        Examples
        --------
        >>> lead.field({12: 1e-3, 40: -1e-3})                        # doctest: +SKIP
        >>> lead.field(cheek, jaw, current="400 uA").resistance      # doctest: +SKIP
        """
        from zygoma.field.field import field_of_contacts, field_of_nodes

        if len(contacts) == 1 and isinstance(contacts[0], Mapping):
            if current is not None:
                raise InputError(f"currents of nodes were given and current={current!r} too; leave one out")
            return self.checked(partial(field_of_nodes, self, contacts[0]))
        return self.checked(partial(field_of_contacts, self, contacts, current))

    def checked(self, compute: Callable[[], Result]) -> Result:
        """What `compute` finds here, if need be once more without the columns of earlier runs.

        Raises
        ------
        SolverError
            It misses a goal with columns that were solved now, too.
        """
        try:
            return compute()
        except SolverError:
            if not self._store.forget_inherited():
                raise
        return compute()

    def close(self) -> None:
        """Give the memory of the factor back; what was solved stays."""
        if self._engine is not None:
            self._engine.free()
            self._engine = None

    def __repr__(self) -> str:
        where = "in memory" if self.folder is None else str(self.folder)
        return (
            f"LeadField: {len(self._store.place)} columns of {len(self.target_nodes)} nodes, "
            f"{self.solves} solved now by {self.solver}\n"
            f"residual {self.residual:.1e} (goal {self.tolerance:.0e}), {where}"
        )

    def _packed(self, folder: Path | None, goal: float) -> ColumnStore:
        from zygoma.field.compression import DensityError, PackedStore, along_a_curve

        if self.kind != "float32":
            raise InputError("columns of an admittivity are not compressed; leave the compression out")
        if isinstance(goal, bool) or not isinstance(goal, Real) or not 0 < goal < 1:
            raise InputError(f"compression with an error of {goal!r}; expected a share such as 1e-3")
        order = along_a_curve(self.conductor.nodes[self.target_nodes])
        error = DensityError(self.conductor, self.target_index)
        points = self.conductor.nodes
        return PackedStore(
            len(self.target_nodes), folder, order=order, goal=float(goal), error=error, points=points
        )

    def _solver(self) -> Solver:
        if self._engine is None:
            free = self.conductor.free
            grounded = self.conductor.stiffness[free][:, free]
            self._engine = factorise(
                grounded,
                self.solver,  # type: ignore[arg-type]
                tolerance=self.tolerance,
                elimination=self._elimination,
            )
        return self._engine

    def _source(self, node: int) -> int:
        """The node whose column is stored or solved for this one: itself or its mirror partner."""
        if self._image is None or node in self._store:
            return node
        partner = int(self.conductor.mirror[node])  # type: ignore[index]
        return partner if partner in self._store else min(node, partner)

    def _sources(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.array([self._source(int(node)) for node in nodes], dtype=np.int64)

    def _columns(self, nodes: NDArray[np.int64]) -> tuple[NDArray[Any], float]:
        """Columns (k, t) of some nodes, and the largest residual."""
        free = self.conductor.free
        kept = np.searchsorted(free, self.target_nodes)
        kept[self.target_nodes == self.conductor.ground] = -1
        away = nodes != self.conductor.ground
        engine = self._solver()
        columns = engine.columns(np.searchsorted(free, nodes[away]), kept)
        if not away.all():  # the column of the ground is 0
            whole = np.zeros((len(nodes), len(kept)), dtype=columns.dtype)
            whole[away] = columns
            columns = whole
        return columns, engine.residual

    def _checked(self, given: ArrayLike) -> NDArray[np.int64]:
        size = len(self.conductor.nodes)
        nodes = whole_numbers(given, size, "nodes").astype(np.int64, copy=False).ravel()
        bad = (nodes < 0) | (nodes >= size)
        bad[~bad] = ~self.conductor.conducting_nodes[nodes[~bad]]
        if bad.any():
            raise InputError(
                f"node {nodes[bad][0]} is not in the conducting part of this body of {size} nodes"
            )
        return nodes
