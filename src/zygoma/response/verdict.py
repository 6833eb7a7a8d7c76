"""The chain in words: a sentence for each link, and three for all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from zygoma.evidence import Study, links
from zygoma.provenance import load_data
from zygoma.response.exposure import FILE, Exposure, choice
from zygoma.response.response import Response
from zygoma.response.spot import FACE
from zygoma.units import show

if TYPE_CHECKING:
    from zygoma.response.excitation import Excitation


@dataclass(frozen=True)
class ChainLink:
    """One link with its number.

    Attributes
    ----------
    id, name : str
        ``"L1"`` to ``"L13"`` and ``"lift"``; what is claimed to happen.
    grade : str
        Of the claim, ``A`` to ``D``; the number has a grade of its own.
    response : Response or None
        The number; None where there is none.
    sentence : str
    """

    id: str
    name: str
    grade: str
    response: Response | None
    sentence: str

    def json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "id": self.id,
            "name": self.name,
            "grade": self.grade,
            "response": None if self.response is None else self.response.id,
            "sentence": self.sentence,
        }


def chain_links(responses: Sequence[Response], exposure: Exposure) -> tuple[ChainLink, ...]:
    """All links in the order of the chain, the lift after the muscle."""
    data = load_data(FILE)
    known = links()
    found = {response.id: response for response in responses if response.where == FACE}
    return tuple(
        ChainLink(id, known[id].name, known[id].grade, found.get(words.get("response", "")), text)
        for id, words in data["link"].items()
        for text in [_sentence(words, found, exposure)]
    )


def _sentence(words: dict[str, Any], found: dict[str, Response], exposure: Exposure) -> str:
    text: str = words["sentence"]
    if "response" not in words:
        forehead = Study.load().regions[0]
        return text.format(a=number(forehead.reading_a or 0.0), b=number(forehead.reading_b or 0.0))
    own, times = found[words["response"]], words["times"]
    other = found.get(load_data(FILE)["other"].get(own.id, ""))
    return text.format(
        v=number(times * own.median),
        lo=number(times * own.p05),
        hi=number(times * own.p95),
        other="" if other is None else number(times * other.median),
        age=exposure.age,
        current=show(exposure.amplitude, "A"),
        seconds=show(exposure.face.seconds, "s"),
    )


def verdict(
    responses: Sequence[Response], exposure: Exposure, excitation: Excitation | None
) -> tuple[str, str, str]:
    """Three sentences: what is felt and twitches, what happens in the skin, what comes of it."""
    words = load_data(FILE)["verdict"]["words"]
    found = {response.id: response for response in responses if response.where == FACE}
    feel, twitch, flow = found["perception"], found["twitch"], found["flow"]
    if twitch.median >= 0.5:
        twitches = words["twitch_yes"]
    else:
        twitches = words["twitch_open" if twitch.p95 >= 0.5 else "twitch_no"]
    models = ""
    if excitation is not None and excitation.most_excited is not None:
        ratios = excitation.ratios(excitation.most_excited).values()
        models = words["models"].format(low=number(min(ratios)), high=number(max(ratios)))
    nerve = words["nerve"].format(
        current=show(exposure.amplitude, "A"),
        twitch=twitches,
        anchor=number(100 * found["motor_probability"].median),
        models=models,
        **_band("feel", feel, 100),
    )
    skin = words["skin"].format(
        field=number(found["natural_current"].median),
        seconds=show(exposure.face.seconds, "s"),
        flow=number(flow.median),
        skin_word=words["skin_flow" if flow.median >= choice("verdict", "flow_rise") else "skin_no"],
        **_band("collagen", found["collagen"], 1),
    )
    outcome = words["outcome" if exposure.is_microcurrent else "outcome_class"].format(
        current=show(exposure.amplitude, "A"),
        photo=number(found["wrinkle_placebo"].median),
        **_band("net", found["wrinkle"], 1),
        **_band("lift", found["lift"], 1),
    )
    return nerve, skin, outcome


def _band(name: str, response: Response, times: float) -> dict[str, str]:
    return {
        name: number(times * response.median),
        f"{name}_lo": number(times * response.p05),
        f"{name}_hi": number(times * response.p95),
    }


def number(value: float) -> str:
    """Two digits that a person reads; what is below a ten-thousandth is about 0.

    Examples
    --------
    >>> number(0.273), number(-0.00002), number(14.32), number(9.999)
    ('0.27', 'about 0', '14', '10')
    """
    if abs(value) < 1e-4:
        return "0" if value == 0 else "about 0"
    rounded = float(f"{value:.1e}")
    digits = max(0, 1 - int(np.floor(np.log10(abs(rounded)))))
    return f"{rounded:.{digits}f}"
