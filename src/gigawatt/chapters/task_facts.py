"""Which facts are behind the length of each task of the calendar: what a row of the Gantt chart opens to."""

from __future__ import annotations

from gigawatt.chapters.bridge import LEADS
from gigawatt.chapters.calendar import Calendar, hall_class
from gigawatt.chapters.durations import BUILD, NEW_PLANT, RENTED, Lead
from gigawatt.record import Steps

BRIDGE, LICENCE, PLANT, GRID = "bridge_", "_licence", "_plant", "grid_"
OTHERS = {  # tasks whose length is that of another, or of a stage of power
    "first_power": "commissioning",
    "full_power": "commissioning",
    "substation_full": "substation",
    "fit_out": "shell",
}
STAGES = {"grid_0": "connection_reuse", "gas_full": "gas_engines", "battery": "battery", "solar": NEW_PLANT["solar"]}


def facts_of_tasks(
    step: Steps, calendar: Calendar, lead: Lead, accelerator: str, facility_peak_mw: float
) -> dict[str, list[str]]:
    """Ids of the facts behind the length of each task, the one that states it first; a milestone has none.

    Parameters
    ----------
    step : Steps
        The record of the plan: only facts that it read are named. [-]
    calendar : Calendar
        The calendar on central values. [month]
    lead : Lead
        Lead times of the question. [month]
    accelerator : str
        Id of the accelerator. [-]
    facility_peak_mw : float
        Size of the campus. [MW]

    Returns
    -------
    dict of str to list of str
        Fact ids by task.
    """
    read = {f.id for f in step.facts_read()}
    found = {}
    for task in calendar.tasks:
        named = _behind(OTHERS.get(task.id, task.id), lead, accelerator, hall_class(lead, facility_peak_mw), read)
        ids = [i for i in dict.fromkeys(named) if i in read]
        if ids:
            found[task.id] = ids
    return found


def _behind(task: str, lead: Lead, accelerator: str, halls: str, read: set[str]) -> list[str]:
    """Ids that the length of a task may come from."""
    if task in lead.items():
        return _of_item(task, lead, accelerator)
    if task == "shell":
        return [f"{BUILD}.{lead.kind}", lead.fact("roof_to_operation").id]
    if task == "halls":
        rate = f"lead.ramp_after_first.{halls}"
        return [rate, *(i for i in sorted(read) if i.startswith("fleet.supply."))]
    if task == "volume":
        return [i for i in sorted(read) if i.startswith("generation.") and i.endswith(".volume_from")]
    if task.startswith(BRIDGE):
        name = task.removeprefix(BRIDGE)
        return [LEADS[name] if name in LEADS else lead.fact(name).id]
    if task in STAGES:
        return [lead.fact(STAGES[task]).id]
    if task == "gas":
        return [lead.fact("turbine_rental" if lead.kind == "retrofit" else "gas_engines").id]
    if task == "grid_study" or task.startswith(GRID):
        return _of_grid(task, lead)
    plant = NEW_PLANT.get(task.removesuffix(LICENCE).removesuffix(PLANT), "")
    return [lead.fact(plant).id, f"build.development_share.{plant}"] if plant else []


def _of_item(task: str, lead: Lead, accelerator: str) -> list[str]:
    """The lead time of a task, what it was before, and the part of it that a build type takes."""
    item = lead.items()[task]
    first = lead.fact(item, f"lead.racks.{accelerator}") if task == "racks" else lead.fact(item)
    what = "permit" if task == "permits" else "equipment" if task in RENTED else ""
    return [first.id, f"lead_then.{item}.world", f"build.{what}_share.{lead.kind}"]


def _of_grid(task: str, lead: Lead) -> list[str]:
    """Study and stages: published apart by an operator, or parts of a span from application on."""
    iso3, facts = lead.site.place.iso3, lead.step.facts
    span = [facts.first(*lead.connection_ids()).id, "build.queue_share.world"]
    if lead.at_distribution:
        return [lead.fact("grid_distribution").id, *span]
    if task == "grid_study":
        return [lead.fact("grid_study").id] if lead.staged else span
    if lead.staged:
        return [f"lead.grid_stage_{task.removeprefix(GRID)}.{iso3}"]
    later = [f"lead.grid_stage_2.{k}" for k in lead.site.place.keys] + lead.site.ids("lead.transmission_line.{}")
    return span if task == f"{GRID}1" else [next((i for i in later if i in facts), ""), *span]
