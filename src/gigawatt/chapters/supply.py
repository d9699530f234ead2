"""The power supply per MW of campus: what may be built or bought, the optimum hour by hour, and its cost on any prices.

The optimum is found once, on central values, for one MW of campus: the programme is positively homogeneous, so every
size shares it. On draws the design and its dispatch stay, prices move, and what runs at the margin follows the load; a
plan made anew for the load of a draw is larger or smaller as a whole.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from gigawatt import facility
from gigawatt.chapters import arithmetic, offers
from gigawatt.chapters.campus import Campus
from gigawatt.chapters.place import Site, resource_yield
from gigawatt.power import explain as power_words
from gigawatt.power import scaling, slack, solve
from gigawatt.power.problem import Answer, Problem
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.units import in_percent

NOTHING = 1e-9  # MWh: what is divided by where nothing is made
PLAN_GAP = 1e-5  # a tenth of what a report would show
KEPT = 128  # optima held in memory, about 0.7 MB each
NEW: deque[tuple[bytes, Answer]] = deque(maxlen=8)  # the optima found last, by the fingerprint of their problems
BROUGHT: dict[bytes, Answer] = {}  # by another process
WEATHER = ("solar", "wind")
RUNS = 1e-9  # MW: an hour in which a source runs
FIRM = ("gas", "nuclear_new", "smr", "geothermal", "hydro")


@dataclass(frozen=True)
class Relief:
    """A limit of the supply that must move, per MW of campus where it is a power."""

    name: str
    limit: float
    needed: float
    unit: str

    def words(self, facility_peak_mw: float) -> str:
        """One sentence for the whole campus."""
        if self.unit == "unserved":
            return (
                f"The {self.name} leaves {in_percent(self.needed, 2)} of the energy unserved with what may be "
                "built: loosen it"
            )
        scale = facility_peak_mw if self.unit in ("MW", "MWh") else 1.0
        shown = [f"{float(f'{x * scale:.3g}'):,.10g}" for x in (self.limit, self.needed)]
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"The {self.name.replace('_', ' ')} must go from {shown[0]}{unit} to {shown[1]}{unit}"


@dataclass(frozen=True)
class Optimum:
    """The least-cost supply of one MW of campus, with what made it."""

    answer: Answer
    problem: Problem
    notes: tuple[str, ...]
    relaxed: tuple[Relief, ...]
    shape: np.ndarray  # hourly grid price over its mean

    @cached_property
    def at_margin(self) -> dict[str, dict[str, float]]:
        """Load, sun and wind in the hours in which a source would give more."""
        return _at_margin(self)


@dataclass(frozen=True)
class Supply:
    """What the supply is and costs, per MW of campus at peak."""

    contract: str
    grid_mw: Any
    plants: dict[str, Any]
    gating: dict[str, float]  # new plants that the campus waits for: named, or needed for a clean limit
    connection_usd_per_mw: Any
    plant_usd_per_mw: Any
    plant_usd_per_mw_year: Any
    upkeep_usd_per_mw_year: Any  # of the plants, inside the line above
    energy_usd_per_mw_year: Any
    grid_price_usd_per_mwh: Any
    network_mwh: Any
    own_mwh: Any
    contracted_mwh: Any
    battery_mwh: Any
    own_kg_per_mwh: Any
    unserved: Any
    load_mwh: Any  # of a year
    relief: tuple[Relief, ...]
    clean_own_share: Any
    clean_grid_share: Any
    lines: dict[str, dict[str, Any]]


def optimum(step: Steps, s: Scenario, site: Site, c: Campus, rate: Any, inflation: Any) -> Optimum:
    """Solve the supply of one MW of campus on central values; relax and say so where the limits conflict."""
    with step.collecting() as read:
        shape = offers.price_shape(step, site, s.seed)
        problem, notes = offers.problem(step, s, site, c, offers.named_per_mw(s), shape, rate, inflation)
    answer = step(least_cost_supply, problem=problem, facts=tuple(read), load=c.pue)
    limit = central(step.fact("supply.unserved_limit", unit="1"))
    open_grid = problem.grid is not None and np.isinf(problem.grid.limit_mw)  # the question does not bound it
    if answer.status == "optimal" and answer.unserved_fraction > limit and (open_grid or not offers.named_per_mw(s)):
        # on a weak grid it can be cheaper to stop than to buy sets: who may not stop values the hour as the system does
        firm = replace(problem, voll_usd_per_mwh=central(step.fact("voll.system.texas", unit="USD/MWh")))
        again = step(least_cost_supply, problem=firm, facts=tuple(read), load=c.pue)
        if again.status == "optimal" and again.unserved_fraction <= limit:
            problem, answer = firm, again
    if answer.status == "optimal" and answer.unserved_fraction <= limit:
        return Optimum(answer, problem, tuple(notes), (), shape)
    if answer.status == "optimal":  # the figures describe the question as asked; what is missing is said beside them
        return Optimum(answer, problem, tuple(notes), (_shortfall(problem, answer),), shape)
    nearest = power_words.nearest(problem)
    moved = tuple(Relief(r.name, r.limit, r.needed, r.unit) for r in nearest.relaxations)
    return Optimum(nearest.answer, nearest.problem, tuple(notes), moved, shape)


def _shortfall(problem: Problem, a: Answer) -> Relief:
    """Connection that would carry what the named sources leave unserved, with the same dispatch."""
    assert a.decision is not None
    limit = problem.grid.limit_mw if problem.grid else 0.0
    if np.isinf(limit):
        return Relief("clean share or CO2 cap", 0.0, a.unserved_fraction, "unserved")
    return Relief("grid connection", limit, float(np.max(a.decision.import_mw + a.decision.unserved_mw)), "MW")


def least_cost_supply(*, problem: Problem, facts: Any, load: Any) -> Answer:
    """Least-cost capacities and hourly dispatch of one MW of campus, within a certified gap.

    Parameters
    ----------
    problem : Problem
        Load, what may be built or bought, limits. [MW]
    facts, load : tuple, float
        The facts and the PUE behind the problem, for the record. [-]

    Returns
    -------
    Answer

    References
    ----------
    .. [1] F. Pecci, J. D. Jenkins, "Regularized Benders decomposition for high performance capacity expansion models",
       IEEE Transactions on Power Systems (2025), arXiv:2403.02559 (cuts stabilised by a level set).
    """
    del facts, load
    return _solved(_Alike(_digest(problem), problem))


@dataclass(frozen=True)
class _Alike:
    """A problem that equals another of the same content, hour by hour."""

    digest: bytes
    problem: Problem = field(compare=False)


@lru_cache(maxsize=KEPT)  # what a budget, a size or a date changes leaves the problem of one MW as it is
def _solved(alike: _Alike) -> Answer:
    known = BROUGHT.pop(alike.digest, None)
    if known is not None:
        return known
    found = _found(alike.problem)
    NEW.append((alike.digest, found))
    return found


def _found(problem: Problem) -> Answer:
    free = slack.without_shares(problem)
    if free is not problem:  # a limit that the least-cost supply keeps by itself is found at once
        found = slack.kept(problem, _solved(_Alike(_digest(free), free)))
        if found is not None:
            return found
    return solve(problem, gap=PLAN_GAP)


def bring(optima: Iterable[tuple[bytes, Answer]]) -> None:
    """Optima that another process found, by the fingerprint of their problems: they need not be found here."""
    BROUGHT.update(optima)
    while len(BROUGHT) > KEPT:
        BROUGHT.pop(next(iter(BROUGHT)))


def _digest(problem: Problem) -> bytes:
    """Fingerprint of everything a problem holds."""
    digest = hashlib.blake2b(digest_size=16)

    def add(value: Any) -> None:
        if isinstance(value, np.ndarray):
            digest.update(f"{value.dtype}{value.shape}".encode())
            digest.update(np.ascontiguousarray(value).data)
        elif is_dataclass(value):
            for part in fields(value):
                add(getattr(value, part.name))
        elif isinstance(value, (tuple, list)):
            digest.update(f"({len(value)}".encode())
            for part in value:
                add(part)
        elif isinstance(value, dict):
            add(list(value.items()))
        else:
            digest.update(f"{value!r};".encode())

    add(problem)
    return digest.digest()


def from_dispatch(*, optimum: Answer, source: str, figure: str) -> Any:
    """One figure of one source in the optimum.

    Parameters
    ----------
    optimum : Answer
        The least-cost supply. [-]
    source, figure : str
        Name of the source; ``mw``, ``mwh`` or ``mwh_per_year``, per MW of campus. [-]

    Returns
    -------
    float
        Figure. [-]
    """
    return next(float(getattr(line, figure)) for line in optimum.portfolio if line.name == source)


def supply(
    step: Steps,
    s: Scenario,
    site: Site,
    c: Campus,
    o: Optimum,
    rate: Any,
    inflation: Any,
    *,
    campus_mw: Any,
    anew: bool = False,
    weather: Mapping[str, Any] | None = None,
) -> Supply:
    """Price the optimum's design and dispatch on this pass's facts, per MW of a campus of that size, or those sizes.

    Where the load of the pass is another, capacities stay and the source at the margin gives the difference; ``anew``
    capacities grow with it. ``weather`` is what sun and wind give over what the dispatch has of them.
    """
    a = o.answer
    assert a.decision is not None
    stretch = step(
        arithmetic.load_ratio,
        pue=c.pue,
        average_to_peak=c.average_to_peak,
        pue_design_peak=c.pue_design_peak,
        central_mean=float(a.load_mw.mean()),
    )

    margin = {} if anew else o.at_margin
    more = {name: step(arithmetic.beyond_planned, ratio=x) for name, x in (weather or {}).items()}

    def take(source: str, figure: str) -> Any:
        return step(from_dispatch, optimum=a, source=source, figure=figure)

    def energy_of(source: str) -> Any:
        """What it gives at the load of this pass."""
        mwh = take(source, "mwh_per_year")
        if anew:
            return step(arithmetic.energy_of_load, mwh=mwh, load_ratio=stretch)
        if source in more:
            used = sum(x.get(source, 0.0) for x in margin.values())
            return step(arithmetic.energy_with_more, mwh=mwh, at_margin_mwh=used, more=more[source])
        mine = margin.get(source, {})
        return step(
            arithmetic.energy_at_margin,
            mwh=mwh,
            load_mwh=mine.get("load", 0.0),
            load_ratio=stretch,
            others_mwh=tuple(mine.get(name, 0.0) for name in more),
            others_more=tuple(more.values()),
        )

    def per_mwh_kg(source: str) -> float:
        line = next(x for x in a.portfolio if x.name == source)
        return line.emissions_t_per_year * 1e3 / max(line.mwh_per_year, NOTHING)

    def sized(mw: Any) -> Any:
        return step(arithmetic.capacity_at_load, mw=mw, load_ratio=stretch) if anew else mw

    upkeep: list[Any] = []

    def built(tech: str, amount: Any, unit: str = "MW") -> tuple[Any, Any]:
        """Overnight and yearly fixed cost of a capacity; its upkeep is noted."""
        capex = offers.tech_fact(step, site, tech, "capex", f"USD/{unit}")
        kept = offers.upkeep_per_year(step, site, tech, unit)
        upkeep.append(step(arithmetic.cost_of, mw=amount, usd_per_mw=kept))
        return (
            step(arithmetic.cost_of, mw=amount, usd_per_mw=capex),
            step(
                arithmetic.cost_of, mw=amount, usd_per_mw=offers.fixed_per_year(step, site, tech, rate, inflation, unit)
            ),
        )

    kinds = {x.name: x for x in o.problem.sources}
    firm = sum(float(take(n, "mw")) for n in kinds if n in FIRM)
    connection = (
        step(
            facility.grid_connection,
            facility_peak_mw=1.0,
            firm_on_site_mw=firm,
            reserve=step.fact("facility.grid_reserve", unit="1"),
        )
        if o.problem.grid
        else 0.0
    )
    if o.problem.grid:  # own plants fail, and the grid steps in
        connection = step(arithmetic.larger, a=connection, b=float(a.decision.connection_mw))
    if o.problem.grid and np.isfinite(o.problem.grid.limit_mw):
        connection = step(arithmetic.smaller, a=connection, b=o.problem.grid.limit_mw)
    price = price_at(step, site, campus_mw * central(connection))
    rows: dict[str, dict[str, Any]] = {}
    overnight, fixed, energy = [], [], []
    plants: dict[str, Any] = {}
    new: dict[str, float] = {}
    own: Any = 0.0
    own_kg: Any = 0.0
    contracted: Any = 0.0
    battery_mwh: Any = 0.0
    for name, source in kinds.items():
        planned_mw = take(name, "mw")
        if planned_mw <= 0:
            continue
        mw, mwh = sized(planned_mw), energy_of(name)
        row: dict[str, Any] = {"mw": float(planned_mw), "mwh": 0.0, "mwh_per_year": mwh}
        kg = mwh * per_mwh_kg(name)
        if name == "nuclear_ppa":
            paid = step(arithmetic.available_energy, mw=mw, availability=source.availability)
            row["usd_per_year"] = step(
                arithmetic.energy_cost,
                mwh=paid,
                usd_per_mwh=offers.delivered_price(step, site, offers.nuclear_price(step, s, site)),
            )
            energy.append(row["usd_per_year"])
            contracted = contracted + mwh
            plants["nuclear"] = mw
        elif name == "backup":
            row["usd_per_year"] = step(arithmetic.energy_cost, mwh=mwh, usd_per_mwh=offers.diesel_cost(step, site))
            energy.append(row["usd_per_year"])
            if planned_mw > source.existing_mw:  # the rest stands in the shell's cost
                capex, year = built("diesel", step(arithmetic.beyond, mw=mw, existing_mw=source.existing_mw))
                overnight.append(capex)
                fixed.append(year)
            own, own_kg = own + mwh, own_kg + kg
        else:
            paid_mw = step(arithmetic.same_energy, mw=mw, yield_ratio=resource_yield(step, s, site, name))
            capex, year = built(offers.TECH[name], paid_mw)
            burnt = step(
                arithmetic.energy_cost, mwh=mwh, usd_per_mwh=offers.running_cost(step, site, offers.TECH[name])
            )
            overnight.append(capex)
            fixed.append(year)
            energy.append(burnt)
            row["usd_per_year"] = step(arithmetic.sum_of, parts=(year, burnt))
            own, own_kg = own + mwh, own_kg + kg
            short = name.removesuffix("_new")
            plants[short], new[short] = mw, float(planned_mw)
        rows[name] = row
    for store in o.problem.stores:
        planned_mw = take(store.name, "mw")
        if planned_mw <= 0:
            continue
        mw, mwh = sized(planned_mw), sized(take(store.name, "mwh"))
        parts = [built("battery_power", mw), built("battery_energy", mwh, "MWh")]
        overnight += [p[0] for p in parts]
        fixed += [p[1] for p in parts]
        battery_mwh = battery_mwh + mwh
        rows[store.name] = {
            "mw": float(planned_mw),
            "mwh": float(take(store.name, "mwh")),
            "mwh_per_year": float(take(store.name, "mwh_per_year")),
            "usd_per_year": step(arithmetic.sum_of, parts=tuple(p[1] for p in parts)),
        }
        plants["battery"], new["battery"] = mw, float(planned_mw)
    imported: Any = 0.0
    if o.problem.grid:
        imported = energy_of("grid")
        drawn = float(np.sum(a.decision.import_mw * o.shape)) / max(float(np.sum(a.decision.import_mw)), 1e-12)
        cost = step(
            arithmetic.energy_cost,
            mwh=imported,
            usd_per_mwh=step(arithmetic.weighted, price=price, weight=drawn),
        )
        charge = step(arithmetic.cost_of, mw=connection, usd_per_mw=step.fact("grid.demand_charge", unit="USD/MW/year"))
        energy += [cost, charge]
        rows["grid"] = {
            "mw": central(connection),
            "mwh": 0.0,
            "mwh_per_year": imported,
            "usd_per_year": step(arithmetic.sum_of, parts=(cost, charge)),
        }
    asked_clean = s.clean is not None or s.co2_cap_kg_per_mwh is not None
    named = offers.named_per_mw(s)
    load_mwh = step(arithmetic.energy_of_load, mwh=float(np.sum(a.load_mw)), load_ratio=stretch)
    clean_of_grid = 1.0 - central(step.fact(*site.ids("country.{}.share.fossil"), unit="1"))
    clean_bought = clean_of_grid * float(take("grid", "mwh_per_year")) if o.problem.grid else 0.0
    clean_own = sized(max(float(a.clean_share_hourly) * float(np.sum(a.load_mw)) - clean_bought, 0.0))
    used = np.minimum(contracted, load_mwh)  # a lower load leaves the rest of a contract to others, paid all the same
    clean_used = np.minimum(clean_own, load_mwh)
    return Supply(
        contract="nuclear" if "nuclear_ppa" in rows else "grid" if o.problem.grid else "",
        grid_mw=connection,
        plants=plants,
        gating={k: v for k, v in new.items() if asked_clean or k in named}
        | {k: named[k] for k in named if k == "restart"},
        connection_usd_per_mw=step(
            arithmetic.cost_of,
            mw=_to_connect(step, s, connection, campus_mw),
            usd_per_mw=step.fact(f"grid.connection.capex.{offers.region(step, site)}", unit="USD/MW"),
        ),
        plant_usd_per_mw=step(arithmetic.sum_of, parts=tuple(overnight)) if overnight else 0.0,
        plant_usd_per_mw_year=step(arithmetic.sum_of, parts=tuple(fixed)) if fixed else 0.0,
        upkeep_usd_per_mw_year=step(arithmetic.sum_of, parts=tuple(upkeep)) if upkeep else 0.0,
        energy_usd_per_mw_year=step(arithmetic.sum_of, parts=tuple(energy)),
        grid_price_usd_per_mwh=price,
        network_mwh=imported + used,
        own_mwh=own,
        contracted_mwh=used,
        battery_mwh=battery_mwh,
        own_kg_per_mwh=own_kg / np.maximum(own, NOTHING),
        unserved=float(a.unserved_fraction),
        load_mwh=load_mwh,
        relief=o.relaxed,
        clean_own_share=clean_used / load_mwh,
        clean_grid_share=np.minimum(imported * clean_of_grid, load_mwh - clean_used) / load_mwh,
        lines=rows,
    )


def _at_margin(o: Optimum) -> dict[str, dict[str, float]]:
    """Load, sun and wind in the hours in which a source would give more: the grid, else a plant that runs. MWh/year"""
    a = o.answer
    assert a.decision is not None
    output = {x.name: a.decision.output_mw[i] for i, x in enumerate(o.problem.sources)}
    running = {"grid": a.decision.import_mw} if o.problem.grid else {}
    running |= {name: output[name] for name in (*FIRM, "backup") if name in output}
    hours = {"load": np.asarray(a.load_mw, float)} | {name: output[name] for name in WEATHER if name in output}
    left = np.ones(np.shape(a.load_mw), bool)
    found = {}
    for name, mw in running.items():
        mine = left & (mw > RUNS)
        found[name] = {what: float(np.sum(x[mine])) for what, x in hours.items()}
        left &= ~mine
    return found


def _to_connect(step: Steps, s: Scenario, connection: Any, campus_mw: Any) -> Any:
    """Connection still to be paid, per MW of campus: what is live at the site is there."""
    if not s.existing_connection_mw or np.any(np.asarray(campus_mw) <= 0):
        return connection
    live = step(arithmetic.smaller, a=connection, b=s.existing_connection_mw / campus_mw)
    return step(arithmetic.beyond, mw=connection, existing_mw=live)


def price_at(step: Steps, site: Site, mw: Any) -> Any:
    """Delivered price of grid power for a connection of that size."""
    return offers.grid_price(step, site, _share_of_peak(step, site, mw))


def _share_of_peak(step: Steps, site: Site, mw: Any) -> Any:
    """Share of the national peak that a connection takes; 0 where the peak is not known."""
    peak = site.known(step.facts, "country.{}.peak_load")
    return 0.0 if peak is None else mw / float(step.facts[peak].value)


def of_campus(o: Optimum, facility_peak_mw: float) -> tuple[Problem, Answer]:
    """The power problem of the whole campus, and its answer."""
    return scaling.scaled_problem(o.problem, facility_peak_mw), scaling.scaled(o.answer, facility_peak_mw)


def scaled_answer(o: Optimum, facility_peak_mw: float) -> Answer:
    """The optimum for the whole campus."""
    return scaling.scaled(o.answer, facility_peak_mw)
