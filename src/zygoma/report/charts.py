"""Drawings of numbers: depth profile and waveform, as SVG that takes the page's letters."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from zygoma.face.atlas import title
from zygoma.plan import Treatment, Uncertainty
from zygoma.plan.uncertainty import Share
from zygoma.report.words import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

INK, QUIET, LINE, BAND = "#2b2430", "#7a7280", "#8c2d5c", "#e9b7a6"
TISSUES = (
    ("Skin", "#f0cdb8", ("skin",)),
    ("Fat", "#f3e3a9", ("fat",)),
    ("SMAS", "#dd9a86", ("smas",)),
    ("Muscle", "#a8473f", ("muscle",)),
    ("Soft tissue", "#d8b3a3", ("soft",)),
    ("Bone, teeth", "#d3d0c6", ("bone", "facial_bone", "tooth", "cartilage")),
    ("Brain, eye, tongue", "#b9a9c9", ("brain", "eye", "tongue")),
)


def depth_chart(treatment: Treatment) -> str:
    """Mean and 95th percentile of |J| against depth, over a strip that shows which tissue lies there."""
    profile = treatment.profile
    figure, (upper, lower) = figure_of(3.9, rows=(3.2, 1.0))
    edges = np.append(profile.top, profile.bottom[-1]) * 1e3
    upper.stairs(profile.p95, edges, baseline=None, color=QUIET, linewidth=1.2, linestyle=(0, (4, 2)))
    upper.stairs(profile.mean, edges, baseline=None, color=LINE, linewidth=2.2)
    logarithmic(upper.yaxis, upper.set_yscale)
    upper.set_ylabel("current density  [A/m²]")
    middle = len(profile.mean) // 2
    place = float(edges[middle])
    upper.annotate(
        "95 % of the volume is below", (place, profile.p95[middle - 1]), (4, 4), color=QUIET, **_NOTE
    )
    upper.annotate("mean", (place, profile.mean[middle]), (-6, -6), color=LINE, ha="right", va="top", **_NOTE)
    bottom = np.zeros(len(profile.mean))
    for label, colour, names in TISSUES:
        share = np.sum([profile.tissue.get(name, np.zeros_like(bottom)) for name in names], axis=0)
        if share.any():
            lower.bar(edges[:-1], share, np.diff(edges), bottom, align="edge", color=colour, label=label)
        bottom = bottom + share
    lower.set_ylim(0, 1)
    lower.set_yticks([])
    lower.set_ylabel("tissue")
    lower.set_xlabel("depth below the skin  [mm]")
    lower.set_xlim(0, edges[-1])
    lower.legend(
        loc="upper center", bbox_to_anchor=(0.5, -0.75), ncols=4, frameon=False, fontsize=10,
        handlelength=1, columnspacing=1.2,
    )  # fmt: skip
    return svg(figure)


def waveform_chart(treatment: Treatment) -> str:
    """Current against time over two periods."""
    waveform = treatment.waveform
    figure, (axis,) = figure_of(2.5)
    time = np.linspace(0.0, 2.0 * waveform.period, 2001)
    unit, factor = (
        ("s", 1.0) if waveform.period >= 0.5 else ("ms", 1e3) if waveform.period >= 5e-4 else ("µs", 1e6)
    )
    axis.axhline(0.0, color=QUIET, linewidth=0.8)
    axis.plot(time * factor, waveform.samples(time) * 1e6, color=LINE, linewidth=2.0)
    axis.set_xlim(0.0, time[-1] * factor)
    reach = 1.25 * waveform.amplitude * 1e6
    axis.set_ylim(-reach, reach)
    axis.set_xlabel(f"time  [{unit}]")
    axis.set_ylabel("current  [µA]")
    return svg(figure)


def shares_chart(shares: Sequence[Share]) -> str:
    """Bars of the Sobol indices, largest on top, with their standard errors."""
    figure, (axis,) = figure_of(4.8)
    place = np.arange(len(shares))[::-1]
    total, error = np.array([s.total for s in shares]), np.array([s.total_error for s in shares])
    axis.barh(place, 100 * total, 0.62, color=BAND)
    axis.barh(place, 100 * np.array([s.first for s in shares]), 0.62, color=LINE)
    axis.errorbar(100 * total, place, xerr=100 * error, fmt="none", ecolor=INK, elinewidth=1.4, capsize=2.5)
    axis.set_yticks(place, [_short(s.prior.what) for s in shares], fontsize=9)
    axis.set_xlim(left=0)
    axis.set_xlabel("share of the variance  [%]")
    return svg(figure)


def interval_chart(treatment: Treatment, found: Uncertainty) -> str:
    """Intervals of the muscles' dose, most dosed on top; of pairs the right one."""
    rows = [dose for dose in treatment.muscles if dose.side != "l"]
    rows = sorted(rows, key=lambda dose: dose.charge_density)
    bands = [found.interval("muscles", dose.name, "charge_density") for dose in rows]
    figure, (axis,) = figure_of(4.8)
    for place, (dose, band) in enumerate(zip(rows, bands, strict=True)):
        if band is None:
            continue
        about = band.about(dose.charge_density)
        axis.plot([about.low, about.high], [place, place], color=BAND, linewidth=5, solid_capstyle="butt")
        axis.plot([about.median], [place], "|", color=LINE, markersize=8, markeredgewidth=1.6)
        axis.plot([about.nominal], [place], "o", color=INK, markersize=3.2)
    logarithmic(axis.xaxis, axis.set_xscale)
    axis.set_yticks(range(len(rows)), [title(dose.name) for dose in rows], fontsize=8.5)
    axis.set_xlabel("dose of one session  [C/m²]")
    return svg(figure)


def logarithmic(axis: Axis, scale: Callable[[str], None], marks: tuple[float, ...] = (1.0, 2.0, 5.0)) -> None:
    """Logarithmic axis with plain numbers at these places of each decade."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    scale("log")
    axis.set_major_locator(LogLocator(subs=marks))
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    axis.set_minor_locator(NullLocator())


def _short(what: str) -> str:
    """Heading of a property broken over two lines where it is long."""
    return "\n".join(wrap(what, 32))


_NOTE: dict[str, Any] = {"textcoords": "offset points", "fontsize": 11}


def figure_of(height: float, rows: tuple[float, ...] = (1.0,)) -> tuple[Figure, list[Axes]]:
    """A figure of this height [inch] with one axis for each of `rows`, in the style of the page."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.4, height), layout="constrained")
    axes = figure.subplots(len(rows), 1, sharex=True, squeeze=False, height_ratios=rows)[:, 0]
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.spines[["left", "bottom"]].set_color(QUIET)
        axis.tick_params(colors=QUIET, labelcolor=INK, labelsize=11)
        axis.xaxis.label.set(color=INK, fontsize=11.5)
        axis.yaxis.label.set(color=INK, fontsize=11.5)
        axis.patch.set_visible(False)
    figure.patch.set_visible(False)
    return figure, list(axes)


def svg(figure: Figure) -> str:
    """The figure as SVG that takes width and letters of the page."""
    from matplotlib import rc_context

    buffer = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "zygoma", "font.family": "sans-serif"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(
        r'(<svg[^>]*?) (?:width|height)="[^"]*"', r"\1", re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text)
    )
    return re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", text)
