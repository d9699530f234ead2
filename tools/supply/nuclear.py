"""Nuclear fleets and what their power sells for."""

from __future__ import annotations

from fact_cells import Row, fact


def nuclear_facts(balance: dict[str, Row], units: dict[str, Row]) -> list[Row]:
    rows, capacity = [], {"FRA": 63.0, "USA": 97.0}
    for iso, gw in capacity.items():
        twh = float(balance[iso]["nuclear_twh"])
        share = twh * 1000.0 / (gw * 8760.0)
        where = f"nuclear generation, {balance[iso]['year']}"
        rows.append(
            fact(
                f"nuclear.fleet.{iso}.generation",
                twh,
                0.95 * twh,
                1.05 * twh,
                "TWh/year",
                balance[iso]["year"],
                "A",
                "power-ember-owid",
                where,
                "range: ours, year to year",
            )
        )
        rows.append(
            fact(
                f"nuclear.fleet.{iso}.capacity",
                gw,
                0.97 * gw,
                1.01 * gw,
                "GW",
                2025,
                "B",
                "power-iaea-pris",
                "net capacity in operation",
                "recalled, verify before quoting; low: without the newest unit",
            )
        )
        rows.append(
            fact(
                f"nuclear.fleet.{iso}.availability",
                share,
                0.93 * share,
                min(1.06 * share, 0.95),
                "1",
                balance[iso]["year"],
                "B",
                "power-ember-owid",
                where,
                f"over {gw:g} GW: fleet output, load following and spilled hours included; range: ours, year to year",
            )
        )
    edf, restart = units["edf-nuclear-70"], units["ppa-tmi"]
    rows.append(
        fact(
            "ppa.nuclear.FRA.price",
            edf["central"],
            60,
            80,
            "EUR_2025/MWh",
            2026,
            "B",
            "power-edf-70",
            "agreement of November 2023; start price of a 40 MW, 12-year contract",
            "existing fleet, energy only, no network; published as a target, revenue is shared above 78-80; low: ours",
        )
    )
    rows.append(
        fact(
            "ppa.nuclear.USA.price",
            restart["central"],
            restart["low"],
            restart["high"],
            "USD_2024/MWh",
            2024,
            "B",
            "power-tmi-enverus",
            "analysts' estimates",
            "restart of a closed unit, 20 years, energy only",
        )
    )
    return rows
