"""Accelerators, power and capital of a campus from any of the three, by the planner's own chapters.

What is known of the campus is worked towards its accelerators; from those follow its power and its bill. The peak PUE
is that of the planner's cooling in the planner's weather at the place; the bill is the planner's, on the grid alone.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from statistics import median
from typing import Any, cast

from gigawatt import compute, finance, places
from gigawatt.chapters import calendar as calendars
from gigawatt.chapters import campus as campuses
from gigawatt.chapters import machine as machines
from gigawatt.chapters import money as moneys
from gigawatt.chapters import offers, payments
from gigawatt.chapters import place as site_chapter
from gigawatt.chapters.supply import Supply
from gigawatt.climates import with_climate
from gigawatt.errors import GigawattError
from gigawatt.facts import Facts, load_facts
from gigawatt.gazetteer import countries
from gigawatt.places import Place
from gigawatt.record import Steps
from gigawatt.scenario import BUILD_TYPES, EARLIEST_PRICE_YEAR, LATEST_PRICE_YEAR, Scenario
from gigawatt.units import MONTHS_PER_YEAR

from .campus_pace import kind_of
from .campus_rows import Given, amount, iso3, items, month_of, number, of_package, release
from .families import CannotPredict

AS_OF = dt.date(
    2026, 5, 23
)  # of the scenario handed to the chapters; of what is read here only the dates of payment depend on it
USUAL_MW = 100.0  # of a campus of which only the money is known, for the dates of payment
PLACES = 256  # kept in memory
KW_PER_MW = 1e3
W_PER_KW = 1e3
SCOPES = {"shell_power": (finance.SHELL_POWER,), "it": (finance.IT,), "all_in": ()}
SAME_SCOPE = {"hardware": "it", "shell": "shell_power", "shell_and_power": "shell_power", "": "all_in"}

# Words about cooling, the first that is found: (words, system in air-cooled halls, system in liquid-cooled halls).
COOLING = (
    (("tower",), "water_side", "liquid_tower"),
    (("outside air", "outside-air", "free air", "evaporative", "adiabatic"), "air_side", "liquid_dry"),
    (("lake", "river", "sea", "closed-loop", "closed loop", "warm-water", "liquid"), "liquid_dry", "liquid_dry"),
    (("chiller", "dry"), "air_chiller", "liquid_dry"),
)
LIQUID_WORDS = ("liquid", "warm-water")


@dataclass(frozen=True, slots=True)
class Package:
    """What the chapters read of an accelerator. MW and USD each."""

    id: str
    it_mw: float
    price_usd: float
    network_usd: float


@dataclass(frozen=True, slots=True)
class GridOnly:
    """What the bill reads of a supply without plants of its own."""

    connection_usd_per_mw: Any
    plant_usd_per_mw: float = 0.0
    plants: Mapping[str, float] = field(default_factory=dict)
    contract: str = ""


@dataclass(frozen=True, slots=True)
class Sizes:
    """A campus by all its measures."""

    accelerators: float
    it_mw: float
    facility_mw: float
    capex_usd: float


# --- Accelerators -----------------------------------------------------------------------------------------------------


def board_kw(facts: Facts, item: str) -> float | None:
    """Server or rack power of one accelerator; from its chip's where no server is known; None where neither is."""
    server, units, chip = (of_package(facts, item, k) for k in ("server_power", "units_per_server", "chip_power"))
    if server and units:
        return float(server.value) / float(units.value)
    if chip:
        ratio = "campus.board_over_package" if is_supercomputer(facts, item) else "campus.board_over_chip"
        return float(chip.value) / W_PER_KW * float(facts[ratio].value)
    return None


def is_supercomputer(facts: Facts, item: str) -> bool:
    """Whether an accelerator goes into supercomputers, whose stated power is the machine's at full work."""
    return f"campus.package.{item}.supercomputer" in facts


@cache
def catalogue() -> dict[str, tuple[float, float]]:
    """Month of first sale and board power of every accelerator whose power is known."""
    facts = load_facts()
    every = {f.id.split(".")[1] for f in facts.under("accelerator.") if f.id.endswith(".release")}
    known = {i: (month_of(str(facts[f"accelerator.{i}.release"].value)), board_kw(facts, i)) for i in sorted(every)}
    return {i: (month, kw) for i, (month, kw) in known.items() if kw is not None}


def _kw(facts: Facts, item: str) -> float:
    """Board power; of one that nobody states, the median of those sold within a year of it."""
    own = board_kw(facts, item)
    if own is not None:
        return own
    stated = of_package(facts, item, "release")
    sold = month_of(str(stated.value)) if stated else math.nan
    near = [kw for month, kw in catalogue().values() if abs(month - sold) <= MONTHS_PER_YEAR]
    return median(near or [kw for _, kw in catalogue().values()])


def _price_per_kw(step: Steps, family: str) -> float:
    """Median price per kW of board, of a family where it is priced, else of all."""
    facts = step.facts
    priced = {i: float(step.fact(f"accelerator.{i}.price", unit="USD")) / _kw(facts, i) for i in _priced(facts)}
    same = [v for i, v in priced.items() if str(facts[f"accelerator.{i}.family"].value) == family]
    return median(same or list(priced.values()))


def _priced(facts: Facts) -> list[str]:
    return [f.id.split(".")[1] for f in facts.under("accelerator.") if f.id.endswith(".price")]


def package(step: Steps, text: str) -> Package:
    """The mean accelerator of a list; of the planner's default where none is named or known."""
    found = items(step.facts, text) or [machines.DEFAULT]
    each = [_package(step, item) for item in found]
    n = len(each)
    return Package(
        id=each[0].id,
        it_mw=sum(p.it_mw for p in each) / n,
        price_usd=sum(p.price_usd for p in each) / n,
        network_usd=sum(p.network_usd for p in each) / n,
    )


def _package(step: Steps, item: str) -> Package:
    facts = step.facts
    kw = float(
        compute.it_kw_per_accelerator(
            server_kw=_kw(facts, item),
            units_per_server=1.0,
            outside_rack_share=0.0
            if is_supercomputer(facts, item)
            else float(facts["it.outside_rack_power_share"].value),
        )
    )
    price, family = (of_package(facts, item, k) for k in ("price", "family"))
    per_kw = _price_per_kw(step, str(family.value) if family else "")
    usd = float(step.fact(price.id, unit="USD")) if price else per_kw * _kw(facts, item)
    thin = is_supercomputer(facts, item)  # their networks are thinner than those that training takes
    share = float(facts["it.outside_server_share"].value)
    return Package(item, kw / KW_PER_MW, usd, usd * share if thin else float(machines.outside_usd(step, item, usd)))


# --- Place ------------------------------------------------------------------------------------------------------------


def place_of(given: Given) -> Place:
    """The place of a campus: its coordinates, else its country's capital."""
    latitude, longitude, code = number(given, "lat"), number(given, "lon"), iso3(str(given.get("country") or ""))
    known = code in {c.iso3 for c in countries().values()}
    if math.isfinite(latitude) and math.isfinite(longitude):
        try:
            return places.at(latitude, longitude)
        except ValueError as error:  # at sea, by an outline too coarse
            if not known:
                raise CannotPredict(str(error)) from None
    if not known:
        raise CannotPredict("lat and lon are missing, and country is not one we know")
    return places.resolve(code)


def cooling_of(words: str, liquid: bool) -> tuple[str, bool]:
    """The cooling system that words speak of, and whether the racks are cooled by liquid."""
    text = words.lower()
    wet = liquid or any(w in text for w in LIQUID_WORDS)
    for some, air, water in COOLING:
        if any(w in text for w in some):
            return (water if wet else air), wet or air.startswith("liquid")
    return "best", wet


@lru_cache(maxsize=PLACES)
def peak_pue(place: Place, liquid: bool, cooling: str) -> float:
    """Design-peak PUE of a place, in the planner's weather and with the planner's cooling."""
    facts = with_climate(load_facts(), place)
    step = Steps(facts, LATEST_PRICE_YEAR)
    item = machines.DEFAULT if liquid else "h100"
    s = Scenario(place=place, as_of=AS_OF, accelerator=item, cooling=cast(Any, cooling))
    where = site_chapter.site(step, s)
    physics = campuses.physics(step, s, where, machines.machine(step, s))
    found = campuses.campus(step, s, where, physics, offers.grid_price(step, where))
    return float(found.pue_design_peak)


def _is_liquid(facts: Facts, item: str) -> bool:
    system = f"cooling.system.{item}"
    return system in facts and str(facts[system].value).startswith("liquid")


def pue_of(given: Given, item: str) -> float:
    """Design-peak PUE of a campus; where its place is not known, the published one."""
    facts = load_facts()
    if is_supercomputer(facts, item):
        return float(facts["campus.pue_supercomputer"].value)
    system, liquid = cooling_of(str(given.get("cooling") or ""), _is_liquid(facts, item))
    if not any(str(given.get(name) or "").strip() for name in ("lat", "lon", "country")):
        return float(facts["facility.design_peak_pue.published"].value)
    return peak_pue(place_of(given), liquid, system)


# --- Bill -------------------------------------------------------------------------------------------------------------


def price_year(facts: Facts, given: Given) -> int:
    """Year of a campus's money: works begun, else its accelerators first sold."""
    months = [month_of(str(given.get("start") or "")), release(facts, str(given.get("accelerator_type") or ""))]
    year = next((int(m / MONTHS_PER_YEAR) for m in months if math.isfinite(m)), LATEST_PRICE_YEAR)
    return min(max(year, EARLIEST_PRICE_YEAR), LATEST_PRICE_YEAR)


def scope_of(given: Given) -> str:
    """What a capital sum covers: `shell_power`, `it` or `all_in`."""
    text = str(given.get("capex_scope") or "").strip().lower().replace(" ", "_").replace("+", "_and_")
    scope = SAME_SCOPE.get(text, text)
    if scope not in SCOPES:
        raise CannotPredict(f"capex_scope is {text!r}; expected {', '.join(SCOPES)}")
    return scope


def usd_per_accelerator(step: Steps, given: Given, p: Package, pue: float) -> float:
    """The planner's bill of one accelerator, as far as the scope goes.

    A hardware contract is what is paid to its maker. Announced sums for buildings are what was financed: with
    owner's cost, taxes and interest during construction.
    """
    place, scope = place_of(given), scope_of(given)
    kind = kind_of(str(given.get("build_type") or ""))
    s = Scenario.model_validate({"place": place, "as_of": AS_OF, "build_type": kind if kind in BUILD_TYPES else ""})
    keys = site_chapter.keys(step.facts, place)
    where = cast(site_chapter.Site, _Keys(place, keys))
    supply = GridOnly(step.fact(f"grid.connection.capex.{offers.region(step, where)}", unit="USD/MW"))
    blocks = moneys.blocks(
        step,
        s,
        where,
        cast(machines.Machine, p),
        cast(Supply, supply),
        moneys.rates(step, s, where),
        _paid(step, s, where, supply, p, _built_mw(given, p, pue), pue),
        pue_design_peak=pue,
    )
    bill = finance.bill(accelerators=1.0, blocks=blocks)
    if scope == "it":
        return float(bill.capex_it_usd)
    if scope == "shell_power":
        return float(sum(b.total_usd for b in bill.blocks if b.scope == finance.SHELL_POWER))
    return float(bill.capex_usd)


def _built_mw(given: Given, p: Package, pue: float) -> float:
    """Size for the dates of payment, which hardly depend on it."""
    it, facility, count = (amount(given, n) for n in ("it_mw", "facility_mw", "accelerators"))
    known = (facility, it * pue, count * p.it_mw * pue, USUAL_MW)
    return next(x for x in known if math.isfinite(x))


def _paid(
    step: Steps, s: Scenario, site: site_chapter.Site, supply: GridOnly, p: Package, mw: float, pue: float
) -> payments.Paid:
    """When a campus on the network is paid."""
    calendar = calendars.calendar(
        step,
        s,
        site,
        facility_peak_mw=mw,
        grid_mw=mw,
        pue_design_peak=pue,
        contract="",
        plants={},
        accelerator=p.id,
        it_mw_per_accelerator=p.it_mw,
    )
    return payments.paid(step, s, site, calendar, supply)


@dataclass(frozen=True, slots=True)
class _Keys:
    """What the bill reads of a site: the keys of its facts."""

    place: Place
    keys: tuple[str, ...]

    def ids(self, pattern: str) -> list[str]:
        """Fact ids of this place, narrowest key first."""
        return [pattern.format(key) for key in self.keys]

    def authority(self, role: str) -> list[str]:
        """Fact ids of whom to ask."""
        return self.ids("authority.{}." + role)


# --- The prediction ---------------------------------------------------------------------------------------------------


def sizes(given: Given, wanted: Sequence[str]) -> Mapping[str, float | str]:
    """Accelerators, facility MW and capital of a campus; in words why one has no prediction.

    Parameters
    ----------
    given : mapping
        Filled columns, without those that are predicted. [text]
    wanted : sequence of str
        Figures asked for. [text]
    """
    facts = load_facts()
    step = Steps(facts, price_year(facts, given))
    p = package(step, str(given.get("accelerator_type") or ""))
    found: dict[str, float | str] = {}
    for figure in wanted:
        try:
            found[figure] = _figure(step, given, p, figure)
        except (CannotPredict, GigawattError) as reason:
            found[figure] = str(reason)
    return found


def _figure(step: Steps, given: Given, p: Package, figure: str) -> float:
    if figure == "accelerators":
        return accelerators(step, given, p)
    if figure == "facility_mw":
        return it_mw(step, given, p) * pue_of(given, p.id)
    if figure == "capex_usd":
        return accelerators(step, given, p) * usd_per_accelerator(step, given, p, pue_of(given, p.id))
    raise CannotPredict(f"no method for {figure}")


def accelerators(step: Steps, given: Given, p: Package) -> float:
    """Accelerators as given, else those that the power carries, else those that the money buys."""
    known = amount(given, "accelerators")
    return known if math.isfinite(known) else it_mw(step, given, p) / p.it_mw


def it_mw(step: Steps, given: Given, p: Package) -> float:
    """IT power as given, else from the facility's, the accelerators, the money."""
    it, facility, count, usd = (amount(given, n) for n in ("it_mw", "facility_mw", "accelerators", "capex_usd"))
    if math.isfinite(it):
        return it
    if math.isfinite(facility):
        return facility / pue_of(given, p.id)
    if math.isfinite(count):
        return count * p.it_mw
    if math.isfinite(usd):
        return usd / usd_per_accelerator(step, given, p, pue_of(given, p.id)) * p.it_mw
    raise CannotPredict("it_mw, facility_mw, accelerators and capex_usd are all missing")
