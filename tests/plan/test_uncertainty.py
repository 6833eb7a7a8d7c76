"""Propagation with a made-up model in place of the field, so that what comes out is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zygoma.errors import InputError, RangeError
from zygoma.plan import Plan
from zygoma.plan.prior import priors
from zygoma.plan.sample import Sample
from zygoma.plan.scheduler import Scheduler
from zygoma.plan.uncertainty import propagate, quantiles_of

SLOPES = {"fat_conductivity": 1.0, "fat_thickness": -0.5, "skin_conductivity": -0.3}


def model(sample: Sample) -> dict[str, float]:
    """A dose that is a product of powers of three properties."""
    kinds = {prior.name: prior for prior in priors()}
    power = sum(slope * kinds[k].spread * sample.germ.get(k, 0.0) for k, slope in SLOPES.items())
    dose = {f"{kind}/{name}/charge_density": size * float(np.exp(power)) for kind, name, size in SETS}
    return {**dose, "face/whole/delivered_current": 4e-4}


SETS = (("muscles", "masseter_r", 30.0), ("muscles", "procerus", 60.0), ("regions", "malar_cheek_r", 20.0))


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Sample]:
    """Samples that were computed, in their order."""
    computed: list[Sample] = []

    def compute(sample: Sample) -> dict[str, float]:
        computed.append(sample)
        return model(sample)

    monkeypatch.setenv("ZYGOMA_CACHE", str(tmp_path))
    monkeypatch.setattr("zygoma.plan.scheduler.compute", compute)
    monkeypatch.setattr("zygoma.plan.uncertainty.ground_of", lambda *_: 0)
    return computed


@pytest.mark.slow
def test_intervals_and_shares_are_those_of_the_model(made_up: list[Sample]) -> None:
    found = propagate(Plan(), 256)
    assert found.nominal[found.names.index("muscles/procerus/charge_density")] == 60.0
    variance = {
        p.name: (SLOPES.get(p.name, 0.0) * p.spread) ** 2
        * (1 / 3 if p.uniform else float(np.var(p.germ(np.linspace(0, 1, 20001)[1:-1]))))
        for p in priors()
    }  # fmt: skip
    for share in found.importance():
        assert share.total == pytest.approx(variance[share.prior.name] / sum(variance.values()), abs=0.01)
        assert share.first == pytest.approx(share.total, abs=1e-6)
    assert found.importance()[0].prior.name == "fat_conductivity"
    low, high = found.spread()
    draw = np.random.default_rng(0).uniform(size=(200000, len(priors())))
    power = sum(SLOPES.get(p.name, 0.0) * p.spread * p.germ(draw[:, k]) for k, p in enumerate(priors()))
    one = found.interval("muscles", "procerus", "charge_density")
    assert one is not None
    truth = 60 * np.quantile(np.exp(power), [0.05, 0.95])
    assert abs(one.low - truth[0]) < 4 * one.low_error
    assert abs(one.high - truth[1]) < 4 * one.high_error
    assert (low, high) == pytest.approx((one.low / 60, one.high / 60))


@pytest.mark.slow
def test_same_seed_same_numbers_and_finished_samples_are_not_computed_again(made_up: list[Sample]) -> None:
    first = propagate(Plan(), 32)
    assert len(made_up) == 33
    again = propagate(Plan(), 32)
    assert len(made_up) == 33
    assert np.array_equal(again.values, first.values)
    more = propagate(Plan(), 40)
    assert len(made_up) == 41
    assert np.array_equal(more.values[:32], first.values)
    assert not np.array_equal(propagate(Plan(), 32, seed=2).values, first.values)


@pytest.mark.slow
def test_interruption_keeps_what_is_finished(made_up: list[Sample], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(sample: Sample) -> dict[str, float]:
        if len(made_up) == 10:
            raise KeyboardInterrupt
        made_up.append(sample)
        return model(sample)

    with monkeypatch.context() as patch:
        patch.setattr("zygoma.plan.scheduler.compute", interrupted)
        with pytest.raises(KeyboardInterrupt):
            propagate(Plan(), 24)
    propagate(Plan(), 24)
    assert len(made_up) == 25


def test_damaged_sample_is_computed_again(made_up: list[Sample], tmp_path: Path) -> None:
    propagate(Plan(), 16)
    next((tmp_path / "samples").glob("*.json")).write_text("{", encoding="utf-8")
    propagate(Plan(), 16)
    assert len(made_up) == 18


def test_another_plan_has_its_own_samples(made_up: list[Sample]) -> None:
    propagate(Plan(), 16)
    propagate(Plan.load(overrides=['device.current="300 uA"']), 16)
    propagate(
        Plan.load(overrides=["programme.sessions=5", "options.resolution=fine"]), 16
    )  # the same session
    assert len(made_up) == 34


@pytest.mark.slow
def test_result_as_text_and_json(made_up: list[Sample]) -> None:
    found = propagate(Plan(), 32)
    assert str(found).count("\n") <= 4
    assert "conductivity of fat" in str(found)
    told = json.loads(json.dumps(found.json(), allow_nan=False))
    assert {row["name"] for row in told["muscles"]} == {"masseter_r", "procerus"}
    assert (
        told["muscles"][0]["charge_density_C_m2"]["p05"]
        < 30
        < told["muscles"][0]["charge_density_C_m2"]["p95"]
    )
    assert told["muscles"][0]["E_fibre_p95_V_m"] is None
    assert all(prior["status"] for prior in told["priors"])


def test_few_samples_tell_intervals_only(made_up: list[Sample]) -> None:
    found = propagate(Plan(), 16)
    assert found.importance() == ()
    assert "not told below 24" in str(found)
    assert found.json()["shares_muscles"] == []
    with pytest.raises(RangeError, match="at most 100,000"):
        propagate(Plan(), 1_000_000_000)
    with pytest.raises(RangeError, match="at least 16"):
        propagate(Plan(), 15)


def test_interval_about_another_nominal_number(made_up: list[Sample]) -> None:
    one = propagate(Plan(), 16).interval("muscles", "masseter_r", "charge_density")
    assert one is not None
    about = one.about(33.0)
    assert about.high / about.nominal == pytest.approx(one.high / one.nominal)
    assert about.high_error == pytest.approx(1.1 * one.high_error)


def test_error_of_a_quantile_is_that_of_repeated_draws() -> None:
    draws = [np.random.default_rng(k).normal(size=(200, 1)) for k in range(200)]
    scatter = np.std([quantiles_of(values, 1, 1)[0][:, 0] for values in draws], axis=0)
    told = np.mean([quantiles_of(values, 1)[1][:, 0] for values in draws[:20]], axis=0)
    assert np.all((told / scatter > 0.7) & (told / scatter < 1.4))


def test_both_kinds_of_workers_are_refused() -> None:
    with pytest.raises(InputError, match="leave one out"):
        Scheduler("tcp://127.0.0.1:1", 2)
    with pytest.raises(InputError, match="1 or more"):
        Scheduler(workers=0)


def test_changes_of_a_sample() -> None:
    plan = Plan.load(overrides=["face.morphs.fat_factor=2.0"])
    germ: dict[str, Any] = {"bone_conductivity": 1.0, "fat_thickness": 2.5, "contact_impedance": -1.0}
    sigma, morphs, contact = Sample(plan, "coarse", {**germ, "muscle_along_conductivity": 0.0}).changes()
    assert sigma["bone"] == pytest.approx(0.008 * np.exp(0.294))
    assert sigma["muscle_along"] == pytest.approx(0.4)
    assert set(sigma) == {"bone", "facial_bone", "tooth", "muscle_along"}
    assert morphs["fat_factor"] == 3.0  # the largest that a person takes
    assert contact == pytest.approx(np.exp(-0.668))
