"""The calendar: lead times -> network of tasks -> critical path -> first and full power, MW by quarter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from gigawatt import buildout
from gigawatt.chapters.bridge import Bridge
from gigawatt.chapters.bridge import stages as bridge_stages
from gigawatt.chapters.durations import NEW_PLANT, WORKS, Lead, supply
from gigawatt.chapters.place import Site
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import in_mw

ROUNDING = 1e-9  # of the campus
ON_SITE = ("gas", "battery")  # plants that are power stages of their own


@dataclass(frozen=True)
class Calendar:
    """Dates of the campus; months count from the as-of date."""

    tasks: tuple[buildout.Task, ...]
    first_months: Any
    full_months: Any
    stages: tuple[buildout.PowerStage, ...]
    ramp: dict[str, Any]
    build_type: str
    grid_regime: str
    queue_months: Any  # study and queue inside published spans; 0 where an operator dates its stages from the contract

    @property
    def numbers(self) -> tuple[Any, ...]:
        """All of it that payments follow from, as a key."""
        months = central(self.first_months), central(self.full_months)
        ramp = tuple(tuple(np.ravel(x).tolist()) for x in self.ramp.values())
        stages = tuple((x.id, x.label, float(x.added_mw), x.from_grid, x.in_place, x.after) for x in self.stages)
        return _numbers(self.tasks), stages, ramp, months

    @cached_property
    def schedule(self) -> buildout.Schedule:
        """The network to full power."""
        return _of(buildout.schedule, self.tasks)  # type: ignore[no-any-return]

    @cached_property
    def first_schedule(self) -> buildout.Schedule:
        """The network to first power."""
        return _of(_to_first_power, self.tasks)  # type: ignore[no-any-return]

    @cached_property
    def holdups(self) -> tuple[buildout.Holdup, ...]:
        """What holds full power up, the most worthwhile first."""
        return _of(_before_full_power, self.tasks)  # type: ignore[no-any-return]

    def letter_dates(self, *, as_of: str, reply_months: float) -> dict[str, str]:
        """By when to write about each task; ``source`` is who generates, by contract or by a new plant."""
        stages = (x.id for x in self.stages)
        by = buildout.letter_dates(
            self.first_schedule,
            self.schedule,
            as_of=as_of,
            reply_months=reply_months,
            commitments=("shell", *stages),
        )
        makers = [by[i] for i in by if i == "contract" or i.endswith("_licence")]
        return {**by, "source": min(makers or [by[x.id] for x in self.stages if x.id in by], default=as_of)}


def ends_of(tasks: tuple[buildout.Task, ...]) -> Any:
    """Earliest end of every task. [months]"""
    return _of(buildout.ends, tasks)


def _to_first_power(tasks: tuple[buildout.Task, ...]) -> buildout.Schedule:
    return buildout.schedule(buildout.path_to(tasks, "first_power"))


def _before_full_power(tasks: tuple[buildout.Task, ...]) -> tuple[buildout.Holdup, ...]:
    return buildout.holdups(tasks, "full_power")


def _numbers(tasks: tuple[buildout.Task, ...]) -> tuple[Any, ...]:
    """A network of numbers as a key: equal for equal networks; of draws, that of these very draws."""
    if any(np.ndim(t.duration_months) for t in tasks):
        return (id(tasks),)
    return tuple((t.id, t.label, float(t.duration_months), t.after, t.fact_class, t.group) for t in tasks)


@dataclass(frozen=True)
class _Network:
    """A network by its key; while it is kept, nothing else has its identity."""

    key: tuple[Any, ...]
    tasks: tuple[buildout.Task, ...] = field(compare=False)


def _of(work: Callable[..., Any], tasks: tuple[buildout.Task, ...]) -> Any:
    """What is worked out from a network alone, once."""
    network = _Network(_numbers(tasks), tasks)
    return _drawn(work, network) if len(network.key) == 1 < len(tasks) else _equal(work, network)


@lru_cache(maxsize=512)  # most of what may be moved in a question leaves its dates as they are
def _equal(work: Callable[..., Any], network: _Network) -> Any:
    return work(network.tasks)


@lru_cache(maxsize=2)  # both ends of a network on draws are read one after the other
def _drawn(work: Callable[..., Any], network: _Network) -> Any:
    return work(network.tasks)


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
    accelerator: str,
    it_mw_per_accelerator: Any,
    bridge: Bridge | None = None,
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
    accelerator : str
        Id of the accelerator: its delivery has a lead time of its own where one is on record. [-]
    it_mw_per_accelerator : float or array
        IT power of one: halls fill no faster than they are delivered. [MW]
    bridge : Bridge or None
        What carries halls until the permanent power is there. [-]
    """
    lead = Lead(step, s, site, facility_peak_mw)
    with step.collecting() as read:
        first_hall, rate = _halls(lead, facility_peak_mw, pue_design_peak, it_mw_per_accelerator)
        slow = _new_plants(lead, plants)
        stages = _stages(lead, grid_mw, plants, slow, _hall_mw(lead, facility_peak_mw))
        months = lead.months(accelerator, connected=grid_mw > 0)
        bridges = bridge_stages(lead, bridge)
        volume = lead.volume(accelerator)
    tasks = buildout.campus_tasks(
        full_mw=facility_peak_mw,
        first_hall_mw=first_hall,
        added_mw_per_month=rate,
        months=months,
        stages=stages,
        plants=slow,
        bridges=bridges,
        tariff_serves=contract in ("", "grid"),
        contract_label=f"contract on the {contract or 'grid'} supply",
        halls_label=_halls_label(lead, facility_peak_mw, central(rate) / central(pue_design_peak)),
        build_before_finance=s.operating_model == "hyperscaler",
        volume_months=volume,
        classes=lead.classes(accelerator),
    )
    ends = ends_of(tasks)
    kept = tuple(x for x in (*stages, *bridges) if x.id in ends)
    facts = tuple(read)
    live, sizes = [ends[x.id] for x in kept], [x.added_mw for x in kept]
    if sum(sizes) < facility_peak_mw * (1.0 - ROUNDING):  # the rest comes with the new plants that full power waits for
        live.append(ends["full_power"] - months["commissioning"])
        sizes.append(facility_peak_mw - sum(sizes))
    return Calendar(
        tasks=tasks,
        first_months=step(end_of_task, tasks=tasks, target="first_power", facts=facts),
        full_months=step(end_of_task, tasks=tasks, target="full_power", facts=facts),
        stages=kept,
        ramp={
            "first_hall_months": ends["first_hall"],
            "first_hall_mw": first_hall,
            "added_mw_per_month": rate,
            "full_mw": facility_peak_mw,
            "commissioning_months": months["commissioning"],
            "stage_months": np.stack(np.broadcast_arrays(*live), axis=-1),
            "stage_mw": sizes,
        },
        build_type=lead.kind,
        grid_regime=_regime(step, site),
        queue_months=0.0 if lead.staged and not lead.at_distribution else months["grid_study"],
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
    return ends_of(tasks)[target][()]


def _halls(lead: Lead, facility_peak_mw: float, pue_design_peak: Any, each_mw: Any) -> tuple[Any, Any]:
    """Size of the first hall, and halls added per month after it, as facility power."""
    step, halls = lead.step, hall_class(lead, facility_peak_mw)
    rate = f"lead.ramp_after_first.{halls}"
    filled = step(
        filled_mw_per_month,
        built_mw_per_month=step.fact(rate, unit=step.facts[rate].unit),
        delivered_per_month=supply(step, lead.site),
        it_mw_per_accelerator=each_mw,
    )
    return (
        step(in_facility_mw, it_mw=step.fact(f"lead.first_hall.{halls}", unit="MW"), pue_design_peak=pue_design_peak),
        step(in_facility_mw, it_mw=filled, pue_design_peak=pue_design_peak),
    )


def _halls_label(lead: Lead, facility_peak_mw: float, it_mw_per_month: float) -> str:
    """What further halls wait for: builders, or the accelerators that fill them."""
    built = float(lead.step.facts[f"lead.ramp_after_first.{hall_class(lead, facility_peak_mw)}"].value)
    return "further halls" if it_mw_per_month > built * (1.0 - ROUNDING) else "further halls, as accelerators arrive"


def filled_mw_per_month(*, built_mw_per_month: Any, delivered_per_month: Any, it_mw_per_accelerator: Any) -> Any:
    """Halls that come on line in a month: no more than are built, nor than accelerators arrive to fill.

    Where none may be delivered the gate of the chips says so, and the calendar is that of the halls.

    Parameters
    ----------
    built_mw_per_month : float or array
        IT power of halls added. [MW/month]
    delivered_per_month : float or array
        Accelerators that one buyer gets. [1/month]
    it_mw_per_accelerator : float or array
        IT power of one. [MW]

    Returns
    -------
    float or array
        IT power. [MW/month]
    """
    delivered = np.asarray(delivered_per_month) * it_mw_per_accelerator
    return np.where(delivered > 0.0, np.minimum(built_mw_per_month, delivered), built_mw_per_month)[()]


def hall_class(lead: Lead, facility_peak_mw: float) -> str:
    """Record that halls are taken from: of the build type where there is one, else of campuses of that size."""
    large = facility_peak_mw >= central(lead.step.fact("calendar.large_campus", unit="MW"))
    return lead.kind if f"lead.first_hall.{lead.kind}" in lead.step.facts else "large" if large else "medium"


def _hall_mw(lead: Lead, facility_peak_mw: float) -> float:
    """IT power of the first hall as it stands in the facts: what decides which stages there are is not drawn. [MW]"""
    return float(lead.step.facts[f"lead.first_hall.{hall_class(lead, facility_peak_mw)}"].value)


def _new_plants(lead: Lead, plants: dict[str, float]) -> tuple[buildout.NewPlant, ...]:
    """New plants that full power waits for, each with siting and licence before construction."""
    return tuple(
        buildout.NewPlant(
            name,
            WORKS[name][0],
            *lead.development(NEW_PLANT[name]),
            lead.fact_class(NEW_PLANT[name]),
            WORKS[name][1:],
        )
        for name, mw in plants.items()
        if name in NEW_PLANT and name not in ON_SITE and mw > 0
    )


def _stages(
    lead: Lead, grid_mw: float, plants: dict[str, float], slow: Sequence[buildout.NewPlant], first_hall_mw: float
) -> tuple[buildout.PowerStage, ...]:
    """Power by stage: what is connected already, the operator's regime, own gas and batteries; else the new plants."""
    stages = _connections(lead, grid_mw)
    if plants.get("gas", 0.0) > 0:
        stages += _gas(lead, plants["gas"], first_hall_mw)
    if plants.get("battery", 0.0) > 0:
        mw = plants["battery"]
        label = f"own battery, {in_mw(mw)}"
        stages.append(
            buildout.PowerStage("battery", label, mw, lead("battery"), lead.fact_class("battery"), from_grid=False)
        )
    if sum(x.added_mw for x in stages) > 0:
        return tuple(stages)
    mw = sum(plants.values()) or 1.0
    if not slow:
        kind = NEW_PLANT["solar"]
        return (buildout.PowerStage("solar", "own solar", mw, lead(kind), lead.fact_class(kind), from_grid=False),)
    last = max(slow, key=lambda p: central(p.development_months) + central(p.construction_months))
    label = f"power of the {last.label}"
    return (buildout.PowerStage(last.id, label, mw, 0.0, last.fact_class, from_grid=False, after=f"{last.id}_plant"),)


def _connections(lead: Lead, grid_mw: float) -> list[buildout.PowerStage]:
    """An existing connection first, then the operator's stages for the rest."""
    stages: list[buildout.PowerStage] = []
    live = min(lead.existing_mw, grid_mw)
    if live > 0:
        months, fact_class = lead("connection_reuse"), lead.fact_class("connection_reuse")
        label = f"existing connection, {in_mw(live)}"
        stages.append(buildout.PowerStage("grid_0", label, live, months, fact_class, in_place=True))
    if grid_mw > live:
        sizes, spans, classes = lead.grid_stages()
        stages += buildout.grid_stages(
            connection_mw=grid_mw - live, stage_mw=sizes, stage_months=spans, fact_classes=classes, live_mw=live
        )
    return stages


def _gas(lead: Lead, mw: float, first_hall_mw: float) -> list[buildout.PowerStage]:
    """Own gas: rented sets where an existing building is converted; else engines, and what exceeds a hall later."""
    if lead.kind == "retrofit":
        months, fact_class = lead("turbine_rental"), lead.fact_class("turbine_rental")
        return [buildout.PowerStage("gas", f"rented turbines, {in_mw(mw)}", mw, months, fact_class, from_grid=False)]
    months, fact_class = lead("gas_engines"), lead.fact_class("gas_engines")
    early = min(mw, first_hall_mw)
    label = f"own gas engines, {in_mw(early)}"
    stages = [buildout.PowerStage("gas", label, early, months, fact_class, from_grid=False)]
    if mw > early:
        rate = lead.step.fact("lead.ramp_gas_engines.world", unit="MW/month")
        later = lead.step(later_months, first_months=months, more_mw=mw - early, mw_per_month=rate)
        label = f"own gas engines, {in_mw(mw)}"
        stages.append(buildout.PowerStage("gas_full", label, mw - early, later, fact_class, from_grid=False))
    return stages


def later_months(*, first_months: Any, more_mw: float, mw_per_month: Any) -> Any:
    """Months to the last sets of a plant that is delivered at a limited rate.

    Parameters
    ----------
    first_months : float or array
        From the order to the first sets. [month]
    more_mw : float
        Power beyond the first sets. [MW]
    mw_per_month : float or array
        What a buyer gets per month after the first sets. [MW/month]

    Returns
    -------
    float or array
        Months to the last set. [month]
    """
    return first_months + more_mw / mw_per_month


def _regime(step: Steps, site: Site) -> str:
    return "RTE fast track" if site.place.iso3 == "FRA" else f"Connection by {step.text(*site.authority('grid'))}"
