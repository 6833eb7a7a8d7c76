"""Two folders of photographs to an answer, as a user goes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from zygoma.cli.main import app
from zygoma.outcome import wrinkle
from zygoma.outcome.face_engine import FaceEngine
from zygoma.outcome.face_texture import face_texture
from zygoma.outcome.ingest import read_photo
from zygoma.outcome.photo import Photo
from zygoma.outcome.render.portrait import Portrait
from zygoma.outcome.wrinkle import Wrinkle

RUN = CliRunner()


def _compare(before: Path, after: Path, out: Path, *words: str) -> dict:
    given = ["outcome", "compare", str(before), str(after), "--out", str(out), "--json", *words]
    result = RUN.invoke(app, given)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def rng() -> np.random.Generator:
    return np.random.default_rng(321)


@pytest.fixture(scope="module")
def portrait(astronaut: Photo, engine: FaceEngine, rng: np.random.Generator) -> Portrait:
    return Portrait.of(astronaut, rng, resolution=5e3, deep=1.2, engine=engine)


@pytest.fixture(scope="module")
def before(portrait, sit, rng, tmp_path_factory) -> Path:
    return sit(portrait, tmp_path_factory.mktemp("Müller, Jörg") / "vorher", rng)


@pytest.mark.slow
def test_the_same_face_again(portrait, sit, before, rng, tmp_path) -> None:
    after = sit(portrait, tmp_path / "again", rng)
    found = _compare(before, after, tmp_path / "Bericht über sie")
    assert found["verdict"] == "not distinguishable", found["reasons"]
    assert found["regions"][0]["name"] == "all"
    for region in found["regions"]:
        assert set(region) >= {"name", "change_pct", "low", "high", "sdc_pct", "verdict"}
        if region["verdict"] != "not comparable":
            assert region["low"] < region["change_pct"] < region["high"]
    # a lift of 1.96 x sqrt(2) x 0.05 mm is what the method itself may add
    assert all(abs(lift["up"]) < 0.3 for lift in found["lift_mm"].values())
    page = Path(found["report"])
    text = page.read_text(encoding="utf-8")
    assert "http" not in text
    assert (page.parent / "wrinkles.json").is_file()
    again = RUN.invoke(
        app,
        ["outcome", "compare", str(before), str(after), "--wrinkles", str(page.parent / "wrinkles.json"),
         "--out", str(tmp_path / "two"), "--json"],
    )  # fmt: skip
    for one, other in zip(json.loads(again.stdout)["regions"], found["regions"], strict=True):
        # kept to a ten-thousandth of a millimetre
        assert one["verdict"] == other["verdict"]
        if one["change_pct"] is not None:
            assert one["change_pct"] == pytest.approx(other["change_pct"], abs=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("case", [{"elevation": 65.0}, {"gamma": 1.15}])
def test_another_light_or_tone_is_not_comparable(case, portrait, sit, before, rng, tmp_path) -> None:
    found = _compare(before, sit(portrait, tmp_path / "other", rng, **case), tmp_path / "out")
    assert found["verdict"] == "not comparable"
    assert found["reasons"]
    for part in (*found["regions"], *found["lift_mm"].values()):
        assert part["verdict"] == "not comparable"
        assert part["sdc_pct" if "name" in part else "sdc"] is None, "no number of what cannot be compared"
    page = Path(found["report"]).read_text(encoding="utf-8")
    assert 'id="regions"' not in page
    assert 'id="lift"' not in page


@pytest.mark.slow
def test_a_fade_is_found_and_measured_on_the_lines_that_fade(portrait, sit, before, rng, tmp_path) -> None:
    after = sit(portrait.faded(0.3), tmp_path / "faded", rng)
    assert _compare(before, after, tmp_path / "out")["verdict"] == "improved"
    first = face_texture(read_photo(before / "1.jpg"))
    lines = [Wrinkle(f"w{k}", "", first.size * groove.points) for k, groove in enumerate(portrait.grooves)]
    wrinkle.save(tmp_path / "carved.json", lines)
    found = _compare(before, after, tmp_path / "two", "--wrinkles", str(tmp_path / "carved.json"))
    assert found["regions"][0]["low"] <= -30.0 <= found["regions"][0]["high"]


@pytest.mark.slow
def test_a_lift_is_measured(portrait, sit, before, rng, tmp_path) -> None:
    lifted = sit(portrait, tmp_path / "lifted", rng, shift=portrait.vertex_shift(364, 3e-3))
    found = _compare(before, lifted, tmp_path / "out")["lift_mm"]
    assert found["jowl_l"]["low"] > 0.2
    assert abs(found["brow_r"]["up"]) < 0.3


@pytest.mark.parametrize("name", ["astronaut", "hopper"])
def test_one_photograph_each_is_no_comparison(name: str, tmp_path: Path) -> None:
    photo = Path(__file__).parent / "photos" / "astronaut.jpg"
    if name == "hopper":
        from matplotlib import get_data_path

        photo = Path(get_data_path()) / "sample_data" / "grace_hopper.jpg"
    with Image.open(photo) as same:
        same.save(tmp_path / "after.png")
    found = _compare(photo, tmp_path / "after.png", tmp_path / "out")
    assert found["verdict"] == "not comparable"
    assert any("three" in reason or "3 of each" in reason for reason in found["reasons"])


@pytest.mark.slow
def test_other_people_are_not_compared(hopper, sit, before, rng, engine, tmp_path) -> None:
    other = Portrait.of(hopper, rng, resolution=5e3, engine=engine)
    found = _compare(before, sit(other, tmp_path / "other", rng), tmp_path / "out")
    assert found["verdict"] == "not comparable"
    assert any("look like different people" in reason for reason in found["reasons"])


@pytest.mark.slow
def test_one_visit_is_measured(tmp_path: Path) -> None:
    small = Path(__file__).parent / "photos" / "astronaut.jpg"
    refused = RUN.invoke(app, ["outcome", "measure", str(small)])
    assert refused.exit_code == 2
    assert "nearer or larger" in refused.stderr
    with Image.open(small) as photo:
        photo.resize((8 * photo.width, 8 * photo.height)).save(tmp_path / "large.png")
    result = RUN.invoke(app, ["outcome", "measure", str(tmp_path / "large.png"), "--json"])
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["regions"][0]["name"] == "all"
    assert found["regions"][0]["cv_pct"] is None, "one photograph repeats nothing"
    assert found["pixels_per_mm"] > 3
    assert found["photographs"][0]["resolution"]["passed"] is True
    assert abs(found["pose_deg"]["yaw"]) < 20
    for command in ("measure", "wrinkles"):
        wrong = RUN.invoke(app, ["outcome", command, str(tmp_path / "large.png"), "--scale", "60"])
        assert wrong.exit_code == 2
        assert "60.00 px/mm by value given" in wrong.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["none", "none"], "there is no none"),
        (["cat", "astronaut"], "cat.jpg"),
        (["astronaut", "astronaut"], "the same photograph"),
        (["astronaut", "astronaut", "--scale", "much"], "pixels to a millimetre"),
        (["astronaut", "astronaut", "--scale", "card"], "scale card"),
        (["astronaut", "astronaut", "--wrinkles", "none.json"], "none.json"),
    ],
)
def test_wrong_use_writes_nothing(words: list[str], message: str, tmp_path: Path) -> None:
    photos = Path(__file__).parent / "photos"
    given = [str(photos / f"{word}.jpg") if word in ("cat", "astronaut") else word for word in words]
    result = RUN.invoke(app, ["outcome", "compare", *given, "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert message in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_scans_are_compared_by_the_same_command(tmp_path: Path) -> None:
    import trimesh

    from zygoma.outcome.scan_truth import head

    skin = head()
    for place, aside in (("before", 0.0), ("after", 1e-3)):
        (tmp_path / place).mkdir()
        trimesh.Trimesh(1e3 * (skin.points + aside), skin.triangles, process=False).export(
            tmp_path / place / "face.ply"
        )
    found = _compare(tmp_path / "before", tmp_path / "after", tmp_path / "out")
    assert found["verdict"] == "not comparable", "one scan each tells nothing of how well scans repeat"
    assert found["regions"]
    assert Path(found["report"]).is_file()
    mixed = RUN.invoke(
        app, ["outcome", "compare", str(tmp_path / "before"), str(tmp_path), "--out", str(tmp_path)]
    )
    assert mixed.exit_code == 2
    assert "one kind" in mixed.stderr
    scans = [str(tmp_path / place) for place in ("before", "after")]
    neck = RUN.invoke(app, ["outcome", "compare", *scans, "--neck", "--out", str(tmp_path / "neck")])
    assert neck.exit_code == 2
    assert "for photographs" in neck.stderr


@pytest.mark.parametrize("words", [["capture-guide"], ["measure", "x.jpg"], ["compare", "x.jpg", "x.jpg"]])
def test_without_the_extra_it_says_what_to_install(
    words: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from zygoma.outcome import extra

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(extra, "find_spec", lambda name: None if name == "cv2" else object())
    result = RUN.invoke(app, ["outcome", *words])
    assert result.exit_code == 2
    assert 'pip install "zygoma[photo]"' in result.stderr
    assert not list(tmp_path.iterdir())
