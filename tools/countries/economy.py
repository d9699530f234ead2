"""People, output, risk, tax, membership, cost of building and staff of every country."""

from __future__ import annotations

from fact_rows import ASSUMPTION, RECALLED, Reference, Row, fact, percentile

from countries.regions import EU, NEIGHBOUR, STATE_OF, region_of, regions_of

# figures that the World Bank does not publish: value, year, source, where
GDP = {
    "PRK": (16.4e9, 2023, "un_accounts", "GDP in current US dollars, DPR Korea, 2023"),
    "TWN": (757e9, 2023, "dgbas", "GDP, 2023"),
}
POPULATION = {
    "TWN": (23.4e6, 2024, "dgbas", "year-end population, 2024"),
    "VAT": (500, 2024, "un_wpp", "Holy See, 2024"),
}
JURISDICTIONS = {"USA": "US", "KOR": "KR"}
EEA = ("ISL", "LIE", "NOR")
# single figures of the market survey, as many as show where the regression fails
MARKETS = {
    "CHE": "Zurich",
    "CHN": "Shanghai",
    "DEU": "Frankfurt",
    "GBR": "London",
    "IND": "Mumbai",
    "JPN": "Tokyo",
}
# customs duty and import taxes finally borne on servers, outside the Information Technology Agreement: from memory
DUTY = {
    "ARG": (0.05, 0.0, 0.16, "16 % of others; none under the investment regime RIGI"),
    "BRA": (
        0.08,
        0.0,
        0.5,
        "federal taxes suspended under REDATA where in force, else near half of the price; state tax",
    ),
    "ETH": (0.05, 0.0, 0.15, "duty and surtax; free for licensed investors"),
    "NGA": (0.055, 0.0, 0.1, "duty and levies; free zones pay none"),
    "PAK": (0.03, 0.0, 0.15, "duties on parts; technology zones pay none"),
}
CLASS_5 = (0.70, 1.50)  # AACE class 5, a site not yet chosen
RISK = ("country_risk_premium", "default_spread")


def economy(ref: Reference) -> list[Row]:
    base, extras = ref.keyed("countries", "iso3"), ref.keyed("country_extras", "iso3")
    rows: list[Row] = []
    for place, r in sorted(base.items()):
        rows.append(region(place, r))
        rows += size(place, r)
        rows += risk(place, r)
        rows += membership(place)
        rows += building(place, r, extras[place], ref)
    return rows


def region(place: str, r: dict[str, str]) -> Row:
    return fact(
        f"country.{place}.region",
        ";".join(regions_of(r)),
        "text",
        year=2026,
        cls="B",
        source="un-m49",
        where="geographic regions",
        note="regions whose facts stand in where the country has none of its own, narrowest first",
    )


def size(place: str, r: dict[str, str]) -> list[Row]:
    rows = []
    if r["gdp_usd_bn"]:
        gdp, year, source, where, note = (
            float(r["gdp_usd_bn"]) * 1e9,
            int(r["gdp_year"]),
            "wb_gdp",
            f"NY.GDP.MKTP.CD, {place}, {r['gdp_year']}",
            "current USD; range: ours (revisions)",
        )
        spread, cls = (0.02, "A") if year >= 2022 else (0.10, "B")
    elif place in GDP:
        gdp, year, source, where = GDP[place]
        note, spread, cls = f"current USD; {RECALLED}; range: ours", 0.05 if place == "TWN" else 0.4, "C"
    else:
        gdp = 0.0
    if gdp:
        low, high = gdp * (1 - spread), gdp * (1 + spread)
        unit = f"USD_{year}"
        rows.append(
            fact(
                f"country.{place}.gdp",
                gdp,
                unit,
                year=year,
                cls=cls,
                source=source,
                where=where,
                low=low,
                high=high,
                note=note,
            )
        )
    if r["population"]:
        people, year, source, where = (
            float(r["population"]),
            int(r["population_year"]),
            "wb_population",
            f"SP.POP.TOTL, {place}, {r['population_year']}",
        )
        cls, note = "A", "range: ours"
    elif place in POPULATION:
        people, year, source, where = POPULATION[place]
        cls, note = "C", f"{RECALLED}; range: ours"
    else:
        return rows
    low, high = people * 0.98, people * 1.02
    unit = "person"
    rows.append(
        fact(
            f"country.{place}.population",
            people,
            unit,
            year=year,
            cls=cls,
            source=source,
            where=where,
            low=low,
            high=high,
            note=note,
        )
    )
    return rows


def risk(place: str, r: dict[str, str]) -> list[Row]:
    """Premium on equity, spread on debt, tax; from the state that answers for a territory where it has no rating."""
    if not r["country_risk_premium"]:
        return []
    said = "Damodaran January 2025; ratings moved since; range: ours"
    rows = []
    for name, what in zip(RISK, ("equity", "debt"), strict=True):
        x = float(r[name])
        rows.append(
            fact(
                f"country.{place}.{name}",
                x,
                "1/year",
                year=2025,
                cls="B",
                source="damodaran_2025",
                where=f"country risk premium table, {place}",
                note=f"on {what}; {said}",
                low=x * 0.7,
                high=x * 1.4,
            )
        )
    note = "Estonia: on distributed profit, 0.22 from 2025" if place == "EST" else "marginal rate"
    rows.append(
        fact(
            f"country.{place}.corporate_tax",
            float(r["corporate_tax_rate"]),
            "1",
            year=2025,
            cls="B",
            source="damodaran_2025",
            where=f"country risk premium table, {place}",
            note=f"profits pay it after interest and depreciation; {note}",
            high=0.22 if place == "EST" else "",
        )
    )
    return rows


def membership(place: str) -> list[Row]:
    """The Union, its carbon market, and whose compute law holds."""
    member = place in EU
    carbon = "eu" if member or place in (*EEA, "CHE", "GBR") else "none"
    why = (
        "member" if member else "linked or agreed to be linked" if place in ("CHE", "GBR") else "European Economic Area"
    )
    law = "EU" if member else JURISDICTIONS.get(place, "none")
    source = {"source": "eu_members", "where": "list of member countries"}
    rows = [
        fact(f"country.{place}.eu_member", int(member), "1", year=2026, cls="A", **source),
        fact(
            f"country.{place}.compute_jurisdictions",
            law,
            "text",
            year=2026,
            cls="A",
            source="eu_members",
            where="list of member countries; national law elsewhere",
            note="codes of security.check_thresholds",
        ),
    ]
    if carbon != "none":
        note = f"emissions trading of the Union: {why}"
        cls = "A" if member else "C"
        rows.append(fact(f"country.{place}.carbon_price", carbon, "text", year=2026, cls=cls, note=note, **source))
    return rows


def building(place: str, r: dict[str, str], extra: dict[str, str], ref: Reference) -> list[Row]:
    """Cost of the shell by city or regression; staff by the price level; whose catalogue prices a plant."""
    rows = []
    market = MARKETS.get(place)
    usd = extra["dc_construction_usd_per_w_regression"]
    if market:
        usd = ref.keyed("dc_construction_markets_2025", "market")[market]["usd_per_w"]
    if usd:
        x = float(usd)
        rows.append(
            fact(
                f"shell.usd_per_w.{place}",
                x,
                "USD_2025/W",
                year=2025,
                cls="B" if market else "C",
                source="tt_dcci_2025" if market else "lokshin_2026",
                where=f"market {market}" if market else f"regression, row {place}",
                note="ordinary cloud hall, per W of IT load; range AACE class 5"
                if market
                else "no market figure: regression on income and region, +-20 % in sample; range AACE class 5",
                low=x * CLASS_5[0],
                high=x * CLASS_5[1],
            )
        )
    level = extra["price_level_ratio_2023_derived"]
    if level:
        rows.append(staff(place, level, ref))
    rows.append(technology(place, region_of(r)))
    if place in DUTY:
        rows.append(duty(place))
    return rows


def duty(place: str) -> Row:
    x, low, high, why = DUTY[place]
    return fact(
        f"duty.it.{place}",
        x,
        "1",
        year=2026,
        cls="C",
        source=ASSUMPTION,
        where="import charges on servers, heading 8471",
        note=f"{why}; {RECALLED}; range: ours",
        low=low,
        high=high,
    )


def staff(place: str, level: str, ref: Reference) -> Row:
    """The US wage at the country's price level."""
    usd = 140_000.0  # the fact opex.staff_cost.USA
    base = float(ref.keyed("country_extras", "iso3")["USA"]["price_level_ratio_2023_derived"])
    x = float(level) / base
    return fact(
        f"opex.staff_cost.{place}",
        usd * x,
        "USD_2026/job/year",
        year=2026,
        cls="C",
        source="dc_jobs_2026",
        where="large data centre, typical",
        note=f"US figure x price level {x:.2f} (World Bank, GDP PPP); range: ours",
        low=usd * x * 0.7,
        high=max(usd * x * 1.4, usd * 0.5),
    )


def technology(place: str, where: str) -> Row:
    """Whose plant costs hold: the European, the US, or the developing-country catalogue."""
    catalogue = "dev"
    if place in ("USA", "CAN", "AUS", "NZL", "JPN") or STATE_OF.get(place) == "USA":
        catalogue = "us"
    elif where == "europe" and place not in ("ARM", "AZE", "BLR", "GEO", "RUS"):
        catalogue = "eu"
    return fact(
        f"country.{place}.tech_region",
        catalogue,
        "text",
        year=2026,
        cls="C",
        source=ASSUMPTION,
        where="catalogue of plant costs",
        note="eu: Danish agency; us: NREL, for dear labour elsewhere too; dev: world prices; our rule",
    )


def sovereign(rows: list[Row]) -> list[Row]:
    """Risk and tax of territories and enclaves, from the state behind them; class C, wider."""
    known = {r[0]: r for r in rows}
    out = []
    for place, state in {**STATE_OF, **{k: v[0] for k, v in NEIGHBOUR.items()}}.items():
        for name in (*RISK, "corporate_tax"):
            r = known.get(f"country.{state}.{name}")
            if r is None or f"country.{place}.{name}" in known:
                continue
            x = float(r[1])
            low, high = (0.5 * x, max(2 * x, 0.01)) if name != "corporate_tax" else (0.0, max(x, 0.25))
            note = f"{state} taken for {place}; range: ours"
            out.append(
                fact(
                    f"country.{place}.{name}",
                    x,
                    r[4],
                    year=2025,
                    cls="C",
                    source=ASSUMPTION,
                    where=r[8],
                    note=note,
                    low=low,
                    high=high,
                )
            )
    return out


def unrated(rows: list[Row], ref: Reference) -> list[Row]:
    """States without a rating borrow on worse terms than the rated ones beside them: the region's upper quartile."""
    base = ref.keyed("countries", "iso3")
    known = {r[0]: r for r in rows}
    out = []
    for place, r in sorted(base.items()):
        if f"country.{place}.default_spread" in known:
            continue
        wide = region_of(r)
        for name in RISK:
            near = [
                float(known[i][1])
                for k, c in base.items()
                if region_of(c) == wide and (i := f"country.{k}.{name}") in known and known[i][6] == "B"
            ]
            if len(near) < 4:
                near = [float(x[1]) for i, x in known.items() if i.endswith(f".{name}") and x[6] == "B"]
            note = f"no rating: upper quartile of {len(near)} rated states of the region; range: their median to P95"
            x = percentile(near, 0.75)
            out.append(
                fact(
                    f"country.{place}.{name}",
                    x,
                    "1/year",
                    year=2025,
                    cls="C",
                    source=ASSUMPTION,
                    where=f"rule for unrated states, {wide}",
                    note=note,
                    low=min(percentile(near, 0.5), 0.7 * x),
                    high=max(percentile(near, 0.95), 1.4 * x),
                )
            )
    return out
