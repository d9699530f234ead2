"""Unit constants, conversions, and the parser for the unit strings of facts and docstrings.

A unit string is a product or quotient of known symbols, each with an optional power: ``USD_2025/kW``, ``kg/MWh``,
``MW``, ``1/year``, ``m3/MWh``. Money carries its currency and price year in the symbol (``EUR_2024``), so that a
value can never lose them. The house units (see ``docs/nomenclature.md``) have factor 1 within their dimension.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

HOURS_PER_YEAR = 8760.0
HOURS_PER_DAY = 24.0
MONTHS_PER_YEAR = 12.0
SECONDS_PER_HOUR = 3600.0
DAYS_PER_YEAR = 365.0
KG_PER_T = 1000.0
KW_PER_MW = 1000.0
WHOLE_MW = 10.0  # below it a power is written with two digits
EARTH_RADIUS_KM = 6371.0088  # mean radius R1, GRS 80, doi:10.1007/s001900050278
MMBTU_PER_MWH = 3.412141633  # 1 Btu (IT) = 1055.05585262 J, ISO 80000-5:2019

_BASE: dict[str, tuple[float, dict[str, float]]] = {
    # symbol: (factor to the house unit, dimensions)
    "MW": (1.0, {"energy": 1, "time": -1}),
    "kW": (1e-3, {"energy": 1, "time": -1}),
    "W": (1e-6, {"energy": 1, "time": -1}),
    "GW": (1e3, {"energy": 1, "time": -1}),
    "TW": (1e6, {"energy": 1, "time": -1}),
    "MVA": (1.0, {"energy": 1, "time": -1}),
    "MWh": (1.0, {"energy": 1}),
    "kWh": (1e-3, {"energy": 1}),
    "Wh": (1e-6, {"energy": 1}),
    "GWh": (1e3, {"energy": 1}),
    "TWh": (1e6, {"energy": 1}),
    "MJ": (1 / 3600.0, {"energy": 1}),
    "kJ": (1 / 3.6e6, {"energy": 1}),
    "GJ": (1 / 3.6, {"energy": 1}),
    "J": (1 / 3.6e9, {"energy": 1}),
    "MMBtu": (1 / MMBTU_PER_MWH, {"energy": 1}),
    "h": (1.0, {"time": 1}),
    "hour": (1.0, {"time": 1}),
    "s": (1 / SECONDS_PER_HOUR, {"time": 1}),
    "ms": (1e-3 / SECONDS_PER_HOUR, {"time": 1}),
    "min": (1 / 60.0, {"time": 1}),
    "day": (HOURS_PER_DAY, {"time": 1}),
    "month": (HOURS_PER_YEAR / MONTHS_PER_YEAR, {"time": 1}),
    "year": (HOURS_PER_YEAR, {"time": 1}),
    "kg": (1.0, {"mass": 1}),
    "g": (1e-3, {"mass": 1}),
    "t": (KG_PER_T, {"mass": 1}),
    "m": (1.0, {"length": 1}),
    "km": (1e3, {"length": 1}),
    "m2": (1.0, {"length": 2}),
    "ha": (1e4, {"length": 2}),
    "km2": (1e6, {"length": 2}),
    "m3": (1.0, {"length": 3}),
    "L": (1e-3, {"length": 3}),
    "K": (1.0, {"temperature": 1}),
    "degC": (1.0, {"celsius": 1}),
    "Pa": (1.0, {"pressure": 1}),
    "kPa": (1e3, {"pressure": 1}),
    "deg": (1.0, {"angle": 1}),
    "FLOP": (1.0, {"flop": 1}),
    "TFLOP": (1e12, {"flop": 1}),
    "PFLOP": (1e15, {"flop": 1}),
    "EFLOP": (1e18, {"flop": 1}),
    "B": (1e-9, {"data": 1}),
    "GB": (1.0, {"data": 1}),
    "TB": (1e3, {"data": 1}),
    "Mbit": (1 / 8e3, {"data": 1}),
    "Gbit": (1 / 8.0, {"data": 1}),
    "token": (1.0, {}),
    "accelerator": (1.0, {}),
    "user": (1.0, {}),
    "job": (1.0, {}),
    "person": (1.0, {}),
    "parameter": (1.0, {}),
    "rack": (1.0, {}),
    "draw": (1.0, {}),
    "sqrt_h": (1.0, {"time": 0.5}),
}
_MONEY = re.compile(r"([A-Z]{3})_(\d{4})")
_CURRENCY = re.compile(r"[A-Z]{3}")
_FACTOR = re.compile(r"([A-Za-z_]+(?:_\d{4})?|m[23]|km2|1)(?:\^(-?\d+))?")
_TEXT = frozenset({"text", "date"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A parsed unit: factor to house units, dimensions, and the money in it (currency, price year, power)."""

    text: str
    factor: float
    dimensions: tuple[tuple[str, float], ...]
    money: tuple[str, int, int] | None = None

    def same_kind(self, other: Unit) -> bool:
        """Whether the two differ only by a factor and by currency or price year."""
        mine, theirs = (u.money[2] if u.money else 0 for u in (self, other))
        return self.dimensions == other.dimensions and mine == theirs


@cache
def parse(text: str) -> Unit:
    """Parse a unit string.

    Parameters
    ----------
    text : str
        A unit such as ``USD_2025/kW``. [-]

    Returns
    -------
    Unit

    Raises
    ------
    ValueError
        When a symbol is unknown, money has no price year, or two currencies meet.

    Examples
    --------
    >>> parse("kW").factor
    0.001
    >>> parse("USD_2025/kWh").money
    ('USD', 2025, 1)
    """
    if text in _TEXT:
        return Unit(text, 1.0, ((text, 1.0),))
    if text in ("1", "-", "%"):
        if text == "%":
            raise ValueError("unit '%': fractions run from 0 to 1 here; write unit 1 and divide by 100")
        return Unit(text, 1.0, ())
    factor, money = 1.0, None
    dims: dict[str, float] = {}
    for i, part in enumerate(text.replace("·", "*").split("/")):
        sign = 1 if i == 0 else -1
        for symbol in part.split("*"):
            match = _FACTOR.fullmatch(symbol.strip())
            if match is None:
                raise ValueError(f"unit {text!r}: cannot read {symbol!r}; expected symbols such as MW, USD_2025, m3")
            name, power = match[1], sign * int(match[2] or 1)
            if name == "1":
                continue
            if name not in _BASE and (found := _MONEY.fullmatch(name)):
                if money is not None:
                    raise ValueError(f"unit {text!r}: two currencies")
                money = (found[1], int(found[2]), power)
                continue
            if name not in _BASE and _CURRENCY.fullmatch(name):  # without a price year: an exchange rate, USD/EUR
                dims[name] = dims.get(name, 0) + power
                continue
            if name not in _BASE:
                raise ValueError(f"unit {text!r}: unknown symbol {name!r}")
            scale, base = _BASE[name]
            factor *= scale**power
            for dim, exponent in base.items():
                dims[dim] = dims.get(dim, 0) + exponent * power
    kept = tuple(sorted((d, float(e)) for d, e in dims.items() if e))
    return Unit(text, factor, kept, money)


def ratio(source: Unit, target: Unit) -> float:
    """Factor that turns a value in ``source`` into ``target``, money aside.

    Raises
    ------
    ValueError
        When the dimensions differ.

    Examples
    --------
    >>> ratio(parse("USD_2025/kW"), parse("USD_2025/MW"))
    1000.0
    """
    if not source.same_kind(target):
        raise ValueError(f"cannot convert {source.text} to {target.text}: the dimensions differ")
    return source.factor / target.factor


def in_mw(mw: float) -> str:
    """A power as it is given to people: at most four digits matter; below one megawatt in kilowatts.

    Parameters
    ----------
    mw : float
        Power. [MW]

    Returns
    -------
    str

    Examples
    --------
    >>> in_mw(53219.4), in_mw(6.32), in_mw(0.1897)
    ('53,220 MW', '6.3 MW', '190 kW')
    """
    if abs(mw) >= WHOLE_MW or mw == 0.0:
        return f"{float(f'{mw:.4g}'):,.0f} MW"
    return f"{mw:.2g} MW" if abs(mw) >= 1.0 else f"{float(f'{mw * KW_PER_MW:.2g}'):g} kW"


def in_percent(share: float, places: int = 0) -> str:
    """A share as it is given to people: digits, a space, the sign, as ISO 80000-1 writes it.

    Parameters
    ----------
    share : float
        Share. [-]
    places : int
        Decimals of the percentage. [-]

    Returns
    -------
    str

    Examples
    --------
    >>> in_percent(0.971), in_percent(0.00042, 2)
    ('97 %', '0.04 %')
    """
    return f"{share:.{places}%}".replace("%", " %")
