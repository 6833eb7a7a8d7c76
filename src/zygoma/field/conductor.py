"""Volume conductor: a body of tetrahedra with a conductivity in each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from zygoma.errors import InputError, MeshError
from zygoma.field.geometry import components, tetrahedra
from zygoma.field.sets import ElementSets, Members, whole_numbers
from zygoma.field.surface import Faces, Surface, triangle_keys
from zygoma.field.tensors import compact_tensors
from zygoma.provenance import content_hash
from zygoma.units import show, si

_FLAT = 1e-12  # volume over the product of three edges, below which a tetrahedron counts as flat
_MIRROR_GOAL = 1e-9  # largest relative change of the stiffness by exchanging mirror partners
_CANDIDATES = 5000  # nodes among which the ground is chosen: deep is enough, deepest is not needed


class VolumeConductor:
    """Any body through which current flows, meshed with linear tetrahedra.

    With complex conductivity (admittivity ``sigma + j omega eps``) potentials and currents are phasors.

    Parameters
    ----------
    nodes : (n, 3) array
        Coordinates [m].
    tets : (m, 4) array of int
        Elements, positively oriented.
    conductivity : float, text, (m,), (m, 3, 3) or (m, 6) array
        Conductivity [S/m]: one value (or text such as ``"0.3 S/m"``), one a tetrahedron, or symmetric tensors
        (the six are ``[xx, yy, zz, xy, xz, yz]``), real or complex. Elements with 0 do not conduct and are
        left out.
    sets : mapping of str to indices, masks or callables, optional
        Named sets of elements (muscles, regions).
    tissue : (m,) array of int, optional
        Tissue code of each element; with `tissues`, the name of each code. Each tissue is a set too.
    tissues : sequence of str, optional
        Names of the tissue codes.
    ground : int, optional
        Node at which the potential is 0; by default one far from the boundary.
    surface : (k, 3) array of int, optional
        Triangles on which contacts may rest; by default the whole boundary of the conducting part.
    mirror : (n,) array of int, optional
        Partner of each node, its own for nodes on the mirror plane. Where the body proves symmetric, half
        of the lead field's columns need no solution.
    frequency : float or str, optional
        Frequency [Hz] at which the body is seen, such as ``"100 kHz"``: an electrode on it has its impedance
        there. Without it current and contacts are those of a direct current.

    Raises
    ------
    InputError
        Shapes do not fit, a conductivity is negative or not finite, or the frequency is not above 0.
    MeshError
        Inverted or flat tetrahedra, or parts of the body that are not connected (the set is named).
    """

    def __init__(
        self,
        nodes: ArrayLike,
        tets: ArrayLike,
        conductivity: ArrayLike,
        *,
        sets: Mapping[str, Members] | None = None,
        tissue: ArrayLike | None = None,
        tissues: tuple[str, ...] = (),
        ground: int | None = None,
        surface: ArrayLike | None = None,
        mirror: ArrayLike | None = None,
        frequency: float | str | None = None,
    ) -> None:
        try:
            self.nodes = np.ascontiguousarray(nodes, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise InputError("nodes are not numbers; expected (n, 3) finite coordinates in metres") from error
        corners = whole_numbers(tets, len(self.nodes), "tets")
        if self.nodes.ndim != 2 or self.nodes.shape[1] != 3 or not np.isfinite(self.nodes).all():
            raise InputError(
                f"nodes have shape {self.nodes.shape}; expected (n, 3) finite coordinates in metres"
            )
        if corners.ndim != 2 or corners.shape[1] != 4 or not len(corners):
            raise InputError(f"tets have shape {corners.shape}; expected (m, 4) node indices")
        if corners.min() < 0 or corners.max() >= len(self.nodes):
            raise InputError(
                f"tets name nodes {corners.min()} to {corners.max()}; there are {len(self.nodes)}"
            )
        self.tets = np.ascontiguousarray(corners, dtype=np.int32)
        self.tissues = tuple(tissues)
        self.tissue = None if tissue is None else self._codes(tissue)
        self.sets = ElementSets({**self._tissue_sets(), **(sets or {})}, len(self.tets))
        self.conductivity = compact_tensors(conductivity, len(self.tets), self._place)
        self.frequency = None if frequency is None else si(frequency, "Hz", "the frequency of a body")
        if self.frequency is not None and not 0 < self.frequency < np.inf:
            raise InputError(f"the frequency of a body is {frequency!r}; expected above 0 Hz, or none")
        self._surface = None if surface is None else np.asarray(surface, dtype=np.int64)
        self._check()
        self.mirror = None if mirror is None else np.asarray(mirror, dtype=np.int64)
        self.ground = self._deepest() if ground is None else int(ground)
        if not 0 <= self.ground < len(self.nodes) or not self.conducting_nodes[self.ground]:
            raise InputError(f"ground node {self.ground} is not a node of the conducting part; give another")

    @classmethod
    def from_face(
        cls,
        face: Any,
        changes: Mapping[str, float] | None = None,
        frequency: float | str | None = None,
        ground: int | None = None,
    ) -> VolumeConductor:
        """Conductor of a face, with its tissues, muscles and regions as sets.

        Parameters
        ----------
        face : Face
            The face; its skin without the cut planes is where contacts may rest.
        changes : mapping of str to float, optional
            Other conductivities of tissues by name [S/m].
        frequency : float or str, optional
            Frequency [Hz], 1 Hz to 10 MHz, for the admittivity of the tissues; without it their low-frequency
            conductivity, real.
        ground : int, optional
            Node at which the potential is 0; faces with the same one can share an `Elimination`.

        Raises
        ------
        RangeError
            The frequency is out of range.
        """
        asked = {"changes": changes, "frequency": frequency}
        sets: dict[str, Members] = {}
        for name in face.muscles:
            sets[name] = partial(face.muscle_elements, name)
        for name in face.regions:
            sets[name] = partial(face.region_elements, name)
        return cls(
            face.nodes,
            face.tets,
            face.conductivity(**{name: value for name, value in asked.items() if value is not None}),
            sets=sets,
            tissue=face.tissue,
            tissues=face.tissues,
            ground=ground,
            surface=face.skin.triangles[face.contact_ok],
            mirror=face.template.mirror_node if face.is_symmetric else None,
            frequency=frequency,
        )

    @cached_property
    def conducting(self) -> NDArray[np.bool_]:
        """Whether each element conducts (m,)."""
        c = self.conductivity.real
        return np.asarray(c > 0 if c.ndim == 1 else c[:, :3].any(axis=1))

    @property
    def is_complex(self) -> bool:
        """Whether the body has an admittivity, so that potentials are phasors."""
        return np.iscomplexobj(self.conductivity)

    @cached_property
    def conducting_nodes(self) -> NDArray[np.bool_]:
        """Whether each node belongs to a conducting element (n,)."""
        found = np.zeros(len(self.nodes), dtype=bool)
        found[self.tets[self.conducting]] = True
        return found

    @cached_property
    def mean_conductivity(self) -> NDArray[np.float64]:
        """A third of the trace of each tensor (m,) [S/m]; of an admittivity its magnitude."""
        c = self.conductivity
        return np.asarray(np.abs(c if c.ndim == 1 else c[:, :3].mean(axis=1)))

    @cached_property
    def gradients(self) -> NDArray[np.float64]:
        """Gradients of the four linear basis functions of each element (m, 4, 3) [1/m]."""
        return self._geometry[1]

    @cached_property
    def volumes(self) -> NDArray[np.float64]:
        """Volume of each element (m,) [m3]."""
        return self._geometry[0]

    @cached_property
    def stiffness(self) -> sparse.csr_matrix:
        """Ungrounded matrix (n, n) [S]; rows of nodes outside the conducting part are empty."""
        from zygoma.field.assembly import assemble

        used = np.flatnonzero(self.conducting_nodes)
        if len(used) == len(self.nodes) and self.conducting.all():
            return assemble(self.nodes, self.tets, self.conductivity)
        local = np.full(len(self.nodes), -1, dtype=np.int32)
        local[used] = np.arange(len(used))
        part = assemble(
            self.nodes[used], local[self.tets[self.conducting]], self.conductivity[self.conducting]
        ).tocoo()
        size = len(self.nodes)
        return sparse.csr_matrix((part.data, (used[part.row], used[part.col])), shape=(size, size))

    @cached_property
    def is_mirrored(self) -> bool:
        """Whether exchanging mirror partners changes nothing: a column of one side then gives the other's.

        Decided on the stiffness matrix itself, so that an anisotropic or altered side is found.
        """
        if self.mirror is None or self.mirror[self.ground] != self.ground:
            return False
        matrix = self.stiffness
        image = matrix[self.mirror][:, self.mirror]
        return bool(abs(image - matrix).max() <= _MIRROR_GOAL * abs(matrix).max())

    @cached_property
    def free(self) -> NDArray[np.int64]:
        """Nodes whose potential is unknown: those of the conducting part but the ground."""
        unknown = self.conducting_nodes.copy()
        unknown[self.ground] = False
        return np.flatnonzero(unknown)

    @cached_property
    def surface(self) -> Surface:
        """Triangles on which contacts may rest."""
        triangles = self._boundary[0] if self._surface is None else self._surface
        return Surface(self.nodes, triangles)

    @cached_property
    def surface_owners(self) -> NDArray[np.int64]:
        """The element behind each triangle of `surface` (k,).

        Raises
        ------
        MeshError
            A triangle that was given is not on the boundary of the conducting part.
        """
        triangles, owners = self._boundary
        if self._surface is None:
            return owners
        keys = triangle_keys(triangles)
        order = np.argsort(keys)
        wanted = triangle_keys(self._surface)
        place = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
        if np.any(keys[order][place] != wanted):
            absent = wanted[keys[order][place] != wanted]
            raise MeshError(
                f"{len(absent)} surface triangles are not on the boundary of the conducting part"
                f"{self._behind(absent)}; leave them out, or give the skin a conductivity"
            )
        return np.asarray(owners[order[place]])

    def _behind(self, keys: NDArray[Any]) -> str:
        """That what lies behind some triangles does not conduct, for messages; else nothing."""
        idle = np.flatnonzero(~self.conducting)
        if not len(idle):
            return ""
        faces = Faces.of(self.tets[idle])
        own = idle[faces.owners[np.isin(triangle_keys(faces.triangles), keys)]]
        if not len(own):
            return ""
        return f": {len(own)} elements behind them, most in set {self._place(own)}, have 0 S/m"

    @cached_property
    def hash(self) -> str:
        """Content hash of mesh, conductivity and ground."""
        return content_hash(self.nodes, self.tets, self.conductivity, self.ground)

    def tissue_of(self, elements: NDArray[Any]) -> str:
        """Name of the set that most of these elements belong to, for messages."""
        if self.tissue is not None and self.tissues:
            return self.tissues[int(np.bincount(self.tissue[elements]).argmax())]
        shares = {name: float(np.isin(elements, self.sets[name]).mean()) for name in self.sets}
        best = max(shares, key=lambda name: shares[name], default="unnamed")
        return best if shares.get(best) else "unnamed"

    def _place(self, elements: NDArray[Any]) -> str:
        """Set and place of some elements, for messages."""
        x, y, z = 1e3 * self.nodes[self.tets[elements[0]]].mean(axis=0)
        return f"{self.tissue_of(elements)!r} (first: element {elements[0]} at {x:.1f}, {y:.1f}, {z:.1f} mm)"

    def __repr__(self) -> str:
        kind = "isotropic" if self.conductivity.ndim == 1 else "anisotropic"
        return (
            f"VolumeConductor: {len(self.nodes)} nodes, {len(self.tets)} tetrahedra "
            f"({int(self.conducting.sum())} conduct), {kind}{self._phasors}\n"
            f"ground node {self.ground}, {len(self.sets)} sets, hash {self.hash}"
        )

    @property
    def _phasors(self) -> str:
        at = "" if self.frequency is None else f" at {show(self.frequency, 'Hz')}"
        return f" admittivity{at}" if self.is_complex else at

    @cached_property
    def _boundary(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        active = np.flatnonzero(self.conducting)
        faces = Faces.of(self.tets[active])
        if len(faces.crowded):
            raise MeshError(
                f"{len(faces.crowded)} elements overlap: more than two share a triangle, most of them in set "
                f"{self._place(active[faces.crowded])}; remove what is there twice"
            )
        part = faces.parts(len(active))
        if part.max():
            loose = active[part != np.bincount(part).argmax()]
            raise MeshError(
                f"{len(loose)} elements hang on the rest by an edge or a node only, most of them in set "
                f"{self._place(loose)}; join them by triangles or give them 0 S/m"
            )
        return faces.triangles, active[faces.owners]

    @cached_property
    def _geometry(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        six, gradients, bad = tetrahedra(self.nodes, self.tets, _FLAT)
        if bad.any():
            first = np.flatnonzero(bad)
            raise MeshError(
                f"{len(first)} of {len(bad)} tetrahedra are inverted or flat, most of them in set "
                f"{self._place(first)}; mend the mesh or the order of nodes"
            )
        return six / 6.0, gradients

    def _tissue_sets(self) -> dict[str, Members]:
        if self.tissue is None:
            return {}
        return {name: partial(_where, self.tissue, code) for code, name in enumerate(self.tissues)}

    def _codes(self, tissue: ArrayLike) -> NDArray[Any]:
        """Tissue codes as they were given, checked."""
        codes = whole_numbers(tissue, 0, "tissue codes")
        if codes.shape != (len(self.tets),):
            raise InputError(f"tissue has shape {codes.shape}; expected one code a tetrahedron")
        if codes.min() < 0 or (self.tissues and codes.max() >= len(self.tissues)):
            most = f"{len(self.tissues) - 1}, the last of the names" if self.tissues else "any number"
            raise InputError(f"tissue has codes {codes.min()} to {codes.max()}; expected 0 to {most}")
        return codes

    def _check(self) -> None:
        _ = self._geometry
        t = self.tets[self.conducting]
        if not len(t):
            raise MeshError("no element conducts; give a conductivity above 0 S/m")
        label = components(t, len(self.nodes))
        parts, count = np.unique(label[t[:, 0]], return_counts=True)
        if len(parts) > 1:
            loose = np.flatnonzero(self.conducting)[label[t[:, 0]] != parts[count.argmax()]]
            raise MeshError(
                f"the conducting part falls into {len(parts)} pieces; {len(loose)} elements, most in set "
                f"{self._place(loose)}, are cut off: join them or give them 0 S/m"
            )

    def _deepest(self) -> int:
        from scipy.spatial import cKDTree

        shell = np.unique(self._boundary[0] if self._surface is None else self._surface)
        own = True if self.mirror is None else self.mirror == np.arange(len(self.nodes))
        used = np.flatnonzero(self.conducting_nodes & own)
        used = used[:: max(1, len(used) // _CANDIDATES)]
        distance, _ = cKDTree(self.nodes[shell]).query(self.nodes[used])
        return int(used[int(np.argmax(distance))])


def _where(codes: NDArray[Any], code: int) -> NDArray[np.int64]:
    return np.flatnonzero(codes == code)
