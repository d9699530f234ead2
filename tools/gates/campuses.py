"""Build speed by kind of campus, computed from the campuses of the reference."""

from __future__ import annotations

import math
import statistics
from pathlib import Path

from fact_cells import Row, fact, number, read

FAST_GREENFIELD = (
    "fluidstack-lake-mariner",
    "goodnight",
    "openai-stargate-abilene",
    "openai-stargate-uae",
    "openai-stargate-shackelford",
)
LARGE_MW, MEDIUM_MW = 400.0, 150.0


def campus_facts(reference: Path) -> list[Row]:
    """Build speed by kind, computed from the campuses: months to the first hall, its size, MW added a month after."""
    sites = {
        r["id"]: r
        for r in read(reference / "campuses.csv")
        if "rontier data" in r["source_title"] and r["months_start_to_first"] and r["it_mw_full"]
    }
    source, where = "epoch-frontier-sites", "dates and IT power by site, snapshot of May 2026"
    fast = [float(sites[i]["months_start_to_first"]) for i in FAST_GREENFIELD]
    note = "five fast campuses, land clearing to first hall"
    note = f"{note}; three of the five dates are forecasts"
    rows = [spread("lead.build_to_first.fast_greenfield", fast, "month", "B", source, where, note)]
    rates = [added_per_month(sites[i]) for i in FAST_GREENFIELD]
    halls = [float(sites[i]["first_it_mw"]) for i in FAST_GREENFIELD]
    rows.append(
        spread("lead.ramp_after_first.fast_greenfield", rates, "MW/month", "B", source, where, f"IT power; {note}")
    )
    rows.append(spread("lead.first_hall.fast_greenfield", halls, "MW", "B", source, where, f"IT power; {note}"))
    ordinary = [
        float(r["months_start_to_first"])
        for i, r in sites.items()
        if r["country"] == "US"
        and i.startswith(("google", "microsoft", "amazon", "meta"))
        and r["first_operational"] <= "2026-06"
    ]
    rows.append(
        spread(
            "lead.build_to_first.greenfield",
            ordinary,
            "month",
            "A",
            source,
            where,
            f"{len(ordinary)} operational hyperscale sites in the US",
        )
    )
    for kind, low, high in (("large", LARGE_MW, math.inf), ("medium", MEDIUM_MW, LARGE_MW)):
        rates, firsts = [], []
        for r in sites.values():
            months = float(r["months_start_to_full"] or 0) - float(r["months_start_to_first"])
            if low <= float(r["it_mw_full"]) < high and months >= 3:
                rates.append(added_per_month(r))
                firsts.append(float(r["first_it_mw"]))
        note = f"{len(rates)} sites of {low:.0f}{f' to {high:.0f}' if high < math.inf else ' and more'} MW IT"
        note = f"{note}; part of the dates are forecasts"
        rows.append(spread(f"lead.ramp_after_first.{kind}", rates, "MW/month", "B", source, where, f"IT power; {note}"))
        rows.append(spread(f"lead.first_hall.{kind}", firsts, "MW", "B", source, where, f"IT power; {note}"))
    return rows


def added_per_month(site: Row) -> float:
    """IT MW added per month between the first hall and the full campus."""
    months = float(site["months_start_to_full"]) - float(site["months_start_to_first"])
    return (float(site["it_mw_full"]) - float(site["first_it_mw"])) / months


def spread(id: str, values: list[float], unit: str, fact_class: str, source: str, where: str, note: str) -> Row:
    """Median with P10 and P90 of a sample."""
    cuts = statistics.quantiles(values, n=10, method="inclusive")
    return fact(
        id,
        number(f"{statistics.median(values):.3g}"),
        number(f"{cuts[0]:.3g}"),
        number(f"{cuts[-1]:.3g}"),
        unit,
        2026,
        fact_class,
        source,
        where,
        f"median, P10, P90: {note}",
    )
