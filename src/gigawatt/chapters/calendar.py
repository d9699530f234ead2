"""The calendar: lead times -> critical path -> first and full power, MW by quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt import buildout
from gigawatt.chapters.place import Site
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario

NEW_PLANT = {  # source named -> lead-time item of a new plant
    "nuclear": "nuclear_new",
    "smr": "nuclear_smr",
    "gas": "gas_engines",
    "solar": "solar",
    "wind": "wind",
    "battery": "battery",
    "hydro": "hydro_large",
    "geothermal": "geothermal",
}


@dataclass(frozen=True)
class Calendar:
    """Dates of the campus; months count from the as-of date."""

    tasks: tuple[buildout.Task, ...]
    schedule: buildout.Schedule
    first_schedule: buildout.Schedule
    first_months: Any
    full_months: Any
    stages: tuple[buildout.PowerStage, ...]
    ramp: dict[str, Any]
    build_type: str
    grid_regime: str


def calendar(
    step: Steps,
    s: Scenario,
    site: Site,
    *,
    facility_peak_mw: float,
    grid_mw: float,
    pue_design_peak: Any,
    contract: str,
    plants: dict[str, float],
) -> Calendar:
    """Lay out the project network of a campus of this size and calculate it.

    Parameters
    ----------
    facility_peak_mw, grid_mw : float
        Campus and its grid connection, central. [MW]
    pue_design_peak : float or array
        To turn IT MW of halls into facility MW. [-]
    contract : str
        What is contracted on an existing fleet: 'nuclear', 'grid', or ''. [-]
    plants : dict
        New plants by source. [MW]
    """
    stages = _stages(step, site, grid_mw, plants)
    kind = _build_type(step, site)
    commissioning = _lead(step, site, "commissioning")
    large = facility_peak_mw >= central(step.fact("calendar.large_campus", unit="MW"))
    halls = "fast_greenfield" if kind == "fast_greenfield" else "large" if large else "medium"
    first_hall = step(
        in_facility_mw, it_mw=step.fact(f"lead.first_hall.{halls}", unit="MW"), pue_design_peak=pue_design_peak
    )
    rate = step(
        in_facility_mw,
        it_mw=step.fact(f"lead.ramp_after_first.{halls}", unit=step.facts[f"lead.ramp_after_first.{halls}"].unit),
        pue_design_peak=pue_design_peak,
    )
    to_first = step.fact(f"lead.build_to_first.{kind}", unit="month")
    shell, fit_out = buildout.shell_months(
        build_to_first_months=np.maximum(to_first - commissioning, 0.5),
        roof_to_operation_months=_lead(step, site, "roof_to_operation"),
    )
    new_plants = {k: v for k, v in plants.items() if k in NEW_PLANT and k not in ("gas", "battery")}
    slow = max(new_plants, key=lambda k: _central(step, site, NEW_PLANT[k]), default="")
    source_months = _lead(step, site, NEW_PLANT[slow]) if slow else _lead(step, site, "ppa")
    label = f"new {slow} plant" if slow else f"contract on the {contract or 'grid'} supply"
    tasks = buildout.campus_tasks(
        full_mw=facility_peak_mw,
        first_hall_mw=first_hall,
        added_mw_per_month=rate,
        site_control_months=_lead(step, site, "site_control"),
        permit_months=_lead(step, site, "permitting"),
        finance_months=_lead(step, site, "financing"),
        licence_months=_lead(step, site, "export_licence"),
        grid_study_months=_lead(step, site, "grid_study") if grid_mw > 0 else 0.0,
        stages=stages,
        transformer_first_months=_lead(step, site, "lpt_reserved"),
        transformer_months=_lead(step, site, "lpt"),
        source_months=source_months,
        source_label=label,
        source_needed_for_first=not slow,
        shell_months=shell,
        fit_out_months=fit_out,
        cooling_months=_lead(step, site, "cooling"),
        rack_months=_lead(step, site, "racks"),
        commissioning_months=commissioning,
        build_before_finance=s.operating_model == "hyperscaler",
        classes=_classes(step, site, kind, slow),
    )
    whole = buildout.schedule(tasks)
    first = buildout.schedule(buildout.path_to(tasks, "first_power"))
    return Calendar(
        tasks=tasks,
        schedule=whole,
        first_schedule=first,
        first_months=step(end_of_task, tasks=tasks, target="first_power", facts=_noted(step, site, kind, slow)),
        full_months=step(end_of_task, tasks=tasks, target="full_power", facts=_noted(step, site, kind, slow)),
        stages=stages,
        ramp={
            "first_hall_months": whole.end_of("first_hall"),
            "first_hall_mw": first_hall,
            "added_mw_per_month": rate,
            "full_mw": facility_peak_mw,
            "commissioning_months": commissioning,
            "stage_months": np.stack(np.broadcast_arrays(*(whole.end_of(x.id) for x in stages)), axis=-1),
            "stage_mw": [x.added_mw for x in stages],
        },
        build_type=kind,
        grid_regime=_regime(step, site),
    )


def in_facility_mw(*, it_mw: Any, pue_design_peak: Any) -> Any:
    """IT power of halls, or of halls added per month, as facility power at peak.

    Parameters
    ----------
    it_mw : float or array
        IT power. [MW]
    pue_design_peak : float or array
        Design-peak facility over IT power. [-]

    Returns
    -------
    float or array
        Facility power. [MW]
    """
    return it_mw * pue_design_peak


def end_of_task(*, tasks: tuple[buildout.Task, ...], target: str, facts: Any) -> Any:
    """Month in which a task of the network ends, by the critical path method.

    Parameters
    ----------
    tasks : tuple of Task
        The network. [month]
    target : str
        Id of the task. [-]
    facts : tuple
        The lead times behind the durations, for the record. [month]

    Returns
    -------
    float or array
        Months from today. [month]

    References
    ----------
    .. [1] J. E. Kelley and M. R. Walker, Critical-path planning and scheduling, 1959, doi:10.1145/1460299.1460318.
    """
    del facts
    return buildout.schedule(buildout.path_to(tasks, target)).end_of(target)[()]


def _keys(site: Site, item: str) -> list[str]:
    """Fact ids of a lead time: region of the country, country, world region, world."""
    return site.ids(f"lead.{item}.{{}}")


def _lead(step: Steps, site: Site, item: str) -> Any:
    return step.fact(*_keys(site, item), unit="month")


def _central(step: Steps, site: Site, item: str) -> float:
    return float(step.facts.first(*_keys(site, item)).value)


def _class(step: Steps, site: Site, item: str) -> str:
    return step.facts.first(*_keys(site, item)).fact_class


def _noted(step: Steps, site: Site, kind: str, slow: str) -> tuple[Any, ...]:
    """The lead times read, so that explain reaches their pages."""
    items = ["grid_study", "lpt", "lpt_reserved", "racks", "cooling", "financing", "permitting", "site_control"]
    build = step.fact(f"lead.build_to_first.{kind}", unit="month")
    return (
        *_grid_steps(step, site)[1],
        build,
        *(_lead(step, site, i) for i in [*items, NEW_PLANT[slow] if slow else "ppa"]),
    )


def _classes(step: Steps, site: Site, kind: str, slow: str) -> list[tuple[str, str]]:
    items = {
        "site_control": "site_control",
        "permits": "permitting",
        "finance": "financing",
        "licence": "export_licence",
        "grid_study": "grid_study",
        "transformer_first": "lpt_reserved",
        "transformer": "lpt",
        "source": NEW_PLANT[slow] if slow else "ppa",
        "cooling": "cooling",
        "racks": "racks",
        "first_power": "commissioning",
        "full_power": "commissioning",
        "fit_out": "roof_to_operation",
    }
    shell = step.facts[f"lead.build_to_first.{kind}"].fact_class
    return [(task, _class(step, site, item)) for task, item in items.items()] + [("shell", shell), ("halls", "B")]


def _build_type(step: Steps, site: Site) -> str:
    """Where campuses are on record as built fast, that class; else ordinary greenfield."""
    return step.text(*(f"build.type.{key}" for key in site.place.keys), "build.type.default")


def _stages(step: Steps, site: Site, grid_mw: float, plants: dict[str, float]) -> tuple[buildout.PowerStage, ...]:
    """Power by stage: the operator's regime where one is known, else a first and a later stage; then own gas."""
    stages: list[buildout.PowerStage] = []
    if grid_mw > 0:
        sizes, months, classes = _grid_steps(step, site)
        stages += buildout.grid_stages(connection_mw=grid_mw, stage_mw=sizes, stage_months=months, fact_classes=classes)
    for source in ("gas", "battery"):
        if plants.get(source, 0.0) > 0:
            item = NEW_PLANT[source]
            stages.append(
                buildout.PowerStage(
                    source,
                    f"own {source}, {plants[source]:,.0f} MW",
                    plants[source],
                    _lead(step, site, item),
                    _class(step, site, item),
                    from_grid=False,
                )
            )
    others = sum(v for k, v in plants.items() if k not in ("gas", "battery"))
    if not stages or sum(x.added_mw for x in stages) <= 0:
        slow = max(
            (k for k in plants if k in NEW_PLANT), key=lambda k: _central(step, site, NEW_PLANT[k]), default="solar"
        )
        item = NEW_PLANT[slow]
        stages.append(
            buildout.PowerStage(
                slow, f"own {slow}", others or 1.0, _lead(step, site, item), _class(step, site, item), False
            )
        )
    return tuple(stages)


def _grid_steps(step: Steps, site: Site) -> tuple[list[float], list[Any], list[str]]:
    """Cumulative sizes, months and classes of the grid's stages."""
    iso3 = site.place.iso3
    if f"lead.grid_stage_2_mw.{iso3}" in step.facts:
        sizes = [float(step.facts[f"lead.grid_stage_{k}_mw.{iso3}"].value) for k in (1, 2)] + [np.inf]
        months = [step.fact(f"lead.grid_stage_{k}.{iso3}", unit="month") for k in (1, 2, 3)]
        return sizes, months, [step.facts[f"lead.grid_stage_{k}.{iso3}"].fact_class for k in (1, 2, 3)]
    first_size = step.facts.first(*_keys(site, "grid_stage_1_mw"))
    known = [i for i in (f"lead.grid_stage_2.{k}" for k in site.place.keys) if i in step.facts]
    later = known or _keys(site, "transmission_line")
    months = [_lead(step, site, "grid_connection"), step.fact(*later, unit="month")]
    classes = [_class(step, site, "grid_connection"), step.facts.first(*later).fact_class]
    return [float(first_size.value), np.inf], months, classes


def _regime(step: Steps, site: Site) -> str:
    return "RTE fast track" if site.place.iso3 == "FRA" else f"Connection by {step.text(*site.authority('grid'))}"
