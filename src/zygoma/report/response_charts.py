"""Drawings of the responses: thresholds of nerve fibres, and the course session by session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zygoma.evidence import Study
from zygoma.report.charts import BAND, INK, LINE, QUIET, figure_of, logarithmic, svg
from zygoma.report.nerve_table import NerveTable
from zygoma.response.amount import LEAST

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from zygoma.response.course import TimeCourse
    from zygoma.response.response import Response

_MARKS = ("o", "s", "^", "D")
_COLOURS = (LINE, "#c4622d", "#3d6f9e", "#5b7f3a")
_PALE, _PEOPLE = "#f4ddd4", "#cfe3dd"
_ROW, _FRAME = 0.235, 1.35  # height of a row, and of axis and legend [inch]


def nerve_chart(table: NerveTable) -> str:
    """Used current over threshold by muscle and fibre model, over the band of what was found in people."""
    muscles = list(table.rows)
    places = {row.heading: -float(k) for k, row in enumerate(muscles)}
    low = -float(len(muscles)) - 0.6
    figure, (axis,) = figure_of(_FRAME + _ROW * (len(muscles) + 2))
    axis.axvspan(table.twitch.p05, table.twitch.p95, color=_PEOPLE, linewidth=0, label="people: a twitch")
    rows = [(places[row.heading], row) for row in muscles]
    if table.skin is not None:
        rows.append((low, table.skin))
        axis.barh(
            low,
            table.feel.p95 - table.feel.p05,
            0.62,
            table.feel.p05,
            color="#c9d9ea",
            label="people: feeling",
        )
        axis.axhline(low + 0.8, color=QUIET, linewidth=0.6)
    for place, row in rows:
        known = [ratio for ratio in row.ratios.values() if ratio > 0]
        if known:
            axis.plot([min(known), max(known)], [place, place], color=BAND, linewidth=3, zorder=2)
    for model, mark, colour in zip(table.models, _MARKS, _COLOURS, strict=False):
        seen = [(row.ratios[model], place) for place, row in rows if row.ratios.get(model, 0) > 0]
        if seen:
            x, y = zip(*seen, strict=True)
            axis.plot(x, y, mark, color=colour, markersize=4.6, label=model.replace(" um", " µm"), zorder=3)
    axis.axvline(1.0, color=INK, linewidth=1.3, zorder=2.5)
    logarithmic(axis.xaxis, axis.set_xscale, (1.0,))
    axis.set_yticks([place for place, _ in rows], [row.heading for _, row in rows], fontsize=9)
    axis.set_ylim((low if table.skin is not None else low + 1) - 0.7, 0.7)
    axis.set_xlabel("used current over threshold")
    axis.legend(
        loc="upper center", bbox_to_anchor=(0.35, -_FRAME / (2.4 * (_FRAME + _ROW * len(rows)))), ncols=2,
        frameon=False, fontsize=10, handlelength=1.2, columnspacing=1.2,
    )  # fmt: skip
    return svg(figure)


def collagen_chart(course: TimeCourse) -> str:
    """Collagen against no treatment over the course and a year."""
    figure, (axis,) = figure_of(2.9)
    _bands(axis, course.day, course.collagen)
    axis.axvspan(
        course.session_day[0], course.session_day[-1], color=_PALE, alpha=0.55, linewidth=0, zorder=0
    )
    axis.annotate(
        "sessions", (float(course.session_day[-1]), 0.98), (4, -2), xycoords=("data", "axes fraction"),
        textcoords="offset points", fontsize=10, color=QUIET, va="top",
    )  # fmt: skip
    axis.set_xlim(0, course.day[-1])
    low, high = (float(end) for end in axis.get_ylim())
    axis.set_ylim(min(low, -LEAST), max(high, LEAST))  # a course within what is told shows as nearly flat
    axis.set_xlabel("days since the first session")
    axis.set_ylabel("collagen of the dermis  [%]")
    return svg(figure)


def flow_chart(course: TimeCourse) -> str:
    """Blood flow over its baseline in the hours after a session."""
    figure, (axis,) = figure_of(2.9)
    _bands(axis, course.hour, course.flow)
    axis.set_xlim(0, course.hour[-1])
    axis.set_ylim(0, 1.15 * max(2.0, float(course.flow.max())))
    axis.set_xlabel("hours since the end of a session")
    axis.set_ylabel("blood flow  [times baseline]")
    return svg(figure)


def volume_chart(course: TimeCourse) -> str:
    """Volume of the most excited muscle after each session."""
    figure, (axis,) = figure_of(2.9)
    _bands(axis, np.arange(1.0, len(course.session_day) + 1), course.volume)
    axis.set_xlabel("sessions")
    axis.set_ylabel("muscle volume  [%]")
    return svg(figure)


def wrinkle_chart(net: Response) -> str:
    """The judgement against sham at the end of the course, beside both readings of the one study."""
    study = Study.load()
    figure, (axis,) = figure_of(2.9)
    axis.axhline(0.0, color=QUIET, linewidth=0.8)
    axis.plot([1, 1], [net.p05, net.p95], color=_PALE, linewidth=16, solid_capstyle="butt")
    axis.plot([1, 1], [net.p25, net.p75], color=BAND, linewidth=16, solid_capstyle="butt")
    axis.plot([0.93, 1.07], [net.median] * 2, color=LINE, linewidth=2.2)
    axis.annotate(
        "judged here,\nagainst sham", (1, net.p05), (0, -4), textcoords="offset points", fontsize=9.5,
        ha="center", va="top", color=LINE,
    )  # fmt: skip
    for region, colour in zip(study.regions, _COLOURS[1:], strict=False):
        if region.first_step is None or region.reading_a is None or region.reading_b is None:
            continue
        axis.plot([0, 0.8], [0, region.first_step], color=colour, linewidth=1.4)
        for reading, end, style in (("A", region.reading_a, "-"), ("B", region.reading_b, (0, (3, 2)))):
            axis.plot([0.8, 2], [region.first_step, end], color=colour, linewidth=1.4, linestyle=style)
            axis.annotate(
                f"{reading}, {region.name}", (2, end), (6, 0), textcoords="offset points", fontsize=9.5,
                va="center", color=colour, annotation_clip=False,
            )  # fmt: skip
        axis.plot([0, 0.8, 2, 2], [0, region.first_step, region.reading_a, region.reading_b], "o",
                  color=colour, markersize=4)  # fmt: skip
    axis.set_xlim(-0.1, 3.1)
    low = min(net.p05, 0.0)
    axis.set_ylim(low - 12, 42)
    axis.set_xticks([0, 0.9, 2], ["before", "end of\nthe course", "a month\nlater"])
    axis.set_ylabel("improvement  [%]")
    return svg(figure)


def _bands(axis: Axes, x: NDArray[np.floating], band: NDArray[np.float64]) -> None:
    """5 to 95 % pale, 25 to 75 % darker, the median as a line; around a line at no effect."""
    low, lower, median, upper, high = band
    axis.fill_between(x, low, high, color=_PALE, linewidth=0)
    axis.fill_between(x, lower, upper, color=BAND, linewidth=0)
    axis.plot(x, median, color=LINE, linewidth=2.0)
