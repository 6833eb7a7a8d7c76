"""A face laid flat: its metres, its raster, its regions and its skin."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from zygoma.errors import FaceError, InputError, RangeError
from zygoma.outcome.canonical_mesh import canonical_mesh
from zygoma.outcome.exposure import Exposure
from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.face_landmarks import FaceLandmarks
from zygoma.outcome.face_regions import face_features, face_regions, mirrored_landmarks, region_areas
from zygoma.outcome.face_texture import face_size, face_texture, finest_grid
from zygoma.outcome.flattening import flat_face, flattened
from zygoma.outcome.photo import Photo
from zygoma.outcome.pose import fit_pose
from zygoma.outcome.scale import Scale, given_scale, iris_scale
from zygoma.outcome.scale_card import card_picture, card_scale
from zygoma.outcome.skin_mask import skin_mask
from zygoma.outcome.texture_grid import TextureGrid
from zygoma.outcome.unwrap import unwrapped
from zygoma.provenance import load_data

GRID = TextureGrid(1.0e-3)


def seen_face(pixels_per_metre: float = 4000.0, yaw: float = 0.0) -> FaceLandmarks:
    """Landmarks of the canonical face, with irises of 11.7 mm at its own size."""
    turned = Rotation.from_euler("y", yaw, degrees=True).apply(canonical_mesh().vertices.copy())
    points = np.zeros((478, 3))
    points[:468] = turned * pixels_per_metre * [1, -1, -1] + [400, 450, 0]
    rim = 0.5 * 11.7e-3 * pixels_per_metre * np.array([[0, 0], [1, 0], [0, -1], [-1, 0], [0, 1]])
    for first, corners in ((468, (33, 133)), (473, (362, 263))):
        points[first : first + 5] = points[list(corners)].mean(axis=0)
        points[first : first + 5, :2] += rim
    return FaceLandmarks(points, 1.0, 1.0, 0.1)


def even_photo(pixels: np.ndarray) -> Photo:
    return Photo(pixels, Exposure(), "0" * 64)


# flattening


def test_a_developable_surface_is_laid_flat_without_stretch() -> None:
    """A quarter of a cylinder is flat paper: every length must come back."""
    angle, height = np.meshgrid(np.linspace(0, np.pi / 2, 20), np.linspace(0, 1, 12))
    vertices = np.stack([np.cos(angle), np.sin(angle), height], axis=2).reshape(-1, 3)
    index = np.arange(240).reshape(12, 20)
    a, b, c, d = (x.ravel() for x in (index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]))
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([b, d, c], 1)]).astype(np.int32)
    start = np.stack([angle.ravel() * 1.4, height.ravel() * 0.8], axis=1)
    # chords of 4.7 degrees are 0.03 % shorter than the arc
    np.testing.assert_allclose(flattened(vertices, triangles, start, 100).stretch, 1.0, atol=2e-3)


def test_the_flat_face_has_no_folds_and_little_stretch_where_wrinkles_are_measured() -> None:
    flat = flat_face()
    corners = flat.points[canonical_mesh().triangles]
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    # y runs down: anticlockwise has become clockwise
    assert (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0] < 0).all()
    held = GRID.triangles()
    for name, mask in face_regions(GRID).items():
        stretch = flat.stretch[held[mask]]
        assert np.quantile(stretch, 0.05) > 0.85, name
        assert np.quantile(stretch, 0.95) < 1.2, name


def test_the_flat_face_is_symmetric() -> None:
    points = flat_face().points
    other = points[list(mirrored_landmarks())] * [-1, 1]
    assert np.abs(points - other).max() < 1.5e-3  # the mesh's diagonals are not quite symmetric


# grid and unwrapping


def test_the_grid_covers_the_face_and_refuses_odd_pitches() -> None:
    held = GRID.triangles()
    flat = flat_face()
    area = 0.5 * np.abs(np.linalg.det(np.diff(flat.points[canonical_mesh().triangles], axis=1))).sum()
    assert (held >= 0).sum() * GRID.pitch**2 == pytest.approx(area, rel=0.02)
    with pytest.raises(RangeError, match=r"pitch 5 mm"):
        TextureGrid(5e-3)


def test_interpolation_gives_back_a_linear_field() -> None:
    values = flat_face().points @ [2.0, 3.0] + 1.0
    found = GRID.interpolated(values)
    row, column = 90, 120
    x, y = GRID.corner + GRID.pitch * np.array([column, row])
    assert found[row, column] == pytest.approx(2 * x + 3 * y + 1)
    assert found[0, 0] == 0.0


@pytest.mark.parametrize("yaw", [0.0, 10.0])
def test_skin_comes_to_its_place_whatever_the_pose(yaw: float) -> None:
    """A picture whose red is x of the flat face and whose green is y, drawn through the mesh."""
    face = seen_face(yaw=yaw)
    flat = flat_face().points
    shares = (flat - flat.min(axis=0)) / np.ptp(flat, axis=0)
    pixels = np.zeros((900, 800, 3), np.uint16)
    triangles = canonical_mesh().triangles
    for corners in triangles[np.argsort(-face.points[triangles, 2].mean(axis=1))]:  # far ones first
        high = face.points[corners, :2].max(axis=0)
        low = face.points[corners, :2].min(axis=0).astype(int)
        inside = np.zeros((int(high[1] - low[1]) + 3, int(high[0] - low[0]) + 3), np.uint8)
        fixed = np.rint((face.points[corners, :2] - low) * 16).astype(np.int32)
        cv2.fillConvexPoly(inside, fixed, 1, shift=4)
        r, c = np.nonzero(inside)
        r, c = r + low[1], c + low[0]
        system = np.column_stack([face.points[corners, :2], np.ones(3)])
        weights = np.column_stack([c, r, np.ones(len(r))]) @ np.linalg.inv(system)
        pixels[r, c, :2] = np.rint(np.clip(weights @ shares[corners], 0, 1) * 65535)
    found = unwrapped(even_photo(pixels), face, GRID)
    # undo the tone curve of the picture: compare shares
    curve = 1.055 * np.clip(found, 1e-9, None) ** (1 / 2.4) - 0.055
    share = np.where(found <= 0.0031308, 12.92 * found, curve)
    rows, columns = np.indices(GRID.shape)
    for mask in face_regions(GRID).values():
        x_share = columns[mask] * GRID.pitch / np.ptp(flat[:, 0])
        y_share = rows[mask] * GRID.pitch / np.ptp(flat[:, 1])
        apart = np.hypot(
            (share[mask, 0] - x_share) * np.ptp(flat[:, 0]), (share[mask, 1] - y_share) * np.ptp(flat[:, 1])
        )
        # half a pixel of the grid; the forehead ends at the border of the drawn face
        assert np.quantile(apart, 0.93) < 0.5e-3


# scale


def test_iris_and_card_give_millimetres() -> None:
    assert iris_scale(seen_face(5000.0)).pixels_per_metre == pytest.approx(5000.0)
    assert iris_scale(seen_face()).relative_sd == 0.04
    card = load_data("scale.toml")["card"]
    drawn = card_picture(60)
    for lean in (1.0, 0.8):
        leaning = cv2.resize(drawn, None, fx=lean, fy=1.0, interpolation=cv2.INTER_AREA)
        page = np.full((500, 700), 220, np.uint8)
        page[80 : 80 + leaning.shape[0], 90 : 90 + leaning.shape[1]] = leaning
        found = card_scale(even_photo(np.repeat(page[:, :, None], 3, axis=2)))
        assert found.pixels_per_metre == pytest.approx(60 / card["square"], rel=0.003)


def test_a_photograph_without_the_card_says_so(hopper: Photo) -> None:
    with pytest.raises(InputError, match="0 corners of the scale card"):
        card_scale(hopper)


def test_an_absurd_scale_is_refused() -> None:
    assert given_scale(8.0).pixels_per_metre == 8000.0
    with pytest.raises(RangeError, match="px/mm"):
        given_scale(8000.0)
    with pytest.raises(RangeError):
        Scale(float("nan"), 0.01, "nothing")


@pytest.mark.parametrize("factor", [0.5, 0.78, 1.22, 2.0])
def test_a_scale_that_no_face_has_is_refused(factor: float) -> None:
    face = seen_face(5000.0)
    for near in (0.85, 1.0, 1.15):
        found = face_size(face, given_scale(5.0 * near))
        assert found * near == pytest.approx(face_size(face, iris_scale(face)))
    with pytest.raises(InputError, match=rf"{5 * factor:.2f} px/mm by value given, but 5\.00 px/mm"):
        face_size(face, given_scale(5.0 * factor))


# regions


def test_regions_have_about_the_areas_named_and_do_not_overlap() -> None:
    areas = region_areas(TextureGrid(0.25e-3))
    for name, area in areas.items():
        entry = load_data("face_texture.toml")["region"][name.removesuffix("_r").removesuffix("_l")]
        assert area == pytest.approx(entry["area"], rel=0.3), name
        if name.endswith("_r"):
            assert area == pytest.approx(areas[name[:-2] + "_l"], rel=0.03)
    regions = face_regions(GRID)
    assert sum(mask.astype(int) for mask in regions.values()).max() <= 2  # one pixel where they touch
    assert set(regions) == {
        "forehead", "glabella", "crows_feet_r", "crows_feet_l", "under_eye_r", "under_eye_l",
        "nasolabial_r", "nasolabial_l", "perioral", "chin",
    }  # fmt: skip


def test_sides_are_the_faces_own() -> None:
    regions = face_regions(GRID)
    columns = np.arange(GRID.shape[1])
    middle = -GRID.corner[0] / GRID.pitch
    for name, mask in regions.items():
        centre = (mask.sum(axis=0) * columns).sum() / mask.sum()
        if name.endswith("_l"):
            assert centre > middle  # the face's left is at the right of the picture
        if name.endswith("_r"):
            assert centre < middle


def test_features_hold_eyes_brows_and_lips() -> None:
    features = face_features(GRID)
    for landmark in (159, 386, 13, 14, 52, 282):  # lids, lips, brows
        column, row = np.rint(GRID.vertices[landmark]).astype(int)
        assert features[row, column], landmark
    for name in ("crows_feet_r", "nasolabial_l", "chin"):
        assert features[face_regions(GRID)[name]].mean() < 0.03, name  # they touch at the corner of the mouth


# skin


def skin_like(seed: int = 0) -> np.ndarray:
    """Even skin with a little mottling, in linear light on the grid."""
    rng = np.random.default_rng(seed)
    mottled = cv2.GaussianBlur(rng.normal(size=(*GRID.shape, 1)), (0, 0), 2.0)[:, :, None]
    return (np.array([0.45, 0.28, 0.2]) * np.exp(0.1 * mottled)).astype(np.float32)


def test_hair_and_highlights_are_no_skin_and_creases_are() -> None:
    pose = fit_pose(seen_face())
    clean = skin_mask(skin_like(), pose, GRID)
    regions = face_regions(GRID)
    for name, mask in regions.items():
        assert clean.skin[mask & ~face_features(GRID)].mean() > 0.98, name
    colour = skin_like()
    hair = np.zeros(GRID.shape, bool)
    hair[: GRID.shape[0] // 4, : GRID.shape[1] // 2] = True
    colour[hair] = (0.03, 0.025, 0.02)
    shine = np.zeros(GRID.shape, bool)
    shine[110:116, 60:70] = True
    colour[shine] = 1.0
    crease = np.zeros(GRID.shape, bool)
    crease[100:160, 150:152] = True  # 2 mm wide and half as bright, as no crease is
    colour[crease] *= (0.5, 0.45, 0.45)
    found = skin_mask(colour, pose, GRID)
    assert found.skin[hair].mean() < 0.01
    assert not found.skin[shine].any()
    assert found.clipped > 0.0
    inner = crease & clean.skin
    assert found.skin[inner].mean() > 0.8  # all but where it runs into the lips


def test_the_far_side_of_a_turned_face_is_not_seen() -> None:
    turned = skin_mask(skin_like(), fit_pose(seen_face(yaw=20.0)), GRID)
    middle = round(-GRID.corner[0] / GRID.pitch)
    # turned to its own left: the left side, at the right of the picture, goes away
    assert turned.seen[:, :middle].sum() > 1.3 * turned.seen[:, middle:].sum()


# the whole


def test_a_real_face_becomes_a_texture(engine: FaceEngine, astronaut: Photo) -> None:
    face = face_texture(astronaut, engine)
    assert face.texture.light.shape == face.grid.shape
    assert np.isfinite(face.texture.light).all()
    assert face.texture.pitch == pytest.approx(face.grid.pitch * face.size)
    # outer eye corners 60 px apart are 80 to 100 mm in adults: 0.6 to 0.75 px/mm across the eyes
    assert 0.6e3 < face.scale.pixels_per_metre < 0.85e3
    assert 0.8 < face.size < 1.1
    bare = ~face_features(face.grid)
    share = {name: face.texture.skin[mask & bare].mean() for name, mask in face.texture.regions.items()}
    assert share["crows_feet_r"] > 0.7
    assert share["chin"] > 0.9
    assert share["forehead"] < 0.7  # a fringe covers its top
    assert "px/mm" in str(face)


def test_photographs_of_one_size_share_millimetres(engine: FaceEngine, hopper: Photo) -> None:
    first = face_texture(hopper, engine)
    large = replace(hopper, pixels=cv2.resize(hopper.pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))
    second = face_texture(large, engine)
    assert second.grid.pitch < 0.7 * first.grid.pitch  # more pixels, finer raster
    assert second.size == pytest.approx(first.size, rel=0.03)
    again = face_texture(large, engine, size=first.size, grid=first.grid)
    assert again.texture.pitch == first.texture.pitch
    both = first.texture.skin & again.texture.skin
    assert np.corrcoef(first.texture.light[both], again.texture.light[both])[0, 1] > 0.97


def test_the_raster_never_oversamples_by_much() -> None:
    for pixels_per_metre in (1000.0, 2000.0, 5000.0, 20000.0):
        grid = finest_grid(seen_face(pixels_per_metre), 1.0)
        assert grid.pitch >= 0.125e-3
        assert grid.pitch > 0.8 / pixels_per_metre  # the median triangle is seen at a slant
    assert grid.pitch == 0.125e-3


def test_a_black_photograph_of_a_face_has_no_skin(engine: FaceEngine, astronaut: Photo) -> None:
    flat = np.full_like(astronaut.pixels, 255)
    pose = fit_pose(engine.landmarks(astronaut))
    assert not skin_mask(np.ones((*GRID.shape, 3), np.float32), pose, GRID).skin.any()
    with pytest.raises(FaceError):
        face_texture(replace(astronaut, pixels=flat), engine)
