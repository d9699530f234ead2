"""Bridging power and the flexible connection in words and cells, the same for terminal, Markdown and page."""

from __future__ import annotations

from typing import Any

from gigawatt.answer import Plan
from gigawatt.figures import show
from gigawatt.units import in_percent

OPTION = {
    "none": "no bridge",
    "gas_engines": "gas engines",
    "aeroderivatives": "aeroderivative turbines",
    "fuel_cells": "fuel cells",
    "rented_turbines": "rented mobile turbines",
    "mix_on_site": "best mix on site",
    "battery_and_flexible_connection": "curtailable connection, battery",
    "best_mix": "best mix of all",
}
HEADER = (
    "bridge",
    "order to power",
    "first power",
    "carries peak from",
    "size, battery included",
    "cost",
    "per MWh",
    "CO2",
    "then backup",
    "then sold for",
    "pays from, USD/MW/month",
    "pays in",
)
SHORT = (0, 2, 3, 4, 5, 6, 10, 11)  # columns for a terminal
SMALL = 1e5  # USD: less is shown as nothing
CURVE = ("energy curtailed", "hours a year", "whole system", "one campus")
NOTE = (
    "Every bridge is sized to serve the halls; the best mix of all is what pays at this plan's own price of waiting. "
    "Cost: present value at the first hall of building, running and fuel less resale, and per MWh delivered. Carries "
    "peak from: from then on power that stands carries the peak of the halls, and serves 99 % of what they want."
    " Pays from: price of waiting, USD per MW and month; pays in: share of the draws in which this plan's own price of "
    "waiting is higher. In brackets P10 to P90: what is built and run is held; prices, rates and the wait are drawn."
)
CURVE_NOTE = (
    "Synthetic: from peak and mean load of the power system and a curve fitted to the published study of the United "
    "States (Duke University 2025), class C. The network at the site may allow less; ask for hours and cause."
)


def words(plan: Plan) -> str:
    """The finding; empty where the plan has none."""
    return str((plan.tables.get("bridging") or {}).get("words", ""))


def rows(plan: Plan) -> list[tuple[str, ...]]:
    """One row of text per option."""
    usd = f"USD_{plan.question['price_year']}"

    def money(r: dict[str, Any], key: str) -> str:
        if abs(r[key]) < SMALL:
            return "-"
        low, high = r["ranges"][key]["low"], r["ranges"][key]["high"]
        value, least, most = (show(x, low, high, usd, with_unit=False) for x in (r[key], low, high))
        return f"{value} ({least} to {most})"

    found = []
    for r in (plan.tables.get("bridging") or {}).get("options", []):
        name = OPTION[r["option"]]
        if not r["possible"]:
            found.append((name, "", r["words"], *[""] * (len(HEADER) - 3)))
            continue
        found.append(
            (
                name,
                "-" if r["lead_months"] is None else f"{r['lead_months']:,.0f} months",
                (r["first_power"] or "never")[:7],
                (r["keeps_up"] or "never")[:7],
                f"{r['mw']:,.0f} MW" if r["mw"] >= 0.5 else "-",
                money(r, "usd"),
                "-" if r["usd_per_mwh"] is None or r["mw"] < 0.5 else f"{r['usd_per_mwh']:,.0f}",
                "-" if r["emissions_t"] < 1.0 else show(r["emissions_t"], None, None, "t"),
                f"{r['kept_as_backup_mw']:,.0f} MW" if r["kept_as_backup_mw"] >= 0.5 else "-",
                money(r, "resale_usd"),
                "" if r["pays_from_usd_per_mw_month"] is None else f"{max(r['pays_from_usd_per_mw_month'], 0.0):,.0f}",
                "" if r["pays_from_usd_per_mw_month"] is None else in_percent(r["pays_in"]),
            )
        )
    return found


def curve_words(plan: Plan) -> str:
    """The finding about the flexible connection."""
    return str((plan.tables.get("flexible_connection") or {}).get("words", ""))


def curve_rows(plan: Plan) -> list[tuple[str, ...]]:
    """The curve: MW now against hours and energy curtailed."""
    return [
        (
            in_percent(r["curtailed_share"], 2),
            f"{r['hours']:,.0f}",
            show(r["system_mw"], None, None, "MW"),
            show(r["campus_mw"], None, None, "MW"),
        )
        for r in (plan.tables.get("flexible_connection") or {}).get("curve", [])
    ]


def carried(plan: Plan) -> str:
    """What would carry the campus through the hours in which the connection is curtailed."""
    c = (plan.tables.get("flexible_connection") or {}).get("campus")
    if not c or c["curtailed_mwh"] < 1.0:
        return ""
    battery = (
        f", or a battery of {show(c['battery_mwh'], None, None, 'MWh')}" if c["battery_mwh"] < float("inf") else ""
    )
    return (
        f"The whole campus ({c['mw']:,.0f} MW) would be curtailed in {c['hours']:,.0f} hours a year, "
        f"{show(c['curtailed_mwh'], None, None, 'MWh')} in all. Sets or work that can wait, "
        f"{c['largest_mw']:,.0f} MW, remove that{battery}."
    )
