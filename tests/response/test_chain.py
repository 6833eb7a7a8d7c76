"""The whole chain: monotone where it must be, honest where nothing is known, repeatable."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zygoma.errors import InputError, RangeError, UnknownNameError
from zygoma.evidence import Ledger, Priors
from zygoma.provenance import load_data
from zygoma.response.chain import propagate
from zygoma.response.comparison import compare
from zygoma.response.excitation import Excitation
from zygoma.response.exposure import FILE
from zygoma.response.response import interval
from zygoma.response.sampling import Draws

NAMES = (
    "perception", "motor", "twitch", "natural_current", "atp", "flow", "fibroblast", "collagen", "volume",
    "tone", "lift", "wrinkle", "heat",
)  # fmt: skip
MODELS = {"MRG 5.7 um": 1.1e-3, "MRG 10 um": 0.3e-3, "SENN 10 um": 1.5e-3}


@pytest.fixture(scope="module")
def excitation() -> Excitation:
    muscles = {"zygomaticus_major_r": MODELS, "frontalis_r": dict.fromkeys(MODELS, math.inf)}
    return Excitation(4e-4, muscles, {"MRG 5.7 um": 4e-5})


@pytest.fixture
def chain(exposure):
    return propagate(exposure())


def test_all_links_answer(chain) -> None:
    ids = {response.id for response in chain.responses}
    for name in NAMES:
        assert any(name in id for id in ids), name
    assert [link.id for link in chain.links] == [
        *(f"L{k}" for k in range(1, 11)), "lift", "L11", "L12", "L13",
    ]  # fmt: skip
    assert len(chain.verdict) == 3


def test_every_response_is_ordered_graded_and_has_evidence(chain, excitation, exposure) -> None:
    ledger = Ledger.load()
    for response in (*chain.responses, *propagate(exposure(), excitation).responses):
        values = (response.p05, response.p25, response.median, response.p75, response.p95)
        assert list(values) == sorted(values), response
        assert response.grade in "ABCD"
        assert response.evidence, response.id
        assert set(response.evidence) <= set(ledger)
        assert response.dominant_uncertainty
        assert response.validity.endswith(".")
        assert all(text.endswith(".") for text in response.warnings)
        assert 0 <= response.dominant_share <= 1


def test_json_is_plain(chain) -> None:
    plain = json.loads(json.dumps(chain.json(), allow_nan=False))
    keys = {
        "id", "where", "median", "p05", "p25", "p75", "p95", "unit", "grade", "dominant_uncertainty",
        "evidence",
    }  # fmt: skip
    assert all(keys <= set(row) for row in plain["responses"])
    assert isinstance(plain["responses"][0]["evidence"], list)


def test_same_seed_same_numbers_and_another_seed_near(exposure) -> None:
    first, again, other = (propagate(exposure(), seed=seed) for seed in (1, 1, 2))
    assert first.json() == again.json()
    for id in ("natural_current", "lift", "wrinkle", "perception"):
        a, b = first.response(id), other.response(id)
        # quantiles of 4096 quasi-random samples repeat within a twentieth of the interval
        assert abs(a.p95 - b.p95) < 0.05 * (a.p95 - a.p05), id
    assert first.response("atp").median != other.response("atp").median


def test_interval_of_the_field_against_plain_random_numbers(chain) -> None:
    rng = np.random.default_rng(9)
    n = 400_000
    density = 5.0 * np.exp(rng.normal(0, 0.2, n)) / rng.uniform(0.5, 1.5, n)
    field = density / np.exp(rng.uniform(np.log(0.1), np.log(0.4), n))
    ratio = field / np.maximum(rng.normal(140, 30, n), 1e-9)
    response = chain.response("natural_current")
    expected = np.quantile(ratio, [0.05, 0.5, 0.95])
    # standard error of a quantile of 4096 random samples: 3 %, less for quasi-random ones
    assert (response.p05, response.median, response.p95) == pytest.approx(expected, rel=0.04)


def test_a_minute_of_direct_current_held_still(held) -> None:
    chain = propagate(held)
    flow = chain.response("flow")
    assert flow.grade == "B"
    # 24 mC at the cathode, saturated: one plus Emax (6, LogN .4) times 24 / (24 + 1.75)
    assert flow.median == pytest.approx(1 + 6 * 24 / 25.75, rel=0.05)
    assert flow.dominant_uncertainty == Priors.load()["flow_Emax"].description
    assert "E069" in flow.evidence
    assert chain.response("collagen_synthesis").evidence != propagate(held).response("atp").evidence
    assert chain.response("fibroblast").median == 0
    assert any("under the 10 min" in text for text in chain.response("fibroblast").warnings)


def test_half_an_hour_at_one_place_moves_cells(held) -> None:
    spot = replace(held.face, longest=1800.0)
    assert propagate(replace(held, face=spot)).response("fibroblast").median > 0.1


def test_balanced_current_leaves_the_flow_and_the_cells_alone(exposure) -> None:
    long = replace(exposure().face, longest=1800.0)
    chain = propagate(exposure(face=long))
    assert chain.response("flow").median == 1
    assert chain.response("flow").grade == "C"
    assert any("never tested" in text for text in chain.response("flow").warnings)
    assert chain.response("fibroblast").p95 == 0


def test_training_below_the_threshold_is_exactly_zero(exposure) -> None:
    chain = propagate(exposure())
    trained = chain.response("volume_mechanism")
    assert (trained.p05, trained.p95) == (0, 0)
    volume = chain.response("volume")
    # what is left is N(0, 2) %: the 90 % interval of a normal distribution
    assert volume.median == pytest.approx(0, abs=0.05)
    assert (volume.p05, volume.p95) == pytest.approx((-3.29, 3.29), abs=0.1)
    assert volume.grade == "D"


@pytest.mark.parametrize(("milliamperes", "share"), [(0.8, 0.0008), (1.0, 0.005), (2.0, 0.235), (4.0, 0.870)])
def test_table_of_twitching_with_a_long_pulse(exposure, milliamperes, share) -> None:
    current = 1e-3 * milliamperes
    found = propagate(exposure(amplitude=current, mean_abs=current, rms=current)).response(
        "motor_probability"
    )
    # the prior rounds the rheobase to 2.6 mA: one point in the middle, a tenth in the tail
    near = {"rel": 0.1} if share < 0.01 else {"abs": 0.012}
    assert found.median == pytest.approx(share, **near)
    assert found.p05 < share < found.p95


def test_table_of_twitching_begins_below_a_ten_thousandth(exposure) -> None:
    assert propagate(exposure()).response("motor_probability").p95 < 1e-4


def test_current_far_above_the_threshold_trains_and_is_another_class(exposure) -> None:
    chain = propagate(exposure(amplitude=20e-3, mean_abs=20e-3, rms=20e-3))
    assert chain.response("twitch").median > 0.99
    volume = chain.response("volume")
    assert volume.median > 3
    assert volume.grade == "C"  # its session constant is assumed
    assert "E009" in volume.evidence
    assert all(chain.warnings[0] in response.warnings for response in chain.responses)
    assert any("does not apply" in text for text in chain.response("wrinkle").warnings)
    assert "does not apply" in chain.verdict[2]


def test_steady_current_trains_nothing_however_large(held) -> None:
    chain = propagate(replace(held, amplitude=20e-3, mean_abs=20e-3, rms=20e-3, net_current=20e-3))
    assert chain.response("motor_ratio").median > 1
    assert chain.response("volume_mechanism").p95 == 0
    assert chain.response("volume").grade == "D"
    assert any("excites once" in text for text in chain.response("volume").warnings)


def test_without_fibre_models_the_anchor_alone_is_named(chain) -> None:
    assert any("human anchor alone" in text for text in chain.response("motor_ratio").warnings)
    assert chain.response("twitch").median == chain.response("motor_probability").median


def test_fibre_models_make_a_band(exposure, excitation) -> None:
    chain = propagate(exposure(), excitation)
    twitch = chain.response("twitch")
    assert twitch.p05 < 1e-3
    assert twitch.p95 == 1
    assert "which threshold holds" in twitch.dominant_uncertainty
    assert "not excluded" in chain.verdict[0]
    assert chain.response("twitch", "frontalis_r").p95 < 1e-3
    assert chain.response("motor_ratio", "frontalis_r").p05 == 0
    # 10 times the threshold of the one model that there is, times the spread of the dose
    dermal = chain.response("perception_fibre")
    assert dermal.median == pytest.approx(10, rel=0.01)
    assert dermal.p95 == pytest.approx(10 * np.exp(1.645 * 0.2), rel=0.01)
    # half of the weight is the anchor's, and of the three models one is above its threshold in this dose
    nearly = chain.response("volume_mechanism")
    assert nearly.median == 0
    assert nearly.p95 > 0


def test_sources_that_disagree_never_expect_a_twitch_together(exposure) -> None:
    # the anchor says a quarter or less, every model says yes: no weighing of the two is a majority
    given = exposure(amplitude=2e-3, mean_abs=2e-3, rms=2e-3)
    every = Excitation(2e-3, {"frontalis_r": {"MRG 10 um": 1e-3, "SENN 10 um": 1.2e-3}})
    chain = propagate(given, every, dose_spread=0.0)
    anchor, twitch = chain.response("motor_probability"), chain.response("twitch")
    # the mean of both: a half of the weight each; Latin hypercube points hold it to the last sample
    assert twitch.median == pytest.approx(0.5 + 0.5 * anchor.median, abs=0.01)
    assert twitch.p05 < anchor.median + 0.05
    assert twitch.p95 == 1
    assert "not established, and not excluded" in chain.verdict[0]
    assert next(link for link in chain.links if link.id == "L10").grade == "D"
    assert chain.response("volume").grade == "D"


def test_a_twitch_that_all_expect_or_none(exposure) -> None:
    strong = exposure(amplitude=20e-3, mean_abs=20e-3, rms=20e-3)
    yes = propagate(strong, Excitation(20e-3, {"frontalis_r": {"MRG 10 um": 1e-3, "SENN 10 um": 9e-3}}))
    assert "expected by people and by all fibre models" in yes.verdict[0]
    no = propagate(exposure(), Excitation(4e-4, {"frontalis_r": {"MRG 10 um": 1e-3, "SENN 10 um": 9e-3}}))
    assert "neither people nor models" in no.verdict[0]
    one = propagate(strong, Excitation(20e-3, {"frontalis_r": {"MRG 10 um": 1e-3, "SENN 10 um": 40e-3}}))
    assert "not excluded" in one.verdict[0]


def test_a_charge_below_those_of_the_study_is_no_plausible_flare(held) -> None:
    tested, below = propagate(held), propagate(replace(held, net_current=8e-5))  # 24 and 4.8 mC in a minute
    assert "is plausible" in tested.verdict[1]
    assert not any("4.8 mC" in text for text in tested.response("flow").warnings)
    assert any("4.8 mC" in text and "6 mC" in text for text in below.response("flow").warnings)
    assert "below the charges that were tested" in below.verdict[1]
    assert (tested.response("flow").grade, below.response("flow").grade) == ("B", "C")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sessions": 1}, "1 session of 20 min"),
        ({"sessions": 1000}, "1000 sessions of 20 min"),
        ({"session": 1.0}, "30 sessions of 1 s"),
    ],
)
def test_another_course_than_the_study_is_told(exposure, changes, words) -> None:
    chain = propagate(exposure(**changes), samples=64)
    assert any(words in text for text in chain.response("wrinkle").warnings)
    assert f"for 30 sessions of 20 min, not for {words}" in chain.verdict[2]


def test_the_course_of_the_study_needs_no_word(chain) -> None:
    assert not chain.response("wrinkle").warnings
    assert "sessions" not in chain.verdict[2]


def test_placebo_is_larger_than_the_net_effect(chain) -> None:
    net, photo = chain.response("wrinkle"), chain.response("wrinkle_uncontrolled")
    assert net.median == pytest.approx(1.5, abs=0.05)
    assert chain.response("wrinkle", "forehead").median == pytest.approx(4.0, abs=0.05)
    assert photo.median == pytest.approx(11.5, abs=0.1)
    assert net.p05 < 0 < net.p95


def test_what_to_measure_first_is_a_trial(chain) -> None:
    first = chain.measure_first[0]
    assert first.response == "wrinkle"
    assert "sham" in first.text
    shown = {one.response for one in chain.measure_first}
    assert "lift" in shown
    assert "flow" not in shown, "an interval without width cannot be narrowed"
    # N(1.5, 5) % with a trial of standard error 2 %: 2 / sqrt(29) of the spread is left
    assert first.reduction == pytest.approx(1 - 2 / np.sqrt(29), abs=0.01)


def test_words_say_what_is_not_established(chain) -> None:
    assert "not established" in chain.verdict[0]
    assert "no mechanism was found" in chain.verdict[1]
    assert "not established" in chain.verdict[2]
    assert "35.7" in chain.links[-1].sentence or "36" in chain.links[-1].sentence


def test_assumptions_are_sentences_with_their_values(exposure) -> None:
    found = " ".join(propagate(exposure(days_between=3.5), samples=64).assumptions)
    for words in ("3.5 day(s) apart", "0.38 to 24 ms (90 %) are taken", "weight 0.5", "0.3 to 6.7 h (90 %)"):
        assert words in found


def test_course_begins_and_ends_where_it_must(exposure, chain) -> None:
    course = chain.course
    assert course.day[0] == 0
    assert course.day[-1] == 30 + 365
    assert (course.collagen[:, 0] == 0).all()
    assert course.collagen[2, 30] == pytest.approx(chain.response("collagen").median)
    assert course.collagen[2, -1] == pytest.approx(chain.response("collagen_year").median)
    assert course.flow[2, 0] == pytest.approx(chain.response("flow").median)
    at_hour = np.flatnonzero(np.isclose(course.hour, 1.0))[0]
    assert course.flow[4, at_hour] == pytest.approx(chain.response("flow_hour").p95)
    assert course.volume[2, -1] == pytest.approx(chain.response("volume").median)
    assert (np.diff(course.untreated) < 0).all()
    assert course.untreated[365] == pytest.approx(1 - 0.007, abs=0.001)
    assert (np.diff(course.collagen, axis=0) >= 0).all()
    assert "nothing was fitted" in course.note
    weekly = propagate(exposure(days_between=7.0), samples=64).course
    assert weekly.session_day[-1] == 29 * 7


def test_no_effect_on_synthesis_changes_nothing(exposure) -> None:
    chain = propagate(exposure(), priors=Priors.load({"coll_b_ac": 0.0}), samples=256)
    assert (chain.course.collagen == 0).all()


def test_one_pool_is_a_switch(held) -> None:
    many = propagate(held, priors=Priors.load({"coll_b_dc": 0.3}))
    single = propagate(held, priors=Priors.load({"coll_b_dc": 0.3, "coll_pools": 1}))
    assert single.response("collagen_bound").median == pytest.approx(7.0, abs=0.1)  # E094
    assert many.response("collagen_bound").median == pytest.approx(0.27, abs=0.02)  # E091
    assert many.response("collagen_worst_case").median == pytest.approx(7.0, abs=0.1)
    assert any("one pool" in text for text in single.response("collagen").warnings)


def test_prior_that_is_known_narrows_what_rests_on_it(exposure, chain) -> None:
    known = propagate(exposure(), priors=Priors.load({"sigma_dermis": 0.2, "wound_field": 140.0}))
    a, b = chain.response("natural_current"), known.response("natural_current")
    assert b.p95 - b.p05 < 0.8 * (a.p95 - a.p05)
    assert b.dominant_uncertainty == Priors.load()["contact_area"].description


@pytest.mark.slow
def test_spread_of_the_dose_widens_the_field(exposure) -> None:
    def width(spread) -> float:
        response = propagate(exposure(), dose_spread=spread).response("natural_current")
        return np.log(response.p95 / response.p05)

    assert width(0.0) < width(None) < width(0.6)
    assert width({"face": 0.6}) == width(0.6)
    regions = propagate(exposure(), dose_spread={"forehead": 0.6, "face": 0.2})
    assert regions.response("heat", "forehead").p95 > regions.response("heat", "chin").p95
    with pytest.raises(RangeError, match="spread"):
        width(-0.1)


@settings(max_examples=12, deadline=None)
@given(current=st.floats(5e-5, 9e-4), more=st.floats(1.05, 4.0))
def test_more_current_is_never_felt_less_nor_flows_less(exposure_of, direct_of, current, more) -> None:
    weak, strong = (
        propagate(exposure_of.driven_by(direct_of.scaled(amplitude)), samples=64)
        for amplitude in (current, more * current)
    )
    for id in ("perception", "perception_as_measured", "twitch", "motor_probability", "flow", "heat"):
        assert strong.response(id).median >= weak.response(id).median, id


@pytest.fixture(scope="module")
def direct_of():
    from zygoma.device import Waveform

    return Waveform.square(4e-4, 1.0, kind="monophasic")


@pytest.fixture(scope="module")
def exposure_of():
    from zygoma.response.exposure import Exposure
    from zygoma.response.spot import Spot

    spot = Spot("face", 5.0, 1.0, 30.0, 20.0, 20.0, 8.0, 5.0, 12.0, 9.0)
    return Exposure(4e-4, 4e-4, 4e-4, 4e-4, math.inf, 0.0, 0.3, 1200.0, 3, 1.0, 45.0, 0.785e-4, spot)


def test_levels_and_waveforms_side_by_side(exposure, direct) -> None:
    base = exposure()
    given = {f"{k} uA": replace(base, amplitude=k * 1e-6) for k in (100, 200, 400, 800)}
    rows = compare(given, samples=256)
    felt = [one.median for one in rows.row("perception").values()]
    assert felt == sorted(felt)
    assert felt[0] < felt[-1]
    kinds = compare({"AC": base, "DC": base.driven_by(direct)}, samples=256)
    flow = kinds.row("flow")
    assert flow["DC"].median > 2 > flow["AC"].median
    still = base.driven_by(direct).held_still()
    modes = compare({"glide": base.driven_by(direct), "hold": still}, samples=256)
    assert [one.grade for one in modes.row("flow").values()] == ["C", "B"]
    assert modes.row("collagen_bound")["hold"].median > modes.row("collagen_bound")["glide"].median
    # equal draws: what does not depend on the current is equal to the last digit
    assert kinds.row("wrinkle")["AC"].median == kinds.row("wrinkle")["DC"].median
    assert json.dumps(kinds.json(), allow_nan=False)
    with pytest.raises(InputError, match="no exposures"):
        compare({})
    with pytest.raises(UnknownNameError, match="DC"):
        compare({"DC": base}, {"DCC": Excitation(4e-4, {})})


def test_what_cannot_be_used_is_refused(exposure, excitation, chain) -> None:
    with pytest.raises(RangeError, match="at least 64"):
        propagate(exposure(), samples=10)
    with pytest.raises(RangeError, match="of 400"):
        propagate(exposure(amplitude=8e-4), excitation)
    with pytest.raises(UnknownNameError, match="did you mean 'lift'"):
        chain.response("lyft")
    with pytest.raises(UnknownNameError, match="place of response"):
        chain.response("lift", "toe")
    with pytest.raises(RangeError, match="above 0"):
        Excitation(4e-4, {"frontalis_r": {"MRG": 0.0}})
    with pytest.raises(InputError, match="not finite"):
        interval(np.array([1.0, np.nan]), "x")


def test_words_name_what_exists(chain, exposure, excitation) -> None:
    words, ledger = load_data(FILE), Ledger.load()
    found = {response.id for response in propagate(exposure(), excitation).responses}
    assert found == set(words["response"]) == {"perception_fibre", *(one.id for one in chain.responses)}
    inputs = {*Priors.load(), *words["place"]}
    for entry in words["response"].values():
        assert set(entry["rests_on"]) <= inputs
    assert set(words["measure"]) <= inputs
    assert {entry["response"] for entry in words["link"].values() if "response" in entry} <= found
    assert {*words["other"], *words["other"].values(), *words["measured"]["responses"]} <= found
    for place in words["place"].values():
        assert set(place["evidence"]) <= set(ledger)
    units = {prior.unit for prior in Priors.load().values() if prior.distribution != "none"}
    assert units <= set(words["unit"])


def test_share_of_a_sum_is_that_of_its_variance() -> None:
    draws = Draws.of(Priors.load(), 4096, 3)
    z, other = draws.normal("dose"), draws.normal("study_size")
    shares = draws.shares(3 * z + other, ("dose", "study_size", "sceptic"))
    # 9 / 10 of the variance; of its ranks slightly less
    assert shares["dose"] == pytest.approx(0.9, abs=0.02)
    assert shares["study_size"] == pytest.approx(0.1, abs=0.02)
    assert shares["sceptic"] < 0.02
    assert draws.dominant(z * other, ("dose", "study_size"))[1] > 0.2
    assert draws.dominant(np.zeros(4096), ("dose",)) == ("", 0.0)


def test_links_are_graded_for_the_case(chain, held, exposure) -> None:
    def grade(of, id) -> str:
        return next(link.grade for link in of.links if link.id == id)

    assert [grade(chain, id) for id in ("L6", "L8", "L10")] == ["C", "D", "D"]
    direct = propagate(held)
    assert [grade(direct, id) for id in ("L6", "L8", "L10")] == ["B", "D", "D"]
    strong = propagate(exposure(amplitude=20e-3, mean_abs=20e-3, rms=20e-3))
    assert [grade(strong, id) for id in ("L6", "L8", "L10")] == ["C", "D", "C"]


def test_another_class_is_said_wherever_the_chain_is_printed(chain, exposure) -> None:
    strong = propagate(exposure(amplitude=20e-3, mean_abs=20e-3, rms=20e-3))
    assert str(strong).startswith(strong.warnings[0])
    assert str(chain).startswith(chain.verdict[0])


def test_anchor_ratio_is_the_current_over_what_people_need(chain) -> None:
    ratio = chain.response("motor_anchor_ratio")
    # rheobase 2.6 mA (1.3 to 5.5): 0.4 mA is at 0.15 (0.07 to 0.31) of it, at 60 ms hardly less
    assert ratio.median == pytest.approx(0.4 / 2.6, rel=0.05)
    assert 0.4 / 5.5 < ratio.p05 < ratio.p95 < 0.4 / 1.3
