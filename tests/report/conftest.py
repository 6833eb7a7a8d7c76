"""A small head of six shells with a made-up dose, so that the report can be tested without a solver."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from zygoma.device import Device, Electrode, Waveform
from zygoma.errors import UnknownNameError
from zygoma.plan.frequency import frequency_check
from zygoma.plan.plan import Plan
from zygoma.plan.profile import depth_profile
from zygoma.plan.treatment import Treatment
from zygoma.response.chain import Chain, propagate
from zygoma.response.exposure import Exposure
from zygoma.response.innervation import Innervation, excitation
from zygoma.response.reach import Reach
from zygoma.response.spot import Spot
from zygoma.standards import check
from zygoma.treatment import SetDose

TISSUES = ("skin", "fat", "smas", "muscle", "bone", "brain")
ENDS = ("zygomaticus_major_r", "zygomaticus_major_l")  # muscles of the head with two ends
DEPTHS = (0.0, 1.5e-3, 4e-3, 6.5e-3, 1e-2, 1.6e-2)  # upper faces of the shells [m]


def icosphere(subdivisions: int) -> tuple[np.ndarray, np.ndarray]:
    """Points and outward triangles of a unit sphere."""
    golden = (1 + 5**0.5) / 2
    points = [(-1, golden, 0), (1, golden, 0), (-1, -golden, 0), (1, -golden, 0)]
    points += [(0, -1, golden), (0, 1, golden), (0, -1, -golden), (0, 1, -golden)]
    points += [(golden, 0, -1), (golden, 0, 1), (-golden, 0, -1), (-golden, 0, 1)]
    faces = [(0, 11, 5), (0, 5, 1), (0, 1, 7), (0, 7, 10), (0, 10, 11), (1, 5, 9), (5, 11, 4), (11, 10, 2)]
    faces += [
        (10, 7, 6),
        (7, 1, 8),
        (3, 9, 4),
        (3, 4, 2),
        (3, 2, 6),
        (3, 6, 8),
        (3, 8, 9),
        (4, 9, 5),
        (2, 4, 11),
    ]
    faces += [(6, 2, 10), (8, 6, 7), (9, 8, 1)]
    vertices, triangles = np.array(points, dtype=float), np.array(faces)
    for _ in range(subdivisions):
        edges = np.sort(np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
        unique, inverse = np.unique(edges, axis=0, return_inverse=True)
        a, b, c = inverse.reshape(3, -1) + len(vertices)
        vertices = np.vstack([vertices, vertices[unique].mean(axis=1)])
        i, j, k = triangles.T
        triangles = np.vstack([np.c_[i, a, c], np.c_[a, j, b], np.c_[c, b, k], np.c_[a, b, c]])
    return vertices / np.linalg.norm(vertices, axis=1, keepdims=True), triangles


def make_face(subdivisions: int) -> Any:
    """A head-like body: shells of skin, fat, SMAS, muscle and bone around a brain."""
    directions, triangles = icosphere(subdivisions)
    radius = 1.0 / np.linalg.norm(directions / np.array([0.075, 0.115, 0.095]), axis=1)
    nose = np.exp(-(((directions - [0.0, -0.05, 1.0]) / [0.12, 0.2, 0.3]) ** 2).sum(axis=1))
    radius = radius + 0.02 * nose
    count = len(directions)
    nodes = np.vstack([directions * (radius - depth)[:, None] for depth in DEPTHS] + [np.zeros((1, 3))])
    tets, tissue = [], []
    order = np.sort(triangles, axis=1)
    for level in range(len(DEPTHS) - 1):
        top, low = order + level * count, order + (level + 1) * count
        tets += [np.c_[top, low[:, :1]], np.c_[top[:, 1:], low[:, :2]], np.c_[top[:, 2:], low]]
        tissue += [np.full(3 * len(triangles), level)]
    tets.append(np.c_[order + 5 * count, np.full(len(triangles), 6 * count)])
    tissue.append(np.full(len(triangles), 5))
    rank = np.concatenate(tissue).astype(np.uint8)
    return SimpleNamespace(
        nodes=nodes,
        tets=np.vstack(tets).astype(np.int32),
        tissue=rank,
        tissues=TISSUES,
        depth_rank=rank,
        skin=_skin(nodes[:count], triangles),
        muscles=(*ENDS, "orbicularis_oris", "masseter_r"),
        muscle_ends=_ends,
        regions=("malar_cheek_r", "malar_cheek_l", "chin"),
        region_triangles=lambda name: _triangles(nodes, triangles, name),
        hash="0123456789abcdef",
    )


def _skin(points: np.ndarray, triangles: np.ndarray) -> Any:
    corners = points[triangles]
    vectors = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) / 2
    directions = points / np.linalg.norm(points, axis=1, keepdims=True)
    areas = np.linalg.norm(vectors, axis=1)
    return SimpleNamespace(
        points=points, triangles=triangles, normals=directions, area_vectors=vectors, areas=areas
    )


def _ends(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Origin up and to the side, insertion beside the mouth."""
    if name not in ENDS:
        raise UnknownNameError("muscle with two ends", name, ENDS)
    side = -1.0 if name.endswith("_r") else 1.0
    return np.array([side * 0.06, 0.02, 0.05]), np.array([side * 0.025, -0.04, 0.085])


def _triangles(nodes: np.ndarray, triangles: np.ndarray, name: str) -> np.ndarray:
    x, y, z = nodes[triangles].mean(axis=1).T
    inside = {"malar_cheek_r": x < -0.01, "malar_cheek_l": x > 0.01, "chin": y < -0.05}[name]
    return np.flatnonzero(inside & (z > 0.02))


def fibre_rows(amplitude: float = 400e-6) -> tuple[Innervation, ...]:
    """Both sides of a muscle alike, another on one side only, a fibre that nothing excites, and the skin."""
    thresholds = {
        ("zygomaticus_major_r", "ending"): (300e-6, 160e-6, 900e-6),
        ("zygomaticus_major_l", "ending"): (302e-6, 161e-6, 905e-6),
        ("dao_r", "passing"): (2e-3, 1e-3, 5e-3),
        ("masseter_r", "ending"): (4e-3, 2e-3, np.inf),
        ("zygomaticus_major_r toward", "dermal"): (90e-6, 50e-6, 250e-6),
    }
    return tuple(
        Innervation(where, "facial", kind, model, amplitude / current, current, 3, 0.004)
        for (where, kind), own in thresholds.items()
        for model, current in zip(("MRG 5.7 um", "MRG 10 um", "SENN 10 um"), own, strict=True)
    )


def make_chain(face: Any, amplitude: float = 400e-6, samples: int = 256) -> Chain:
    """The chain of a made-up exposure that glides and alternates."""
    spot = Spot("face", 5.0, 1.0, 30.0, 20.0, 20.0, 8.0, 5.0, 12.0, 9.0)
    exposure = Exposure(
        amplitude=amplitude, mean_abs=amplitude, rms=amplitude, net_current=0.0, phase=0.06, frequency=8.33,
        rest_fraction=0.3, session=1200.0, sessions=30, days_between=1.0, age=45.0, contact_area=0.785e-4,
        face=spot,
    )  # fmt: skip
    excited = excitation(fibre_rows(amplitude), amplitude)
    return propagate(exposure, excited, samples=samples, reach=Reach.of(face))


def dose_of(name: str, side: str, size: float, fibres: bool = True) -> SetDose:
    """A made-up dose that is `size` times that of the most dosed muscle."""
    return SetDose(
        name,
        side,
        J_p95=0.9 * size,
        J_mean=0.12 * size,
        J_rms=0.12 * size,
        E_fibre_p95=1.1 * size if fibres else None,
        charge_density=144.0 * size,
        net_charge_density=0.0,
        residence=400.0 * size,
        volume=2e-6,
    )


def make_treatment(subdivisions: int = 3) -> Treatment:
    """A treatment with a dose that falls off with the distance from a path over the right cheek."""
    face = make_face(subdivisions)
    angle = np.linspace(0.25, 1.1, 160)
    b = np.c_[-np.sin(angle), -0.35 + 0.5 * angle, np.cos(angle)]
    b /= np.linalg.norm(b, axis=1, keepdims=True)
    b *= (1.0 / np.linalg.norm(b / np.array([0.075, 0.115, 0.095]), axis=1))[:, None]
    a = np.repeat(b[-1:], len(b), axis=0)
    centres = face.nodes[face.tets].mean(axis=1)
    distance = np.linalg.norm(centres[:, None] - b[None, ::8], axis=2).min(axis=1)
    mean = 0.6 * np.exp(-distance / 0.012) + 1e-5
    session, waveform = 1200.0, Waveform.square(400e-6, 1 / 0.12)
    corners = face.nodes[face.tets]
    volumes = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / 6
    names = ["zygomaticus_major", "risorius", "dao", "masseter", "frontalis", "levator_labii_superioris"]
    sided = [(f"{name}_{side}", side) for side in "rl" for name in names]
    muscles = [dose_of(name, side, 1 / (1 + k)) for k, (name, side) in enumerate(sided)]
    muscles.append(dose_of("procerus", "mid", 1 / 60))
    regions = [
        dose_of(name, "r", 1 / (1 + k)) for k, name in enumerate(("malar_cheek_r", "perioral_upper_r"))
    ]
    tissues = [dose_of(name, "mid", 2.5 / 4**k, name in ("smas", "muscle")) for k, name in enumerate(TISSUES)]
    return Treatment(
        plan=Plan.load(),
        device=Device.load("myolift-mini"),
        waveform=waveform,
        electrode=Electrode.load("generic-probe"),
        face=face,
        timetable=SimpleNamespace(points_a=a, points_b=b, index=np.repeat(np.arange(len(b)), 150), dt=0.05),
        dose=SimpleNamespace(
            charge=mean * session,
            peak=mean * 3,
            residence=np.where(mean > 0.1, session, 0.0),
            rms=mean,
            mean=mean,
        ),
        resolution="coarse",
        requested_current=400e-6,
        delivered_current=399.98e-6,
        delivered_current_error=5e-5,
        power_balance_error=1.2e-4,
        residual=3e-13,
        nodes=len(face.nodes),
        elements=len(face.tets),
        dofs=len(face.nodes) - 1,
        positions=24000,
        unique_positions=len(b),
        session=session,
        sessions=30,
        muscles=tuple(muscles),
        regions=tuple(regions),
        tissues=tuple(tissues),
        tissue_power_fraction={
            "skin": 0.52,
            "fat": 0.31,
            "smas": 0.06,
            "muscle": 0.05,
            "bone": 0.05,
            "brain": 0.01,
        },
        contact_power_fraction=0.84,
        current_reaching={
            "skin": 1.0,
            "fat": 0.83,
            "smas": 0.61,
            "muscle": 0.61,
            "bone": 0.22,
            "brain": 0.07,
        },
        power_volume_fraction=0.031,
        quiet_volume_fraction=0.71,
        profile=depth_profile(face, volumes, mean, np.vstack([a, b])),
        deep_resistance=900.0,
        frequency=frequency_check(waveform, TISSUES),
        fibres=fibre_rows(),
        chain=make_chain(face),
        needed_voltage=(2.1, 5.7, 14.0),
        limits=check(
            Device.load("myolift-mini"),
            waveform,
            400e-6,
            Electrode.load("generic-probe"),
            session,
            measured={"j_p95": 6.1},
        ),
        assumptions=(
            "Waveform lifting: modelling choice, the maker publishes none.",
            "Compliance of myolift-mini is unknown: the delivered current is taken as the set current.",
        ),
        notices=("Neck steps are off: sources disagree on the front of the neck.",),
        seconds={"face": 1.0, "lead field": 12.0, "dose": 9.0},
        hashes={"plan": "0123456789abcdef", "face": "0123456789abcdef"},
        versions={"zygoma": "0.1.0", "python": "3.11"},
    )


@pytest.fixture(scope="session")
def treatment() -> Treatment:
    return make_treatment()
