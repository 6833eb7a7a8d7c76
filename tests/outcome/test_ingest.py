"""Files become photographs, or a clear word says why not."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from zygoma.errors import InputError
from zygoma.outcome.exposure import Exposure, exposure_notes
from zygoma.outcome.ingest import read_photo
from zygoma.outcome.photo import linear_to_srgb, srgb_to_linear
from zygoma.outcome.visit import check_apart, read_visit

ROWS, COLUMNS = 160, 200


def picture() -> np.ndarray:
    """A picture without any symmetry."""
    y, x = np.mgrid[:ROWS, :COLUMNS]
    return np.stack([x, y, (x * y) // 200], axis=2).astype(np.uint8)


def save(path: Path, pixels: np.ndarray | None = None, **options: Any) -> Path:
    Image.fromarray(picture() if pixels is None else pixels).save(path, **options)
    return path


@pytest.mark.parametrize("suffix", ["png", "tif", "tiff"])
def test_lossless_files_are_read_as_they_are(tmp_path: Path, suffix: str) -> None:
    photo = read_photo(save(tmp_path / f"a.{suffix}"))
    np.testing.assert_array_equal(photo.pixels, picture())
    assert (photo.rows, photo.columns) == (ROWS, COLUMNS)
    assert not photo.grey


def test_jpeg_is_read_within_its_loss(tmp_path: Path) -> None:
    photo = read_photo(save(tmp_path / "a.jpg", quality=98))
    assert np.abs(photo.pixels.astype(int) - picture()).mean() < 2  # chroma at half resolution


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(tmp_path: Path, orientation: int) -> None:
    """The file is laid so that Pillow's own reading of the tag gives the picture back."""
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    laid = Image.fromarray(picture())
    laid = laid if undo is None else laid.transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = orientation
    laid.save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(read_photo(tmp_path / "a.png").pixels, picture())


def test_exposure_is_kept_as_numbers_and_nothing_else(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x013B] = "Maker", "Model 7", "A. Person"
    own = exif.get_ifd(0x8769)
    own.update({0x829A: 1 / 125, 0x829D: 2.8, 0x8827: 200, 0x9209: 1, 0x920A: 4.2, 0xA402: 0, 0xA403: 1})
    own[0x927C] = b"SERIAL-12345"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 5.0, 1.0)})
    photo = read_photo(save(tmp_path / "a.jpg", exif=exif))
    exposure = photo.exposure
    assert exposure.time == pytest.approx(1 / 125)
    assert exposure.f_number == pytest.approx(2.8)
    assert exposure.iso == 200
    assert exposure.focal_length == pytest.approx(4.2e-3)
    assert exposure.flash is True
    assert exposure.automatic is True
    assert exposure.automatic_balance is False
    # f/2.8 at 1/125 s is EV 9.94 at ISO 100, one less at ISO 200
    assert exposure.value == pytest.approx(8.94, abs=0.01)
    told = repr(photo) + str(photo) + repr(vars(exposure))
    for trace in ("Maker", "Model", "Person", "SERIAL", "52.0"):
        assert trace not in told


def test_nonsense_in_exif_is_not_believed(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 77
    exif.get_ifd(0x8769).update({0x829A: 0.0, 0x8827: 0, 0x829D: "wide"})
    photo = read_photo(save(tmp_path / "a.png", exif=exif))
    np.testing.assert_array_equal(photo.pixels, picture())
    assert photo.exposure == Exposure()
    assert photo.exposure.value is None


def test_what_cameras_say_is_remarked_on() -> None:
    same = Exposure(0.01, 2.8, 100, focal_length=4e-3, flash=True, automatic=False, rendered=0)
    assert exposure_notes([same, same], [same]) == ()
    brighter = Exposure(time=0.02, f_number=2.8, iso=100, focal_length=5e-3, flash=False, rendered=3)
    told = " ".join(exposure_notes([same], [brighter]))
    for word in ("flash", "focal length", "1.0 EV", "processed"):
        assert word in told
    assert exposure_notes([Exposure()], [Exposure()]) == ()


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    import hashlib

    path = save(tmp_path / "a.png")
    assert read_photo(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_keep_all_their_levels(tmp_path: Path, suffix: str, channels: int) -> None:
    deep = np.random.default_rng(1).integers(0, 2**16, (ROWS, COLUMNS, 3)).astype(np.uint16)
    full = np.full((ROWS, COLUMNS), 65535, np.uint16)
    written = {1: deep[:, :, 0], 3: deep[:, :, ::-1], 4: np.dstack([deep[:, :, ::-1], full])}[channels]
    content = cv2.imencode(f".{suffix}", np.ascontiguousarray(written))[1].tobytes()
    (tmp_path / f"a.{suffix}").write_bytes(content)
    photo = read_photo(tmp_path / f"a.{suffix}")
    assert photo.pixels.dtype == np.uint16
    assert photo.grey == (channels == 1)
    expected = np.repeat(deep[:, :, :1], 3, axis=2) if channels == 1 else deep
    np.testing.assert_array_equal(photo.pixels, expected)
    assert photo.display.dtype == np.uint8


def test_grey_is_taken_and_said(tmp_path: Path) -> None:
    photo = read_photo(save(tmp_path / "a.png", picture()[:, :, 0]))
    assert photo.grey
    np.testing.assert_array_equal(photo.pixels, np.repeat(picture()[:, :, :1], 3, axis=2))


def test_full_alpha_is_dropped_and_a_cut_out_refused(tmp_path: Path) -> None:
    whole = np.dstack([picture(), np.full((ROWS, COLUMNS), 255, np.uint8)])
    np.testing.assert_array_equal(read_photo(save(tmp_path / "a.png", whole)).pixels, picture())
    whole[:20, :20, 3] = 0
    with pytest.raises(InputError, match="transparent"):
        read_photo(save(tmp_path / "b.png", whole))


def test_a_wide_gamut_profile_is_converted(tmp_path: Path) -> None:
    """A profile with red and blue of sRGB swapped: its picture comes out with them swapped."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = read_photo(save(tmp_path / "a.png", icc_profile=srgb))
    np.testing.assert_array_equal(photo.pixels, picture())
    swapped = srgb.replace(b"rXYZ", b"____").replace(b"bXYZ", b"rXYZ").replace(b"____", b"bXYZ")
    swapped = swapped.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))
    photo = read_photo(save(tmp_path / "b.png", icc_profile=swapped))
    apart = np.abs(photo.pixels.astype(int) - picture()[:, :, ::-1])
    assert apart.max() <= 3  # rounding of the profile's tables


def spoiled(kind: str, path: Path) -> Path:
    if kind == "tiny":
        return save(path.with_suffix(".png"), picture()[:10, :10])
    if kind == "cmyk":
        Image.fromarray(picture()).convert("CMYK").save(path.with_suffix(".jpg"))
        return path.with_suffix(".jpg")
    if kind == "folder":
        path.mkdir()
        return path
    contents = {
        "text": b"not a picture at all\n" * 50,
        "empty": b"",
        "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(100),
        "raw": bytes(200),
    }
    path = path.with_suffix({"heic": ".HEIC", "raw": ".CR2", "text": ".jpg", "empty": ".png"}[kind])
    path.write_bytes(contents[kind])
    return path


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("tiny", "10 x 10 pixels"),
        ("cmyk", "CMYK.*RGB"),
        ("folder", "is a folder"),
        ("text", "no picture"),
        ("empty", "is empty"),
        ("heic", "HEIC.*licence.*JPEG"),
        ("raw", "raw photograph.*16-bit TIFF"),
    ],
)
def test_what_is_no_photograph_is_refused_clearly(tmp_path: Path, kind: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_photo(spoiled(kind, tmp_path / "a"))


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read .*absent\.png"):
        read_photo(tmp_path / "absent.png")


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_a_cut_file_is_refused(tmp_path: Path, suffix: str, share: float) -> None:
    noise = np.random.default_rng(2).integers(0, 256, (ROWS, COLUMNS, 3)).astype(np.uint8)
    path = save(tmp_path / f"a.{suffix}", noise)
    path.write_bytes((content := path.read_bytes())[: int(len(content) * share)])
    with pytest.raises(InputError, match=r"damaged|no picture"):
        read_photo(path)


def test_a_cut_file_of_sixteen_bits_is_refused(tmp_path: Path) -> None:
    deep = np.random.default_rng(2).integers(0, 2**16, (ROWS, COLUMNS, 3)).astype(np.uint16)
    content = cv2.imencode(".png", deep)[1].tobytes()
    (tmp_path / "a.png").write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=r"damaged|no picture"):
        read_photo(tmp_path / "a.png")


def test_no_damage_escapes_as_another_error(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    buffer = io.BytesIO()
    for suffix in ("png", "jpeg", "tiff"):
        buffer.seek(0)
        buffer.truncate()
        Image.fromarray(picture()).save(buffer, format=suffix)
        for _ in range(40):
            content = bytearray(buffer.getvalue())
            for place in rng.integers(0, min(len(content), 400), 6):
                content[place] = rng.integers(0, 256)
            path = tmp_path / f"a.{suffix}"
            path.write_bytes(content)
            try:
                read_photo(path)
            except InputError:
                continue


def test_tone_curve_is_that_of_srgb() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(1, -1, 1).repeat(3, axis=2)
    light = srgb_to_linear(levels)
    assert light[0, 0, 0] == 0.0
    assert light[0, 255, 0] == 1.0
    assert light[0, 188, 0] == pytest.approx(0.5029, abs=1e-4)  # half the light is level 188
    np.testing.assert_array_equal(linear_to_srgb(light), levels)
    deep = srgb_to_linear(levels.astype(np.uint16) * 257)
    np.testing.assert_allclose(deep, light, atol=1e-6)


def test_a_folder_is_a_visit_in_natural_order(tmp_path: Path) -> None:
    for number in (10, 9, 1):
        pixels = picture()
        pixels[0, 0] = number
        save(tmp_path / f"photo{number}.png", pixels)
    (tmp_path / "notes.txt").write_text("light: ring")
    (tmp_path / ".hidden").write_text("")
    visit = read_visit(tmp_path)
    assert [p.name for p in visit.paths] == ["photo1.png", "photo9.png", "photo10.png"]
    assert [p.name for p in visit.ignored] == ["notes.txt"]
    assert visit.photo(1).pixels[0, 0, 0] == 9
    assert len(read_visit(tmp_path / "photo1.png")) == 1


def test_a_copy_is_no_repeat(tmp_path: Path) -> None:
    save(tmp_path / "a.png")
    save(tmp_path / "b.png")
    with pytest.raises(InputError, match=r"b\.png is a copy of a\.png"):
        read_visit(tmp_path)


def test_a_copy_in_both_visits_is_refused(tmp_path: Path) -> None:
    for place, shade in (("before", 1), ("after", 2)):
        (tmp_path / place).mkdir()
        save(tmp_path / place / "1.png", picture() // shade)
    before, after = (read_visit(tmp_path / place) for place in ("before", "after"))
    check_apart(before, after)
    save(tmp_path / "after" / "2.png", picture())
    with pytest.raises(InputError, match=r"before/1\.png .*after/2\.png .*the same photograph"):
        check_apart(before, read_visit(tmp_path / "after"))
    with pytest.raises(InputError, match="the same photograph"):
        check_apart(before, before)


def test_an_empty_or_absent_visit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no photograph"):
        read_visit(tmp_path)
    with pytest.raises(InputError, match="there is no"):
        read_visit(tmp_path / "absent")
    for number in range(51):
        (tmp_path / f"{number}.jpg").write_text(str(number))
    with pytest.raises(InputError, match="51 files"):
        read_visit(tmp_path)
