"""Cases of the evidence side: readings of the study, intervals of proportions, priors."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from zygoma.evidence import Priors, Study, wilson
from zygoma.verification.record import Record

_ROUNDING = 1e-9  # closed forms or the same root on both sides: only rounding may differ
_SHARES = np.array([0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975])
_PRINTED = {"forehead": 35.66, "nose_mouth": 13.01}  # percent, to the digits in which they are printed


def readings() -> list[Record]:
    """Reading B of the study, Wilson intervals, and quantiles of the priors."""
    return [*_reading_b(), _wilson(), _quantiles(), _shrinkage()]


def _reading_b() -> list[Record]:
    return [
        Record(
            f"evidence-reading-b-{region.id.replace('_', '-')}",
            "two steps of improvement that compound",
            f"{region.name}: difference in percent to {_PRINTED[region.id]} %",
            abs((region.reading_b or 0.0) - _PRINTED[region.id]),
            0.005,  # half of the last digit printed
            "100 (1 - (1 - first)(1 - second))",
        )
        for region in Study.load().regions
        if region.id in _PRINTED
    ]


def _wilson() -> Record:
    """Ends of the interval are the roots of (p - x/n)^2 = z^2 p (1 - p)/n, here of a polynomial."""
    z2 = NormalDist().inv_cdf(0.975) ** 2
    worst = 0.0
    for case in Study.load().satisfaction:
        share, n = case.satisfied / case.asked, case.asked
        roots = np.sort(np.roots([1 + z2 / n, -(2 * share + z2 / n), share**2]).real)
        worst = max(worst, float(np.abs(roots - wilson(case.satisfied, n)).max()))
    return Record(
        "evidence-wilson",
        "interval of a proportion",
        "21/30, 13/19, 13/30: largest difference",
        worst,
        _ROUNDING,
        "roots of the score equation, Wilson 1927",
    )


def _quantiles() -> Record:
    """Quantiles of every prior put back into its distribution function, by another library routine."""
    from scipy import stats

    worst = 0.0
    for prior in Priors.load().values():
        p = prior.parameters
        match prior.distribution:
            case "normal":
                whole = stats.norm(p["mean"], p["sd"])
            case "lognormal":
                whole = stats.lognorm(p["sigma_ln"], scale=p["median"])
            case "uniform":
                whole = stats.uniform(p["low"], p["high"] - p["low"])
            case "loguniform":
                whole = stats.loguniform(p["low"], p["high"])
            case "beta":
                whole = stats.beta(p["a"], p["b"])
            case _:
                continue
        below, above = whole.cdf(prior.low), whole.cdf(prior.high)
        shares = (whole.cdf(prior.quantile(_SHARES)) - below) / (above - below)
        worst = max(worst, float(np.abs(shares - _SHARES).max()))
    return Record(
        "evidence-quantiles",
        "quantiles of the priors, truncated where the quantity ends",
        "all distributions: largest difference of probability",
        worst,
        _ROUNDING,
        "distribution functions of scipy.stats",
    )


def _shrinkage() -> Record:
    """The shipped prior of the net effect follows from those of drift, error and sceptic."""
    priors = Priors.load()
    drift, sceptic = priors["drift_placebo"].parameters, priors["sceptic"].parameters
    error = priors["assumed_se"].parameters["value"]
    observed = float(np.mean([region.first_step for region in Study.load().regions if region.first_step]))
    weight = sceptic["sd"] ** 2 / (sceptic["sd"] ** 2 + drift["sd"] ** 2 + error**2)
    mean, sd = weight * (observed - drift["mean"]), sceptic["sd"] * np.sqrt(1 - weight)
    net = priors["net_improvement"].parameters
    return Record(
        "evidence-shrinkage",
        "net improvement after a sceptical prior, normal with normal",
        "mean and standard deviation: largest difference in percent points",
        max(abs(mean - net["mean"]), abs(float(sd) - net["sd"])),
        0.1,  # the prior is written in steps of half a percent point
        "conjugate normal model",
    )
