"""The place: its facts by narrowest key, and a year of weather, the user's own or drawn from climatology."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from gigawatt import solar, weather
from gigawatt.chapters import own_data
from gigawatt.climates import FAR_KM, PREFIX, monthly_climate
from gigawatt.errors import FactError
from gigawatt.facts import Facts
from gigawatt.own_data import Origin
from gigawatt.places import Place, distance_km
from gigawatt.record import Steps, central
from gigawatt.scenario import Scenario
from gigawatt.weather import WeatherYear

CHILD_OF = {"temperature_peak_lag_h": "temperature_peak_lag", "dew_point_halving_k": "dew_point_halving"}
MONTHS = range(1, 13)
KEPT = 8  # hours of sun and of wind held in memory: a place asked about again has the same
Number: TypeAlias = Callable[[str], float]  # value of a fact in its own unit
GHI = ("climate.country.{}.ghi", "climate.country.{}.ghi_estimate")
WIND = ("climate.country.{}.wind_capacity_factor", "climate.world.wind_capacity_factor")


@dataclass(frozen=True)
class Site:
    """A place with its weather and the keys of its facts."""

    place: Place
    weather: WeatherYear
    latitude_deg: float
    longitude_deg: float
    utc_offset_h: float
    climate: str
    notes: tuple[str, ...]
    water_stress: float
    keys: tuple[str, ...] = ()  # under which facts are looked up, narrowest first
    climate_facts: tuple[Any, ...] = ()  # the facts behind the weather, for the record
    design: WeatherYear | None = None  # several years, for what is sized by extremes; None: the one year
    own_wind: bool = False  # the user's file has wind
    price_shape: np.ndarray | None = None  # hours of the user's own grid price over their mean
    files: tuple[Origin, ...] = ()  # the user's own, for provenance
    year: int = 0  # of the bank of stochastic years, or of the user's file
    built: bool = False  # sun and wind plants stand: what they bring is in the hours, not in their size

    def ids(self, pattern: str) -> list[str]:
        """Fact ids of this place, narrowest key first: ``country.{}.gdp``."""
        return list(_ids(pattern, self.keys))

    def known(self, facts: Facts, pattern: str) -> str | None:
        """The narrowest of these facts that exists."""
        return next((i for i in self.ids(pattern) if i in facts), None)

    def authority(self, role: str) -> list[str]:
        """Fact ids of whom to ask."""
        return self.ids("authority.{}." + role)

    @property
    def system(self) -> str:
        """Id of the energy that the power system serves: of the regional system in the US, else of the country."""
        return f"country.{self.place.region}.demand" if self.place.region else f"country.{self.place.iso3}.generation"


@lru_cache(maxsize=4096)  # asked for a hundred times in a plan
def _ids(pattern: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(pattern.format(key) for key in keys)


def keys(facts: Facts, place: Place) -> tuple[str, ...]:
    """Keys under which facts of a place are looked up: US state, country, its world regions, the world.

    A fallback is a fact of a region, of class C and with a wider range. What grows with the size of a country
    (people, output, power) has no facts by region, so it is never taken from one.
    """
    region = f"country.{place.iso3}.region"
    wide = str(facts[region].value).split(";") if region in facts else []
    return tuple(dict.fromkeys((*place.keys, *wide, "world")))


def lacks(facts: Facts, place: Place) -> list[str]:
    """What a plan cannot do without and nobody publishes for this place: people, output, a power system."""
    if place.iso3 == "USA" and not place.region:
        return ["US state"]  # the country's own figures are no state's grid
    needed = {"population": "population", "economic output": "gdp", "electricity generation": "generation"}
    return [words for words, item in needed.items() if f"country.{place.iso3}.{item}" not in facts]


def site(step: Steps, s: Scenario) -> Site:
    """The place with a year of weather."""
    p = s.place
    known = keys(step.facts, p)
    slug = climate_of(step.facts, p)
    at = {k: float(step.facts[f"climate.{slug}.{k}"].value) for k in ("latitude", "longitude", "utc_offset")}
    km = distance_km(p.latitude, p.longitude, at["latitude"], at["longitude"])
    notes = [f"Climate of {_where(step.facts, slug)}, {km:,.0f} km from the site"] if km > FAR_KM else []
    with step.collecting() as read:
        if s.weather_file:
            own = own_data.own_weather(
                s,
                utc_offset_h=at["utc_offset"],
                latitude_deg=p.latitude,
                longitude_deg=p.longitude,
                climate=lambda: _one_year(_synthetic(step, p, slug, s.seed)[0]),
            )
            design, more, files, own_wind = own.years, own.notes, [own.origin], own.has_wind
        else:
            design, more = _synthetic(step, p, slug, s.seed)
            files, own_wind = [], False
        year = _one_year(design)
    price = own_data.own_price(s, utc_offset_h=at["utc_offset"]) if s.price_file else None
    if price:
        more = (*more, price.words, *(f"{price.origin.name}: {n}" for n in price.origin.notes))
        files = [*files, price.origin]
    return Site(
        place=p,
        weather=year,
        latitude_deg=p.latitude,
        longitude_deg=p.longitude,
        utc_offset_h=at["utc_offset"],
        climate=slug,
        notes=(*notes, *more),
        water_stress=central(step.fact(*(f"country.{k}.water_stress" for k in known), unit="1")),
        keys=known,
        climate_facts=tuple(read),
        design=design if design.temperature_c.ndim > 1 else None,
        own_wind=own_wind,
        price_shape=price.shape if price else None,
        files=tuple(files),
    )


def climate_of(facts: Facts, p: Place) -> str:
    """Slug of the place's climate: a monthly one near by, else the station that the facts were given."""
    near = monthly_climate(facts, p)
    if near is not None:
        return near
    found = [f.id for f in facts.under(f"climate.{PREFIX}") if f.id.endswith(".country")]
    if not found:
        raise FactError(f"{p.name}: no climate near {p.site}; expected a station, see gigawatt.climates.with_climate")
    return found[-1].split(".")[1]


def _where(facts: Facts, slug: str) -> str:
    """Readable name of a climate."""
    return facts[f"climate.{slug}.heating_db_99"].where if slug.startswith(PREFIX) else slug.title()


def in_year(step: Steps, s: Scenario, where: Site, year: int) -> Site:
    """The site in another of its years: of the user's file where that has several, else of the seeded ones."""
    known = 1 if where.design is None else len(where.design.temperature_c)
    if year < known or s.weather_file:
        weather_year = where.weather if where.design is None else _one_year(where.design, year % known)
    else:
        with step.collecting() as read:
            drawn = _synthetic(step, where.place, where.climate, s.seed, [year])[0]
        weather_year = _one_year(drawn, 0)
        where = dataclasses.replace(where, climate_facts=tuple(read))
    return dataclasses.replace(where, weather=weather_year, year=year)


def _synthetic(
    step: Steps, p: Place, slug: str, seed: int, which: Sequence[int] = ()
) -> tuple[WeatherYear, tuple[str, ...]]:
    """Seeded years drawn from the monthly climatology; the first is the plan's year."""

    def number(fact_id: str) -> float:
        return central(step.fact(fact_id, unit=step.facts[fact_id].unit))

    def months(name: str) -> tuple[float, ...] | None:
        key = f"climate.{slug}.{name}."
        return tuple(number(f"{key}{m:02d}") for m in MONTHS) if f"{key}01" in step.facts else None

    texture, rules = texture_of(number), rules_of(number)
    here = f"climate.{slug}."
    from_station = slug.startswith(PREFIX)
    temperature = months("temperature_mean")
    turbidity = number("weather.linke_turbidity")
    ghi: Any = months("ghi")
    of_country = ghi is None
    if of_country:
        ghi = country_ghi(step, p, turbidity) if from_station else number(GHI[0].format(p.iso3))
    return _years(
        latitude_deg=p.latitude if from_station else number(here + "latitude"),
        longitude_deg=p.longitude if from_station else number(here + "longitude"),
        utc_offset_h=number(here + "utc_offset"),
        elevation_m=number(here + "elevation"),
        turbidity=turbidity,
        ghi_kwh_m2_day=ghi,
        clearness_shape=months("clearness_mean") if of_country else None,
        clearness_sd_known=months("clearness_sd"),
        temperature_mean_c=temperature if temperature is not None else number(here + "temperature_mean"),
        temperature_amplitude_k=None if temperature is not None else number(here + "temperature_amplitude"),
        heating_db_99_c=number(here + "heating_db_99"),
        cooling_db_1_c=number(here + "cooling_db_1"),
        temperature_day_range_known_k=months("temperature_day_range"),
        relative_humidity_known=months("relative_humidity"),
        wind_known_m_per_s=months("wind_mean"),
        weibull_k_known=months("weibull_k"),
        darkest_ghi_known_kwh_m2_day=number(darkest) if (darkest := here + "darkest_ghi") in step.facts else None,
        rules=rules,
        texture=texture,
        which=tuple(which) or tuple(range(round(number("weather.design_years")))),
        seed=seed,
    )


@lru_cache(maxsize=4)  # a place asked about again has the same years
def _years(
    *,
    latitude_deg: float,
    longitude_deg: float,
    utc_offset_h: float,
    elevation_m: float,
    turbidity: float,
    texture: weather.Texture,
    which: tuple[int, ...],
    seed: int,
    **climatology: Any,
) -> tuple[WeatherYear, tuple[str, ...]]:
    """The years of a climatology given as plain values, months as tuples."""
    sun = _sun(latitude_deg, longitude_deg, utc_offset_h)
    clear = solar.clear_sky_ghi(sun=sun, elevation_m=elevation_m, linke_turbidity=turbidity)
    climate, notes = weather.complete_climate(
        latitude_deg=latitude_deg,
        elevation_m=elevation_m,
        clear_sky_ghi_w_m2=clear,
        texture=texture,
        **{name: np.array(value) if isinstance(value, tuple) else value for name, value in climatology.items()},  # type: ignore[arg-type]
    )
    years = weather.synthetic_year(clear_sky_ghi_w_m2=clear, climate=climate, texture=texture, seed=seed, years=which)
    return years, tuple(notes)


def texture_of(number: Number) -> weather.Texture:
    """How weather moves, the same everywhere."""
    names = [f.name for f in dataclasses.fields(weather.Texture)]
    return weather.Texture(**{name: number(f"weather.{CHILD_OF.get(name, name)}") for name in names})


def rules_of(number: Number) -> weather.ClimateRules:
    """What stands in for missing monthly figures."""
    return weather.ClimateRules(
        number("weather.coldest_day"),
        tuple(number(f"climate.rule.clearness_sd.{i}") for i in range(6)),  # type: ignore[arg-type]
        tuple(number(f"climate.rule.day_range.{i}") for i in range(4)),  # type: ignore[arg-type]
        tuple(number(f"climate.rule.relative_humidity.{i}") for i in range(2)),  # type: ignore[arg-type]
        number("weather.wind_100m"),
        number("weather.weibull_k"),
    )


def country_ghi(step: Steps, p: Place, turbidity: float) -> float:
    """The country's mean irradiation, carried to the place's latitude; the world's where the country has none.

    A territory whose mean latitude is not on record is an island or two: its mean is that of its places.
    """

    def number(fact_id: str) -> float:
        return central(step.fact(fact_id, unit=step.facts[fact_id].unit))

    known = [k.format(p.iso3) for k in GHI if k.format(p.iso3) in step.facts]
    region = f"country.{p.iso3}" if known else "world"
    if known and f"climate.{region}.sun_latitude" not in step.facts:
        return number(known[0])
    here, reference = (_clear_year(x, turbidity) for x in (p.latitude, number(f"climate.{region}.sun_latitude")))
    return number(known[0] if known else "climate.world.ghi") * here / reference


@lru_cache(maxsize=2)  # the weather and the modules of a place stand under the same sun
def _sun(latitude_deg: float, longitude_deg: float, utc_offset_h: float) -> solar.Sun:
    return solar.sun_position(latitude_deg=latitude_deg, longitude_deg=longitude_deg, utc_offset_h=utc_offset_h)


@lru_cache(maxsize=64)  # the latitude of a country's mean is that of all its sites
def _clear_year(latitude_deg: float, turbidity: float) -> float:
    return float(solar.clear_year(latitude_deg=latitude_deg, linke_turbidity=turbidity))


@lru_cache(maxsize=4)
def _one_year(years: WeatherYear, which: int = 0) -> WeatherYear:
    """One of several years."""
    fields = {f.name: getattr(years, f.name) for f in dataclasses.fields(WeatherYear)}
    return WeatherYear(**{k: v[which] if isinstance(v, np.ndarray) and v.ndim == 2 else v for k, v in fields.items()})


def pv_system(number: Number, latitude_deg: float, tracking: bool) -> solar.PvSystem:
    """The PV plant of the facts, at a latitude."""
    return solar.PvSystem(
        tracking=tracking,
        tilt_deg=float(solar.fixed_tilt_deg(latitude_deg)),
        azimuth_deg=180.0 if latitude_deg >= 0 else 0.0,
        dc_ac_ratio=number("pv.dc_ac_ratio"),
        loss_fraction=number("pv.loss_fraction"),
        inverter_efficiency=number("pv.inverter_efficiency"),
        temperature_coefficient_per_k=number("pv.temperature_coefficient"),
        albedo=number("pv.albedo"),
        ground_coverage_ratio=number("pv.ground_coverage_ratio"),
        rotation_limit_deg=number("pv.rotation_limit"),
    )


def solar_factor(step: Steps, where: Site, tracking: bool = True) -> Any:
    """Hourly PV output per MW of AC."""
    system = pv_system(lambda key: central(step.fact(key, unit=step.facts[key].unit)), where.latitude_deg, tracking)
    shear = central(step.fact("weather.wind_shear_exponent", unit="1"))
    at = where.latitude_deg, where.longitude_deg, where.utc_offset_h
    return _solar(where.weather, at, system, shear).copy()


@lru_cache(maxsize=KEPT)
def _solar(w: WeatherYear, at: tuple[float, float, float], system: solar.PvSystem, shear: float) -> Any:
    low = weather.wind_at_height(
        wind_m_per_s=np.nan_to_num(w.wind_m_per_s, nan=2.0),
        from_m=w.wind_height_m,
        to_m=2.0,
        shear_exponent=shear,
    )
    return solar.pv_capacity_factor(
        sun=_sun(*at),
        ghi_w_m2=w.ghi_w_m2,
        temperature_c=w.temperature_c,
        wind_m_per_s=low,
        system=system,
        dni_w_m2=w.dni_w_m2,
        dhi_w_m2=w.dhi_w_m2,
    )


def wind_factor(step: Steps, where: Site) -> Any:
    """Hourly wind output per MW, scaled to the country's fleet factor unless the user gives wind at height."""
    w = where.weather
    loss = central(step.fact("wind.loss_fraction", unit="1"))
    shear = central(step.fact("weather.wind_shear_exponent", unit="1"))
    high = central(step.fact("weather.own_wind_height", unit="m"))
    own = where.own_wind and w.wind_height_m >= high
    wanted = central(step.fact(*where.ids(WIND[0]), WIND[1], unit="1"))
    turbine = "iec2" if wanted > central(step.fact("wind.turbine_switch", unit="1")) else "iec3"
    return _wind(w, shear, turbine, loss, None if own else wanted).copy()


@lru_cache(maxsize=KEPT)
def _wind(w: WeatherYear, shear: float, turbine: str, loss: float, wanted: float | None) -> Any:
    """Of the wind as it is, or scaled to a capacity factor."""
    speed = weather.wind_at_height(
        wind_m_per_s=np.nan_to_num(w.wind_m_per_s, nan=7.0),
        from_m=w.wind_height_m,
        to_m=100.0,
        shear_exponent=shear,
    )
    if wanted is None:
        return weather.wind_capacity_factor(wind_m_per_s=speed, turbine=turbine, loss_fraction=loss)
    try:
        speed = weather.wind_for_capacity_factor(
            wind_m_per_s=speed, turbine=turbine, loss_fraction=loss, capacity_factor=wanted
        )
    except ValueError:
        return np.full(speed.shape, wanted)
    return weather.wind_capacity_factor(wind_m_per_s=speed, turbine=turbine, loss_fraction=loss)


def synthetic_years(step: Steps, p: Place, seed: int) -> WeatherYear:
    """Seeded years at a place, as a plan without a weather file draws them; the facts hold its climate."""
    return _synthetic(step, p, climate_of(step.facts, p), seed)[0]


def as_built(where: Site) -> Site:
    """The site once its plants stand: another sun or wind changes what they bring and not how many are bought."""
    return dataclasses.replace(where, built=True)


def resource_yield(step: Steps, s: Scenario, where: Site, name: str) -> Any:
    """Sun or wind of the site over the one planned with: 1, with the measured error of our weather as its range."""
    own = (s.weather_file and name == "solar") or (where.own_wind and name == "wind")
    if where.built or own or name not in ("solar", "wind"):
        return 1.0
    series = f"climate.{where.climate}.ghi.01" in step.facts
    return step.fact(f"weather.yield.{name}{'_series' if name == 'solar' and series else ''}", unit="1")
