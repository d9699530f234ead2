"""Moratoria, wars, grid rules and the largest loss that a grid is run for."""

from __future__ import annotations

from pathlib import Path

from fact_cells import Row, fact, number, read

# (iso3, place, kind) -> (id, class, source, where, our words)
GATE_ROWS = {
    ("SGP", "national", "moratorium"): (
        "moratorium",
        "B",
        "mti-dc-reply",
        "reply to parliament, January 2021",
        "land and permits for new data centres were withheld from 2019 to January 2022",
    ),
    ("SGP", "national", "allocation"): (
        "allocation",
        "B",
        "bt-dc-cfa2",
        "second call, December 2025 to March 2026",
        "capacity only by call of EDB and IMDA: 80 MW in 2023, at least 200 MW in the second; PUE up to 1.25, half "
        "of the power from approved green routes",
    ),
    ("UKR", "national", "war"): (
        "war",
        "B",
        "kyivpost-capacity",
        "generation before and after",
        "some 40 of about 56 GW of pre-war plants destroyed or occupied; outages at winter peak",
    ),
    ("UKR", "national", "insurance"): (
        "insurance",
        "C",
        "general-knowledge",
        "war-risk schemes of MIGA, DFC and EBRD",
        "private loans wait for war-risk cover, protection and split sites; recalled, verify before quoting",
    ),
    ("UKR", "occupied regions", "sanctions"): (
        "occupied",
        "B",
        "cfr-746-6",
        "15 CFR 746.6; EU measures since 2014 and 2022",
        "Crimea and the occupied parts of Donetsk and Luhansk regions: embargo; recalled, verify before quoting",
    ),
    ("KEN", "national", "system_size"): (
        "system_size",
        "B",
        "techspot-kenya",
        "May 2026",
        "a 1 GW campus beside a record peak of 2,444 MW was judged to need half the country switched off, and "
        "the state would not guarantee the yearly payments",
    ),
    ("USA", "Texas (ERCOT)", "grid_rule"): (
        "grid_rule.texas",
        "B",
        "tx-sb6",
        "Senate Bill 6 of 2025",
        "loads from 75 MW pay for their studies, prove site control and can be cut in an emergency",
    ),
    ("USA", "local", "opposition"): (
        "opposition",
        "B",
        "heatmap-cancelled",
        "count of 2025",
        "25 projects (4.7 GW) ended after local opposition in 2025; some 40 % of contested ones end so",
    ),
    ("FRA", "national", "fast_track"): (
        "fast_track",
        "B",
        "rte-fast-track",
        "first contract, January 2026",
        "RTE connects ready sites on a fast track; whether the planning law was adopted is not checked",
    ),
    ("EU", "all members", "efficiency"): (
        "efficiency",
        "B",
        "eu-2024-1364",
        "Delegated Regulation (EU) 2024/1364",
        "from 0.5 MW IT: yearly report of energy and water; heat reuse to be studied above 1 MW",
    ),
    ("EU", "all members", "public_money"): (
        "public_money",
        "B",
        "eurohpc-faq",
        "gigafactory questions and answers",
        "the Union's share of a gigafactory is capped (about 17 %, recalled) and the host state commits first",
    ),
    ("EU", "all members", "ai_safety"): (
        "ai_safety",
        "B",
        "eu-2024-1689",
        "Regulation (EU) 2024/1689, article 51",
        "general-purpose models above 1e25 FLOP are presumed to carry systemic risk; recalled, verify before quoting",
    ),
}
AREAS = {
    "Continental Europe": "continental-europe",
    "Great Britain": "great-britain",
    "All-island Ireland": "ireland",
    "Nordic": "nordic",
    "Texas (ERCOT)": "ercot",
    "US Western Interconnection": "us-west",
    "US Eastern Interconnection": "us-east",
    "Quebec": "quebec",
    "India": "india",
    "Korea": "korea",
    "Japan": "japan",
    "Australia NEM": "australia-nem",
    "New Zealand": "new-zealand",
    "South Africa": "south-africa",
    "Kenya": "kenya",
}
AREA_DOCUMENT = {
    "continental-europe": ("eu-2017-1485", "article 153(2)(b)(ii)"),
    "great-britain": ("neso-sqss", "infeed loss"),
    "nordic": ("entsoe-nordic", "reference incident"),
    "ercot": ("ercot-rcc", "resource contingency criterion"),
    "us-west": ("nerc-bal-003", "attachment A"),
    "us-east": ("nerc-bal-003", "attachment A"),
    "quebec": ("nerc-bal-003", "attachment A"),
}


def gate_facts(reference: Path) -> list[Row]:
    rows = []
    for r in read(reference / "gates.csv"):
        found = GATE_ROWS.get((r["iso3"], r["place"], r["kind"]))
        if found is None:
            continue
        name, fact_class, source, where, words = found
        year = r["date"][:4] or "2026"
        rows.append(
            fact(f"gate.{r['iso3']}.{name}", r["effect"], "", "", "text", year, fact_class, source, where, words)
        )
        if r["threshold_mw"]:
            unit_note = "size from which the rule holds" if r["kind"] != "allocation" else "offered in the last call"
            rows.append(
                fact(
                    f"gate.{r['iso3']}.{name}.threshold",
                    number(r["threshold_mw"]),
                    "",
                    "",
                    "MW",
                    year,
                    fact_class,
                    source,
                    where,
                    unit_note,
                )
            )
    return rows + contingency_facts(reference)


def contingency_facts(reference: Path) -> list[Row]:
    rows = []
    for r in read(reference / "grid_contingency.csv"):
        area = next((a for name, a in AREAS.items() if r["area"].startswith(name) and "(event)" not in r["area"]), None)
        if area is None:
            continue
        source, where = AREA_DOCUMENT.get(area, ("general-knowledge", f"size of the largest loss: {area}"))
        note = "recalled, verify before quoting; default range: ten per cent each way"
        mw = float(r["largest_contingency_mw"])
        rows.append(
            fact(
                f"grid.{area}.largest_contingency",
                number(mw),
                number(0.9 * mw),
                number(1.1 * mw),
                "MW",
                2026,
                "B" if source != "general-knowledge" else "C",
                source,
                where,
                note,
            )
        )
        if area in ("us-west", "us-east", "quebec"):
            continue  # one country, several areas: the site decides
        for iso3 in r["countries_iso3"].split():
            if any(x["id"] == f"grid.{iso3}.area" for x in rows):
                continue  # Denmark: its west, named first, is in the larger area
            note = "Texas is its own area; elsewhere in the country the site decides" if iso3 == "USA" else ""
            rows.append(
                fact(
                    f"grid.{iso3}.area",
                    area,
                    "",
                    "",
                    "text",
                    2026,
                    "B",
                    "entsoe-areas" if area == "continental-europe" else "general-knowledge",
                    "synchronous areas",
                    note,
                )
            )
    return rows
