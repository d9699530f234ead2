"""A campus that is whole too late to be planned: said plainly, with what sets the date and what would change it."""

from __future__ import annotations

from typing import Any

import numpy as np

from gigawatt import buildout
from gigawatt.chapters.durations import supply
from gigawatt.chapters.place import Site
from gigawatt.figures import show
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import MONTHS_PER_YEAR, in_mw

SAME = 1e-6  # relative: rates this near are one
OTHER = {  # start of the task that holds it up -> what would change the date
    "grid": "another site, a bridge or power of its own would change it",
    "substation": "another site, a bridge or power of its own would change it",
    "racks": "a larger allocation of accelerators or a smaller campus would change it",
    "licence": "a licence in hand would change it",
}
PLANT = "the grid without a new plant would change it, if it can carry the campus: ask the same without that source"
REST = "a smaller campus would change it"


def words(step: Steps, s: Scenario, site: Site, o: Any) -> str:
    """That full power is beyond what is known of chips and grids; empty where it is not.

    Parameters
    ----------
    step : Steps
        To look facts up; nothing is recorded. [-]
    s : Scenario
        The question. [-]
    site : Site
        Where. [-]
    o : Outcome
        The campus, central. [-]

    Returns
    -------
    str
    """
    quiet = step.aside()
    full, known = central(o.calendar.full_months), central(quiet.fact("ladder.horizon", unit="month"))
    if not np.isfinite(full) or full <= known:
        return ""
    years, known_years = full / MONTHS_PER_YEAR, known / MONTHS_PER_YEAR
    there = central(buildout.online_mw(known, **o.calendar.ramp))
    date = (buildout.add_months(s.as_of.isoformat(), known) or "")[:7]
    part = f"By {date} {in_mw(there)} of {in_mw(central(o.size.facility_peak_mw))} are on line"
    cause, change = _cause(quiet, site, o)
    return (
        f"Full power takes {years:.3g} years: beyond {known_years:.0f} years neither chips, prices nor grid plans are "
        f"known, so its cost is not to be relied on. What sets the date: {cause}. {part}; {change}."
    )


def _cause(step: Steps, site: Site, o: Any) -> tuple[str, str]:
    """What holds full power up, and what would change it."""
    holds = o.calendar.holdups
    task, label = (holds[0].id, holds[0].label) if holds else ("", "the calendar as a whole")
    if task == "halls":
        return _halls(step, site, o)
    if task.endswith(("_plant", "_licence")) and task != "licence":
        return label, PLANT
    return label, next((x for start, x in OTHER.items() if task.startswith(start)), REST)


def _halls(step: Steps, site: Site, o: Any) -> tuple[str, str]:
    """Whether further halls wait for building or for the accelerators that fill them."""
    rate = central(o.calendar.ramp["added_mw_per_month"])
    a_month = central(supply(step, site))
    filled = a_month * central(o.machine.it_mw) * central(o.campus.pue_design_peak)
    if rate >= filled * (1.0 - SAME) > 0.0:
        accelerators = show(a_month, None, None, "")
        return (
            f"one buyer gets {accelerators} accelerators a month there, enough for {in_mw(rate)} of halls",
            OTHER["racks"],
        )
    return f"halls are added at {in_mw(rate)} a month", "several sites at once or a smaller campus would change it"
