"""The order of rows: as the ladder orders its rungs, or by any figure."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from gigawatt.chapters.ladder import order
from gigawatt.errors import ScenarioError
from gigawatt.figures import FIGURES
from gigawatt.gates import STATES

COST = "cost_usd_per_accelerator_hour"  # what sites are ranked by: an accelerator-hour with its share of the fibre
SITE_FACTS = (COST, "load_centre_km", "city_km", "round_trip_ms", "connection_class", "solar_mw_per_mw")
HEADLINE, FIRST = "headline", "facility_peak_mw"
LARGE_FIRST = frozenset(
    "it_load_mw facility_load_mw facility_peak_mw grid_connection_mw accelerators unspent_usd utilisation "
    "market_price_usd_per_accelerator_hour rent_abroad_usd_per_accelerator_hour peak_flop_per_s mfu goodput "
    "training_flop_per_day largest_run_100_days_flop tokens_per_s users_served users_served_per_inhabitant cfe_share "
    "largest_contingency_mw net_exports_twh jobs_construction_peak jobs_permanent".split()
)  # every other figure is a cost, a burden or a date: small first


def checked(sort: str, kind: str = "countries") -> str:
    """The name of an order.

    Raises
    ------
    ScenarioError
        For one that is no figure; the message offers the nearest names.
    """
    known = [HEADLINE, *FIGURES, *(SITE_FACTS if kind == "sites" else ())]
    name = sort.strip().replace("-", "_")
    if name in known:
        return name
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.3) or known[:3]
    raise ScenarioError(f"--sort: {sort!r} is no figure; nearest: {', '.join(close)}; all: docs/nomenclature.md")


def ranked(rows: Sequence[dict[str, Any]], sort: str = HEADLINE, *, reverse: bool = False) -> list[dict[str, Any]]:
    """Rows in order, each with its ``rank`` from 1; those without the figure, and those that failed, stay last.

    Parameters
    ----------
    rows : sequence of dict
        Rows in any order. [-]
    sort : str
        ``headline``: as the ladder's headline is chosen, or a figure. [-]
    reverse : bool
        Worst first. [-]

    Returns
    -------
    list of dict
    """
    rows = sorted(rows, key=lambda row: str(row["key"]))  # equal ones stay in one order on every engine
    if sort == HEADLINE:
        found, rest = sorted(rows, key=_headline), []
    else:
        found = [row for row in rows if _value(row, sort) is not None]
        found.sort(key=lambda row: _value(row, sort), reverse=sort in LARGE_FIRST)
        rest = sorted((row for row in rows if _value(row, sort) is None), key=_tier)
    if reverse:
        found.reverse()
    return [{"rank": k, **row} for k, row in enumerate([*found, *rest], start=1)]


def _value(row: dict[str, Any], figure: str) -> Any:
    """The central value of a figure, or what is known of a site; None where the row has none."""
    if figure in row["figures"]:
        return row["figures"][figure].get("value")
    return row.get("site_facts", {}).get(figure)


def _tier(row: dict[str, Any]) -> int:
    """Good before bad before failed."""
    return STATES.index(row["verdict"]) if row["verdict"] else len(STATES)


def _headline(row: dict[str, Any]) -> tuple[Any, ...]:
    """Sort key of a country as of a rung; of a site, its cost behind its verdict."""
    if "kind" in row:
        cost = _value(row, COST)
        return (_tier(row), 1) if cost is None else (_tier(row), 0, cost)
    mw = _value(row, FIRST)
    if row["verdict"] is None or mw is None:  # nothing but its tier is known: last in it
        return (_tier(row), 1)
    return (_tier(row), 0, *order(row["verdict"], mw, _value(row, "full_power_date"), _value(row, "capex_usd")))
