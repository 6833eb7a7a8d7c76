"""Priors of the chain: distributions against scipy.stats and closed forms, support, overrides, draws."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from zygoma.errors import InputError, PriorError, RangeError, UnknownNameError
from zygoma.evidence import Ledger, Prior, Priors, grades, links
from zygoma.evidence.distribution import PARAMETERS

SHARES = np.array([1e-6, 0.025, 0.3, 0.5, 0.9, 0.999])
PRIORS = Priors.load()
BASE = replace(
    PRIORS["sigma_dermis"], distribution="fixed", parameters={"value": 1.0}, low=-math.inf, positive=False
)


def prior(distribution, low=-math.inf, high=math.inf, positive=False, **parameters):
    return replace(
        BASE, distribution=distribution, parameters=parameters, low=low, high=high, positive=positive
    )


def between(distribution, low, high):
    return replace(BASE, distribution=distribution, parameters={"low": low, "high": high})


def test_every_prior_says_what_it_rests_on():
    ledger = Ledger.load()
    assert len(PRIORS) >= 50
    for id, one in PRIORS.items():
        assert one.id == id
        assert one.source.strip()
        assert one.grade in grades()
        assert one.basis in ("data", "judgement", "unverified")
        assert one.link in links()
        assert set(one.evidence) <= set(ledger)
        # what is fitted to data or not checked must name its row; a judgement may stand alone
        assert one.evidence or one.basis == "judgement", id


def test_every_prior_has_the_support_of_its_quantity():
    """A quantity without ends is one that can truly have either sign."""
    without = {
        id
        for id, one in PRIORS.items()
        if one.low == -math.inf and not one.positive and one.distribution != "none"
    }
    assert without == {
        "musc_to_grade",
        "drift_placebo",
        "sceptic",
        "net_improvement",
        "net_improvement_forehead",
    }
    assert all(one.low == 0 for one in PRIORS.values() if one.positive)
    assert PRIORS["coll_fast"].high == PRIORS["atp_transfer"].high == 1


@pytest.mark.parametrize(
    ("made", "whole"),
    [
        (prior("normal", mean=2.0, sd=3.0), stats.norm(2, 3)),
        (prior("lognormal", median=2.0, sigma_ln=0.4), stats.lognorm(0.4, scale=2)),
        (between("uniform", -1.0, 3.0), stats.uniform(-1, 4)),
        (between("loguniform", 0.1, 20.0), stats.loguniform(0.1, 20)),
        (prior("beta", a=1.0, b=9.0), stats.beta(1, 9)),
        (prior("normal", positive=True, low=0.0, mean=2.0, sd=3.0), stats.truncnorm(-2 / 3, np.inf, 2, 3)),
        (prior("normal", low=1.0, high=2.5, mean=2.0, sd=3.0), stats.truncnorm(-1 / 3, 1 / 6, 2, 3)),
    ],
)
def test_quantiles_are_those_of_scipy(made, whole):
    # both invert the same functions; 1e-9 leaves room for the roots that scipy finds by iteration
    np.testing.assert_allclose(made.quantile(SHARES), whole.ppf(SHARES), rtol=1e-9)


def test_quantiles_in_closed_form():
    p = np.array([0.1, 0.5, 0.8])
    np.testing.assert_allclose(PRIORS["tep_age_loss"].quantile(p), 0.2 + 0.4 * p)
    np.testing.assert_allclose(PRIORS["sigma_dermis"].quantile(p), 0.1 * 4**p)
    np.testing.assert_allclose(PRIORS["atp_transfer"].quantile(p), 1 - (1 - p) ** (1 / 9))  # beta(1, b)
    np.testing.assert_allclose(PRIORS["lift_h"].quantile(p), 1.5)
    assert PRIORS["rheobase_motor"].quantile(0.5) == pytest.approx(2.6)
    # a normal cut at its mean is the half-normal: its median is the 75 % quantile of the whole
    half = prior("normal", low=0.0, positive=True, mean=0.0, sd=2.0)
    assert half.quantile(0.5) == pytest.approx(2 * stats.norm.ppf(0.75))


def test_a_lognormal_is_truncated_at_a_fraction_of_one():
    made = prior("lognormal", low=0.0, high=1.0, median=0.5, sigma_ln=1.0)
    whole = stats.lognorm(1.0, scale=0.5)
    np.testing.assert_allclose(whole.cdf(made.quantile(SHARES)), SHARES * whole.cdf(1.0), rtol=1e-9)


number = st.floats(-1e3, 1e3)
above = st.floats(1e-3, 1e3)


@given(mean=number, sd=above, low=number, width=above)
def test_truncation_keeps_values_inside_and_in_order(mean, sd, low, width):
    try:
        made = prior("normal", low=low, high=low + width, mean=mean, sd=sd)
    except PriorError:
        assert not low <= mean <= low + width
        return
    found = made.quantile(SHARES)
    assert (found >= low).all()
    assert (found <= low + width).all()
    assert (np.diff(found) >= 0).all()


@given(median=above, sigma=st.floats(0.01, 3.0), cut=above)
def test_a_positive_lognormal_stays_above_zero(median, sigma, cut):
    made = prior("lognormal", low=0.0, high=median + cut, positive=True, median=median, sigma_ln=sigma)
    found = made.quantile(SHARES)
    assert (found > 0).all()
    assert (found <= median + cut).all()
    assert (np.diff(found) >= 0).all()


@given(low=number, width=above, kind=st.sampled_from(["uniform", "fixed", "beta"]))
def test_what_is_not_truncated_must_lie_within_the_support(low, width, kind):
    parameters = {
        "uniform": {"low": low, "high": low + width},
        "fixed": {"value": low},
        "beta": {"a": 2.0, "b": 3.0},
    }
    outside = {"uniform": low < 0 or low + width > 1, "fixed": not 0 <= low <= 1, "beta": False}
    make = {"distribution": kind, "parameters": parameters[kind], "low": 0.0, "high": 1.0}
    if outside[kind]:
        with pytest.raises(PriorError):
            replace(BASE, **make)
    else:
        found = replace(BASE, **make).quantile(SHARES)
        assert ((found >= 0) & (found <= 1)).all()


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ({"wound_field": {"sd": 0}}, ["wound_field", "sd = 0", "above zero"]),
        ({"wound_field": {"sd": -3}}, ["sd = -3"]),
        ({"wound_field": {"mean": float("nan")}}, ["mean = nan", "a number in mV/mm"]),
        ({"wound_field": {"mean": "140 mV/mm"}}, ["a number in mV/mm", "without unit"]),
        ({"wound_field": True}, ["True", "expected a number"]),
        ({"rheobase_motor": {"median": 0}}, ["rheobase_motor", "median = 0"]),
        ({"tep_age_loss": {"low": 0.7}}, ["low below high"]),
        ({"tep_age_loss": {"low": 0.6}}, ["low below high"]),
        ({"atp_transfer": {"a": -1}}, ["a = -1"]),
        ({"atp_J50": {"low": 0}}, ["low = 0"]),
        ({"sigma_dermis": {"distribution": "uniform", "low": -0.1, "high": 0.4}}, ["above 0 S/m", "-0.1"]),
        ({"sigma_dermis": 0}, ["above 0 S/m"]),
        ({"coll_fast": {"high": 1.2}}, ["coll_fast", "up to 1"]),
        ({"coll_b": -1.5}, ["from -1"]),
        ({"tep_25": {"mean": -25}}, ["above 0 mV"]),
        ({"coll_pools": 3}, ["from 1 up to 2"]),
        ({"tep_25": {"distribution": "gamma", "a": 1}}, ["'gamma'", "lognormal"]),
        ({"tep_25": {"distribution": "uniform", "low": 1}}, ["low and high"]),
    ],
)
def test_a_prior_that_cannot_be_names_itself(override, words):
    with pytest.raises(PriorError) as caught:
        Priors.load(override)
    assert isinstance(caught.value, InputError)
    for word in words:
        assert word in str(caught.value)


def test_overrides():
    changed = Priors.load(
        {
            "wound_field": {"mean": 100},
            "flow_Emax": 4,
            "coll_b": {"distribution": "uniform", "low": -0.2, "high": 0.2},
        }
    )
    assert changed["wound_field"].parameters == {"mean": 100, "sd": 30}
    assert changed["wound_field"].basis == "judgement"
    assert "normal(mean 140, sd 30) mV/mm" in changed["wound_field"].source
    assert changed["flow_Emax"].quantile([0.1, 0.9]).tolist() == [4, 4]
    assert changed["coll_b"].parameters == {"low": -0.2, "high": 0.2}
    assert changed["tep_25"] == PRIORS["tep_25"]
    assert list(changed) == list(PRIORS)
    assert Priors.load({"time_course": 1.0})["time_course"].quantile(0.5) == 1.0
    with pytest.raises(UnknownNameError, match="did you mean 'wound_field'"):
        Priors.load({"woundfield": 1})
    with pytest.raises(UnknownNameError, match="did you mean 'mean'"):
        Priors.load({"wound_field": {"means": 1}})
    with pytest.raises(UnknownNameError, match="did you mean 'tep_25'"):
        PRIORS["tep_24"]


def test_draws_depend_on_the_seed_alone():
    ids = ["wound_field", "sigma_dermis", "coll_b"]
    drawn = PRIORS.draw(ids, 100, seed=4)
    assert list(drawn) == ids
    assert all(values.shape == (100,) for values in drawn.values())
    for id in ids:  # neither what else is drawn, nor the number of samples, nor another override counts
        alone = Priors.load({"tep_25": 20}).draw([id], 300, seed=4)[id]
        np.testing.assert_array_equal(alone[:100], drawn[id])
    assert not np.allclose(PRIORS.draw(ids, 100, seed=5)["coll_b"], drawn["coll_b"])
    assert PRIORS.draw(ids, 1, seed=4)["coll_b"].shape == (1,)


def test_draws_fill_the_distributions_evenly():
    # 1024 Sobol points put one point into each of 1024 equal shares: no quantile is off by more than 1/1024
    drawn = PRIORS.draw([id for id in PRIORS if id != "time_course"], 1024, seed=1)
    uncertain = [id for id in drawn if PRIORS[id].distribution != "fixed"]
    for id in uncertain:
        edges = PRIORS[id].quantile(np.arange(1, 8) / 8)
        counts = np.diff([0, *np.searchsorted(np.sort(drawn[id]), edges), 1024])
        assert counts.tolist() == [128] * 8, id
    # and no two quantities go together; for independent ones 1/sqrt(1024) is one standard deviation
    ranks = np.array([stats.rankdata(drawn[id]) for id in uncertain])
    related = np.corrcoef(ranks) - np.eye(len(uncertain))
    assert np.abs(related).max() < 4 / math.sqrt(1024)


def test_what_cannot_be_drawn():
    with pytest.raises(PriorError, match="time_course"):
        PRIORS.draw(["time_course"], 8, seed=1)
    with pytest.raises(PriorError):
        PRIORS["time_course"].quantile(0.5)
    with pytest.raises(UnknownNameError):
        PRIORS.draw(["tep"], 8, seed=1)
    with pytest.raises(RangeError, match="at least 1"):
        PRIORS.draw(["tep_25"], 0, seed=1)
    for share in (0.0, 1.0, -0.1, float("nan"), [0.5, 2.0]):
        with pytest.raises(RangeError, match="tep_25"):
            PRIORS["tep_25"].quantile(share)


def test_json_is_plain():
    found = PRIORS["wound_field"].json()
    assert found["evidence"] == ["E039", "E040"]
    assert found["p05"] == pytest.approx(140 - 1.6449 * 30, abs=0.01)  # the cut at zero is 4.7 sd away
    assert found["parameters"] == {"mean": 140, "sd": 30}
    assert PRIORS["time_course"].json()["median"] is None


def test_a_prior_is_checked_however_it_is_made():
    assert set(PARAMETERS) >= {one.distribution for one in PRIORS.values()}
    with pytest.raises(PriorError, match="just these"):
        Prior("x", "L1", "x", "x", "normal", {"mean": 1.0}, "1", "none", "D", "judgement")


def test_the_motor_rheobase_follows_from_its_sources():
    """Published: median 2.62 mA, 95 % 1.26 to 5.47, P(< 1, 2, 4 mA) = 0.51, 23.5, 87.0 %."""
    generator, n = np.random.default_rng(1), 400_000
    spread = math.log(1 + (1.7 / 4.6) ** 2)  # log-normal with mean 4.6 and sd 1.7 mA, at 0.7 ms
    twitch = generator.lognormal(math.log(4.6) - spread / 2, math.sqrt(spread), n)
    tau = generator.normal(PRIORS["tau_motor"].parameters["mean"], PRIORS["tau_motor"].parameters["sd"], n)
    rheobase = twitch / (1 + tau / 0.7)
    # sampling errors at n = 4e5: 0.002 of the median, 0.01 of the upper end, 0.00012 of P(< 1 mA)
    assert np.median(rheobase) == pytest.approx(2.62, abs=0.01)
    assert np.quantile(rheobase, [0.025, 0.975]) == pytest.approx([1.26, 5.47], abs=0.03)
    shares = [np.mean(rheobase < level) for level in (1, 2, 4)]
    assert shares == pytest.approx([0.0051, 0.235, 0.870], abs=0.002)
    # the shipped prior is that distribution, rounded to two digits
    shipped = PRIORS["rheobase_motor"].quantile([0.025, 0.5, 0.975])
    assert shipped == pytest.approx(np.quantile(rheobase, [0.025, 0.5, 0.975]), rel=0.02)
