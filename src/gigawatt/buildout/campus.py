"""The network of one campus: every task from today's decision to full power, and what each waits for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .network import Task
from .stages import PowerStage, needed_stages, stage_mean_months

STATE, GRID, SUPPLY, SITE, POWER = "state and money", "grid", "supply", "site", "power"
MONTHS = (  # durations that ``campus_tasks`` wants, by task
    "site_control",
    "permits",
    "finance",
    "licence",
    "grid_study",
    "transformer_first",
    "transformer",
    "switchgear",
    "generators",
    "substation_works",
    "substation",
    "contract",
    "shell",
    "cooling",
    "fit_out",
    "racks",
    "commissioning",
)
GATES = {  # what must be granted, and the task that ends with it
    "permits": "the permits are granted",
    "grid_study": "the grid contract is signed",
    "licence": "the export licence is granted",
    "financing_close": "financing closes",
}


@dataclass(frozen=True, slots=True)
class NewPlant:
    """A power plant of its own: what comes before the ground is broken, then its construction; arrays where drawn."""

    id: str
    label: str
    development_months: float | NDArray[np.float64]
    construction_months: float | NDArray[np.float64]
    fact_class: str = "C"
    works: tuple[str, str] = ("siting and licence", "construction")


def shell_months(
    *, build_to_first_months: ArrayLike, roof_to_operation_months: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Split "land clearing to first operation" into the shell (to the roof) and the fit-out (roof to operation).

    Parameters
    ----------
    build_to_first_months : float or array (...)
        Land clearing to first operational building. [months]
    roof_to_operation_months : float or array (...)
        Roof complete to operational; cut to the whole where draws exceed it. [months]

    Returns
    -------
    (shell, fit_out) : arrays (...)
        They add up to ``build_to_first_months``. [months]
    """
    total = np.asarray(build_to_first_months, dtype=float)
    fit_out = np.minimum(np.asarray(roof_to_operation_months, dtype=float), total)
    return total - fit_out, fit_out + 0.0 * total


def split_months(*, total_months: ArrayLike, first_share: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Split a published span into two tasks that add up to it: study and works, or licence and construction.

    Parameters
    ----------
    total_months : float or array (...)
        The span as published. [months]
    first_share : float or array (...)
        Share of it that the first task takes. [1]

    Returns
    -------
    (first, second) : arrays (...)
        They add up to ``total_months``. [months]

    Examples
    --------
    >>> [float(x) for x in split_months(total_months=140.0, first_share=0.25)]
    [35.0, 105.0]
    """
    total, share = np.asarray(total_months, dtype=float), np.asarray(first_share, dtype=float)
    return total * share, total * (1.0 - share)


def months_in_year(
    *, then_months: ArrayLike, then_year: float, now_months: ArrayLike, now_year: float, year: float
) -> NDArray[np.float64]:
    """A lead time in the year of the question, on a line between two published years and level outside them.

    Parameters
    ----------
    then_months, now_months : float or array (...)
        Lead time in the earlier and in the later year. [months]
    then_year, now_year : float
        Those years. [year]
    year : float
        Year of the question. [year]

    Returns
    -------
    array (...)
        Lead time. [months]

    Examples
    --------
    A combined-cycle plant took 42 months in 2023 and 60 in 2025:

    >>> [float(months_in_year(then_months=42, then_year=2023, now_months=60, now_year=2025, year=y))
    ...  for y in (2020, 2024, 2030)]
    [42.0, 51.0, 60.0]
    """
    span = now_year - then_year
    weight = 1.0 if span <= 0 else float(np.clip((year - then_year) / span, 0.0, 1.0))
    then, now = np.asarray(then_months, dtype=float), np.asarray(now_months, dtype=float)
    return np.asarray(then * (1.0 - weight) + now * weight, dtype=float)


def campus_tasks(
    *,
    full_mw: float,
    first_hall_mw: ArrayLike,
    added_mw_per_month: ArrayLike,
    months: Mapping[str, ArrayLike],
    stages: Sequence[PowerStage],
    plants: Sequence[NewPlant] = (),
    bridges: Sequence[PowerStage] = (),
    contract_label: str = "supply contract",
    halls_label: str = "further halls",
    tariff_serves: bool = False,
    build_before_finance: bool = False,
    volume_months: ArrayLike = 0.0,
    classes: Iterable[tuple[str, str]] = (),
) -> tuple[Task, ...]:
    """The network of one campus, from today's decision to ``first_power`` and ``full_power``.

    Site control opens the permits and the grid study; permits (and the financing close, unless the owner builds before
    it) open the shell; licence and financing close open the rack order; transformers, switchgear and generators are
    ordered against a deposit. The first hall is ready when fit-out, cooling, racks and switchgear are there. It is
    commissioned when a power stage is live and, for a new connection, the substation stands. Further halls follow at a
    limited rate. Full power waits for the last stage that is needed and for new plants.

    Parameters
    ----------
    full_mw : float
        Size of the campus, on the basis of all other MW here (say peak at the meter). [MW]
    first_hall_mw : float or array (...)
        Size of the first hall or building. [MW]
    added_mw_per_month : float or array (...)
        Halls added per month after the first. [MW/month]
    months : mapping of str to float or array (...)
        Durations by task, those of ``MONTHS``; 0 where it is done or not needed. Transformers, switchgear, generators,
        cooling and racks run from order to delivery. Fit-out ends before commissioning. [months]
    stages : sequence of PowerStage
        Power by stage; new grid stages start after the grid study, others after site control. [-]
    plants : sequence of NewPlant
        New plants that full power waits for. [months]
    bridges : sequence of PowerStage
        What carries halls until the permanent stages are there; with them full power waits for what carries the campus
        first, and ``permanent_power`` for all that is permanent. [months]
    contract_label : str
        Words for the supply contract, which power from a new connection waits for. [-]
    halls_label : str
        Words for further halls, where something other than building sets their pace. [-]
    tariff_serves : bool
        Whether a connection in place may run on a tariff for good, with no contract named. [-]
    build_before_finance : bool
        Whether the owner starts the shell and orders the first racks on his own balance sheet. [-]
    volume_months : float or array (...)
        From today until the accelerators are delivered in volume; 0 where they are. [months]
    classes : iterable of (task id, class)
        Class of the facts behind tasks; C where not given. [-]

    Returns
    -------
    tuple of Task
        Ends with ``first_power`` and ``full_power``. [months]

    Raises
    ------
    ValueError
        Without a stage, or where durations are missing or unknown.
    """
    if not stages:
        raise ValueError("a campus needs at least one power stage; got none")
    if set(months) != set(MONTHS):
        wrong = sorted(set(months) ^ set(MONTHS))
        raise ValueError(f"months must have one duration for each of {', '.join(MONTHS)}; check {', '.join(wrong)}")
    study = months["grid_study"]
    first_stage = min((*stages, *bridges), key=lambda s: stage_mean_months(s, study))
    whole = needed_stages(stages, full_mw=full_mw, grid_study_months=study)
    last = needed_stages((*stages, *bridges), full_mw=full_mw, grid_study_months=study) if bridges else whole
    bridged = any(s in bridges for s in last) or first_stage in bridges
    first_mw = np.minimum(np.asarray(first_hall_mw, dtype=float), full_mw)
    expansion = _months_to_add(full_mw - first_mw, np.asarray(added_mw_per_month, dtype=float))
    known = {**{s.id: s.fact_class for s in (*stages, *bridges)}, **dict(classes)}
    money = () if build_before_finance else ("financing_close",)
    sold = ("contract",) if any(s.from_grid and not (s.in_place and tariff_serves) for s in whole) else ()
    permanent = (*sold, *(s.id for s in whole), *(_plant_id(p) for p in plants),
                 *(("substation_full",) if any(_substation(s) for s in whole) else ()))  # fmt: skip
    carried = permanent
    if last != whole:  # the bridge, and what the network gives until then
        met = any(_substation(s) for s in last)
        carried = (*(s.id for s in last), *(("contract", "substation") if met else ()))
    coming = bool(np.any(np.asarray(volume_months) > 0.0))
    rows = [
        *_groundwork(months),
        *([("volume", "volume production of the accelerators", volume_months, (), SUPPLY)] if coming else []),
        *_plants(months, plants, contract_label),
        *_electrical(months, (*stages, *bridges)),
        ("shell", "shell of the first hall", months["shell"], ("permits", *money), SITE),
        ("cooling", "cooling plant", months["cooling"], ("site_control",), SUPPLY),
        ("fit_out", "fit-out of the first hall", months["fit_out"], ("shell",), SITE),
        ("racks", "delivery of the first racks", months["racks"], ("licence", *money), SUPPLY),
        ("first_hall", "first hall ready", 0.0,
         ("fit_out", "cooling", "racks", "switchgear", *(("volume",) if coming else ())), SITE),
        ("first_power", "commissioning of the first hall", months["commissioning"],
         ("first_hall", first_stage.id, *(sold if _substation(first_stage) else ()), *_substation(first_stage)), SITE),
        ("halls", halls_label, expansion, ("first_hall", "financing_close"), SITE),
        ("full_power", "commissioning of the last hall", months["commissioning"],
         ("halls", "generators", "first_hall", *carried), SITE),
        *([("permanent_power", "permanent power whole", 0.0, ("full_power", *permanent), SITE)] if bridged else []),
    ]  # fmt: skip
    tasks = (
        Task(i, label, np.asarray(duration, dtype=float), after, known.get(i, "C"), group)
        for i, label, duration, after, group in rows
    )
    return tuple(_leading_to(tasks, ("first_power", "full_power", *(("permanent_power",) if bridged else ()))))


_Row = tuple[str, str, ArrayLike, tuple[str, ...], str]


def _groundwork(months: Mapping[str, ArrayLike]) -> list[_Row]:
    """Land, permits, money, licence: what others grant."""
    return [
        ("site_control", "site control", months["site_control"], (), STATE),
        ("permits", "permits", months["permits"], ("site_control",), STATE),
        ("finance", "lenders' examination and documents", months["finance"], (), STATE),
        ("financing_close", "financing close", 0.0, ("finance", "permits"), STATE),
        ("licence", "export licence for the accelerators", months["licence"], (), STATE),
    ]


def _electrical(months: Mapping[str, ArrayLike], stages: Sequence[PowerStage]) -> list[_Row]:
    """Grid study and stages, transformers, switchgear, substation, generators."""
    study = "grid study, queue and connection contract"
    return [
        ("grid_study", study, months["grid_study"], ("site_control",), GRID),
        *(
            (s.id, s.label, s.duration_months, (s.after or ("grid_study" if _substation(s) else "site_control"),),
             GRID if s.from_grid else POWER)
            for s in stages
        ),
        ("transformer_first", "first transformers", months["transformer_first"], (), SUPPLY),
        ("transformer", "last transformers", months["transformer"], (), SUPPLY),
        ("switchgear", "switchgear", months["switchgear"], (), SUPPLY),
        ("generators", "backup generators", months["generators"], (), SUPPLY),
        ("substation_works", "substation, ground works", months["substation_works"], ("permits",), SITE),
        ("substation", "substation, erection and tests", months["substation"],
         ("substation_works", "transformer_first", "switchgear"), SITE),
        ("substation_full", "last transformers, erection and tests", months["substation"],
         ("transformer", "substation"), SITE),
    ]  # fmt: skip


def _plants(months: Mapping[str, ArrayLike], plants: Sequence[NewPlant], contract_label: str) -> list[_Row]:
    """The supply contract, and new plants with their licence and construction."""
    rows: list[_Row] = [("contract", contract_label, months["contract"], (), POWER)]
    for p in plants:
        before, after = (f"{p.label}, {work}" for work in p.works)
        rows.append((f"{p.id}_licence", before, p.development_months, (), POWER))
        rows.append((_plant_id(p), after, p.construction_months, (f"{p.id}_licence",), POWER))
    return rows


def _plant_id(plant: NewPlant) -> str:
    return f"{plant.id}_plant"


def _substation(stage: PowerStage) -> tuple[str, ...]:
    """A new connection needs a new substation; plants on the site feed at the voltage of the halls."""
    return ("substation",) if stage.from_grid and not stage.in_place else ()


def _leading_to(tasks: Iterable[Task], targets: Sequence[str]) -> list[Task]:
    """Without the tasks that no target waits for: no substation where no connection is new."""
    network = list(tasks)
    wanted = set(targets)
    for t in reversed(network):  # every predecessor is listed before its followers, but for the two targets
        if t.id in wanted:
            wanted.update(t.after)
    return [t for t in network if t.id in wanted]


def _months_to_add(mw: NDArray[np.float64], mw_per_month: NDArray[np.float64]) -> NDArray[np.float64]:
    """Months to add halls: none for nothing, for ever at a rate of zero."""
    left, rate = np.broadcast_arrays(mw, mw_per_month)
    months = np.where(left > 0, np.inf, 0.0)
    return np.divide(left, rate, out=months, where=(left > 0) & (rate > 0))
