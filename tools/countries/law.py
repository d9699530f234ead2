"""What law, queues and war say about a place: chip licences of territories, rules, waits, fast tracks, war.

The rules are rows of the gates table, named here by place and kind, in our words. A rule of one city binds there only.
"""

from __future__ import annotations

from fact_rows import ASSUMPTION, RECALLED, Reference, Row, fact

from countries.looked_up import GRID_WAIT
from countries.regions import NEIGHBOUR, STATE_OF

# (country, place, kind) of the table: (key of the place, source, where, our words); the effect is the table's
RULES = {
    ("CHL", "Santiago", "water"): (
        "santiago",
        "gates_press",
        "environmental court, 27 February 2024",
        "a water case stopped a permit: the effect of climate change on the aquifer has to be assessed",
    ),
    ("DEU", "Frankfurt", "zoning"): (
        "frankfurt",
        "gates_law_firms",
        "city plan of 9 June 2022",
        "data centres only in designated areas; power commitments are hard to get",
    ),
    ("DEU", "national", "efficiency"): (
        "national",
        "gates_law_firms",
        "Energy Efficiency Act, 2023",
        "sites that start from July 2026 need a PUE of 1.2 and reuse a tenth of their energy, later a fifth",
    ),
    ("DNK", "national", "moratorium"): (
        "national",
        "gates_press",
        "Energinet, 2 March 2026",
        "new connection agreements are paused since March 2026; then maturity decides, not the place in the queue",
    ),
    ("ESP", "national", "grid_rule"): (
        "national",
        "gates_press",
        "royal decree-law of March 2026",
        "a fee for reserved capacity now, additional renewables by the hour later; most distribution nodes are full",
    ),
    ("GBR", "national", "grid_rule"): (
        "national",
        "gates_law_firms",
        "consultation of 11 March 2026",
        "125 GW of demand stand in the queue and are being sorted: deposits, strategic projects first",
    ),
    ("IRL", "national", "grid_rule"): (
        "national",
        "gates_law_firms",
        "policy of 12 December 2025",
        "generation or storage of the size of the connection on site or near, and four fifths new Irish renewables",
    ),
    ("IRL", "Dublin", "moratorium"): (
        "dublin",
        "gates_law_firms",
        "direction of 23 November 2021",
        "no new grid connection in the Dublin area is expected before 2028",
    ),
    ("KOR", "national", "grid_rule"): (
        "national",
        "general-knowledge",
        "law on distributed energy, 2024",
        "the effect on the grid is assessed, strictly around Seoul; recalled, verify before quoting",
    ),
    ("MYS", "national", "allocation"): (
        "national",
        "gates_press",
        "statement to parliament, 24 February 2026",
        "new sites are stopped unless for AI, for about two years; AI projects are approved more easily",
    ),
    ("NLD", "national", "zoning"): (
        "national",
        "gates_press",
        "national rule from January 2024",
        "sites above 70 MW only in parts of Het Hogeland and Hollands Kroon; large connections wait for years",
    ),
    ("TWN", "north of Taoyuan", "moratorium"): (
        "taipei",
        "gates_press",
        "Taipower, August 2024",
        "nothing above 5 MW is approved north of Taoyuan since September 2023; elsewhere by an energy plan",
    ),
    ("AFG", "national", "sanctions"): (
        "national",
        "general-knowledge",
        "designated rulers",
        "sanctions; most power is imported",
    ),
    ("HTI", "national", "political"): ("national", "general-knowledge", "state of 2025", "public order has collapsed"),
    ("LBN", "national", "grid"): (
        "national",
        "general-knowledge",
        "state of 2025",
        "state power flows a few hours a day",
    ),
    ("LBY", "national", "political"): (
        "national",
        "general-knowledge",
        "state of 2025",
        "two administrations, load shedding",
    ),
    ("NGA", "national", "grid"): (
        "national",
        "general-knowledge",
        "state of 2025",
        "the grid collapses several times a year",
    ),
    ("PAK", "national", "grid"): (
        "national",
        "general-knowledge",
        "offer of May 2025",
        "capacity is in surplus (2 GW were offered for mining and AI) but lines and unpaid bills limit it",
    ),
    ("ZAF", "national", "grid"): (
        "national",
        "general-knowledge",
        "state of 2025",
        "lines of the Cape provinces are full; load was shed until 2024",
    ),
}
TRACKS = {
    ("ARE", "national", "fast_track"): (
        "gates_press",
        "agreement of 15 May 2025",
        "the state leads on land, power and building",
    ),
    ("ARG", "national", "fast_track"): (
        "general-knowledge",
        "RIGI regime, 2024",
        "tax, customs and currency stable for 30 years",
    ),
    ("BRA", "national", "fast_track"): (
        "gates_press",
        "REDATA, from January 2026",
        "taxes on equipment suspended against clean power and little water; whether in force is to be checked",
    ),
    ("GBR", "AI Growth Zones", "fast_track"): (
        "gates_press",
        "zones, November 2025",
        "priority of connection and planning in named zones, from 500 MW",
    ),
    ("KAZ", "Pavlodar", "fast_track"): ("gates_press", "February 2026", "land and 100 MW made ready in a state zone"),
    ("SAU", "national", "fast_track"): ("gates_press", "March 2026", "211 plots allotted to the state's company"),
}
WAR = {
    "MMR": "civil war, load shedding",
    "PSE": "networks destroyed",
    "RUS": "wages war on Ukraine; strikes on its own plants",
    "SDN": "civil war, part of the grid destroyed",
    "SOM": "fighting, no national grid",
    "SSD": "fighting, almost no grid",
    "YEM": "no national control of the grid, fighting",
}
NUCLEAR_LAW = {  # country: our words; the law forbids new plants
    "AUS": "a federal law forbids nuclear power plants (1998)",
    "AUT": "a law has forbidden nuclear power since 1978",
    "CHE": "new reactors are forbidden since the vote of 2017; the government wants to lift it",
    "DEU": "nuclear power ended on 15 April 2023; no law for a restart",
    "DNK": "planning without nuclear power since 1985; under review since 2025",
    "ITA": "no reactor can be licensed today; an enabling law is before parliament",
    "NZL": "nuclear-free policy since 1987",
}
# group B of the export rules, from memory: not rows of the table
OPEN = ("VAT", "XKX")


def law(ref: Reference) -> list[Row]:
    table = {(r["iso3"], r["place"], r["kind"]): r for r in ref.rows("gates")}
    rows: list[Row] = []
    for key, (place, source, where, words) in RULES.items():
        rows += rule(key, table[key], place, source, where, words)
    for (iso3, place, kind), (source, where, words) in TRACKS.items():
        r = table[iso3, place, kind]
        rows.append(text(f"gate.{iso3}.fast_track", r["effect"], r, source, where, words))
    general = {"year": 2026, "cls": "C", "source": "general-knowledge"}
    for iso3, words in WAR.items():
        rows.append(
            fact(f"gate.{iso3}.war", "limits", "text", where="state of 2025", note=f"{words}; {RECALLED}", **general)
        )
    for iso3, words in NUCLEAR_LAW.items():
        where = "law on nuclear power"
        rows.append(fact(f"gate.{iso3}.nuclear", "blocks", "text", where=where, note=f"{words}; {RECALLED}", **general))
    for iso3, wait in GRID_WAIT.items():
        w = wait._asdict()
        rows.append(fact(f"lead.grid_connection.{iso3}", w.pop("value"), "month", **w))
    note = "one of the five fast sites on record is there; our reading"
    where = "build type of a new campus"
    common = {"year": 2026, "cls": "C", "source": ASSUMPTION}
    rows.append(fact("build.type.ARE", "fast_greenfield", "text", where=where, note=note, **common))
    return rows + licences(ref)


def text(fid: str, effect: str, r: dict[str, str], source: str, where: str, words: str) -> Row:
    year = r["date"][:4] or "2025"
    cls = "C" if source == "general-knowledge" or r["confidence"] == "low" else "B"
    return fact(fid, effect, "text", year=year, cls=cls, source=source, where=where, note=words)


def rule(key: tuple[str, str, str], r: dict[str, str], place: str, source: str, where: str, words: str) -> list[Row]:
    """A rule, and the size from which it holds."""
    iso3, _, kind = key
    effect = r["effect"]
    if place == "national" and effect == "blocks":
        effect = "limits"  # it has an exception or an end that the words name
    fid = f"gate.{iso3}.rule.{place}.{kind}"
    rows = [text(fid, effect, r, source, where, words)]
    if r["threshold_mw"]:
        note = "size from which the rule holds"
        year = r["date"][:4] or "2025"
        rows.append(
            fact(
                f"{fid}.threshold",
                float(r["threshold_mw"]),
                "MW",
                year=year,
                cls=rows[0][6],
                source=source,
                where=where,
                note=note,
            )
        )
    return rows


def licences(ref: Reference) -> list[Row]:
    """Chip licences of territories: those of the state that answers for them; class C."""
    classes = ref.keyed("export_controls", "iso3")
    rows = []
    behind = {**STATE_OF, **{k: v[0] for k, v in NEIGHBOUR.items() if k == "VAT"}}
    for place in sorted({*ref.keyed("countries", "iso3")} - {*classes}):
        state = behind.get(place)
        if place in OPEN:
            found, note = "none_needed", f"group B, {RECALLED}"
        elif state:
            found, note = classes[state]["licence_class"], f"as {state}, which answers for it; our reading"
        else:
            continue  # not known: the gate says so
        common = {"year": 2026, "cls": "C", "source": ASSUMPTION, "where": "territories under the export rules"}
        rows.append(fact(f"export.{place}.licence_class", found, "text", note=note, **common))
    return rows
