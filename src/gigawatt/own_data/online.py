"""Downloads of weather, prices and loads: the documented addresses, saved as they come, then read as any file.

Nothing of a plan needs them: what is saved once serves offline. Tokens come from the environment and go into the
request only.

References
----------
.. [1] European Commission, Joint Research Centre, "PVGIS API non-interactive service" (v5_3, tools tmy, seriescalc).
.. [2] NASA Langley Research Center, "POWER Docs: Hourly API".
.. [3] Open-Meteo, "Historical Weather API" (CC BY 4.0; commercial use needs a plan of theirs).
.. [4] ENTSO-E, "Transparency Platform RESTful API user guide".
.. [5] EIA, "Open Data API v2 technical documentation".
"""

from __future__ import annotations

import json
import os
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from http.client import HTTPException
from typing import Any

from gigawatt import __version__
from gigawatt.errors import ScenarioError

from .areas import AREAS

TIMEOUT_S, TRIES, WAIT_S = 120.0, 4, 2.0
BUSY = (429, 500, 502, 503, 504, 529)
MAX_BYTES = 200_000_000
PAGE = 5000  # rows of an answer of EIA at most
HOSTS = {
    "pvgis": "https://re.jrc.ec.europa.eu",
    "nasa-power": "https://power.larc.nasa.gov",
    "open-meteo": "https://archive-api.open-meteo.com",
    "entsoe": "https://web-api.tp.entsoe.eu",
    "eia": "https://api.eia.gov",
}
BY_HAND = {
    "pvgis": "re.jrc.ec.europa.eu/pvg_tools (tab TMY, JSON or CSV)",
    "nasa-power": "power.larc.nasa.gov/data-access-viewer (hourly, JSON or CSV)",
    "open-meteo": "open-meteo.com/en/docs/historical-weather-api (CSV)",
    "entsoe": "transparency.entsoe.eu (export of day-ahead prices or total load as CSV)",
    "eia": "www.eia.gov/electricity/gridmonitor (download data)",
}
TOKENS = {"entsoe": "ENTSOE_TOKEN", "eia": "EIA_API_KEY"}
SUFFIX = {"pvgis": ".json", "nasa-power": ".json", "open-meteo": ".json", "entsoe": ".xml", "eia": ".json"}
_NASA = "T2M,RH2M,PS,ALLSKY_SFC_SW_DWN,ALLSKY_SFC_SW_DNI,ALLSKY_SFC_SW_DIFF,WS10M,WS50M"
_METEO = (
    "temperature_2m,relative_humidity_2m,surface_pressure,shortwave_radiation,direct_normal_irradiance,"
    "diffuse_radiation,wind_speed_10m,wind_speed_100m"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of a source.

    Attributes
    ----------
    source : str
        One of `HOSTS`. [-]
    at : (float, float) or None
        Latitude and longitude, for weather. [deg]
    zone : str
        Bidding zone or EIC code (ENTSO-E), balancing authority (EIA). [-]
    what : str
        `price` or `load` (ENTSO-E). [-]
    year : int or None
        Calendar year; None: the typical year (PVGIS). [-]
    """

    source: str
    at: tuple[float, float] | None = None
    zone: str = ""
    what: str = "price"
    year: int | None = None


def address(asked: Asked, *, server: str | None = None, token: str = "", offset: int = 0) -> str:
    """The address of a request.

    Parameters
    ----------
    asked : Asked
        What is wanted. [-]
    server : str, optional
        Instead of the source's own. [-]
    token : str
        Security token or key; '' leaves it out. [-]
    offset : int
        First row of the page (EIA). [-]

    Returns
    -------
    str

    Raises
    ------
    ScenarioError
        Where something is missing or out of range.
    """
    path, query = _BUILDERS[asked.source](asked)
    if asked.source == "eia":
        query |= {"offset": str(offset)}
    if token:
        query["api_key" if asked.source == "eia" else "securityToken"] = token
    return f"{(server or HOSTS[asked.source]).rstrip('/')}{path}?{urllib.parse.urlencode(query, safe=',[]')}"


def _coordinates(asked: Asked) -> tuple[float, float]:
    if asked.at is None:
        raise ScenarioError(f"{asked.source}: no place; expected coordinates; write --at 48.85,2.35")
    latitude, longitude = asked.at
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise ScenarioError(
            f"--at: {latitude:g},{longitude:g}; expected latitude within 90, longitude within 180; swap them?"
        )
    return latitude, longitude


def _year(asked: Asked, first: int) -> int:
    latest = date.today().year - 1
    if asked.year is None or not first <= asked.year <= latest:
        found = "no year" if asked.year is None else f"year {asked.year}"
        raise ScenarioError(f"{asked.source}: {found}; expected {first} to {latest}; write --year {latest}")
    return asked.year


def _pvgis(asked: Asked) -> tuple[str, dict[str, str]]:
    latitude, longitude = _coordinates(asked)
    place = {"lat": f"{latitude:g}", "lon": f"{longitude:g}", "outputformat": "json", "browser": "0"}
    if asked.year is None:
        return "/api/v5_3/tmy", place
    if asked.year < 2005:
        raise ScenarioError(f"pvgis: year {asked.year}; expected 2005 or later; leave --year out for the typical year")
    years = {"startyear": str(asked.year), "endyear": str(asked.year)}
    return "/api/v5_3/seriescalc", place | years | {
        "angle": "0",
        "aspect": "0",
        "components": "1",
        "pvcalculation": "0",
    }


def _nasa(asked: Asked) -> tuple[str, dict[str, str]]:
    latitude, longitude = _coordinates(asked)
    year = _year(asked, 2001)
    return "/api/temporal/hourly/point", {
        "parameters": _NASA,
        "community": "RE",
        "latitude": f"{latitude:g}",
        "longitude": f"{longitude:g}",
        "start": f"{year}0101",
        "end": f"{year}1231",
        "format": "JSON",
        "time-standard": "UTC",
    }


def _meteo(asked: Asked) -> tuple[str, dict[str, str]]:
    latitude, longitude = _coordinates(asked)
    year = _year(asked, 1940)
    return "/v1/archive", {
        "latitude": f"{latitude:g}",
        "longitude": f"{longitude:g}",
        "start_date": f"{year}-01-01",
        "end_date": f"{year}-12-31",
        "hourly": _METEO,
        "wind_speed_unit": "ms",
        "timezone": "GMT",
    }


def _entsoe(asked: Asked) -> tuple[str, dict[str, str]]:
    code = AREAS.get(asked.zone.upper(), asked.zone)
    if len(code) != 16:
        known = ", ".join(sorted(AREAS))
        raise ScenarioError(f"--zone: {asked.zone!r}; expected a 16-character EIC code or one of {known}")
    if asked.what not in ("price", "load"):
        raise ScenarioError(f"--what: {asked.what!r}; expected price or load; write one")
    year = _year(asked, 2015)
    # a calendar year in central European time, which is what a market day is
    period = {"periodStart": f"{year - 1}12312300", "periodEnd": f"{year}12312300"}
    if asked.what == "price":
        return "/api", {"documentType": "A44", "in_Domain": code, "out_Domain": code} | period
    return "/api", {"documentType": "A65", "processType": "A16", "outBiddingZone_Domain": code} | period


def _eia(asked: Asked) -> tuple[str, dict[str, str]]:
    if not asked.zone.isalnum():
        raise ScenarioError(f"--zone: {asked.zone!r}; expected a balancing authority; write for example --zone ERCO")
    year = _year(asked, 2016)
    return "/v2/electricity/rto/region-data/data/", {
        "frequency": "hourly",
        "data[0]": "value",
        "facets[respondent][]": asked.zone.upper(),
        "facets[type][]": "D",
        "start": f"{year}-01-01T01",
        "end": f"{year + 1}-01-01T00",
        "sort[0][column]": "period",
        "sort[0][direction]": "asc",
        "length": str(PAGE),
    }


_BUILDERS: Mapping[str, Callable[[Asked], tuple[str, dict[str, str]]]] = {
    "pvgis": _pvgis,
    "nasa-power": _nasa,
    "open-meteo": _meteo,
    "entsoe": _entsoe,
    "eia": _eia,
}


def fetch(
    asked: Asked, *, server: str | None = None, timeout_s: float = TIMEOUT_S, wait_s: float = WAIT_S
) -> tuple[bytes, str]:
    """Download what is asked.

    Parameters
    ----------
    asked : Asked
        What is wanted. [-]
    server : str, optional
        Instead of the source's own. [-]
    timeout_s : float
        Longest wait for an answer. [s]
    wait_s : float
        Wait before a second try, doubled for each further. [s]

    Returns
    -------
    (bytes, str)
        The answer as it came (EIA: its pages in one), and the address without token.

    Raises
    ------
    ScenarioError
        Where the source cannot be reached or refuses, with the way to get the file by hand.
    """
    token = _token(asked.source)
    plain = address(asked, server=server)

    def get(offset: int = 0) -> bytes:
        url = address(asked, server=server, token=token, offset=offset)
        return _get(url, asked.source, token, timeout_s, wait_s)

    return (_pages(get) if asked.source == "eia" else get()), plain


def _token(source: str) -> str:
    name = TOKENS.get(source)
    token = os.environ.get(name or "", "").strip()
    if name and not token:
        raise ScenarioError(
            f"{source}: no token; expected one in the environment variable {name}; register (free) and set it, "
            f"or download by hand from {BY_HAND[source]}"
        )
    return token


def _get(url: str, source: str, token: str, timeout_s: float, wait_s: float) -> bytes:
    """An answer, tried again where the source is busy."""
    headers = {"User-Agent": f"gigawatt/{__version__}", "Accept": "*/*"}
    host = urllib.parse.urlsplit(url).netloc
    for attempt in range(1, TRIES + 1):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=timeout_s) as answer:
                data: bytes = answer.read(MAX_BYTES + 1)
        except urllib.error.HTTPError as error:
            words = _reason(error)
            error.close()
            if error.code not in BUSY or attempt == TRIES:
                raise _failed(source, host, f"answers {error.code} ({words})", token) from None
        except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError, OSError) as error:
            if attempt == TRIES or isinstance(getattr(error, "reason", error), socket.gaierror):
                raise _failed(source, host, f"cannot be reached ({getattr(error, 'reason', error)})", token) from None
        else:
            if len(data) > MAX_BYTES:
                raise _failed(source, host, "sends over 200 MB", token)
            if not data.strip():
                raise _failed(source, host, "sends an empty answer", token)
            return data
        time.sleep(wait_s * 2 ** (attempt - 1))
    raise AssertionError("unreachable")


def _reason(error: urllib.error.HTTPError) -> str:
    """What the source says about a refusal, in one line."""
    text = error.read(2000).decode("utf-8", errors="replace")
    if "<text>" in text:
        text = text.split("<text>", 1)[1].split("</text>", 1)[0]
    return " ".join(text.split())[:160] or str(error.reason)


def _failed(source: str, host: str, what: str, token: str) -> ScenarioError:
    what = what.replace(token, "...") if token else what
    return ScenarioError(
        f"{source}: {host} {what}; expected an answer; try again later, or download by hand from {BY_HAND[source]}"
    )


def _pages(get: Callable[[int], bytes]) -> bytes:
    """The pages of EIA as one answer of the same form."""
    first = _parsed(get(0))
    rows = list(first["response"]["data"])
    total = int(first["response"].get("total") or len(rows))
    while len(rows) < total:
        more = _parsed(get(len(rows)))["response"]["data"]
        if not more:
            raise ScenarioError(f"eia: {len(rows):,} of {total:,} rows came; expected all; try again later")
        rows += more
    first["response"]["data"] = rows
    first.pop("request", None)  # repeats the key
    return json.dumps(first).encode()


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data)
        if isinstance(content["response"]["data"], list):
            return dict(content)
    except (ValueError, KeyError, TypeError):
        pass
    words = " ".join(data[:160].decode("utf-8", errors="replace").split())
    raise ScenarioError(f"eia: an answer without rows ({words}); expected hourly demand; check zone and year")
