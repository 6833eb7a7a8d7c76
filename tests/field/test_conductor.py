from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from zygoma.errors import InputError, MeshError, UnknownNameError
from zygoma.field import LeadField, VolumeConductor
from zygoma.verification.meshes import ball, box, centroids

LINE = np.linspace(0, 0.03, 5)


def test_volume_and_surface_of_a_box():
    body = VolumeConductor(*box(LINE, LINE, LINE), 0.3)
    assert body.volumes.sum() == pytest.approx(0.03**3)
    assert len(body.surface.triangles) == 6 * 16 * 2
    assert np.linalg.norm(body.surface.area_vectors, axis=1).sum() == pytest.approx(6 * 0.03**2)
    assert np.abs(body.surface.area_vectors.sum(axis=0)).max() < 1e-15
    outward = np.einsum(
        "ij,ij->i", body.surface.normals, body.nodes[body.surface.triangles].mean(axis=1) - 0.015
    )
    assert outward.min() > 0


def test_default_ground_is_deep():
    nodes, tets = ball(np.linspace(0, 1, 6)[1:])
    body = VolumeConductor(nodes, tets, 1.0)
    assert np.linalg.norm(nodes[body.ground]) < 0.3


def test_inverted_element_names_its_set():
    nodes, tets = box(LINE, LINE, LINE)
    tets[7] = tets[7][[1, 0, 2, 3]]
    with pytest.raises(MeshError, match=r"1 of 384 tetrahedra.*'fat' \(first: element 7 at [-\d., ]+ mm\)"):
        VolumeConductor(nodes, tets, 0.3, sets={"fat": np.arange(20), "skin": np.arange(20, 384)})


def test_loose_piece_names_its_set():
    nodes, tets = box(LINE, LINE, LINE)
    x = centroids(nodes, tets)[:, 0]
    sigma = np.where((x > 0.0075) & (x < 0.015), 0.0, 0.3)
    tissue = np.where(x < 0.0075, 1, 0)
    with pytest.raises(MeshError, match=r"2 pieces; 96 elements.*'tooth'"):
        VolumeConductor(nodes, tets, sigma, tissue=tissue, tissues=("skin", "tooth"))


def test_air_is_left_out_of_the_system():
    nodes, tets = box(LINE, LINE, LINE)
    air = centroids(nodes, tets)[:, 2] > 0.015
    full = VolumeConductor(nodes, tets, np.where(air, 0.0, 0.3))
    half = nodes[:, 2] <= 0.0151
    place = np.cumsum(half) - 1
    cut = VolumeConductor(nodes[half], place[tets[~air]], 0.3, ground=int(place[full.ground]))
    assert full.conducting_nodes.sum() == cut.conducting_nodes.sum() == half.sum()
    lead = LeadField(full, cache=False)
    assert len(lead.target_nodes) == half.sum()
    field = lead.field({0: 1e-3, 4 * 25: -1e-3})
    other = LeadField(cut, cache=False).direct({0: 1e-3, int(place[4 * 25]): -1e-3})
    assert np.abs(field.potential[half] - other).max() < 1e-6 * np.abs(other).max()
    assert np.all(field.potential[~half] == 0)
    assert np.all(field.E[air] == 0)
    with pytest.raises(InputError, match="not in the conducting part"):
        lead.solve([len(nodes) - 1])


@pytest.mark.parametrize("shape", [(), (384,), (384, 6), (384, 3, 3)])
def test_every_form_of_one_conductivity_gives_the_same_matrix(shape):
    nodes, tets = box(LINE, LINE, LINE)
    sigma = {0: 0.3, 1: np.full(384, 0.3), 2: np.full((384, 6), 0.3) * [1, 1, 1, 0, 0, 0]}
    given = np.tile(0.3 * np.eye(3), (384, 1, 1)) if len(shape) == 3 else sigma[len(shape)]
    reference = VolumeConductor(nodes, tets, 0.3).stiffness
    assert abs(VolumeConductor(nodes, tets, given).stiffness - reference).max() < 1e-15


@pytest.mark.parametrize(
    ("sigma", "words"),
    [
        (-0.1, "not positive"),
        (np.nan, "not finite"),
        (np.ones(5), r"shape \(5,\)"),
        (np.tile([1.0, 1, 1, 2, 0, 0], (384, 1)), "not positive"),
        (np.tile([[1.0, 2, 0], [0, 1, 0], [0, 0, 1]], (384, 1, 1)), "not symmetric"),
    ],
)
def test_impossible_conductivity_is_refused(sigma, words):
    with pytest.raises(InputError, match=words):
        VolumeConductor(*box(LINE, LINE, LINE), sigma)


def test_sets_are_found_by_name_and_the_nearest_is_offered(body):
    assert len(body.sets["fat"]) == (body.tissue == 1).sum()
    with pytest.raises(UnknownNameError, match="did you mean 'skin'"):
        body.sets["skim"]


def test_hash_follows_content():
    nodes, tets = box(LINE, LINE, LINE)
    first = VolumeConductor(nodes, tets, 0.3)
    assert VolumeConductor(nodes.copy(), tets.copy(), np.full(384, 0.3)).hash == first.hash
    assert VolumeConductor(nodes, tets, 0.31).hash != first.hash
    assert VolumeConductor(nodes, tets, 0.3, ground=0).hash != first.hash


def test_owners_of_a_given_surface():
    nodes, tets = box(LINE, LINE, LINE)
    whole = VolumeConductor(nodes, tets, 0.3)
    top = whole.surface.triangles[(nodes[whole.surface.triangles, 2] > 0.0299).all(axis=1)]
    part = VolumeConductor(nodes, tets, 0.3, surface=top[:, [1, 2, 0]])
    assert all(set(t) <= set(tets[owner]) for t, owner in zip(top, part.surface_owners, strict=True))
    with pytest.raises(MeshError, match="not on the boundary"):
        _ = VolumeConductor(nodes, tets, 0.3, surface=tets[:3, :3] * 0 + [0, 31, 62]).surface_owners


def test_conductivity_as_text():
    nodes, tets = box(*[np.linspace(0, 1, 3)] * 3)
    assert (VolumeConductor(nodes, tets, "300 mS/m").conductivity == 0.3).all()
    with pytest.raises(InputError, match=r"'0\.3' has no unit; expected text such as '0\.3 S/m'"):
        VolumeConductor(nodes, tets, "0.3")
    with pytest.raises(InputError, match="a conductivity is not a number"):
        VolumeConductor(nodes, tets, ["skin"] * len(tets))


def test_parts_that_touch_in_a_node_or_an_edge_only_are_refused():
    nodes, tets = box(LINE, LINE, LINE)
    size = LINE[-1]
    for shift in ([size, size, size], [size, size, 0.0]):
        both = np.vstack([nodes, nodes + shift])
        same = cKDTree(nodes).query(both[len(nodes) :])
        place = np.arange(len(both))
        joined = same[0] < 1e-12
        place[len(nodes) :][joined] = same[1][joined]
        tissue = np.repeat([0, 1], len(tets))
        with pytest.raises(
            MeshError, match=r"384 elements hang on the rest .* 'far' \(first: element 384 at"
        ):
            VolumeConductor(
                both, place[np.vstack([tets, tets + len(nodes)])], 0.3, tissue=tissue, tissues=("near", "far")
            )


def test_elements_that_are_there_twice_are_refused():
    nodes, tets = box(LINE, LINE, LINE)
    with pytest.raises(MeshError, match=r"elements overlap: .*'skin' .*element \d+ at .* mm"):
        VolumeConductor(
            nodes, np.vstack([tets, tets[5:6]]), 0.3, tissue=np.zeros(len(tets) + 1, int), tissues=("skin",)
        )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tets": "half"}, "tets hold"),
        ({"tets": "nan"}, "tets hold"),
        ({"tets": [[1, 2], [3]]}, "rows of different lengths"),
        ({"nodes": "abc"}, "nodes are not numbers"),
        ({"conductivity": True}, "not a number"),
        ({"tissue": -1}, "codes -1 to -1; expected 0 to 1"),
        ({"tissue": 2}, "codes 2 to 2; expected 0 to 1"),
        ({"tissue": 0.5}, "tissue codes hold"),
        ({"tissue": "short"}, "one code a tetrahedron"),
    ],
)
def test_what_is_no_body_is_refused(change, words):
    nodes, tets = box(LINE, LINE, LINE)
    named = {
        "half": tets + 0.5,
        "nan": np.where(tets == 0, np.nan, tets),
        "short": np.zeros(3, int),
    }
    given = {"nodes": nodes, "tets": tets, "conductivity": 0.3, "tissue": 0, **change}
    given = {
        key: named.get(value, value) if isinstance(value, str) else value for key, value in given.items()
    }
    if np.ndim(given["tissue"]) == 0:
        given["tissue"] = np.full(len(tets), given["tissue"])
    with pytest.raises(InputError, match=words):
        VolumeConductor(**given, tissues=("skin", "fat"))


def test_whole_numbers_may_be_floats():
    nodes, tets = box(LINE, LINE, LINE)
    assert np.array_equal(VolumeConductor(nodes, tets.astype(float), 0.3).tets, tets)


@pytest.mark.parametrize("wrong", [-1.0, np.nan, np.inf])
@pytest.mark.parametrize("tensor", [False, True])
def test_a_wrong_conductivity_names_tissue_and_place(wrong, tensor):
    nodes, tets = box(LINE, LINE, LINE)
    sigma = np.full(len(tets), 0.3)
    if tensor:
        sigma = sigma[:, None] * [1.0, 1, 1, 0, 0, 0]
    sigma.reshape(len(tets), -1)[7, 0] = wrong
    tissue = (np.arange(len(tets)) < 20).astype(np.uint8)
    with pytest.raises(InputError, match=r"1 conductivities .*'fat' \(first: element 7 at [-\d., ]+ mm\)"):
        VolumeConductor(nodes, tets, sigma, tissue=tissue, tissues=("skin", "fat"))


def test_skin_that_does_not_conduct_is_named():
    nodes, tets = box(LINE, LINE, LINE)
    skin = centroids(nodes, tets)[:, 2] > 0.0225
    whole = VolumeConductor(nodes, tets, 0.3)
    upper = whole.surface.triangles[np.all(nodes[whole.surface.triangles][..., 2] > 0.0299, axis=1)]
    body = VolumeConductor(
        nodes, tets, np.where(skin, 0.0, 0.3), tissue=skin.astype(int), tissues=("fat", "skin"), surface=upper
    )
    with pytest.raises(MeshError, match=r"32 elements behind them, most in set 'skin' .* have 0 S/m"):
        _ = body.surface_owners
