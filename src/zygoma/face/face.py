"""The face: a layered head and neck made from a person, with its muscles, regions and landmarks by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import UnknownNameError
from zygoma.face import atlas
from zygoma.face.binding import is_symmetric
from zygoma.face.dispersion import admittivity_tensors
from zygoma.face.layers import tet_volumes
from zygoma.face.morph import Person
from zygoma.face.shell import SLOTS
from zygoma.face.source import HeadSource
from zygoma.face.surface import Array, Index, Surface, nearest
from zygoma.face.template import HeadTemplate, LayerFields
from zygoma.face.tissue import RANK, TISSUES, conductivity
from zygoma.provenance import content_hash

if TYPE_CHECKING:
    from zygoma.face.validity import Validity
    from zygoma.field import VolumeConductor


@dataclass(frozen=True, eq=False)
class Face:
    """A head and neck as tetrahedra, skin outermost; node i is skin vertex i for the first of them.

    Attributes
    ----------
    person : Person
        Who it is.
    template : HeadTemplate
        Connectivity and sets, the same for every face of this resolution.
    nodes : (n, 3) array
        Nodes: the levels of the shell one after the other, then the core [m].
    tets : (m, 4) int array
        Tetrahedra: three to a wedge of the shell, sheet by sheet, then the core.
    tissue : (m,) int array
        Codes of `tissues`.
    depth_rank : (m,) int array
        0 skin, 1 superficial fat, 2 SMAS and mimetic muscle, 3 deep fat and masticatory muscle, 4 bone,
        5 inside.
    fibre : (m, 3) array
        Unit vectors along the muscle fibres, zero elsewhere.
    thickness : (skin vertices, 4) array
        Realised thickness of skin, fat, SMAS, deep [m].
    target_thickness : (skin vertices, 4) array
        Anatomical thickness before the stack was fitted into the head [m].
    source_vertices : (s, 3) array
        The source head in this shape, to which landmarks belong [m].
    fine_points : (f, 3) array
        The fine skin in this shape, on which the layers were set [m].
    """

    person: Person
    template: HeadTemplate
    nodes: Array
    tets: Index
    tissue: NDArray[np.uint8]
    depth_rank: NDArray[np.uint8]
    fibre: NDArray[np.float32]
    thickness: Array
    target_thickness: Array
    source_vertices: Array
    fine_points: Array

    tissues = TISSUES

    @staticmethod
    def average(
        sex: str = "female",
        age: float = 45.0,
        bmi: float = 23.0,
        resolution: str = "standard",
        **morphs: float,
    ) -> Face:
        """The average face of a sex, an age and a body-mass index.

        Parameters
        ----------
        sex : str
            ``"female"`` or ``"male"``.
        age : float
            Years, 18 to 95.
        bmi : float
            Body-mass index, 16 to 45 kg/m2.
        resolution : str
            ``"coarse"``, ``"standard"`` or ``"fine"``.
        **morphs : float
            Named changes of shape such as ``nose_volume=0.3``; see `zygoma.face.morph.morph_names`.

        Raises
        ------
        RangeError, UnknownNameError
            A value is out of range or a name is not known.
        MeshError
            The shape cannot be layered without inverted elements.
        """
        return Face.of(Person(sex, age, bmi, morphs), resolution)

    @staticmethod
    def random(seed: int, resolution: str = "standard") -> Face:
        """The face of a random person; the same seed, a whole number from 0, gives the same face.

        Raises
        ------
        RangeError
            The seed is negative or not a whole number.
        """
        return Face.of(Person.random(seed), resolution)

    @staticmethod
    def of(
        person: Person,
        resolution: str = "standard",
        layers: Mapping[str, float] | Sequence[float] | None = None,
    ) -> Face:
        """The face of a person.

        Parameters
        ----------
        person : Person
            Who it is.
        resolution : str
            ``"coarse"``, ``"standard"`` or ``"fine"``.
        layers : mapping or sequence of four floats, optional
            Thickness [m] of skin, fat, smas and deep layer, the same everywhere instead of the anatomical
            one; thinner where the head has no room for it.

        Raises
        ------
        UnknownNameError, RangeError
            The resolution or a layer is not known, or a thickness is missing or out of range.
        MeshError
            The shape cannot be layered without inverted elements.
        """
        from zygoma.face.build import build

        return build(person, resolution, layers)

    def __repr__(self) -> str:
        who = self.person
        return (
            f"Face: {who.sex}, {who.age:g} years, BMI {who.bmi:g}, {len(who.morphs)} morphs\n"
            f"  {self.resolution}: {len(self.nodes)} nodes, {len(self.tets)} tetrahedra, "
            f"{len(self.skin.points)} skin vertices\n"
            f"  {len(self.muscles)} muscles, {len(self.regions)} regions, {len(self.landmarks)} landmarks"
        )

    @property
    def resolution(self) -> str:
        """``coarse``, ``standard`` or ``fine``."""
        return self.template.resolution

    @cached_property
    def hash(self) -> str:
        """Hash of nodes, elements, tissues and fibres."""
        return content_hash(self.nodes, self.tets, self.tissue, self.fibre)

    @cached_property
    def is_symmetric(self) -> bool:
        """Whether the left half is the exact mirror image of the right."""
        return is_symmetric(self.nodes, self.template.mirror_node)

    @cached_property
    def skin(self) -> Surface:
        """The outer surface; vertex i is node i."""
        template = self.template.skin
        return Surface(self.nodes[: len(template.points)], template.triangles)

    @cached_property
    def contact_ok(self) -> NDArray[np.bool_]:
        """(t,) whether a probe may rest on a skin triangle: not on the planes where the model is cut."""
        return ~self.template.skin.cut

    @property
    def levels(self) -> Array:
        """(sheets + 1, skin vertices, 3) nodes of the shell, level by level, the skin first [m]."""
        shape = (self.template.sheets.total + 1, len(self.template.skin.points), 3)
        return self.nodes[: shape[0] * shape[1]].reshape(shape)

    @cached_property
    def volumes(self) -> Array:
        """(m,) volume of every element [m3]."""
        return tet_volumes(self.nodes, self.tets)

    # names ---------------------------------------------------------------------------------------

    @property
    def muscles(self) -> tuple[str, ...]:
        """Names of all muscles."""
        return atlas.muscle_names()

    @property
    def regions(self) -> tuple[str, ...]:
        """Names of all skin regions."""
        return atlas.region_names()

    @property
    def landmarks(self) -> tuple[str, ...]:
        """Names of all landmarks."""
        return atlas.landmark_names()

    def landmark(self, name: str) -> Array:
        """(3,) position of a landmark on the skin [m].

        Raises
        ------
        UnknownNameError
            There is no such landmark.
        """
        if name not in self.landmarks:
            raise UnknownNameError("landmark", name, self.landmarks)
        point = atlas.positions(
            HeadSource.load(),
            self.source_vertices,
            [atlas.entry("landmark", name)["id"]],
            atlas.side_of(name),
        )
        triangle, weights, _ = nearest(self.skin, point)
        return np.asarray(weights[0] @ self.skin.points[self.skin.triangles[triangle[0]]])

    def muscle_ends(self, name: str) -> tuple[Array, Array]:
        """Middles (3,) of a muscle's origin and insertion edge, on the skin [m].

        Raises
        ------
        UnknownNameError
            There is no such muscle, or it is a ring and has no ends.
        """
        self._check_muscle(name)
        ends = LayerFields.load().muscle_ends
        if name not in ends:
            raise UnknownNameError("muscle with two ends", name, ends)
        points = np.einsum(
            "ek,ekj->ej", ends[name][:, 1], self.fine_points[ends[name][:, 0].astype(np.int64)]
        )
        triangle, weights, _ = nearest(self.skin, points)
        found = np.einsum("ek,ekj->ej", weights, self.skin.points[self.skin.triangles[triangle]])
        return found[0], found[1]

    @property
    def ringed(self) -> tuple[str, ...]:
        """Muscles that are rings and have no ends."""
        ends = LayerFields.load().muscle_ends
        return tuple(name for name in self.muscles if name not in ends)

    # sets ----------------------------------------------------------------------------------------

    def muscle_elements(self, name: str) -> NDArray[np.int64]:
        """Elements of a muscle."""
        self._check_muscle(name)
        return self.template.muscle_elements[name]

    def muscle_thickness(self, name: str) -> float:
        """Mean thickness of a muscle along the stack of layers, weighted with the skin above it [m]."""
        self._check_muscle(name)
        triangles = self.skin.triangles
        height = np.zeros(len(triangles))
        for slot, sheet in zip(self.template.slots, map(self.template.sheets.slot, SLOTS), strict=True):
            own = slot == self.muscles.index(name)
            steps = np.linalg.norm(self.levels[sheet] - self.levels[sheet + 1], axis=1)
            height[own] += steps[triangles[own]].mean(axis=1)
        return float(np.average(height[height > 0], weights=self.skin.areas[height > 0]))

    def region_triangles(self, name: str) -> NDArray[np.int64]:
        """Skin triangles of a region."""
        if name not in self.regions:
            raise UnknownNameError("region", name, self.regions)
        return np.nonzero(self.template.region == self.regions.index(name))[0]

    def region_elements(self, name: str) -> NDArray[np.int64]:
        """Elements of all layers of the shell under a region."""
        triangles, m = self.region_triangles(name), len(self.skin.triangles)
        wedges = (np.arange(self.template.sheets.total)[:, None] * m + triangles).ravel()
        return (3 * wedges[:, None] + np.arange(3)).ravel()

    def layer_elements(self, name: str) -> NDArray[np.int64]:
        """Elements of a layer: ``skin``, ``fat``, ``smas``, ``deep``, ``bone`` or ``inside``."""
        if name not in RANK:
            raise UnknownNameError("layer", name, RANK)
        return np.nonzero(self.depth_rank == RANK[name])[0]

    def tissue_elements(self, name: str) -> NDArray[np.int64]:
        """Elements of a tissue."""
        if name not in TISSUES:
            raise UnknownNameError("tissue", name, TISSUES)
        return np.nonzero(self.tissue == TISSUES.index(name))[0]

    def _check_muscle(self, name: str) -> None:
        if name not in self.muscles:
            raise UnknownNameError("muscle", name, self.muscles)

    # physics -------------------------------------------------------------------------------------

    def conductivity(
        self, changes: Mapping[str, float] | None = None, frequency: float | str | None = None
    ) -> NDArray[Any]:
        """(m, 6) conductivity xx, yy, zz, xy, xz, yz of every element [S/m]; see `zygoma.face.tissue`.

        With a frequency the complex admittivity there; see `zygoma.face.dispersion`.
        """
        if frequency is None:
            return conductivity(self.tissue, self.fibre, changes)
        return admittivity_tensors(self.tissue, self.fibre, changes, frequency)

    def conductor(
        self, changes: Mapping[str, float] | None = None, frequency: float | str | None = None
    ) -> VolumeConductor:
        """This head as a volume conductor: tissues, muscles and regions by name, contacts on its skin.

        Parameters
        ----------
        changes : mapping of str to float, optional
            Other conductivities of tissues by name [S/m].
        frequency : float or str, optional
            Frequency, 1 Hz to 10 MHz, such as ``"100 kHz"``: a complex admittivity, and phasors from it.

        Raises
        ------
        RangeError
            The frequency is out of range.
        """
        from zygoma.field import VolumeConductor

        return VolumeConductor.from_face(self, changes, frequency)

    def check(self) -> Validity:
        """Validity table of this face: elements, layers, anatomy; see `zygoma.face.validity`."""
        from zygoma.face.validity import check

        return check(self)

    def describe(self) -> dict[str, Any]:
        """What this face is, for reports and hashes."""
        who = self.person
        return {
            "sex": who.sex,
            "age": who.age,
            "bmi": who.bmi,
            "morphs": dict(who.morphs),
            "resolution": self.resolution,
            "nodes": len(self.nodes),
            "elements": len(self.tets),
            "hash": self.hash,
        }
