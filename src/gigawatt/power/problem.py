"""The power problem of one site and its answer: frozen dataclasses that every solver shares.

One problem: choose capacities and an hourly dispatch that serve the load at least cost. Storage apart, hours meet
only in the shared capacities. Everything here is data; `reference` solves it as a plain linear programme, `account`
prices and checks any dispatch whoever made it, `explain` puts the shadow prices into words.

Conventions: time is the last axis; several weather years are (year, hour) and share the capacities; every annual
figure is a mean over the years; a profile is a scalar or broadcasts to the shape of the load. A bus is where parts
and loads meet; the main one is called "", and a problem that names no other has only that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Profile: TypeAlias = float | Array
CONNECTION = "connection"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Source:
    """A plant or a power purchase agreement, from nothing up to `availability * capacity` in each hour.

    Parameters
    ----------
    name : str
        Unique name; capacity limits refer to it. [text]
    availability : float or array (..., hour)
        Output one MW can give: weather, outages or derating. [-]
    fixed_usd_per_mw_year : float
        Annuity of the investment plus fixed O&M, or the yearly capacity payment. [USD/MW/year]
    variable_usd_per_mwh : float or array (..., hour)
        Fuel, variable O&M, energy price of a contract, network energy charge. [USD/MWh]
    carbon_intensity_kg_per_mwh : float or array (..., hour)
        Emissions per MWh generated. [kg/MWh]
    clean_share : float or array (..., hour)
        Part of each MWh that counts as carbon-free: 1 for solar, wind, nuclear, 0 for gas. [-]
    take_or_pay : bool
        The variable price is due on the available energy, taken or not. [-]
    through_connection : bool
        Arrives over the grid connection and competes with imports for it. [-]
    min_mw, max_mw : float
        Bounds on the whole capacity. [MW]
    existing_mw : float
        Part of the capacity that stands and is paid for: no fixed cost, not removable. [MW]
    max_mwh_per_year : float
        Most energy in a year: fuel contract, permit hours, water. [MWh/year]
    firm_credit : float
        Part of the capacity that counts towards the firm margin. [-]
    min_load : float
        Part of the available capacity that must run in every hour; it cannot be spilled. [-]
    max_ramp_per_hour : float
        Largest change of output from one hour to the next, up or down, over the capacity; cyclic over each year. A loss
        of availability counts as a change too. [1/hour]
    unit_mw : float
        Size of one block: the capacity is `existing_mw` and a whole number of blocks on top of it; 0: any size. [MW]
    forced_outage : float
        Probability that a unit is out at any time; only the firm capacity reads it. [-]
    bus : str
        Where it stands. [text]
    """

    name: str
    availability: Profile
    fixed_usd_per_mw_year: float
    variable_usd_per_mwh: Profile
    carbon_intensity_kg_per_mwh: Profile
    clean_share: Profile
    take_or_pay: bool = False
    through_connection: bool = False
    min_mw: float = 0.0
    max_mw: float = np.inf
    existing_mw: float = 0.0
    max_mwh_per_year: float = np.inf
    firm_credit: float = 0.0
    min_load: float = 0.0
    max_ramp_per_hour: float = np.inf
    unit_mw: float = 0.0
    forced_outage: float = 0.0
    bus: str = ""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Import:
    """Purchases from the grid over one connection, whose size is a decision.

    Parameters
    ----------
    price_usd_per_mwh : float or array (..., hour)
        Energy price delivered: wholesale, network energy charge and levies. May be negative. [USD/MWh]
    carbon_intensity_kg_per_mwh : float or array (..., hour)
        Emissions per MWh imported, average or marginal as the caller says. [kg/MWh]
    clean_share : float or array (..., hour)
        Carbon-free part of each imported MWh. [-]
    connection_usd_per_mw_year : float
        Annuity and upkeep of a new MW of connection. [USD/MW/year]
    demand_charge_usd_per_mw_year : float
        Yearly charge on the highest power drawn. [USD/MW/year]
    limit_mw : float
        Largest connection the operator grants. [MW]
    existing_mw : float
        Connection that stands and is paid for; the demand charge still applies. [MW]
    availability : float or array (..., hour)
        1 when the grid is up, 0 in an outage, between when curtailable. [-]
    firm_credit : float
        Part of the connection that counts towards the firm margin. [-]
    name : str
        Unique name. [text]
    bus : str
        Where the connection ends. [text]
    """

    price_usd_per_mwh: Profile
    carbon_intensity_kg_per_mwh: Profile
    clean_share: Profile
    connection_usd_per_mw_year: float
    demand_charge_usd_per_mw_year: float
    limit_mw: float = np.inf
    existing_mw: float = 0.0
    availability: Profile = 1.0
    firm_credit: float = 0.0
    name: str = "grid"
    bus: str = ""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Store:
    """A store with power and energy sized apart; cyclic over each year.

    `soc[t] = (1 - self_discharge) soc[t-1] + charge_efficiency charge[t] - discharge[t] / discharge_efficiency`.

    Parameters
    ----------
    name : str
        Unique name; capacity limits refer to `name.power`, `name.charge`, `name.energy`. [text]
    power_usd_per_mw_year : float
        Annuity and upkeep of one MW of discharge (and of charge, when it shares the converter). [USD/MW/year]
    energy_usd_per_mwh_year : float
        Annuity and upkeep of one MWh of storage. [USD/MWh/year]
    charge_efficiency, discharge_efficiency : float
        One way, at the bus. [-]
    self_discharge_per_hour : float
        Part of the content lost each hour. [1/hour]
    charge_usd_per_mw_year : float or None
        Annuity of a separate charger (electrolyser, pump); None: one converter does both. [USD/MW/year]
    variable_usd_per_mwh : float
        Wear per MWh discharged. [USD/MWh]
    max_power_mw, max_charge_mw, max_energy_mwh : float
        Upper bounds. [MW, MW, MWh]
    min_power_mw, min_energy_mwh : float
        Lower bounds. [MW, MWh]
    existing_power_mw, existing_energy_mwh : float
        Part that stands and is paid for. [MW, MWh]
    firm_credit : float
        Part of the power that counts towards the firm margin, as far as `firm_hours` of energy back it. [-]
    firm_hours : float
        Duration a firm MW must last. [h]
    bus : str
        Where it stands. [text]
    """

    name: str
    power_usd_per_mw_year: float
    energy_usd_per_mwh_year: float
    charge_efficiency: float
    discharge_efficiency: float
    self_discharge_per_hour: float
    charge_usd_per_mw_year: float | None = None
    variable_usd_per_mwh: float = 0.0
    max_power_mw: float = np.inf
    max_charge_mw: float = np.inf
    max_energy_mwh: float = np.inf
    min_power_mw: float = 0.0
    min_energy_mwh: float = 0.0
    existing_power_mw: float = 0.0
    existing_energy_mwh: float = 0.0
    firm_credit: float = 0.0
    firm_hours: float = 0.0
    bus: str = ""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FlexibleLoad:
    """A part of the load that may be paused at a price (it is not caught up later).

    Parameters
    ----------
    name : str
        Unique name. [text]
    mw : float or array (..., hour)
        Load that may be paused. [MW]
    usd_per_mwh : float
        Value of the work not done. [USD/MWh]
    max_mwh_per_year : float
        Most energy paused in a year. [MWh/year]
    bus : str
        Where it stands. [text]
    """

    name: str
    mw: Profile
    usd_per_mwh: float
    max_mwh_per_year: float = np.inf
    bus: str = ""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BusLoad:
    """The load at a bus other than the main one.

    Parameters
    ----------
    bus : str
        Name of the bus. [text]
    load_mw : float or array (..., hour)
        Load there. [MW]
    """

    bus: str
    load_mw: Profile


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Link:
    """A line between two buses whose size is a decision; energy flows as wanted, without the laws of circuits.

    Parameters
    ----------
    name : str
        Unique name; capacity limits refer to it. [text]
    from_bus, to_bus : str
        Its ends. [text]
    efficiency : float
        Energy that arrives over energy sent, either way. [-]
    usd_per_mw_year : float
        Annuity and upkeep of one MW, at the sending end. [USD/MW/year]
    min_mw, max_mw : float
        Bounds on the whole capacity. [MW]
    existing_mw : float
        Part that stands and is paid for: no cost, not removable. [MW]
    one_way : bool
        Flows only from `from_bus` to `to_bus`. [-]
    """

    name: str
    from_bus: str
    to_bus: str
    efficiency: float = 1.0
    usd_per_mw_year: float = 0.0
    min_mw: float = 0.0
    max_mw: float = np.inf
    existing_mw: float = 0.0
    one_way: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CapacityLimit:
    """`lower <= sum(coefficient * capacity) <= upper` over named capacities (land, budget, ratios).

    Parameters
    ----------
    name : str
        What the limit is, for the explanation. [text]
    terms : tuple of (str, float)
        Capacity name (`solar`, `battery.power`, `battery.energy`, `connection`, a link) and its coefficient. [1/MW]
    lower, upper : float
        Bounds of the sum. [-]
    """

    name: str
    terms: tuple[tuple[str, float], ...]
    lower: float = -np.inf
    upper: float = np.inf


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Problem:
    """Load, what may be built or bought, and the limits.

    Parameters
    ----------
    load_mw : array (hour,) or (year, hour)
        Load at the meter, on the main bus. [MW]
    voll_usd_per_mwh : float or None
        Value of lost load; None forbids unserved energy. [USD/MWh]
    sources, stores, flexible, capacity_limits : tuple
        What may be built, and limits over several capacities. [-]
    grid : Import or None
        Purchases from the grid; None is off-grid. [-]
    step_hours : float
        Length of one step of the load. [h]
    max_carbon_kg_per_mwh : float or None
        Cap on the year's emissions over the year's load. [kg/MWh]
    min_clean_share_annual : float or None
        Clean energy produced in the year, spilled or not, over the year's load (certificates). [-]
    min_clean_share_hourly : float or None
        One minus the unclean energy drawn over the load, hour by hour (24/7 matching). [-]
    max_unserved_fraction : float or None
        Unserved energy over load. [-]
    firm_margin : float or None
        Firm capacity at least `(1 + margin) * peak load`. [-]
    max_lost_load_hours : float or None
        Most hours a year, of the dispatch, in which any energy goes unserved, wherever and however little. [h/year]
    max_loss_of_load_hours : float or None
        Most hours a year in which the capacity left by outages is expected to fall short of the load (LOLE, by
        convolution of the units' outages); not a limit on the dispatch. [h/year]
    n_minus_units : int
        Firm capacity is counted with this many of the largest units out. [-]
    bus_load_mw : tuple of BusLoad
        Loads at other buses; fractions and intensities are over all loads. [-]
    links : tuple of Link
        Lines between buses. [-]
    """

    load_mw: Array
    voll_usd_per_mwh: float | None
    sources: tuple[Source, ...] = ()
    stores: tuple[Store, ...] = ()
    grid: Import | None = None
    flexible: tuple[FlexibleLoad, ...] = ()
    capacity_limits: tuple[CapacityLimit, ...] = ()
    step_hours: float = 1.0
    max_carbon_kg_per_mwh: float | None = None
    min_clean_share_annual: float | None = None
    min_clean_share_hourly: float | None = None
    max_unserved_fraction: float | None = None
    firm_margin: float | None = None
    max_lost_load_hours: float | None = None
    max_loss_of_load_hours: float | None = None
    n_minus_units: int = 0
    bus_load_mw: tuple[BusLoad, ...] = ()
    links: tuple[Link, ...] = ()


def _none() -> Array:
    return np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Decision:
    """Capacities and hourly dispatch, in the order of the problem's parts. Arrays are (part, ..., hour).

    Parameters
    ----------
    source_mw, store_power_mw, store_charge_mw : array (part,)
        Capacities. [MW]
    store_energy_mwh : array (store,)
        Size of the stores. [MWh]
    connection_mw : float
        Size of the grid connection. [MW]
    output_mw : array (source, ..., hour)
        Energy taken from each source. [MW]
    import_mw : array (..., hour)
        Drawn from the grid. [MW]
    charge_mw, discharge_mw : array (store, ..., hour)
        At the bus. [MW]
    soc_mwh : array (store, ..., hour)
        Content at the end of the hour. [MWh]
    paused_mw : array (flexible, ..., hour)
        Flexible load paused. [MW]
    unserved_mw : array (..., hour)
        Load not served, all buses together. [MW]
    bus_unserved_mw : array (bus load, ..., hour)
        The part of it at each of the other buses; what remains is on the main bus. [MW]
    link_mw : array (link,)
        Capacities of the links. [MW]
    flow_mw : array (link, ..., hour)
        Power sent into each link: above zero at `from_bus`, below zero at `to_bus`. [MW]
    """

    source_mw: Array
    connection_mw: float
    store_power_mw: Array
    store_charge_mw: Array
    store_energy_mwh: Array
    output_mw: Array
    import_mw: Array
    charge_mw: Array
    discharge_mw: Array
    soc_mwh: Array
    paused_mw: Array
    unserved_mw: Array
    bus_unserved_mw: Array = field(default_factory=_none)
    link_mw: Array = field(default_factory=_none)
    flow_mw: Array = field(default_factory=_none)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the portfolio; yearly figures are means over the weather years.

    Parameters
    ----------
    name, kind : str
        Name; source, grid, store, link, flexible or unserved. [text]
    mw : float
        Capacity (connection for the grid, discharge power for a store). [MW]
    mwh : float
        Energy size of a store, else 0. [MWh]
    mwh_per_year : float
        Energy delivered (discharged; arrived over a link; paused; unserved). [MWh/year]
    curtailed_mwh_per_year : float
        Available and not taken (counted only where not taking it costs nothing). [MWh/year]
    fixed_usd_per_year, variable_usd_per_year : float
        Costs. [USD/year]
    emissions_t_per_year : float
        Emissions. [t/year]
    """

    name: str
    kind: str
    mw: float
    mwh: float
    mwh_per_year: float
    curtailed_mwh_per_year: float
    fixed_usd_per_year: float
    variable_usd_per_year: float
    emissions_t_per_year: float

    @property
    def usd_per_year(self) -> float:
        """Fixed and variable cost. [USD/year]"""
        return self.fixed_usd_per_year + self.variable_usd_per_year


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit, where the plan stands, and what its last unit is worth.

    Parameters
    ----------
    name : str
        Machine name: `connection`, `carbon`, `clean_hourly`, `lost_load_hours`, `solar:max` ... [text]
    value, limit : float
        The plan's figure and the limit, in `unit`. [-]
    unit : str
        Unit of both. [text]
    usd_per_unit_year : float
        Yearly saving per unit of relaxation; 0 when slack. With blocks or a limit on hours, at the blocks and hours of
        the plan; for `lost_load_hours` the most that one more hour can save. [USD/unit/year]
    """

    name: str
    value: float
    limit: float
    unit: str
    usd_per_unit_year: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Violations:
    """Largest violation of each family, recomputed from the decision alone; all are >= 0.

    Parameters
    ----------
    balance_mw, capacity_mw, connection_mw : float
        Supply against load at each bus; output against capacity, minimum load and ramp; flow against connection and
        links. [MW]
    storage_mwh : float
        Balance, bounds and cycle of the stores. [MWh]
    bounds_mw : float
        Bounds on capacities, whole blocks, signs and directions. [MW]
    limits : float
        Hard limits and capacity limits, relative to the limit. [-]
    simultaneous_mwh_per_year : float
        Charge and discharge of one store in the same hour (energy burnt). [MWh/year]
    """

    balance_mw: float
    capacity_mw: float
    connection_mw: float
    storage_mwh: float
    bounds_mw: float
    limits: float
    simultaneous_mwh_per_year: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbuilt:
    """A capacity the plan leaves out, and what would bring it in.

    Parameters
    ----------
    name, unit : str
        As in capacity limits; MW or MWh. [text]
    usd_per_unit_year : float
        Its yearly fixed cost. [USD/unit/year]
    cheaper_by : float
        Part of that cost that would have to go before the first unit pays (more than 1: it would have to be paid
        to be built). Exact to the answer's gap; of the first MW where it comes in blocks. [-]
    """

    name: str
    unit: str
    usd_per_unit_year: float
    cheaper_by: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Cuts:
    """What is known of the cost of all capacities: `cost(C) >= intercept + (fixed - rent) . C` for every row.

    Holds for any fixed costs, bounds and linear limits as long as the hours (load, profiles, prices, efficiencies)
    stay; it lets a problem of the same hours start where another ended.

    Parameters
    ----------
    names : tuple of str
        Capacities. [-]
    intercept : array (cut,)
        Per MW of peak load. [USD/year/MW]
    rent : array (cut, capacity)
        Yearly rent. [USD/MW/year]
    size : array (capacity,)
        Best capacities found. [MW/MW]
    hours : tuple of float
        Fingerprint of the hours they hold for; cuts of other hours are not used. [-]
    """

    names: tuple[str, ...]
    intercept: Array
    rent: Array
    size: Array
    hours: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Answer:
    """What a solver returns. On `infeasible` the decision is None and the figures are NaN.

    Parameters
    ----------
    status : str
        `optimal`, `infeasible`, `unbounded`, `unsolved` where time ran out before a plan was found, `faulty` where one
        of many sites could not be read. How near the optimum is, says `gap`. [text]
    path : str
        Which solver path made it: `fast`, `multiplier`, `blocks` or `lp`. [text]
    decision : Decision or None
        Capacities and dispatch. [-]
    load_mw : array (..., hour)
        The load served on the main bus, as in the problem. [MW]
    portfolio : tuple of Line
        Every part with its energy, cost and emissions. [-]
    objective_usd_per_year : float
        Cost of the plan, value of lost load included. [USD/year]
    lower_bound_usd_per_year, upper_bound_usd_per_year, gap : float
        Certified bounds (weak duality, or HiGHS's branch and bound where something is whole; cost recomputed from the
        dispatch), relative distance. [USD/year, USD/year, -]
    supply_usd_per_year : float
        Cost without unserved energy and paused work. [USD/year]
    cost_usd_per_mwh : float
        `supply_usd_per_year` per MWh served. [USD/MWh]
    price_usd_per_mwh : array (..., hour)
        Marginal cost of one more MWh of load in each hour, on the main bus. [USD/MWh]
    unserved_fraction, clean_share_annual, clean_share_hourly : float
        As defined in `Problem`. [-]
    carbon_intensity_kg_per_mwh : float
        Emissions over load. [kg/MWh]
    curtailed_mwh_per_year : float
        Energy available at no extra cost and not taken. [MWh/year]
    limits : tuple of Limit
        Every limit set, with its shadow price. [-]
    violations : Violations or None
        Recomputed from the decision. [-]
    unbuilt : tuple of Unbuilt
        What would be built if it were cheaper, nearest first. [-]
    tried : tuple of str
        Paths that came before and why they were left. [text]
    cuts : Cuts or None
        For another problem of the same hours to start from. [-]
    firm_margin : float or None
        Margin that outages of units asked for. [-]
    loss_of_load_hours : float or None
        Hours a year in which the units left by outages are expected to fall short. [h/year]
    """

    status: str
    path: str
    decision: Decision | None
    load_mw: Array
    portfolio: tuple[Line, ...]
    objective_usd_per_year: float
    lower_bound_usd_per_year: float
    upper_bound_usd_per_year: float
    gap: float
    supply_usd_per_year: float
    cost_usd_per_mwh: float
    price_usd_per_mwh: Array
    unserved_fraction: float
    clean_share_annual: float
    clean_share_hourly: float
    carbon_intensity_kg_per_mwh: float
    curtailed_mwh_per_year: float
    limits: tuple[Limit, ...]
    violations: Violations | None
    unbuilt: tuple[Unbuilt, ...] = ()
    tried: tuple[str, ...] = ()
    cuts: Cuts | None = None
    firm_margin: float | None = None
    loss_of_load_hours: float | None = None
