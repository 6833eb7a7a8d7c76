"""The head template: what all faces of one resolution share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import UnknownNameError
from zygoma.face.atlas import muscle_names
from zygoma.face.binding import RESOLUTIONS, TemplateSkin, template_skin
from zygoma.face.shell import LAYERS, SLOTS, Sheets, wedge_tetrahedra
from zygoma.face.surface import Array, Index
from zygoma.face.thickness import MM, choice
from zygoma.face.tissue import RANK, TISSUES
from zygoma.provenance import data_file

SHEETS = {"coarse": Sheets((2, 3, 2, 2)), "standard": Sheets((2, 3, 2, 2)), "fine": Sheets((2, 4, 2, 2))}


@dataclass(frozen=True, eq=False)
class LayerFields:
    """Fields on the fine template skin that set the layers.

    Attributes
    ----------
    region_weights : (n, regions) array
        Share of every site region; rows sum to 1.
    smas_upper, smas_lower, deep_upper, deep_lower : (n,) arrays
        Thickness of the muscle in each slot [m]; it ends smoothly outside the muscle's border.
    muscle_ends : mapping of str to (2, 2, 3) array
        Middle of the origin and of the insertion edge of each muscle that has ends: triangle corners
        (vertex numbers) and barycentric weights on the fine skin.
    """

    region_weights: Array
    smas_upper: Array
    smas_lower: Array
    deep_upper: Array
    deep_lower: Array
    muscle_ends: Mapping[str, Array]

    @property
    def smas(self) -> Array:
        """(n,) thickness of the SMAS: its muscles, at least the fascia [m]."""
        return np.maximum(self.smas_upper + self.smas_lower, choice("smas_without_muscle") * MM)

    @property
    def deep(self) -> Array:
        """(n,) thickness that the deep muscles need [m]."""
        return self.deep_upper + self.deep_lower

    @staticmethod
    @cache
    def load() -> LayerFields:
        """The fields that ship with the package."""
        with np.load(data_file("head_template.npz")) as data:
            weights = data["fine.region_weights"].astype(np.float64)
            ends = {
                str(name): value for name, value in zip(data["ends.name"], data["ends.value"], strict=True)
            }
            return LayerFields(
                region_weights=weights / weights.sum(axis=1, keepdims=True),
                **{slot: data[f"fine.{slot}"].astype(np.float64) for slot in SLOTS},
                muscle_ends=MappingProxyType(ends),
            )


@dataclass(frozen=True, eq=False)
class HeadTemplate:
    """Connectivity and tissue sets of one resolution, the same for every face.

    Attributes
    ----------
    skin : TemplateSkin
        Template skin of this resolution.
    sheets : Sheets
        Sheets of wedges in each layer.
    region : (m,) int array
        Atlas region of each skin triangle, -1 outside.
    slots : (4, m) int array
        Muscle in the upper and lower SMAS slot and the upper and lower deep slot under each triangle, or -1.
    deep_tissue : (m,) int array
        Tissue of the deep layer under each triangle where no muscle of the atlas lies.
    fibre_coordinate : mapping of str to (vertices, values)
        Fibre coordinate u of every muscle on its skin vertices.
    core_nodes : (k, 3) array
        Interior nodes in the reference shape [m].
    core_inner : (n, 3) array
        Innermost level of the shell in the reference shape [m].
    core_tets : (c, 4) int array
        Tetrahedra on the n innermost shell nodes and then the interior nodes.
    core_tissue, core_rank : (c,) int arrays
        Tissue code and depth rank.
    core_mirror : (n + k,) int array
        Mirror partner of each core node.
    """

    resolution: str
    skin: TemplateSkin
    sheets: Sheets
    region: NDArray[np.int8]
    slots: NDArray[np.int8]
    deep_tissue: NDArray[np.uint8]
    fibre_coordinate: Mapping[str, tuple[Index, Array]]
    core_nodes: Array
    core_inner: Array
    core_tets: Index
    core_tissue: NDArray[np.uint8]
    core_rank: NDArray[np.uint8]
    core_mirror: NDArray[np.int64]

    @staticmethod
    @cache
    def load(resolution: str) -> HeadTemplate:
        """The template of a resolution: ``"coarse"``, ``"standard"`` or ``"fine"``."""
        if resolution not in RESOLUTIONS:
            raise UnknownNameError("resolution", resolution, RESOLUTIONS)
        with np.load(data_file("head_template.npz")) as data:
            part = {
                name.partition(".")[2]: data[name] for name in data.files if name.startswith(f"{resolution}.")
            }
        pieces = zip(part["u_offset"][:-1], part["u_offset"][1:], strict=True)
        u = {
            name: (part["u_vertex"][a:b].astype(np.int32), part["u_value"][a:b].astype(np.float64))
            for name, (a, b) in zip(muscle_names(), pieces, strict=True)
        }
        return HeadTemplate(
            resolution=resolution,
            skin=template_skin(resolution),
            sheets=SHEETS[resolution],
            region=part["region"],
            slots=part["slots"],
            deep_tissue=part["deep_tissue"],
            fibre_coordinate=MappingProxyType(u),
            core_nodes=part["core_nodes"].astype(np.float64),
            core_inner=part["core_inner"].astype(np.float64),
            core_tets=part["core_tets"].astype(np.int32),
            core_tissue=part["core_tissue"],
            core_rank=part["core_rank"],
            core_mirror=part["core_mirror"].astype(np.int64),
        )

    @cached_property
    def tets(self) -> Index:
        """(m, 4) all tetrahedra: the shell's, three to a wedge and sheet by sheet, then the core's."""
        n = len(self.skin.points)
        rank = np.minimum(np.arange(n), self.skin.mirror)
        shell = wedge_tetrahedra(self.skin.triangles, rank, n, self.sheets.total)
        return np.concatenate([shell, self.core_tets + np.int32(n * self.sheets.total)])

    @cached_property
    def mirror_node(self) -> NDArray[np.int64]:
        """(nodes,) partner of every node on the other side."""
        n, levels = len(self.skin.mirror), self.sheets.total + 1
        shell = (np.arange(levels)[:, None] * n + self.skin.mirror).ravel()
        return np.concatenate([shell, n * (levels - 1) + self.core_mirror[n:]])

    def sheet_elements(self, sheet: int) -> NDArray[np.int64]:
        """Elements of one sheet of the shell, triangle by triangle."""
        count = 3 * len(self.skin.triangles)
        return np.arange(count * sheet, count * (sheet + 1))

    @cached_property
    def muscle_elements(self) -> Mapping[str, NDArray[np.int64]]:
        """Elements of every muscle by name."""
        names = muscle_names()
        found: dict[str, list[NDArray[np.int64]]] = {name: [] for name in names}
        for occupant, slot in zip(self.slots, SLOTS, strict=True):
            elements = self.sheet_elements(self.sheets.slot(slot)).reshape(-1, 3)
            for number in np.unique(occupant[occupant >= 0]):
                found[names[number]].append(elements[occupant == number].ravel())
        return {name: np.sort(np.concatenate(parts)) for name, parts in found.items() if parts}

    @cached_property
    def tags(self) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Tissue code and depth rank (m,) of every element."""
        code = {name: TISSUES.index(name) for name in TISSUES}
        layer, width = self.sheets.layer, (1, len(self.skin.triangles))
        without_muscle = np.array([code["skin"], code["fat"], code["smas"], code["soft"]], dtype=np.uint8)
        tissue = np.tile(without_muscle[layer][:, None], width)
        rank = np.tile(np.array([RANK[name] for name in LAYERS], dtype=np.uint8)[layer][:, None], width)
        tissue[layer == LAYERS.index("deep")] = self.deep_tissue
        for occupant, slot in zip(self.slots, SLOTS, strict=True):
            tissue[self.sheets.slot(slot), occupant >= 0] = code["muscle"]
        # where the model is cut there is no skin: the shell is deep tissue like the core behind it
        tissue[:, self.skin.cut] = code["soft"]
        rank[:, self.skin.cut] = RANK["inside"]
        return (
            np.concatenate([np.repeat(tissue.ravel(), 3), self.core_tissue]),
            np.concatenate([np.repeat(rank.ravel(), 3), self.core_rank]),
        )
