"""Words of claims: what is flagged, denied, measured, and where it stands."""

import pytest

from zygoma.errors import InputError
from zygoma.provenance import load_data
from zygoma.standards import check_claims


def flags(text, **options):
    return [finding.word for finding in check_claims(text, **options) if finding.verdict == "flag"]


def verdicts(text, word):
    return [finding.verdict for finding in check_claims(text) if finding.word == word]


@pytest.mark.parametrize(
    ("word", "texts"),
    [
        (
            "wrinkle-removal",
            "For wrinkle removal at home.|It removes your fine lines.|A wrinkle-removal device."
            "|wrinkle remover"
            "|Wrinkles are removed|Wrinkles vanish|Wrinkle-free"
            "|Erases even the deepest wrinkles.|No more wrinkles!"
            "|Say goodbye to frown lines|Get rid of crow’s feet|TREATS AND REMOVES WRINKLES"
            "|Fine lines simply melt away",
        ),
        (
            "wrinkle-reduction",
            "reduces the appearance of wrinkling|21 % off wrinkles|Wrinkles are visibly softened|anti‑wrinkle"
            "|Fewer lines around the eyes|dramatic improvement of 21.18 % in wrinkles"
            "|wrinkle depth fell|line-smoothing",
        ),
        ("cellulite-removal", "Cellulite melts away."),
        (
            "slimming",
            "Burns fat.|Lose weight.|bust enlargement|Body-shaping current|Get rid of a double chin",
        ),
        (
            "contouring",
            "Sculpts and contours the face|Facial sculpting|Your jaw line is chiselled|slims your face",
        ),
        (
            "younger",
            "a more youthful look|facelift without surgery|non-surgical face-lift|anti-ageing"
            "|Rejuvenates|Turns back time"
            "|Takes years off your face|You look ten years younger|Reverses the signs of aging"
            "|better than Botox",
        ),
        (
            "firmer",
            "tightens skin|95 % of users saw firmer skin.|We are 90% sure it firms the skin."
            "|Your jowls are lifted"
            "|70 % improvement in tone, firmness and tightness|elasticity|less puffiness",
        ),
        ("muscle", "lift or stretch facial muscles|Passive exercising of the face|Muscles are strengthened"),
        (
            "circulation",
            "More blood circulation|Blood flow is raised|raise ATP, blood flow and collagen|lymph drainage",
        ),
        ("disease", "Bell’s palsy|facial\npalsy|Acne? Gone.|for rosacea"),
        (
            "treat",
            "Treats sagging skin.|Your treatment takes five minutes.|Treatable|treat-\nment"
            "|Rosacea treated at home",
        ),
        (
            "heal",
            "Helps skin to heal.|Curative|healer|therapeutically|Skin is regenerated"
            "|Repairs damaged skin|electro-therapy",
        ),
        (
            "atp",
            "ATP therapy for wounds|Increases ATP by 500 %|ATP is boosted|Collagen is stimulated"
            "|raise ATP, blood flow and collagen|halts the breakdown of the collagen network"
            "|collagen-boosting",
        ),
        ("pain", "pain\nrelief|Relieves sore muscles|Headaches are eased|muscle spasms"),
        (
            "cleared",
            "FDA approved|FDA\napproved|Approved by the FDA|FDA-certified"
            "|approved by the U.S. FDA|FDA approval",
        ),
        (
            "proven",
            "clinically proven|Guaranteed results|Studies prove that it works"
            "|multiple studies have proven it",
        ),
        ("permanent", "Permanent results|permanently smoother skin|results that last: long-lasting lift"),
    ],
)
def test_flagged(word, texts):
    for text in texts.split("|"):
        assert word in flags(text), text
        assert word in flags(text.replace(" ", "\n")), text


@pytest.mark.parametrize(
    "text",
    [
        "The device is intended for facial stimulation and is indicated for over-the-counter cosmetic use.",
        "Healthy adults; a healthy diet. FDA cleared, K103472.",
        "Peak current 400 uA into 500 ohm, phase charge 24 uC.",
        "The far end is treated as frozen.",
        "Heat-treated steel, surface-treated wood.",
        "The adhesive cures in ten minutes. Cured epoxy; UV-cured ink.",
        "Permanent magnet, permanently installed.",
        "Guaranteed for 2 years. Two-year guarantee. The guarantee covers the probes.",
        "The spring lifts the face of the probe.",
        "Lift the probe off the face. Apply firm pressure to the skin. Follow the contours of the face.",
        "Remove the gel and the make-up from fine lines. Secure the cable. Retreat.",
        "Reduce the current if you feel pain.",
        "Modulus of elasticity: 10 kPa.",
        "",
    ],
)
def test_other_meanings(text):
    assert flags(text) == []


DENIALS = [
    "It is not intended to treat or heal any disease.",
    "It does not treat, cure or prevent any disease.",
    "This product is not intended to diagnose, treat, cure, or prevent acne, rosacea or eczema.",
    "It doesn’t treat acne.",
    "It does\nnot treat acne.",
    "It does **not** “treat” *acne*.",
    "It does not <b>treat</b> acne.",
    "<p>It does&nbsp;not<br>treat acne.</p>",
    "It neither treats nor cures acne.",
    "Nor does it treat disease.",
    "It is neither a treatment nor a cure.",
    "It is no substitute for medical treatment.",
    "We make no claim to remove wrinkles.",
    "There is no evidence that it removes wrinkles.",
    "No treatment of disease is intended.",
    "It is not intended to remove wrinkles or tighten the skin.",
    "Wrinkles are not removed.",
    "It has never been shown to heal.",
    "Results are not guaranteed. It is not FDA approved.",
    "Do not use together with cosmetic treatments such as Botox.",
    "Do not use on skin with acne, rosacea or eczema.",
    "Do not use after a facelift or other cosmetic treatment.",
    "If you have rosacea, ask your doctor before use.",
    "People with rosacea should not use it.",
    "Contraindications: acne, rosacea and neuralgia.",
]


@pytest.mark.parametrize("text", DENIALS)
def test_denied(text):
    found = [finding.verdict for finding in check_claims(text)]
    assert found
    assert set(found) == {"denied"}


@pytest.mark.parametrize(
    "text",
    [
        "Why not treat your acne today?",
        "Don't wait: treat wrinkles now.",
        "Don't miss this treatment.",
        "It does not hurt and treats rosacea.",
        "It does not hurt, treats rosacea.",
        "It does not hurt; it heals.",
        "It does not hurt / it heals.",
        "It does not hurt – it heals.",
        "It does not hurt — it heals.",
        "It does not hurt (it heals).",
        "It does not hurt because it heals.",
        "It does not hurt\nHeals in days",
        "- It does not hurt\n- Heals in days",
        "You will not believe how well it heals scars.",
        "It cannot fail to heal wounds.",
        "It can't not heal.",
        "It never stops healing.",
        "Not treating acne is a mistake.",
        "Never has a device healed so fast.",
        "This not only treats the skin.",
        "It does not just treat, it cures.",
        "No pain. It treats the skin.",
        "No other device removes wrinkles without surgery.",
        "There is no cure like it.",
        "There is no wrinkle it does not remove.",
        "If it does not remove your wrinkles we pay you back.",
        "Who says it does not heal.",
        "Doesn't it treat acne beautifully?",
        "You don't need surgery to remove wrinkles.",
        "Wrinkles not removed by creams are removed by ours.",
        "It does not diagnose, treats acne.",
        "Do not use other creams, our treatment works.",
        "Do not use creams, treatment is here.",
        "It does <!-- not --> treat acne.",
        "It does <not>treat</not> acne.",
        '<p title="not">Treats acne.</p>',
        '<p>It does <span style="display: none">not</span> treat acne.</p>',
        "<p>It does <del>not</del> treat acne.</p>",
        "<p>Not</p><p>treats acne</p>",
    ],
)
def test_false_denials_are_flagged(text):
    assert flags(text)


@pytest.mark.parametrize(
    "value",
    [
        "3 % (95 % CI -1 to 7 %)",
        "3 % (95 % CI: 1-5)",
        "3% (95% CI −1–7 %)",
        "3,5 % (95 % confidence interval 1,5 to 5,5 %)",
        "-3 % (95 % CrI -7 to -1 %)",
        "3 % [1, 5]",
        "3 % [1 %; 5 %]",
        "3 ± 2 %",
        "3 % ± 2 %",
        "3 % (between 1 and 5 % with 95 % confidence)",
        "3 % (95 % confidence, between 1 and 5 %)",
    ],
)
def test_measured_value_with_its_interval(value):
    text = f"The wrinkle index fell by {value} in 20 women."
    assert verdicts(text, "wrinkle-reduction") == ["measured"]
    assert flags(f"Wrinkle removal of {value}.") == ["wrinkle-removal"]  # no interval makes it lawful
    assert flags(f"It is clinically proven: the wrinkle index fell by {value}.") == ["proven"]
    assert flags(f"Wrinkles fade; the index fell by {value}.") == [
        "wrinkle-reduction"
    ]  # its own clause has none


@pytest.mark.parametrize(
    "value",
    [
        "by 95%",
        "in 95 % of users",
        "by 2 % in 20 people",
        "in 9 of 10 women within 30 days interval",
        "by 20 % (95 % CI)",
        "by 20 % (p < 0.05)",
        "by 50 % (95 % CI 1 to 5 %)",  # the value lies outside
        "by 3 % (95 % CI 5 to 1 %)",
        "(95 % CI 1 to 5 %)",
        "by 21 % [1, 2]",  # numbers of references
        "in 2 weeks [1, 3]",
        "in 20 ± 1 min",
        "by 20 %, 3 weeks (95 % CI 2 to 21 days)",
        "by 5 % ±",
        "with 90 % confidence",
    ],
)
def test_a_number_alone_is_no_measured_value(value):
    assert flags(f"Reduces wrinkles {value}.") == ["wrinkle-reduction"]


@pytest.mark.parametrize(
    ("text", "line", "column", "found"),
    [
        ("Line one.\nNow wrinkle\nremoval for all.", 2, 5, "wrinkle removal"),
        ("One\ntwo Wrink-\nles are erased", 2, 5, "Wrinkles are erased"),
        ("One\r\nre-\r\nmoves wrinkles", 2, 1, "removes wrinkles"),
        ("A\n> it re-\n> moves wrinkles", 2, 6, "removes wrinkles"),
        ("A wrin\u00adkle re\u00admoval", 1, 3, "wrinkle removal"),
        ("A\u00a0\u200bwrinkle\u2011removal", 1, 4, "wrinkle-removal"),
        ("**Removes** _wrinkles_", 1, 3, "Removes wrinkles"),
        ("[removes](https://example.org/a) wrinkles", 1, 2, "removes wrinkles"),
        ("<p>\n <b>removes</b>\n <i>wrinkles</i>", 2, 5, "removes wrinkles"),
        ("<p>re<b>moves</b> wr&shy;inkles</p>", 1, 4, "removes wrinkles"),
        ("<!-- a\nb -->\n<p class='x'>removes&nbsp;wrinkles</p>", 3, 14, "removes wrinkles"),
        ('<p>\n<img alt="Removes wrinkles" src="a.png">', 2, 11, "Removes wrinkles"),
        ("a < b &amp; removes wrinkles", 1, 13, "removes wrinkles"),
    ],
)
def test_place_in_the_file(text, line, column, found):
    (finding,) = check_claims(text)
    assert (finding.line, finding.column, finding.text) == (line, column, found)


def test_html_is_read_as_its_reader_sees_it():
    page = (
        "<!doctype html><html><head><title>Home</title><style>.treat{} /* heals */</style></head>\n"
        '<body class="treatment" id="acne"><!-- treats -->\n<script>treat("</p>");</script>\n'
        "<p>FDA&nbsp;approved for Bell&#8217;s palsy &amp; co.</p></body></html>"
    )
    assert [(finding.word, finding.line) for finding in check_claims(page)] == [
        ("cleared", 4),
        ("disease", 4),
    ]
    assert flags("a <b and c> treats", markup=False) == ["treat"]
    assert flags("<x>heals", markup=True) == ["heal"]


def test_finding_cites_and_proposes():
    (finding,) = check_claims("Wrinkle removal.")
    assert "355.200" in finding.source
    assert finding.status == "read"
    assert "cosmetic" in finding.instead
    assert finding.to_dict()["reason"] == finding.reason


def test_neighbours_of_a_word_do_not_hide_it():
    found = check_claims("It does not treat acne. It reduces and softens wrinkles, and heals.")
    assert [(finding.word, finding.verdict) for finding in found] == [
        ("treat", "denied"),
        ("disease", "denied"),
        ("wrinkle-reduction", "flag"),
        ("wrinkle-reduction", "flag"),
        ("heal", "flag"),
    ]


@pytest.mark.parametrize("text", [None, b"treats", 3, ["treats"]])
def test_only_text_is_checked(text):
    with pytest.raises(InputError, match="expected the text"):
        check_claims(text)


def test_words_cite_a_source():
    data = load_data("claims.toml")
    for entry in data["word"]:
        assert entry["source"] in data["source"]
        assert entry["status"] in ("read", "product")
        assert entry["reason"]
        assert entry["instead"]
        assert "pattern" in entry or {"act", "object"} <= entry.keys()
        assert ("act" in entry) == (entry.get("object") in data["object"])
    assert {entry["id"] for entry in data["word"] if entry.get("measured")}.isdisjoint(
        {"proven", "treat", "heal"}
    )
