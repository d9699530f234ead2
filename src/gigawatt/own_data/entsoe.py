"""ENTSO-E Transparency Platform: day-ahead prices and total load, as exported CSV (both layouts) or as XML of the API.

In the XML a point may be left out where it repeats the one before (curve type A03), and several auctions of a zone are
numbered: number 1 is the day-ahead auction.

References
----------
.. [1] ENTSO-E, "Transparency Platform RESTful API user guide", document types A44 (prices) and A65 (load).
.. [2] ENTSO-E, "The introduction of different time series possibilities (curveType) with ENTSO-E electronic documents".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree

import numpy as np

from .clock import from_wall, keep_rows, zone_of
from .plain_csv import ZONES
from .quantities import found_in
from .table import MINUTES_PER_DAY, MINUTES_PER_HOUR, Pick, Table, columns, minutes_of, number, parsed_times
from .text import Row, Text, bad, cell, csv_rows, first_line

KIND = "ENTSO-E"
RESOLUTION = {"PT15M": 15, "PT30M": 30, "PT60M": 60, "PT1H": 60, "P1D": MINUTES_PER_DAY}
DAY_AHEAD = "1"
_STARTS = ("mtu", "time (")
_MTU = re.compile(r"(\d\d)[./](\d\d)[./](\d{4}) (\d\d):(\d\d)(?::\d\d)?")
_UNITS = {"MWH": 1.0, "KWH": 1e3, "MAW": 1.0, "KWT": 1e-3}


def is_it(source: Text) -> bool:
    """Whether the file is an export or an answer of the platform.

    Parameters
    ----------
    source : Text
        File. [-]

    Returns
    -------
    bool
    """
    if source.text.lstrip().startswith("<"):
        return "_MarketDocument" in source.text[:2000]
    start = first_line(source, *_STARTS)
    return start == 0 and (" - " in "".join(source.lines[1:3]) or "[MW] -" in source.lines[0])


def read(source: Text) -> Table:
    """Rows of an ENTSO-E file.

    Parameters
    ----------
    source : Text
        File; its choice names an area (``#BZN|FR``) where there are several. [-]

    Returns
    -------
    Table

    Raises
    ------
    ScenarioError
        `NAME:LINE: found, expected; next step`.
    """
    return _xml(source) if source.text.lstrip().startswith("<") else _csv(source)


# ---- exports of the web page


def _csv(source: Text) -> Table:
    (line, header), *rows = csv_rows(source, 0)
    rows = _of_area(source, [h.strip().lower() for h in header], rows)
    found = found_in(source, line, _wanted(header))
    if not found.picks:
        expected = "Day-ahead Price [EUR/MWh] or Actual Total Load [MW]"
        raise bad(source.name, line, f"header {','.join(header)[:60]!r}", expected, "export prices or total load")
    values = columns(source, rows, found.picks)
    stamps = parsed_times(source, [(n, cell(r, 0)) for n, r in rows], _mtu, "31.01.2024 13:00 - 31.01.2024 14:00")
    lines = np.array([n for n, _ in rows], np.int64)
    table = Table(source.name, KIND, lines, None, values, found.picks, currency=found.currency)
    if not table.currency and "price_per_mwh" in values:
        raise bad(source.name, line, "a price without currency", "EUR/MWh in the header", "export it again")
    zone = match[1].strip().lower() if (match := re.search(r"\(([^()]*)\)", header[0])) else "utc"
    empty = np.all([np.isnan(v) for v in values.values()], axis=0) if rows else np.zeros(0, bool)
    if zone in ("utc", "gmt"):
        table.minutes, table.utc_offset_h = minutes_of(stamps) if stamps else np.zeros(0, np.int64), 0.0
    elif zone in ZONES:
        keep_rows(table, from_wall(table, stamps, zone_of(source.name, ZONES[zone]), empty))
    else:
        raise bad(source.name, line, f"times in {zone.upper()}", "UTC or CET/CEST", "export in UTC")
    return table


def _wanted(header: Sequence[str]) -> list[str]:
    """The columns that count: the day-ahead price, and the load that was measured rather than forecast."""
    plain = [h if re.search(r"price|load", h, re.I) and not re.search("intraday", h, re.I) else "" for h in header]
    actual = any("actual" in h.lower() for h in plain)
    return ["" if actual and "forecast" in h.lower() else h for h in plain]


def _of_area(source: Text, header: list[str], rows: list[Row]) -> list[Row]:
    """Rows of one area and of the day-ahead auction."""
    if "sequence" in header:
        at = header.index("sequence")
        numbers = {cell(r, at).lower() for _, r in rows}
        if len(numbers) > 1:
            rows = [(n, r) for n, r in rows if re.sub(r"\D", "", cell(r, at)) in ("", DAY_AHEAD)]
    if "area" not in header:
        if source.choice and source.choice.lower() not in ",".join(header):
            found = f"no area {source.choice!r}"
            raise bad(
                source.name, 1, found, f"one of the header ({','.join(header)[:80]})", f"leave #{source.choice} out"
            )
        return rows
    at = header.index("area")
    areas = list(dict.fromkeys(cell(r, at) for _, r in rows))
    if len(areas) < 2 and not source.choice:
        return rows
    kept = [
        (n, r) for n, r in rows if source.choice.lower() in (cell(r, at).lower(), cell(r, at).lower().split("|")[-1])
    ]
    if not kept:
        found = f"areas {', '.join(areas)[:80]}" + (f", not {source.choice}" if source.choice else "")
        raise bad(source.name, rows[0][0] if rows else 1, found, "one area", f"write {source.name}#{areas[0]}")
    return kept


def _mtu(text: str) -> datetime:
    """Start of `31.01.2024 13:00 - 31.01.2024 14:00`."""
    match = _MTU.match(text)
    if match is None:
        raise ValueError(text)
    day, month, year, hour, minute = (int(x) for x in match.groups())
    return datetime(year, month, day, hour, minute)


# ---- answers of the API


def _xml(source: Text) -> Table:
    if "<!DOCTYPE" in source.text or "<!ENTITY" in source.text:
        raise bad(
            source.name, 1, "XML with definitions of its own", "a market document of ENTSO-E", "download it again"
        )
    try:
        root = ElementTree.fromstring(re.sub(r"^\s*<\?xml.*?\?>", "", source.text, flags=re.S))
    except (ElementTree.ParseError, ValueError) as error:
        line = getattr(error, "position", (1, 0))[0]
        found = "XML that is cut off or damaged"
        raise bad(source.name, line, found, "a market document of ENTSO-E", "download it again") from None
    document = _tag(root)
    if document == "Acknowledgement_MarketDocument":
        reason = _text(root, "text") or "no reason given"
        then = "ask for another zone or period (at most a year)"
        raise bad(source.name, 1, f"an answer without data ({reason[:120]})", "prices or load", then)
    if document not in ("Publication_MarketDocument", "GL_MarketDocument"):
        raise bad(source.name, 1, f"a {document}", "prices (A44) or load (A65)", "ask for one of them")
    price = document.startswith("Publication")
    series = [s for s in root if _tag(s) == "TimeSeries"]
    chosen, notes = _auction(series)
    minutes, values, records, currency, unit = [], [], [], "", ""
    for record, one in enumerate(series, 1):
        if one not in chosen:
            continue
        currency = _text(one, "currency_Unit.name") or currency
        unit = (_text(one, "price_Measure_Unit.name") or _text(one, "quantity_Measure_Unit.name") or unit).upper()
        for start, value in _points(source, record, one, "price.amount" if price else "quantity", notes):
            minutes.append(start)
            values.append(value)
            records.append(record)
    if unit and unit not in _UNITS:
        raise bad(source.name, 1, f"amounts per {unit}", "MWH or MAW", "ask for prices or load of a bidding zone")
    quantity = "price_per_mwh" if price else "load_mw"
    header = f"price.amount [{currency}/MWh]" if price else "quantity [MW]"
    notes.append("line numbers are TimeSeries of the document")
    return Table(
        source.name,
        KIND,
        np.array(records, np.int64),
        np.array(minutes, np.int64),
        {quantity: np.array(values, np.float64) * _UNITS.get(unit, 1.0)},
        {quantity: Pick(0, header, _UNITS.get(unit, 1.0))},
        notes,
        utc_offset_h=0.0,
        currency=currency if price else "",
    )


def _auction(series: Sequence[ElementTree.Element]) -> tuple[list[ElementTree.Element], list[str]]:
    """The series of the day-ahead auction where a zone has several."""
    key = "classificationSequence_AttributeInstanceComponent.position"
    numbers = [_text(one, key) for one in series]
    if len(set(numbers)) < 2:
        return list(series), []
    kept = [one for one, n in zip(series, numbers, strict=True) if n in ("", DAY_AHEAD)]
    return kept, [f"{len(series) - len(kept)} series of other auctions left out (number 1 is the day-ahead one)"]


def _points(
    source: Text, record: int, one: ElementTree.Element, what: str, notes: list[str]
) -> Iterator[tuple[int, float]]:
    """Start and number of each step; what is left out repeats the point before where the curve type says so."""
    repeats = (_text(one, "curveType") or "A01") == "A03"
    for period in (p for p in one if _tag(p) == "Period"):
        begin, end = _minute(source, record, _text(period, "start")), _minute(source, record, _text(period, "end"))
        step = RESOLUTION.get(_text(period, "resolution"))
        if step is None:
            found = f"resolution {_text(period, 'resolution')!r}"
            raise bad(source.name, record, found, f"one of {', '.join(RESOLUTION)}", "ask for another period")
        known = {}
        for point in (p for p in period if _tag(p) == "Point"):
            position = number(source.name, record, "position", _text(point, "position"))
            if not 1 <= position <= (end - begin) // step:
                found = f"position {position:g} in a period of {(end - begin) // step} steps"
                raise bad(source.name, record, found, "a position within it", "download it again")
            known[int(position)] = number(source.name, record, what, _text(point, what))
        last, left_out = math.nan, 0
        for position in range(1, (end - begin) // step + 1):
            left_out += position not in known
            last = known.get(position, last if repeats else math.nan)
            for part in range(step // min(step, MINUTES_PER_HOUR)):
                yield begin + (position - 1) * step + part * MINUTES_PER_HOUR, last
        if left_out and repeats and not any("repeat" in n for n in notes):
            notes.append("points left out repeat the one before (curve type A03)")


def _minute(source: Text, record: int, text: str) -> int:
    try:
        return int(datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC).timestamp()) // 60
    except (ValueError, OverflowError):
        raise bad(
            source.name, record, f"time {text[:30]!r}", "such as 2024-01-01T00:00Z", "download it again"
        ) from None


def _tag(node: ElementTree.Element) -> str:
    """Name without namespace."""
    return str(node.tag).rsplit("}", 1)[-1]


def _text(node: ElementTree.Element, name: str) -> str:
    """Text of the first element of that name below."""
    return next(((n.text or "").strip() for n in node.iter() if _tag(n) == name), "")
