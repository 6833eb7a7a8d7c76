"""The chain in words: a sentence for each link, and three for all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zygoma.evidence import Study, links
from zygoma.face.atlas import title
from zygoma.provenance import load_data
from zygoma.response.amount import band, course, interval, number
from zygoma.response.exposure import FILE, Exposure, choice
from zygoma.response.nerve_anchor import twitch_expected
from zygoma.response.response import Response
from zygoma.response.spot import FACE
from zygoma.response.wrinkle import judged, judged_course
from zygoma.units import show

if TYPE_CHECKING:
    from zygoma.response.excitation import Excitation


_EXCLUDED = 0.05  # upper end of the share of people below which the human anchor expects no twitch


@dataclass(frozen=True)
class ChainLink:
    """One link with its number.

    Attributes
    ----------
    id, name : str
        ``"L1"`` to ``"L13"`` and ``"lift"``; what is claimed to happen.
    grade : str
        Of the claim in this case, or of its number if that is weaker, ``A`` to ``D``.
    response : Response or None
        The number; None where there is none.
    sentence : str
    times : float
        By which the number is multiplied where it is shown.
    unit, of : str
        Its unit then, and what it is of, in a few words; empty without a number.
    kind : str
        ``"computed"``, ``"published"`` or ``"assumed"``.
    """

    id: str
    name: str
    grade: str
    response: Response | None
    sentence: str
    times: float = 1.0
    unit: str = ""
    of: str = ""
    kind: str = "computed"

    def json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "id": self.id,
            "name": self.name,
            "grade": self.grade,
            "response": None if self.response is None else self.response.id,
            "sentence": self.sentence,
        }


def chain_links(
    responses: Sequence[Response], exposure: Exposure, excitation: Excitation | None
) -> tuple[ChainLink, ...]:
    """All links in the order of the chain, the lift after the muscle."""
    data = load_data(FILE)
    known = links()
    found = {response.id: response for response in responses if response.where == FACE}
    return tuple(
        ChainLink(
            id,
            known[id].name,
            _grade(words, known[id].grade, found, exposure, excitation),
            found.get(words.get("response", "")),
            _sentence(words, found, exposure),
            words.get("times", 1.0),
            words.get("unit", ""),
            words.get("of", ""),
            words.get("kind", "computed"),
        )
        for id, words in data["link"].items()
    )


def _ratios(excitation: Excitation | None) -> tuple[float, ...]:
    """Current over the threshold of the most excited muscle by model; none without fibre models."""
    if excitation is None or excitation.most_excited is None:
        return ()
    return tuple(excitation.ratios(excitation.most_excited).values())


def _grade(
    words: dict[str, Any],
    usual: str,
    found: dict[str, Response],
    exposure: Exposure,
    excitation: Excitation | None,
) -> str:
    """Grade of a link: that of the claim, or of its number if that is weaker.

    Some claims are better supported for direct current held still, or where all sources expect a twitch.
    """
    cases = {
        "grade_direct_held": exposure.current_class == "direct" and exposure.held,
        "grade_twitch": exposure.pulsed
        and twitch_expected(found["motor_probability"].median, _ratios(excitation)),
    }
    claim: str = next((words[case] for case, holds in cases.items() if holds and case in words), usual)
    own = found.get(words.get("response", ""))
    return claim if own is None else max(claim, own.grade)  # D comes after A


def _sentence(words: dict[str, Any], found: dict[str, Response], exposure: Exposure) -> str:
    text: str = words["sentence"]
    if "response" not in words:
        forehead = Study.load().regions[0]
        return text.format(a=number(forehead.reading_a or 0.0), b=number(forehead.reading_b or 0.0))
    own, times = found[words["response"]], words["times"]
    other = found.get(load_data(FILE)["other"].get(own.id, ""))
    return text.format(
        v=number(times * own.median),
        between=interval(times * own.p05, times * own.p95),
        band=band(times * own.median, times * own.p05, times * own.p95, words["unit"]),
        other="" if other is None else number(times * other.median),
        age=exposure.age,
        current=show(exposure.amplitude, "A"),
        seconds=show(exposure.face.seconds, "s", 2),
    )


def verdict(
    responses: Sequence[Response],
    exposure: Exposure,
    excitation: Excitation | None,
    most_lifted: str | None = None,
) -> tuple[str, str, str]:
    """Three sentences: what is felt and twitches, what happens in the skin, what comes of it.

    The lift is that of the region `most_lifted`, or at a muscle's insertion where no region is known.
    """
    words = load_data(FILE)["verdict"]["words"]
    found = {response.id: response for response in responses if response.where == FACE}
    feel, anchor, flow = found["perception"], found["motor_probability"], found["flow"]
    models, ratios = "", _ratios(excitation)
    if twitch_expected(anchor.median, ratios):
        twitches = words["twitch_yes" if ratios else "twitch_yes_anchor"]
    elif anchor.p95 < _EXCLUDED and all(ratio < 1 for ratio in ratios):
        twitches = words["twitch_no" if ratios else "twitch_no_anchor"]
    else:
        twitches = words["twitch_open"]
    if ratios:
        models = words["models"].format(low=number(min(ratios)), high=number(max(ratios)))
    nerve = words["nerve"].format(
        current=show(exposure.amplitude, "A"),
        twitch=twitches,
        anchor=number(100 * anchor.median),
        models=models,
        feel=_band(feel, 100),
    )
    skin = words["skin"].format(
        field=number(found["natural_current"].median),
        seconds=show(exposure.face.seconds, "s", 2),
        flow=number(flow.median),
        skin_word=words[_skin_word(flow, exposure)],
        collagen=_band(found["collagen"]),
    )
    lifted = words["lifted_insertion"]
    if most_lifted is not None:
        lifted = words["lifted"].format(region=title(most_lifted).lower())
    other = (
        ""
        if judged(exposure)
        else words["course"].format(
            study=course(*judged_course()), course=course(exposure.sessions, exposure.session)
        )
    )
    outcome = words["outcome" if exposure.is_microcurrent else "outcome_class"].format(
        current=show(exposure.amplitude, "A"),
        photo=number(found["wrinkle_placebo"].median),
        net=_band(found["wrinkle"]),
        course=other,
        lifted=lifted,
        lift=_band(found["lift"]),
    )
    return nerve, skin, outcome


def _skin_word(flow: Response, exposure: Exposure) -> str:
    """What the verdict says of the skin: a flare counts as plausible where one was seen."""
    if flow.median < choice("verdict", "flow_rise"):
        return "skin_no"
    charge = max(exposure.net_charge(exposure.face))
    return "skin_flow_below" if 0 < charge < choice("flow", "least_charge") else "skin_flow"


def _band(response: Response, times: float = 1.0) -> str:
    return band(
        times * response.median,
        times * response.p05,
        times * response.p95,
        "%" if response.unit in ("1", "%") else response.unit,
    )
