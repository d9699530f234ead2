"""What a large load pays: energy, network, levies, by country; the shape of the price; gas."""

from __future__ import annotations

import numpy as np
from fact_rows import ASSUMPTION, RECALLED, Reference, Row, fact

from countries.looked_up import TARIFFS
from countries.regions import NEIGHBOUR
from gigawatt.power.prices import price_shape

ZONES = {  # country: (column of the hourly prices, what it is)
    "AUS": ("AU-NSW", "spot price of New South Wales; the series is in AUD, exchanged at 0.66 USD"),
    "AUT": ("AT", "day-ahead"),
    "BEL": ("BE", "day-ahead"),
    "BRA": ("BR-SP", "settlement price PLD of the south-east; most energy is under contract at about twice that"),
    "CAN": ("CA-ON", "Ontario, energy only: the global adjustment is in the network part"),
    "CHE": ("CH", "day-ahead"),
    "DEU": ("DE-LU", "day-ahead"),
    "ESP": ("ES", "day-ahead"),
    "IND": ("IN-WE", "day-ahead exchange, western zone"),
    "JPN": ("JP-TK", "day-ahead, Tokyo"),
    "KOR": ("KR", "system marginal price"),
    "LUX": ("DE-LU", "day-ahead"),
    "NLD": ("NL", "day-ahead"),
    "PRT": ("PT", "day-ahead"),
    "ZAF": ("ZA", "time-of-use tariff of Eskom, not a market price"),
}
# one price set by the state or a state company; no market beside it
ADMINISTERED = tuple("ARE BGD DZA EGY IRN IRQ KWT LAO OMN PRY QAT RUS SAU TKM UZB VEN VNM".split())
STATE_ZONES = ("US-CAL-CISO", "US-MIDA-PJM", "US-NY-NYIS")
AUD = 0.66  # USD per AUD, mean of 2024: the reference holds the two Australian columns in their own currency
SHAPES = {  # price shape of a country: its own zone, or the market it is coupled with
    **{k: v[0] for k, v in ZONES.items() if k != "ZAF"},
    "FRA": "FR",
    "SGP": "SG",
    "USA": "TX",
    "CZE": "DE-LU",
    "DNK": "DE-LU",
    "POL": "DE-LU",
    "SVK": "AT",
    "SVN": "AT",
    "HUN": "AT",
    "LIE": "CH",
    "AND": "ES",
    "MCO": "FR",
}
YEAR_TO_YEAR = (0.66, 1.34)  # ratio of one year's mean to the next over 22 zones
ADDER, ADDER_LOW, ADDER_HIGH = 41.0, 27.0, 48.0  # the fact price.rule.large_user_adder
LARGE_SHARE = 0.6  # of a dear network, what a load at transmission voltage pays: the French and Estonian tariffs
LEAST_NETWORK = 10.0  # below it the two prices are not of one customer
SHARE_OF_DELIVERED = 0.4  # most of a delivered price that is taken as network: the adder over the 18 prices' median
OLD_TARIFF = (0.82, 0.41, 1.44)  # industrial price now over the business tariff of 2019: median, P10, P90
BAD_TARIFF = ("SGP", "VEN")


def prices(ref: Reference) -> list[Row]:
    base, extras = ref.keyed("countries", "iso3"), ref.keyed("country_extras", "iso3")
    means = yearly_means(ref)
    rows = [domestic_gas()]
    for place, r in sorted(base.items()):
        rows += build_up(place, r, extras[place], means)
        rows.append(
            fact(
                f"country.{place}.price.zone",
                zone_name(SHAPES[place]) if place in SHAPES else "flat",
                "text",
                year=2024,
                cls="C",
                source=ASSUMPTION,
                where="price shape to use",
                note=shape_note(place),
            )
        )
        rows += gas(place, r, ref)
    return rows + enclaves(rows) + shapes(ref)


def zone_name(column: str) -> str:
    return {"US-TEX-ERCO": "TX"}.get(column, column)


def shape_note(place: str) -> str:
    if place in ZONES:
        return "own zone"
    return "coupled neighbour" if place in SHAPES else "flat: no open hourly series in hand"


def yearly_means(ref: Reference) -> dict[str, dict[str, float]]:
    """Mean price by zone and year. USD/MWh."""
    out: dict[str, dict[str, float]] = {}
    series = ref.rows("prices_hourly_usd_per_mwh_2023_2024")
    for column in series[0]:
        if column == "utc":
            continue
        scale = AUD if column.startswith("AU-") else 1.0
        for year in ("2023", "2024"):
            found = [float(r[column]) for r in series if r["utc"].startswith(year) and r[column]]
            out.setdefault(column, {})[year] = scale * sum(found) / len(found)
    return out


def shapes(ref: Reference) -> list[Row]:
    """Season, day, spread and memory of every zone that a country or a US state uses."""
    series = [r for r in ref.rows("prices_hourly_usd_per_mwh_2023_2024") if r["utc"].startswith("2024")]
    kept = [r for r in series if "-02-29" not in r["utc"]]
    rows = []
    for column in sorted({*SHAPES.values(), *STATE_ZONES} & set(series[0])):
        months, hours, spread, memory = price_shape(np.array([float(r[column]) for r in kept if r[column]]))
        items = [(f"month.{i + 1:02d}", x, 0.85 * x, 1.15 * x) for i, x in enumerate(months)]
        items += [(f"hour.{i:02d}", x, 0.9 * x, 1.1 * x) for i, x in enumerate(hours)]
        items.append(("spread", spread, 0.7 * spread, 1.3 * spread))
        items.append(("persistence", memory, 0.9 * memory, min(1.05 * memory, 0.995)))
        rows += [
            fact(
                f"price.shape.{zone_name(column)}.{item}",
                x,
                "1",
                year=2024,
                cls="B",
                source="power-own-price-shape",
                where=f"2024, zone {column}",
                note="derived by us from the hourly series, 29 February left out; UTC; one year; range: ours",
                low=min(low, high),
                high=max(low, high),
            )
            for item, x, low, high in items
        ]
    return rows


def build_up(place: str, r: dict[str, str], extra: dict[str, str], means: dict[str, dict[str, float]]) -> list[Row]:
    """Wholesale and network so that they add up to the best delivered price known."""
    delivered = delivered_price(place, r, extra)
    rows = [] if delivered is None else [delivered]
    zone = ZONES.get(place)
    if zone:
        m = means[zone[0]]
        rows.append(wholesale_market(place, zone, m))
        rows.append(network_market(place, m["2024"], delivered))
    elif delivered is not None:
        rows += split(place, delivered)
    return rows


def delivered_price(place: str, r: dict[str, str], extra: dict[str, str]) -> Row | None:
    """Industrial price of today, else the business tariff of 2019 scaled by what such tariffs became."""
    fid = f"country.{place}.price.industrial"
    if place in TARIFFS:
        p = TARIFFS[place]._asdict()
        return fact(fid, p.pop("value"), f"USD_{min(p['year'], 2025)}/MWh", **p)
    if extra["price_industrial_usd_per_kwh"] and extra["price_industrial_quality"] in ("A", "B"):
        p = 1000 * float(extra["price_industrial_usd_per_kwh"])
        note = "all in but taxes and levies, band of 20-70 GWh a year"
        if extra["price_industrial_quality"] == "B":
            note = "all in but taxes and levies, a smaller band than 20-70 GWh a year"
        return fact(
            fid,
            p,
            "USD_2024/MWh",
            year=2024,
            cls="B",
            source="power-eurostat-205",
            where=f"row {place}",
            note=note,
            low=0.8 * p,
            high=1.3 * p,
        )
    if extra["price_industrial_usd_per_kwh"]:
        p = 1000 * float(extra["price_industrial_usd_per_kwh"])
        where = extra["price_industrial_source"]
        year = 2020 if "2020" in where else 2024
        note = "compiled in a World Bank study; range: ours"
        return fact(
            fid,
            p,
            f"USD_{year}/MWh",
            year=year,
            cls="C",
            source="lokshin_prices",
            where=where,
            note=note,
            low=0.6 * p,
            high=1.5 * p,
        )
    if r["tariff_business_usd_per_kwh"] and place not in BAD_TARIFF:
        tariff = 1000 * float(r["tariff_business_usd_per_kwh"])
        mid, low, high = (x * tariff for x in OLD_TARIFF)
        note = (
            f"business tariff of {r['tariff_year']}, {tariff:.0f} USD/MWh, times {OLD_TARIFF[0]:g}: what became of such"
        )
        note = f"{note} tariffs in the countries with both; range: their P10 and P90"
        where = f"IC.ELC.PRI.KH.DB1619, {place}"
        return fact(
            fid,
            mid,
            "USD_2024/MWh",
            year=r["tariff_year"],
            cls="C",
            source="wb_doing_business",
            where=where,
            note=note,
            low=low,
            high=high,
        )
    return None


def wholesale_market(place: str, zone: tuple[str, str], m: dict[str, float]) -> Row:
    low, high = YEAR_TO_YEAR
    value = m["2024"]
    market = place not in ("ZAF", "BRA")
    note = f"{zone[1]}; 2023: {m['2023']:.0f}; range: year-to-year ratios of 22 zones, 0.66-1.34"
    if place == "BRA":
        note = f"{zone[1]}: the high; 2023: {m['2023']:.0f}"
    return fact(
        f"country.{place}.price.wholesale",
        value,
        "USD_2024/MWh",
        year=2024,
        cls="A" if market else "B",
        source="power-own-price-shape",
        where=f"mean of 2024, zone {zone[0]}",
        note=note,
        low=low * value,
        high=max(high * value, min(m["2023"], 1.6 * value)) if place != "BRA" else 2.5 * value,
    )


def network_of(rest: float) -> float:
    """What a large load pays of the difference that mean industry pays: it is capped, and falls with the voltage."""
    return max(min(rest, ADDER_HIGH), LARGE_SHARE * rest)


def network_market(place: str, wholesale: float, delivered: Row | None) -> Row:
    """Delivered less wholesale where both are of one customer; cut where it is dear, as large loads pay less."""
    fid = f"country.{place}.price.network"
    common = {"year": 2024, "cls": "C"}
    if place == "ZAF":
        note = f"the tariff holds energy and most of the network; {RECALLED}; range: ours"
        where = "network charges beside the tariff"
        return fact(fid, 12, "USD_2024/MWh", source=ASSUMPTION, where=where, note=note, low=5, high=27, **common)
    rest = float(delivered[1]) - wholesale if delivered is not None else 0.0
    if delivered is None or rest < LEAST_NETWORK:
        where = "18 countries, industrial price less 2024 wholesale mean"
        note = "rule: no industrial price that fits the market's; low: half the lower quartile"
        low, high = ADDER_LOW / 2, 1.2 * ADDER_HIGH
        source = "power-own-price-rule"
        return fact(fid, ADDER, "USD_2024/MWh", source=source, where=where, note=note, low=low, high=high, **common)
    value = network_of(rest)
    where = f"industrial price {float(delivered[1]):.0f} less wholesale mean {wholesale:.0f}"
    note = "network, hedge and margin of mean industry; less at transmission voltage (low: ours)"
    if rest > ADDER_HIGH:
        note = f"{rest:.0f} for mean industry, cut to the upper quartile of 18 countries or three fifths; {note}"
    low, high = 0.25 * value, max(1.2 * value, rest)
    return fact(fid, value, "USD_2024/MWh", source=delivered[7], where=where, note=note, low=low, high=high, **common)


def split(place: str, delivered: Row) -> list[Row]:
    """A delivered price without a market: the adder is network, at most two fifths; the rest is energy."""
    p, low, high = (float(x) for x in delivered[1:4])
    network = min(ADDER, SHARE_OF_DELIVERED * p)
    energy = p - network
    unit, year, cls, source, where = delivered[4:9]
    year = str(year)
    what = "regulated price" if place in ADMINISTERED else "delivered price"
    note = f"{what} of {p:.0f} less {network:.0f} for the network: our split, the sum is the figure"
    if RECALLED in delivered[9]:
        note = f"{note}; {RECALLED}"
    return [
        fact(
            f"country.{place}.price.wholesale",
            energy,
            unit,
            year=year,
            cls=max(cls, "B"),
            source=source,
            where=where,
            note=note,
            low=max(energy - (p - low) * energy / p, 0.0),
            high=energy + (high - p) * energy / p,
        ),
        fact(
            f"country.{place}.price.network",
            network,
            unit,
            year=year,
            cls="C",
            source=source,
            where=where,
            note=f"{note}; less at transmission voltage (low: ours)",
            low=0.25 * network,
            high=1.2 * network * max(high / p, 1.0),
        ),
    ]


# --- gas ---------------------------------------------------------------------------------------------------------

HUBS = {"henry_hub": "us", "ttf": "ttf", "jkm_asia_lng": "asia"}
OWN_GAS = {  # countries that pay far less than the world for their own gas; the Atlantic's liquefied gas follows TTF
    "domestic_regulated_or_netback": "domestic",
    "atlantic_lng_or_none": "ttf",
}
GAS_LIMITS = {  # where gas burns but a large new plant may not get it: general knowledge
    "SGP": "pipes from Malaysia and Indonesia and a terminal; imports are capped by licence",
    "UKR": "own production and a large store, both under attack; imports from the west",
}
HOME_GAS = ("BOL", "ISR", "PER", "TTO")  # own fields sold at home below the world price: recalled
DOMESTIC_GAS = (3.0, 1.0, 6.0)  # USD/MMBtu


def domestic_gas() -> Row:
    value, low, high = DOMESTIC_GAS
    return fact(
        "fuel.gas.price.domestic",
        value,
        "USD_2025/MMBtu",
        year=2025,
        cls="C",
        source=ASSUMPTION,
        where="own gas sold at home by rule of the state",
        note=f"1 to 2 in the Gulf and Algeria, 4 to 6 in Argentina and Egypt; {RECALLED}; range: ours",
        low=low,
        high=high,
    )


def gas(place: str, r: dict[str, str], ref: Reference) -> list[Row]:
    """Price region of the gas a plant would burn, and whether there is any: what the power system burns today."""
    hub = HUBS.get(r["gas_price_region"]) or OWN_GAS.get(r["gas_price_region"], "asia")
    hub = "domestic" if place in HOME_GAS else hub
    rows = [
        fact(
            f"country.{place}.gas.hub",
            hub,
            "text",
            year=2026,
            cls="C",
            source=ASSUMPTION,
            where="price region of the gas a plant would burn",
            note="our rule",
        )
    ]
    newest = ref.keyed("national_electricity_latest", "iso3").get(place, {})
    if newest.get("gas_twh"):
        share, year, source = float(newest["gas_twh"]), newest["year"], "power-ember-owid"
        where = f"gas generation {year}: {share:g} TWh"
    elif r["share_gas"]:
        share, year = float(r["share_gas"]) * float(r["generation_twh"] or 0), r["mix_year"]
        source = "irena_stat" if "IRENA" in r["mix_source"] else "eia_international"
        where = f"gas generation {year}: {share:.3g} TWh"
    else:
        return rows
    burns = share > 0.05
    note = "gas burns in the power system: a supply exists" if burns else "no gas-fired generation"
    note += f"; {GAS_LIMITS[place]}" if place in GAS_LIMITS else ""
    common = {"year": year, "cls": "B", "source": source, "where": where, "note": note}
    doubt = {"low": 0, "high": 1} if place in GAS_LIMITS else {}
    rows.append(fact(f"gas.access.{place}", int(burns), "1", **common, **doubt))
    return rows


def enclaves(rows: list[Row]) -> list[Row]:
    """Prices of states that live on a neighbour's grid; class C, wider."""
    known = {r[0]: r for r in rows}
    out = []
    for place, (state, why) in NEIGHBOUR.items():
        for name in ("wholesale", "network"):
            r = known.get(f"country.{state}.price.{name}")
            if r is None or f"country.{place}.price.{name}" in known:
                continue
            note = f"{state} taken for {place}: {why}; range: wider by three tenths"
            low, high = 0.7 * float(r[2]), 1.3 * float(r[3])
            out.append(
                fact(
                    f"country.{place}.price.{name}",
                    float(r[1]),
                    r[4],
                    year=r[5],
                    cls="C",
                    source=ASSUMPTION,
                    where=r[8],
                    note=note,
                    low=low,
                    high=high,
                )
            )
    return out
