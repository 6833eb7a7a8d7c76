"""Faces: valid bodies that look like faces, with their muscles where they belong."""

from __future__ import annotations

from functools import cache

import meshio
import numpy as np
import pytest

from zygoma.errors import InputError, RangeError, UnknownNameError
from zygoma.face import Face, Person, export, picture
from zygoma.face.atlas import entry, side_of, stem
from zygoma.face.morph import morph_names
from zygoma.face.tissue import TISSUES, Tissue, conductivity
from zygoma.provenance import load_data


@cache
def average(sex: str = "female", age: float = 45, resolution: str = "coarse") -> Face:
    return Face.average(sex=sex, age=age, resolution=resolution)


def assert_valid(face: Face) -> None:
    validity = face.check()
    assert validity, validity


@pytest.mark.parametrize("sex", ["female", "male"])
def test_average_face_is_valid(sex):
    assert_valid(average(sex))


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(k, marks=pytest.mark.slow) for k in range(2, 12))])
def test_random_face_is_valid(seed):
    assert_valid(Face.random(seed, "coarse"))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12, 30))
def test_more_random_faces_are_valid(seed):
    assert_valid(Face.random(seed, "coarse"))


@pytest.mark.slow
@pytest.mark.parametrize("age", [25, 65, 85])
@pytest.mark.parametrize("sex", ["female", "male"])
def test_corner_ages_are_valid(sex, age):
    assert_valid(average(sex, age))


@pytest.mark.slow
@pytest.mark.parametrize("bmi", [16, 45])
def test_thin_and_heavy_faces_are_valid(bmi):
    assert_valid(Face.average(bmi=bmi, resolution="coarse"))


@pytest.mark.slow
@pytest.mark.parametrize("resolution", ["standard", "fine"])
def test_finer_faces_are_valid(resolution):
    face = average(resolution=resolution)
    assert_valid(face)
    low, high = {"standard": (200e3, 270e3), "fine": (450e3, 560e3)}[resolution]
    assert low < len(face.nodes) < high


def test_coarse_face_has_the_promised_size():
    assert 60e3 < len(average().nodes) < 115e3


@pytest.mark.slow
def test_all_faces_share_their_connectivity():
    one, other = average(), Face.random(3, "coarse")
    assert np.array_equal(one.tets, other.tets)
    assert np.array_equal(one.tissue, other.tissue)
    assert not np.allclose(one.nodes, other.nodes)


def test_same_seed_same_face():
    assert Person.random(5) == Person.random(5)
    assert Person.random(5) != Person.random(6)


def test_average_face_is_mirror_symmetric():
    face = average()
    image = face.nodes[face.template.mirror_node] * [-1, 1, 1]
    assert np.array_equal(image + 0.0, face.nodes + 0.0)
    twice = face.template.mirror_node[face.template.mirror_node]
    assert np.array_equal(twice, np.arange(len(twice)))
    mirrored = np.sort(face.template.mirror_node[face.tets], axis=1)
    own = np.sort(face.tets, axis=1)
    assert np.array_equal(mirrored[np.lexsort(mirrored.T)], own[np.lexsort(own.T)])


@pytest.mark.parametrize("name", [m for m in average().muscles if side_of(m) == "r"])
def test_right_and_left_muscle_are_alike(name):
    face = average()
    right, left = (face.muscle_elements(f"{stem(name)}_{s}") for s in "rl")
    assert len(right) == len(left)
    assert face.volumes[right].sum() == pytest.approx(face.volumes[left].sum(), rel=0.01)


def test_muscles_hold_muscle_and_no_element_twice():
    face = average()
    every = np.concatenate([face.muscle_elements(m) for m in face.muscles])
    assert len(every) == len(np.unique(every))
    assert np.all(face.tissue[every] == TISSUES.index("muscle"))
    assert np.linalg.norm(face.fibre[every], axis=1) == pytest.approx(1, abs=1e-5)
    others = np.setdiff1d(np.arange(len(face.tets)), every)
    assert not face.fibre[others].any()
    assert np.sum(face.tissue == TISSUES.index("muscle")) == len(every)


@pytest.mark.parametrize(
    "name", [m for m in load_data("atlas.toml")["muscle"] if entry("muscle", m)["shape"] == "patch"]
)
def test_fibres_run_from_origin_to_insertion(name):
    face = average()
    sided = name if name in face.muscles else f"{name}_r"
    origin, insertion = face.muscle_ends(sided)
    axis = (insertion - origin) / np.linalg.norm(insertion - origin)
    own = face.muscle_elements(sided)
    along = np.average(face.fibre[own] @ axis, weights=face.volumes[own])
    assert along > 0.7


def test_ring_fibres_run_round_the_lids():
    face = average()
    own = face.muscle_elements("orbicularis_oculi_r")
    eye = (face.landmark("exocanthion_r") + face.landmark("endocanthion_r")) / 2
    outward = face.nodes[face.tets[own]].mean(axis=1) - eye
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    radial = np.abs(np.einsum("ij,ij->i", face.fibre[own], outward))
    assert np.average(radial, weights=face.volumes[own]) < 0.35


THINNED = {"orbicularis_oris", "mentalis"}  # the lips and the chin leave too little room


@pytest.mark.parametrize("name", [m for m in average().muscles if side_of(m) != "l"])
def test_muscles_have_the_thickness_of_the_data(name):
    ratio = average().muscle_thickness(name) / (
        load_data("muscles.toml")["muscle"][stem(name)]["thickness"] * 1e-3
    )
    assert ratio < 1.45
    assert ratio > (0.65 if stem(name) in THINNED else 0.8)


def test_muscle_thickness_is_volume_over_area_where_the_skin_is_flat():
    face = average()
    own = face.muscle_elements("frontalis_r")
    triangles = np.unique(own // 3 % len(face.skin.triangles))
    flat = face.volumes[own].sum() / face.skin.areas[triangles].sum()
    assert face.muscle_thickness("frontalis_r") == pytest.approx(flat, rel=0.15)
    with pytest.raises(UnknownNameError):
        face.muscle_thickness("gluteus")


def test_muscles_thinned_by_the_shell_are_listed():
    rows = {name: value for name, value, _, _ in average().check().rows()}
    listed = rows["muscles thinner than 80 % of the data"]
    assert {stem(row.split()[0]) for row in listed.split(", ")} == THINNED


def test_region_areas_are_those_of_the_atlas():
    face = Face.average(age=25, resolution="coarse")
    for name in set(face.regions) - {"nose"}:  # its nostrils are closed
        halves = 2 if side_of(name) == "mid" else 1
        expected = entry("region", name)["area_mm2"] * halves
        area = face.skin.areas[face.region_triangles(name)].sum() * 1e6
        assert area == pytest.approx(expected, rel=0.15), name


@pytest.mark.slow
def test_more_fat_moves_the_muscle_deeper():
    thin, heavy = (Face.average(bmi=b, resolution="coarse") for b in (18, 32))
    cheek = np.unique(thin.skin.triangles[thin.region_triangles("lower_cheek_r")])
    ratio = heavy.thickness[cheek, 1].mean() / thin.thickness[cheek, 1].mean()
    assert ratio == pytest.approx((1 + 0.04 * 9) / (1 - 0.04 * 5), rel=0.05)


def test_layers_hold_every_element_once():
    face = average()
    layers = [face.layer_elements(n) for n in ("skin", "fat", "smas", "deep", "bone", "inside")]
    assert np.array_equal(np.sort(np.concatenate(layers)), np.arange(len(face.tets)))


def test_conductor_knows_the_names_of_the_face():
    face = average()
    body = face.conductor({"fat": 0.02})
    assert {*face.muscles, *face.regions, "skin", "fat"} <= set(body.sets)
    fat = face.tissue_elements("fat")
    assert np.all(body.conductivity[fat, :3] == 0.02)
    assert body.is_mirrored


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (lambda: average().muscle_elements("zygomaticus_mayor_r"), "zygomaticus_major_r"),
        (lambda: average().landmark("cheilion"), "cheilion_"),
        (lambda: average().muscle_ends("orbicularis_oris"), "two ends"),
        (lambda: average().region_triangles("cheek"), "cheek"),
        (lambda: Face.average(resolution="medium"), "coarse"),
        (lambda: Face.average(nose_volum=0.1), "nose_volume"),
        (lambda: picture.draw(average(), "x.png", "muscle"), "muscles"),
    ],
)
def test_unknown_names_offer_the_nearest(ask, text):
    with pytest.raises(UnknownNameError, match=text):
        ask()


@pytest.mark.parametrize(
    "who",
    [
        {"age": 12},
        {"age": 101},
        {"bmi": 10},
        {"sex": "f"},
        {"nose_volume": 1.5},
        {"head_oval": -0.2},
        {"asian": -1},
    ],
)
def test_values_out_of_range_are_refused(who):
    with pytest.raises(RangeError):
        Face.average(resolution="coarse", **who)


def test_morphs_by_side_and_for_both_sides():
    names = morph_names()
    assert {"cheek_volume", "cheek_volume_r", "cheek_volume_l", "nose_volume", "asian", "fat_factor"} <= set(
        names
    )
    both = Person(morphs={"cheek_volume": 0.5}).vertices()
    apart = Person(morphs={"cheek_volume_r": 0.5, "cheek_volume_l": 0.5}).vertices()
    assert np.array_equal(both, apart)


def test_conductivity_follows_the_fibre():
    fibre = np.array([[0, 0, 1.0], [0, 0, 0], [0, 0, 0]])
    code = np.array([TISSUES.index(n) for n in ("muscle", "muscle", "air")])
    found = conductivity(code, fibre)
    muscle = Tissue.load("muscle")
    assert found[0] == pytest.approx([muscle.sigma, muscle.sigma, muscle.sigma_along, 0, 0, 0])
    assert found[1, :3] == pytest.approx(0.16)
    assert not found[2].any()
    changed = conductivity(code, fibre, {"muscle": 2 * muscle.sigma})
    assert changed[0] == pytest.approx(2 * found[0])
    with pytest.raises(UnknownNameError, match="muscle"):
        conductivity(code, fibre, {"muscel": 0.1})


def test_muscle_along_its_fibres_has_its_own_value():
    code = np.full(1, TISSUES.index("muscle"))
    fibre = np.array([[1.0, 0.0, 0.0]])
    for changes in ({"muscle": 0.2, "muscle_along": 0.5}, {"muscle_along": 0.5, "muscle": 0.2}):
        assert np.allclose(conductivity(code, fibre, changes)[0, :3], [0.5, 0.2, 0.2])


def test_every_conductivity_lies_in_its_range_and_has_a_source():
    for name in TISSUES:
        tissue = Tissue.load(name)
        assert tissue.range[0] <= tissue.sigma <= tissue.range[1]
        assert tissue.source
        assert tissue.status in ("read", "unverified", "computed", "assumption")


@pytest.mark.parametrize("ending", ["vtu", "msh", "ply"])
def test_export_can_be_read_back(tmp_path, ending):
    face = average()
    path = tmp_path / f"Gesicht mit Öhrchen.{ending}"
    export.write(face, path)
    back = meshio.read(path)
    expected = face.skin.points if ending == "ply" else face.nodes
    assert len(back.points) == len(expected)
    assert np.abs(back.points - expected).max() < 1e-6
    if ending == "vtu":
        assert np.array_equal(back.cell_data["tissue"][0], face.tissue)


def test_unknown_ending_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"\.vtu"):
        export.write(average(), tmp_path / "face.stl")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("what", ["skin", "muscles", "fibres", "regions", "section"])
def test_pictures_are_drawn(tmp_path, what):
    from matplotlib import image

    path = tmp_path / "face.png"
    picture.draw(average(), path, what)
    pixels = image.imread(path)[..., :3]
    assert 0.05 < (pixels.min(axis=2) < 0.97).mean() < 0.9


@pytest.mark.parametrize("seed", [-1, "x", 1.5])
def test_a_seed_that_is_no_whole_number_is_refused(seed):
    with pytest.raises(RangeError, match="give a whole number from 0 up"):
        Face.random(seed)


def test_text_in_place_of_a_number_is_refused():
    with pytest.raises(RangeError, match="age is '45'; give a number in years"):
        Face.average(age="45")
    with pytest.raises(RangeError, match="bmi is None"):
        Person(bmi=None)
    with pytest.raises(RangeError, match=r"morph nose_volume is '0\.3'"):
        Person(morphs={"nose_volume": "0.3"})
    assert Person(age=45) == Person(age=45.0)
    assert isinstance(Person(age=45).age, float)
