"""Sun, wind, hazard, conflict, grid area and outages, nuclear fleet and law of every country."""

from __future__ import annotations

from fact_rows import ASSUMPTION, RECALLED, Reference, Row, fact

HAZARDS = {
    "hazard": "inform_natural",
    "hazard_earthquake": "inform_earthquake",
    "hazard_flood": "inform_river_flood",
    "hazard_cyclone": "inform_tropical_cyclone",
    "hazard_drought": "inform_drought",
    "conflict": "inform_conflict",
}
AREA_KM2 = {"TUV": 26.0}  # too small for the outlines; recalled
# synchronous areas beyond those of the table of contingencies
AREA = {
    **dict.fromkeys("AND LIE MCO SMR VAT XKX MAR DZA TUN".split(), "continental-europe"),
    **dict.fromkeys("ALA".split(), "nordic"),
    **dict.fromkeys("RUS BLR KAZ KGZ UZB GEO AZE MNG".split(), "ips-ups"),
    **dict.fromkeys("BWA LSO MOZ NAM SWZ ZMB ZWE COD".split(), "south-africa"),
    **dict.fromkeys("BHR KWT OMN QAT ARE".split(), "gulf"),
    **dict.fromkeys("BTN NPL".split(), "india"),
    **dict.fromkeys("CAN".split(), "us-east"),
}
# MW, low, high, what: recalled, of areas that the table of contingencies lacks
CONTINGENCY = {
    "ips-ups": (1200, 1000, 1250, "one reactor of 1,200 MW"),
    "gulf": (1345, 1000, 1500, "one Barakah reactor; the Gulf interconnection shares the reserve"),
    "china": (5000, 3000, 8000, "one direct-current line of 8 GW, part of it made up by its own controls"),
    "saudi-arabia": (1200, 800, 1500, "a block of a large station; 60 Hz, tied to the Gulf by direct current"),
    "bangladesh": (1200, 600, 1200, "one Rooppur reactor; tied to India by direct current"),
    "iran": (1000, 700, 1000, "the Bushehr reactor"),
    "taiwan": (1100, 900, 1300, "a coal or gas unit of a large station"),
    "brazil": (4000, 2000, 4000, "one pole or line of the northern direct-current links"),
    "argentina": (800, 600, 1200, "largest unit"),
    "egypt": (1200, 800, 1600, "one combined-cycle block"),
    "pakistan": (1100, 800, 1300, "one Karachi reactor"),
    "mexico": (1400, 900, 1600, "the Laguna Verde station or a gas block"),
    "thailand": (1300, 800, 1400, "one lignite or direct-current infeed"),
    "viet-nam": (1200, 800, 1500, "one coal station line"),
    "indonesia": (1000, 700, 1000, "one coal unit of Java"),
    "malaysia": (1000, 700, 1100, "one coal unit"),
}
TENTH, TENTH_LOW, TENTH_HIGH, TENTH_CAP = 0.10, 0.05, 0.15, 1000.0  # largest unit over peak of a small system
# hours without supply at transmission voltage, share of the year: value, low, high, reason
OUTAGE_BY_REGION = {
    "sub-saharan-africa": (0.005, 0.001, 0.03, "several national blackouts a year in many systems"),
    "south-asia": (0.003, 0.0005, 0.02, "regional blackouts and load shedding"),
    "central-asia": (0.001, 0.0002, 0.01, "winter shortages"),
    "caribbean": (0.005, 0.0005, 0.03, "small island systems and hurricanes"),
    "pacific-islands": (0.005, 0.0005, 0.03, "small island systems and cyclones"),
    "latin-america": (0.001, 0.0002, 0.005, "large blackouts every few years"),
    "middle-east-and-north-africa": (0.001, 0.0001, 0.01, "strong Gulf systems, weak ones beside them"),
    "south-east-asia": (0.0008, 0.0001, 0.005, "strong and weak systems"),
}
OUTAGE = {
    "AFG": (0.05, 0.01, 0.3, "imports by single lines"),
    "HTI": (0.3, 0.05, 0.8, "collapse of order and of the network"),
    "IRN": (0.02, 0.005, 0.1, "planned cuts of industry in summer and winter"),
    "IRQ": (0.05, 0.01, 0.3, "summer shortage, fuel for imports"),
    "CUB": (0.1, 0.02, 0.4, "collapses of the whole system since 2024"),
    "LBN": (0.3, 0.05, 0.8, "state power a few hours a day"),
    "LBY": (0.02, 0.005, 0.1, "two administrations, load shedding"),
    "MMR": (0.1, 0.02, 0.4, "civil war, load shedding"),
    "NGA": (0.02, 0.005, 0.1, "the grid collapses several times a year"),
    "PRK": (0.1, 0.02, 0.5, "chronic shortage"),
    "PSE": (0.3, 0.05, 0.9, "destroyed networks"),
    "SDN": (0.2, 0.05, 0.6, "civil war, grid destroyed in part"),
    "SOM": (0.1, 0.02, 0.5, "no national grid"),
    "SSD": (0.3, 0.05, 0.9, "almost no grid"),
    "SYR": (0.2, 0.05, 0.7, "war damage, a few hours of power a day"),
    "VEN": (0.02, 0.005, 0.1, "national blackouts since 2019"),
    "YEM": (0.3, 0.05, 0.9, "no national grid control"),
    "ZAF": (0.002, 0.0005, 0.02, "load shedding to 2024; large users cut by agreement"),
}
# strong systems in regions of weak ones: the fact grid.outage_fraction.dense
STRONG = "ARE BHR BRN CHL CRI HKG ISR KWT MAC MYS OMN PAN QAT SAU SGP THA URY".split()
DENSE = (0.0002, 5e-05, 0.001, "strong system of its region: about 2 h a year")
# whether an operating fleet may contract: (value, low, why)
FLEET = {
    **dict.fromkeys(
        "ARE ARG ARM BEL BGR BLR BRA CAN CHE CHN CZE ESP FIN GBR HUN "
        "IND IRN JPN KOR MEX NLD PAK ROU RUS SVK SVN SWE ZAF".split(),
        1,
    ),
    "DEU": 0,
    "TWN": 0,
}


def ground(ref: Reference, peaks: dict[str, float]) -> list[Row]:
    base, extras = ref.keyed("countries", "iso3"), ref.keyed("country_extras", "iso3")
    balance = ref.keyed("national_electricity_latest", "iso3")
    names = slugs(ref)
    rows: list[Row] = [contingency(area, *x) for area, x in CONTINGENCY.items()]
    for place, r in sorted(base.items()):
        rows += nature(place, r, extras[place])
        rows += hazards(place, extras[place])
        rows += area(place, names[place], peaks.get(place), ref)
        if place in OUTAGE:
            rows.append(outage(place, *OUTAGE[place]))
        rows += nuclear(place, extras[place], balance.get(place, {}))
    rows += [outage(k, *v) for k, v in OUTAGE_BY_REGION.items()]
    rows += [outage(k, *DENSE) for k in STRONG]
    return rows


def slugs(ref: Reference) -> dict[str, str]:
    names = {r["iso3"]: r["en"] if "en" in r else r["name_en"] for r in ref.rows("country_names")}
    clean = {k: "".join(c if c.isalnum() else "-" for c in v.lower()).strip("-") for k, v in names.items()}
    return {k: "-".join(x for x in clean.get(k, k.lower()).split("-") if x) for k in ref.keyed("countries", "iso3")}


def nature(place: str, r: dict[str, str], extra: dict[str, str]) -> list[Row]:
    """Sun and wind of the country as a whole."""
    rows = []
    common = {"where": f"country {place}"}
    if r["ghi_kwh_m2_day"]:
        x = float(r["ghi_kwh_m2_day"])
        note = "country mean; a site differs by 8 % on average: range +-10 %, ours"
        rows.append(
            fact(
                f"climate.country.{place}.ghi",
                x,
                "kWh/m2/day",
                year=2020,
                cls="B",
                source="weather-solargis",
                note=note,
                low=0.9 * x,
                high=1.1 * x,
                **common,
            )
        )
    if place in AREA_KM2:
        x = AREA_KM2[place]
        note = f"too small for the outlines; {RECALLED}; range: ours"
        rows.append(
            fact(
                f"country.{place}.area",
                x,
                "km2",
                year=2024,
                cls="C",
                source="general-knowledge",
                where="land area",
                note=note,
                low=0.9 * x,
                high=1.1 * x,
            )
        )
    wind = wind_cf(place, extra)
    if wind:
        value, band, year, cls, source, note = wind
        low, high = (1 - band) * value, min((1 + band) * value, 0.65)
        rows.append(
            fact(
                f"climate.country.{place}.wind_capacity_factor",
                value,
                "1",
                year=year,
                cls=cls,
                source=source,
                note=note,
                low=low,
                high=high,
                **common,
            )
        )
    return rows


def wind_cf(place: str, extra: dict[str, str]) -> tuple[float, float, int, str, str, str] | None:
    fleet, near, kit = extra["wind_onshore_fleet_cf"], extra["wind_on_cf_best10pct_near"], extra["ccg_wind_onshore_cf"]
    if fleet and "disagree" not in extra["wind_fleet_cf_source"]:
        return (
            float(fleet),
            0.3,
            2022,
            "B",
            "weather-irena",
            "fleet mean 2018-2022; range of a site about the fleet +-30 %, ours",
        )
    if near:
        note = "no fleet figure; mean of the best tenth of near resource, 40 km reanalysis; range +-30 %, ours"
        return float(near), 0.3, 2017, "C", "weather-eurek", note
    if kit and place != "SOM":
        note = "country mean of a reanalysis over 0.7, the ratio of such means to fleets; range +-40 %, ours"
        return min(float(kit) / 0.7, 0.45), 0.4, 2021, "C", "power-ccg-kits", note
    return None


def hazards(place: str, extra: dict[str, str]) -> list[Row]:
    return [
        fact(
            f"country.{place}.{name}",
            extra[column],
            "1",
            year=2025,
            cls="B",
            source="inform-2025",
            where=column.replace("_", " "),
            note="index 0 to 10, high is worse; national",
        )
        for name, column in HAZARDS.items()
        if extra[column]
    ]


def contingency(area: str, mw: float, low: float, high: float, why: str) -> Row:
    return fact(
        f"grid.{area}.largest_contingency",
        mw,
        "MW",
        year=2026,
        cls="C",
        source="general-knowledge",
        where=f"size of the largest loss: {area}",
        note=f"{why}; {RECALLED}; range: ours",
        low=low,
        high=high,
    )


def area(place: str, name: str, peak: float | None, ref: Reference) -> list[Row]:
    """The synchronous area; a system of its own gets a tenth of its peak as its largest loss."""
    known = {k for r in ref.rows("grid_contingency") for k in r["countries_iso3"].split()}
    if place in known and place not in AREA:
        return []
    text = {"year": 2026, "cls": "C", "source": "general-knowledge", "where": "synchronous areas"}
    if place in AREA:
        note = "the provinces lie in three areas and Quebec: the site decides" if place == "CAN" else RECALLED
        return [fact(f"grid.{place}.area", AREA[place], "text", note=note, **text)]
    rows = [fact(f"grid.{place}.area", name, "text", note="taken as a system of its own", **text)]
    if name in CONTINGENCY or peak is None:
        return rows
    mw = min(TENTH * peak, TENTH_CAP)
    rows.append(
        fact(
            f"grid.{name}.largest_contingency",
            mw,
            "MW",
            year=2026,
            cls="C",
            source=ASSUMPTION,
            where=f"a tenth of peak, at most {TENTH_CAP:,.0f} MW",
            note="largest unit not known: small systems keep it to a tenth of peak; range: half to half more",
            low=min(TENTH_LOW * peak, mw),
            high=max(min(TENTH_HIGH * peak, 1.5 * TENTH_CAP), mw),
        )
    )
    return rows


def outage(key: str, value: float, low: float, high: float, why: str) -> Row:
    return fact(
        f"grid.outage_fraction.{key}",
        value,
        "1",
        year=2026,
        cls="C",
        source=ASSUMPTION,
        where="hours without supply at transmission voltage",
        note=f"{why}; recalled; range: ours",
        low=low,
        high=high,
    )


def nuclear(place: str, extra: dict[str, str], balance: dict[str, str]) -> list[Row]:
    rows = []
    gw = float(extra["capacity_nuclear_gw"] or 0)
    year = extra["installed_capacity_year"].removesuffix(".0")
    runs = FLEET.get(place)
    if gw > 0 and runs:
        note = f"capacity of {year}; range: ours"
        rows.append(
            fact(
                f"nuclear.fleet.{place}.capacity",
                gw,
                "GW",
                year=year,
                cls="B",
                source="eia_international",
                where=f"nuclear capacity, {place}",
                note=note,
                low=0.9 * gw,
                high=1.05 * gw,
            )
        )
        twh = float(balance.get("nuclear_twh") or 0)
        if twh:
            x = min(twh * 1000 / (gw * 8760), 0.93)
            where = f"nuclear generation, {balance['year']}"
            rows.append(
                fact(
                    f"nuclear.fleet.{place}.availability",
                    x,
                    "1",
                    year=balance["year"],
                    cls="C",
                    source="power-ember-owid",
                    where=where,
                    note=f"over {gw:g} GW; range: ours",
                    low=0.85 * x,
                    high=min(1.1 * x, 0.95),
                )
            )
        note = "a fleet runs; volume, price and start are to be settled by letter; general knowledge"
        rows.append(
            fact(
                f"ppa.nuclear.{place}.available",
                1,
                "1",
                year=2026,
                cls="C",
                source=ASSUMPTION,
                where="whether an existing fleet can contract",
                note=note,
                low=0,
                high=1,
            )
        )
    return rows
