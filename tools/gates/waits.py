"""Lead times of grid, plants and campuses: the rows that are taken, and the regional analogies."""

from __future__ import annotations

import statistics
from pathlib import Path

from countries.looked_up import GRID_WAIT
from countries.regions import region_of
from fact_cells import DATA, Row, fact, number, read
from fact_rows import percentile

from .campuses import campus_facts

COUNTRIES = ("FRA", "UKR", "KEN", "USA", "SGP", "EST")

# item of ours: (row of lead_times.csv, class, source key, our note)
GERMANY = (
    "up to seven years; high: the upper end in the hubs, Frankfurt among them, seven to ten years (Ember, June 2025)"
)
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
    "grid_connection.DEU": ("grid-de", "B", "iea-dc-risk-press", GERMANY),
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
TOP = {"grid_connection.DEU": "120"}  # where the row gives no more than its value: the upper end of another page
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
LEAST_READ = 5  # countries whose wait was read, from which their median replaces the analogy of their region
WITHOUT_TURBINE = "; turbine slots are sold to 2029-30"


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
        month_fact(item, {**here[key], "high": TOP.get(item, here[key]["high"])}, c, source, note, here[key]["year"])
        for item, (key, c, source, note) in {**LEAD_ROWS, **SLIP_ROWS}.items()
    ]
    rows += [
        month_fact(
            item, world[key], world[key]["class"] if "recalled" not in world[key]["basis"] else "B", source, note
        )
        for item, (key, source, note) in WORLD_ROWS.items()
    ]
    regional = [of_its_countries(r, rows, countries) for r in regional_facts(world)]
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


def of_its_countries(row: Row, read_rows: list[Row], countries: dict[str, Row]) -> Row:
    """The wait for the grid of a region as its countries have it, where enough of them were read."""
    if not row["id"].startswith("lead.grid_connection."):
        return row
    waits = {k: (x.value, x.low, x.high) for k, x in GRID_WAIT.items() if k in countries}
    for r in read_rows:
        item, iso3 = r["id"].rsplit(".", 1)
        if item == "lead.grid_connection" and iso3 in countries:
            waits[iso3] = tuple(float(r[k]) for k in ("value", "low", "high"))
    region = row["id"].rsplit(".", 1)[1]
    found = [x for k, x in waits.items() if region_of(countries[k]) == region]
    if len(found) < LEAST_READ:
        return row
    values, lows, highs = zip(*found, strict=True)
    return {
        **row,
        "value": number(statistics.median(values)),
        "low": number(round(percentile(lows, 0.1))),
        "high": number(round(percentile(highs, 0.9))),
        "note": f"median of {len(found)} countries of the region; range: P10 of their lows to P90 of their highs",
    }


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
