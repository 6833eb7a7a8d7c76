"""All verification cases by name, and their run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from time import monotonic

from zygoma.errors import UnknownNameError
from zygoma.verification.admittivity import admittivity
from zygoma.verification.boundary_elements import open_meeg
from zygoma.verification.case import Case
from zygoma.verification.cheek import cheek
from zygoma.verification.devices import output_rows
from zygoma.verification.dose import dose_sums
from zygoma.verification.evidence import readings
from zygoma.verification.fibre_field import fibre_in_field
from zygoma.verification.fibres import nerve_fibres
from zygoma.verification.flat import disc_pairs, electrode_model, point_on_surface, slab_orders
from zygoma.verification.head import head_identities, head_solvers
from zygoma.verification.muscle_force import muscle_force
from zygoma.verification.muscles import coarse_mesh, convergence, mirror
from zygoma.verification.numerics import contacts, identities, routes
from zygoma.verification.record import Record
from zygoma.verification.round import three_shells
from zygoma.verification.scikit_fem import scikit_fem
from zygoma.verification.shear_lag import shear_lag
from zygoma.verification.tissue import tissue
from zygoma.verification.verification import CaseRun, Verification

CODE, PLAUSIBILITY, CALCULATION = 1, 7, 8  # categories of the FDA guidance

_CASES = (
    Case(
        "devices",
        CODE,
        "Output table, shapes, charge, compliance",
        "What a device puts out into a load, as the table of outputs of a submission states it.",
        "seconds",
        output_rows,
    ),
    Case(
        "evidence",
        CODE,
        "Readings of a study, intervals, priors",
        "What is drawn for the chain of effects, and what the one wrinkle study can be read to say.",
        "seconds",
        readings,
    ),
    Case(
        "identities",
        CODE,
        "The discrete system",
        "Every field: the stiffness matrix of any body with anisotropic tissue.",
        "seconds",
        identities,
    ),
    Case(
        "routes",
        CODE,
        "Reciprocity, and two routes to one solution",
        "Every field: lead field, direct solve, Cholesky and multigrid must agree.",
        "seconds",
        routes,
    ),
    Case(
        "contacts",
        CODE,
        "Two contacts on an anisotropic block",
        "Probes that rest or glide: electrode model, delivered current, power balance.",
        "seconds",
        contacts,
    ),
    Case(
        "slab",
        CODE,
        "Layered slab: order of convergence",
        "Potential and current density in layers of very different conductivity.",
        "seconds",
        slab_orders,
    ),
    Case(
        "points",
        CODE,
        "Point currents on a half-space",
        "Potential on skin over homogeneous, anisotropic and layered tissue.",
        "seconds",
        point_on_surface,
    ),
    Case(
        "discs",
        CODE,
        "Disc contacts on layered half-spaces",
        "Resistance between two probes, and the share of the current that reaches each layer.",
        "half a minute",
        disc_pairs,
    ),
    Case(
        "electrode-model",
        CODE,
        "Complete electrode model between its limits",
        "Probes with gel or dry skin under them.",
        "half a minute",
        electrode_model,
    ),
    Case(
        "sphere",
        CODE,
        "Three-shell sphere",
        "Potential at depth and in the scalp of a closed, layered body with cap electrodes.",
        "half a minute",
        three_shells,
    ),
    Case(
        "admittivity",
        CODE,
        "Complex admittivity",
        "Fields at a frequency: phasors in layers of complex conductivity.",
        "seconds",
        admittivity,
    ),
    Case(
        "scikit-fem",
        CODE,
        "Another code: scikit-fem",
        "Every field: assembly, constraint and solution by scikit-fem on the same mesh.",
        "seconds",
        scikit_fem,
    ),
    Case(
        "openmeeg",
        CODE,
        "Another method: boundary elements by OpenMEEG",
        "Potential on a closed, layered body, by a code and a method that share nothing with this one.",
        "half a minute",
        open_meeg,
    ),
    Case(
        "cheek",
        CODE,
        "Contact pair on a cheek",
        "Two probes on the head at standard resolution where its layers are uniform.",
        "half a minute",
        cheek,
    ),
    Case(
        "cheek-fine",
        CODE,
        "Contact pair on a cheek, fine head",
        "Two probes on the head at fine resolution where its layers are uniform.",
        "minutes",
        partial(cheek, ("fine",)),
    ),
    Case(
        "head",
        CODE,
        "Reciprocity and lead field on the head",
        "Lead fields of the head: any probe position from stored columns.",
        "half a minute",
        head_identities,
    ),
    Case(
        "head-solvers",
        CODE,
        "Multigrid and Cholesky on the head",
        "Machines on which the sparse factorisation cannot run.",
        "half a minute",
        head_solvers,
    ),
    Case(
        "dose",
        CODE,
        "Dose of a session",
        "Dose, peak, rms and time above a level under probes that move.",
        "seconds",
        dose_sums,
    ),
    Case(
        "fibres",
        CODE,
        "Nerve fibres: NEURON and Fortran SENN",
        "Thresholds of nerve fibres under any potential and waveform.",
        "seconds",
        nerve_fibres,
    ),
    Case(
        "fibre-field",
        CODE,
        "Nerve fibre in a computed field",
        "Thresholds of nerve fibres below the probes, as the mesh gives them.",
        "seconds",
        fibre_in_field,
    ),
    Case(
        "muscle-force",
        CODE,
        "Force of a muscle under pulses",
        "What twitches add up to: mean force, ripple and fatigue by the frequency of pulses.",
        "seconds",
        muscle_force,
    ),
    Case(
        "shear-lag",
        CODE,
        "Skin pulled by a muscle",
        "Lift of the skin by a change of tone.",
        "seconds",
        shear_lag,
    ),
    Case(
        "tissue",
        CODE,
        "Responses of skin: collagen, thresholds, heat",
        "Effects of a course in skin, nerve and muscle, as far as they can be computed.",
        "seconds",
        tissue,
    ),
    Case(
        "mirror",
        PLAUSIBILITY,
        "Left against right",
        "A symmetric face must get the same on both sides.",
        "half a minute",
        mirror,
    ),
    Case(
        "coarse-mesh",
        CALCULATION,
        "Mesh of the coarse head",
        "Current density in muscles at coarse resolution.",
        "half a minute",
        coarse_mesh,
    ),
    Case(
        "convergence",
        CALCULATION,
        "Mesh of the standard head, muscle by muscle",
        "Current density in each muscle at standard resolution.",
        "minutes",
        convergence,
    ),
)

CASES: dict[str, Case] = {case.name: case for case in _CASES}
"""Every case by name, in the order in which they run."""


def select(names: Iterable[str] = (), every: bool = False) -> list[str]:
    """The named cases, each once; without names all cases, those that take minutes only if `every`.

    Raises
    ------
    UnknownNameError
        There is no such case.
    """
    asked = list(dict.fromkeys(names))
    for name in asked:
        if name not in CASES:
            raise UnknownNameError("verification case", name, CASES)
    return asked or [case.name for case in CASES.values() if every or case.duration != "minutes"]


def run(
    names: Iterable[str] = (), progress: Callable[[str, int, int], None] | None = None, every: bool = False
) -> Verification:
    """Solve cases.

    Parameters
    ----------
    names : iterable of str
        Names of `CASES`; none means all that do not take minutes.
    progress : callable, optional
        Called as ``progress(case, cases done, cases)`` before each case and at the end.
    every : bool
        Without names, also the cases that take minutes.

    Raises
    ------
    UnknownNameError
        There is no such case.
    """
    asked = select(names, every)
    runs = []
    for done, name in enumerate(asked):
        if progress is not None:
            progress(name, done, len(asked))
        runs.append(solve(CASES[name]))
    if progress is not None:
        progress(asked[-1], len(asked), len(asked))
    return Verification(tuple(runs))


def solve(case: Case) -> CaseRun:
    """Solve one case; an error in it becomes a record that failed."""
    started = monotonic()
    try:
        records = tuple(case.solve())
        if not records:
            raise ValueError("the case gave no record")
    except Exception as error:  # whatever breaks a case is its result
        records = (Record.raised(f"{case.name}-error", case.title, error),)
    return CaseRun(case, records, monotonic() - started)
