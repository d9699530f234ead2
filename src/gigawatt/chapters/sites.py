"""Many sites at once: a year of weather and what plants make of it, site axis first.

The same rules as `place`, without the record: a screen of ten thousand sites explains its best ones by planning them.
All sites share the noise of one draw, so that their difference is of climate and not of luck, and a site has the same
bits whatever sites it is computed with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gigawatt import solar, weather
from gigawatt.candidates import Candidate
from gigawatt.chapters.place import GHI, WIND, Number, pv_system, rules_of, texture_of
from gigawatt.facts import Facts

Array = NDArray[np.float64]
HUB_M = 100.0  # height of the wind of the climate rules
MODULES_M = 2.0  # height of PV modules


@dataclass(frozen=True, slots=True, eq=False)
class SiteYears:
    """One year at many sites.

    Attributes
    ----------
    temperature_c, relative_humidity, wet_bulb_c, pressure_pa : array (site, hour)
        Air. [degC], [-], [degC], [Pa]
    ghi_w_m2 : array (site, hour)
        Global horizontal irradiance. [W/m2]
    solar, wind : array (site, hour)
        Output over rated power: PV per MW of AC, wind at the country's fleet factor. [-]
    """

    temperature_c: Array
    relative_humidity: Array
    wet_bulb_c: Array
    pressure_pa: Array
    ghi_w_m2: Array
    solar: Array
    wind: Array


def site_years(facts: Facts, sites: Sequence[Candidate], *, seed: int, tracking: bool = True) -> SiteYears:
    """A synthetic year at each site, from its station and its country.

    Memory is about 2 MB per site while it works and 0.5 MB after: hand over some tens of sites at a time.

    Parameters
    ----------
    facts : Facts
        With the user's overrides; those of single stations are not read. [-]
    sites : sequence of Candidate
        At least one. [-]
    seed : int
        Key of the draw. [-]
    tracking : bool
        PV on single-axis trackers. [-]

    Returns
    -------
    SiteYears
    """

    def number(fact_id: str) -> float:
        return float(facts[fact_id].value)

    texture, rules = texture_of(number), rules_of(number)
    latitude = np.array([s.latitude_deg for s in sites])
    offset = np.array([s.station.utc_offset_h for s in sites])
    height = np.array([s.station.elevation_m for s in sites])
    turbidity = number("weather.linke_turbidity")
    longitude = np.array([s.longitude_deg for s in sites])
    sun = solar.sun_position(latitude_deg=latitude, longitude_deg=longitude, utc_offset_h=offset)
    clear = solar.clear_sky_ghi(sun=sun, elevation_m=height, linke_turbidity=turbidity)
    climate, _ = weather.complete_climate(
        latitude_deg=latitude,
        elevation_m=height,
        clear_sky_ghi_w_m2=clear,
        ghi_kwh_m2_day=_ghi(facts, sites, latitude, turbidity),
        temperature_mean_c=np.array([s.station.temperature_mean_c for s in sites]),
        temperature_amplitude_k=np.array([s.station.temperature_amplitude_k for s in sites]),
        heating_db_99_c=np.array([s.station.heating_db_99_c for s in sites]),
        cooling_db_1_c=np.array([s.station.cooling_db_1_c for s in sites]),
        rules=rules,
        texture=texture,
    )
    year = weather.synthetic_year(clear_sky_ghi_w_m2=clear, climate=climate, texture=texture, seed=seed, years=[0])
    return SiteYears(
        temperature_c=year.temperature_c,
        relative_humidity=year.relative_humidity,
        wet_bulb_c=np.asarray(
            weather.wet_bulb_c(
                temperature_c=year.temperature_c,
                relative_humidity=year.relative_humidity,
                pressure_pa=year.pressure_pa,
            )
        ),
        pressure_pa=year.pressure_pa,
        ghi_w_m2=year.ghi_w_m2,
        solar=_solar(number, sun, year, latitude, tracking),
        wind=_wind(facts, sites, year.wind_m_per_s),
    )


def _ghi(facts: Facts, sites: Sequence[Candidate], latitude: Array, turbidity: float) -> Array:
    """Annual irradiation: the country's, or the world's, carried to the site's latitude."""
    mean, reference = np.empty(len(sites)), np.empty(len(sites))
    for k, site in enumerate(sites):
        known = [g.format(site.iso3) for g in GHI if g.format(site.iso3) in facts]
        region = f"country.{site.iso3}" if known else "world"
        mean[k] = float(facts[known[0] if known else "climate.world.ghi"].value)
        reference[k] = float(facts[f"climate.{region}.sun_latitude"].value)
    of, back = np.unique(reference, return_inverse=True)
    known_year, here = (solar.clear_year(latitude_deg=x, linke_turbidity=turbidity) for x in (of, latitude))
    return mean * here / np.asarray(known_year)[back]


def _solar(number: Number, sun: solar.Sun, year: weather.WeatherYear, latitude: Array, tracking: bool) -> Array:
    shear = number("weather.wind_shear_exponent")
    low = weather.wind_at_height(wind_m_per_s=year.wind_m_per_s, from_m=HUB_M, to_m=MODULES_M, shear_exponent=shear)
    low = np.asarray(low)
    out = np.empty_like(year.ghi_w_m2)
    for k in range(len(latitude)):  # fixed modules lean by latitude; a row at a time also stays in the cache
        out[k] = solar.pv_capacity_factor(
            sun=solar.Sun(sun.east[k], sun.north[k], sun.up[k], sun.extraterrestrial_w_m2[k]),
            ghi_w_m2=year.ghi_w_m2[k],
            temperature_c=year.temperature_c[k],
            wind_m_per_s=low[k],
            system=pv_system(number, float(latitude[k]), tracking),
        )
    return out


def _wind(facts: Facts, sites: Sequence[Candidate], speed: Array) -> Array:
    loss = float(facts["wind.loss_fraction"].value)
    switch = float(facts["wind.turbine_switch"].value)
    out = np.empty_like(speed)
    for k, site in enumerate(sites):
        wanted = float(facts.first(*(w.format(site.iso3) for w in WIND)).value)
        turbine = "iec2" if wanted > switch else "iec3"
        try:
            scaled = weather.wind_for_capacity_factor(
                wind_m_per_s=speed[k], turbine=turbine, loss_fraction=loss, capacity_factor=wanted
            )
        except ValueError:  # no wind gives this factor: a flat one, as `place` has it
            out[k] = wanted
            continue
        out[k] = weather.wind_capacity_factor(wind_m_per_s=scaled, turbine=turbine, loss_fraction=loss)
    return out
