"""``zygoma device claims``: words that leave the cosmetic indication."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from zygoma.errors import InputError


def claims(
    file: Annotated[str, typer.Argument(help="Text to check; - reads standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Words in a text that leave the cosmetic indication, each with its reason, after FDA CPG 355.200.

    Plain text, Markdown or HTML. Measured values with their interval and denials are shown and allowed. It is
    a list of words: nothing is rewritten, it misses what it does not list, and it is no legal advice.
    """
    from zygoma.standards import check_claims

    markup = True if file.lower().endswith((".html", ".htm", ".xhtml")) else None
    findings = check_claims(_text(file), markup=markup)
    flags = [finding for finding in findings if finding.verdict == "flag"]
    if as_json:
        allowed = [finding.to_dict() for finding in findings if finding.verdict != "flag"]
        answer = {"flags": [finding.to_dict() for finding in flags], "allowed": allowed}
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    for finding in findings:
        head = f"{finding.line}:{finding.column}: {finding.text!r}"
        if finding.verdict != "flag":
            why = (
                "a measured value with its interval"
                if finding.verdict == "measured"
                else "the sentence denies it or warns"
            )
            typer.echo(f"{head}: allowed, {why}")
            continue
        typer.echo(f"{head}: {finding.reason}\n    after {finding.source} [{finding.status}]")
        typer.echo(f"    instead: {finding.instead}")
    typer.echo(f"{len(flags)} flagged, {len(findings) - len(flags)} allowed")


def _text(file: str) -> str:
    if file == "-":
        return typer.get_text_stream("stdin", encoding="utf-8").read()
    try:
        return Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(
            f"cannot read {file}: {reason}; give a text file, or - for standard input"
        ) from error
