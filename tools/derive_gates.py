"""Write the lead-time, gate and export-control facts (and their sources) from the reference tables.

    python tools/derive_gates.py REFERENCE_DIR

Rows are picked by their id; figures are never typed again here. The words in the notes are ours.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import math
import statistics
from collections.abc import Iterable
from pathlib import Path

from countries.looked_up import GRID_WAIT
from countries.regions import region_of

HEADER = ("id", "value", "low", "high", "unit", "year", "class", "source", "where", "note")
DATA = Path(__file__).resolve().parents[1] / "src" / "gigawatt" / "data"
ACCESSED = "2026-11-23"
COUNTRIES = ("FRA", "UKR", "KEN", "USA", "SGP", "EST")
EARTH_RADIUS_KM = 6371.0088

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def number(x: float | str) -> str:
    return f"{float(x):.6g}" if x != "" else ""


def fact(
    id: str,
    value: object,
    low: object,
    high: object,
    unit: str,
    year: object,
    fact_class: str,
    source: str,
    where: str,
    note: str = "",
) -> Row:
    cells = (id, value, low, high, unit, year, fact_class, source, where, note)
    return dict(zip(HEADER, (str(c) for c in cells), strict=True))


def write(path: Path, rows: Iterable[Row]) -> None:
    kept = sorted(rows, key=lambda r: r["id"])
    ids = [r["id"] for r in kept]
    if len(set(ids)) < len(ids):
        raise SystemExit(f"{path.name}: repeated ids {sorted({i for i in ids if ids.count(i) > 1})}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as f:
        out = csv.DictWriter(f, HEADER, lineterminator="\n")
        out.writeheader()
        out.writerows(kept)


# ------------------------------------------------------------------ lead times

# item of ours: (row of lead_times.csv, class, source key, our note)
LEAD_ROWS = {
    "build_to_1gw.world": (
        "build-to-1gw",
        "B",
        "epoch-build-speed",
        "construction start to 1 GW facility power; part of the sites still under way",
    ),
    "build_to_first.world": (
        "build-to-first",
        "A",
        "epoch-frontier-sites",
        "land clearing to first operational building, 27 sites; low and high are P20 and P80",
    ),
    "roof_to_operation.world": ("roof-to-op", "A", "epoch-build-speed", ""),
    "ramp_from_ground.world": (
        "ramp",
        "B",
        "epoch-frontier-sites",
        "IT MW over all months from land clearing to full campus, sites of all sizes",
    ),
    "build_to_first.modular": ("modular-hpc", "A", "heise-jupiter", "containers placed to trial operation, 18 MW"),
    "grid_connection.FLAP-D": ("grid-flapd", "B", "ember-grids-dc", "Frankfurt, London, Amsterdam, Paris, Dublin"),
    "grid_connection.USA": ("grid-us-iea", "B", "iea-queue-press", "national average, taken for Texas"),
    "grid_connection.USA-VA": ("grid-nova", "B", "iea-dc-risk-press", ""),
    "grid_connection.DEU": ("grid-de", "B", "iea-dc-risk-press", ""),
    "grid_connection_brownfield.FRA": (
        "grid-fr-brownfield",
        "C",
        "gridreadiness-blog",
        "site with a live high-voltage connection; a blog, low confidence",
    ),
    "turbine_large.world": ("turbine-large", "B", "spglobal-turbines", "large frames are sold out to 2029-30"),
    "gas_ccgt.USA": ("ccgt-total", "B", "sourcerock-backlog", "decision to operation"),
    "gas_engines.USA": ("recip", "B", "sourcerock-backlog", ""),
    "gas_engines.world": ("recip", "B", "sourcerock-backlog", "US quotations, taken for the world"),
    "turbine_aero.world": ("aero", "C", "turbine-backlog-summary", "an unsigned summary, low confidence"),
    "lpt.world": ("lpt", "B", "pvmag-transformers", "ordered without a reserved slot"),
    "switchgear.world": ("switchgear", "B", "vmr-switchgear", "upper value recalled, verify before quoting"),
    "backup_generator.world": ("backup-gen", "B", "wsj-digest", ""),
    "hv_cable.world": ("cables", "B", "iea-queue-press", ""),
    "nuclear_restart.world": ("nuclear-restart", "B", "sterling-crane", ""),
    "export_licence.gulf": ("export-licence", "A", "arabpress-licence", "United Arab Emirates and Saudi Arabia, 2025"),
}
SLIP_ROWS = {
    "slip.campus": ("slip-abilene", "A", "epoch-frontier-sites", "months late on a plan of about 24"),
    "slip.public_call": ("slip-aigf", "A", "eurohpc-faq", "months late, EU gigafactory call"),
}
# item of ours: item of lead_times_world.csv
WORLD_ITEMS = {
    "grid_connection": "grid_connection_100mw",
    "transmission_line": "transmission_line",
    "permitting": "permitting",
    "gas_engines": "gas_engines",
    "gas_ccgt": "gas_ccgt",
    "lng_floating": "lng_terminal_floating",
    "nuclear_new": "nuclear_large",
    "nuclear_smr": "nuclear_smr",
    "geothermal": "geothermal",
    "hydro_large": "hydro_large",
    "solar": "solar",
    "wind": "wind_onshore",
    "battery": "battery",
}
WORLD_ROWS = {
    "transmission_line.world": (
        "tx-iea",
        "engie-iea",
        "new lines; the middle of the stated range is the central value",
    ),
    "solar.world": ("vre-iea", "engie-iea", "solar or wind project"),
    "wind.world": ("vre-iea", "engie-iea", "solar or wind project"),
    "nuclear_first_concrete.world": (
        "nuc-2024",
        "iaea-connected-2024",
        "reactors connected in 2024; from first concrete",
    ),
    "nuclear_first_concrete.USA": ("nuc-nrel", "nrel-nuclear-range", "from first concrete; add siting and licence"),
    "nuclear_smr_first_concrete.USA": (
        "smr-nrel",
        "nrel-nuclear-range",
        "from first concrete; licence adds 36-60 months",
    ),
    "nuclear_restart.USA": ("restart-crane", "crane-grid-press", "announcement to operation; the grid is the risk"),
    "geothermal.world": ("geo-esmap", "esmap-geothermal", "recalled, verify before quoting"),
    "geothermal_field.KEN": ("geo-menengai", "iga-menengai", "new field of 100 MW; delivery year recalled"),
    "geothermal_wellhead.KEN": ("geo-ke-wellhead", "grc-wellhead", "81 MW of small units on wells already drilled"),
    "battery.emergency": (
        "bess-hornsdale",
        "hornsdale-record",
        "recalled, verify before quoting; contract to operation",
    ),
    "lng_floating.DEU": ("fsru-de", "energyconnects-fsru", "emergency law and an existing port: the fastest on record"),
    "grid_connection.DNK": ("grid-dk", "et-denmark-grid", "after the pause of 2026"),
    "grid_connection.ARE": (
        "dc-ae-200",
        "facility-national-uae",
        "land clearing to the first 200 MW, as planned; the connection came with it",
    ),
    "grid_connection.GBR": ("grid-gb", "gt-ofgem", "transmission demand queue"),
    "build_to_first.fit_out_factory": ("dc-jp-retrofit", "idcnova-kddi", "factory with power and cooling, 48 MW"),
    "build_to_first.existing_park": ("dc-my-kulai", "fmt-kulai", "announcement to first hall"),
}
REGIONS = (
    "Sub-Saharan Africa",
    "Middle East and North Africa",
    "Latin America",
    "South Asia",
    "South-East Asia",
    "East Asia",
    "Central Asia",
    "Oceania",
    "Europe",
)
# our reasons for the regional analogies, in our words
REGION_REASON = {
    "Sub-Saharan Africa": "state and donor finance, one buyer of power, spares by sea; Kenyan and Ethiopian cases",
    "Middle East and North Africa": "Gulf states own land, utility and builder; North Africa and the Levant sit high",
    "Latin America": "auctions, environmental licences and rights of way decide",
    "South Asia": "central transmission planning, land and forest clearances",
    "South-East Asia": "regulated utilities; industrial parks are quick, new lines are not",
    "East Asia": "China at the low end, the Tokyo and Seoul areas at the high end",
    "Central Asia": "state-led zones beside coal plants, an old network",
    "Oceania": "long lines and planning law",
    "Europe": "queues and permit law; a site with a live connection is the exception",
}
WITHOUT_TURBINE = "; turbine slots are sold to 2029-30"
FAST_GREENFIELD = (
    "fluidstack-lake-mariner",
    "goodnight",
    "openai-stargate-abilene",
    "openai-stargate-uae",
    "openai-stargate-shackelford",
)
LARGE_MW, MEDIUM_MW = 400.0, 150.0


def slug(region: str) -> str:
    return region.lower().replace(" ", "-")


def month_fact(item: str, row: Row, fact_class: str, source: str, note: str, year: str = "") -> Row:
    unit = "MW/month" if row["unit"].startswith("MW") else "month"
    low, high = row["low"] or row["central"], row["high"] or row["central"]
    where = f"page of {row['source_date']}" if row["source_date"] else "recalled, no page"
    if source == "assumption":
        where = "regional analogy"
    return fact(
        f"lead.{item}",
        number(row["central"]),
        number(low),
        number(high),
        unit,
        year or "2026",
        fact_class,
        source,
        where,
        note,
    )


def lead_facts(reference: Path) -> list[Row]:
    here = {r["id"]: r for r in read(reference / "lead_times.csv")}
    world = {r["id"]: r for r in read(reference / "lead_times_world.csv")}
    countries = {r["iso3"]: r for r in read(reference / "countries.csv")}
    rows = [
        month_fact(item, here[key], c, source, note, here[key]["year"])
        for item, (key, c, source, note) in {**LEAD_ROWS, **SLIP_ROWS}.items()
    ]
    rows += [
        month_fact(
            item, world[key], world[key]["class"] if "recalled" not in world[key]["basis"] else "B", source, note
        )
        for item, (key, source, note) in WORLD_ROWS.items()
    ]
    regional = regional_facts(world)
    rows += regional
    rows += rte_stages(here["grid-fr-fasttrack"])
    rows += campus_facts(reference)
    have = {r["id"] for r in rows} | {r["id"] for r in read(DATA / "assumptions" / "buildout.csv")}
    rows += country_copies(regional, countries, have)
    rows += north_america(rows)
    return rows


def regional_facts(world: dict[str, Row]) -> list[Row]:
    rows = []
    for item, reference_item in WORLD_ITEMS.items():
        for region in REGIONS:
            found = [
                r
                for r in world.values()
                if r["item"] == reference_item and r["region"] == region and r["id"].startswith("c-") and r["central"]
            ]
            for r in found:
                note = REGION_REASON[region] + (WITHOUT_TURBINE if item == "gas_ccgt" else "")
                rows.append(month_fact(f"{item}.{slug(region)}", r, "C", "assumption", f"analogy: {note}"))
    return rows


def country_copies(regional: list[Row], countries: dict[str, Row], have: set[str]) -> list[Row]:
    """The regional analogy under the country's own id, where the country has no fact of its own."""
    rows = []
    for iso3 in COUNTRIES:
        region = region_of(countries[iso3])
        for r in regional:
            item, where = r["id"].removeprefix("lead.").split(".")
            looked_up = item == "grid_connection" and iso3 in GRID_WAIT
            if where == region and f"lead.{item}.{iso3}" not in have and not looked_up:
                rows.append({**r, "id": f"lead.{item}.{iso3}", "where": f"regional analogy: {region}"})
    return rows


def north_america(rows: list[Row]) -> list[Row]:
    """North America is the United States for want of others."""
    taken = [r for r in rows if r["id"].endswith(".USA")]
    return [
        {
            **r,
            "id": r["id"].replace(".USA", ".north-america"),
            "class": "C",
            "note": f"United States taken for the region; {r['note']}".rstrip("; "),
        }
        for r in taken
    ]


def rte_stages(row: Row) -> list[Row]:
    """RTE's staged regime: 240 MW and 700 MW, in months from the contract; ranges by the default for schedules."""
    where = "first fast-track contract, January 2026: 240 MW end of 2027, 700 MW end of 2029"
    note = "default range: a schedule for a known site, 10 % early to 40 % late"
    rows = []
    for stage, months, mw in ((1, float(row["central"]), 240), (2, float(row["high"]), 700)):
        rows.append(
            fact(
                f"lead.grid_stage_{stage}.FRA",
                number(months),
                number(0.9 * months),
                number(1.4 * months),
                "month",
                2026,
                "B",
                "rte-fast-track",
                where,
                note,
            )
        )
        rows.append(
            fact(f"lead.grid_stage_{stage}_mw.FRA", mw, "", "", "MW", 2026, "B", "rte-fast-track", where, "cumulative")
        )
    rows.append({**rows[0], "id": "lead.grid_connection.FRA", "note": f"the first 240 MW; {note}"})
    return rows


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


# ------------------------------------------------------------------ export controls

RULE = "15 CFR 742.6(a)(6)(iii), ECCN 3A090 and 4A090; country groups: 15 CFR 740 Supplement 1"


def export_facts(reference: Path) -> list[Row]:
    rows = []
    for r in read(reference / "export_controls.csv"):
        iso3 = {"_HQ": "operator-d5-or-macau", "_DRAFT": "draft-2026"}.get(r["iso3"], r["iso3"])
        fact_class = {"high": "B", "medium": "B", "low": "C"}[r["confidence"]]
        source, year = export_source(r), (r["in_force_since"] or r["source_date"])[:4]
        note = export_note(r)
        where = f"{RULE}; group {r['country_groups']}" if iso3 == r["iso3"] else r["legal_basis"]
        rows.append(
            fact(
                f"export.{iso3}.licence_class",
                r["licence_class"],
                "",
                "",
                "text",
                year,
                fact_class,
                source,
                where,
                note,
            )
        )
        allied = r["class_if_us_or_a5_headquartered_operator"]
        if allied:
            rows.append(
                fact(
                    f"export.{iso3}.licence_class_allied",
                    allied,
                    "",
                    "",
                    "text",
                    year,
                    fact_class,
                    source,
                    where,
                    "operator headquartered in the US or group A:5",
                )
            )
        if r["months_central"]:
            measured = r["iso3"] in ("ARE", "SAU")
            note = "as observed in 2025" if measured else "range: ours, by analogy with the Gulf licences of 2025"
            if r["licence_class"] == "none_needed":
                note = "range: ours; end-user checks only"
            rows.append(
                fact(
                    f"lead.export_licence.{iso3}",
                    r["months_central"],
                    r["months_low"],
                    r["months_high"],
                    "month",
                    2026,
                    "A" if measured else "C",
                    "gulf-licences" if measured else "assumption",
                    "licences of November 2025" if measured else "analogy",
                    note,
                )
            )
    return rows


def export_source(r: Row) -> str:
    return {
        "ARE": "gulf-licences",
        "SAU": "gulf-licences",
        "CHN": "fr-2026-1684",
        "HKG": "fr-2026-1684",
        "MAC": "fr-2026-1684",
        "SYR": "mofo-syria",
        "_HQ": "hl-bis-guidance",
        "_DRAFT": "gts-draft-rule",
    }.get(r["iso3"], "bis-742-6")


def export_note(r: Row) -> str:
    """Our own words for what the row says."""
    if r["iso3"] == "_HQ":
        return "follows the owner: a campus of such an owner is denied in an open country too"
    if r["iso3"] == "_DRAFT":
        return "reported by the press, not found adopted; up to 1,000 GB300 simple, above 200,000 allies only"
    if r["iso3"] == "UKR":
        return "Crimea and the occupied parts of Donetsk and Luhansk regions are embargoed (15 CFR 746.6)"
    if r["licence_class"] == "none_needed":
        return "open by destination; end-user checks stay; membership of groups D recalled"
    if r["licence_class"] == "embargoed":
        return "embargo or policy of denial"
    if r["iso3"] == "KHM":
        return "recalled: the arms embargo was lifted in late 2025, check whether the group followed"
    if r["licence_class"] == "presumption_of_denial":
        return "membership of groups D recalled"
    return "membership of groups D recalled; large volumes needed a government agreement so far"


# ------------------------------------------------------------------ gates

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


# ------------------------------------------------------------------ places


def site_facts(reference: Path) -> list[Row]:
    countries = {r["iso3"]: r for r in read(reference / "countries.csv")}
    extras = {r["iso3"]: r for r in read(reference / "country_extras.csv")}
    shapes = json.loads((reference / "countries_50m.geojson").read_text(encoding="utf-8"))["features"]
    area = {f["properties"]["iso3"]: area_km2(f["geometry"]) for f in shapes}
    rows = []
    for iso3, country in sorted(countries.items()):
        if country["un_member"] != "1" and iso3 not in ("TWN", "HKG", "MAC"):
            continue
        if iso3 in area and iso3 not in AREA_BY_HAND:
            rows.append(area_fact(iso3, area[iso3]))
        stress = country["water_stress_pct"]
        if stress:
            x = float(stress) / 100
            rows.append(
                fact(
                    f"country.{iso3}.water_stress",
                    number(x),
                    number(0.8 * x),
                    number(1.3 * x),
                    "1",
                    country["water_stress_year"],
                    "B",
                    "aquastat-fwst",
                    "ER.H2O.FWST.ZS",
                    "national: basins differ widely; range: ours, 20 % below to 30 % above",
                )
            )
    for iso3 in COUNTRIES:
        for name, column in HAZARDS.items():
            rows.append(
                fact(
                    f"country.{iso3}.{name}",
                    extras[iso3][column],
                    "",
                    "",
                    "1",
                    2025,
                    "B",
                    "inform-2025",
                    column.replace("_", " "),
                    "index 0 to 10, high is worse; national",
                )
            )
    return rows


HAZARDS = {
    "hazard": "inform_natural",
    "hazard_earthquake": "inform_earthquake",
    "hazard_flood": "inform_river_flood",
    "hazard_cyclone": "inform_tropical_cyclone",
    "hazard_drought": "inform_drought",
    "conflict": "inform_conflict",
}
AREA_BY_HAND = ("SGP",)  # too small for the outline; in assumptions/gates.csv with its own source


def area_fact(iso3: str, km2: float) -> Row:
    margin = 0.05 if km2 > 5000 else 0.4
    note = "computed from outlines at 1:50 million; range: ours" + (
        "" if km2 > 5000 else ", small state, coarse outline"
    )
    return fact(
        f"country.{iso3}.area",
        number(f"{km2:.3g}"),
        number(f"{km2 * (1 - margin):.3g}"),
        number(f"{km2 * (1 + margin):.3g}"),
        "km2",
        2026,
        "B" if km2 > 5000 else "C",
        "natural-earth-outlines",
        "1:50m admin 0",
        note,
    )


def area_km2(geometry: dict) -> float:
    """Area on the sphere (equal-area trapezoids between the points of each ring)."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return sum(ring_km2(p[0]) - sum(ring_km2(hole) for hole in p[1:]) for p in polygons)


def ring_km2(ring: list[list[float]]) -> float:
    total = 0.0
    for (lon1, lat1), (lon2, lat2) in itertools.pairwise(ring):
        total += math.radians(lon2 - lon1) * (2 + math.sin(math.radians(lat1)) + math.sin(math.radians(lat2)))
    return abs(total) * EARTH_RADIUS_KM**2 / 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference", type=Path, help="folder of the reference tables")
    parser.add_argument("--out", type=Path, default=DATA, help="folder to write to")
    arguments = parser.parse_args()
    lead = lead_facts(arguments.reference)
    export = export_facts(arguments.reference)
    lead += [r for r in export if r["id"].startswith("lead.")]
    write(arguments.out / "lead_times.csv", lead)
    write(arguments.out / "export_controls.csv", [r for r in export if r["id"].startswith("export.")])
    write(arguments.out / "gates.csv", gate_facts(arguments.reference) + site_facts(arguments.reference))


if __name__ == "__main__":
    main()
