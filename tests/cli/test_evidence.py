"""``zygoma evidence``."""

import json

import pytest
from typer.testing import CliRunner

from zygoma.cli.main import app
from zygoma.evidence import Article, Ledger, Priors


def run(*arguments, code=0):
    result = CliRunner().invoke(app, ["evidence", *arguments])
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 else result.stderr


def answer(*arguments):
    return json.loads(run(*arguments, "--json"))


def test_overview():
    text = run()
    assert "103 rows" in text
    assert "shown in wounds only" in text
    assert "zygoma evidence --article" in text
    found = answer()
    assert found["rows"] == 103
    links = {link["id"]: link for link in found["links"]}
    assert links["L5"]["grade"] == "D"
    assert links["L5"]["certainty"] == {"very low": 6, "not graded": 1}
    ids = [id for link in found["links"] for id in link["rows"]] + found["without_link"]
    assert sorted(ids) == list(Ledger.load())
    assert sorted(id for link in found["links"] for id in link["priors"]) == sorted(Priors.load())
    assert sum(found["topics"].values()) == 103


@pytest.mark.parametrize("id", ["E069", "e069"])
def test_card_of_a_row(id):
    text = run(id)
    for words in ("78+-29; 75+-19; 80+-37 AU", "Durand S et al. 2002", "moderate", "flow_Qc", "A11"):
        assert words in text
    found = answer(id)
    assert found["id"] == "E069"
    assert found["read_level"] == "abstract"
    assert found["article"] == ["A11"]
    assert "flow_Qc" in found["priors"]


def test_card_of_a_claim():
    text = run("A08")
    assert '"Passive Exercising"' in text
    assert "not supported below 1 mA" in text
    assert [row["id"] for row in answer("a08")["rows"]] == ["E009", "E018", "E074", "E077"]


def test_card_of_a_prior():
    text = run("atp_gain")
    assert "lognormal(median 1, sigma_ln 1)" in text
    assert "[priors]" in text
    assert answer("atp_gain")["basis"] == "judgement"
    assert answer("time_course")["median"] is None
    assert "none" in run("time_course")


def test_a_link_shows_rows_claims_and_priors():
    text = run("L6")
    for words in ("blood flow rises", "E069", "A11", "flow_Emax"):
        assert words in text
    found = answer("l6")
    assert found["link"]["id"] == "L6"
    assert {row["link"] for row in found["rows"]} == {"L6"}
    assert len(found["priors"]) == 6


def test_words():
    text = run("collagen", "fibroblast")
    assert "E053" in text
    assert "very low" in text
    found = answer("collagen fibroblast")
    assert [row["id"] for row in found["rows"]] == ["E052", "E054", "E060", "E053", "E055"]
    assert [claim["id"] for claim in answer("freeways")["article"]] == ["A15"]


def test_nothing_found_is_no_fault():
    assert "similar words: collagen" in run("colagen")
    found = answer("colagen")
    assert found["rows"] == found["article"] == found["priors"] == []
    assert "collagen" in found["similar"]
    assert "fewer words" in run("qqq", "zzz")


def test_article():
    text = run("--article")
    for claim in Article.load().values():
        assert claim.id in text
    assert "Said in: commercial pages" in text
    assert "misquotes it twice" in text
    assert len(answer("--article")["claims"]) == len(Article.load())


def test_study():
    text = run("--study", "saniee-2012")
    for words in ("35.66 %", "13.01 %", "0.521 to 0.833", "not available", "unverified", "Reading B", "[uA]"):
        assert words in text
    found = answer("--study", "saniee-2012")
    assert found["treatment"]["current_uA"] is None
    assert found["region"][0]["reading_b"] == pytest.approx(35.659, abs=0.001)
    assert found["satisfaction"]["case"][0]["interval"] == pytest.approx([0.521, 0.833], abs=0.0005)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["E999"], "unknown evidence 'E999'"),
        (["A99"], "unknown claim"),
        (["L99"], "unknown link of the chain"),
        (["--study", "sanie-2012"], "did you mean 'saniee-2012'"),
        (["collagen", "--article"], "give one of"),
        (["--article", "--study", "saniee-2012"], "give one of"),
    ],
)
def test_wrong_use(arguments, words):
    assert words in run(*arguments, code=2)


def test_help_has_an_example():
    assert "Example: zygoma evidence" in run("--help")
