"""The report of a treatment with intervals, from a made-up propagation."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from zygoma.plan import Plan, Treatment, Uncertainty
from zygoma.plan.prior import draw, priors
from zygoma.plan.uncertainty import _shares, quantiles_of
from zygoma.report import page, tables
from zygoma.report.uncertain import UncertaintySection


def made_up(treatment: Treatment, samples: int) -> Uncertainty:
    """Every dose goes with the conductivity of fat; the coarse nominal numbers are 10 % low."""
    known = priors()
    germ = draw(known, samples, 1)
    fat = [prior.name for prior in known].index("fat_conductivity")
    sets = [("muscles", dose) for dose in treatment.muscles] + [
        ("regions", dose) for dose in treatment.regions
    ]
    names = tuple(f"{kind}/{dose.name}/charge_density" for kind, dose in sets)
    nominal = 0.9 * np.array([dose.charge_density for _, dose in sets])
    values = nominal * np.exp(0.5 * germ[:, [fat]])
    quantiles, errors = quantiles_of(values, 1)
    shares = _shares(known, germ, values, 1)
    return Uncertainty(
        Plan(), "coarse", 1, known, germ, names, values, nominal, quantiles, errors, shares, 60.0
    )


@pytest.fixture(scope="module")
def with_intervals(treatment: Treatment) -> Treatment:
    return replace(treatment, uncertainty=made_up(treatment, 64))


def test_page_says_what_matters_and_what_it_rests_on(with_intervals: Treatment) -> None:
    text = page.render(with_intervals)
    assert "What is uncertain, and what matters" in text
    assert "the conductivity of fat matters most: 100.0 ± 0.0 %" in text
    for prior in priors():
        assert prior.what in text
    assert text.count('class="band"') >= len(with_intervals.muscles) + len(with_intervals.regions)


@pytest.mark.slow
def test_page_without_intervals_says_how_to_get_them(treatment: Treatment) -> None:
    text = page.render(treatment)
    assert "--uncertainty 200" in text
    assert 'id="uncertainty"' not in text


@pytest.mark.slow
def test_few_samples_say_why_nothing_is_told(treatment: Treatment) -> None:
    few = replace(treatment, uncertainty=made_up(treatment, 16))
    section = UncertaintySection.of(few)
    assert section is not None
    assert not section.has_shares
    assert "at least 24 samples" in section.sentences[-1]
    assert 'id="uncertainty"' in page.render(few)


def test_table_sets_the_interval_about_the_nominal_number(with_intervals: Treatment) -> None:
    rows = list(csv.DictReader(io.StringIO(tables.as_csv(
        with_intervals.muscles, "muscles", with_intervals.uncertainty
    ))))  # fmt: skip
    first = rows[0]
    nominal, low, high = (
        float(first[key])
        for key in ("charge_density_C_m2", "charge_density_p05_C_m2", "charge_density_p95_C_m2")
    )
    assert low / nominal == pytest.approx(np.exp(-0.45), rel=0.05)
    assert high / nominal == pytest.approx(np.exp(0.45), rel=0.05)
    assert first["E_fibre_p95_p05_V_m"] == ""


def test_json_holds_it(with_intervals: Treatment, treatment: Treatment) -> None:
    told = json.loads(json.dumps(with_intervals.json(), allow_nan=False))["uncertainty"]
    assert told["samples"] == 64
    assert told["shares_muscles"][0]["property"] == "fat_conductivity"
    assert treatment.json()["uncertainty"] is None
