"""The user's own weather: any format that we know, as whole years of hours in local standard time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .quantities import WEATHER
from .reading import Origin, only_of, origin_of, span_of, table_of, yearly
from .table import Array
from .text import Text, read_text

WHAT = "a weather file (EPW, TMY3, PVGIS, NASA POWER, Open-Meteo or CSV)"


@dataclass(frozen=True, slots=True)
class WeatherFile:
    """A weather file as read: the fields of a room's `WeatherYear` under the same names, notes and place.

    Arrays are (hour,), or (year, hour) when the file has several years; a quantity the file lacks is NaN.

    Attributes
    ----------
    temperature_c, relative_humidity, pressure_pa : array (..., hour)
        Dry bulb, humidity from 0 to 1, and air pressure. [degC], [-], [Pa]
    ghi_w_m2 : array (..., hour)
        Global horizontal irradiance. [W/m2]
    dni_w_m2, dhi_w_m2 : array (..., hour) or None
        Direct normal and diffuse horizontal irradiance; None unless the file has both. [W/m2]
    wind_m_per_s : array (..., hour)
        Wind speed at `wind_height_m`. [m/s]
    wind_height_m : float
        Height of the wind speed above ground. [m]
    notes : tuple of str
        Liberties taken: resampling, gaps, units, clock, leap days. [-]
    missing : tuple of str
        Quantities that the file lacks. [-]
    latitude_deg, longitude_deg, elevation_m, utc_offset_h : float or None
        Place as the file states it, and the clock of the arrays. [deg], [deg], [m], [h]
    origin : Origin
        What was read, for provenance. [-]
    """

    temperature_c: Array
    relative_humidity: Array
    pressure_pa: Array
    ghi_w_m2: Array
    dni_w_m2: Array | None
    dhi_w_m2: Array | None
    wind_m_per_s: Array
    wind_height_m: float
    notes: tuple[str, ...]
    missing: tuple[str, ...]
    latitude_deg: float | None
    longitude_deg: float | None
    elevation_m: float | None
    utc_offset_h: float | None
    origin: Origin


def read_weather(path: str | Path, *, utc_offset_h: float | None = None) -> WeatherFile:
    """Read a weather file of the user; the format is recognised by its content.

    Parameters
    ----------
    path : str or Path
        EPW, TMY3, PVGIS (CSV, JSON), NASA POWER (CSV, JSON), Open-Meteo (CSV, JSON) or plain CSV, also as gzip. [-]
    utc_offset_h : float, optional
        Clock wanted; left out: local standard time by the file's own word or longitude. [h]

    Returns
    -------
    WeatherFile

    Raises
    ------
    ScenarioError
        `NAME:LINE: found, expected, next step`, for the first problem.
    """
    return weather_of(read_text(path, WHAT), utc_offset_h=utc_offset_h)


def read_weather_text(text: str, *, name: str) -> WeatherFile:
    """Read the text of a weather file.

    Parameters
    ----------
    text : str
        Content. [-]
    name : str
        File name, for messages. [-]

    Returns
    -------
    WeatherFile

    Raises
    ------
    ScenarioError
        As `read_weather`.
    """
    return weather_of(Text(name, text), utc_offset_h=None)


def weather_of(source: Text, *, utc_offset_h: float | None) -> WeatherFile:
    """Weather of a file that is text already.

    Parameters
    ----------
    source : Text
        The file. [-]
    utc_offset_h : float or None
        Clock wanted. [h]

    Returns
    -------
    WeatherFile

    Raises
    ------
    ScenarioError
        As `read_weather`.
    """
    table = table_of(source)
    only_of(source, table, WEATHER, "weather")
    times = span_of(table)
    laid, hours = yearly(table, utc_offset_h)
    if "relative_humidity" in hours:
        hours["relative_humidity"] = np.clip(hours["relative_humidity"], 0.01, 1.0)
    shape = (len(laid.years), next(iter(hours.values())).shape[-1])
    table.values = {q: v for q, v in table.values.items() if q in hours}
    origin = origin_of(source, table, laid, times=times)

    def pick(quantity: str) -> Array:
        v = hours.get(quantity, np.full(shape, np.nan))
        return v[0] if len(v) == 1 else v

    both = "dni_w_m2" in hours and "dhi_w_m2" in hours
    return WeatherFile(
        temperature_c=pick("temperature_c"),
        relative_humidity=pick("relative_humidity"),
        pressure_pa=pick("pressure_pa"),
        ghi_w_m2=pick("ghi_w_m2"),
        dni_w_m2=pick("dni_w_m2") if both else None,
        dhi_w_m2=pick("dhi_w_m2") if both else None,
        wind_m_per_s=pick("wind_m_per_s"),
        wind_height_m=table.wind_height,
        notes=origin.notes,
        missing=tuple(q for q in WEATHER if q not in hours and q not in ("dni_w_m2", "dhi_w_m2")),
        latitude_deg=table.latitude,
        longitude_deg=table.longitude,
        elevation_m=table.elevation,
        utc_offset_h=table.utc_offset_h,
        origin=origin,
    )
