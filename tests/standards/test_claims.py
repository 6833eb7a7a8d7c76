"""Words of claims and questions before a session."""

import pytest

from zygoma.errors import InputError, UnknownNameError
from zygoma.provenance import load_data
from zygoma.standards import check_claims, checklist, screen


def flags(text):
    return [finding.word for finding in check_claims(text) if finding.verdict == "flag"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("For wrinkle removal at home.", "wrinkle-removal"),
        ("It removes your fine lines.", "wrinkle-removal"),
        ("Cellulite melts away.", "cellulite-removal"),
        ("Treats sagging skin.", "treat"),
        ("Your treatment takes five minutes.", "treat"),
        ("Helps skin to heal.", "heal"),
        ("ATP therapy for wounds", "atp"),
        ("Increases ATP by 500 %", "atp"),
        ("reduces the appearance of wrinkling", "wrinkle-reduction"),
        ("FDA approved", "cleared"),
        ("a more youthful look", "younger"),
        ("tightens skin", "firmer"),
        ("clinically proven", "proven"),
    ],
)
def test_flagged(text, word):
    assert word in flags(text)


@pytest.mark.parametrize(
    "text",
    [
        "The device is intended for facial stimulation and is indicated for over-the-counter cosmetic use.",
        "Healthy adults; a healthy diet. FDA cleared, K103472.",
        "Peak current 400 uA into 500 ohm, phase charge 24 uC.",
        "It is not intended to treat or heal any disease.",
        "Change of wrinkle depth: reduction of wrinkle depth 3 % (95 % CI -1 to 7 %).",
    ],
)
def test_allowed(text):
    assert flags(text) == []


def test_place_reason_and_source():
    (finding,) = check_claims("Line one.\nNow wrinkle\nremoval for all.")
    assert (finding.line, finding.column, finding.text) == (2, 5, "wrinkle removal")
    assert "355.200" in finding.source
    assert finding.status == "read"
    assert "cosmetic" in finding.instead


def test_measured_and_denied_are_shown_as_allowed():
    (measured,) = check_claims("Wrinkle reduction of 2 % ± 1 % in 20 people.")
    assert measured.verdict == "measured"
    assert flags("Wrinkle reduction of 2 % in 20 people.") == ["wrinkle-reduction"]
    assert flags("Wrinkle removal of 2 % ± 1 %.") == ["wrinkle-removal"]  # no interval makes it lawful
    (denied,) = check_claims("This does not treat anything.")
    assert denied.verdict == "denied"
    assert flags("This not only treats the skin.") == ["treat"]
    assert flags("No pain. It treats the skin.") == ["treat"]
    assert flags("No other device removes wrinkles without surgery.") == ["wrinkle-removal"]


def test_words_cite_a_source():
    data = load_data("claims.toml")
    for entry in data["word"]:
        assert entry["source"] in data["source"]
        assert entry["status"] in ("read", "product")


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
    neck = screen(answers(), regions=["cheek", "neck_front"])
    assert [item.id for item in neck.blocked] == ["site-carotid-sinus"]


def test_screening_wrong_use():
    with pytest.raises(UnknownNameError, match="pregnancy"):
        screen({"pregnant": True})
    with pytest.raises(InputError, match="true or false"):
        screen({"pregnancy": "no"})
