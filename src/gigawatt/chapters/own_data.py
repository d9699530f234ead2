"""The user's own weather and price in a plan: what a file lacks comes from the climate, what it says is recorded."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gigawatt import solar
from gigawatt.errors import FactError, ScenarioError
from gigawatt.facts import Facts
from gigawatt.own_data import Origin, WeatherFile, read_market, read_weather
from gigawatt.places import distance_km
from gigawatt.scenario import LATEST_PRICE_YEAR, Scenario
from gigawatt.weather import WeatherYear

FAR_KM = 100.0  # farther than this from the place the answer says so
NOON_SAID_H, NOON_REFUSED_H = 1.0, 2.0  # the middle of the file's days off the sun's: clouds move it by less
DEGREES_PER_HOUR = 15.0


@dataclass(frozen=True)
class OwnWeather:
    """Weather of the user's file, one or more years, completed where the file lacks something."""

    years: WeatherYear
    notes: tuple[str, ...]
    origin: Origin
    has_wind: bool


@dataclass(frozen=True)
class OwnPrice:
    """Price of the user's file: its mean with unit and the hours over it."""

    mean: float
    unit: str
    shape: np.ndarray
    origin: Origin

    @property
    def words(self) -> str:
        """One sentence."""
        return (
            f"Grid energy at the hourly price of {self.origin.name} ({self.origin.format}), on average "
            f"{self.mean:.4g} {self.unit}, taken as wholesale: network and levies are added"
        )


def own_weather(
    s: Scenario, *, utc_offset_h: float, latitude_deg: float, longitude_deg: float, climate: Callable[[], WeatherYear]
) -> OwnWeather:
    """Weather of the file on the place's clock; what it lacks from the synthetic years of the place."""
    found = read_weather(s.weather_file, utc_offset_h=utc_offset_h)
    notes = [f"Weather from {found.origin.name} ({found.origin.format})"]
    if found.latitude_deg is not None and found.longitude_deg is not None:
        km = distance_km(latitude_deg, longitude_deg, found.latitude_deg, found.longitude_deg)
        if km > FAR_KM:
            notes.append(f"the place of {found.origin.name} lies {km:,.0f} km from the site")
    fields: dict[str, Any] = {f.name: getattr(found, f.name) for f in dataclasses.fields(WeatherYear)}
    notes += _noon(found, utc_offset_h, longitude_deg)
    if (count := len(found.origin.years)) > 1:
        notes.append(f"{count} years in {found.origin.name}: the first runs the hours, all set the design air")
    missing = list(found.missing)
    if "ghi_w_m2" in missing and found.dni_w_m2 is not None and found.dhi_w_m2 is not None:
        sun = solar.sun_position(latitude_deg=latitude_deg, longitude_deg=longitude_deg, utc_offset_h=utc_offset_h)
        fields["ghi_w_m2"] = found.dni_w_m2 * np.maximum(sun.up, 0.0) + found.dhi_w_m2
        missing.remove("ghi_w_m2")
        notes.append("global irradiance from direct and diffuse")
    if missing:
        year = climate()
        for name in missing:
            v = getattr(year, name)
            fields[name] = np.broadcast_to(v, fields["temperature_c"].shape) if v.ndim == 1 else v
        if "wind_m_per_s" in missing:
            fields["wind_height_m"] = year.wind_height_m
        notes.append(f"{', '.join(missing)} not in {found.origin.name}: from the climate of the place")
    notes += [f"{found.origin.name}: {n}" for n in found.notes]
    return OwnWeather(WeatherYear(**fields), tuple(notes), found.origin, "wind_m_per_s" not in found.missing)


def _noon(found: WeatherFile, utc_offset_h: float, longitude_deg: float) -> list[str]:
    """Whether the file's sun stands highest when it does at the place; hours off mean that the clock is another."""
    sun = np.asarray(found.ghi_w_m2).reshape(-1, 24).mean(axis=0)
    if not np.isfinite(sun).all() or sun.sum() <= 0:
        return []
    longitude = longitude_deg if found.longitude_deg is None else found.longitude_deg
    expected = 12.0 + utc_offset_h - longitude / DEGREES_PER_HOUR
    turn = np.exp(2j * np.pi * (np.arange(24) + 0.5 - expected) / 24)
    late = float(np.angle((sun * turn).sum()) * 24 / (2 * np.pi))
    if abs(late) <= NOON_SAID_H:
        return []
    words = f"the middle of its sunny hours is {abs(late):.1f} h {'after' if late > 0 else 'before'} noon at the place"
    if abs(late) <= NOON_REFUSED_H:
        return [f"{found.origin.name}: {words}"]
    plain = found.origin.format == "plain CSV"
    then = "name the clock of its times, as in time (UTC)" if plain else "check clock and place of the file"
    raise ScenarioError(f"{found.origin.name}: {words}; expected at most {NOON_REFUSED_H:g} h; {then}")


def own_price(s: Scenario, *, utc_offset_h: float) -> OwnPrice:
    """Price of the file on the place's clock; of several years the last."""
    found = read_market(s.price_file, utc_offset_h=utc_offset_h)
    name = found.origin.name
    if found.price_per_mwh is None:
        raise ScenarioError(f"{name}: holds a load, no price; expected prices; a load file serves gigawatt power")
    price, year = found.price_per_mwh[-1], found.origin.years[-1]
    mean = float(price.mean())
    if mean <= 0:
        raise ScenarioError(f"{name}: the mean price is {mean:.4g}; expected a price above zero; check sign and column")
    money_year = min(year, LATEST_PRICE_YEAR) if year else s.price_year
    return OwnPrice(mean, f"{found.currency}_{money_year}/MWh", price / mean, found.origin)


def with_own_price(facts: Facts, s: Scenario, keys: tuple[str, ...]) -> Facts:
    """The facts with the mean of the user's price in place of the wholesale price of the place."""
    if not s.price_file:
        return facts
    price = own_price(s, utc_offset_h=0.0)  # the mean of a year has no clock
    fact = facts.first(*(f"country.{key}.price.wholesale" for key in keys))
    if fact.id in s.facts:
        raise ScenarioError(
            f"price_file {s.price_file!r} and --set {fact.id} both give the price; expected one of them"
        )
    note = f"mean of {price.origin.name}, BLAKE2b {price.origin.digest}; was {fact.value} {fact.unit}"
    try:
        facts.factor(price.unit, fact.unit)
    except FactError as error:
        raise ScenarioError(f"{price.origin.name}: prices in {price.unit}: {error}") from None
    return facts.with_overrides({fact.id: {"value": price.mean, "unit": price.unit, "note": note}})
