"""Saniee 2012: what is not known stays null, both readings, intervals, sizes."""

import json
import tomllib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from zygoma.errors import RangeError, UnknownNameError
from zygoma.evidence import Ledger, Study, wilson
from zygoma.evidence.study import Region
from zygoma.provenance import data_file

STUDY = Study.load()
REGIONS = {region.id: region for region in STUDY.regions}

NULLS = [
    ("study", "tables"),
    ("study", "p_values"),
    ("participants", "mean_age_y"),
    ("participants", "completed"),
    ("treatment", "device"),
    ("treatment", "current_uA"),
    ("treatment", "frequency_Hz"),
    ("treatment", "waveform"),
    ("treatment", "electrode"),
    ("rating", "scale"),
    ("satisfaction", "breakdown"),
]


def test_what_the_file_lists_as_not_available_is_null_through_load_and_json():
    raw = tomllib.loads(data_file("saniee_2012.toml").read_text(encoding="utf-8"))
    listed = {
        f"{name}.{key}"
        for name, table in raw.items()
        if isinstance(table, dict)
        for key in table.get("not_available", ())
    }
    listed |= {f"region.{entry['id']}.{key}" for entry in raw["region"] for key in entry["not_available"]}
    assert set(STUDY.not_available) == listed
    written = json.loads(json.dumps(STUDY.json(), allow_nan=False))
    for name in listed:
        table, *between, key = name.split(".")
        region = next((entry for entry in written["region"] if entry["id"] in between), None)
        assert (region or written[table])[key] is None
    assert set(written["not_available"]) == listed


@pytest.mark.parametrize(("table", "key"), NULLS)
def test_these_are_null(table, key):
    assert STUDY.facts[table][key] is None
    assert STUDY.json()[table][key] is None


def test_a_region_without_numbers_has_no_reading():
    for name in ("around_eye", "others"):
        region = REGIONS[name]
        assert (region.first_step, region.reading_a, region.reading_b) == (None, None, None)
    entry = next(entry for entry in STUDY.json()["region"] if entry["id"] == "around_eye")
    assert entry["reading_b"] is None
    assert entry["first_step_grades"] is None


def test_the_json_does_not_touch_the_study():
    STUDY.json()["region"][0]["first_step"] = 99
    assert STUDY.facts["region"][0]["first_step"] == 18.37
    assert "reading_a" not in STUDY.facts["region"][0]


def test_both_readings():
    forehead, mouth = REGIONS["forehead"], REGIONS["nose_mouth"]
    assert (forehead.reading_a, mouth.reading_a) == (21.18, 5.85)
    assert forehead.reading_b == pytest.approx(35.66, abs=0.005)  # as printed
    assert mouth.reading_b == pytest.approx(13.01, abs=0.005)


@given(first=st.floats(-50, 100), second=st.floats(-50, 100))
def test_reading_b_is_two_steps_on_a_score(first, second):
    end = 3.0 * (1 - first / 100)
    month = end * (1 - second / 100)
    found = Region("x", "x", "", first, second).reading_b
    assert found == pytest.approx(100 * (3.0 - month) / 3.0, abs=1e-9)


def test_the_numbers_agree_with_the_ledger():
    ledger = Ledger.load()
    cited = [id for entry in STUDY.facts["region"] for id in entry["evidence"]]
    steps = [step for region in STUDY.regions for step in (region.first_step, region.second_step) if step]
    assert [ledger[id].number for id in cited] == steps
    for table in ("study", "third_party", "size"):
        assert set(STUDY.facts[table]["evidence"]) <= set(ledger)


def test_sizes_in_grades():
    assert STUDY.grades(21.18) == pytest.approx((0.42, 0.53), abs=0.005)  # as printed
    assert STUDY.grades(7.61) == pytest.approx((0.15, 0.19), abs=0.005)
    least = STUDY.facts["size"]["least_important_difference"]
    assert max(STUDY.grades(21.18)) < least
    assert STUDY.facts["size"]["baseline_status"] == "assumption"


def test_attrition_is_unverified():
    third = STUDY.facts["third_party"]
    assert third["status"] == "unverified"
    assert third["completed"] == 19
    assert STUDY.facts["participants"]["completed"] is None


def test_satisfaction_intervals():
    found = {(case.satisfied, case.asked): case.interval for case in STUDY.satisfaction}
    printed = {(21, 30): (0.521, 0.833), (13, 19): (0.460, 0.846), (13, 30): (0.274, 0.608)}
    assert found.keys() == printed.keys()
    for counts, ends in printed.items():
        assert found[counts] == pytest.approx(ends, abs=0.0005)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.5, 0.999))
def test_wilson_is_that_of_scipy(counts, confidence):
    ours = wilson(*counts, confidence)
    theirs = stats.binomtest(*counts).proportion_ci(confidence, method="wilson")
    np.testing.assert_allclose(ours, theirs, atol=1e-9)
    assert 0 <= ours[0] <= counts[0] / counts[1] <= ours[1] <= 1


@pytest.mark.parametrize("given", [(1, 0), (3, 2), (-1, 2), (1, 2, 1.0), (1, 2, 0.0)])
def test_wilson_of_nothing(given):
    with pytest.raises(RangeError, match="expected"):
        wilson(*given)


def test_unknown_study():
    with pytest.raises(UnknownNameError, match="did you mean 'saniee-2012'"):
        Study.load("saniee")
