"""The same session on many persons."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zygoma.errors import InputError
from zygoma.plan.plan import FacePlan, Plan
from zygoma.plan.sample import Numbers, Sample, ground_of
from zygoma.plan.scheduler import Scheduler
from zygoma.plan.stages import Progress, Stages

if TYPE_CHECKING:
    from zygoma.face.morph import Person


@dataclass(frozen=True, eq=False)
class Cohort:
    """Numbers of a session on several persons.

    Attributes
    ----------
    plans : tuple of Plan
        One for each person.
    numbers : tuple of mapping
        ``kind/name/quantity`` [SI] of each person, as in `zygoma.plan.sample.compute`.
    resolution : str
        Of the meshes.
    """

    plans: tuple[Plan, ...]
    numbers: tuple[Numbers, ...]
    resolution: str

    def rows(self) -> list[dict[str, Any]]:
        """Sex, age and body-mass index of every person, then all numbers."""
        return [
            {"sex": plan.face.sex, "age": plan.face.age, "bmi": plan.face.bmi, **numbers}
            for plan, numbers in zip(self.plans, self.numbers, strict=True)
        ]

    def as_csv(self) -> str:
        """`rows` under a heading line."""
        table, text = self.rows(), io.StringIO()
        writer = csv.DictWriter(text, list(table[0]), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
        return text.getvalue()

    def __str__(self) -> str:
        doses = [_mean_dose(numbers) for numbers in self.numbers]
        return (
            f"{len(self.plans)} persons, {self.plans[0].programme.name}, {self.resolution} mesh\n"
            f"mean dose of their muscles: {min(doses):.3g} to {max(doses):.3g} C/m2 a session"
        )


def cohort(
    persons: Sequence[Person],
    plan: Plan | None = None,
    progress: Progress | None = None,
    scheduler: Scheduler | None = None,
    resolution: str = "coarse",
) -> Cohort:
    """Compute a session on many persons; finished ones are kept as samples are.

    Parameters
    ----------
    persons : sequence of Person
        Such as ``[Person.random(seed) for seed in range(20)]``.
    plan : Plan, optional
        Device and programme; its face is not used.
    progress : callable, optional
        Called with ("persons", done, total).
    scheduler : Scheduler, optional
        Where they are computed; here by default.
    resolution : str
        Of the meshes.

    Raises
    ------
    InputError, MeshError, SolverError, SchedulerError
        As `zygoma.plan.treat` and `Scheduler.run`; no person.
    """
    if not persons:
        raise InputError("a cohort of no persons; give one or more")
    plan = plan or Plan()
    plans = tuple(plan.model_copy(update={"face": _face(person)}) for person in persons)
    with Stages(progress)("persons") as tell:
        ground = ground_of(Plan(), resolution)  # one for all, so that they share the order of elimination
        samples = [Sample(one, resolution, {}, ground) for one in plans]
        found = (scheduler or Scheduler()).run(samples, tell)
    return Cohort(plans, tuple(found), resolution)


def _face(person: Person) -> FacePlan:
    return FacePlan.model_validate(
        {"sex": person.sex, "age": person.age, "bmi": person.bmi, "morphs": dict(person.morphs)}
    )


def _mean_dose(numbers: Numbers) -> float:
    doses = [v for k, v in numbers.items() if k.startswith("muscles/") and k.endswith("/charge_density")]
    return sum(doses) / len(doses)
