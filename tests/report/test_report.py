"""The folder of a report holds the page, the numbers, the tables and the field."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import meshio
import numpy as np
import pytest

from zygoma.errors import InputError
from zygoma.plan import Treatment
from zygoma.report import answer, report
from zygoma.report.words import number, percent, phrase, sided


@pytest.fixture(scope="module")
def page(treatment: Treatment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report(treatment, tmp_path_factory.mktemp("report"))


def test_page_is_self_contained_and_complete(page: Path, treatment: Treatment) -> None:
    text = page.read_text(encoding="utf-8")
    for part in (
        "answer",
        "face",
        "responses",
        "depth",
        "freeways",
        "layers",
        "muscles",
        "regions",
        "current",
    ):
        assert f'id="{part}"' in text
    for part in ("limits", "assumptions", "credibility", "definitions"):
        assert f'id="{part}"' in text
    assert 'src="http' not in text
    assert 'href="http' not in text
    assert all(sentence in text for sentence in treatment.assumptions)
    assert "Depressor anguli oris, right" in text


def test_numbers_are_those_of_the_treatment(page: Path, treatment: Treatment) -> None:
    found = json.loads((page.parent / "result.json").read_text(encoding="utf-8"))
    assert found["report"] == str(page)
    assert found["current_reaching"] == dict(treatment.current_reaching)
    assert sum(found["tissue_power_fraction"].values()) == pytest.approx(1.0)
    assert found["muscles"][0]["side"] == "r"
    with (page.parent / "muscles.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(treatment.muscles)
    assert float(rows[0]["J_p95_A_m2"]) == treatment.muscles[0].J_p95


def test_every_number_of_the_result_is_defined(treatment: Treatment) -> None:
    from zygoma.provenance import load_data

    defined = set(load_data("definitions.toml"))
    result = treatment.json()
    assert {key for key in result["muscles"][0] if key not in ("name", "side", "volume_m3")} <= defined
    assert {"tissue_power_fraction", "contact_power_fraction", "current_reaching", "depth_profile"} <= defined


def test_field_is_written_for_paraview(page: Path, treatment: Treatment) -> None:
    mesh = meshio.read(page.parent / "dose.vtu")
    assert np.array_equal(mesh.cells[0].data, treatment.face.tets)
    assert np.allclose(mesh.cell_data["charge_density_C_m2"][0], treatment.dose.charge, rtol=1e-6)


def test_nothing_but_the_report_is_left(page: Path) -> None:
    assert {path.name for path in page.parent.iterdir()} == {
        "report.html", "result.json", "dose.vtu",
        "muscles.csv", "regions.csv", "tissues.csv", "responses.csv",
    }  # fmt: skip


def test_a_file_in_place_of_the_folder_is_refused(treatment: Treatment, tmp_path: Path) -> None:
    (tmp_path / "report").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="give a folder"):
        report(treatment, tmp_path / "report")


def test_freeways_sentence_follows_from_the_numbers(treatment: Treatment) -> None:
    text = " ".join(answer.freeways(treatment))
    assert percent(treatment.quiet_volume_fraction) in text
    assert (
        "16 times less" in text
    )  # the brain lies two shells below the muscles, each a quarter of the one above
    assert "insulated by assumption" in text
    eye = replace(treatment.tissues[0], name="eye", J_mean=0.0295)
    told = " ".join(answer.freeways(replace(treatment, tissues=(*treatment.tissues, eye))))
    assert "0.0295 A/m² in the eyes and" in told


def test_answer_names_the_most_and_the_least_dosed_muscle(treatment: Treatment) -> None:
    text = " ".join(answer.sentences(treatment))
    assert "the right zygomaticus major gets the most: 144 C/m²" in text
    assert "The procerus gets 60 times less" in text
    assert "95 % of it carries less than 0.9 A/m²" in text


def test_a_muscle_that_gets_the_same_on_both_sides_is_named_without_side(treatment: Treatment) -> None:
    top = treatment.most_dosed
    left = replace(top, name="zygomaticus_major_l", side="l", charge_density=0.995 * top.charge_density)
    others = tuple(row for row in treatment.muscles if row.name != left.name)
    same = replace(treatment, muscles=(*others, left))
    assert "the zygomaticus major gets the most" in " ".join(answer.sentences(same))
    assert "95 %" in answer.key_facts(same)[1].what
    assert answer.key_facts(same)[1].note == "in the zygomaticus major"


def test_layers_that_begin_at_one_level_are_told_once(treatment: Treatment) -> None:
    shares = {"skin": 1.0, "smas": 0.6, "muscle": 0.6, "bone": 0.2, "tooth": 0.2}
    shares |= {"tongue": 0.25, "brain": 0.25, "eye": 0.25}
    found = replace(treatment, current_reaching=shares)
    told = "skin 100%; facial muscles 60%; bone 20%; eye, tongue, brain 25%"
    assert f"current reaching each layer: {told}" in str(found)
    assert [heading for heading, *_ in answer.reaching(found)][-1] == "Eye, tongue, brain"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.12345, "0.123"), (1234.5, "1,234"), (2.9e-4, "2.9·10⁻⁴"), (None, "–"), (12.0, "12")],
)
def test_numbers_are_written_for_people(value: float | None, text: str) -> None:
    assert number(value) == text


def test_names_are_written_for_people() -> None:
    assert sided("dao_l", "l") == "Depressor anguli oris, left"
    assert phrase("procerus", "mid") == "the procerus"
    assert percent(0.0004) == "< 0.1 %"
