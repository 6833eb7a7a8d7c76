"""Where a face stands in a scan: the average face of the shipped head, laid on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from zygoma.errors import FaceError
from zygoma.face.atlas import region_names, stem
from zygoma.face.surface import Surface
from zygoma.outcome.rigid_motion import Motion, step, trimmed
from zygoma.outcome.scan_nodes import ScanNodes
from zygoma.outcome.scan_setting import setting

Array = NDArray[np.float64]

_NECK = ("submental", "neck_front", "neck_side")
_COARSE, _FINE = 350, 1500  # points of the average face in the search and in the fit
_SEARCH, _FIT = 14, 30  # iterations
_FOREMOST = 0.002  # share of a scan that is taken for the tip of the nose
_BEST = 6  # starts that are followed to the end
_REACHES = (0.06, 0.03, 0.015)  # a partner may be that far away, ever less [m]


@dataclass(frozen=True, eq=False)
class AverageFace:
    """Face regions of the shipped head; x to its left, y up, z to the front.

    Attributes
    ----------
    points, normals : (n, 3) arrays
        Middles of its triangles [m].
    region : (n,) int array
        Number in `zygoma.face.atlas.region_names`.
    bridge : (n,) bool array
        Bony part of the nose.
    """

    points: Array
    normals: Array
    region: NDArray[np.int64]
    bridge: NDArray[np.bool_]

    @staticmethod
    @cache
    def load() -> AverageFace:
        """The average face, without the neck."""
        from zygoma.face.template import HeadTemplate

        template, names = HeadTemplate.load("coarse"), region_names()
        surface = Surface(template.skin.points, template.skin.triangles)
        face = np.array([stem(name) not in _NECK for name in names])
        own = np.flatnonzero((template.region >= 0) & face[template.region])
        points = surface.points[surface.triangles[own]].mean(axis=1)
        normals = surface.area_vectors[own] / surface.areas[own, None]
        region = template.region[own].astype(np.int64)
        nose = region == names.index("nose")
        height, tip = points[:, 1], points[nose][np.argmax(points[nose, 2]), 1]
        top = height[nose].max()
        return AverageFace(
            points, normals, region, nose & (height > tip + (1 - setting("alignment.bridge")) * (top - tip))
        )

    @cached_property
    def tree(self) -> cKDTree:
        """Search tree of the points."""
        return cKDTree(self.points)


@dataclass(frozen=True, eq=False)
class FacePose:
    """The average face laid on a scan.

    Attributes
    ----------
    motion : Motion
        From the frame of the average face to that of the scan, with a change of size.
    residual : float
        Root mean square distance of the part that was fitted [m].
    region : (n,) int array
        Region of each node of the scan, as in `zygoma.face.atlas.region_names`; -1 outside the face.
    stable : (n,) bool array
        Nodes on forehead and bridge of the nose.
    """

    motion: Motion
    residual: float
    region: NDArray[np.int64]
    stable: NDArray[np.bool_]

    @property
    def up(self) -> Array:
        """(3,) unit vector upward in the frame of the scan."""
        return self.motion.rotation[:, 1]

    def mask(self, name: str) -> NDArray[np.bool_]:
        """(n,) nodes of a region of the atlas."""
        return np.asarray(self.region == region_names().index(name))


def face_pose(nodes: ScanNodes, hint: Motion | None = None) -> FacePose:
    """Lay the average face on a scan.

    By a trimmed search for the closest points in which the size may change: from `hint`, and from starts
    all round where that does not fit.

    Parameters
    ----------
    nodes : ScanNodes
        The scan.
    hint : Motion, optional
        Where the face may be; without it as in the frame of the shipped head, y up and z to the front.

    Raises
    ------
    FaceError
        The scan shows no face.
    """
    face, limit = AverageFace.load(), float(setting("pose.residual"))
    starts = _starts(face, nodes)
    found = [_fit(face, nodes, hint or starts[0], _FINE, _FIT)]
    if found[0][0] > limit:
        tried = sorted(
            (_fit(face, nodes, start, _COARSE, _SEARCH) for start in starts),
            key=lambda one: one[0],
        )
        found += [_fit(face, nodes, motion, _FINE, _FIT) for _, motion in tried[:_BEST]]
    residual, motion = min(found, key=lambda one: one[0])
    if residual > limit:
        off = f"lies {residual * 1e3:.1f} mm off" if np.isfinite(residual) else "meets less than half of it"
        raise FaceError(
            f"{nodes.scan.name}: shows no face: the average face {off}; expected at most {limit * 1e3:g} mm: "
            "scan one whole face from the front, hair and neck cut off"
        )
    where = motion.inverse(nodes.points)
    distance, near = face.tree.query(where)
    same = np.einsum("ij,ij->i", face.normals[near], nodes.normals @ motion.rotation) > 0.3
    on = same & (distance < float(setting("pose.reach"))) & _inside(face, where, near)
    region = np.where(on, face.region[near], -1)
    holding = [region_names().index(name) for name in setting("alignment.stable")]
    stable = on & nodes.ok & (np.isin(region, holding) | face.bridge[near])
    return FacePose(motion, residual, region, stable)


def start_between(first: ScanNodes, other: ScanNodes, pose: FacePose | None) -> Motion | None:
    """Where the alignment of another scan on the first begins: face on face; None where no face is known.

    Raises
    ------
    FaceError
        The other scan shows no face.
    """
    if pose is None:
        return None
    if not other.scan.is_face:
        raise FaceError(
            f"{other.scan.name}: {other.scan.extent * 1e3:.0f} mm across, but {first.scan.name} shows a "
            "face; expected scans of the same part"
        )
    return motion_between(face_pose(other, pose.motion), pose)


def motion_between(one: FacePose, other: FacePose) -> Motion:
    """The rigid motion that takes the face of one scan to that of another, middle on middle."""
    turn = other.motion.rotation @ one.motion.rotation.T
    middle = AverageFace.load().points.mean(axis=0)[None]
    return Motion(turn, (other.motion(middle) - one.motion(middle) @ turn.T)[0])


def _inside(face: AverageFace, where: Array, near: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether points lie over the face rather than beyond its rim."""
    off = where - face.points[near]
    along = np.einsum("ij,ij->i", off, face.normals[near])
    side = np.linalg.norm(off - along[:, None] * face.normals[near], axis=1)
    return np.asarray(side < 0.004)  # triangles of the coarse head are 5 mm


def _starts(face: AverageFace, nodes: ScanNodes) -> list[Motion]:
    """The 24 turns of a cube, and each turned on by 45 degrees, with the tip of the nose foremost."""
    tip = face.points[np.argmax(face.points[:, 2])]
    turns = Rotation.create_group("O")
    turns = turns[np.argsort(turns.magnitude(), kind="stable")]  # as the file has it first
    further = Rotation.from_euler("xyz", [[0, 0, 0], [45, 0, 0], [0, 45, 0], [0, 0, 45]], degrees=True)
    starts = []
    for both in (turn * more for turn in turns for more in further):
        rotation = both.as_matrix()
        ahead = nodes.points @ rotation[:, 2]
        foremost = nodes.points[ahead >= np.quantile(ahead, 1 - _FOREMOST)].mean(axis=0)
        starts.append(Motion(rotation, foremost - rotation @ tip))
    return starts


def _fit(face: AverageFace, nodes: ScanNodes, start: Motion, count: int, rounds: int) -> tuple[float, Motion]:
    """Root mean square distance after the fit, infinite where it failed, and the motion."""
    chosen = slice(None, None, max(1, len(face.points) // count))
    points, normals = face.points[chosen], face.normals[chosen]
    low, high = setting("pose.scale")
    keep, motion = float(setting("pose.keep")), start
    for k in range(rounds):
        reach = _REACHES[min(len(_REACHES) * k // rounds, len(_REACHES) - 1)]
        moved = motion(points)
        distance, near = nodes.tree.query(moved, distance_upper_bound=reach)
        near = np.minimum(near, len(nodes.points) - 1)
        target = nodes.normals[near]
        off = np.einsum("ij,ij->i", nodes.points[near] - moved, target)
        ok = (distance < reach) & (np.einsum("ij,ij->i", motion.turn(normals), target) > 0.4)
        weight = trimmed(off, ok, keep)
        if ok.mean() < 0.4:
            return np.inf, motion
        motion = step(moved, target, off, weight, sized=k > rounds // 3).after(motion)
        size = min(max(motion.scale, low), high)
        if size != motion.scale:
            centre = motion(face.points.mean(axis=0)[None])[0]
            turned = motion.rotation @ face.points.mean(axis=0)
            motion = Motion(motion.rotation, centre - size * turned, size)
    moved = motion(points)
    distance, near = nodes.tree.query(moved, distance_upper_bound=_REACHES[0])
    near = np.minimum(near, len(nodes.points) - 1)
    same = np.isfinite(distance) & (np.einsum("ij,ij->i", motion.turn(normals), nodes.normals[near]) > 0.4)
    kept = np.sort(np.where(same, distance, _REACHES[0]))[: int(keep * len(points))]
    return float(np.sqrt((kept**2).mean())), motion
