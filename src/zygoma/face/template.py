"""The head template: what all faces of one resolution share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from zygoma.errors import UnknownNameError
from zygoma.face.atlas import muscle_names
from zygoma.face.binding import RESOLUTIONS, TemplateSkin, template_skin
from zygoma.face.shell import Sheets
from zygoma.face.surface import Array, Index
from zygoma.provenance import data_file

SHEETS = {"coarse": Sheets((2, 3, 2, 2)), "standard": Sheets((2, 3, 2, 2)), "fine": Sheets((2, 4, 2, 2))}


@dataclass(frozen=True, eq=False)
class LayerFields:
    """Fields on the fine template skin that set the layers.

    Attributes
    ----------
    region_weights : (n, regions) array
        Share of every site region; rows sum to 1.
    smas, deep, deep_lower : (n,) arrays
        Thickness of the SMAS with its muscles, of the deep muscles, and of those that lie on the bone [m].
    muscle_ends : mapping of str to (2, 2, 3) array
        Middle of the origin and of the insertion edge of each muscle that has ends: triangle corners
        (vertex numbers) and barycentric weights on the fine skin.
    """

    region_weights: Array
    smas: Array
    deep: Array
    deep_lower: Array
    muscle_ends: Mapping[str, Array]

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
                smas=data["fine.smas"].astype(np.float64),
                deep=data["fine.deep"].astype(np.float64),
                deep_lower=data["fine.deep_lower"].astype(np.float64),
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
