"""The ledger: complete, unique, searchable; its computed rows computed again."""

import math
import re

import pytest

import zygoma
from zygoma import evidence
from zygoma.errors import UnknownNameError
from zygoma.evidence import Ledger, grades, links

LEDGER = Ledger.load()


def test_every_row_is_complete_and_unique():
    assert len(LEDGER) == 103
    assert list(LEDGER) == [f"E{number:03}" for number in range(1, 104)]
    assert len({(row.claim, row.quantity, row.citation) for row in LEDGER.values()}) == len(LEDGER)
    for row in LEDGER.values():
        assert row.topic
        assert row.claim
        assert row.citation
        assert row.read_level in ("full", "abstract", "secondary", "computed", "unverified")
        assert row.link is None or row.link in links()
        assert row.level is None or re.fullmatch(r"[1-5](-[1-5])?", row.level)
        assert row.certainty in (None, "none", "very low", "low", "moderate", "high")


def test_what_was_computed_here_cites_no_publication_and_what_was_not_does():
    for row in LEDGER.values():
        if "own calculation" in row.citation:
            assert row.read_level == "computed"
            assert row.identifier is None


def test_a_number_is_a_plain_number():
    assert LEDGER["E001"].number == 18.37
    assert LEDGER["E091"].number == 0.27
    assert LEDGER["E009"].stated == "18.6 %"
    for id in ("E005", "E015", "E046", "E062", "E074", "E053"):  # bounds, lists, words, spreads
        assert LEDGER[id].number is None, LEDGER[id].value
    assert LEDGER["E045"].unit is None
    assert LEDGER["E045"].stated == "+"


def test_links_and_topics():
    assert LEDGER.links == tuple(f"L{number}" for number in range(1, 14))
    assert LEDGER.topics[0] == "wrinkles"
    assert len(LEDGER.topics) == 14
    assert set(LEDGER.links) | {"lift"} == set(links())
    assert {link.grade for link in links().values()} <= set(grades())


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("E001", ["E001"]),
        ("l5", [f"E{number:03}" for number in range(43, 50)]),
        ("L1", ["E038", "E042"]),  # not L10 to L13
        ("FIBROBLAST collagen", ["E052", "E054", "E060", "E053", "E055"]),
        ("L7 keratinocyte", ["E050", "E051"]),
        ("7140077", ["E043", "E044", "E045", "E046", "E047"]),
        ("10.1111/jocd.12007", ["E009", "E010"]),
        ("soleus", ["E019"]),
        ("age keratinocyte", []),
        ("colagen", []),
        ("", []),
    ],
)
def test_search(text, ids):
    assert [row.id for row in LEDGER.search(text)] == ids


def test_a_word_in_the_claim_stands_above_one_in_the_remark():
    ids = [row.id for row in LEDGER.search("plumping")] + [row.id for row in LEDGER.search("vendor")]
    assert ids[0] == "E099"
    assert ids.index("E008") < ids.index("E002")  # claim "Vendor device currents", remark "Vendor quotes it"


def test_words_are_found_at_their_beginning():
    found = LEDGER.search("age")
    assert found
    for row in found:
        assert re.search(r"(?<!\w)age", " ".join(str(value) for value in row.json().values()).casefold())


def test_similar_words():
    assert "collagen" in LEDGER.similar("colagen")
    assert LEDGER.similar("xqzw") == []


def test_unknown():
    with pytest.raises(UnknownNameError, match="unknown evidence 'E104'"):
        LEDGER["E104"]


def test_json_has_every_field_and_nulls():
    found = LEDGER["E085"].json()
    assert found["link"] is None
    assert found["number"] is None
    assert found["value"] == "1697+-51 R; 1630+-56 L"
    assert len(found) == 19


def test_computed_rows_computed_again():
    """Residence 5.4 s/cm2 and 2.74 mC/cm2 at 0.4 mA: two probes of 10 mm, 20 min, 350 cm2."""
    probe = math.pi * 0.5**2  # cm2
    residence = 2 * probe / 350 * 20 * 60
    assert residence == pytest.approx(5.4, abs=0.05)
    assert LEDGER["E095"].value == "5.4 per session; 162 per 30 sessions"
    assert 30 * residence == pytest.approx(162, abs=0.6)
    charges = [current / probe * residence for current in (0.4, 0.6, 0.8, 1.0)]
    assert charges[0] == pytest.approx(2.74, abs=0.005)
    assert charges == pytest.approx([float(part) for part in LEDGER["E096"].value.split(";")], abs=0.05)
    field = [current * 1e-3 / (probe * 1e-4) / sigma for current in (0.4, 1.0) for sigma in (0.4, 0.1)]
    assert field == pytest.approx([13, 51, 32, 127], abs=0.5)  # V/m, the same as mV/mm
    assert LEDGER["E097"].value == "25 (13-51) at 0.4 mA; 64 (32-127) at 1 mA"
    # 500 uA through 30 cm2, and along 5 cm x 0.05 cm
    assert pytest.approx(0.017, abs=0.0005) == 0.5 / 30
    assert 0.5 / (5 * 0.05) == 2.0
    assert pytest.approx(120) == (0.5 / 0.25) / (0.5 / 30)


def test_public_names():
    for name in evidence.__all__:
        assert getattr(evidence, name)
    assert zygoma.Ledger is Ledger
    with pytest.raises(AttributeError, match="no attribute 'Legder'"):
        evidence.Legder  # noqa: B018
