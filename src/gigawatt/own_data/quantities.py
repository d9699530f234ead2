"""Names and units as files write them: header to quantity, factor and offset; and what is credible of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .table import Array, Pick, Table
from .text import Text, bad

ZERO_C, ZERO_F_C = -273.15, -160.0 / 9.0
KNOT, MILE_PER_H = 1.852 / 3.6, 1.609344 / 3.6
_POWER = {"w": 1e-6, "kw": 1e-3, "mw": 1.0, "gw": 1e3}
_TEMPERATURE = {
    **dict.fromkeys(("", "c", "°c", "degc", "deg_c", "celsius", "deg c"), (1.0, 0.0)),
    **dict.fromkeys(("k", "kelvin", "degk"), (1.0, ZERO_C)),
    **dict.fromkeys(("f", "°f", "degf", "fahrenheit", "deg_f"), (5.0 / 9.0, ZERO_F_C)),
}
_PER_STEP = {"wh/m2": 1.0, "kwh/m2": 1e3, "mj/m2": 1e6 / 3600.0, "kj/m2": 1e3 / 3600.0, "j/m2": 1.0 / 3600.0}
_SUN = {"": 1.0, "w/m2": 1.0, "kw/m2": 1e3, "w_m2": 1.0, "kw_m2": 1e3, "mj/hr": 1e6 / 3600.0}
_PRESSURE = {"pa": 1.0, "hpa": 100.0, "mbar": 100.0, "mb": 100.0, "kpa": 1e3, "bar": 1e5, "": 1.0}
_SPEED = {
    "": 1.0,
    "m/s": 1.0,
    "ms": 1.0,
    "m_per_s": 1.0,
    "m_s": 1.0,
    "km/h": 1 / 3.6,
    "km_per_h": 1 / 3.6,
    "kmh": 1 / 3.6,
}
_SPEED |= {"kn": KNOT, "kt": KNOT, "knots": KNOT, "mph": MILE_PER_H, "mp/h": MILE_PER_H, "mi/h": MILE_PER_H}
_HUMIDITY = {"": 1.0, "%": 0.01, "pct": 0.01, "percent": 0.01, "1": 1.0, "-": 1.0}
NAMES = {
    "temperature_c": "temperature temp temp_air air_temperature dry-bulb dry_bulb drybulb t2m tair ta temperature_2m",
    "relative_humidity": "relative_humidity rh rhum rh2m humidity relative_humidity_2m relhum",
    "pressure_pa": "pressure surface_pressure ps sp",
    "ghi_w_m2": "ghi global_horizontal_irradiance shortwave_radiation allsky_sfc_sw_dwn g(h) g(i) ssrd",
    "dni_w_m2": "dni direct_normal_irradiance allsky_sfc_sw_dni gb(n)",
    "dhi_w_m2": "dhi diffuse_horizontal_irradiance diffuse_radiation allsky_sfc_sw_diff gd(h)",
    "wind_m_per_s": "wind wind_speed windspeed wspd ws wind_speed_10m windspeed_10m ws10m",
}
_ALIASES = {alias: quantity for quantity, words in NAMES.items() for alias in words.split()}
_UNITS = {
    "temperature_c": _TEMPERATURE,
    "relative_humidity": {u: (f, 0.0) for u, f in _HUMIDITY.items()},
    "pressure_pa": {u: (f, 0.0) for u, f in _PRESSURE.items()},
    "wind_m_per_s": {u: (f, 0.0) for u, f in _SPEED.items()},
}
_USUAL = {"rh": "%", "rhum": "%", "rh2m": "%", "relative_humidity_2m": "%", "surface_pressure": "hpa", "ps": "kpa"}
_HEIGHT = re.compile(r"(?:wind|wind_speed|windspeed|ws)_?(\d{1,3})m(?:_?(.*))?")
_CODES = "eur usd gbp chf nok sek dkk pln czk huf ron bgn uah try aud cad nzd jpy cny inr brl zar krw sgd mxn clp kes"
_MONEY = re.compile(
    rf"(?P<money>€|\$|£|(?<![a-z])(?:ct|cents?|{'|'.join(_CODES.split())}))"
    r"\s*(?:/|_per_|\s+per\s+|_)\s*(?P<energy>[kmg]?wh)(?![a-z])",
    re.I,
)
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}
_PRICE_WORDS = ("price", "prix", "preis", "ціна", "lmp", "spot")
_LOAD_WORDS = ("load", "demand", "consumption", "charge", "last", "verbrauch", "навантаження")
_LOAD_UNIT = re.compile(r"(?:^|[\s_\[(])(?P<unit>[kmg]?wh?)(?:$|[\s\])])", re.I)
SUN = ("ghi_w_m2", "dni_w_m2", "dhi_w_m2")
WEATHER = tuple(NAMES)
MARKET = ("price_per_mwh", "load_mw")
# quantity: lowest and highest credible value, hint when outside
_RANGE = {
    "temperature_c": (-90.0, 60.0, "degC; name the unit: temperature_k for kelvin, temperature_f for Fahrenheit"),
    "relative_humidity": (0.0, 1.1, "0 to 1; percent goes under relative_humidity_pct"),
    "pressure_pa": (30_000.0, 110_000.0, "Pa; name the unit: pressure_hpa, pressure_kpa"),
    "ghi_w_m2": (-20.0, 1600.0, "W/m2; name the unit, as in ghi (kWh/m2)"),
    "dni_w_m2": (-20.0, 1500.0, "W/m2; name the unit, as in dni (kWh/m2)"),
    "dhi_w_m2": (-20.0, 1200.0, "W/m2; name the unit, as in dhi (kWh/m2)"),
    "wind_m_per_s": (0.0, 110.0, "m/s; name the unit: wind_km_per_h, wind (mph)"),
    "load_mw": (0.0, 2e6, "MW, not below zero; name the unit: load_kw, load (GW)"),
}
# quantity: yearly mean that no place or market has, and what the file then rather holds
_MEAN = {
    "temperature_c": (-60.0, 36.0, "a yearly mean of -60 to 36 degC; is it Fahrenheit? name the column temperature_f"),
    "ghi_w_m2": (15.0, 400.0, "a yearly mean of 15 to 400 W/m2; is it kWh/m2? name the unit, as in ghi (kWh/m2)"),
    "relative_humidity": (0.03, 1.0, "a yearly mean of 0.03 to 1; is the unit right?"),
    "wind_m_per_s": (0.2, 30.0, "a yearly mean of 0.2 to 30 m/s; is the unit right?"),
}
_PRICE_LIMIT, _PRICE_MEAN = 25_000.0, (0.5, 2_000.0)  # per MWh, in the currencies below
_STRONG = ("EUR", "USD", "GBP", "CHF", "AUD", "CAD", "NZD")


@dataclass(frozen=True, slots=True)
class Found:
    """What the headers of a file name."""

    picks: dict[str, Pick]
    wind_height: float = 10.0
    height_said: bool = False
    currency: str = ""


def squared(unit: str) -> str:
    """A unit with one spelling of square metres and without blanks.

    Parameters
    ----------
    unit : str
        As written. [-]

    Returns
    -------
    str
    """
    plain = unit.strip().lower().replace("²", "2").replace("^2", "2").replace("**2", "2").replace("m-2", "/m2")
    return plain.replace(" ", "").replace("//", "/").replace("w·h", "wh").replace("kw-hr", "kwh")


def weather_pick(column: int, header: str, unit: str | None = None) -> tuple[str, Pick, float | None] | None:
    """Quantity, pick and, for wind, height of a header; None where it names no weather.

    Parameters
    ----------
    column : int
        Position. [-]
    header : str
        As written. [-]
    unit : str, optional
        Unit where the file gives it apart. [-]

    Returns
    -------
    (quantity, Pick, height) or None

    Raises
    ------
    ValueError
        With the unit, where it is stated and not known.
    """
    text = header.strip().lower()
    name, spelled, guessed = text, unit, False
    if unit is None and text not in _ALIASES and (match := re.fullmatch(r"(.+?)\s*[\[(]([^\[\]()]*)[\])]+", text)):
        name, spelled = match[1].strip(), match[2]
    name = name.replace(" ", "_")
    height = None
    if name not in _ALIASES and (match := _HEIGHT.fullmatch(name)) and float(match[1]) > 0:
        height, quantity = float(match[1]), "wind_m_per_s"
        spelled = match[2] or "" if spelled is None else spelled
    elif name in _ALIASES:
        quantity = _ALIASES[name]
        height = 10.0 if name.endswith("10m") else None
    else:
        alias = max((a for a in _ALIASES if name.startswith(a + "_")), key=len, default=None)
        if alias is None:
            return None
        guessed = spelled is None
        quantity, spelled, name = _ALIASES[alias], name[len(alias) + 1 :] if guessed else spelled, alias
    scale = _scale(quantity, squared(_USUAL.get(name, "") if spelled is None else spelled))
    if scale is None and guessed:
        return None  # wind_direction, temperature_maximum
    if scale is None:
        raise ValueError(spelled)
    return quantity, Pick(column, f"{header.strip()} [{unit}]" if unit else header.strip(), *scale), height


def _scale(quantity: str, unit: str) -> tuple[float, float, bool] | None:
    """Factor, offset and whether an amount per step; None for a unit that is not known."""
    if quantity in SUN:
        if unit in _PER_STEP:
            return _PER_STEP[unit], 0.0, True
        return (_SUN[unit], 0.0, False) if unit in _SUN else None
    known = _UNITS[quantity].get(unit)
    return None if known is None else (*known, False)


def market_pick(column: int, header: str) -> tuple[str, Pick, str] | None:
    """Quantity, pick and currency of a header of a price or load; None where it names neither.

    Parameters
    ----------
    column : int
        Position. [-]
    header : str
        As written, with its unit. [-]

    Returns
    -------
    (quantity, Pick, currency) or None
    """
    text = header.strip()
    if match := _MONEY.search(text):
        money, energy = match["money"].lower(), match["energy"].lower()
        factor = {"kwh": 1e3, "mwh": 1.0, "gwh": 1e-3, "wh": 1e6}[energy]
        if money in ("ct", "cent", "cents"):
            return "price_per_mwh", Pick(column, text, factor / 100.0), ""
        return "price_per_mwh", Pick(column, text, factor), _SIGNS.get(money, money.upper())
    words = re.split(r"[\s_\[(\])|,-]+", text.lower())
    if any(w in words for w in _PRICE_WORDS):
        return "price_per_mwh", Pick(column, text, np.nan), ""
    if any(w in words for w in _LOAD_WORDS):
        unit = match["unit"].lower() if (match := _LOAD_UNIT.search(text)) else ""
        return (
            "load_mw",
            Pick(column, text, _POWER.get(unit.removesuffix("h"), np.nan), per_step=unit.endswith("h")),
            "",
        )
    return None


def found_in(source: Text, line: int, header: Sequence[str]) -> Found:
    """What a header names, each quantity once.

    Parameters
    ----------
    source : Text
        File; its choice names a column where several serve. [-]
    line : int
        Line of the header. [-]
    header : sequence of str
        Names of columns. [-]

    Returns
    -------
    Found

    Raises
    ------
    ScenarioError
        Where two columns give the same, or one has no unit that is known.
    """
    picks: dict[str, Pick] = {}
    wind, said, currency = 10.0, False, ""
    for i, text in enumerate(header):
        try:
            found = weather_pick(i, text)
        except ValueError as unit:
            then = f"convert it; known units of it are in the documentation ({', '.join(WEATHER[:3])} ...)"
            raise bad(source.name, line, f"column {text.strip()!r} in {str(unit)!r}", "a known unit", then) from None
        if found:
            quantity, pick, height = found
            if quantity == "wind_m_per_s" and quantity in picks and height is not None and said:
                if height < wind:
                    continue  # several heights: the highest serves wind power best
                picks.pop(quantity)
            _once(source, line, picks, quantity, header)
            picks[quantity] = pick
            if height is not None:
                wind, said = height, True
        elif market := market_pick(i, text):
            quantity, pick, money = market
            if source.choice and text.strip() != source.choice and source.choice in [h.strip() for h in header]:
                continue
            _with_unit(source, line, quantity, pick)
            _once(source, line, picks, quantity, header)
            picks[quantity], currency = pick, money or currency
    return Found(picks, wind, said, currency)


def _once(source: Text, line: int, picks: dict[str, Pick], quantity: str, header: Sequence[str]) -> None:
    if quantity in picks:
        found = f"two columns give {quantity} ({picks[quantity].header})"
        then = "remove or rename the other" + (f", or write {source.name}#COLUMN" if quantity in MARKET else "")
        raise bad(source.name, line, found, "one", then)


def _with_unit(source: Text, line: int, quantity: str, pick: Pick) -> None:
    if np.isnan(pick.factor):
        such = "price_eur_per_mwh or Price [EUR/MWh]" if quantity == "price_per_mwh" else "load_mw or Load [kW]"
        raise bad(
            source.name, line, f"column {pick.header!r} without a unit", "a unit in the header", f"name it {such}"
        )


def per_step_to_power(table: Table, picks: dict[str, Pick], step_min: int) -> None:
    """Turn amounts per step into means over it, and say so.

    Parameters
    ----------
    table : Table
        Rows; changed. [-]
    picks : dict of str to Pick
        Columns. [-]
    step_min : int
        Length of a step. [min]
    """
    for quantity, pick in picks.items():
        if pick.per_step and quantity in table.values:
            table.values[quantity] = table.values[quantity] * (60.0 / step_min)
            table.notes.append(f"{pick.header}: amounts per step of {step_min} min turned into means")


def converted(picks: dict[str, Pick]) -> list[str]:
    """Notes on units that were converted.

    Parameters
    ----------
    picks : dict of str to Pick
        Columns. [-]

    Returns
    -------
    list of str
    """
    return [
        f"{p.header}: converted to {q} (times {p.factor:.6g}{f', plus {p.offset:.6g}' if p.offset else ''})"
        for q, p in picks.items()
        if (p.factor != 1.0 or p.offset != 0.0) and q != "relative_humidity"  # percent is how all files write it
    ]


def check_ranges(table: Table) -> None:
    """Refuse values that no place or market has, with line and a guess at the unit.

    Parameters
    ----------
    table : Table
        Rows in house units. [-]

    Raises
    ------
    ScenarioError
        For the first such quantity.
    """
    for quantity, v in table.values.items():
        if quantity in _RANGE:
            low, high, hint = _RANGE[quantity]
        elif table.currency in _STRONG:
            low, high, hint = -_PRICE_LIMIT, _PRICE_LIMIT, f"{table.currency}/MWh; is it per kWh or in cents?"
        else:
            continue
        wrong = np.flatnonzero((v < low) | (v > high))
        if len(wrong):
            found = f"{table.headers[quantity]} is {v[wrong[0]]:g}" + (" after conversion" if quantity in SUN else "")
            more = f"correct it ({len(wrong)} such rows)"
            raise bad(table.name, int(table.lines[wrong[0]]), found, f"{low:g} to {high:g} {hint}", more)


def check_means(name: str, line: int, headers: dict[str, str], hours: dict[str, Array], currency: str) -> None:
    """Refuse yearly means that betray another unit.

    Parameters
    ----------
    name : str
        File. [-]
    line : int
        Line of the first row. [-]
    headers : dict of str to str
        How the file names each quantity. [-]
    hours : dict of str to array (..., hour)
        Whole years in house units. [-]
    currency : str
        Of the price. [-]

    Raises
    ------
    ScenarioError
        For the first such quantity.
    """
    for quantity, v in hours.items():
        low, high, hint = _MEAN.get(quantity, (-np.inf, np.inf, ""))
        if quantity == "price_per_mwh" and currency in _STRONG:
            low, high = _PRICE_MEAN
            hint = f"{low:g} to {high:g} {currency}/MWh on average; is it per kWh? name the column price_..._per_kwh"
        mean = float(np.mean(v))
        if not low <= mean <= high:
            raise bad(name, line, f"{headers[quantity]} has a mean of {mean:.4g}", hint, "correct the unit")
