"""A plan is read, changed and refused as the command line promises."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zygoma.errors import InputError, RangeError, UnitError, UnknownNameError
from zygoma.plan.plan import Plan, default_resolution


def write(folder: Path, text: str) -> Path:
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_built_in_plan_is_complete() -> None:
    plan = Plan.load()
    assert (plan.device.name, plan.device.current) == ("myolift-mini", 400e-6)
    assert plan.programme.name == "full-face"
    assert plan.programme.neck is False


def test_file_and_overrides(tmp_path: Path) -> None:
    path = write(tmp_path, '[face]\nage = 60\n[programme]\nsession = "5 min"\n')
    plan = Plan.load(path, ['device.current="300 uA"', "programme.sessions=3", "face.sex=male"])
    assert plan.face.age == 60
    assert plan.face.sex == "male"
    assert plan.programme.session == 300.0
    assert plan.device.current == pytest.approx(300e-6, rel=1e-12)
    assert plan.programme.sessions == 3


def test_quotation_marks_may_be_eaten_by_the_shell() -> None:
    assert Plan.load(overrides=["device.current=300 uA"]) == Plan.load(overrides=['device.current="300 uA"'])


@given(st.floats(min_value=1e-7, max_value=1e-2))
def test_what_is_written_is_read_again(current: float) -> None:
    plan = Plan.from_dict({"device": {"current": f"{current!r} A"}})
    assert Plan.from_dict(plan.as_dict()).device.current == pytest.approx(
        current, rel=1e-5
    )  # 6 digits are written


@pytest.mark.parametrize(
    ("override", "error", "words"),
    [
        ("device.curent=300 uA", UnknownNameError, "did you mean 'current'"),
        ("devise.current=300 uA", UnknownNameError, "did you mean 'device'"),
        ("device.current=400", UnitError, "no unit"),
        ("device.current=400 mV", UnitError, "not a quantity in A"),
        ("programme.session=lots", UnitError, "programme.session"),
        ("device.current=-4 uA", RangeError, "greater than 0"),
        ("face.age=12", RangeError, "greater than or equal to 18"),
        ("face.bmi=99", RangeError, "less than or equal to 45"),
        ("face.age=old", RangeError, "face.age"),
        ("programme.technique=towards", UnknownNameError, "did you mean 'toward'"),
        ("options.resolution=finest", UnknownNameError, "did you mean 'fine'"),
        ("programme.sessions=0", RangeError, "programme.sessions"),
        ("current", InputError, "section.key=value"),
        ("face.age.years=3", RangeError, "face.age"),
    ],
)
def test_bad_values_are_refused_in_one_line(override: str, error: type[InputError], words: str) -> None:
    with pytest.raises(error) as caught:
        Plan.load(overrides=[override])
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unreadable_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read plan"):
        Plan.load(tmp_path / "absent.toml")
    with pytest.raises(InputError, match="is not TOML"):
        Plan.load(write(tmp_path, "[face\n"))
    (tmp_path / "plan.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        Plan.load(tmp_path / "plan.toml")


def test_device_file_is_found_beside_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.toml").write_text("", encoding="utf-8")
    path = write(tmp_path, '[device]\nname = "mine.toml"\nelectrode = "absent.toml"\n')
    monkeypatch.chdir(tmp_path.parent)
    plan = Plan.load(path)
    assert plan.device.name == str(tmp_path / "mine.toml")
    assert plan.device.electrode == "absent.toml"


def test_hash_follows_the_content() -> None:
    plan = Plan.load()
    assert plan.hash() == Plan.load(overrides=["device.current=0.4 mA"]).hash()
    assert plan.hash() != Plan.load(overrides=["device.current=399 uA"]).hash()


def test_without_the_direct_solver_coarse_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zygoma.plan.plan.find_spec", lambda name: None)
    resolution, reason = default_resolution()
    assert resolution == "coarse"
    assert reason is not None
    assert "iterative" in reason


def test_a_value_in_place_of_a_section():
    with pytest.raises(RangeError, match=r"face = 3 in the plan; expected a \[face\] section"):
        Plan.from_dict({"face": 3})
    with pytest.raises(RangeError, match=r"expected a \[face.morphs\] section"):
        Plan.from_dict({"face": {"morphs": 3}})
    with pytest.raises(InputError, match="expected a mapping of sections"):
        Plan.from_dict([3])


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("priors.coll_bb=1", "coll_b"),
        ("priors.coll_b.sd=-1", "coll_b"),
        ('priors.coll_b="much"', "coll_b"),
        ("priors.coll_b=true", "pure number"),
        ("priors.wound_field=hello", "number in mV/mm"),
        ("priors.nope=normal(0,1)", "unknown prior 'nope'"),
        ("priors.coll_pools=1.5", "whole number"),
        ("priors.flow_Emax.median=0", "flow_Emax"),
    ],
)
def test_a_prior_that_cannot_be_is_refused_when_the_plan_is_read(override: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Plan.load(overrides=[override])


def test_priors_are_read_in_all_their_forms() -> None:
    plan = Plan.load(overrides=["priors.coll_b.mean=0.1", "priors.flow_Emax=3"])
    assert plan.priors == {"coll_b": {"mean": 0.1}, "flow_Emax": 3.0}
    assert plan.as_dict()["priors"] == {"coll_b": {"mean": 0.1}, "flow_Emax": 3.0}
