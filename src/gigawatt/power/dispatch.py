"""From sized capacities to a decision in MW, and whether an answer may stand."""

from __future__ import annotations

import numpy as np

from .cuts import exactly
from .form import Form, forbids_shedding
from .problem import CONNECTION, Answer, Array, Decision, Problem
from .programme import pooled
from .recover import recovered
from .sizing import Sized

MISSED = 1e-8  # violation of a store's path, relative to peak load, from which a dispatch does not count
SHED = 1e-9  # unserved power, relative to peak load, that is rounding


def decided(problem: Problem, form: Form, result: Sized) -> Decision | None:
    """The dispatch of sized capacities.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    form : Form
        Its form, prices on limits included. [-]
    result : Sized
        Capacities and water values; these are made exact in place. [-]

    Returns
    -------
    Decision or None
        None where no path of the store follows the water values. [-]
    """
    steps, count = len(form.load), len(form.names)
    size = np.append(result.size, 1.0)
    exactly(result.stack, size, result.duals)
    charge, discharge, content, unserved, used = (np.empty(steps) for _ in range(5))
    taken = np.empty((len(form.owner), steps))
    if recovered(result.stack, size, result.duals, charge, discharge, content, unserved, used, taken) > MISSED:
        return None
    if form.lost >= 0:
        unserved += taken[form.lost]
    unit, shape = form.unit_mw, problem.load_mw.shape
    place = {name: i for i, name in enumerate(form.names)}
    mw = size[:count] * unit
    spilled = (result.duals.given - used) * unit
    flows, slot, row = [], 0, 0
    for s in problem.sources:
        if pooled(s):
            out = form.free[row] * mw[place[s.name]]
            row += 1
            cut = np.minimum(spilled, out)
            out -= cut
            spilled -= cut
        else:
            out = taken[slot] * unit
            slot += 1
        flows.append(out)
    drawn = np.zeros(steps)
    if problem.grid:
        drawn = taken[slot] * unit
        slot += 1

    def shaped(arrays: list[Array]) -> Array:
        return np.stack(arrays).reshape(len(arrays), *shape) if arrays else np.zeros((0, *shape))

    stores = [s.name for s in problem.stores]
    return Decision(
        source_mw=np.array([mw[place[s.name]] for s in problem.sources]),
        connection_mw=float(mw[place[CONNECTION]]) if problem.grid else 0.0,
        store_power_mw=np.array([mw[form.power] for _ in stores]),
        store_charge_mw=np.array([mw[form.charger] for _ in stores]),
        store_energy_mwh=np.array([mw[form.energy] for _ in stores]),
        output_mw=shaped(flows),
        import_mw=drawn.reshape(shape),
        charge_mw=shaped([charge * unit for _ in stores]),
        discharge_mw=shaped([discharge * unit for _ in stores]),
        soc_mwh=shaped([content * unit * form.step for _ in stores]),
        paused_mw=shaped([taken[slot + i] * unit for i in range(len(problem.flexible))]),
        unserved_mw=(unserved * unit).reshape(shape),
    )


def accepted(problem: Problem, answer: Answer, gap: float) -> bool:
    """Whether the bounds have met, in the right order, and nothing is shed that must not be.

    Parameters
    ----------
    problem : Problem
        The problem. [-]
    answer : Answer
        An answer to it. [-]
    gap : float
        Relative distance of the bounds allowed. [-]

    Returns
    -------
    bool
        True if the answer may stand. [-]
    """
    shed = 0.0 if answer.decision is None else float(answer.decision.unserved_mw.max())
    if forbids_shedding(problem) and shed > SHED * float(problem.load_mw.max()):
        return False
    return -1e-9 <= answer.gap <= gap
