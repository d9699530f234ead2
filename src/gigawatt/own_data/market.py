"""The user's own prices and loads: ENTSO-E, EIA or plain CSV, as whole years of hours or at their own step."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gigawatt.errors import ScenarioError

from . import eia, entsoe
from .clock import shown
from .quantities import MARKET
from .reading import Origin, only_of, origin_of, settled, span_of, table_of, yearly
from .table import Array
from .text import Text, read_text

WHAT = "a price or load file (ENTSO-E, EIA or CSV)"


@dataclass(frozen=True, slots=True)
class MarketFile:
    """A price or load file as read.

    Attributes
    ----------
    price_per_mwh, load_mw : array (year, hour) or None
        Energy price in `currency`, and load. [currency/MWh], [MW]
    currency : str
        ISO 4217. [-]
    origin : Origin
        What was read, for provenance. [-]
    """

    price_per_mwh: Array | None
    load_mw: Array | None
    currency: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class MarketSteps:
    """Prices and loads at the step of the file, from its first to its last time.

    Attributes
    ----------
    times : tuple of str
        Start of each step. [-]
    columns : dict of str to array (step,)
        `price_eur_per_mwh` (by its currency) and `load_mw`. [-]
    lines : tuple of int
        Line of each step; of a filled one that of the row before. [-]
    origin : Origin
        What was read. [-]
    """

    times: tuple[str, ...]
    columns: dict[str, Array]
    lines: tuple[int, ...]
    origin: Origin


def read_market(path: str | Path, *, utc_offset_h: float | None = None) -> MarketFile:
    """Read a price or load file of the user as whole years of hours.

    Parameters
    ----------
    path : str or Path
        ENTSO-E (CSV, XML), EIA (JSON, CSV) or plain CSV, also as gzip; ``FILE#NAME`` chooses an area or a column. [-]
    utc_offset_h : float, optional
        Clock wanted. [h]

    Returns
    -------
    MarketFile

    Raises
    ------
    ScenarioError
        `NAME:LINE: found, expected, next step`, for the first problem.
    """
    return market_of(read_text(path, WHAT), utc_offset_h=utc_offset_h)


def market_of(source: Text, *, utc_offset_h: float | None) -> MarketFile:
    """Prices and loads of a file that is text already.

    Parameters
    ----------
    source : Text
        The file. [-]
    utc_offset_h : float or None
        Clock wanted. [h]

    Returns
    -------
    MarketFile

    Raises
    ------
    ScenarioError
        As `read_market`.
    """
    table = table_of(source)
    only_of(source, table, MARKET, "price or load")
    if "price_per_mwh" in table.values and not table.currency:
        header = table.headers["price_per_mwh"]
        raise ScenarioError(f"{source.name}: {header!r} names no currency; expected one; name it price_eur_per_mwh")
    times = span_of(table)
    laid, hours = yearly(table, utc_offset_h)
    table.values = {q: v for q, v in table.values.items() if q in hours}
    origin = origin_of(source, table, laid, times=times)
    return MarketFile(hours.get("price_per_mwh"), hours.get("load_mw"), table.currency, origin)


def is_market_file(source: Text) -> bool:
    """Whether a file is one of ENTSO-E or EIA.

    Parameters
    ----------
    source : Text
        The file. [-]

    Returns
    -------
    bool
    """
    return entsoe.is_it(source) or eia.is_it(source)


def market_steps(source: Text) -> MarketSteps:
    """Prices and loads at the file's own step, of any period, gaps filled by the same rule.

    Parameters
    ----------
    source : Text
        The file. [-]

    Returns
    -------
    MarketSteps

    Raises
    ------
    ScenarioError
        As `read_market`.
    """
    table = table_of(source)
    only_of(source, table, MARKET, "price or load")
    times = span_of(table)
    laid, found = settled(table, whole_years=False)
    start = 0 if table.minutes is None else int(table.minutes[0])
    rows = laid.rows[0]
    names = {"price_per_mwh": f"price_{table.currency.lower() or 'money'}_per_mwh", "load_mw": "load_mw"}
    if table.utc_offset_h == 0:
        table.notes.append("times are UTC")
    before = np.maximum.accumulate(np.where(rows >= 0, rows, 0))
    return MarketSteps(
        times=tuple(shown(start + i * laid.step_min) for i in range(len(rows))),
        columns={names[q]: v[0] for q, v in found.items()},
        lines=tuple(int(x) for x in table.lines[before]),
        origin=origin_of(source, table, laid, times=times),
    )
