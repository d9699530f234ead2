"""What stands in where a country has no fact of its own: the median of its region's countries, class C, wider."""

from __future__ import annotations

from collections.abc import Iterable

from fact_rows import ASSUMPTION, Reference, Row, fact, percentile

from countries.regions import REGIONS, regions_of

LEAST = 4  # fewer countries are no region: the next wider one is taken
# intensive figures only: what grows with the size of a country is never taken from a region
COLUMNS = {
    "country.{}.corporate_tax": "1",
    "country.{}.default_spread": "1/year",
    "country.{}.country_risk_premium": "1/year",
    "country.{}.share.fossil": "1",
    "country.{}.carbon.average": "kg/MWh",
    "country.{}.carbon.marginal": "kg/MWh",
    "country.{}.water_stress": "1",
    "country.{}.hazard": "1",
    "country.{}.conflict": "1",
    "country.{}.price.wholesale": "USD_2024/MWh",
    "country.{}.price.network": "USD_2024/MWh",
    "shell.usd_per_w.{}": "USD_2025/W",
    "opex.staff_cost.{}": "USD_2026/job/year",
}
LEADS = ("battery", "gas_ccgt", "grid_connection", "hydro_large", "nuclear_new", "nuclear_smr", "permitting")
LEVIES = {  # what price statistics without taxes leave out: value, low, high, where, note
    "europe": (
        12,
        0,
        45,
        "between the Estonian and the French charge",
        "excise and renewable charges of large loads; high: full German charges",
    ),
    "world": (2, 0, 20, "mostly refunded or inside the price", "charges beside the price; value-added tax is refunded"),
}
TEXTS = {
    "country.world.carbon_price": ("none", "carbon market", "no carbon price on plants unless named"),
    "country.world.compute_jurisdictions": ("none", "national law", "no compute law known"),
    "country.world.price.zone": ("flat", "price shape to use", "flat: no open hourly series in hand"),
    "country.world.gas.hub": (
        "asia",
        "price region of the gas a plant would burn",
        "liquefied gas at the world price; our rule",
    ),
    "country.world.tech_region": ("dev", "catalogue of plant costs", "world prices of planning models; our rule"),
}


def fallbacks(rows: Iterable[Row], ref: Reference) -> list[Row]:
    """Fallback facts of every column for every region and the world."""
    known = {r[0]: r for r in rows}
    members = {k: regions_of(c) for k, c in ref.keyed("countries", "iso3").items()}
    out = []
    for pattern, unit in COLUMNS.items():
        for region in (*REGIONS, "world"):
            found = [
                known[pattern.format(k)]
                for k, regions in sorted(members.items())
                if (region in regions or region == "world") and pattern.format(k) in known
            ]
            sourced = [r for r in found if r[6] in "AB"] if len([r for r in found if r[6] in "AB"]) >= LEAST else found
            if len(sourced) >= LEAST and len({r[4].replace("EUR", "USD") for r in sourced}) > 0:
                out.append(one(pattern.format(region), unit, region, [r for r in sourced if same_kind(r[4], unit)]))
    out += [
        fact(
            f"country.{k}.price.levies",
            v,
            "USD_2024/MWh",
            year=2024,
            cls="C",
            source=ASSUMPTION,
            where=where,
            note=f"{note}; recalled; range: ours",
            low=low,
            high=high,
        )
        for k, (v, low, high, where, note) in LEVIES.items()
    ]
    out.append(licence_months())
    out += [lead_of_the_world(item, known) for item in LEADS if f"lead.{item}.world" not in known]
    out += [
        fact(k, v, "text", year=2026, cls="C", source=ASSUMPTION, where=w, note=n) for k, (v, w, n) in TEXTS.items()
    ]
    return out


def lead_of_the_world(item: str, known: dict[str, Row]) -> Row:
    """A lead time where the region has none: the middle of the regions, their whole range."""
    found = [known[f"lead.{item}.{r}"] for r in REGIONS if f"lead.{item}.{r}" in known]
    return fact(
        f"lead.{item}.world",
        percentile([float(r[1]) for r in found], 0.5),
        "month",
        year=2026,
        cls="C",
        source=ASSUMPTION,
        where="fallback: world",
        note=f"median of {len(found)} regions; range: their lowest low to their highest high",
        low=min(float(r[2]) for r in found),
        high=max(float(r[3]) for r in found),
    )


def licence_months() -> Row:
    return fact(
        "lead.export_licence.world",
        6,
        "month",
        year=2026,
        cls="C",
        source=ASSUMPTION,
        where="fallback: world",
        note="as decided case by case; where the law denies the licence no date means anything; range: ours",
        low=3,
        high=24,
    )


def same_kind(unit: str, wanted: str) -> bool:
    """Whether two units differ at most in the price year of the dollar: within the fallback's range."""
    return unit == wanted or (unit.startswith("USD_") and unit.split("/")[1:] == wanted.split("/")[1:])


def one(fid: str, unit: str, region: str, found: list[Row]) -> Row:
    """Median; low and high reach over the ranges of nine countries in ten."""
    values = [float(r[1]) for r in found]
    x = percentile(values, 0.5)
    low = percentile([float(r[2] or r[1]) for r in found], 0.1)
    high = percentile([float(r[3] or r[1]) for r in found], 0.9)
    relative_low = min((float(r[2] or r[1]) / float(r[1]) for r in found if float(r[1]) > 0), default=1.0)
    relative_high = max((float(r[3] or r[1]) / float(r[1]) for r in found if float(r[1]) > 0), default=1.0)
    low, high = min(low, x * relative_low), max(high, x * min(relative_high, 3.0))
    if unit == "1" and max(values) <= 1.0:
        high = min(high, 1.0)
    return fact(
        fid,
        x,
        unit,
        year=2026,
        cls="C",
        source=ASSUMPTION,
        where=f"fallback: {region}",
        note=f"median of {len(found)} countries; range: P10 of lows to P90 of highs, no narrower than any one's",
        low=max(low, 0.0),
        high=max(high, x),
    )
