"""The vendor's article: each claim beside what was found, with rows that exist."""

import pytest

from zygoma.errors import UnknownNameError
from zygoma.evidence import Article, Ledger, grades, links

ARTICLE = Article.load()
RESPONSES = {
    "perception",
    "motor",
    "atp",
    "flow",
    "collagen",
    "volume",
    "lift",
    "wrinkle",
    "natural_current",
    "freeways",
}


def test_every_claim_is_complete_and_cites_rows_that_exist():
    ledger = Ledger.load()
    assert list(ARTICLE) == [f"A{number:02}" for number in range(1, len(ARTICLE) + 1)]
    for claim in ARTICLE.values():
        assert claim.said
        assert claim.found.endswith(".")
        assert claim.verdict
        assert claim.evidence
        assert set(claim.evidence) <= set(ledger)
        assert len(set(claim.evidence)) == len(claim.evidence)
        assert claim.link in links()
        assert claim.grade is None or claim.grade in grades()
        assert set(claim.responses) <= RESPONSES
        assert claim.origin in ("article", "commercial pages")


def test_a_claim_about_an_effect_has_a_grade():
    without = {claim.id: claim.verdict for claim in ARTICLE.values() if claim.grade is None}
    assert set(without.values()) == {"mislabelled", "neck not supported", "agrees", "does not transfer"}


def test_both_misquotations_name_the_rows_of_the_study():
    assert ARTICLE["A06"].verdict == "misquoted"
    assert {"E002", "E004"} <= set(ARTICLE["A06"].evidence)  # the quoted region, and the one left out
    assert ARTICLE["A07"].verdict == "wrong quantity"
    assert ARTICLE["A07"].evidence == ("E005",)


def test_every_claimed_effect_is_there():
    assert {name for claim in ARTICLE.values() for name in claim.responses} == RESPONSES - {"perception"}
    assert [claim.id for claim in ARTICLE.about("flow")] == ["A11", "A18"]
    assert sum(claim.origin == "article" for claim in ARTICLE.values()) == 16
    with pytest.raises(UnknownNameError, match="did you mean 'collagen'"):
        ARTICLE.about("colagen")
    with pytest.raises(UnknownNameError, match="unknown claim"):
        ARTICLE["B01"]


def test_search_and_json():
    assert [claim.id for claim in ARTICLE.search("freeways")] == ["A15"]
    assert [claim.id for claim in ARTICLE.search("E058")] == ["A12", "A18"]
    found = ARTICLE.json()
    assert found["date"] == "2021-06-02"
    assert found["claims"][0]["evidence"] == ["E001", "E003", "E006", "E101"]
    assert found["claims"][2]["grade"] is None
