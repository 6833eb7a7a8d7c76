"""Writes the folder of a report."""

from __future__ import annotations

import json
from pathlib import Path

from zygoma.plan import Treatment
from zygoma.plan.stages import Progress, Stages
from zygoma.provenance import write_text
from zygoma.report import folder, page, tables, vtu

PAGE = "report.html"


def report(treatment: Treatment, path: str | Path, progress: Progress | None = None) -> Path:
    """Write report.html, result.json, the tables as CSV and the dose as .vtu.

    Parameters
    ----------
    treatment : Treatment
        What is reported.
    path : str or Path
        Folder; made if need be. A name that ends in ``.html`` stands for the folder it is in.
    progress : callable, optional
        Called with (stage, done, total).

    Returns
    -------
    Path
        The page.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    given = Path(path)
    place = folder.check(given.parent if given.suffix == ".html" else given)
    target = given if given.suffix == ".html" else place / PAGE
    with Stages(progress)("report") as tell:
        write_text(target, page.render(treatment))
        tell(1, 3)
        for name, rows in (
            ("muscles", treatment.muscles),
            ("regions", treatment.regions),
            ("tissues", treatment.tissues),
        ):
            known = None if name == "tissues" else treatment.uncertainty
            write_text(place / f"{name}.csv", tables.as_csv(rows, name, known))
        write_text(place / "responses.csv", tables.responses_csv(treatment.responses))
        write_text(place / "result.json", json.dumps(treatment.json(str(target)), indent=2) + "\n")
        tell(2, 3)
        vtu.write(treatment, place / "dose.vtu")
        tell(3, 3)
    return target
