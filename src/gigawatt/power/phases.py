"""Power in phases: what is built once and carried from phase to phase, and its answer. Data and plain accounting.

A phase is a stretch of years with one year of hours that repeats. What is built is a vintage: it stands from the start
of one phase to the end of another, is paid when it comes, kept up while it stands, and sold or removed when it goes.
Choosing how much of each vintage to build therefore decides what bridges, what stays as backup and what is resold.
All money is present value at the start of the first phase.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gigawatt.units import HOURS_PER_YEAR

from .account import Account
from .problem import Array, Decision, Problem, Profile, Source, Store, Violations


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Plant:
    """A source over the phases: generators, fuel cells, a stage of the grid connection, a contract.

    Parameters
    ----------
    name : str
        Unique name. [text]
    limit_mw : array (phase,)
        Most that may stand in each phase: 0 before its earliest date, then its ramp; never falling. [MW]
    availability : float or array (phase, hour)
        Output one MW can give. [-]
    capex_usd_per_mw : float
        Paid when a MW comes. [USD/MW]
    fixed_usd_per_mw_year : float
        Paid while a MW stands: fixed O&M, rent, or an annuity in place of `capex_usd_per_mw`. [USD/MW/year]
    variable_usd_per_mwh : float or array (phase, hour)
        Fuel, variable O&M, energy price; not negative. [USD/MWh]
    carbon_intensity_kg_per_mwh : float or array (phase, hour)
        Emissions per MWh. [kg/MWh]
    resale_share : float
        Part of `capex_usd_per_mw` that a MW fetches when it is sold new; falls in a straight line to 0 at
        `life_years`. [-]
    life_years : float
        Service life for that line. [year]
    removal_usd_per_mw : float
        Paid when a MW goes before the end of the last phase. [USD/MW]
    leaves : tuple of int or None
        Phases at whose end a MW may go; None: any. What never leaves is valued as sold at the end. [-]
    firm_credit : float
        Part of a MW that counts towards the reserve. [-]
    """

    name: str
    limit_mw: Array
    availability: Profile = 1.0
    capex_usd_per_mw: float = 0.0
    fixed_usd_per_mw_year: float = 0.0
    variable_usd_per_mwh: Profile = 0.0
    carbon_intensity_kg_per_mwh: Profile = 0.0
    resale_share: float = 0.0
    life_years: float = np.inf
    removal_usd_per_mw: float = 0.0
    leaves: tuple[int, ...] | None = None
    firm_credit: float = 0.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Battery:
    """The store over the phases; it ends each phase's year as it began it. Power and energy are sized apart.

    Parameters
    ----------
    name : str
        Unique name. [text]
    limit_mw : array (phase,)
        Most power that may stand in each phase; never falling. [MW]
    power_usd_per_mw, energy_usd_per_mwh : float
        Paid when it comes. [USD/MW, USD/MWh]
    fixed_usd_per_mw_year : float
        Paid while a MW stands. [USD/MW/year]
    charge_efficiency, discharge_efficiency : float
        One way, at the bus. [-]
    self_discharge_per_hour : float
        Part of the content lost each hour. [1/hour]
    resale_share, life_years, removal_usd_per_mw, leaves
        As for a plant; the removal is per MW of power. [-, year, USD/MW, -]
    """

    name: str
    limit_mw: Array
    power_usd_per_mw: float
    energy_usd_per_mwh: float
    charge_efficiency: float
    discharge_efficiency: float
    fixed_usd_per_mw_year: float = 0.0
    self_discharge_per_hour: float = 0.0
    resale_share: float = 0.0
    life_years: float = np.inf
    removal_usd_per_mw: float = 0.0
    leaves: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PhasedProblem:
    """Load, plants and store over the phases. The hours of a phase stand for a year of 8,760.

    Parameters
    ----------
    names : tuple of str
        Name of each phase. [text]
    years : array (phase,)
        Length of each phase; one of length zero is left out. [year]
    load_mw : array (phase, hour)
        Load that is wanted. [MW]
    rate_per_year : float
        Real discount rate. [1/year]
    plants : tuple of Plant
        What may be built, rented or contracted. [-]
    battery : Battery or None
        The store. [-]
    voll_usd_per_mwh : array (phase,) or None
        Cost of a MWh not served: before the site is whole, the price of waiting; None: all is served. [USD/MWh]
    reserve_mw : array (phase,) or None
        Firm capacity that must stand. [MW]
    step_hours : float
        Length of a step. [h]
    """

    names: tuple[str, ...]
    years: Array
    load_mw: Array
    rate_per_year: float
    plants: tuple[Plant, ...]
    battery: Battery | None = None
    voll_usd_per_mwh: Array | None = None
    reserve_mw: Array | None = None
    step_hours: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """One vintage that is built.

    Parameters
    ----------
    name : str
        Plant, or `battery.power`, `battery.energy` by the name of the store. [text]
    first, last : int
        Phases from whose start to whose end it stands. [-]
    mw : float
        Size; MWh for the energy of a store. [MW]
    usd : float
        Present value of coming, standing and going, resale taken off. [USD]
    resale_usd : float
        The resale in it, or the value left at the end. [USD]
    """

    name: str
    first: int
    last: int
    mw: float
    usd: float
    resale_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PhasedViolations:
    """How far a plan breaks what it must keep, recomputed from it; zero is feasible.

    Parameters
    ----------
    hourly : tuple of Violations
        Of every phase with load. [-]
    carried_mw : float
        Capacity used in a phase beyond what stands there. [MW]
    limits_mw : float
        Capacity beyond what may stand. [MW]
    reserve_mw : float
        Reserve missing. [MW]
    """

    hourly: tuple[Violations, ...]
    carried_mw: float
    limits_mw: float
    reserve_mw: float

    @property
    def worst_mw(self) -> float:
        """The largest of all. [MW or MWh]"""
        names = [n for n in Violations.__slots__ if n.endswith(("_mw", "_mwh"))]
        hourly = [float(getattr(v, n)) for v in self.hourly for n in names]
        return max([0.0, self.carried_mw, self.limits_mw, self.reserve_mw, *hourly])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PhasedCuts:
    """Lower lines under the hourly cost of every phase, in what stands there: they hold whatever it costs to build,
    how long the phases are and what may stand.

    Parameters
    ----------
    hours : tuple of float
        What they hold for: equal for equal hours. [-]
    intercept : array (cut, phase)
        At nothing standing. [USD]
    slope : array (cut, phase, capacity)
        Per unit of every capacity. [USD/MW]
    """

    hours: tuple[float, ...]
    intercept: Array
    slope: Array


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PhasedAnswer:
    """A plan over the phases with certified bounds. Money is present value at the start.

    Parameters
    ----------
    status : str
        `optimal` or `infeasible`. [text]
    path : str
        `cuts`, or `lp` for the one large linear programme. [text]
    reason : str
        Why there is no plan; empty where there is one. [text]
    built : tuple of Built
        What is built, when it comes and when it goes. [-]
    decisions : tuple of Decision or None
        Capacities and hourly dispatch of every phase; None for one of no length or load. [-]
    accounts : tuple of Account or None
        Their running costs and energies, of the hours as given. [USD/year]
    upper_bound_usd, lower_bound_usd, gap : float
        What the plan costs, recomputed from it; the certified bound; their relative distance. [USD, USD, -]
    hourly_usd : array (phase,)
        Present value of running every phase, load not served included. [USD]
    price_usd_per_mwh : array (phase, hour)
        Marginal cost of load. [USD/MWh]
    violations : PhasedViolations or None
        Recomputed from the plan. [-]
    cuts : PhasedCuts or None
        For another problem of the same hours to start from. [-]
    """

    status: str
    path: str
    reason: str = ""
    built: tuple[Built, ...] = ()
    decisions: tuple[Decision | None, ...] = ()
    accounts: tuple[Account | None, ...] = ()
    upper_bound_usd: float = np.nan
    lower_bound_usd: float = np.nan
    gap: float = np.nan
    hourly_usd: Array = field(default_factory=lambda: np.zeros(0))
    price_usd_per_mwh: Array = field(default_factory=lambda: np.zeros((0, 0)))
    violations: PhasedViolations | None = None
    cuts: PhasedCuts | None = None


def discounted_years(*, start_year: Any, years: Any, rate_per_year: Any) -> Any:
    """Years of a stretch, each instant discounted to today.

    Parameters
    ----------
    start_year : float or array
        When the stretch begins, from today. [year]
    years : float or array
        Its length. [year]
    rate_per_year : float or array
        Real discount rate. [1/year]

    Returns
    -------
    float or array
        Present value of one unit a year, paid evenly. [year]
    """
    force = np.log1p(rate_per_year)
    some = np.where(force == 0.0, 1.0, force)
    lasting = np.where(force == 0.0, years, -np.expm1(-some * np.asarray(years, float)) / some)
    return np.exp(-force * np.asarray(start_year, float)) * lasting


def resale_usd_per_mw(*, capex_usd_per_mw: Any, resale_share: Any, age_years: Any, life_years: Any) -> Any:
    """What a used MW fetches: a share of its price when new, in a straight line to nothing at the end of its life.

    Parameters
    ----------
    capex_usd_per_mw : float or array
        Price when new. [USD/MW]
    resale_share : float or array
        Part of it that a hardly used machine fetches. [-]
    age_years, life_years : float or array
        Age at the sale, and service life. [year, year]

    Returns
    -------
    float or array
        Resale value at the sale. [USD/MW]
    """
    return capex_usd_per_mw * resale_share * np.maximum(1.0 - age_years / life_years, 0.0)


@dataclass(frozen=True, slots=True)
class Vintage:
    """A capacity that may be built for some phases: the unknowns of the master problem.

    Parameters
    ----------
    name : str
        Of the capacity. [text]
    row : int
        The capacity's place: plants, then the store's power and energy. [-]
    first, last : int
        Phases from whose start to whose end it stands. [-]
    usd, resale_usd : float
        Present value per unit, resale taken off; the resale in it. [USD/MW, USD/MW]
    most : float
        The tightest of its limits. [MW]
    """

    name: str
    row: int
    first: int
    last: int
    usd: float
    resale_usd: float
    most: float


def capacities(problem: PhasedProblem) -> list[str]:
    """Names of all capacities: plants, then the store's power and energy.

    Parameters
    ----------
    problem : PhasedProblem
        The problem. [-]

    Returns
    -------
    list of str
        In order. [text]
    """
    store = problem.battery
    return [p.name for p in problem.plants] + ([f"{store.name}.power", f"{store.name}.energy"] if store else [])


def limits(problem: PhasedProblem) -> Array:
    """Most that may stand of every capacity in every phase.

    Parameters
    ----------
    problem : PhasedProblem
        The problem. [-]

    Returns
    -------
    array (capacity, phase)
        Limits; a store's energy only where its power may stand. [MW or MWh]
    """
    rows = [np.asarray(p.limit_mw, float) for p in problem.plants]
    if problem.battery:
        power = np.asarray(problem.battery.limit_mw, float)
        rows += [power, np.where(power > 0.0, np.inf, 0.0)]
    return np.array(rows).reshape(len(rows), len(problem.years))


def starts(problem: PhasedProblem) -> Array:
    """When each phase begins.

    Parameters
    ----------
    problem : PhasedProblem
        The problem. [-]

    Returns
    -------
    array (phase,)
        From the start of the first. [year]
    """
    return np.concatenate(([0.0], np.cumsum(problem.years)[:-1]))


def weights(problem: PhasedProblem) -> Array:
    """Present value of one unit a year over each phase.

    Parameters
    ----------
    problem : PhasedProblem
        The problem. [-]

    Returns
    -------
    array (phase,)
        Discounted years. [year]
    """
    return np.asarray(
        discounted_years(start_year=starts(problem), years=problem.years, rate_per_year=problem.rate_per_year)
    )


def worth_of_hours(problem: PhasedProblem) -> Array:
    """Present value of one USD spent once in the given hours of each phase.

    Parameters
    ----------
    problem : PhasedProblem
        The problem. [-]

    Returns
    -------
    array (phase,)
        Discounted years times the years that the hours make up. [-]
    """
    return weights(problem) * HOURS_PER_YEAR / (problem.load_mw.shape[1] * problem.step_hours)


def vintages(problem: PhasedProblem, *, every: bool = False) -> list[Vintage]:
    """Every vintage that may be worth building.

    Left out are those that another makes needless: what has no price when it comes or goes (rent, fees) is taken
    phase by phase, and of two that differ only in phases that ask nothing of them, the dearer is not built.

    Parameters
    ----------
    problem : PhasedProblem
        The problem. [-]
    every : bool
        Leave none out. [-]

    Returns
    -------
    list of Vintage
        By capacity, then first and last phase. [-]
    """
    begin, weight, most = starts(problem), weights(problem), limits(problem)
    end, count = begin + problem.years, len(problem.years)
    factor = (1.0 + problem.rate_per_year) ** -np.stack([begin, end])
    asked = _asked(problem)
    found: dict[tuple[int, ...], Vintage] = {}
    for row, (name, part, capex, fixed, removal) in enumerate(costs(problem)):
        leaves = set(range(count) if part.leaves is None else part.leaves) | {count - 1}
        rented = capex == 0.0 and removal == 0.0 and part.leaves is None
        for first in range(count):
            for last in range(first, count):
                room = float(most[row, first])  # limits never fall: the first phase's is the tightest
                if last not in leaves or room <= 0.0 or problem.years[first] <= 0.0 or problem.years[last] <= 0.0:
                    continue
                if rented and last > first and not every:
                    continue
                age = float(end[last] - begin[first])
                used = resale_usd_per_mw(
                    capex_usd_per_mw=capex, resale_share=part.resale_share, age_years=age, life_years=part.life_years
                )
                gone = removal if end[last] < end[-1] else 0.0
                resale = float(factor[1, last] * used)
                paid = factor[0, first] * capex + fixed * weight[first : last + 1].sum() + factor[1, last] * gone
                vintage = Vintage(name, row, first, last, float(paid) - resale, resale, room)
                useful = tuple(p for p in range(first, last + 1) if asked[row, p])
                key = (row, first, last) if every else (row, -1, *useful)
                if (useful or every) and (key not in found or vintage.usd <= found[key].usd):
                    found[key] = vintage
    return list(found.values())


def _asked(problem: PhasedProblem) -> np.ndarray:
    """Whether a phase asks anything of a capacity: its hours, or a reserve that it counts towards. (capacity, phase)"""
    asked = np.zeros((len(capacities(problem)), len(problem.years)), bool)
    asked[:, counts(problem)] = True
    if problem.reserve_mw is not None:
        for row, plant in enumerate(problem.plants):
            if plant.firm_credit > 0.0:
                asked[row] |= (np.asarray(problem.reserve_mw) > 0.0) & (np.asarray(problem.years) > 0.0)
    return asked


def costs(problem: PhasedProblem) -> list[tuple[str, Plant | Battery, float, float, float]]:
    """What every capacity costs to build, keep and remove.

    Parameters
    ----------
    problem : PhasedProblem
        The problem. [-]

    Returns
    -------
    list of (str, Plant or Battery, float, float, float)
        Name, part, capital, fixed cost and removal. [-, -, USD/MW, USD/MW/year, USD/MW]
    """
    rows: list[tuple[str, Plant | Battery, float, float, float]] = [
        (p.name, p, p.capex_usd_per_mw, p.fixed_usd_per_mw_year, p.removal_usd_per_mw) for p in problem.plants
    ]
    if b := problem.battery:
        power, energy = capacities(problem)[-2:]
        rows.append((power, b, b.power_usd_per_mw, b.fixed_usd_per_mw_year, b.removal_usd_per_mw))
        rows.append((energy, b, b.energy_usd_per_mwh, 0.0, 0.0))
    return rows


def standing(problem: PhasedProblem, found: list[Vintage]) -> Array:
    """Which vintages stand as which capacity in which phase.

    Parameters
    ----------
    problem : PhasedProblem
        The problem. [-]
    found : list of Vintage
        Its vintages. [-]

    Returns
    -------
    array (phase, capacity, vintage)
        1 where it stands, else 0. [-]
    """
    stands = np.zeros((len(problem.years), len(capacities(problem)), len(found)))
    for i, v in enumerate(found):
        stands[v.first : v.last + 1, v.row, i] = 1.0
    return stands


def counts(problem: PhasedProblem) -> list[int]:
    """Phases whose hours count: some length and some load.

    Parameters
    ----------
    problem : PhasedProblem
        The problem. [-]

    Returns
    -------
    list of int
        Phases. [-]
    """
    return [p for p, years in enumerate(problem.years) if years > 0.0 and problem.load_mw[p].max() > 0.0]


def hourly(problem: PhasedProblem, phase: int) -> Problem:
    """The power problem of one phase's hours: capacities free of cost and limit, as the master pays for them.

    Parameters
    ----------
    problem : PhasedProblem
        The problem. [-]
    phase : int
        The phase. [-]

    Returns
    -------
    Problem
        Of one year of the hours given. [-]
    """

    def own(profile: Profile) -> Profile:
        x = np.asarray(profile, float)
        if not x.ndim:
            return float(x)
        row = np.broadcast_to(x, (len(problem.years), x.shape[-1]))[phase]
        return float(row[0]) if len(row) == 1 else np.ascontiguousarray(row)

    b = problem.battery
    return Problem(
        load_mw=np.ascontiguousarray(problem.load_mw[phase], float),
        voll_usd_per_mwh=None if problem.voll_usd_per_mwh is None else float(problem.voll_usd_per_mwh[phase]),
        sources=tuple(
            Source(
                name=p.name,
                availability=own(p.availability),
                fixed_usd_per_mw_year=0.0,
                variable_usd_per_mwh=own(p.variable_usd_per_mwh),
                carbon_intensity_kg_per_mwh=own(p.carbon_intensity_kg_per_mwh),
                clean_share=1.0 if not np.any(p.carbon_intensity_kg_per_mwh) else 0.0,
            )
            for p in problem.plants
        ),
        stores=()
        if b is None
        else (
            Store(
                name=b.name,
                power_usd_per_mw_year=0.0,
                energy_usd_per_mwh_year=0.0,
                charge_efficiency=b.charge_efficiency,
                discharge_efficiency=b.discharge_efficiency,
                self_discharge_per_hour=b.self_discharge_per_hour,
            ),
        ),
        step_hours=problem.step_hours,
    )
