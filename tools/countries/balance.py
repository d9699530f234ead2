"""Generation, demand, imports, mix, peak load and carbon of every country's power system."""

from __future__ import annotations

import csv
import re

from fact_rows import ASSUMPTION, DATA, RECALLED, Reference, Row, fact

from countries import trade
from countries.looked_up import PEAKS
from countries.newer import NEWER, renewed
from countries.regions import NEIGHBOUR, region_of

AS_OF_YEAR, AS_OF_MONTH, STALE_MONTHS = 2026, 11, 24
# mean over peak load where no peak is known; 66 places whose peak is published: 0.71, nine tenths within 0.56 and 0.87
LOAD_FACTOR, LOAD_FACTOR_LOW, LOAD_FACTOR_HIGH = 0.68, 0.55, 0.82
MIX = {
    "coal": "coal_twh",
    "gas": "gas_twh",
    "gas_and_oil": "gas_plus_oil_twh",
    "fossil": "fossil_twh",
    "nuclear": "nuclear_twh",
    "hydro": "hydro_twh",
    "wind": "wind_twh",
    "solar": "solar_twh",
    "bio_and_other": "bio_plus_other_twh",
}
OLDER_MIX = {  # columns of the older table
    "coal": ("share_coal",),
    "gas": ("share_gas",),
    "fossil": ("share_coal", "share_gas", "share_oil"),
    "nuclear": ("share_nuclear",),
    "hydro": ("share_hydro",),
    "wind": ("share_wind",),
    "solar": ("share_solar",),
    "bio_and_other": ("share_bio", "share_geothermal", "share_other"),
}
SPREAD = {"A": 0.02, "B": 0.05, "C": 0.10}  # ours: revisions of national balances by quality of the row
# place: (plant at the margin, low and high factor of other plants at the margin in kg/MWh, reason)
MARGINAL = {
    "EST": ("ccgt", 100, 944, "Nordic-Baltic price area: gas, Nordic hydro in wet hours, oil shale in dear ones"),
    "FRA": (
        "ccgt",
        150,
        520,
        "gas in France or next door sets the price in most hours; fewer exports displace gas there",
    ),
    "ISL": ("geothermal", 17, 80, "no line abroad, hardly a fossil plant: steam and stored water follow the last MW"),
    "KEN": ("oil_engine", 95, 800, "diesel sets follow the last MW; in wet, windy hours imports and geothermal do"),
    "SGP": ("ccgt", 430, 520, "gas makes more than nine tenths of the power"),
    "UKR": ("coal", 250, 1000, "coal units and imports at the margin; nuclear is all used"),
    "USA": ("ccgt", 380, 650, "combined cycles, simple cycles in peak hours"),
}
TOO_FAR = 200.0  # kg/MWh between published carbon and what the mix implies, above which the two contradict
# use per head, MWh a year, where no balance exists: (value, low, high, what is known)
PER_HEAD = {
    "LIE": (10.2, 9.0, 11.5, "about 0.4 TWh used, a fifth of it made at home"),
    "MCO": (14.0, 12.0, 16.0, "about 0.55 TWh used, nearly all from the French network"),
    "MHL": (2.0, 1.4, 2.6, "diesel on two atolls"),
    "SMR": (8.5, 7.0, 10.0, "about 0.29 TWh used, nearly all from Italy"),
    "VAT": (60.0, 20.0, 100.0, "offices and museums of few residents, from Italy"),
}
# generation of a later year than the table's: TWh, low, high, year, class, where, note
FRESHER = {
    "DZA": (101.1, 99, 103, 2024, "B", "Energy Research Unit, 2024, Shafaq News", "range: ours"),
    "IRQ": (169.5, 160, 172, 2024, "B", "Energy Research Unit, 2024, Shafaq News", "147.1 in 2023; range: ours"),
    "UZB": (80.4, 79, 82, 2024, "B", "Statistics Agency, Trend, 2024", "76.9 in 2023, 4.5 % more to November 2024"),
}
MADE_AT_HOME = {"LIE": 0.2, "MCO": 0.02, "SMR": 0.05, "VAT": 0.05}  # share of use, recalled


def balance(ref: Reference) -> list[Row]:
    base, power = ref.keyed("countries", "iso3"), ref.keyed("national_electricity_latest", "iso3")
    factors = lifecycle()
    rows: list[Row] = []
    for place, r in sorted(base.items()):
        if place in power:
            rows += renewed(place, electricity(place, power[place]) + carbon(place, r, power[place]))
        elif r["generation_twh"]:
            rows += older(place, r)
        elif place in PER_HEAD and (r["population"] or place == "VAT"):
            rows += per_head(place, float(r["population"] or 500))
        mix = shares(rows, place)
        if mix:
            rows.append(marginal(place, mix, region_of(r), factors))
        rows += peak(place, rows, power.get(place), ref)
    return rows + ukraine_today(ref)


def lifecycle() -> dict[str, float]:
    """Life-cycle factors of plants, from the table of emissions. kg/MWh."""
    with (DATA / "emissions.csv").open(encoding="utf-8", newline="") as file:
        return {
            r["id"].split(".")[1]: float(r["value"]) for r in csv.DictReader(file) if r["id"].endswith(".lifecycle")
        }


def stale(year: int) -> bool:
    """Older than 24 months: counted from the end of the year that the figure is about."""
    return (AS_OF_YEAR - year - 1) * 12 + AS_OF_MONTH > STALE_MONTHS


def electricity(place: str, r: dict[str, str]) -> list[Row]:
    """A row of the newest balance."""
    year, cls = int(r["year"]), r["quality"]
    source = "owid_energy_2026" if cls == "A" else "ember_2025"
    old = stale(year)
    spread = max(SPREAD[cls], 0.20 if old else 0.0)
    note = f"STALE: {year} is the last year published; " if old else ""
    note = f"STALE: {year} is the year of the table read; " if old and place != "UKR" else note
    common = {"year": year, "cls": "C" if old else cls, "source": source}
    rows = []
    for name, column in (("generation", "electricity_generation_twh"), ("demand", "electricity_demand_twh")):
        if r[column]:
            value = float(r[column])
            rows.append(
                fact(
                    f"country.{place}.{name}",
                    value,
                    "TWh/year",
                    where=f"{column}, {place}, {year}",
                    note=f"{note}range: ours",
                    low=value * (1 - spread),
                    high=value * (1 + (0.05 if old and place == "UKR" else spread)),
                    **common,
                )
            )
    if r["net_elec_imports_twh"]:
        value, width = float(r["net_elec_imports_twh"]), spread * float(r["electricity_demand_twh"])
        rows.append(
            fact(
                f"country.{place}.net_imports",
                value,
                "TWh/year",
                where=f"net_elec_imports_twh, {place}, {year}",
                note=f"{note}negative: exports; range: ours",
                low=value - width / 2,
                high=value + width / 2,
                **common,
            )
        )
    generation = float(r["electricity_generation_twh"])
    if place in FRESHER:
        value, low, high, when, quality, where, words = FRESHER[place]
        newer = {"year": when, "cls": quality, "source": "national_peaks", "where": where, "note": words}
        rows[0] = fact(f"country.{place}.generation", value, "TWh/year", low=low, high=high, **newer)
    if not r["electricity_demand_twh"] and trade.known(place):
        rows += trade.own_use(place, generation)
    for name, column in MIX.items():
        if r[column]:
            share = min(max(float(r[column]) / generation, 0.0), 1.0)
            rows.append(
                fact(
                    f"country.{place}.share.{name}",
                    share,
                    "1",
                    where=f"{column} over generation, {place}, {year}",
                    note=note.rstrip("; "),
                    low=share * (1 - spread),
                    high=min(share * (1 + spread), 1.0),
                    **common,
                )
            )
    newest = NEWER[place] if place in NEWER else None
    rows.append(stale_row(place, newest.year if newest else year, newest.source if newest else source))
    return rows


def stale_row(place: str, year: int, source: str) -> Row:
    return fact(
        f"country.{place}.electricity_stale",
        int(stale(year)),
        "1",
        year=year,
        cls="A",
        source=source,
        where=f"year of the row, {place}",
        note=f"1: older than {STALE_MONTHS} months in {AS_OF_YEAR}-{AS_OF_MONTH}, counted from the end of {year}",
    )


def older(place: str, r: dict[str, str]) -> list[Row]:
    """The older balance, where the newest has no row: 2020 to 2023."""
    year = int(r["mix_year"])
    source = "irena_stat" if "IRENA" in r["mix_source"] else "eia_international"
    common = {"year": year, "cls": "C", "source": source}
    note = f"STALE: {year} is the year of the table read"
    twh = float(r["generation_twh"])
    rows = []
    if twh > 0:
        rows.append(
            fact(
                f"country.{place}.generation",
                twh,
                "TWh/year",
                where=f"generation, {place}, {year}",
                note=f"{note}; range: ours",
                low=0.8 * twh,
                high=1.2 * twh,
                **common,
            )
        )
    for name, columns in OLDER_MIX.items():
        if twh > 0 and all(r[c] for c in columns):
            share = min(sum(float(r[c]) for c in columns), 1.0)
            where = f"{' + '.join(columns)}, {place}, {year}"
            rows.append(
                fact(
                    f"country.{place}.share.{name}",
                    share,
                    "1",
                    where=where,
                    note=note,
                    low=0.8 * share,
                    high=min(1.2 * share, 1.0),
                    **common,
                )
            )
    if trade.known(place):
        rows += trade.own_use(place, twh)
    rows.append(stale_row(place, year, source))
    if r["carbon_g_per_kwh"]:
        value = float(r["carbon_g_per_kwh"])
        rows.append(
            fact(
                f"country.{place}.carbon.average",
                value,
                "kg/MWh",
                year=r["carbon_year"],
                cls="C",
                source="ember_2025",
                where=f"carbon intensity, {place}",
                note="of generation; life-cycle factors; range: ours",
                low=0.7 * value,
                high=1.3 * value,
            )
        )
    return rows


def per_head(place: str, people: float) -> list[Row]:
    """Use per head times people, for the few states whose power no statistic lists."""
    value, low, high, why = PER_HEAD[place]
    rows = []
    home = MADE_AT_HOME.get(place, 1.0)
    for name, share in (("demand", 1.0), ("generation", home), ("net_imports", 1.0 - home)):
        if name == "net_imports" and home == 1.0:
            continue
        scale = people * share / 1e6
        rows.append(
            fact(
                f"country.{place}.{name}",
                value * scale,
                "TWh/year",
                year=2024,
                cls="C",
                source=ASSUMPTION,
                where=f"{value:g} MWh a head and year",
                note=f"ESTIMATE: {why}; {RECALLED}",
                low=low * scale,
                high=high * scale,
            )
        )
    return rows


def shares(rows: list[Row], place: str) -> dict[str, float]:
    start = f"country.{place}.share."
    return {r[0].removeprefix(start): float(r[1]) for r in rows if r[0].startswith(start)}


def marginal(place: str, mix: dict[str, float], region: str, factors: dict[str, float]) -> Row:
    """The plant that follows the last MW: by hand where looked at, else the largest fossil source of the system."""
    if place in MARGINAL:
        plant, low, high, why = MARGINAL[place]
        value = factors[plant]
        high = max(high, value)
    else:
        coal, gas = mix.get("coal", 0.0), max(mix.get("gas", 0.0), mix.get("gas_and_oil", 0.0))
        oil = max(mix.get("fossil", 0.0) - coal - gas, 0.0)
        plant = max((("ccgt", gas), ("coal", coal), ("oil_engine", oil)), key=lambda x: x[1])[0]
        if mix.get("fossil", 0.0) < 0.02:
            plant = "ccgt"
        value = factors[plant]
        why = "largest fossil source of the system"
        if mix.get("fossil", 0.0) < 0.1:
            why = f"{mix.get('fossil', 0.0):.0%} fossil: imports and exports decide"
            low = 30.0
        else:
            low = 0.5 * value if mix["fossil"] < 0.5 else 0.8 * min(value, factors["ccgt"])
        high = factors["coal"] if coal > 0.02 or plant == "coal" else max(factors["oil_engine"], value)
    return fact(
        f"country.{place}.carbon.marginal",
        value,
        "kg/MWh",
        year=2026,
        cls="C",
        source=ASSUMPTION,
        where=f"life-cycle factor of {plant}",
        note=f"{why}; range: ours",
        low=min(low, value),
        high=high,
    )


def carbon(place: str, base: dict[str, str], r: dict[str, str]) -> list[Row]:
    value, year, cls = float(r["carbon_intensity_g_per_kwh"]), int(r["year"]), r["quality"]
    old = stale(year)
    other = float(base["carbon_g_per_kwh"]) if base["carbon_g_per_kwh"] else value
    imports = max(float(r["net_elec_imports_twh"] or 0) / float(r["electricity_demand_twh"] or 1), 0.0)
    spread = 0.30 if old else 0.10
    note = "of generation, not of consumption; life-cycle factors"
    note += f"; {imports:.0%} of demand is imported: low takes imports as carbon-free" if imports > 0.02 else ""
    note += f"; STALE: {year}" if old else ""
    implied = from_mix(base)
    contradicts = implied > 0 and value - implied > TOO_FAR
    if contradicts:
        note += f"; the mix implies {implied:.0f}: taken as the low"
        other = min(other, implied)
    return [
        fact(
            f"country.{place}.carbon.average",
            value,
            "kg/MWh",
            year=year,
            cls="C" if old or contradicts else cls,
            source="owid_energy_2026" if r["quality"] == "A" else "ember_2025",
            where=f"carbon_intensity_elec, {place}, {year}",
            note=f"{note}; range: ours",
            low=min(value * (1 - spread) * (1 - imports), other),
            high=max(value * (1 + spread), other),
        )
    ]


def from_mix(base: dict[str, str]) -> float:
    """Carbon of generation that the shares of coal, gas and oil imply. kg/MWh."""
    factors = lifecycle()
    parts = (("share_coal", "coal"), ("share_gas", "ccgt"), ("share_oil", "oil_engine"))
    return sum(float(base[column] or 0) * factors[plant] for column, plant in parts)


def peak(place: str, rows: list[Row], r: dict[str, str] | None, ref: Reference) -> list[Row]:
    """The peak of the operator where it is known, else mean load over a load factor."""
    fid = f"country.{place}.peak_load"
    if place in PEAKS:
        p = PEAKS[place]._asdict()
        return [fact(fid, p.pop("value"), "MW", **p)]
    if place == "KEN":
        return [kenya(float(r["peak_load_gw"]) * 1000, ref)]  # type: ignore[index]
    if r is not None and r["peak_load_gw"]:
        return [reported(place, r)]
    known = {x[0]: x for x in rows}
    total = known.get(f"country.{place}.demand") or known.get(f"country.{place}.generation")
    if total is None:
        return []
    mw = float(total[1]) / 8.76 / LOAD_FACTOR * 1000
    traded = f"country.{place}.net_imports" in known
    what = "demand" if total[0].endswith("demand") else f"generation, {'no trade' if traded else 'imports unknown'},"
    year = total[5]
    low, high = mw * LOAD_FACTOR / LOAD_FACTOR_HIGH, mw * LOAD_FACTOR / LOAD_FACTOR_LOW
    note = f"ESTIMATE from {what} of {year}; range: load factors {LOAD_FACTOR_HIGH} to {LOAD_FACTOR_LOW}, ours"
    return [
        fact(
            fid,
            mw,
            "MW",
            year=year,
            cls="C",
            source=ASSUMPTION,
            where=f"mean load over {LOAD_FACTOR}",
            note=note,
            low=low,
            high=high,
        )
    ]


def reported(place: str, r: dict[str, str]) -> Row:
    """A peak of the table, seen in a report or known in general."""
    mw, seen = float(r["peak_load_gw"]) * 1000, "; seen" in r["peak_source"]
    where = r["peak_source"].rsplit(";", 1)[0]
    rough = "approximate" in r["peak_source"]
    down, up = (0.96, 1.06) if seen else (0.9, 1.1)
    note = "range: ours" if seen else f"{RECALLED}; range: ours"
    return fact(
        f"country.{place}.peak_load",
        mw,
        "MW",
        year=r["peak_year"],
        cls="C" if rough else "B",
        source="national_peaks",
        where=where,
        note=note,
        low=down * mw,
        high=up * mw,
    )


def kenya(before: float, ref: Reference) -> Row:
    gate = next(g for g in ref.rows("gates") if g["iso3"] == "KEN" and "record peak" in g["summary"])
    newest = float(re.search(r"record peak ([\d,]+) MW", gate["summary"])[1].replace(",", ""))  # type: ignore[index]
    return fact(
        "country.KEN.peak_load",
        newest,
        "MW",
        year=gate["date"][:4],
        cls="B",
        source="reuters_kenya_2026",
        where="record peak",
        note=f"{before:,.0f} MW in October 2025 (KenGen)",
        low=before,
        high=newest * 1.02,
    )


def neighbours(rows: list[Row]) -> list[Row]:
    """Mix and carbon of enclaves that live on a neighbour's grid; class C, wider."""
    known = {r[0]: r for r in rows}
    out = []
    for place, (state, why) in NEIGHBOUR.items():
        for name in ("share.fossil", "carbon.average", "carbon.marginal"):
            r = known.get(f"country.{state}.{name}")
            if r is None or f"country.{place}.{name}" in known:
                continue
            x, low, high = float(r[1]), float(r[2] or r[1]), float(r[3] or r[1])
            high = 1.3 * high if r[4] != "1" else min(1.3 * high, 1.0)
            note = f"{state} taken for {place}: {why}; range: wider by three tenths"
            out.append(
                fact(
                    f"country.{place}.{name}",
                    x,
                    r[4],
                    year=r[5],
                    cls="C",
                    source=ASSUMPTION,
                    where=r[8],
                    note=note,
                    low=0.7 * low,
                    high=high,
                )
            )
    return out


def ukraine_today(ref: Reference) -> list[Row]:
    """Capacity of today, not of 2021: what is neither destroyed nor occupied."""
    gate = next(g for g in ref.rows("gates") if g["iso3"] == "UKR" and g["kind"] == "war")
    found = re.search(
        r"of about (\d+) GW before 2022 some (\d+)-(\d+) GW lost.*shortage (\d+)-(\d+) GW", gate["summary"]
    )
    assert found
    before, lost_low, lost_high, short_low, short_high = (float(x) * 1000 for x in found.groups())
    left = before - (lost_low + lost_high) / 2
    return [
        fact(
            "country.UKR.available_generation",
            left,
            "MW",
            year=2026,
            cls="C",
            source="kyiv_post_2024",
            where=f"{before / 1e3:.0f} GW before 2022 less {lost_low / 1e3:.0f}-{lost_high / 1e3:.0f} GW lost",
            note="nameplate left, not what runs on a winter evening; low: 10 GW reported in 2024 before repairs",
            low=10000,
            high=before - lost_low,
        ),
        fact(
            "country.UKR.peak_deficit",
            (short_low + short_high) / 2,
            "MW",
            year=2026,
            cls="C",
            source="bloomberg_ukr_2026",
            where="shortage at peak, February 2026",
            note="Bloomberg interview, read only through a report of the opposing side; verify with Ukrenergo",
            low=short_low,
            high=short_high,
        ),
    ]
