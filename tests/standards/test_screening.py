"""Questions before a session and what their answers allow."""

import pytest

from zygoma.errors import InputError, UnknownNameError
from zygoma.provenance import load_data
from zygoma.standards import checklist, screen


def test_checklist():
    items = {item.id: item for item in checklist()}
    assert len(items) == 20
    assert {item.action for item in items.values()} == {"block", "ask", "site", "warn"}
    conflicts = {entry["id"] for entry in load_data("statements.toml")["conflict"]}
    assert {item.conflict for item in items.values() if item.conflict} == conflicts
    assert all(item.sources for item in items.values())


def answers(**changes):
    return {i.id: i.good == "yes" for i in checklist() if i.personal} | changes


def test_screening():
    assert screen(answers()).allowed
    assert not screen({}).allowed
    assert len(screen({}).unanswered) == len(answers())
    pregnant = screen(answers(pregnancy=True))
    assert [item.id for item in pregnant.blocked] == ["pregnancy"]
    heart = screen(answers(heart=True))
    assert [item.id for item in heart.ask] == ["heart"]
    assert not heart.allowed
    dry = screen(answers(gel=False))
    assert [item.id for item in dry.warned] == ["gel"]
    assert dry.allowed
    neck = screen(answers(), regions=["malar_cheek", "neck_front"])
    assert [item.id for item in neck.blocked] == ["site-carotid-sinus"]


def test_screening_wrong_use():
    with pytest.raises(UnknownNameError, match="pregnancy"):
        screen({"pregnant": True})
    with pytest.raises(InputError, match="true or false"):
        screen({"pregnancy": "no"})


@pytest.mark.parametrize(
    "regions", ["eyes", ["eyes"], ("malar_cheek_r", "eyes"), "neck_side_l", iter(["thorax"])]
)
def test_a_place_is_refused_by_itself_in_a_list_and_with_its_side(regions):
    assert not screen(answers(), regions).allowed


@pytest.mark.parametrize("regions", ["malar_cheek", "malar_cheek_r", [], ["malar_cheek_l", "malar_cheek"]])
def test_other_places_are_allowed(regions):
    assert screen(answers(), regions).allowed


@pytest.mark.parametrize("regions", ["eyez", ["eyez", "Neck"], ["Eyes"], "", ["eyes_r"], [" eyes"]])
def test_unknown_places_are_refused(regions):
    with pytest.raises(UnknownNameError, match="unknown region"):
        screen(answers(), regions)


@pytest.mark.parametrize(
    ("given", "regions"), [(None, ()), ([], ()), ("yes", ()), ({}, None), ({}, 3), ({}, [None])]
)
def test_what_is_no_answer_and_no_place(given, regions):
    with pytest.raises(InputError, match="expected"):
        screen(given, regions)
