"""US states: what large loads pay, the system they are part of, its peak, and the state's own power."""

from __future__ import annotations

from fact_rows import ASSUMPTION, RECALLED, Reference, Row, fact

from countries.institutions import US_SYSTEMS, authority
from countries.prices import network_of, yearly_means, zone_name

LB_PER_MWH = 0.45359237  # to kg
# net capacity of reactors by synchronous area: South Texas and Comanche Peak; Palo Verde, Diablo Canyon and Columbia
REACTORS_GW = {"ercot": 5.0, "us-west": 7.4, "us-east": 84.6}
# system: name shown, grid area, zone of the hourly prices, peak MW, year, energy TWh, class, who publishes
SYSTEMS = {
    "pjm": ("PJM", "us-east", "US-MIDA-PJM", 165563, 2006, 800, "B", "record of 2 August 2006; 160 GW in June 2025"),
    "miso": ("MISO", "us-east", "", 127100, 2011, 660, "B", "record of 20 July 2011"),
    "spp": ("SPP", "us-east", "", 56184, 2023, 290, "B", "record of 21 August 2023"),
    "caiso": ("CAISO", "us-west", "US-CAL-CISO", 52061, 2022, 235, "B", "record of 6 September 2022"),
    "nyiso": ("NYISO", "us-east", "US-NY-NYIS", 33956, 2013, 152, "B", "record of 19 July 2013"),
    "iso-ne": ("ISO New England", "us-east", "", 28130, 2006, 117, "B", "record of 2 August 2006"),
    "ercot": ("ERCOT", "ercot", "US-TEX-ERCO", 85508, 2023, 462, "B", "record of 10 August 2023"),
    "west": ("Western Interconnection", "us-west", "", 167500, 2022, 880, "C", "September 2022, with California"),
    "tva": ("TVA", "us-east", "", 35300, 2025, 165, "C", "January 2025"),
    "southern": ("Southern Company", "us-east", "", 39000, 2023, 245, "C", "order of its winter and summer peaks"),
    "duke": ("Duke Energy, Carolinas", "us-east", "", 36000, 2025, 175, "C", "two utilities, winter"),
    "lge": ("LG&E and KU", "us-east", "", 7000, 2024, 33, "C", "one utility of several"),
    "florida": ("Florida", "us-east", "", 53000, 2023, 255, "C", "order of the summer peak"),
    "railbelt": ("Railbelt of Alaska", "alaska", "", 750, 2024, 4.6, "C", "winter"),
    "oahu": ("Oahu", "hawaii", "", 1150, 2024, 6.9, "C", "evening peak of the largest island"),
}
# state: system, carbon of generation in lb/MWh, fossil share of generation; of 2022-23, from memory
STATES = {
    "AL": ("southern", 690, 0.60),
    "AK": ("railbelt", 1050, 0.70),
    "AZ": ("west", 680, 0.53),
    "AR": ("miso", 1010, 0.63),
    "CA": ("caiso", 450, 0.43),
    "CO": ("west", 1100, 0.58),
    "CT": ("iso-ne", 520, 0.57),
    "DC": ("pjm", 700, 0.60),
    "DE": ("pjm", 1000, 0.93),
    "FL": ("florida", 820, 0.80),
    "GA": ("southern", 720, 0.56),
    "HI": ("oahu", 1500, 0.79),
    "IA": ("miso", 650, 0.34),
    "ID": ("west", 250, 0.28),
    "IL": ("pjm", 520, 0.32),
    "IN": ("miso", 1500, 0.81),
    "KS": ("spp", 780, 0.37),
    "KY": ("lge", 1700, 0.93),
    "LA": ("miso", 850, 0.78),
    "MA": ("iso-ne", 850, 0.70),
    "MD": ("pjm", 620, 0.50),
    "ME": ("iso-ne", 350, 0.35),
    "MI": ("miso", 950, 0.66),
    "MN": ("miso", 780, 0.45),
    "MO": ("miso", 1580, 0.78),
    "MS": ("miso", 800, 0.85),
    "MT": ("west", 1000, 0.45),
    "NC": ("duke", 640, 0.52),
    "ND": ("miso", 1350, 0.58),
    "NE": ("spp", 1050, 0.51),
    "NH": ("iso-ne", 280, 0.27),
    "NJ": ("pjm", 500, 0.52),
    "NM": ("west", 1000, 0.53),
    "NV": ("west", 720, 0.60),
    "NY": ("nyiso", 500, 0.49),
    "OH": ("pjm", 1100, 0.81),
    "OK": ("spp", 650, 0.54),
    "OR": ("west", 330, 0.38),
    "PA": ("pjm", 670, 0.63),
    "RI": ("iso-ne", 850, 0.91),
    "SC": ("duke", 560, 0.38),
    "SD": ("spp", 320, 0.19),
    "TN": ("tva", 620, 0.40),
    "TX": ("ercot", 830, 0.62),
    "UT": ("west", 1450, 0.82),
    "VA": ("pjm", 610, 0.56),
    "VT": ("iso-ne", 10, 0.01),
    "WA": ("west", 220, 0.22),
    "WI": ("miso", 1150, 0.73),
    "WV": ("pjm", 1880, 0.92),
    "WY": ("west", 1780, 0.74),
}
# fleets of the wind belts: the national factor is that of the plains
WIND = {
    "tva": 0.25,
    "southern": 0.23,
    "duke": 0.23,
    "lge": 0.24,
    "florida": 0.20,
    "iso-ne": 0.27,
    "nyiso": 0.26,
    "pjm": 0.28,
    "caiso": 0.29,
    "west": 0.32,
    "miso": 0.34,
    "railbelt": 0.28,
    "oahu": 0.33,
}
LAWS = {"CA": "US;US-CA", "NY": "US;US-NY"}


def states(ref: Reference) -> list[Row]:
    prices = {r["state"]: 1000 * float(r["price_usd_kwh"]) for r in ref.rows("us_state_industrial_price_2024")}
    means = yearly_means(ref)
    rows: list[Row] = []
    for state, (system, lb, fossil) in sorted(STATES.items()):
        key = f"USA-{state}"
        rows += part_of(key, system, state)
        rows.append(authority(key, "grid", US_SYSTEMS[system]))
        rows.append(
            fact(
                f"country.{key}.compute_jurisdictions",
                LAWS.get(state, "US"),
                "text",
                year=2026,
                cls="A",
                source="eu_members",
                where="list of member countries; national law elsewhere",
                note="codes of security.check_thresholds",
            )
        )
        if state == "TX":
            continue  # looked at by hand, under the country's own keys
        rows += paid(key, state, prices[state], SYSTEMS[system][2], means)
        rows += mix(key, lb * LB_PER_MWH, fossil)
        if state == "HI":
            note = "no pipeline and no terminal; general knowledge"
            where = "gas supply for a large plant"
            rows.append(
                fact(f"gas.access.{key}", 0, "1", year=2026, cls="C", source=ASSUMPTION, where=where, note=note)
            )
        if system in WIND:
            x = WIND[system]
            note = f"order of the fleets there; {RECALLED}; range: ours"
            rows.append(
                fact(
                    f"climate.country.{key}.wind_capacity_factor",
                    x,
                    "1",
                    year=2023,
                    cls="C",
                    source=ASSUMPTION,
                    where=f"wind fleets, {SYSTEMS[system][0]}",
                    note=note,
                    low=0.65 * x,
                    high=1.4 * x,
                )
            )
    return rows


def reactors(key: str, area: str) -> list[Row]:
    """Reactors that share a synchronous area with the state: a contract cannot reach the others."""
    gw = REACTORS_GW.get(area, 0.0)
    rows = [
        fact(
            f"nuclear.fleet.{key}.capacity",
            gw,
            "GW",
            year=2025,
            cls="C",
            source="general-knowledge",
            where=f"reactors in the area {area}",
            note=f"share of the country's 97 GW; {RECALLED}; range: ours",
            low=0.95 * gw,
            high=1.02 * gw,
        )
    ]
    if not gw:
        rows.append(
            fact(
                f"ppa.nuclear.{key}.available",
                0,
                "1",
                year=2026,
                cls="C",
                source=ASSUMPTION,
                where="whether an existing fleet can contract",
                note="no reactor in its power system; general knowledge",
            )
        )
    return rows


def part_of(key: str, system: str, state: str) -> list[Row]:
    """The system, its peak and energy: what a campus in the state is measured against."""
    name, area, _, mw, year, twh, cls, why = SYSTEMS[system]
    text = {"year": 2026, "cls": "B", "source": "general-knowledge"}
    note = "most of the state; parts may be in another" if system not in ("ercot", "florida") else ""
    where = "system operators and planning areas"
    rows = [
        *reactors(key, area),
        fact(f"grid.{key}.system", name, "text", where=where, note=note, **text),
        fact(f"grid.{key}.area", area, "text", where="synchronous areas", **text),
    ]
    if state == "TX":
        peak_source = {"source": "ercot_2023", "where": "10 August 2023"}
        note = f"ERCOT; 85,464 MW printed in September 2023, final figure {RECALLED}"
        rows.append(
            fact(f"country.{key}.peak_load", mw, "MW", year=year, cls=cls, note=note, low=85464, high=mw, **peak_source)
        )
        energy = {"source": "ercot_2024", "where": "energy use 2024"}
        note = f"ERCOT; {RECALLED}"
        rows.append(
            fact(f"country.{key}.demand", twh, "TWh/year", year=2024, cls="B", note=note, low=445, high=480, **energy)
        )
        return rows
    wide = 0.05 if cls == "B" else 0.12
    where = f"peak and energy of {name}"
    for item, x, unit, when in (("peak_load", mw, "MW", year), ("demand", twh, "TWh/year", 2024)):
        rows.append(
            fact(
                f"country.{key}.{item}",
                x,
                unit,
                year=when,
                cls=cls,
                source="us_systems",
                where=where,
                note=f"of {name}, not of the state: {why}; {RECALLED}; range: ours",
                low=(1 - wide) * x,
                high=(1 + wide) * x,
            )
        )
    return rows


def paid(key: str, state: str, industrial: float, zone: str, means: dict[str, dict[str, float]]) -> list[Row]:
    source = {"year": 2024, "source": "power-eia-industrial"}
    rows = [
        fact(
            f"country.{key}.price.industrial",
            industrial,
            "USD_2024/MWh",
            cls="B",
            where=f"row {state}",
            note="mean of industry in the state; range: ours",
            low=0.8 * industrial,
            high=1.3 * industrial,
            **source,
        ),
        fact(
            f"country.{key}.price.zone",
            zone_name(zone) if zone else "flat",
            "text",
            year=2024,
            cls="C",
            source=ASSUMPTION,
            where="price shape to use",
            note="zone of the market" if zone else "flat: no open hourly series in hand",
        ),
    ]
    if zone:
        m = means[zone]
        energy = m["2024"]
        rows.append(
            fact(
                f"country.{key}.price.wholesale",
                energy,
                "USD_2024/MWh",
                year=2024,
                cls="A",
                source="power-own-price-shape",
                where=f"mean of 2024, zone {zone}",
                note=f"one zone of the market; 2023: {m['2023']:.0f}; capacity is in the network part; range: ours",
                low=0.66 * energy,
                high=max(1.34 * energy, min(m["2023"], 1.6 * energy)),
            )
        )
    else:
        energy = industrial - min(41.0, 0.4 * industrial)
        rows.append(
            fact(
                f"country.{key}.price.wholesale",
                energy,
                "USD_2024/MWh",
                cls="B",
                where=f"row {state}",
                note=f"industrial price {industrial:.0f} less our network share; no open price series; range: ours",
                low=0.75 * energy,
                high=1.35 * energy,
                **source,
            )
        )
    network = network_of(industrial - energy)
    rows.append(
        fact(
            f"country.{key}.price.network",
            network,
            "USD_2024/MWh",
            cls="C",
            where=f"industrial price {industrial:.1f} less {energy:.1f} for energy",
            note="network, capacity, hedge and margin of mean industry; less at transmission voltage (low: ours)",
            low=0.25 * network,
            high=max(1.2 * network, industrial - energy),
            **source,
        )
    )
    return rows


def mix(key: str, kg: float, fossil: float) -> list[Row]:
    common = {"year": 2023, "cls": "C", "source": "eia_states", "where": f"state profile, {key[-2:]}"}
    note = f"order of the state's generation in 2022-23; {RECALLED}; range: ours"
    return [
        fact(f"country.{key}.carbon.average", kg, "kg/MWh", note=note, low=0.75 * kg, high=1.25 * kg, **common),
        fact(
            f"country.{key}.share.fossil",
            fossil,
            "1",
            note=note,
            low=0.85 * fossil,
            high=min(1.15 * fossil, 1.0),
            **common,
        ),
    ]
