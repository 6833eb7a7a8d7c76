"""The question that a session answers: a checked plan, read from TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    field_validator,
)
from pydantic_core import ErrorDetails

from zygoma.device.record import is_file
from zygoma.errors import InputError, RangeError, UnitError, UnknownNameError
from zygoma.evidence import Priors
from zygoma.provenance import content_hash
from zygoma.units import parse, show

Resolution = Literal["coarse", "standard", "fine"]
Technique = Literal["toward", "apart", "glide", "hold"]


class _Quantity:
    """Turns ``"400 uA"`` into 0.0004 and back."""

    def __init__(self, unit: str) -> None:
        self.unit = unit

    def read(self, value: Any) -> float:
        try:
            return parse(value, self.unit)
        except UnitError as error:  # pydantic reports only its own and ValueErrors with their place
            raise ValueError(str(error)) from error

    def write(self, value: float) -> str:
        return show(value, self.unit, digits=6).replace("µ", "u")


_AMPERES, _SECONDS = _Quantity("A"), _Quantity("s")
Amperes = Annotated[float, BeforeValidator(_AMPERES.read), PlainSerializer(_AMPERES.write), Field(gt=0.0)]
Seconds = Annotated[float, BeforeValidator(_SECONDS.read), PlainSerializer(_SECONDS.write), Field(gt=0.0)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FacePlan(_Section):
    """Whose face: an average face of this sex, age [years] and body mass index [kg/m2], with morphs."""

    sex: Literal["female", "male"] = "female"
    age: float = Field(default=45.0, ge=18.0, le=95.0)
    bmi: float = Field(default=23.0, ge=16.0, le=45.0)
    morphs: dict[str, float] = Field(default_factory=dict)


class DevicePlan(_Section):
    """Which apparatus at which setting: catalogue ids or TOML files, and the amplitude of the current [A]."""

    name: str = "myolift-mini"
    waveform: str = "lifting"
    electrode: str = "generic-probe"
    current: Amperes = 400e-6


class ProgrammePlan(_Section):
    """What is done over time; what is left out is taken from the named programme."""

    name: str = "full-face"
    technique: Technique | None = None
    neck: bool = False
    session: Seconds | None = Field(default=None, le=7200.0)
    sessions: int | None = Field(default=None, ge=1, le=1000)


class Options(_Section):
    """How it is computed; without a resolution the finest that this machine's solver carries is used."""

    resolution: Resolution | None = None
    seed: int = Field(default=1, ge=0)


class Plan(_Section):
    """What is asked: face, device, programme and options, and changes of the responses' priors by id.

    Examples
    --------
    >>> plan = Plan.load(overrides=['device.current="300 uA"'])
    >>> plan.device.current
    0.0003
    """

    face: FacePlan = Field(default_factory=FacePlan)
    device: DevicePlan = Field(default_factory=DevicePlan)
    programme: ProgrammePlan = Field(default_factory=ProgrammePlan)
    options: Options = Field(default_factory=Options)
    priors: dict[str, Any] = Field(default_factory=dict)

    @field_validator("priors")
    @classmethod
    def _refuse_early(cls, given: dict[str, Any]) -> dict[str, Any]:
        """What cannot be is refused before anything is computed."""
        Priors.load(given)
        return given

    @classmethod
    def load(cls, path: str | Path | None = None, overrides: Iterable[str] = ()) -> Plan:
        """Read a plan from a TOML file, or take the built-in one, and change single values.

        Parameters
        ----------
        path : str or Path, optional
            TOML file; without it the built-in plan (average woman of 45, MyoLift Mini at 400 uA,
            full face, 20 min, 30 sessions) is the start.
        overrides : iterable of str
            Settings such as ``'device.current="300 uA"'``; they replace what the file says.

        Raises
        ------
        InputError
            The file cannot be read or is not TOML; an override is not ``section.key=value``.
        UnknownNameError
            A section or key does not exist; the nearest one is named.
        RangeError
            A value is outside its range or of the wrong kind.
        UnitError
            A quantity has no unit or the wrong one.
        PriorError
            A prior is given what it cannot be.
        """
        content = _read(Path(path)) if path is not None else {}
        if path is not None:
            _find_beside(content, Path(path).parent)
        for text in overrides:
            _override(content, text)
        return cls.from_dict(content, source=str(path) if path is not None else "the plan")

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], source: str = "the plan") -> Plan:
        """Check a nested mapping with the keys of the TOML file; raises as `load` does."""
        if not isinstance(content, Mapping):
            raise InputError(f"{source} is {content!r}; expected a mapping of sections such as device")
        try:
            return cls.model_validate(dict(content))
        except ValidationError as error:
            raise _in_plain_words(cls, error.errors()[0], source) from error

    def as_dict(self) -> dict[str, Any]:
        """Plan as nested plain values, quantities as text with units, absent ones left out."""
        return self.model_dump(mode="json", exclude_none=True)

    def hash(self) -> str:
        """Content hash of all that was asked."""
        return content_hash(self.as_dict())


def default_resolution() -> tuple[Resolution, str | None]:
    """Resolution used when none is asked for, and why it is not the standard one.

    Returns
    -------
    tuple
        ``("standard", None)`` where the direct solver can run, else ``("coarse", reason)``.
    """
    if find_spec("pymetis") is not None:
        return "standard", None
    return "coarse", (
        "Only the iterative solver (pyamg) exists on this machine, so the coarse resolution is the default; "
        "ask for standard or fine with options.resolution and expect to wait."
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"cannot read plan {path}: {error.strerror}; give a TOML file that exists"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"plan {path} is not UTF-8 text; give a TOML file") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"plan {path} is not TOML: {error}; correct that line") from error


def _find_beside(content: dict[str, Any], folder: Path) -> None:
    """Device and electrode files are looked for beside the plan that names them."""
    device = content.get("device")
    if not isinstance(device, dict):
        return
    for key in ("name", "electrode"):
        given = device.get(key)
        if isinstance(given, str) and is_file(given) and (folder / given).is_file():
            device[key] = str(folder / given)


def _override(content: dict[str, Any], text: str) -> None:
    name, equals, value = text.partition("=")
    *sections, key = (part.strip() for part in name.split("."))
    if not equals or not sections or not all([*sections, key]):
        raise InputError(
            f'cannot use --set {text!r}; expected section.key=value such as device.current="300 uA"'
        )
    table = content
    for section in sections:
        table = table.setdefault(section, {})
        if not isinstance(table, dict):
            raise InputError(f"cannot use --set {text!r}; {section} is a value, not a section")
    table[key] = _value(value.strip())


def _value(text: str) -> Any:
    """A TOML value; anything else is text, because the shell eats quotation marks."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _in_plain_words(model: type[BaseModel], problem: ErrorDetails, source: str) -> InputError:
    """First problem that pydantic found, as one of zygoma's own errors."""
    place = [str(part) for part in problem["loc"]]
    where, given, kind = ".".join(place), problem["input"], problem["type"]
    if kind == "extra_forbidden":
        known = _keys(model, place[:-1])
        section = f"key in [{'.'.join(place[:-1])}] of {source}" if place[:-1] else f"section of {source}"
        return UnknownNameError(section, place[-1], known)
    if kind == "literal_error" and isinstance(given, str):
        expected = problem.get("ctx", {}).get("expected", "")
        return UnknownNameError(
            f"{where} in {source}", given, expected.replace(" or ", ", ").replace("'", "").split(", ")
        )
    if kind == "value_error":
        return UnitError(f"{where} in {source}: {problem['msg'].removeprefix('Value error, ')}")
    wanted = problem["msg"].removeprefix("Input should be ")
    if kind in ("model_type", "dict_type"):
        wanted = f"a [{where}] section"
    return RangeError(f"{where} = {given!r} in {source}; expected {wanted}")


def _keys(model: type[BaseModel], place: list[str]) -> list[str]:
    for part in place:
        inner = model.model_fields[part].annotation
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return list(model.model_fields)
