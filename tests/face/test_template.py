"""The shipped head: source mesh, template skins and the binding between them."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree

from zygoma.errors import RangeError, UnknownNameError
from zygoma.face.binding import RESOLUTIONS, SkinBinding, reflected, template_skin
from zygoma.face.source import HeadSource, age_coefficient, macro_weights

MM = 1e-3
LANDMARKS = {  # base-mesh number: place on the reference shape [mm]
    21: (-41.2, 678.7, 122.4),
    66: (-14.9, 677.4, 124.8),
    7192: (21.4, 617.5, 128.9),
    297: (0.0, 651.2, 159.0),
    455: (0.0, 626.2, 147.8),
    474: (0.0, 619.6, 140.6),
    493: (0.0, 618.1, 140.7),
}


@pytest.fixture(scope="module")
def source():
    return HeadSource.load()


@pytest.fixture(scope="module")
def reference(source):
    return source.morph()


@pytest.fixture(scope="module", params=RESOLUTIONS)
def skin(request):
    return template_skin(request.param)


def directed_edges(triangles):
    return np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]).astype(np.int64)


def is_watertight(triangles):
    edges = directed_edges(triangles)
    key, back = edges @ [1 << 20, 1], edges @ [1, 1 << 20]
    return len(np.unique(key)) == len(key) and np.array_equal(np.sort(key), np.sort(back))


def quality(points, triangles):
    """1 for an equilateral triangle, 0 for a sliver."""
    corner = points[triangles]
    twice_area = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1)
    return 2 * np.sqrt(3) * twice_area / ((corner - np.roll(corner, 1, axis=1)) ** 2).sum(axis=(1, 2))


def cross(u, v):
    """Areas [m2] between vectors in the x-y plane."""
    return u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]


def foremost(points, triangles, x, y):
    """Largest z where the line through (x, y) along z meets a surface; -inf where it does not."""
    a, b, c = (points[triangles[:, k]] - [x, y, 0] for k in range(3))
    total = cross(b - a, c - a)
    met = np.abs(total) > 1e-14
    a, b, c, total = a[met], b[met], c[met], total[met]
    weight = np.stack([cross(b, c), cross(c, a), cross(a, b)])
    weight /= total
    inside = (weight >= -1e-9).all(axis=0)
    height = weight[0] * a[:, 2] + weight[1] * b[:, 2] + weight[2] * c[:, 2]
    return height[inside].max(initial=-np.inf)


def mouth_depth(points, triangles, source, reference):
    """Largest depth difference [m] to the source skin along the line of the mouth."""
    return max(
        abs(foremost(points, triangles, x, y) - foremost(reference, source.skin_triangles, x, y))
        for x in np.arange(-14, 15, 4) * MM
        for y in (617 * MM, 618.5 * MM, 620 * MM)
    )


def test_reference_shape_has_its_landmarks(source, reference):
    for number, place in LANDMARKS.items():
        assert reference[source.index(number)] / MM == pytest.approx(place, abs=0.06)
    assert source.joint("l-eye", reference) / MM == pytest.approx((28.8, 679.5, 111.5), abs=0.06)
    assert source.joint("jaw", reference) / MM == pytest.approx((0, 595.7, 124.7), abs=0.06)


def test_source_holds_every_target(source):
    assert len(source.targets) == 436 + 52
    assert sum(name.startswith("macrodetails/") for name in source.targets) == 44
    assert sum(name.startswith("expression/") for name in source.targets) == 102
    assert sum(name.startswith("faceunits/") for name in source.targets) == 52


def test_source_is_symmetric_and_its_skin_open_only_at_the_shoulders(source, reference):
    assert np.array_equal(source.mirror[source.mirror], np.arange(len(source.base_id)))
    body = np.unique(source.parts["body"])
    assert reflected(reference, source.mirror)[body] == pytest.approx(reference[body], abs=1e-12)
    assert len(source.skin_triangles) == 6748
    edges = directed_edges(source.skin_triangles)
    known = set(map(tuple, edges.tolist()))
    assert len(known) == len(edges)
    rim = np.array([edge for edge in known if edge[::-1] not in known])
    assert len(rim) == 78
    assert reference[rim][:, :, 1].max() < 0.53


def test_macro_targets_are_mixed_by_shares():
    weights = macro_weights(1.0, 0.75, 0.25, 0.5, {"asian": 1, "african": 3})
    assert weights["macrodetails/asian-female-young"] == pytest.approx(0.5 * 0.25)
    assert weights["macrodetails/african-female-old"] == pytest.approx(0.5 * 0.75)
    assert weights["macrodetails/universal-female-old-averagemuscle-minweight"] == pytest.approx(0.5 * 0.5)
    assert sum(weights.values()) == pytest.approx(2)
    assert [age_coefficient(y) for y in (18, 25, 90, 99)] == pytest.approx([0.5, 0.5, 1, 1])


def test_further_targets_add_up(source, reference):
    name = "faceunits/mouthSmileLeft"
    vertex, delta = source.target(name)
    moved = source.morph(targets={name: 0.5}) - reference
    assert moved[vertex] == pytest.approx(delta / 2, abs=1e-12)
    assert np.count_nonzero(moved.any(axis=1)) == len(vertex)


def test_source_refuses_what_it_does_not_know(source, reference):
    with pytest.raises(UnknownNameError, match="mouthSmileLeft"):
        source.morph(targets={"faceunits/mouthSmileleft": 1.0})
    with pytest.raises(UnknownNameError, match="caucasian"):
        source.morph(race={"caucasia": 1.0})
    with pytest.raises(UnknownNameError, match="l-eye"):
        source.joint("left-eye", reference)
    with pytest.raises(UnknownNameError, match="19000"):
        source.index(np.array([21, 19000]))
    with pytest.raises(RangeError, match=r"from 0\.5 to 1"):
        source.morph(age=45)
    with pytest.raises(RangeError, match="all 0"):
        source.morph(race={"asian": 0.0})
    with pytest.raises(UnknownNameError, match="standard"):
        template_skin("standart")


def test_skin_is_closed_and_exactly_symmetric(skin):
    assert is_watertight(skin.triangles)
    assert len(np.unique(skin.triangles)) == len(skin.points)
    assert len(skin.points) - len(skin.triangles) * 3 // 2 + len(skin.triangles) == 2
    assert np.array_equal(reflected(skin.points, skin.mirror), skin.points)
    assert np.array_equal(skin.mirror == np.arange(len(skin.points)), skin.points[:, 0] == 0)
    a, b, c = (skin.points[skin.triangles[:, k]] for k in range(3))
    assert 3.5e-3 < np.einsum("ij,ij->", a, np.cross(b, c)) / 6 < 5.5e-3  # outward: a head of some litres
    assert quality(skin.points, skin.triangles).min() > 0.6


def test_skins_have_the_wanted_density():
    assert 6500 <= len(template_skin("coarse").points) <= 7500
    assert 21000 <= len(template_skin("standard").points) <= 24000
    assert 35000 <= len(template_skin("fine").points) <= 40000
    for name, low, high in (("coarse", 4.2, 4.8), ("standard", 2.0, 2.2), ("fine", 1.6, 1.85)):
        skin = template_skin(name)
        corner = skin.points[skin.triangles]
        middle = corner.mean(axis=1)
        face = (middle[:, 2] > 45 * MM) & (middle[:, 1] > 600 * MM) & (middle[:, 1] < 760 * MM)
        edge = np.linalg.norm(corner - np.roll(corner, 1, axis=1), axis=2)[face]
        assert low * MM < np.median(edge) < high * MM


def test_cut_is_at_the_bottom_and_the_sides_only(skin):
    middle = skin.points[skin.triangles].mean(axis=1)
    assert skin.cut.any()
    assert middle[skin.cut][:, 1].max() < 0.54
    assert skin.cut[middle[:, 1] < 0.4875].all()
    assert not skin.cut[middle[:, 1] > 0.54].any()


def test_fine_skin_lies_on_the_source_skin(source, reference):
    skin, binding = template_skin("fine"), SkinBinding.load()
    bound = binding.to_source @ reference
    inner = skin.points[:, 0] != 0  # on the midline the bound points of both sides are averaged
    gap = np.linalg.norm(skin.points - bound, axis=1)
    assert gap[inner] == pytest.approx(binding.distance[inner], abs=1e-7)
    x, y, z = np.abs(skin.points.T)
    ear = (x > 60 * MM) & (y > 610 * MM) & (y < 705 * MM) & (z < 60 * MM)
    nostril = (x < 16 * MM) & (y > 632 * MM) & (y < 650 * MM) & (z > 125 * MM)
    kept = ~ear & ~nostril
    kept[skin.triangles[skin.cut]] = False
    assert np.median(binding.distance[kept]) < 0.1 * MM
    assert np.percentile(binding.distance[kept], 99) < 1.5 * MM


def test_lips_are_there(skin, source, reference):
    # the crease at the corners of the mouth is rounded; triangles of the coarse skin are wider than it
    limit = 2.1 * MM if len(skin.points) < 10000 else 2 * MM
    assert mouth_depth(skin.points, skin.triangles, source, reference) < limit
    height = {y: foremost(skin.points, skin.triangles, 0, y * MM) for y in range(609, 631)}
    lower, line, upper = (
        pick(height[y] for y in rows)
        for pick, rows in ((max, range(609, 616)), (min, range(616, 620)), (max, range(622, 631)))
    )
    assert lower > line + 0.1 * MM  # 0.9 mm on the source skin
    assert upper > line + 5 * MM


def test_a_head_with_a_hole_for_a_mouth_fails_the_lip_test(source, reference):
    with np.load(Path(__file__).parent / "mouth_not_zipped.npz") as stored:
        points, triangles = stored["points"].astype(float), stored["triangles"].astype(int)
    assert mouth_depth(points, triangles, source, reference) > 5 * MM


def test_no_feature_is_lost_in_profile(skin, source, reference):
    profile = [227, 136, 297, 317, 455, 724, 733]  # glabella to pogonion, forward and back in turn
    heights = [reference[source.index(number)][1] for number in profile]
    found = [foremost(skin.points, skin.triangles, 0, y) for y in heights]
    signs = [np.sign(b - a) for a, b in pairwise(found)]
    assert signs == [-1, 1, -1, 1, -1, 1]


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_binding_carries_rigid_motion_exactly(resolution, source):
    binding = SkinBinding.load()
    still = binding.displacement(resolution, np.zeros((len(source.base_id), 3)))
    assert not still.any()
    shift = np.tile([1e-3, -2e-3, 3e-3], (len(source.base_id), 1))
    assert np.abs(binding.displacement(resolution, shift) - shift[0]).max() < 1e-12
    with pytest.raises(UnknownNameError, match="standard"):
        binding.displacement("medium", shift)


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_symmetric_people_get_symmetric_skins(resolution, source):
    skin = template_skin(resolution)
    older = SkinBinding.load().morphed(resolution, source.morph(age=0.9, race={"african": 1.0}))
    assert np.abs(reflected(older, skin.mirror) - older).max() < 1e-15
    assert np.abs(older - skin.points).max() > 5 * MM
    lopsided = SkinBinding.load().morphed(
        resolution, source.morph(targets={"cheek/l-cheek-volume-incr": 1.0})
    )
    assert np.abs(reflected(lopsided, skin.mirror) - lopsided).max() > 1 * MM


def test_resolutions_share_one_body(source):
    binding, older = SkinBinding.load(), source.morph(age=0.9)
    fine = binding.displacement("fine", older - source.morph())
    for name in ("coarse", "standard"):
        points = template_skin(name).points
        near = cKDTree(template_skin("fine").points).query(points[::100])[1]
        moved = binding.displacement(name, older - source.morph())[::100]
        assert np.abs(moved - fine[near]).max() < 1 * MM


def test_random_women_keep_good_triangles(source):
    random = np.random.default_rng(1)
    skin, binding = template_skin("standard"), SkinBinding.load()
    a, b, c = (skin.points[skin.triangles[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    for _ in range(12):
        shares = dict(zip(("african", "asian", "caucasian"), random.dirichlet(np.ones(3)), strict=True))
        vertices = source.morph(age=random.uniform(0.5, 1), weight=random.uniform(0.1, 0.9), race=shares)
        points = binding.morphed("standard", vertices)
        a, b, c = (points[skin.triangles[:, k]] for k in range(3))
        assert (np.einsum("ij,ij->i", np.cross(b - a, c - a), normal) > 0).all()
        assert quality(points, skin.triangles).min() > 0.25
