"""The figures of a plan: id, label, unit and room of each, and how a number is printed.

A figure is never bare: value, low, high, unit, class. It is printed to the digits that its range supports.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Spec:
    """What a figure is."""

    label: str
    unit: str
    room: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the answer. ``value`` is None where it does not apply, with the reason."""

    id: str
    value: float | str | None
    low: float | str | None
    high: float | str | None
    unit: str
    fact_class: str
    label: str
    room: str
    reason: str = ""

    def json(self) -> dict[str, Any]:
        """As in the published schema."""
        out: dict[str, Any] = {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "unit": self.unit,
            "class": self.fact_class,
            "label": self.label,
            "room": self.room,
        }
        return out | ({"reason": self.reason} if self.reason else {})

    @property
    def text(self) -> str:
        """Value to the digits its range supports, without the range."""
        if self._beyond_all(self.value):
            return "not reached even with every hour sold"
        return show(self.value, self.low, self.high, self._shown_unit)

    @property
    def text_with_range(self) -> str:
        """Value and range."""
        if self.value is None:
            return f"n/a ({self.reason})" if self.reason else "n/a"
        if self.low == self.high:
            return self.text
        if isinstance(self.value, str):
            return f"{self.value[:7]} ({str(self.low)[:7]} to {str(self.high)[:7]})"
        unit = self._shown_unit
        value, low, high = (
            show(x, self.low, self.high, unit, with_unit=False) for x in (self.value, self.low, self.high)
        )
        if self._beyond_all(self.value):
            return f"{self.text} ({low} to {high} of the hours)"
        if self._beyond_all(self.high):
            high = "more than all"
        return f"{value} ({low} to {high}) {display_unit(unit)}".rstrip()

    def _beyond_all(self, x: Any) -> bool:
        """Whether a share of hours to sell is more than there are."""
        return self.id == "break_even_utilisation" and isinstance(x, float) and x > 1.0

    @property
    def _shown_unit(self) -> str:
        ratio = self.id.startswith("pue") or self.id.endswith("_per_inhabitant")  # not a percentage
        return "" if ratio else self.unit


_USD = "USD_{year}"
FIGURES: dict[str, Spec] = {
    "it_load_mw": Spec("IT load, peak", "MW", "compute"),
    "facility_load_mw": Spec("Facility load, annual mean", "MW", "facility"),
    "facility_peak_mw": Spec("Campus power at the meter, peak", "MW", "facility"),
    "grid_connection_mw": Spec("Grid connection", "MW", "facility"),
    "accelerators": Spec("Accelerators (packages)", "accelerator", "compute"),
    "pue": Spec("PUE, annual", "1", "facility"),
    "pue_design_peak": Spec("PUE at design peak", "1", "facility"),
    "wue_m3_per_mwh": Spec("WUE, site water per IT energy", "m3/MWh", "facility"),
    "water_m3_per_year": Spec("Water used on site", "m3/year", "facility"),
    "land_km2": Spec("Land", "km2", "facility"),
    "capex_usd": Spec("Capital cost, all-in", _USD, "finance"),
    "capex_shell_power_usd": Spec("of which shell and power", _USD, "finance"),
    "capex_it_usd": Spec("of which accelerators, network, storage", _USD, "finance"),
    "unspent_usd": Spec("Budget left over", _USD, "finance"),
    "opex_usd_per_year": Spec("Running cost", f"{_USD}/year", "finance"),
    "lcoe_usd_per_mwh": Spec("Levelised cost of electricity, delivered", f"{_USD}/MWh", "power"),
    "energy_share_of_cost": Spec("Power in the cost of compute", "1", "finance"),
    "utilisation": Spec("Share of accelerator-hours sold", "1", "finance"),
    "lcoc_usd_per_accelerator_hour": Spec("Cost of an accelerator-hour, all sold", f"{_USD}/h", "finance"),
    "lcoc_at_utilisation_usd_per_accelerator_hour": Spec("Cost of a sold accelerator-hour", f"{_USD}/h", "finance"),
    "market_price_usd_per_accelerator_hour": Spec("Market price, long contract", f"{_USD}/h", "finance"),
    "break_even_utilisation": Spec("Break-even share of hours sold", "1", "finance"),
    "rent_abroad_usd_per_accelerator_hour": Spec("Renting abroad instead", f"{_USD}/h", "finance"),
    "usd_per_million_tokens": Spec("Cost per million output tokens", f"{_USD}", "finance"),
    "peak_flop_per_s": Spec("Peak compute, dense", "FLOP/s", "compute"),
    "mfu": Spec("MFU in training", "1", "compute"),
    "goodput": Spec("Goodput of a run on the whole campus", "1", "compute"),
    "training_flop_per_day": Spec("Training compute delivered", "FLOP/day", "compute"),
    "largest_run_100_days_flop": Spec("Largest training run in 100 days", "FLOP", "compute"),
    "tokens_per_s": Spec("Output tokens served", "token/s", "compute"),
    "users_served": Spec("Users served", "user", "demand"),
    "users_served_per_inhabitant": Spec("Users served per inhabitant", "1", "demand"),
    "emissions_kg_per_mwh": Spec("Emissions of power used, average, location-based", "kg/MWh", "emissions"),
    "emissions_marginal_kg_per_mwh": Spec("Emissions of power used, marginal", "kg/MWh", "emissions"),
    "emissions_t_per_year": Spec("Emissions, location-based", "t/year", "emissions"),
    "cfe_share": Spec("Carbon-free energy, hourly", "1", "emissions"),
    "share_of_national_generation": Spec("Share of national generation", "1", "gates"),
    "share_of_peak_demand": Spec("Share of national peak demand", "1", "gates"),
    "largest_contingency_mw": Spec("Largest contingency the grid is kept for", "MW", "gates"),
    "net_exports_twh": Spec("National net exports", "TWh", "gates"),
    "first_power_date": Spec("First power", "date", "buildout"),
    "full_power_date": Spec("Full power", "date", "buildout"),
    "cost_of_delay_usd_per_month": Spec("Cost of one month of delay, shell ready", f"{_USD}/month", "finance"),
    "capex_share_of_gdp": Spec("Capital cost over yearly GDP", "1", "finance"),
    "public_money_usd": Spec("Public money", _USD, "finance"),
    "jobs_construction_peak": Spec("Construction jobs, peak", "job", "finance"),
    "jobs_permanent": Spec("Permanent jobs, direct", "job", "finance"),
}


def none_known(price_year: int, reason: str) -> dict[str, Figure]:
    """Every figure without a value, for a place of which nothing can be computed; with the reason."""
    return {
        name: Figure(name, None, None, None, spec.unit.format(year=price_year), "C", spec.label, spec.room, reason)
        for name, spec in FIGURES.items()
    }


_SCALES = ((1e12, " tn"), (1e9, " bn"), (1e6, " M"))
COUNTS = frozenset({"accelerator", "job", "user"})  # whole ones
LEAST_SHARE = 5e-5  # below it a percentage of two decimals is nought
NARROW = 3.0  # high over low of a range that supports two digits
_FLOP_UNITS = frozenset({"FLOP", "FLOP/s", "FLOP/day"})


def digits(value: float, low: float, high: float) -> int:
    """Decimal position to which a value may be printed: a tenth of its range, at most three significant digits.

    Two digits are kept where the high end is less than three times the low: not "4 (4 to 7)" for 4.3 (3.5 to 7.0).

    Examples
    --------
    >>> digits(46.2e9, 38e9, 57e9), digits(2.213, 1.9, 2.6), digits(4.3, 3.5, 7.0)
    (-9, 1, 1)
    """
    if value == 0 or not math.isfinite(value):
        return 0
    by_size = 2 - math.floor(math.log10(abs(value)))
    width = high - low
    if not math.isfinite(width) or width <= 0:
        return by_size
    places = -round(math.log10(width / 10))
    if low > 0:  # a low end keeps one digit: not "0 to 400"
        places = max(places, -math.floor(math.log10(low)))
        if high < NARROW * low:
            places = max(places, 1 - math.floor(math.log10(abs(value))))
    return min(by_size, places)


def show(value: Any, low: Any, high: Any, unit: str, *, with_unit: bool = True) -> str:
    """Print a number with the digits that ``low`` to ``high`` supports, in a readable scale.

    Examples
    --------
    >>> show(-2e7, -6e9, 5e9, "USD_2025"), show(3.88, 2.9, 6.4, "USD_2025/h")
    ('0 USD', '3.9 USD/h')
    """
    if value is None:
        return "n/a"
    if isinstance(value, (str, date)):
        return str(value)
    value = float(value)
    if unit in _FLOP_UNITS:
        text, suffix = f"{value:.1e}".replace("e+", "e"), unit
        return f"{text} {suffix}" if with_unit else text
    low, high = (float(x) if x is not None else value for x in (low, high))
    places = digits(value, low, high)
    if unit == "1":
        if 0 < value < LEAST_SHARE:
            return "under 0.01 %"
        return f"{round(value * 100, places - 2) + 0.0:,.{min(max(places - 2, 0), 2)}f} %"
    if unit.startswith("USD") and unit.endswith("/h"):
        places = max(places, 1)  # prices are compared with each other: a whole dollar says nothing
    if unit in COUNTS:
        places = min(places, 0)
    rounded = round(value, places) + 0.0  # no minus nought
    scale, word = next(((s, w) for s, w in _SCALES if abs(rounded) >= s), (1.0, ""))
    decimals = max(0, places + round(math.log10(scale)))
    text = f"{rounded / scale:,.{min(decimals, 3)}f}{word}"
    return f"{text} {display_unit(unit)}".strip() if with_unit else text


def display_unit(unit: str) -> str:
    """Unit as shown: counts need none, and the price year is said once for the whole answer."""
    return "" if unit in COUNTS | {"1", "", "date"} else re.sub(r"([A-Z]{3})_\d{4}", r"\1", unit)
